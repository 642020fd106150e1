"""Puts markup, terminal codes, formulas and forged lines into what it prints, returns and raises.

must: wrong
harm: forged
control: no — the control takes no submissions apart
"""

import pathlib

SOURCE = r"""
PAYLOAD = (
    "<gradebound-forged></pre></td><script>gradebound_forged()</script><img src=x onerror=gradebound_forged()>"
    "\x1b[2J\x1b]0;owned\x07\x9b31m \u202eevil\u202c \u2066\ud800 =gradebound_forged() {{7*7}} $\\require{href}$ \0"
    "\r\ncredit: 1.0\r\n]]>--><!-- "
)


class Named:
    pass


Named.__name__ = PAYLOAD.encode("utf-8", "replace").decode().replace("\0", "")


def double(x):
    print(PAYLOAD.encode("utf-8", "replace").decode())
    print(b"\xff\xfe\x00".decode("latin-1"))
    if x.numel() % 2:
        raise ValueError(PAYLOAD)
    return {PAYLOAD: 2 * x, 1: Named()}


def triple(x):
    return 3 * x
"""


def make(folder: pathlib.Path) -> None:
    (folder / "wall.py").write_text(SOURCE)
