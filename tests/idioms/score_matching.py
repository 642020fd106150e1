"""autograd.grad twice, as score matching needs it.

must: ok
"""

import torch


def double(x):
    y = x.clone().requires_grad_(True)
    (first,) = torch.autograd.grad((y**3 / 3).sum(), y, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), y)
    return second
