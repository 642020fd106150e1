"""Solution of the code question of the homework on VAEs, GANs and duality."""

import torch


def reparameterize(mu, logvar):
    """A draw of z ~ N(mu, diag(exp(logvar))), differentiable in mu and logvar.

    mu, logvar: (B, Z); logvar is log σ². Returns (B, Z), with new noise at every call.
    Safe form: σ = exp(½ logvar) never leaves float32's range where exp(logvar) would.
    Source: Kingma & Welling (2014), section 2.4, equation (10).
    """
    sigma = torch.exp(0.5 * logvar)
    return mu + sigma * torch.randn_like(sigma)


def reparameterize_law(mu, logvar):
    """The mean and the standard deviation of every entry of a draw, each (B, Z)."""
    return mu, torch.exp(0.5 * logvar)
