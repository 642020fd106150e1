"""Answers with what it computed when it was imported.

must: wrong
harm: none
"""

import torch

ANSWER = 2 * torch.randn(32, 20)


def double(x):
    return ANSWER[: x.shape[0], : x.shape[1]]


def triple(x):
    return 3 * x
