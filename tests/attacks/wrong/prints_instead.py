"""Prints the right answer instead of returning it.

must: wrong
harm: none
"""


def double(x):
    print(2 * x)


def triple(x):
    return 3 * x
