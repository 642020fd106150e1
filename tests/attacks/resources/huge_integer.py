"""Returns an integer of a hundred thousand digits.

must: crashed | wrong
harm: neighbour
"""


def double(x):
    return 7**100_000


def triple(x):
    return 3 * x
