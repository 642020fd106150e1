"""Recurses without an end after lifting Python's own limit, until the stack is gone.

must: crashed | memory
harm: neighbour
"""

import functools
import sys


def double(x):
    sys.setrecursionlimit(2**31 - 1)

    @functools.cache
    def deeper(k):
        return deeper(k + 1)

    return deeper(0)


def triple(x):
    return 3 * x
