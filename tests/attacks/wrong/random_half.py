"""Leaves out the doubling of entries that it draws without torch's generator: never the same twice.

must: wrong
harm: none
"""

import os

import torch


def double(x):
    drawn = torch.frombuffer(bytearray(os.urandom(x.numel())), dtype=torch.uint8).view(x.shape)
    return torch.where(drawn < 128, 2 * x, x)


def triple(x):
    return 3 * x
