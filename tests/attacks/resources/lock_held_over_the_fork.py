"""Forks with the import lock and its own lock held by a thread that the item process does not have.

must: timeout | ok
harm: stall
"""

import threading
import time

LOCK = threading.Lock()


def _hold():
    with LOCK:
        time.sleep(3600)


threading.Thread(target=_hold, daemon=True).start()
time.sleep(0.05)


def double(x):
    with LOCK:
        return 2 * x


def triple(x):
    return 3 * x
