"""Makes a process by clone3, whose flags no filter can read.

must: crashed
harm: left
"""

import ctypes
import os
import struct
import time

libc = ctypes.CDLL(None, use_errno=True)


def double(x):
    arguments = ctypes.create_string_buffer(struct.pack("<8Q", 0, 0, 0, 0, 17, 0, 0, 0))
    pid = libc.syscall(435, arguments, ctypes.c_size_t(64))
    if pid == 0:
        time.sleep(600)
        os._exit(0)
    if pid < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return 2 * x


def triple(x):
    return 3 * x
