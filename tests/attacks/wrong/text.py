"""Returns the right answer as text.

must: wrong
harm: none
"""


def double(x):
    return repr((2 * x).tolist())


def triple(x):
    return 3 * x
