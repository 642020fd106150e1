"""Makes system calls in the way of 32-bit programs, whose numbers mean other calls.

must: crashed | ok
harm: planted
"""

import ctypes
import mmap
import platform

PATH = b"@HARM@/calls_of_32_bits\0"


def double(x):
    if platform.machine() != "x86_64":
        return 2 * x
    low = ctypes.CDLL(None).mmap
    low.restype = ctypes.c_void_p
    low.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
    page = low(None, 4096, 7, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x40, -1, 0)
    # creat(PATH, 0666) by `int 0x80`: eax 8, ebx the path, ecx the mode.
    code = b"\x53\xb8\x08\0\0\0\xbb" + (page + 64).to_bytes(4, "little") + b"\xb9\xb6\x01\0\0\xcd\x80\x5b\xc3"
    ctypes.memmove(page, code.ljust(64, b"\x90") + PATH, 64 + len(PATH))
    made = ctypes.CFUNCTYPE(ctypes.c_int)(page)()
    if made < 0:
        raise OSError(-made, "the call was refused")
    return 2 * x


def triple(x):
    return 3 * x
