"""Returns (B, 0), which broadcasts against nothing and leaves nothing to compare.

must: wrong
harm: none
"""


def double(x):
    return (2 * x)[:, :0]


def triple(x):
    return 3 * x
