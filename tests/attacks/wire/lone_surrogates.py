"""Claims to have crashed, with halves of characters, NUL and terminal codes in the text.

must: crashed
harm: neighbour
then: ok
"""

import os

from _frames import frame, send


def double(x):
    header = rb'{"id":1,"tag":"crashed","call":{},"text":{"detail":"\ud800\u0000\u001b[2J\u202eall right"},"arrays":[]}'
    send(frame(header))
    os._exit(0)


def triple(x):
    return 3 * x
