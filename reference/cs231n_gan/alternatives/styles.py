"""Right solutions in other styles, `<function>__<style>`: `grade prove` hands them in, and none may lose a point."""

import torch
import torch.nn.functional as F
from torch import nn


def sample_noise__uniform(batch_size, noise_dim):
    return torch.empty(batch_size, noise_dim).uniform_(-1, 1)


def sample_noise__distributions(batch_size, noise_dim):
    return torch.distributions.Uniform(-1.0, 1.0).sample((batch_size, noise_dim))


def discriminator__list():
    layers = [nn.Linear(784, 256), nn.LeakyReLU(0.01), nn.Linear(256, 256), nn.LeakyReLU(0.01), nn.Linear(256, 1)]
    return nn.Sequential(*layers)


def discriminator__default_slope():
    return nn.Sequential(
        nn.Flatten(1),
        nn.Sequential(nn.Linear(784, 256), nn.LeakyReLU()),
        nn.Sequential(nn.Linear(256, 256), nn.LeakyReLU()),
        nn.Linear(256, 1),
    )


def generator__list(noise_dim=96):
    layers = []
    for a, b in ((noise_dim, 1024), (1024, 1024)):
        layers += [nn.Linear(a, b), nn.ReLU(inplace=True)]
    return nn.Sequential(*layers, nn.Linear(1024, 784), nn.Tanh())


def generator__nested(noise_dim=96):
    body = nn.Sequential(nn.Linear(noise_dim, 1024), nn.ReLU(), nn.Linear(1024, 1024), nn.ReLU())
    return nn.Sequential(body, nn.Sequential(nn.Linear(1024, 784), nn.Tanh()))


def bce_loss__torch(input, target):  # noqa: A002 - the course's name
    return F.binary_cross_entropy_with_logits(input, target)


def bce_loss__safe(input, target):  # noqa: A002 - the course's name
    negative = -input.abs()
    loss = input.clamp(min=0) - input * target + (1 + negative.exp()).log()
    return loss.mean()


def discriminator_loss__bce(logits_real, logits_fake):
    real = F.binary_cross_entropy_with_logits(logits_real, torch.ones_like(logits_real))
    return real + F.binary_cross_entropy_with_logits(logits_fake, torch.zeros_like(logits_fake))


def discriminator_loss__softplus(logits_real, logits_fake):
    return F.softplus(-logits_real).mean() + F.softplus(logits_fake).mean()


def generator_loss__bce(logits_fake):
    return nn.BCEWithLogitsLoss()(logits_fake, torch.ones_like(logits_fake))


def generator_loss__softplus(logits_fake):
    return torch.mean(F.softplus(-logits_fake))


def ls_discriminator_loss__mse(scores_real, scores_fake):
    real = F.mse_loss(scores_real, torch.ones_like(scores_real))
    return (real + F.mse_loss(scores_fake, torch.zeros_like(scores_fake))) / 2


def ls_discriminator_loss__powers(scores_real, scores_fake):
    return 0.5 * torch.mean(torch.pow(scores_real - 1, 2)) + 0.5 * torch.mean(torch.pow(scores_fake, 2))


def ls_generator_loss__mse(scores_fake):
    return 0.5 * F.mse_loss(scores_fake, torch.ones_like(scores_fake))


def ls_generator_loss__powers(scores_fake):
    return ((1 - scores_fake) ** 2).mean() / 2
