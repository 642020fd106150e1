"""Hands in a source that is nested so deep that the parser gives up.

must: crashed
harm: neighbour
"""

import pathlib


def make(folder: pathlib.Path) -> None:
    deep = "(" * 3000 + "2 * x" + ")" * 3000
    (folder / "wall.py").write_text(f"def double(x):\n    return {deep}\n\n\ndef triple(x):\n    return 3 * x\n")
