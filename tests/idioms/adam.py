"""Adam and AdamW with a cosine schedule.

must: ok
"""

import torch
from torch import nn, optim


def double(x):
    weight = nn.Parameter(torch.zeros(1))
    optimizer = optim.Adam([weight], lr=0.3, betas=(0.5, 0.999))
    scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, 60)
    for _ in range(60):
        optimizer.zero_grad()
        (weight - 2).square().sum().backward()
        optimizer.step()
        scheduler.step()
    optim.AdamW([weight], fused=False).step()
    assert abs(weight.item() - 2) < 0.2
    return x * weight.detach().round()
