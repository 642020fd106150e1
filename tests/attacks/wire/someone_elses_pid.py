"""Says in the kernel's own words that it is another process, so that the limits watch that one.

must: timeout | crashed
harm: stall
control: no — there is no wire without the wall
"""

import contextlib
import os
import socket
import struct

from _frames import sockets

for fd in sockets():
    channel = socket.socket(fileno=fd)
    for pid in (1, os.getppid(), os.getpid()):
        with contextlib.suppress(OSError):
            credentials = struct.pack("3i", pid, os.getuid(), os.getgid())
            channel.sendmsg([b""], [(socket.SOL_SOCKET, socket.SCM_CREDENTIALS, credentials)])
    channel.detach()


def double(x):
    while True:
        x = x + 0


def triple(x):
    return 3 * x
