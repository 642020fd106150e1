"""A larger recursion limit, used.

must: ok
"""

import sys

sys.setrecursionlimit(10_000)


def deep(k):
    return 0 if k == 0 else 1 + deep(k - 1)


def double(x):
    return 2 * x + 0 * deep(5_000)
