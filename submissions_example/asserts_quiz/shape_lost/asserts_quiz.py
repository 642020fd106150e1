import torch


def kl_standard_normal(mu, logvar):
    return 0.5 * torch.sum(mu**2 + torch.exp(logvar) - 1 - logvar)


def log_mean_exp(y):
    return torch.logsumexp(y, -1, keepdim=True) - torch.log(torch.tensor(float(y.shape[-1])))


def interpolate_mu(mua, mub, alpha):
    return (1 - alpha) * mua + alpha * mub
