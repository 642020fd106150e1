"""Leaves a daemon thread at work in the process that all of its items are forked from.

must: ok
harm: stall
"""

import threading
import time


def _tick():
    while True:
        time.sleep(0.01)


threading.Thread(target=_tick, daemon=True).start()


def double(x):
    return 2 * x


def triple(x):
    return 3 * x
