"""Hands in a source of 20 MB, which takes a compiler many seconds and gigabytes.

must: timeout | memory | crashed
harm: stall
control: no — the control takes no submissions apart
"""

import pathlib


def make(folder: pathlib.Path) -> None:
    lines = "\n".join(f"x{k} = [{k}, {k}.0, '{k}', (x{k},)] if {k} else x{k}" for k in range(400_000))
    (folder / "wall.py").write_text(f"x0 = 0\n{lines}\n\n\ndef double(x):\n    return 2 * x\n")
