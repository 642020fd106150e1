"""A DataLoader over an own Dataset, shuffled by an own generator.

must: ok
"""

import torch
from torch.utils.data import DataLoader, Dataset, random_split


class Squares(Dataset):
    def __len__(self):
        return 20

    def __getitem__(self, k):
        return torch.tensor([float(k)]), k * k


def double(x):
    train, _ = random_split(Squares(), [16, 4], generator=torch.Generator().manual_seed(0))
    loader = DataLoader(train, batch_size=4, shuffle=True, num_workers=0, drop_last=True, pin_memory=False)
    assert sum(len(batch) for batch, _ in loader) == 16
    return 2 * x
