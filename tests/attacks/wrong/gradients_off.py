"""Switches gradients off for good; its own answer is right.

must: ok
harm: neighbour
"""

import torch

torch.set_grad_enabled(False)
torch.inference_mode(True).__enter__()


def double(x):
    return 2 * x


def triple(x):
    return 3 * x
