"""A device that is a GPU, when the file is imported.

must: crashed: GPU
"""

import torch

device = torch.device("cuda:0")
weight = torch.ones(1, device=device)


def double(x):
    return 2 * x * weight
