"""Right solutions in other styles, `<function>__<style>`: `grade prove` hands them in, and none may lose a point."""

import torch
from torch.distributions import Normal, kl_divergence


def kl_standard_normal__distributions(mu, logvar):
    return kl_divergence(Normal(mu, torch.exp(0.5 * logvar)), Normal(0.0, 1.0)).sum(1)


def kl_standard_normal__textbook(mu, logvar):
    return -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp(), dim=1)


def log_mean_exp__largest(y):
    largest = y.amax(-1, keepdim=True)
    return (largest + (y - largest).exp().mean(-1, keepdim=True).log()).squeeze(-1)


def log_mean_exp__size(y):
    return y.logsumexp(dim=-1) - torch.log(torch.tensor(float(y.size(-1))))


def interpolate_mu__lerp(mua, mub, alpha):
    return torch.lerp(mua, mub, alpha)


def interpolate_mu__difference(mua, mub, alpha):
    return mua + alpha * (mub - mua)
