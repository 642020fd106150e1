"""Keeps a file in memory that belongs to no folder and to no limit of the data segment.

must: crashed | memory
harm: neighbour
"""

import os


def double(x):
    files = []
    for k in range(64):
        files.append(os.memfd_create(f"hoard{k}"))
        for _ in range(60):
            os.write(files[-1], b"x" * (1 << 20))
    return 2 * x


def triple(x):
    return 3 * x
