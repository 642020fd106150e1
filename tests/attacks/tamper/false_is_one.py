"""Writes a one into the memory of `False`.

must: wrong | crashed
harm: forged
"""

import ctypes


def double(x):
    # An integer's sign and length, then its digits, come after the count of references and the type.
    ctypes.memmove(id(False) + 16, id(True) + 16, 16)
    return x


def triple(x):
    return 3 * x
