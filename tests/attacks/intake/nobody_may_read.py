"""Hands in files and folders from which every right was taken.

must: ok
harm: neighbour
"""

import pathlib


def make(folder: pathlib.Path) -> None:
    (folder / "wall.py").write_text("def double(x):\n    return 2 * x\n\n\ndef triple(x):\n    return 3 * x\n")
    (folder / "locked.py").write_text("x = 1")
    (folder / "locked.py").chmod(0)
    (folder / "shut").mkdir()
    (folder / "shut" / "inner.py").write_text("x = 1")
    (folder / "shut").chmod(0)
