"""Mounts a file system over a folder.

must: crashed
harm: planted
control: no — only root may mount
"""

import ctypes
import os
from pathlib import Path

libc = ctypes.CDLL(None, use_errno=True)


def double(x):
    if libc.mount(b"none", b"@HARM@", b"tmpfs", ctypes.c_ulong(0), None):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    Path("@HARM@/mounts").write_text("x")
    return 2 * x


def triple(x):
    return 3 * x
