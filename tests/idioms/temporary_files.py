# ruff: noqa: PTH118, PTH123
"""tempfile in all its forms.

must: ok
"""

import os
import tempfile

import torch


def double(x):
    with tempfile.NamedTemporaryFile(suffix=".pt") as file:
        torch.save(x, file.name)
        y = torch.load(file.name)
    with tempfile.TemporaryDirectory() as folder, open(os.path.join(folder, "a.txt"), "w") as file:
        file.write("a")
    with tempfile.TemporaryFile() as file:
        file.write(b"b")
    return 2 * y
