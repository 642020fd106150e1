"""Sends as many arrays as fit, without entries, in sixteen dimensions.

must: crashed | wrong
harm: stall
control: no — there is no wire without the wall
then: ok
"""

import os

from _frames import frame, send, told


def double(x):
    send(frame(told(arrays=[[f"0/out.{k}", "uint8", [0] * 16] for k in range(8000)], text={"0/type": "a list"})))
    os._exit(0)


def triple(x):
    return 3 * x
