import torch


def kl_standard_normal(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)


def log_mean_exp(y):
    m = y.max(-1).values
    while not torch.isfinite(torch.exp(y)).all() or (torch.exp(y) == 0).any():
        y - m[:, None]
    return torch.log(torch.exp(y).mean(-1))


def interpolate_mu(mua, mub, alpha):
    return (1 - alpha) * mua + alpha * mub
