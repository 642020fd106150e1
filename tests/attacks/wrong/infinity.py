"""Returns infinities of the right sign, whose relative error is infinity by infinity.

must: wrong
harm: none
"""


def double(x):
    return x * float("inf")


def triple(x):
    return 3 * x
