"""A DataLoader that wants two worker processes.

must: ok
"""

import torch
from torch.utils.data import DataLoader, TensorDataset

data = TensorDataset(torch.arange(16.0), torch.arange(16))


def double(x):
    loader = DataLoader(data, batch_size=4, shuffle=True, num_workers=2, persistent_workers=True, pin_memory=True)
    assert sum(batch.sum().item() for batch, _ in loader) == 120
    return 2 * x
