"""Writes one file without end.

must: crashed | timeout
harm: neighbour
"""

from pathlib import Path


def double(x):
    with Path("endless").open("wb") as file:
        while True:
            file.write(b"x" * (1 << 20))


def triple(x):
    return 3 * x
