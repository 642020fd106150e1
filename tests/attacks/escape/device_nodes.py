"""Makes the device of the whole disk, and opens the machine's memory.

must: crashed
harm: neighbour
"""

import os
import stat


def double(x):
    refused = 0
    for attempt in (
        lambda: os.mknod("disk", stat.S_IFBLK | 0o666, os.makedev(8, 0)),
        lambda: os.open("/dev/mem", os.O_RDONLY),
        lambda: os.open("/dev/kmsg", os.O_WRONLY),
        lambda: os.open("/dev/tty", os.O_RDWR),
        lambda: os.open("/dev/ptmx", os.O_RDWR),
        lambda: os.open("/dev/fuse", os.O_RDWR),
        lambda: os.open("/dev/kvm", os.O_RDWR),
    ):
        try:
            attempt()
        except OSError:
            refused += 1
    if refused == 7:
        raise PermissionError("no device could be opened")
    return 2 * x


def triple(x):
    return 3 * x
