"""Starts a shell through the C library.

must: ok | crashed
harm: planted
"""

import os


def double(x):
    os.system("echo x > @HARM@/os_system")
    return 2 * x


def triple(x):
    return 3 * x
