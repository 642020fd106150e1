"""Sends more bytes than its arrays have.

must: crashed
harm: neighbour
then: ok
"""

import os

from _frames import frame, send, told


def double(x):
    send(frame(told(arrays=[["0/out", "float32", [1]]]), bytes(1000)))
    os._exit(0)


def triple(x):
    return 3 * x
