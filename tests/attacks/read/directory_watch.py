"""Lets the kernel tell the names of files in folders that it may not list.

must: ok
harm: token
control: no — only the names of files that someone opens can be seen
then: ok
"""

import ctypes
import os
import time

libc = ctypes.CDLL(None, use_errno=True)


def double(x):
    fd = libc.inotify_init1(os.O_NONBLOCK)
    watched = [libc.inotify_add_watch(fd, path, 0xFFF) for path in (b"@COURSE@/reference/wall", b"@RESULTS@")]
    time.sleep(0.05)
    if max(watched) >= 0:
        raise ValueError("folders can be watched")
    return 2 * x


def triple(x):
    return 3 * x
