# ruff: noqa: PTH100, PTH118, PTH119, PTH120, PTH123, SIM115
"""Reads its own source, by inspect and by __file__.

must: ok
"""

import inspect
import os
from pathlib import Path

HERE = os.path.dirname(os.path.abspath(__file__))


def double(x):
    assert "return 2 * x" in inspect.getsource(double)
    assert Path(__file__).read_text() == open(os.path.join(HERE, os.path.basename(__file__))).read()
    return 2 * x
