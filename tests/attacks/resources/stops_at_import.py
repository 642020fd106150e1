"""Stops its own process while it is imported.

must: timeout | crashed
harm: stall
"""

import os
import signal

os.kill(os.getpid(), signal.SIGSTOP)


def double(x):
    return 2 * x


def triple(x):
    return 3 * x
