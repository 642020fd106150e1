"""Right solutions in other styles, `<function>__<style>`: `grade prove` hands them in, and none may lose a point."""

import math

import torch
from torch.distributions import Normal, kl_divergence


def log_likelihood_bernoulli__chosen(mu, target):
    return torch.where(target > 0.5, mu, 1 - mu).log().flatten(1).sum(1)


def log_likelihood_bernoulli__xlogy(mu, target):
    terms = torch.xlogy(target, mu) + torch.xlogy(1 - target, 1 - mu)
    return terms.view(len(mu), -1).sum(-1)


def log_likelihood_normal__distributions(mu, logvar, z):
    return Normal(mu, torch.exp(0.5 * logvar)).log_prob(z).flatten(1).sum(1)


def log_likelihood_normal__terms(mu, logvar, z):
    mu, logvar, z = (t.reshape(len(t), -1) for t in (mu, logvar, z))
    squares = (z - mu) ** 2 / logvar.exp()
    return -0.5 * (mu.shape[1] * math.log(2 * math.pi) + logvar.sum(1) + squares.sum(1))


def log_mean_exp__largest(y):
    largest = y.max(dim=1)[0]
    return largest + torch.log(torch.exp(y - largest.unsqueeze(1)).mean(dim=1))


def log_mean_exp__logsumexp(y):
    return y.logsumexp(-1) - math.log(y.size(-1))


def kl_gaussian_gaussian_analytic__distributions(mu_q, logvar_q, mu_p, logvar_p):
    q, p = Normal(mu_q, torch.exp(logvar_q / 2)), Normal(mu_p, torch.exp(logvar_p / 2))
    return kl_divergence(q, p).flatten(1).sum(1)


def kl_gaussian_gaussian_analytic__textbook(mu_q, logvar_q, mu_p, logvar_p):
    mu_q, logvar_q, mu_p, logvar_p = (t.reshape(len(t), -1) for t in (mu_q, logvar_q, mu_p, logvar_p))
    terms = logvar_p - logvar_q + (logvar_q.exp() + (mu_q - mu_p) ** 2) / logvar_p.exp() - 1
    return 0.5 * terms.sum(1)


def kl_gaussian_gaussian_mc__distributions(mu_q, logvar_q, mu_p, logvar_p, num_samples=1):
    q, p = Normal(mu_q, torch.exp(logvar_q / 2)), Normal(mu_p, torch.exp(logvar_p / 2))
    z = q.sample((num_samples,))
    return (q.log_prob(z) - p.log_prob(z)).flatten(2).sum(2).mean(0)


def kl_gaussian_gaussian_mc__expanded(mu_q, logvar_q, mu_p, logvar_p, num_samples=1):
    flat = (t.reshape(len(t), 1, -1) for t in (mu_q, logvar_q, mu_p, logvar_p))
    mu_q, logvar_q, mu_p, logvar_p = (t.expand(-1, num_samples, -1) for t in flat)
    z = mu_q + torch.exp(0.5 * logvar_q) * torch.randn_like(mu_q)
    log_q = -0.5 * (logvar_q + (z - mu_q) ** 2 / logvar_q.exp())
    log_p = -0.5 * (logvar_p + (z - mu_p) ** 2 / logvar_p.exp())
    return (log_q - log_p).sum(-1).mean(-1)
