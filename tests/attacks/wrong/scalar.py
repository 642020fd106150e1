"""Returns one number that broadcasts against everything.

must: wrong
harm: none
"""


def double(x):
    return 2 * x.mean()


def triple(x):
    return 3 * x
