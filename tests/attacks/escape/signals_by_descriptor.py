"""Has the kernel send a signal to its parent when a pipe becomes readable.

must: crashed | ok
harm: neighbour
"""

import contextlib
import fcntl
import os
import signal


def double(x):
    read, write = os.pipe()
    with contextlib.suppress(OSError):
        fcntl.fcntl(read, 10, signal.SIGKILL)
        fcntl.fcntl(read, fcntl.F_SETOWN, os.getppid())
        fcntl.fcntl(read, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
        os.write(write, b"x")
    return 2 * x


def triple(x):
    return 3 * x
