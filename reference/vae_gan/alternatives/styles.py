"""Right solutions in other styles, `<function>__<style>`: `grade prove` hands them in, and none may lose a point."""

import math

import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Bernoulli, Normal


class Decoder__sequential(nn.Module):
    def __init__(self, latent_dimension, hidden_units, data_dimension):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(latent_dimension, hidden_units), nn.Tanh(), nn.Linear(hidden_units, data_dimension), nn.Sigmoid()
        )

    def forward(self, z):
        return self.layers(z)


class Decoder__functional(nn.Module):
    def __init__(self, latent_dimension, hidden_units, data_dimension):
        super().__init__()
        self.linear1 = nn.Linear(latent_dimension, hidden_units)
        self.linear2 = nn.Linear(hidden_units, data_dimension)

    def forward(self, z):
        return torch.sigmoid(self.linear2(torch.tanh(self.linear1(z))))


def sample_diagonal_gaussian__rsample(mu, sigma_square):
    return Normal(mu, torch.sqrt(sigma_square)).rsample()


def sample_diagonal_gaussian__power(mu, sigma_square):
    return sigma_square**0.5 * torch.randn(mu.shape, dtype=mu.dtype) + mu


def sample_Bernoulli__compared(p):  # noqa: N802 - the homework's name
    return (torch.rand_like(p) < p).to(p.dtype)


def sample_Bernoulli__distributions(p):  # noqa: N802 - the homework's name
    return Bernoulli(p).sample()


def logpdf_diagonal_gaussian__distributions(z, mu, sigma_square):
    return Normal(mu, sigma_square.sqrt()).log_prob(z).sum(dim=1)


def logpdf_diagonal_gaussian__terms(z, mu, sigma_square):
    squares = ((z - mu) ** 2 / (2 * sigma_square)).sum(-1)
    return -squares - 0.5 * torch.log(2 * math.pi * sigma_square).sum(-1)


def logpdf_bernoulli__chosen(x, p):
    return torch.where(x > 0.5, p, 1 - p).log().sum(1)


def logpdf_bernoulli__xlogy(x, p):
    return torch.sum(torch.xlogy(x, p) + torch.xlogy(1 - x, 1 - p), dim=-1)


def elbo_loss__distributions(sampled_z, mu, sigma_square, x, p):
    log_p = Normal(0.0, 1.0).log_prob(sampled_z).sum(1) + torch.where(x > 0.5, p, 1 - p).log().sum(1)
    return (log_p - Normal(mu, sigma_square.sqrt()).log_prob(sampled_z).sum(1)).mean()


def elbo_loss__terms(sampled_z, mu, sigma_square, x, p):
    pixels = torch.xlogy(x, p) + torch.xlogy(1 - x, 1 - p)
    ratio = torch.log(sigma_square) + (sampled_z - mu) ** 2 / sigma_square - sampled_z**2
    return (pixels.sum() + 0.5 * ratio.sum()) / len(x)


class GAN__bce:
    def __init__(self, disc, gen):
        self.disc, self.gen = disc, gen

    def _get_loss_d(self, batch_size, batch_data, z):
        real = self.disc(batch_data)
        fake = self.disc(self.gen(z).detach())
        loss = F.binary_cross_entropy_with_logits(real, torch.ones_like(real))
        return loss + F.binary_cross_entropy_with_logits(fake, torch.zeros_like(fake))

    def _get_loss_g(self, batch_size, z):
        fake = self.disc(self.gen(z))
        return F.binary_cross_entropy_with_logits(fake, torch.ones_like(fake))


class GAN__logsigmoid:
    def __init__(self, disc, gen):
        self.disc, self.gen = disc, gen

    def _get_loss_d(self, batch_size, batch_data, z):
        with torch.no_grad():
            fake = self.gen(z)
        return -(F.logsigmoid(self.disc(batch_data)) + F.logsigmoid(-self.disc(fake))).mean()

    def _get_loss_g(self, batch_size, z):
        return -F.logsigmoid(self.disc(self.gen(z))).mean()
