"""Hands in stored outputs, attachments, widgets and metadata that would run in a reader that shows them.

must: ok
harm: forged
control: no — the control takes no submissions apart
"""

import json
import pathlib

BAD = "<gradebound-forged><script>gradebound_forged()</script>"
RIGHT = "def double(x):\n    return 2 * x\n\n\ndef triple(x):\n    return 3 * x\n"


def make(folder: pathlib.Path) -> None:
    shown = {
        "text/html": [BAD],
        "application/javascript": ["gradebound_forged()"],
        "image/svg+xml": [f"<svg>{BAD}</svg>"],
    }
    output = {"output_type": "display_data", "data": shown, "metadata": {}}
    error = {"output_type": "error", "ename": BAD, "evalue": BAD, "traceback": [f"\x1b[31m{BAD}"]}
    cells = [
        {"cell_type": "code", "source": RIGHT, "outputs": [output, error], "metadata": {"tags": [BAD]}},
        {"cell_type": "markdown", "source": f"# a\n{BAD}", "attachments": {"x.png": {"image/png": BAD}}},
        {"cell_type": "raw", "source": BAD},
        {"cell_type": BAD, "source": BAD},
    ]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"widgets": BAD, "title": BAD}, "cells": cells}
    (folder / "wall.ipynb").write_text(json.dumps(notebook))
