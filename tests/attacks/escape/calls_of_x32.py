"""Makes system calls with the x32 bit, whose numbers a filter of plain numbers lets pass.

must: crashed | ok
harm: planted
control: no — many kernels have no x32 calls
"""

import ctypes
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)


def double(x):
    if platform.machine() != "x86_64":
        return 2 * x
    if libc.syscall(ctypes.c_long(0x40000000 | 85), b"@HARM@/calls_of_x32", ctypes.c_long(0o666)) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return 2 * x


def triple(x):
    return 3 * x
