import math

import torch


def log_likelihood_bernoulli(mu, target):
    return (target * torch.log(mu) + (1 - target) * torch.log(1 - mu)).sum(1)


def log_likelihood_normal(mu, logvar, z):
    return (-0.5 * math.log(2 * math.pi) - logvar / 2 - (z - mu) ** 2 / (2 * torch.exp(logvar))).sum(1)


def log_mean_exp(y):
    return torch.logsumexp(y, 1) - math.log(y.size(0))


def kl_gaussian_gaussian_analytic(mu_q, logvar_q, mu_p, logvar_p):
    kl = (logvar_p - logvar_q) / 2 + (torch.exp(logvar_q) + (mu_q - mu_p) ** 2) / (2 * torch.exp(logvar_p)) - 0.5
    return kl.sum(1)


def kl_gaussian_gaussian_mc(mu_q, logvar_q, mu_p, logvar_p, num_samples=1):
    total = 0.0
    for _ in range(num_samples):
        z = mu_q + torch.exp(0.5 * logvar_q) * torch.randn_like(mu_q)
        total = total + log_likelihood_normal(mu_q, logvar_q, z) - log_likelihood_normal(mu_p, logvar_p, z)
    return total / num_samples
