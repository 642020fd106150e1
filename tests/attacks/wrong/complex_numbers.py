"""Returns the right numbers with an imaginary part that a cast would drop.

must: wrong
harm: none
"""


def double(x):
    return 2 * x + 1j * x.abs()


def triple(x):
    return 3 * x
