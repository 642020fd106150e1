"""Returns nested lists of right numbers.

must: wrong
harm: none
"""


def double(x):
    return (2 * x).tolist()


def triple(x):
    return 3 * x
