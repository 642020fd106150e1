"""Asks for 100 GB at once.

must: crashed
harm: neighbour
"""

import torch


def double(x):
    return 2 * x + torch.ones(25 * 10**9).sum() * 0


def triple(x):
    return 3 * x
