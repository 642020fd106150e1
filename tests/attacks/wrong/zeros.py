"""Returns zeros of the right shape.

must: wrong
harm: none
"""

import torch


def double(x):
    return torch.zeros_like(x)


def triple(x):
    return 3 * x
