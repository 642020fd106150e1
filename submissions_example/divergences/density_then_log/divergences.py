"""Everything from its definition: first the density, then its logarithm; first the ratio, then its logarithm."""
import torch
from math import pi


def normal(x, mu, std):
    return torch.exp(-((x - mu) / std) ** 2 / 2) / (std * (2 * pi) ** 0.5)


def log_likelihood_gaussian_variance(x, mu, sigma2):
    return normal(x, mu, torch.sqrt(sigma2)).log().sum(1)


def log_likelihood_gaussian_logvar(x, mu, logvar):
    return normal(x, mu, torch.exp(0.5 * logvar)).prod(1).log()


def log_likelihood_gaussian_scale(x, mu, sigma):
    return normal(x, mu, sigma).log().sum(1)


def log_mean_exp(y):
    return y.exp().mean(1).log()


def kl_gaussian_equal_variance(mu_q, mu_p, sigma2):
    return ((mu_q - mu_p) ** 2 / sigma2).sum(1) / 2


def kl_gaussian_variance(mu_q, sigma2_q, mu_p, sigma2_p):
    sq, sp = sigma2_q.sqrt(), sigma2_p.sqrt()
    return (torch.log(sp / sq) + (sigma2_q + (mu_q - mu_p) ** 2) / (2 * sigma2_p) - 0.5).sum(1)


def kl_gaussian_mc_from_samples(z, mu_q, logvar_q, mu_p, logvar_p):
    q = normal(z, mu_q.unsqueeze(1), torch.exp(0.5 * logvar_q).unsqueeze(1))
    p = normal(z, mu_p.unsqueeze(1), torch.exp(0.5 * logvar_p).unsqueeze(1))
    return torch.log(q / p).sum(2).mean(1)


def entropy(p):
    return (p * torch.log(1 / p)).sum(1)


def cross_entropy(p, q):
    return (p * torch.log(1 / q)).sum(1)


def bernoulli_entropy(p):
    return entropy(torch.cat([p, 1 - p], 1))


def bernoulli_cross_entropy(p, q):
    return cross_entropy(torch.cat([p, 1 - p], 1), torch.cat([q, 1 - q], 1))


def kl_divergence(p, q):
    return (p * torch.log(p / q)).sum(1)


def reverse_kl_divergence(p, q):
    return (q * torch.log(q / p)).sum(1)


def js_divergence(p, q):
    return (p * torch.log(2 * p / (p + q)) + q * torch.log(2 * q / (p + q))).sum(1) / 2


def kl_divergence_density(p, q, grid):
    return torch.trapezoid(p * torch.log(p / q), grid)


def js_divergence_density(p, q, grid):
    return torch.trapezoid(p * torch.log(2 * p / (p + q)) + q * torch.log(2 * q / (p + q)), grid) / 2


def wasserstein_tables(p, q, support):
    result = torch.zeros(p.shape[0])
    excess = torch.zeros(p.shape[0])
    for k in range(p.shape[1] - 1):
        # earth that has to be carried over the next gap
        excess = excess + p[:, k] - q[:, k]
        result = result + excess.abs() * (support[k + 1] - support[k])
    return result


def wasserstein_samples(x, y):
    return (x.sort()[0] - y.sort()[0]).abs().sum() / len(x)
