"""torch.jit.script of a function.

must: ok
"""

import warnings

import torch

warnings.simplefilter("ignore")


@torch.jit.script
def twice(x: torch.Tensor) -> torch.Tensor:
    if x.sum() > 0:
        return x + x
    return 2 * x


def double(x):
    return twice(x)
