"""Hopes that the answer comes as an argument.

must: wrong
harm: none
"""


def double(x, expected=None, *others, **more):
    return expected if expected is not None else x + 1


def triple(x):
    return 3 * x
