"""Calls the hypervisor.

must: crashed
harm: neighbour
"""

import socket


def double(x):
    with socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM):
        return 2 * x


def triple(x):
    return 3 * x
