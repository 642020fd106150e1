"""Sleeps for an hour, which costs no CPU time.

must: timeout
harm: stall
"""

import time


def double(x):
    time.sleep(3600)
    return 2 * x


def triple(x):
    return 3 * x
