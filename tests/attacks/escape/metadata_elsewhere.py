"""Changes the rights, owner, times and attributes of files that are not its own, which Landlock does not see.

must: crashed | ok
harm: planted
"""

import os
from pathlib import Path

PLACE = "@COURSE@/rubrics/wall.yaml"
ATTEMPTS = (
    lambda: Path(PLACE).chmod(0o666),
    lambda: os.chown(PLACE, os.getuid(), os.getgid()),
    lambda: os.utime(PLACE, (0, 0)),
    lambda: os.setxattr(PLACE, "user.planted", b"x"),
    lambda: os.truncate(PLACE, 0),
)


def double(x):
    refused = 0
    for attempt in ATTEMPTS:
        try:
            attempt()
        except OSError:
            refused += 1
    if refused == len(ATTEMPTS):
        raise PermissionError("all were refused")
    return 2 * x


def triple(x):
    return 3 * x
