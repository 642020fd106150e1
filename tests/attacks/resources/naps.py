"""Sleeps in short naps with a little computing between them, so that each wait looks short.

must: timeout
harm: stall
"""

import time


def double(x):
    for _ in range(100_000):
        time.sleep(0.2)
        x = x + 0
    return 2 * x


def triple(x):
    return 3 * x
