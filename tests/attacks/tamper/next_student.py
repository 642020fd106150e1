"""Overwrites, moves and removes what others have handed in.

must: ok
harm: planted
then: ok
"""

import contextlib
import os


def double(x):
    with contextlib.suppress(OSError), open("@SUBMISSIONS@/victim/wall.py", "a") as file:
        file.write("double = None\n")
    with contextlib.suppress(OSError):
        os.rename("@SUBMISSIONS@/victim/wall.py", "@SUBMISSIONS@/victim/lost.py")
    with contextlib.suppress(OSError):
        os.truncate("@SUBMISSIONS@/002_right/wall.py", 0)
    with contextlib.suppress(OSError):
        os.unlink("@SUBMISSIONS@/002_right/wall.py")
    with contextlib.suppress(OSError):
        os.mkdir("@SUBMISSIONS@/003_ghost")
    with contextlib.suppress(OSError):
        os.mkfifo("@SUBMISSIONS@/victim/fifo.py")
    return 2 * x


def triple(x):
    return 3 * x
