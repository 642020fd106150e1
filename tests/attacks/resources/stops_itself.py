"""Stops its own process with SIGSTOP, so that it never answers and never uses CPU time.

must: timeout | crashed
harm: stall
"""

import os
import signal


def double(x):
    os.kill(os.getpid(), signal.SIGSTOP)
    return 2 * x


def triple(x):
    return 3 * x
