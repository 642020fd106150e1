"""Returns NaN, which is not larger than any tolerance.

must: wrong
harm: none
"""


def double(x):
    return x * float("nan")


def triple(x):
    return 3 * x
