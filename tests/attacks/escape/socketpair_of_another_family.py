"""Makes a pair of sockets in a family that is not the local one.

must: crashed
harm: neighbour
"""

import socket


def double(x):
    socket.socketpair(socket.AF_TIPC, socket.SOCK_SEQPACKET)
    return 2 * x


def triple(x):
    return 3 * x
