"""A TensorDataset, sampled with weights.

must: ok
"""

import torch
from torch.utils.data import DataLoader, TensorDataset, WeightedRandomSampler


def double(x):
    data = TensorDataset(x, 2 * x)
    next(iter(DataLoader(data, sampler=WeightedRandomSampler([1.0] * len(data), len(data)))))
    return torch.stack([entry for _, entry in data])
