import torch


def kl_standard_normal(mu, logvar):
    return 0.5 * torch.sum(mu**2 + torch.exp(logvar) - 1 - logvar, dim=1)


def log_mean_exp(y):
    m = y.max(dim=-1, keepdim=True).values
    return (m + torch.log(torch.mean(torch.exp(y - m), dim=-1, keepdim=True))).squeeze(-1)


def interpolate_mu(mua, mub, alpha):
    return mua + alpha * (mub - mua)
