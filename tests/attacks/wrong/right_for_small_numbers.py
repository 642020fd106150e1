"""Is right near zero and cuts off what lies further out.

must: wrong
harm: none
"""


def double(x):
    return 2 * x.clamp(-1.5, 1.5)


def triple(x):
    return 3 * x
