"""Asks the kernel for the network's state.

must: crashed
harm: neighbour
"""

import socket


def double(x):
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as link:
        link.bind((0, 0))
    return 2 * x


def triple(x):
    return 3 * x
