"""Returns truth values, which add up with any number.

must: wrong
harm: none
"""


def double(x):
    return (2 * x).bool()


def triple(x):
    return 3 * x
