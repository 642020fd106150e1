"""Announces sixteen exabytes of arrays, and sends a few.

must: crashed
harm: neighbour
then: ok
"""

import time

from _frames import frame, send, told


def double(x):
    send(frame(told(), b"x" * 100_000, blob_length=0xFFFFFFFFFFFFFFFF))
    time.sleep(9)
    return 2 * x


def triple(x):
    return 3 * x
