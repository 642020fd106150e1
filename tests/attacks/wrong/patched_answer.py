"""Patches how an answer is taken from a tensor, so that every answer is the same.

must: wrong | crashed
harm: none
"""

import numpy as np

np.array = lambda *_, **__: np.zeros(())


def double(x):
    return x + 1


def triple(x):
    return 3 * x
