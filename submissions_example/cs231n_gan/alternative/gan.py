"""The networks as classes, a halved discriminator loss over one batch, and everything by torch's own losses."""
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Uniform


def sample_noise(batch_size, noise_dim, seed=None):
    if seed is not None:
        torch.manual_seed(seed)
    return Uniform(-1.0, 1.0).sample((batch_size, noise_dim))


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.last = nn.Linear(256, 1)
        self.first = nn.Linear(784, 256)
        self.second = nn.Linear(256, 256)

    def forward(self, x):
        x = F.leaky_relu(self.first(x.flatten(1)))
        return self.last(F.leaky_relu(self.second(x)))


class Generator(nn.Module):
    def __init__(self, noise_dim=96):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(noise_dim, 1024), nn.Linear(1024, 1024), nn.Linear(1024, 784)])

    def forward(self, z):
        for layer in self.layers[:-1]:
            z = torch.relu(layer(z))
        return torch.tanh(self.layers[-1](z))


def bce_loss(input, target):
    return F.binary_cross_entropy_with_logits(input, target)


def discriminator_loss(logits_real, logits_fake):
    logits = torch.cat([logits_real, logits_fake])
    labels = torch.cat([torch.ones_like(logits_real), torch.zeros_like(logits_fake)])
    return bce_loss(logits, labels)


def generator_loss(logits_fake):
    return F.softplus(-logits_fake).mean()


def ls_discriminator_loss(scores_real, scores_fake):
    ones, zeros = scores_real * 0 + 1, scores_fake * 0
    return (F.mse_loss(scores_real, ones) + F.mse_loss(scores_fake, zeros)) / 2


def ls_generator_loss(scores_fake):
    return F.mse_loss(scores_fake, torch.ones(scores_fake.shape)) / 2
