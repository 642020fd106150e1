"""Returns integers.

must: wrong
harm: none
"""


def double(x):
    return (2 * x).long()


def triple(x):
    return 3 * x
