"""Sends a right answer one byte at a time, slowly.

must: crashed | timeout
harm: stall
control: no — there is no wire without the wall
then: ok
"""

import os
import time

from _frames import right, sockets


def double(x):
    data = right(x) * 1000
    for k in range(len(data)):
        for fd in sockets()[-1:]:
            os.write(fd, data[k : k + 1])
        time.sleep(0.3)
    return 2 * x


def triple(x):
    return 3 * x
