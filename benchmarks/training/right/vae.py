"""Right ways to write `reparameterize` and `negative_elbo` (item 1.a)."""

# ruff: noqa
import math

import numpy as np
import torch
import torch.nn.functional as F
from torch.distributions import Bernoulli, Normal, kl_divergence

ITEM = "1.a"


def distributions():
    """All by torch.distributions."""

    def reparameterize(mu, logvar):
        return Normal(mu, torch.exp(logvar / 2)).rsample()

    def negative_elbo(x, logits, mu, logvar):
        log_p = Bernoulli(logits=logits, validate_args=False).log_prob(x).sum(-1)
        kl = kl_divergence(Normal(mu, torch.exp(logvar / 2)), Normal(0.0, 1.0)).sum(-1)
        return -(log_p - kl).mean()


def summed_over_the_batch():
    """Both terms are summed over the batch: Adam does not see the factor."""

    def negative_elbo(x, logits, mu, logvar):
        bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
        return bce - 0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())


def probabilities():
    """Probabilities and binary_cross_entropy."""

    def negative_elbo(x, logits, mu, logvar):
        bce = F.binary_cross_entropy(torch.sigmoid(logits), x, reduction="none").sum(dim=1)
        kld = -0.5 * torch.sum(1 + logvar - mu**2 - torch.exp(logvar), dim=1)
        return torch.mean(bce + kld)


def logarithms():
    """Logarithms with a small number against log 0."""

    def negative_elbo(x, logits, mu, logvar):
        p = 1 / (1 + torch.exp(-logits))
        log_p = x * torch.log(p + 1e-7) + (1 - x) * torch.log(1 - p + 1e-7)
        var = torch.exp(logvar)
        kl = 0.5 * (mu * mu + var - torch.log(var) - 1)
        return -log_p.sum() / x.shape[0] + kl.sum() / x.shape[0]


def loop_over_the_batch():
    """A loop over the images."""

    def negative_elbo(x, logits, mu, logvar):
        total = 0.0
        for i in range(len(x)):
            total = total + F.binary_cross_entropy_with_logits(logits[i], x[i], reduction="sum")
            total = total + 0.5 * (mu[i] @ mu[i] + logvar[i].exp().sum() - logvar[i].sum() - mu.shape[1])
        return total / len(x)


def one_draw_of_the_kl():
    """log q(z) − log p(z) at one draw: the textbook's general estimator, with a noisier gradient."""
    kept = {}

    def reparameterize(mu, logvar):
        kept["z"] = mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)
        return kept["z"]

    def negative_elbo(x, logits, mu, logvar):
        z = kept["z"]
        log_q = Normal(mu, torch.exp(0.5 * logvar)).log_prob(z).sum(1)
        log_prior = Normal(0.0, 1.0).log_prob(z).sum(1)
        pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
        return (pixels + log_q - log_prior).mean()


def noise_by_numpy():
    """The noise comes from numpy."""

    def reparameterize(mu, logvar):
        eps = torch.from_numpy(np.random.randn(*mu.shape)).to(mu.dtype)
        return eps * logvar.mul(0.5).exp() + mu


def in_double_precision():
    """All in float64."""

    def negative_elbo(x, logits, mu, logvar):
        x, logits, mu, logvar = (each.double() for each in (x, logits, mu, logvar))
        pixels = F.softplus(logits) - x * logits
        return pixels.sum(1).mean() + 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()


def mean_times_size():
    """Means over everything, multiplied by the number of entries of a row."""

    def negative_elbo(x, logits, mu, logvar):
        bce = F.binary_cross_entropy_with_logits(logits, x) * x.shape[1]
        return bce + 0.5 * torch.mean(mu**2 + logvar.exp() - 1 - logvar) * mu.shape[1]


def clamped_logvar():
    """The log variance is clamped to −10 … 10."""

    def reparameterize(mu, logvar):
        std = torch.exp(0.5 * torch.clamp(logvar, -10, 10))
        return torch.addcmul(mu, std, torch.normal(0.0, 1.0, size=tuple(std.shape)))


def methods_and_other_names():
    """The functions have other accepted names."""

    def reparametrize(mu, logvar):
        return mu + torch.sqrt(torch.exp(logvar)) * torch.randn(mu.shape)

    def loss_function(x, recon, mean, log_var):
        return F.binary_cross_entropy_with_logits(recon, x, reduction="sum") / x.size(0) + (
            -0.5 * (1 + log_var - mean**2 - log_var.exp()).sum() / x.size(0)
        )

    del reparameterize, negative_elbo
