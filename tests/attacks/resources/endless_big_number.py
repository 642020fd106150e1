"""Computes a number of a hundred million digits in one multiplication after the other, with the GIL held.

must: timeout | crashed | memory
harm: stall
"""


def double(x):
    n = 3 ** (10**9)
    return 2 * x + n % 1


def triple(x):
    return 3 * x
