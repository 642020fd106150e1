"""Opens a ring through which the kernel opens files and sockets without any system call.

must: crashed
harm: neighbour
"""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


def double(x):
    if libc.syscall(425, ctypes.c_long(8), ctypes.create_string_buffer(120)) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return 2 * x


def triple(x):
    return 3 * x
