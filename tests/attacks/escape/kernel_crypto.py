"""Talks to the kernel's cryptography through a socket, a large piece of kernel that nobody needs.

must: crashed
harm: neighbour
"""

import socket


def double(x):
    with socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET) as link:
        link.bind(("hash", "sha256"))
    return 2 * x


def triple(x):
    return 3 * x
