"""Returns a tensor of a class of its own, which answers every question about itself with yes.

must: wrong | crashed
harm: forged
then: ok
"""

import torch


class Agreeing(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return True

    def __sub__(self, other):
        return torch.zeros(())


def double(x):
    return torch.zeros(3).as_subclass(Agreeing)


def triple(x):
    return 3 * x
