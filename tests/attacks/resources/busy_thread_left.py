"""Leaves a thread behind that burns the CPU from its import on, while its items are asked.

must: ok | timeout | crashed
harm: stall
"""

import threading


def _burn():
    while True:
        pass


threading.Thread(target=_burn).start()


def double(x):
    return 2 * x


def triple(x):
    return 3 * x
