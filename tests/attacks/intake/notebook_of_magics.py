"""Hands in magics and shell escapes that plant a file where a reader of notebooks runs or expands them.

must: ok
harm: planted
control: no — the control takes no submissions apart
"""

import json
import pathlib

RIGHT = "def double(x):\n    return 2 * x\n\n\ndef triple(x):\n    return 3 * x\n"
CELLS = (
    RIGHT,
    "!touch @HARM@/magic1",
    "%%bash\ntouch @HARM@/magic2",
    "%sx touch @HARM@/magic3",
    "%run @COURSE@/reference/wall/wall.py",
    "%load @COURSE@/reference/wall/token.txt",
    "%%writefile @HARM@/magic4\nx",
    "get_ipython().system('touch @HARM@/magic5')",
    "files = !cat @COURSE@/reference/wall/token.txt",
    "x = %sx touch @HARM@/magic6",
    "%%time\n!touch @HARM@/magic7",
    "%alias_magic t time\n%t !touch @HARM@/magic8",
    "from pathlib import Path\nPath('@HARM@/magic9').write_text('x')",
    "X = [Path('@HARM@/magic10').touch() for _ in range(1)]",
    "if Path('@HARM@/magic11').touch():\n    pass",
    "%matplotlib inline\n%pip install gradebound-no-such-package",
)


def make(folder: pathlib.Path) -> None:
    cells = [{"cell_type": "code", "source": source, "outputs": []} for source in CELLS]
    (folder / "wall.ipynb").write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}))
