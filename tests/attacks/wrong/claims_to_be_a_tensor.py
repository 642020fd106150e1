"""Returns an object whose class claims to be Tensor.

must: wrong | crashed
harm: forged
"""

import torch


class Claim:
    __class__ = torch.Tensor

    def __getattr__(self, name):
        return lambda *_, **__: True


def double(x):
    return Claim()


def triple(x):
    return 3 * x
