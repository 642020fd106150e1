"""Returns a wrapper tensor that makes up its numbers whenever they are read.

must: wrong | crashed
harm: none
"""

import torch


class Made(torch.Tensor):
    @staticmethod
    def __new__(cls, like):
        return torch.Tensor._make_wrapper_subclass(cls, like.shape, dtype=like.dtype)

    @classmethod
    def __torch_dispatch__(cls, function, types, args=(), kwargs=None):
        return torch.zeros(args[0].shape)


def double(x):
    return Made(x)


def triple(x):
    return 3 * x
