"""Nests its header deeper than any parser goes.

must: crashed
harm: neighbour
then: ok
"""

import time

from _frames import frame, send


def double(x):
    for opening in (b"[", b'{"a":'):
        send(frame(opening * 100_000))
    time.sleep(9)
    return 2 * x


def triple(x):
    return 3 * x
