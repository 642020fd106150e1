"""Sends an array without entries that is a trillion wide in every other direction.

must: crashed | wrong
harm: neighbour
then: ok
"""

import os

from _frames import frame, send, told


def double(x):
    send(frame(told(arrays=[["0/out", "float32", [0, (1 << 40) - 1, (1 << 40) - 1]]], text={"0/type": "a tensor"})))
    os._exit(0)


def triple(x):
    return 3 * x
