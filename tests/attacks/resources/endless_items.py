"""Returns a dictionary whose items never end.

must: timeout | crashed | memory | wrong
harm: stall
"""

import itertools


class Endless(dict):
    def items(self):
        return ((str(k), k) for k in itertools.count())


def double(x):
    return Endless(out=2 * x)


def triple(x):
    return 3 * x
