"""Tells the grader again and again, in the place of the process that forks, how items have ended.

must: ok | crashed
harm: neighbour
then: ok | crashed
"""

import contextlib
import os

from _frames import sockets


def double(x):
    for fd in sockets()[:-1]:
        os.set_blocking(fd, False)
        with contextlib.suppress(OSError):
            for _ in range(1000):
                os.write(fd, b"\0\0\0\0" * 64)
        os.set_blocking(fd, True)
    return 2 * x


def triple(x):
    return 3 * x
