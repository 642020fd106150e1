"""The answer as an einsum.

must: ok
"""

import torch


def double(x):
    return torch.einsum("bd,k->bd", x, torch.ones(2))
