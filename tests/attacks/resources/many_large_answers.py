"""Returns a thousand arrays, each of them just small enough.

must: crashed | memory | timeout
harm: neighbour
"""

import torch


def double(x):
    return [torch.zeros(10_000_000) for _ in range(1000)]


def triple(x):
    return 3 * x
