"""Is off by a thousandth.

must: wrong
harm: none
"""


def double(x):
    return 2.002 * x


def triple(x):
    return 3 * x
