"""Sorting, scattering, padding, interpolating, convolving, pooling, meshgrids.

must: ok
"""

import torch
import torch.nn.functional as F


def double(x):
    torch.sort(x), torch.topk(x, 1), x.argsort(), torch.unique(x), torch.bucketize(x, torch.tensor([0.0]))
    torch.zeros(4, 4).scatter_(1, torch.zeros(4, 1, dtype=torch.long), 1.0), torch.meshgrid(x[0], x[0], indexing="ij")
    (
        F.pad(x, (1, 1)),
        F.interpolate(x[None, None], scale_factor=2),
        F.unfold(x[None, None], 1),
        F.one_hot(torch.arange(3)),
    )
    F.grid_sample(torch.ones(1, 1, 4, 4), torch.zeros(1, 2, 2, 2), align_corners=False), torch.cdist(x, x)
    torch.quantile(x, 0.5), torch.histc(x), torch.multinomial(torch.ones(3), 2), F.gumbel_softmax(x), torch.erfinv(x)
    return torch.cat([x, x]).unflatten(0, (2, -1)).sum(0)
