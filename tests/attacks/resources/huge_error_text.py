"""Raises an error with a text of 100 MB.

must: crashed | timeout
harm: neighbour
"""


def double(x):
    raise ValueError("x" * 10**8)


def triple(x):
    return 3 * x
