"""Lets itself be traced, which hands every signal and call of it to its parent.

must: crashed
harm: neighbour
"""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


def double(x):
    if libc.ptrace(ctypes.c_long(0), None, None, None):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return 2 * x


def triple(x):
    return 3 * x
