"""Asks for a namespace with the flags of clone, together with the flag of a thread.

must: crashed
harm: neighbour
"""

import ctypes
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
CLONE = {"x86_64": 56, "aarch64": 220}[platform.machine()]
PARENT_VM_THREAD_AND_USER = 0x00010000 | 0x00000800 | 0x00000100 | 0x10000000


def double(x):
    if libc.syscall(CLONE, ctypes.c_long(PARENT_VM_THREAD_AND_USER), None, None, None, None) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return 2 * x


def triple(x):
    return 3 * x
