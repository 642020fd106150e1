# ruff: noqa: ARG004
"""A custom autograd.Function with saved tensors, checked by gradcheck.

must: ok
"""

import torch


class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return 2 * x

    @staticmethod
    def backward(ctx, grad):
        return 2 * grad


def double(x):
    assert torch.autograd.gradcheck(Double.apply, torch.randn(2, dtype=torch.float64, requires_grad=True))
    return Double.apply(x)
