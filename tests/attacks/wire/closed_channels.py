"""Closes every descriptor that it has, and goes on.

must: crashed
harm: stall
control: no — there is no wire without the wall
then: ok
"""

import os


def double(x):
    os.closerange(0, 256)
    return 2 * x


def triple(x):
    return 3 * x
