"""Computes one tenth of the time and sleeps the rest: never idle for long, and slow to use up its CPU seconds.

must: timeout
harm: stall
"""

import time


def double(x):
    while True:
        start = time.process_time()
        while time.process_time() - start < 0.02:
            x = x + 0
        time.sleep(0.1)


def triple(x):
    return 3 * x
