"""Hands in three thousand files and folders nested a hundred deep.

must: ok | missing
harm: stall
control: no — the control takes no submissions apart
"""

import pathlib


def make(folder: pathlib.Path) -> None:
    (folder / "a_wall.py").write_text("def double(x):\n    return 2 * x\n\n\ndef triple(x):\n    return 3 * x\n")
    for number in range(3_000):
        (folder / f"f{number:04}.py").write_text("")
    deep = folder
    for _ in range(100):
        deep = deep / "d"
        deep.mkdir()
    (deep / "wall.py").write_text("x = 1")
