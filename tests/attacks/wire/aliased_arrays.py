"""Sends two arrays for the bytes of one, and bytes that belong to none.

must: crashed
harm: neighbour
then: ok
"""

import os

from _frames import frame, send, told


def double(x):
    send(frame(told(arrays=[["0/out", "float32", [4]], ["1/out", "float32", [4]]]), bytes(16)))
    os._exit(0)


def triple(x):
    return 3 * x
