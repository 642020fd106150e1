"""Computes in bfloat16, which has two or three digits.

must: wrong
harm: none
"""

import torch


def double(x):
    return (1.9 * x.to(torch.bfloat16) + 0.1 * x.to(torch.bfloat16)).float()


def triple(x):
    return 3 * x
