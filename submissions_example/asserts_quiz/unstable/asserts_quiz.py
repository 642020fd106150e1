import torch


def kl_standard_normal(mu, logvar):
    return 0.5 * (mu.pow(2) + logvar.exp() - logvar - 1).sum(1)


def log_mean_exp(y):
    return y.exp().mean(-1).log()


def interpolate_mu(mua, mub, alpha):
    return (1 - alpha) * mua + alpha * mub
