"""Leaves the process group that it will be killed with.

must: ok | crashed
harm: left
"""

import contextlib
import os
import time

if os.fork() == 0:
    with contextlib.suppress(OSError):
        os.setsid()
    with contextlib.suppress(OSError):
        os.setpgid(0, 0)
    time.sleep(600)
    os._exit(0)


def double(x):
    return 2 * x


def triple(x):
    return 3 * x
