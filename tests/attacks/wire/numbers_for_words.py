"""Sends numbers where words belong and words where numbers belong: types, errors, results.

must: crashed | wrong
harm: neighbour
then: ok
"""

import os

from _frames import frame, send, told


def double(x):
    numbers = [[f"{k}/{name}", "complex64", [1]] for k in range(7) for name in ("type", "changed", "error", "detail")]
    header = told(arrays=numbers, text={f"{k}/out": "2 x" for k in range(7)})
    send(frame(header, bytes(8 * len(numbers))))
    os._exit(0)


def triple(x):
    return 3 * x
