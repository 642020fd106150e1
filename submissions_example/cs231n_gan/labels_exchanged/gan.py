from __future__ import print_function

import torch
import torch.utils.data
from torch import nn, optim

NOISE_DIM = 96

dtype = torch.cuda.FloatTensor if torch.cuda.is_available() else torch.FloatTensor


def sample_noise(batch_size, noise_dim, dtype=torch.float, device='cpu'):
    return torch.rand(batch_size, noise_dim, dtype=dtype, device=device) * 2 - 1


def discriminator():
    return nn.Sequential(
        nn.Linear(784, 256),
        nn.LeakyReLU(0.01),
        nn.Linear(256, 256),
        nn.LeakyReLU(0.01),
        nn.Linear(256, 1),
    )


def generator(noise_dim=NOISE_DIM):
    return nn.Sequential(
        nn.Linear(noise_dim, 1024),
        nn.ReLU(),
        nn.Linear(1024, 1024),
        nn.ReLU(),
        nn.Linear(1024, 784),
        nn.Tanh(),
    )


def bce_loss(input, target):
    p = 1 / (1 + torch.exp(-input))
    loss = -(target * torch.log(p) + (1 - target) * torch.log(1 - p))
    return loss.mean()


def discriminator_loss(logits_real, logits_fake):
    true = torch.zeros_like(logits_real)
    false = torch.ones_like(logits_fake)
    return bce_loss(logits_real, true) + bce_loss(logits_fake, false)


def generator_loss(logits_fake):
    return bce_loss(logits_fake, torch.zeros_like(logits_fake))


def get_optimizer(model):
    return optim.Adam(model.parameters(), lr=1e-3, betas=(0.5, 0.999))


def ls_discriminator_loss(scores_real, scores_fake):
    return 0.5 * (torch.mean(scores_real ** 2) + torch.mean((scores_fake - 1) ** 2))


def ls_generator_loss(scores_fake):
    return 0.5 * torch.mean(scores_fake ** 2)
