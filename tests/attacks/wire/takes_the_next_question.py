"""Forks while it is imported and has the fork take the questions, so that nobody watches who answers them.

must: ok | crashed | timeout | missing
harm: stall
control: no — there is no wire without the wall
"""

import contextlib
import os
import socket
import time

from _frames import sockets

taken = sockets()
if os.fork() == 0:
    channel = socket.socket(fileno=taken[0])
    with contextlib.suppress(OSError):
        message, fds, _, _ = socket.recv_fds(channel, 1, 2)
        os.write(fds[0], b"H")
    while True:
        end = time.process_time() + 0.01
        while time.process_time() < end:
            pass
        time.sleep(0.3)


def double(x):
    return 2 * x


def triple(x):
    return 3 * x
