"""Announces a header of four gigabytes.

must: crashed
harm: neighbour
then: ok
"""

import time

from _frames import frame, send


def double(x):
    send(frame(b"{}", header_length=0xFFFFFFFF))
    time.sleep(9)
    return 2 * x


def triple(x):
    return 3 * x
