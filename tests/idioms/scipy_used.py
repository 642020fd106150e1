"""scipy's stats, optimize, special, linalg, integrate and signal.

must: ok
"""

import numpy as np
from scipy import integrate, linalg, optimize, signal, special, stats


def double(x):
    assert abs(stats.norm.cdf(0) - 0.5) < 1e-9
    factor = optimize.brentq(lambda t: t - 2, 0, 5)
    special.logsumexp(np.zeros(3))
    linalg.sqrtm(np.eye(2))
    integrate.quad(np.sin, 0, 1)
    signal.convolve([1, 2], [3])
    return float(factor) * x
