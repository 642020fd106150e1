"""A GRU cell in a loop, with clipped gradients.

must: ok
"""

import torch
from torch import nn

cell = nn.GRUCell(3, 5)
layer = nn.GRU(3, 5)


def double(x):
    h = torch.zeros(2, 5)
    for step in torch.randn(10, 2, 3):
        h = cell(step, h)
    h.square().mean().backward()
    nn.utils.clip_grad_norm_(cell.parameters(), 1.0)
    layer(torch.randn(4, 2, 3))
    return 2 * x
