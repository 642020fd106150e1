"""Looks for shared memory that belongs to someone else.

must: ok
harm: token
then: ok
"""

import contextlib
import os


def double(x):
    with contextlib.suppress(OSError):
        for name in os.listdir("/dev/shm"):
            with contextlib.suppress(OSError), open("/dev/shm/" + name, "rb") as file:
                print(name, file.read(200))
    with contextlib.suppress(OSError), open("/dev/shm/lure-@MARK@") as file:
        print(file.read())
    return 2 * x


def triple(x):
    return 3 * x
