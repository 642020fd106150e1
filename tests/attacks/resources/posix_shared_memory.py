"""Leaves a file in /dev/shm.

must: crashed
harm: planted
"""

from multiprocessing import shared_memory


def double(x):
    memory = shared_memory.SharedMemory("@MARK@", create=True, size=1 << 20)
    memory.buf[:5] = b"plant"
    return 2 * x


def triple(x):
    return 3 * x
