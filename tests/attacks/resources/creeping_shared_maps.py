"""Takes memory in shared anonymous maps, which no limit on data segments counts.

must: crashed | memory
harm: neighbour
"""

import mmap


def double(x):
    kept = []
    for _ in range(4096):
        kept.append(mmap.mmap(-1, 16 << 20, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS))
        kept[-1].write(b"x" * (16 << 20))
    return 2 * x


def triple(x):
    return 3 * x
