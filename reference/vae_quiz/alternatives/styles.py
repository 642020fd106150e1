"""Right solutions in other styles, `<function>__<style>`: `grade prove` hands them in, and none may lose a point."""

import torch
from torch.distributions import Normal


def reparameterize__rsample(mu, logvar):
    return Normal(mu, torch.exp(0.5 * logvar)).rsample()


def reparameterize__randn(mu, logvar):
    return torch.randn(mu.shape, dtype=mu.dtype).mul((logvar / 2).exp()).add(mu)
