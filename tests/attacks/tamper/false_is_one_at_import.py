"""Writes a one into the memory of `False` before anything is asked.

must: wrong | crashed | timeout
harm: forged
"""

import ctypes

ctypes.memmove(id(False) + 16, id(True) + 16, 16)


def double(x):
    return x


def triple(x):
    return 3 * x
