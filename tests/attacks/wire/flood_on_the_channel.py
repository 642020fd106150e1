"""Writes to its channel for as long as someone reads.

must: crashed
harm: stall
control: no — there is no wire without the wall
then: ok
"""

import os

from _frames import sockets


def double(x):
    channel = sockets()[-1]
    while True:
        os.write(channel, b"GBD1" * 65536)


def triple(x):
    return 3 * x
