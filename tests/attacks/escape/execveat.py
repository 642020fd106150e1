"""Starts a program through a descriptor, past filters that only know execve.

must: crashed
harm: planted
"""

import ctypes
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
NUMBER = {"x86_64": 322, "aarch64": 281}[platform.machine()]


def double(x):
    shell = os.open("/bin/sh", os.O_RDONLY)
    words = (ctypes.c_char_p * 4)(b"sh", b"-c", b"echo x > @HARM@/execveat", None)
    libc.syscall(NUMBER, shell, b"", words, (ctypes.c_char_p * 1)(None), 0x1000)
    raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def triple(x):
    return 3 * x
