"""Answers rightly, and leaves a process of its own behind in every call.

must: crashed
harm: left
"""

import os
import time


def double(x):
    if os.fork() == 0:
        time.sleep(600)
        os._exit(0)
    return 2 * x


def triple(x):
    return 3 * x
