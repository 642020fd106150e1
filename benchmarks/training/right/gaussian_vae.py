"""Right ways to write the loss of a Gaussian decoder (item 1.b)."""

# ruff: noqa
import math

import torch
import torch.nn.functional as F
from torch.distributions import Independent, Normal, kl_divergence

ITEM = "1.b"


def distributions():
    """All by torch.distributions."""

    def reparameterize(mu, logvar):
        return Normal(mu, (0.5 * logvar).exp()).rsample()

    def gaussian_negative_elbo(x, mean, log_variance, mu, logvar):
        p = Independent(Normal(mean, (0.5 * log_variance).exp()), 1)
        q = Independent(Normal(mu, (0.5 * logvar).exp()), 1)
        prior = Independent(Normal(torch.zeros_like(mu), torch.ones_like(mu)), 1)
        return (-p.log_prob(x) + kl_divergence(q, prior)).mean()


def gaussian_nll_loss():
    """torch's own loss, whose constant is left out: it has no gradient."""

    def gaussian_negative_elbo(x, mean, log_variance, mu, logvar):
        pixels = F.gaussian_nll_loss(mean, x, log_variance.exp(), reduction="none", eps=1e-8).sum(1)
        return (pixels + 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)).mean()


def by_standard_deviation():
    """Through the standard deviation."""

    def gaussian_negative_elbo(x, mean, log_variance, mu, logvar):
        s = torch.exp(log_variance / 2)
        pixels = 0.5 * ((x - mean) / s) ** 2 + torch.log(s) + 0.5 * math.log(2 * math.pi)
        return pixels.sum() / len(x) + 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum() / len(x)
