"""Becomes root in a user namespace of its own.

must: crashed
harm: neighbour
"""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


def double(x):
    if libc.unshare(0x10000000 | 0x00020000):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return 2 * x


def triple(x):
    return 3 * x
