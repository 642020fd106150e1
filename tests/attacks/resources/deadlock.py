"""Waits for a lock that it holds itself.

must: timeout
harm: stall
"""

import threading

LOCK = threading.Lock()


def double(x):
    with LOCK, LOCK:
        return 2 * x


def triple(x):
    return 3 * x
