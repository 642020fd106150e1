"""Enters the namespaces of the process that started it.

must: crashed
harm: neighbour
"""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


def double(x):
    here = os.open(f"/proc/{os.getppid()}/ns/mnt", os.O_RDONLY)
    if libc.setns(here, 0):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return 2 * x


def triple(x):
    return 3 * x
