"""Listens to all packets of the network.

must: crashed
harm: neighbour
"""

import socket


def double(x):
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW):
        return 2 * x


def triple(x):
    return 3 * x
