"""Reads from address zero while it is imported.

must: crashed
harm: neighbour
"""

import ctypes

ctypes.string_at(0)


def double(x):
    return 2 * x


def triple(x):
    return 3 * x
