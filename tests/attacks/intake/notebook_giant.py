"""Hands in a notebook of 40 MB, mostly one stored output.

must: missing
harm: stall
control: no — the control takes no submissions apart
"""

import json
import pathlib


def make(folder: pathlib.Path) -> None:
    output = {"output_type": "stream", "name": "stdout", "text": "x" * (40 << 20)}
    cell = {"cell_type": "code", "source": "def double(x):\n    return 2 * x\n", "outputs": [output]}
    (folder / "wall.ipynb").write_text(
        json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]})
    )
