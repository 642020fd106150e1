import math

import numpy as np
import torch


def log_likelihood_bernoulli(mu, target):
    batch_size = mu.size(0)
    mu = mu.view(batch_size, -1)
    target = target.view(batch_size, -1)
    return torch.sum(target * torch.log(mu) + (1.0 - target) * torch.log(1.0 - mu), dim=1)


def log_likelihood_normal(mu, logvar, z):
    batch_size = mu.size(0)
    mu = mu.view(batch_size, -1)
    logvar = logvar.view(batch_size, -1)
    z = z.view(batch_size, -1)
    return -0.5 * torch.sum(np.log(2 * np.pi) + logvar + (z - mu) ** 2 / logvar.exp(), dim=1)


def log_mean_exp(y):
    sample_size = y.size(1)
    m, _ = y.max(dim=1)
    return m + torch.log(torch.exp(y - m[:, None]).sum(1) / sample_size)


def kl_gaussian_gaussian_analytic(mu_q, logvar_q, mu_p, logvar_p):
    batch_size = mu_q.size(0)
    mu_q, logvar_q = mu_q.view(batch_size, -1), logvar_q.view(batch_size, -1)
    mu_p, logvar_p = mu_p.view(batch_size, -1), logvar_p.view(batch_size, -1)
    inner = logvar_p - logvar_q - 1 + (logvar_q.exp() + (mu_q - mu_p) ** 2) / logvar_p.exp()
    return 0.5 * inner.sum(1)


def kl_gaussian_gaussian_mc(mu_q, logvar_q, mu_p, logvar_p, num_samples=1):
    batch_size = mu_q.size(0)
    input_size = np.prod(mu_q.size()[1:])

    def wide(t):
        return t.view(batch_size, -1).unsqueeze(1).expand(batch_size, num_samples, input_size)

    mu_q, logvar_q, mu_p, logvar_p = wide(mu_q), wide(logvar_q), wide(mu_p), wide(logvar_p)
    z = mu_q + torch.exp(0.5 * logvar_q) * torch.randn_like(mu_q)
    log_q = -0.5 * (math.log(2 * math.pi) + logvar_q + (z - mu_q) ** 2 / logvar_q.exp()).sum(2)
    log_p = -0.5 * (math.log(2 * math.pi) + logvar_p + (z - mu_p) ** 2 / logvar_p.exp()).sum(2)
    return (log_q - log_p).mean(1)
