import math

import torch


def log_likelihood_gaussian_variance(x, mu, sigma2):
    return torch.sum(-0.5 * torch.log(2 * math.pi * sigma2) - (x - mu) ** 2 / (2 * sigma2), dim=1)


def log_likelihood_gaussian_logvar(x, mu, logvar):
    return -0.5 * torch.sum(math.log(2 * math.pi) + logvar + (x - mu) ** 2 / torch.exp(logvar), dim=1)


def log_likelihood_gaussian_scale(x, mu, sigma):
    return torch.sum(-torch.log(sigma) - 0.5 * math.log(2 * math.pi) - 0.5 * ((x - mu) / sigma) ** 2, dim=1)


def log_mean_exp(y):
    a, _ = y.max(dim=1, keepdim=True)
    return (torch.log(torch.mean(torch.exp(y - a), dim=1, keepdim=True)) + a).squeeze(1)


def kl_gaussian_equal_variance(mu_q, mu_p, sigma2):
    return ((mu_q - mu_p) ** 2 / (2 * sigma2)).sum(dim=1)


def kl_gaussian_variance(mu_q, sigma2_q, mu_p, sigma2_p):
    return 0.5 * (torch.log(sigma2_p / sigma2_q) + (sigma2_q + (mu_q - mu_p) ** 2) / sigma2_p - 1).sum(dim=1)


def kl_gaussian_mc_from_samples(z, mu_q, logvar_q, mu_p, logvar_p):
    B, K, Z = z.shape

    def log_density(mu, logvar):
        mu = mu.view(B, 1, Z).expand(B, K, Z).reshape(B * K, Z)
        logvar = logvar.view(B, 1, Z).expand(B, K, Z).reshape(B * K, Z)
        return log_likelihood_gaussian_logvar(z.reshape(B * K, Z), mu, logvar).view(B, K)

    return (log_density(mu_q, logvar_q) - log_density(mu_p, logvar_p)).mean(dim=1)


def entropy(p):
    return -torch.xlogy(p, p).sum(dim=1)


def cross_entropy(p, q):
    return -(p * torch.log(q)).sum(dim=1)


def bernoulli_entropy(p):
    return -(p * torch.log(p) + (1 - p) * torch.log(1 - p)).sum(dim=1)


def bernoulli_cross_entropy(p, q):
    return -(p * torch.log(q) + (1 - p) * torch.log(1 - q)).sum(dim=1)


def kl_divergence(p, q):
    terms = torch.where(p > 0, p * torch.log(p / q), torch.zeros_like(p))
    return terms.sum(dim=1)


def reverse_kl_divergence(p, q):
    return kl_divergence(q, p)


def js_divergence(p, q):
    m = 0.5 * (p + q)
    return 0.5 * kl_divergence(p, m) + 0.5 * kl_divergence(q, m)


def kl_divergence_density(p, q, grid):
    return torch.trapezoid(p * torch.log(p / q), grid)


def js_divergence_density(p, q, grid):
    m = (p + q) / 2
    return 0.5 * (kl_divergence_density(p, m, grid) + kl_divergence_density(q, m, grid))


def wasserstein_tables(p, q, support):
    F_p, F_q = torch.cumsum(p, dim=1), torch.cumsum(q, dim=1)
    widths = support[1:] - support[:-1]
    return (torch.abs(F_p - F_q)[:, :-1] * widths).sum(dim=1)


def wasserstein_samples(x, y):
    return torch.abs(torch.sort(x)[0] - torch.sort(y)[0]).mean()
