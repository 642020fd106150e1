"""Sends half an answer and ends.

must: crashed
harm: neighbour
then: ok
"""

import os

from _frames import right, send


def double(x):
    send(right(x)[:40])
    os._exit(0)


def triple(x):
    return 3 * x
