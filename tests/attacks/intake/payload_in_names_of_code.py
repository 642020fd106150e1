"""Defines functions whose names are markup, and lacks the one that is asked for: its names are told back.

must: missing
harm: forged
control: no — the control takes no submissions apart
"""

import pathlib

SOURCE = """
def triple(x):
    return 3 * x


for name in ("<gradebound-forged>", "doub1e</li><script>gradebound_forged()</script>", "\\x1b[31m", "\\u202eelbuod"):
    globals()[name] = lambda x: x
"""


def make(folder: pathlib.Path) -> None:
    (folder / "wall.py").write_text(SOURCE)
