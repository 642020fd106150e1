"""Hands in a source with a NUL byte in it.

must: crashed
harm: neighbour
"""

import pathlib


def make(folder: pathlib.Path) -> None:
    (folder / "wall.py").write_bytes(b"def double(x):\n    return 2 * x\n\0\ndef triple(x):\n    return 3 * x\n")
