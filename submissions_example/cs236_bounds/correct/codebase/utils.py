import numpy as np
import os
import torch
from torch.nn import functional as F
from torchvision import datasets, transforms

def sample_gaussian(m, v):
    return m + torch.sqrt(v) * torch.randn_like(m)


def log_normal(x, m, v):
    const = -0.5 * x.size(-1) * torch.log(2 * torch.tensor(np.pi))
    return const - 0.5 * torch.sum(torch.log(v), dim=-1) - torch.sum((x - m) ** 2 / (2 * v), dim=-1)


def log_normal_mixture(z, m, v):
    z = z.unsqueeze(1).expand(z.size(0), m.size(1), z.size(1))
    return log_mean_exp(log_normal(z, m, v), 1)


def gaussian_parameters(h, dim=-1):
    mean, raw = h.chunk(2, dim)
    return mean, 1e-8 + F.softplus(raw)


def log_bernoulli_with_logits(x, logits):
    return (x * logits - F.softplus(logits)).sum(-1)


def kl_normal(qm, qv, pm, pv):
    ratio = qv / pv
    return 0.5 * torch.sum(ratio - 1 - torch.log(ratio) + (qm - pm) ** 2 / pv, dim=-1)


def duplicate(x, rep):
    return torch.cat([x] * rep, dim=0)


def log_mean_exp(x, dim):
    largest = x.amax(dim, keepdim=True)
    return (largest + torch.log(torch.mean(torch.exp(x - largest), dim, keepdim=True))).squeeze(dim)


def save(model, step):
    os.makedirs('checkpoints', exist_ok=True)
    torch.save(model.state_dict(), f'checkpoints/{model.name}-{step}.pt')
