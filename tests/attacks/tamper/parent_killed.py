"""Kills the process that it was forked from.

must: ok | crashed
harm: neighbour
then: ok | crashed
"""

import contextlib
import os
import signal


def double(x):
    for pid in (os.getppid(), os.getpgid(0)):
        if pid > 1:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
    return 2 * x


def triple(x):
    return 3 * x
