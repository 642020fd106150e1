"""Feeds the compiler a chain of a million signs and attributes.

must: crashed | timeout | memory
harm: neighbour
"""


def double(x):
    eval(compile("x" + "+-x" * 1_000_000, "bomb", "eval"))
    return 2 * x


def triple(x):
    return 3 * x
