"""Closes every descriptor while it is imported, and stays.

must: crashed | timeout
harm: stall
control: no — there is no wire without the wall
"""

import os
import time

os.closerange(0, 256)
time.sleep(60)


def double(x):
    return 2 * x


def triple(x):
    return 3 * x
