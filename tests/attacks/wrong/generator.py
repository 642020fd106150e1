"""Yields the rows of the answer.

must: wrong
harm: none
"""


def double(x):
    yield from 2 * x


def triple(x):
    return 3 * x
