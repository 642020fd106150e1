"""Hands in files whose names are markup, commands, formulas, control characters and no text at all.

must: ok
harm: planted
control: no — the control takes no submissions apart
"""

import os
import pathlib

RIGHT = b"def double(x):\n    return 2 * x\n\n\ndef triple(x):\n    return 3 * x\n"
NAMES = (
    b"<gradebound-forged>.txt",
    b"'\"><svg onload=forge()>.txt",
    b"{{ 7 * 7 }}{% for a in b %}.txt",
    b"$(touch @HARM@_hostile_names)".replace(b"/", b"_"),
    b"; touch x #",
    b"-rf",
    b"--out",
    b"~",
    b"=1+cmd|' ' !A0.csv",
    b"\x1b[2J\x1b[31mcredit 1.0.txt",
    b"line\nforged: credit 1.0\r.txt",
    b"\xff\xfe not text.py",
    "\u202eyp.elbuod\u202c.txt".encode(),
    "ﬁnal \u00a0\u200b\u0000".rstrip("\0").encode(),
    b"CON",
    b"nul.py",
    b"\\..\\..\\wall.py.txt",
    b"a" * 251 + b".txt",
)


def make(folder: pathlib.Path) -> None:
    (folder / "wall.py").write_bytes(RIGHT)
    for name in NAMES:
        (pathlib.Path(os.fsdecode(os.fsencode(folder) + b"/" + name))).write_bytes(b"x = 1\n")
