"""Stops the process that imported it, so that no item process can be started or reaped any more.

must: ok | timeout | crashed
harm: stall
"""

import contextlib
import os
import signal


def double(x):
    with contextlib.suppress(OSError):
        os.kill(os.getppid(), signal.SIGSTOP)
    return 2 * x


def triple(x):
    return 3 * x
