"""Leaves a child behind that keeps every descriptor open and waits for the grader to wait for it.

must: ok | crashed
harm: stall
"""

import os
import time

if os.fork() == 0:
    time.sleep(600)
    os._exit(0)


def double(x):
    return 2 * x


def triple(x):
    return 3 * x
