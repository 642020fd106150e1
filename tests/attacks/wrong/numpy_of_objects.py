"""Returns a numpy array of Python objects that compare as equal to anything.

must: wrong | crashed
harm: none
"""

import numpy as np


class Same:
    def __eq__(self, other):
        return True

    def __array__(self, *a, **k):
        raise SystemExit(0)

    __hash__ = None


def double(x):
    return np.array([[Same()] * x.shape[1]] * x.shape[0], dtype=object)


def triple(x):
    return 3 * x
