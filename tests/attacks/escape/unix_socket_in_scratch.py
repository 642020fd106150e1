"""Listens on a socket in its own scratch folder, where the next student's process might find it.

must: crashed
harm: neighbour
"""

import socket


def double(x):
    with socket.socket(socket.AF_UNIX) as link:
        link.bind("talk")
        link.listen()
    return 2 * x


def triple(x):
    return 3 * x
