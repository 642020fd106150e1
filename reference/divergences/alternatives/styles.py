"""Right solutions in other styles, `<function>__<style>`: `grade prove` hands them in, and none may lose a point."""

import math

import torch
from torch.distributions import Normal, kl


def log_likelihood_gaussian_variance__distributions(x, mu, sigma2):
    return Normal(mu, sigma2.sqrt()).log_prob(x).sum(1)


def log_likelihood_gaussian_variance__terms(x, mu, sigma2):
    squares = (x - mu).pow(2).div(2 * sigma2).sum(-1)
    return -squares - 0.5 * torch.log(2 * math.pi * sigma2).sum(-1)


def log_likelihood_gaussian_logvar__distributions(x, mu, logvar):
    return Normal(mu, torch.exp(logvar / 2)).log_prob(x).sum(1)


def log_likelihood_gaussian_logvar__terms(x, mu, logvar):
    squares = (x - mu) ** 2 / logvar.exp()
    return -0.5 * (x.shape[1] * math.log(2 * math.pi) + logvar.sum(1) + squares.sum(1))


def log_likelihood_gaussian_scale__distributions(x, mu, sigma):
    return Normal(mu, sigma).log_prob(x).sum(dim=-1)


def log_likelihood_gaussian_scale__terms(x, mu, sigma):
    return (-0.5 * ((x - mu) / sigma) ** 2 - sigma.log() - math.log(math.sqrt(2 * math.pi))).sum(1)


def log_mean_exp__largest(y):
    largest = y.max(dim=1, keepdim=True).values
    return (largest + torch.log(torch.exp(y - largest).mean(dim=1, keepdim=True))).squeeze(1)


def log_mean_exp__softmax(y):
    return y[:, 0] - torch.log_softmax(y, dim=1)[:, 0] - math.log(y.size(1))


def kl_gaussian_equal_variance__distributions(mu_q, mu_p, sigma2):
    return kl.kl_divergence(Normal(mu_q, sigma2.sqrt()), Normal(mu_p, sigma2.sqrt())).sum(1)


def kl_gaussian_equal_variance__terms(mu_q, mu_p, sigma2):
    return torch.sum((mu_p - mu_q) ** 2 / (2 * sigma2), dim=-1)


def kl_gaussian_variance__textbook(mu_q, sigma2_q, mu_p, sigma2_p):
    terms = torch.log(sigma2_p / sigma2_q) + (sigma2_q + (mu_q - mu_p) ** 2) / sigma2_p - 1
    return terms.sum(1) / 2


def kl_gaussian_variance__distributions(mu_q, sigma2_q, mu_p, sigma2_p):
    return kl.kl_divergence(Normal(mu_q, sigma2_q.sqrt()), Normal(mu_p, sigma2_p.sqrt())).sum(1)


def kl_gaussian_mc_from_samples__distributions(z, mu_q, logvar_q, mu_p, logvar_p):
    q = Normal(mu_q[:, None], torch.exp(logvar_q / 2)[:, None])
    p = Normal(mu_p[:, None], torch.exp(logvar_p / 2)[:, None])
    return (q.log_prob(z) - p.log_prob(z)).sum(-1).mean(-1)


def kl_gaussian_mc_from_samples__loop(z, mu_q, logvar_q, mu_p, logvar_p):
    total = 0
    for k in range(z.shape[1]):
        log_q = -0.5 * (logvar_q + (z[:, k] - mu_q) ** 2 / logvar_q.exp()).sum(1)
        log_p = -0.5 * (logvar_p + (z[:, k] - mu_p) ** 2 / logvar_p.exp()).sum(1)
        total = total + log_q - log_p
    return total / z.shape[1]


def entropy__xlogy(p):
    return -torch.xlogy(p, p).sum(-1)


def entropy__where(p):
    return -torch.where(p > 0, p * torch.log(p.clamp(min=1e-38)), torch.zeros_like(p)).sum(1)


def cross_entropy__where(p, q):
    return -torch.where(p == 0, torch.zeros_like(p), p * torch.log(q)).sum(dim=1)


def cross_entropy__loop(p, q):
    return -sum(torch.xlogy(p[:, k], q[:, k]) for k in range(p.shape[1]))


def bernoulli_entropy__entr(p):
    return (torch.special.entr(p) + torch.special.entr(1 - p)).sum(1)


def bernoulli_entropy__xlogy(p):
    return -torch.sum(torch.xlogy(p, p) + torch.xlogy(1 - p, 1 - p), dim=-1)


def bernoulli_cross_entropy__xlogy(p, q):
    return -torch.sum(torch.xlogy(p, q) + torch.xlogy(1 - p, 1 - q), dim=-1)


def bernoulli_cross_entropy__stacked(p, q):
    both, other = torch.stack([p, 1 - p]), torch.stack([q, 1 - q])
    return -torch.xlogy(both, other).sum(dim=(0, 2))


def kl_divergence__entropies(p, q):
    return -torch.xlogy(p, q).sum(1) - torch.special.entr(p).sum(1)


def kl_divergence__where(p, q):
    return torch.where(p > 0, p * (p.log() - q.log()), torch.zeros_like(p)).sum(dim=1)


def reverse_kl_divergence__direct(p, q):
    return (torch.xlogy(q, q) - torch.xlogy(q, p)).sum(-1)


def reverse_kl_divergence__where(p, q):
    return torch.where(q > 0, q * (q.log() - p.log()), torch.zeros_like(q)).sum(dim=1)


def js_divergence__entropies(p, q):
    h = torch.special.entr
    return (h(0.5 * (p + q)) - 0.5 * h(p) - 0.5 * h(q)).sum(1)


def js_divergence__direct(p, q):
    m = 0.5 * (p + q)
    left = torch.xlogy(p, p) - torch.xlogy(p, m)
    right = torch.xlogy(q, q) - torch.xlogy(q, m)
    return 0.5 * left.sum(1) + 0.5 * right.sum(1)


def kl_divergence_density__sum(p, q, grid):
    f = torch.xlogy(p, p) - torch.xlogy(p, q)
    return (0.5 * (f[1:] + f[:-1]) * (grid[1:] - grid[:-1])).sum()


def kl_divergence_density__where(p, q, grid):
    f = torch.where(p > 0, p * (p.log() - q.log()), torch.zeros_like(p))
    return torch.trapz(f, grid)


def js_divergence_density__direct(p, q, grid):
    m = (p + q) / 2
    f = torch.xlogy(p, p) - torch.xlogy(p, m) + torch.xlogy(q, q) - torch.xlogy(q, m)
    return 0.5 * torch.trapezoid(f, grid)


def js_divergence_density__entropies(p, q, grid):
    h = torch.special.entr
    return torch.trapezoid(h((p + q) / 2) - h(p) / 2 - h(q) / 2, grid)


def wasserstein_tables__loop(p, q, support):
    total, behind = torch.zeros_like(p[:, 0]), torch.zeros_like(p[:, 0])
    for k in range(len(support) - 1):
        behind = behind + p[:, k] - q[:, k]
        total = total + behind.abs() * (support[k + 1] - support[k])
    return total


def wasserstein_tables__matrix(p, q, support):
    steps = (p.cumsum(1) - q.cumsum(1)).abs()[:, :-1]
    return steps @ (support[1:] - support[:-1])


def wasserstein_samples__mean(x, y):
    return (x.sort().values - y.sort().values).abs().mean()


def wasserstein_samples__order(x, y):
    return torch.abs(x[x.argsort()] - y[y.argsort()]).sum() / len(x)
