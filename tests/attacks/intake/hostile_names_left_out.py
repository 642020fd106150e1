"""Hands in links under hostile names, so that each becomes a remark in the report.

must: ok
harm: forged
control: no — the control takes no submissions apart
"""

import pathlib

NAMES = (
    "<gradebound-forged>",
    "</ul><script>gradebound_forged()<",
    "=gradebound_forged()",
    "\x1b[31mred",
    "line\nforged: 1",
    "\u202egnp.exe",
    "`code` **bold** [link](javascript:forge())",
)


def make(folder: pathlib.Path) -> None:
    (folder / "wall.py").write_text("def double(x):\n    return 2 * x\n\n\ndef triple(x):\n    return 3 * x\n")
    for name in NAMES:
        (folder / name.replace("/", "\u2044")).symlink_to("nowhere")
