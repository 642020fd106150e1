"""Makes its input empty, so that a comparison over no entries holds.

must: wrong
harm: none
"""


def double(x):
    x.resize_(0)
    return 2 * x


def triple(x):
    return 3 * x
