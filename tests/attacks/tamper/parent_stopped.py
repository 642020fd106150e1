"""Stops the process that it was forked from, which then neither answers nor ends.

must: ok | crashed | timeout
harm: stall
control: no — would stop the control itself
"""

import contextlib
import os
import signal


def double(x):
    if os.getppid() > 1:
        with contextlib.suppress(OSError):
            os.kill(os.getppid(), signal.SIGSTOP)
    return 2 * x


def triple(x):
    return 3 * x
