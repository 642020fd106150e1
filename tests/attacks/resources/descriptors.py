"""Opens descriptors until there are no more, and is right all the same.

must: ok
harm: neighbour
"""

import contextlib
import os


def double(x):
    with contextlib.suppress(OSError):
        while True:
            os.open(os.devnull, os.O_RDONLY)
    return 2 * x


def triple(x):
    return 3 * x
