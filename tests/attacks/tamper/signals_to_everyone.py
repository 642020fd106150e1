"""Kills everything that it may send a signal to.

must: ok | crashed
harm: neighbour
then: ok | crashed
"""

import contextlib
import os
import signal


def double(x):
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in (*range(max(2, os.getpid() - 300), os.getpid()), -1):
            if pid != os.getppid():
                with contextlib.suppress(OSError):
                    os.kill(pid, number)
    return 2 * x


def triple(x):
    return 3 * x
