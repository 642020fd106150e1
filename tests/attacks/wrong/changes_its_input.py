"""Doubles its input in place: right values, and whoever computes the expected ones from the same tensor agrees.

must: wrong
harm: none
"""


def double(x):
    x *= 2
    return x


def triple(x):
    return 3 * x
