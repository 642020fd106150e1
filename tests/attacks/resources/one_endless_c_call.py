"""Spends for ever in a single call of C code, in which no Python signal handler runs.

must: timeout
harm: stall
"""

import itertools


def double(x):
    return 2 * x + sum(itertools.repeat(0))


def triple(x):
    return 3 * x
