"""Hands in a file of a hundred megabytes, and three more that are too much together.

must: ok
harm: neighbour
"""

import os
import pathlib


def make(folder: pathlib.Path) -> None:
    (folder / "wall.py").write_text("def double(x):\n    return 2 * x\n\n\ndef triple(x):\n    return 3 * x\n")
    (folder / "large.py").touch()
    os.truncate(folder / "large.py", 100 << 20)
    for number in range(3):
        (folder / f"z{number}.bin").touch()
        os.truncate(folder / f"z{number}.bin", 30 << 20)
