"""Returns nothing.

must: wrong
harm: none
"""


def double(x):
    x.mul(2)


def triple(x):
    return 3 * x
