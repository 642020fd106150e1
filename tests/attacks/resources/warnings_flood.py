"""Warns twenty thousand times, and is right all the same.

must: ok
harm: neighbour
"""

import warnings

warnings.simplefilter("always")


def double(x):
    for k in range(20_000 // 7):
        warnings.warn(f"warning {k}", stacklevel=1)
    return 2 * x


def triple(x):
    return 3 * x
