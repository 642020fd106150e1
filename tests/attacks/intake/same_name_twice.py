"""Hands in names that are one and the same on other file systems: case, accents composed and not, and dots.

must: ok
harm: neighbour
"""

import pathlib

RIGHT = "def double(x):\n    return 2 * x\n\n\ndef triple(x):\n    return 3 * x\n"


def make(folder: pathlib.Path) -> None:
    for name in ("wall.py", "WALL.PY", "Wall.Py", "lösung.py", "lo\u0308sung.py", "wall..py", "wall.py.py", " wall.py"):
        (folder / name).write_text(RIGHT)
    (folder / "wall.ipynb").write_text('{"nbformat": 4, "cells": []}')
