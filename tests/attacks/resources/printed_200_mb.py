"""Prints 200 MB, and is right all the same.

must: ok
harm: neighbour
"""

import os

for _ in range(25):
    os.write(1, b"0123456\n" * (1 << 20))


def double(x):
    return 2 * x


def triple(x):
    return 3 * x
