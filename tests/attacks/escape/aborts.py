"""Aborts in native code.

must: crashed
harm: neighbour
"""

import os


def double(x):
    os.abort()


def triple(x):
    return 3 * x
