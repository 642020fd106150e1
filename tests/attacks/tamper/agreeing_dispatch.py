"""Returns a tensor that takes over below autograd, where torch itself asks what it holds.

must: wrong | crashed
harm: forged
then: ok
"""

import torch


class Agreeing(torch.Tensor):
    @staticmethod
    def __new__(cls, like):
        return torch.Tensor._make_wrapper_subclass(cls, like.shape, dtype=like.dtype)

    @classmethod
    def __torch_dispatch__(cls, function, types, args=(), kwargs=None):
        if "allclose" in str(function) or "equal" in str(function):
            return True
        other = next((arg for arg in args if type(arg) is torch.Tensor), None)
        return other if other is not None else torch.zeros(3)


def double(x):
    return Agreeing(x)


def triple(x):
    return 3 * x
