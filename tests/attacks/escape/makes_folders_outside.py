"""Makes folders, pipes, devices and links outside of its scratch folder.

must: crashed
harm: planted
"""

import os
import stat
from pathlib import Path

PLACE = "@HARM@/makes_folders_outside"
ATTEMPTS = (
    lambda: Path(f"{PLACE}-folder").mkdir(),
    lambda: os.mkfifo(f"{PLACE}-pipe"),
    lambda: Path(f"{PLACE}-symlink").symlink_to("/etc/passwd"),
    lambda: os.mknod(f"{PLACE}-device", stat.S_IFCHR | 0o666, os.makedev(1, 3)),
    lambda: Path("own").rename(f"{PLACE}-moved"),
    lambda: Path(f"{PLACE}-linked").hardlink_to("own"),
)


def double(x):
    Path("own").write_text("x")
    refused = 0
    for attempt in ATTEMPTS:
        try:
            attempt()
        except OSError:
            refused += 1
    if refused == len(ATTEMPTS):
        raise PermissionError("nothing could be made")
    return 2 * x


def triple(x):
    return 3 * x
