"""Starts a program by posix_spawn, which forks in C.

must: crashed
harm: planted
"""

import os


def double(x):
    pid = os.posix_spawn("/bin/sh", ["sh", "-c", "echo x > @HARM@/posix_spawn"], {})
    os.waitpid(pid, 0)
    return 2 * x


def triple(x):
    return 3 * x
