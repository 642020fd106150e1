"""torch.func.grad of a potential, whose gradient is the answer.

must: ok
"""

from torch.func import functional_call, grad, grad_and_value
from torch.nn import Linear

layer = Linear(2, 1)


def double(x):
    grad_and_value(lambda p: functional_call(layer, p, (x.new_ones(3, 2),)).sum())(dict(layer.named_parameters()))
    return grad(lambda y: (y**2).sum())(x)
