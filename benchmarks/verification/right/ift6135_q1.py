"""Right answers to `q1_solution.py` in other styles than the reference's: `<function>__<style>`."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch.distributions import Bernoulli, Independent, MultivariateNormal, Normal, kl_divergence


def _rows(*tensors):
    return [t.reshape(t.shape[0], -1) for t in tensors]


def log_likelihood_bernoulli__cross_entropy(mu, target):
    batch = mu.size(0)
    return -F.binary_cross_entropy(mu.view(batch, -1), target.view(batch, -1), reduction="none").sum(dim=1)


def log_likelihood_bernoulli__distributions(mu, target):
    return Bernoulli(probs=mu).log_prob(target).flatten(1).sum(1)


def log_likelihood_bernoulli__einsum_with_epsilon(mu, target):
    mu, target = _rows(mu, target)
    return torch.einsum("bd,bd->b", target, torch.log(mu + 1e-10)) + torch.einsum(
        "bd,bd->b", 1 - target, torch.log(1 - mu + 1e-10)
    )


def log_likelihood_bernoulli__loop(mu, target):
    found = []
    for m, t in zip(mu, target, strict=True):
        found.append(torch.where(t == 1, m, 1 - m).log().sum())
    return torch.stack(found)


def log_likelihood_normal__distributions(mu, logvar, z):
    return Normal(mu, torch.exp(logvar) ** 0.5).log_prob(z).flatten(start_dim=1).sum(dim=1)


def log_likelihood_normal__gaussian_nll(mu, logvar, z):
    return -F.gaussian_nll_loss(mu, z, logvar.exp(), full=True, reduction="none").flatten(1).sum(1)


def log_likelihood_normal__in_double(mu, logvar, z):
    mu, logvar, z = [t.double() for t in _rows(mu, logvar, z)]
    sigma = torch.exp(logvar / 2)
    density = torch.exp(-(((z - mu) / sigma) ** 2) / 2) / (sigma * math.sqrt(2 * math.pi))
    return torch.log(density).sum(1).float()


def log_likelihood_normal__multivariate(mu, logvar, z):
    mu, logvar, z = _rows(mu, logvar, z)
    return MultivariateNormal(mu, torch.diag_embed(logvar.exp())).log_prob(z)


def log_mean_exp__largest_out(y):
    a, _ = torch.max(y, dim=1, keepdim=True)
    return (a + torch.log(torch.mean(torch.exp(y - a), dim=1, keepdim=True))).squeeze(1)


def log_mean_exp__shifted_by_the_count(y):
    return torch.logsumexp(y - np.log(y.shape[1]), dim=-1)


def log_mean_exp__logaddexp_loop(y):
    total = y[:, 0]
    for k in range(1, y.shape[1]):
        total = torch.logaddexp(total, y[:, k])
    return total - math.log(y.shape[1])


def kl_gaussian_gaussian_analytic__distributions(mu_q, logvar_q, mu_p, logvar_p):
    kl = kl_divergence(Normal(mu_q, torch.exp(logvar_q / 2)), Normal(mu_p, torch.exp(logvar_p / 2)))
    return kl.flatten(1).sum(1)


def kl_gaussian_gaussian_analytic__standard_deviations(mu_q, logvar_q, mu_p, logvar_p):
    mu_q, logvar_q, mu_p, logvar_p = _rows(mu_q, logvar_q, mu_p, logvar_p)
    s, t = torch.exp(0.5 * logvar_q), torch.exp(0.5 * logvar_p)
    return torch.sum(torch.log(t / s) + (s**2 + (mu_q - mu_p) ** 2) / (2 * t**2) - 0.5, dim=1)


def kl_gaussian_gaussian_analytic__traces(mu_q, logvar_q, mu_p, logvar_p):
    mu_q, logvar_q, mu_p, logvar_p = _rows(mu_q, logvar_q, mu_p, logvar_p)
    inverse, gap = torch.exp(-logvar_p), mu_p - mu_q
    quadratic = torch.einsum("bi,bi,bi->b", gap, inverse, gap)
    determinant = logvar_p.sum(1) - logvar_q.sum(1)
    return 0.5 * (determinant - mu_q.shape[1] + (inverse * logvar_q.exp()).sum(1) + quadratic)


def kl_gaussian_gaussian_mc__distributions(mu_q, logvar_q, mu_p, logvar_p, num_samples=1):
    q = Independent(Normal(mu_q.flatten(1), (logvar_q.flatten(1) / 2).exp()), 1)
    p = Independent(Normal(mu_p.flatten(1), (logvar_p.flatten(1) / 2).exp()), 1)
    z = q.rsample((num_samples,))
    return (q.log_prob(z) - p.log_prob(z)).mean(0)


def kl_gaussian_gaussian_mc__loop_over_samples(mu_q, logvar_q, mu_p, logvar_p, num_samples=1):
    mu_q, logvar_q, mu_p, logvar_p = _rows(mu_q, logvar_q, mu_p, logvar_p)
    total = torch.zeros(mu_q.shape[0])
    for _ in range(num_samples):
        eps = torch.randn(mu_q.shape)
        z = mu_q + torch.exp(logvar_q / 2) * eps
        total += ((logvar_p - logvar_q - eps**2 + (z - mu_p) ** 2 / logvar_p.exp()) / 2).sum(1)
    return total / num_samples


def kl_gaussian_gaussian_mc__expanded(mu_q, logvar_q, mu_p, logvar_p, num_samples=1):
    batch, size = mu_q.size(0), int(np.prod(mu_q.size()[1:]))
    mu_q, logvar_q, mu_p, logvar_p = [
        t.view(batch, -1).unsqueeze(1).expand(batch, num_samples, size) for t in (mu_q, logvar_q, mu_p, logvar_p)
    ]
    z = torch.normal(mu_q, torch.exp(0.5 * logvar_q))
    q = -0.5 * (logvar_q + (z - mu_q).pow(2) / logvar_q.exp())
    p = -0.5 * (logvar_p + (z - mu_p).pow(2) / logvar_p.exp())
    return (q - p).sum(2).mean(1)
