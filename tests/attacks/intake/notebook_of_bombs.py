"""Hands in cells on which a parser runs out of stack, or has to think for very long.

must: ok
harm: neighbour
"""

import json
import pathlib

CELLS = (
    "def double(x):\n    return 2 * x\n\n\ndef triple(x):\n    return 3 * x\n",
    "a = 1" + "+1" * 60_000,
    "a = " + "-" * 60_000 + "1",
    "a = " + "(" * 5_000 + "1" + ")" * 5_000,
    "a = b" + ".c" * 60_000,
    "a = b" + "[0]" * 20_000,
    "a = " + "lambda: " * 20_000 + "1",
    "a = " + "[" * 190 + "]" * 190,
    "a = f'" + "{" * 3_000 + "}" * 3_000 + "'",
    "if 1:\n" + "".join(" " * k + "if 1:\n" for k in range(1, 99)) + " " * 99 + "a = 1",
    "a = 9 ** 9 ** 9 ** 9",
    "a = 'x' * 10 ** 12",
    "a = [0] * 10 ** 12",
    "a = 1 << 10 ** 12",
    "@d\n" * 5_000 + "def f(): pass",
    "a = " + "not " * 30_000 + "1",
    "a = 1 if " + "1 if " * 5_000 + "1" + " else 1" * 5_001,
    "match a:\n    case " + "(" * 150 + "x" + ")" * 150 + ": pass",
    "a = '''" + "\\N{LATIN SMALL LETTER A}" * 2_000 + "'''",
    "a: " + "int | " * 20_000 + "int = 1",
)


def make(folder: pathlib.Path) -> None:
    cells = [{"cell_type": "code", "source": source, "outputs": []} for source in CELLS]
    (folder / "wall.ipynb").write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}))
