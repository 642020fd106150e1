"""Sends an array whose number of entries is zero once it no longer fits in 64 bits.

must: crashed
harm: neighbour
then: ok
"""

import os

from _frames import frame, send, told


def double(x):
    send(frame(told(arrays=[["0/out", "float32", [1 << 32, 1 << 32]]]), b""))
    os._exit(0)


def triple(x):
    return 3 * x
