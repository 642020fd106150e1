import torch


def kl_standard_normal(mu, logvar):
    return 0.5 * (mu.pow(2) + logvar.exp() - logvar - 1).sum(1)


def interpolate_mu(mua, mub, alpha):
    pass
