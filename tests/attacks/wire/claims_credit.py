"""Sends credit, points and a verdict beside its answer.

must: crashed | wrong
harm: forged
control: no — there is no wire without the wall
then: ok
"""

import os

from _frames import frame, send, told


def double(x):
    header = told(arrays=[["credit", "float64", []], ["0/credit", "float64", []]], text={"note": "", "status": "ok"})
    send(frame(header | {"credit": 1.0, "call": {"credit": 1.0, "points": 1}}, b"\0\0\0\0\0\0\xf0\x3f" * 2))
    send(frame(header, b"\0\0\0\0\0\0\xf0\x3f" * 2))
    os._exit(0)


def triple(x):
    return 3 * x
