"""Takes a pretrained net from torch.hub.

must: crashed: there is no internet connection
"""

import torch


def double(x):
    net = torch.hub.load("pytorch/vision", "resnet18", weights=None, trust_repo=True)
    return 2 * x + 0 * net(torch.zeros(1, 3, 32, 32)).sum()
