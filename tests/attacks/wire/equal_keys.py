"""Sends a header in which every key occurs twice.

must: crashed
harm: forged
control: no — there is no wire without the wall
then: ok
"""

import os

from _frames import frame, send


def double(x):
    send(
        frame(
            b'{"id":0,"id":1,"tag":"lost","tag":"ok","call":{},"call":{},"text":{},"text":{},"arrays":[],"arrays":[]}'
        )
    )
    os._exit(0)


def triple(x):
    return 3 * x
