"""Batch norm and dropout in training and in evaluation.

must: ok
"""

import torch
from torch import nn

layers = nn.Sequential(nn.Linear(5, 5), nn.BatchNorm1d(5), nn.LayerNorm(5), nn.GroupNorm(1, 5), nn.Dropout(0.5))


def double(x):
    layers.train()
    layers(torch.randn(8, 5))
    layers.eval()
    with torch.no_grad():
        given = torch.randn(8, 5)
        assert torch.equal(layers(given), layers(given))
    return 2 * x
