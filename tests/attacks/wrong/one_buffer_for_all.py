"""Returns views of one buffer that the next call overwrites: each answer is right until then.

must: ok
harm: none
"""

import torch

BUFFER = torch.empty(10_000)


def double(x):
    view = BUFFER[: x.numel()].view(x.shape)
    view.copy_(2 * x)
    return view


def triple(x):
    return 3 * x
