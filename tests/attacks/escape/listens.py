"""Opens a port on which someone outside can reach it.

must: crashed
harm: neighbour
"""

import socket


def double(x):
    with socket.create_server(("127.0.0.1", 0)):
        return 2 * x


def triple(x):
    return 3 * x
