"""Writes to its own code through /proc, past the protection of pages.

must: crashed
harm: neighbour
"""

from pathlib import Path


def double(x):
    with Path("/proc/self/mem").open("r+b", buffering=0) as memory:
        memory.seek(id(x))
        memory.write(memory.read(0))
    return 2 * x


def triple(x):
    return 3 * x
