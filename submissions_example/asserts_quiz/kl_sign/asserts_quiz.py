import torch


def kl_standard_normal(mu, logvar):
    return 0.5 * torch.sum(1 + logvar - mu**2 - torch.exp(logvar), dim=1)


def log_mean_exp(y):
    return torch.logsumexp(y, -1) - torch.log(torch.tensor(float(y.shape[-1])))


def interpolate_mu(mua, mub, alpha):
    # weights the wrong way round
    return alpha * mua + (1 - alpha) * mub
