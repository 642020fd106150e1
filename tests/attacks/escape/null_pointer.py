"""Reads from address zero.

must: crashed
harm: neighbour
"""

import ctypes


def double(x):
    return ctypes.string_at(0)


def triple(x):
    return 3 * x
