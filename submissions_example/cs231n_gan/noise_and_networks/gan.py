from __future__ import print_function

import torch
import torch.utils.data
from torch import nn, optim

NOISE_DIM = 96

dtype = torch.cuda.FloatTensor if torch.cuda.is_available() else torch.FloatTensor


def sample_noise(batch_size, noise_dim, dtype=torch.float, device='cpu'):
    return torch.rand(batch_size, noise_dim, dtype=dtype, device=device)


def discriminator():
    return nn.Sequential(
        nn.Linear(784, 256),
        nn.LeakyReLU(0.2),
        nn.Linear(256, 256),
        nn.LeakyReLU(0.2),
        nn.Linear(256, 1),
    )


def generator(noise_dim=NOISE_DIM):
    return nn.Sequential(
        nn.Linear(noise_dim, 1024),
        nn.ReLU(),
        nn.Linear(1024, 1024),
        nn.ReLU(),
        nn.Linear(1024, 784),
        nn.Sigmoid(),
    )


def bce_loss(input, target):
    # relu(l) - l t + log(1 + exp(-|l|)), which no logit makes overflow
    per_entry = torch.relu(input) - target * input + torch.log1p(torch.exp(-torch.abs(input)))
    return torch.mean(per_entry)


def discriminator_loss(logits_real, logits_fake):
    N = len(logits_real)
    true = torch.ones(N)
    false = torch.zeros(N)
    return bce_loss(logits_real, true) + bce_loss(logits_fake, false)


def generator_loss(logits_fake):
    return bce_loss(logits_fake, torch.ones_like(logits_fake))


def get_optimizer(model):
    return optim.Adam(model.parameters(), lr=1e-3, betas=(0.5, 0.999))


def ls_discriminator_loss(scores_real, scores_fake):
    return (torch.mean((scores_real - 1) ** 2) + torch.mean(scores_fake ** 2))


def ls_generator_loss(scores_fake):
    return torch.mean((scores_fake - 1) ** 2)
