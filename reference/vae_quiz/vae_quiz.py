"""Solution of the code question of the VAE quiz."""

import torch


def reparameterize(mu, logvar):
    """A draw of z ~ N(mu, diag(exp(logvar))) through which gradients reach mu and logvar.

    mu, logvar: (B, Z), logvar the logarithm of the variance. Returns (B, Z), fresh noise on every call.
    Safe form: the standard deviation is exp(logvar / 2), never the root of exp(logvar).
    Source: Kingma & Welling (2014), section 2.4, z = mu + sigma * eps with eps ~ N(0, I).
    """
    return mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)


def reparameterize_law(mu, logvar):
    """The mean and the standard deviation of every entry that `reparameterize` draws, each (B, Z)."""
    return mu, torch.exp(0.5 * logvar)
