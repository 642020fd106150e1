"""Returns the right numbers as (D, B): right wherever B is D.

must: wrong
harm: forged
"""


def double(x):
    return 2 * x.T


def triple(x):
    return 3 * x
