"""Answers every case in a type of its own: half, complex, unsigned, boolean with a byte that is neither.

must: crashed | wrong
harm: neighbour
then: ok
"""

import os

from _frames import frame, send, told

TYPES = (("float16", 2), ("complex128", 16), ("uint64", 8), ("bool", 1), ("int8", 1), ("complex64", 8), ("uint16", 2))


def double(x):
    arrays = [[f"{k}/out", name, [3]] for k, (name, _) in enumerate(TYPES)]
    text = {f"{k}/type": "a tensor" for k in range(len(TYPES))}
    send(frame(told(arrays=arrays, text=text), b"\xfe" * (3 * sum(size for _, size in TYPES))))
    os._exit(0)


def triple(x):
    return 3 * x
