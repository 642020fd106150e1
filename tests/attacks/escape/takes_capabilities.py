"""Asks for every capability, and for those that are kept over an exec.

must: crashed
harm: neighbour
"""

import ctypes
import os
import struct

libc = ctypes.CDLL(None, use_errno=True)


def double(x):
    every = struct.pack("<6I", *[0xFFFFFFFF] * 6)
    if libc.capset(struct.pack("<Ii", 0x20080522, 0), every):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return 2 * x


def triple(x):
    return 3 * x
