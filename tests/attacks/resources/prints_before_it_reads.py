"""Prints from a thread for ever after its import, when nobody may be listening.

must: ok | timeout | crashed
harm: stall
"""

import os
import threading


def _flood():
    while True:
        os.write(2, b"flood " * 10_000)


threading.Thread(target=_flood, daemon=True).start()


def double(x):
    return 2 * x


def triple(x):
    return 3 * x
