"""Sends arrays with negative, fractional, boolean and absent sizes.

must: crashed
harm: neighbour
then: ok
"""

import os

from _frames import frame, send, told


def double(x):
    shape = [-1, 2] if x.shape[0] % 2 else [1.5, True, None]
    send(frame(told(arrays=[["0/out", "float32", shape]]), bytes(8)))
    os._exit(0)


def triple(x):
    return 3 * x
