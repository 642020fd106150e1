"""Returns memory that the comparison may have left behind.

must: wrong
harm: none
"""

import torch


def double(x):
    return torch.empty_like(x)


def triple(x):
    return 3 * x
