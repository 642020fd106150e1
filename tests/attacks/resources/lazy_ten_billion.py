"""Returns forty gigabytes that take four bytes until somebody copies them.

must: crashed
harm: neighbour
"""

import torch


def double(x):
    return torch.zeros(1).expand(10**10)


def triple(x):
    return 3 * x
