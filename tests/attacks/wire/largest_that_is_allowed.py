"""Announces as much as is allowed, sends all but the last byte, and waits.

must: crashed | timeout
harm: stall
control: no — there is no wire without the wall
then: ok
"""

import os
import time

from _frames import frame, sockets, told


def double(x):
    size = 64 << 20
    head = frame(told(arrays=[["0/out", "uint8", [size]]]), blob_length=size)
    for fd in sockets()[-1:]:
        os.write(fd, head)
        sent = 0
        while sent < size - 1:
            sent += os.write(fd, bytes(min(1 << 20, size - 1 - sent)))
    time.sleep(60)
    return 2 * x


def triple(x):
    return 3 * x
