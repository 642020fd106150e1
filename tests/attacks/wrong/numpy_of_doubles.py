"""Returns the right numbers as a numpy array of float64.

must: ok
harm: none
"""

import numpy as np


def double(x):
    return 2.0 * x.numpy().astype(np.float64)


def triple(x):
    return 3 * x
