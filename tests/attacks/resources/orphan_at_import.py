"""Leaves a grandchild behind that would outlive the run, with closed descriptors and all signals ignored.

must: ok | crashed
harm: left
"""

import contextlib
import os
import signal
import time

if os.fork() == 0:
    for number in signal.valid_signals():
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_IGN)
    if os.fork() == 0:
        with contextlib.suppress(OSError):
            os.setsid()
        os.closerange(0, 256)
        while True:
            time.sleep(60)
    os._exit(0)


def double(x):
    return 2 * x


def triple(x):
    return 3 * x
