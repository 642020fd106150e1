"""Ignores every signal that can be ignored, and loops.

must: timeout
harm: stall
"""

import contextlib
import signal


def double(x):
    for number in signal.valid_signals():
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    while True:
        pass


def triple(x):
    return 3 * x
