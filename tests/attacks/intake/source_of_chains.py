"""Hands in sources with chains of a hundred thousand operators, which crash compilers by their depth.

must: crashed | ok
harm: neighbour
"""

import pathlib

RIGHT = "def double(x):\n    return 2 * x\n\n\ndef triple(x):\n    return 3 * x\n"


def make(folder: pathlib.Path) -> None:
    (folder / "wall.py").write_text(RIGHT)
    (folder / "sum.py").write_text("double = 1" + "+1" * 100_000)
    (folder / "signs.py").write_text("double = " + "-" * 100_000 + "1")
    (folder / "dots.py").write_text("double = a" + ".b" * 100_000)
    (folder / "calls.py").write_text("double = a" + "()" * 100_000)
