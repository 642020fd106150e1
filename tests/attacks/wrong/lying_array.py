"""Returns a numpy subclass that claims to have no bytes and to be equal to all.

must: wrong
harm: none
"""

import numpy as np


class Liar(np.ndarray):
    nbytes = 0

    def __array__(self, *a, **k):
        return np.ones(1)

    def __eq__(self, other):
        return np.ones(self.shape, bool)

    __hash__ = None


def double(x):
    return np.zeros(x.shape, np.float32).view(Liar)


def triple(x):
    return 3 * x
