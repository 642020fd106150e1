import math

import torch

HALF_LOG_2PI = 0.5 * math.log(2 * math.pi)


def log_likelihood_gaussian_variance(x, mu, sigma2):
    return log_likelihood_gaussian_scale(x, mu, sigma2**0.5)


def log_likelihood_gaussian_logvar(x, mu, logvar):
    return log_likelihood_gaussian_scale(x, mu, torch.exp(logvar / 2))


def log_likelihood_gaussian_scale(x, mu, sigma):
    standard = (x - mu) / sigma
    return (-0.5 * standard**2 - torch.log(sigma) - HALF_LOG_2PI).sum(dim=-1)


def log_mean_exp(y):
    return torch.logsumexp(y, dim=1) - math.log(y.shape[1])


def kl_gaussian_equal_variance(mu_q, mu_p, sigma2):
    return (((mu_q - mu_p) / sigma2.sqrt()) ** 2).sum(dim=-1) / 2


def kl_gaussian_variance(mu_q, sigma2_q, mu_p, sigma2_p):
    trace = sigma2_q / sigma2_p
    maha = (mu_p - mu_q) ** 2 / sigma2_p
    return 0.5 * (trace + maha - 1 - torch.log(trace)).sum(dim=-1)


def kl_gaussian_mc_from_samples(z, mu_q, logvar_q, mu_p, logvar_p):
    log_ratio = log_likelihood_gaussian_logvar(z, mu_q[:, None], logvar_q[:, None])
    log_ratio = log_ratio - log_likelihood_gaussian_logvar(z, mu_p[:, None], logvar_p[:, None])
    return log_ratio.mean(dim=1)


def entropy(p):
    return torch.distributions.Categorical(probs=p).entropy()


def cross_entropy(p, q):
    return -(p * q.log()).sum(dim=-1)


def bernoulli_entropy(p):
    # the terms of the ones; the zeros carry no information
    return -(p * p.log()).sum(dim=-1)


def bernoulli_cross_entropy(p, q):
    return -(p * q.log()).sum(dim=-1)


def kl_divergence(p, q):
    return torch.distributions.kl_divergence(
        torch.distributions.Categorical(probs=p), torch.distributions.Categorical(probs=q)
    )


def reverse_kl_divergence(p, q):
    return kl_divergence(q, p)


def js_divergence(p, q):
    m = (p + q) / 2
    left = torch.where(p > 0, p * torch.log(p / m), 0.0)
    right = torch.where(q > 0, q * torch.log(q / m), 0.0)
    return (left + right).sum(dim=-1) / 2


def kl_divergence_density(p, q, grid):
    # a density on a grid is a table
    return (p * torch.log(p / q)).sum()


def js_divergence_density(p, q, grid):
    m = (p + q) / 2
    dx = grid[1] - grid[0]
    values = (p * torch.log(p / m) + q * torch.log(q / m)) / 2
    return torch.trapezoid(values, dx=dx.item())


def wasserstein_tables(p, q, support):
    return (p.cumsum(1) - q.cumsum(1)).abs().sum(1)


def wasserstein_samples(x, y):
    return (x - y).abs().mean()
