import numpy as np
import torch


def log_likelihood_bernoulli(mu, target):
    mu = mu.view(mu.size(0), -1)
    target = target.view(target.size(0), -1)
    return (target * mu.log() + (1 - target) * (1 - mu).log()).sum(dim=1)


def log_likelihood_normal(mu, logvar, z):
    mu, logvar, z = [t.view(t.size(0), -1) for t in (mu, logvar, z)]
    # the constant does not depend on the parameters
    return -0.5 * (logvar + (z - mu).pow(2) / logvar.exp()).sum(dim=1)


def log_mean_exp(y):
    return torch.log(torch.exp(y).mean(dim=1))


def kl_gaussian_gaussian_analytic(mu_q, logvar_q, mu_p, logvar_p):
    mu_q, logvar_q, mu_p, logvar_p = [t.view(t.size(0), -1) for t in (mu_q, logvar_q, mu_p, logvar_p)]
    ratio = torch.exp(logvar_p) / torch.exp(logvar_q)
    return 0.5 * (ratio + (mu_p - mu_q).pow(2) / torch.exp(logvar_q) - 1 - torch.log(ratio)).sum(dim=1)


def kl_gaussian_gaussian_mc(mu_q, logvar_q, mu_p, logvar_p, num_samples=1):
    mu_q, logvar_q, mu_p, logvar_p = [
        t.view(t.size(0), 1, -1).repeat(1, num_samples, 1) for t in (mu_q, logvar_q, mu_p, logvar_p)
    ]
    z = mu_p + torch.exp(logvar_p / 2) * torch.randn_like(mu_p)
    log_q = -0.5 * (logvar_q + (z - mu_q) ** 2 / torch.exp(logvar_q)).sum(2)
    log_p = -0.5 * (logvar_p + (z - mu_p) ** 2 / torch.exp(logvar_p)).sum(2)
    return (log_q - log_p).mean(1)
