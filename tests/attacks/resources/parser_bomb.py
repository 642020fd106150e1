"""Feeds the parser an expression that is nested a hundred thousand deep.

must: crashed
harm: neighbour
"""


def double(x):
    return eval("(" * 100_000 + "2" + ")" * 100_000) * x


def triple(x):
    return 3 * x
