"""Hands in nothing.

must: missing
harm: neighbour
"""

import pathlib


def make(folder: pathlib.Path) -> None:
    (folder / ".hidden.py").write_text("def double(x):\n    return 2 * x\n")
