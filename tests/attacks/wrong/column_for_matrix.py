"""Returns (B, 1, 1, D, 1) of right numbers.

must: wrong
harm: none
"""


def double(x):
    return 2 * x[:, None, None, :, None]


def triple(x):
    return 3 * x
