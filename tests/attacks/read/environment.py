"""Prints all environment variables, those that python knows and those that the kernel does.

must: ok
harm: token
then: ok
"""

import contextlib
import os


def double(x):
    print(dict(os.environ))
    with contextlib.suppress(OSError), open("/proc/self/environ") as file:
        print(file.read())
    return 2 * x


def triple(x):
    return 3 * x
