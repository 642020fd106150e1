"""Keeps its answers by the id of the input, which another tensor gets when the first is gone.

must: wrong | ok
harm: none
"""

KEPT = {}


def double(x):
    if (id(x), x.shape) not in KEPT:
        KEPT[id(x), x.shape] = 2 * x
    return KEPT[id(x), x.shape]


def triple(x):
    return 3 * x
