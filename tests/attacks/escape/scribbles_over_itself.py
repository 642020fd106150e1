"""Overwrites a live Python object, so that the interpreter itself goes wrong.

must: crashed | timeout | memory
harm: neighbour
"""

import ctypes
import gc


def double(x):
    for thing in gc.get_objects():
        ctypes.memset(id(thing), 0x41, 64)
    return 2 * x


def triple(x):
    return 3 * x
