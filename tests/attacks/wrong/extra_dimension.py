"""Returns (1, B, D) for (B, D), which broadcasts and so passes `allclose`.

must: wrong
harm: forged
"""


def double(x):
    return 2 * x[None]


def triple(x):
    return 3 * x
