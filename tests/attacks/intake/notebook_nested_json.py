"""Hands in notebooks whose JSON is nested a million deep, or whose numbers have a million digits.

must: ok
harm: neighbour
"""

import pathlib


def make(folder: pathlib.Path) -> None:
    (folder / "wall.py").write_text("def double(x):\n    return 2 * x\n\n\ndef triple(x):\n    return 3 * x\n")
    (folder / "arrays.ipynb").write_text('{"cells": ' + "[" * 1_000_000)
    (folder / "objects.ipynb").write_text('{"a":' * 200_000 + "1" + "}" * 200_000)
    (folder / "digits.ipynb").write_text('{"nbformat": 4, "cells": [], "n": ' + "7" * 1_000_000 + "}")
    (folder / "exponent.ipynb").write_text('{"nbformat": 1e999999, "cells": []}')
