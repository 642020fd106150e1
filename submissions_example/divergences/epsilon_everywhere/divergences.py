import numpy as np
import torch

EPS = 1e-8


def safe_log(t):
    return torch.log(t + EPS)


def log_likelihood_gaussian_variance(x, mu, sigma2):
    return -((x - mu) ** 2 / (2 * sigma2) + 0.5 * torch.log(sigma2) + 0.5 * np.log(2 * np.pi)).sum(1)


def log_likelihood_gaussian_logvar(x, mu, logvar):
    return -((x - mu) ** 2 / (2 * logvar.exp()) + 0.5 * logvar + 0.5 * np.log(2 * np.pi)).sum(1)


def log_likelihood_gaussian_scale(x, mu, sigma):
    return -((x - mu) ** 2 / (2 * sigma**2) + torch.log(sigma) + 0.5 * np.log(2 * np.pi)).sum(1)


def log_mean_exp(y):
    return safe_log(torch.exp(y).mean(1))


def kl_gaussian_equal_variance(mu_q, mu_p, sigma2):
    return ((mu_q - mu_p) ** 2 / (2 * sigma2)).sum(1)


def kl_gaussian_variance(mu_q, sigma2_q, mu_p, sigma2_p):
    t = torch.log(sigma2_p) - torch.log(sigma2_q) - 1 + sigma2_q / sigma2_p + (mu_q - mu_p) ** 2 / sigma2_p
    return t.sum(1) / 2


def kl_gaussian_mc_from_samples(z, mu_q, logvar_q, mu_p, logvar_p):
    mu_q, logvar_q, mu_p, logvar_p = [a[:, None, :] for a in (mu_q, logvar_q, mu_p, logvar_p)]
    log_q = -0.5 * (logvar_q + (z - mu_q) ** 2 / logvar_q.exp())
    log_p = -0.5 * (logvar_p + (z - mu_p) ** 2 / logvar_p.exp())
    return (log_q - log_p).sum(2).mean(1)


def entropy(p):
    return -(p * safe_log(p)).sum(1)


def cross_entropy(p, q):
    return -(p * safe_log(q)).sum(1)


def bernoulli_entropy(p):
    return -(p * safe_log(p) + (1 - p) * safe_log(1 - p)).sum(1)


def bernoulli_cross_entropy(p, q):
    return -(p * safe_log(q) + (1 - p) * safe_log(1 - q)).sum(1)


def kl_divergence(p, q):
    return (p * (safe_log(p) - safe_log(q))).sum(1)


def reverse_kl_divergence(p, q):
    return (q * (safe_log(q) - safe_log(p))).sum(1)


def js_divergence(p, q):
    m = (p + q) / 2
    return (kl_divergence(p, m) + kl_divergence(q, m)) / 2


def kl_divergence_density(p, q, grid):
    return torch.trapezoid(p * (safe_log(p) - safe_log(q)), grid)


def js_divergence_density(p, q, grid):
    m = (p + q) / 2
    return (kl_divergence_density(p, m, grid) + kl_divergence_density(q, m, grid)) / 2


def wasserstein_tables(p, q, support):
    d = torch.abs(torch.cumsum(p, 1) - torch.cumsum(q, 1))
    return sum(d[:, k] * (support[k + 1] - support[k]) for k in range(len(support) - 1)) + torch.zeros(len(p))


def wasserstein_samples(x, y):
    x, y = np.sort(x.numpy()), np.sort(y.numpy())
    return torch.tensor(np.abs(x - y).mean())
