"""Wrong answers to `q1_solution.py` as students write them: `<function>__<note>`."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch.distributions import Independent, Normal, kl_divergence


def _rows(*tensors):
    return [t.reshape(t.shape[0], -1) for t in tensors]


def _gauss(mu, logvar):
    return Independent(Normal(mu, torch.exp(0.5 * logvar)), 1)


def log_likelihood_bernoulli__mean_for_sum(mu, target):
    mu, target = _rows(mu, target)
    return -F.binary_cross_entropy(mu, target, reduction="none").mean(-1)


def log_likelihood_bernoulli__sign(mu, target):
    mu, target = _rows(mu, target)
    return F.binary_cross_entropy(mu, target, reduction="none").sum(-1)


def log_likelihood_bernoulli__summed_over_batch(mu, target):
    return -F.binary_cross_entropy(mu, target, reduction="sum")


def log_likelihood_bernoulli__logits_for_probabilities(mu, target):
    mu, target = _rows(mu, target)
    return -F.binary_cross_entropy_with_logits(mu, target, reduction="none").sum(-1)


def log_likelihood_bernoulli__not_flattened(mu, target):
    return torch.log(mu**target * (1 - mu) ** (1 - target)).sum(axis=1)


def log_likelihood_bernoulli__no_gradient(mu, target):
    m, t = mu.detach().numpy().reshape(len(mu), -1), target.numpy().reshape(len(mu), -1)
    return torch.from_numpy((t * np.log(m) + (1 - t) * np.log(1 - m)).sum(1))


def log_likelihood_normal__forgot_constant(mu, logvar, z):
    mu, logvar, z = _rows(mu, logvar, z)
    return (-logvar / 2 - (z - mu) ** 2 / 2 / logvar.exp()).sum(1)


def log_likelihood_normal__log_std(mu, logvar, z):
    mu, logvar, z = _rows(mu, logvar, z)
    return Normal(mu, logvar.exp()).log_prob(z).sum(1)


def log_likelihood_normal__forgot_half_of_logvar(mu, logvar, z):
    mu, logvar, z = _rows(mu, logvar, z)
    return -(0.5 * np.log(2 * np.pi) + logvar + (z - mu).pow(2) / (2 * torch.exp(logvar))).sum(1)


def log_likelihood_normal__divided_by_std(mu, logvar, z):
    mu, logvar, z = _rows(mu, logvar, z)
    std = torch.sqrt(torch.exp(logvar))
    return -torch.sum(torch.log(std) + math.log(2 * math.pi) / 2 + (z - mu) ** 2 / (2 * std), dim=1)


def log_likelihood_normal__constant_once(mu, logvar, z):
    mu, logvar, z = _rows(mu, logvar, z)
    return -0.5 * (logvar.sum(1) + ((z - mu) ** 2 / logvar.exp()).sum(1) + math.log(2 * math.pi))


def log_likelihood_normal__extra_dimension(mu, logvar, z):
    mu, logvar, z = _rows(mu, logvar, z)
    return Normal(mu, (0.5 * logvar).exp()).log_prob(z).sum(dim=1, keepdim=True)


def log_mean_exp__not_finite(y):
    return torch.log(torch.mean(torch.exp(y), dim=1))


def log_mean_exp__max_not_added(y):
    largest = torch.max(y, dim=1, keepdim=True).values
    return torch.log(torch.mean(torch.exp(y - largest), dim=1))


def log_mean_exp__sum_for_mean(y):
    a = y.max(dim=1)[0].unsqueeze(1)
    return (a + (y - a).exp().sum(dim=1, keepdim=True).log()).squeeze(1)


def log_mean_exp__changes_input(y):
    a = y.max(1).values
    y -= a.unsqueeze(1)
    return a + y.exp().mean(1).log()


def log_mean_exp__over_batch(y):
    return torch.logsumexp(y, 0) - math.log(y.size(0))


def kl_gaussian_gaussian_analytic__exchanged(mu_q, logvar_q, mu_p, logvar_p):
    mu_q, logvar_q, mu_p, logvar_p = _rows(mu_q, logvar_q, mu_p, logvar_p)
    return kl_divergence(_gauss(mu_p, logvar_p), _gauss(mu_q, logvar_q))


def kl_gaussian_gaussian_analytic__forgot_one(mu_q, logvar_q, mu_p, logvar_p):
    mu_q, logvar_q, mu_p, logvar_p = _rows(mu_q, logvar_q, mu_p, logvar_p)
    logs = torch.log(torch.exp(logvar_p) / torch.exp(logvar_q))
    return torch.sum(logs / 2 + (logvar_q.exp() + (mu_q - mu_p) ** 2) / 2 / logvar_p.exp(), 1)


def kl_gaussian_gaussian_analytic__one_once(mu_q, logvar_q, mu_p, logvar_p):
    mu_q, logvar_q, mu_p, logvar_p = _rows(mu_q, logvar_q, mu_p, logvar_p)
    trace = (logvar_q - logvar_p).exp().sum(1) + ((mu_q - mu_p) ** 2 / logvar_p.exp()).sum(1)
    return 0.5 * (trace - 1 + (logvar_p - logvar_q).sum(1))


def kl_gaussian_gaussian_analytic__distance_over_q(mu_q, logvar_q, mu_p, logvar_p):
    mu_q, logvar_q, mu_p, logvar_p = _rows(mu_q, logvar_q, mu_p, logvar_p)
    q, p = torch.exp(logvar_q), torch.exp(logvar_p)
    return 0.5 * (logvar_p - logvar_q - 1 + q / p + (mu_q - mu_p) ** 2 / q).sum(1)


def kl_gaussian_gaussian_analytic__not_reduced(mu_q, logvar_q, mu_p, logvar_p):
    return kl_divergence(Normal(mu_q, torch.exp(logvar_q / 2)), Normal(mu_p, torch.exp(logvar_p / 2)))


def kl_gaussian_gaussian_mc__drawn_from_p(mu_q, logvar_q, mu_p, logvar_p, num_samples=1):
    q, p = _gauss(*_rows(mu_q, logvar_q)), _gauss(*_rows(mu_p, logvar_p))
    z = p.sample([num_samples])
    return (q.log_prob(z) - p.log_prob(z)).mean(0)


def kl_gaussian_gaussian_mc__std_from_logvar(mu_q, logvar_q, mu_p, logvar_p, num_samples=1):
    mu_q, logvar_q, mu_p, logvar_p = _rows(mu_q, logvar_q, mu_p, logvar_p)
    z = mu_q + torch.exp(logvar_q) * torch.randn(num_samples, *mu_q.shape)
    return torch.mean(_gauss(mu_q, logvar_q).log_prob(z) - _gauss(mu_p, logvar_p).log_prob(z), 0)


def kl_gaussian_gaussian_mc__sign(mu_q, logvar_q, mu_p, logvar_p, num_samples=1):
    q, p = _gauss(*_rows(mu_q, logvar_q)), _gauss(*_rows(mu_p, logvar_p))
    z = q.rsample((num_samples,))
    return torch.mean(p.log_prob(z) - q.log_prob(z), dim=0)


def kl_gaussian_gaussian_mc__sum_over_samples(mu_q, logvar_q, mu_p, logvar_p, num_samples=1):
    q, p = _gauss(*_rows(mu_q, logvar_q)), _gauss(*_rows(mu_p, logvar_p))
    total = 0
    for _ in range(num_samples):
        z = q.sample()
        total = total + q.log_prob(z) - p.log_prob(z)
    return total


def kl_gaussian_gaussian_mc__mean_for_sum(mu_q, logvar_q, mu_p, logvar_p, num_samples=1):
    mu_q, logvar_q, mu_p, logvar_p = _rows(mu_q, logvar_q, mu_p, logvar_p)
    q, p = Normal(mu_q, torch.exp(logvar_q / 2)), Normal(mu_p, torch.exp(logvar_p / 2))
    z = q.sample((num_samples,))
    return (q.log_prob(z) - p.log_prob(z)).mean(dim=(0, 2))


def kl_gaussian_gaussian_mc__wrong_scale(mu_q, logvar_q, mu_p, logvar_p, num_samples=1):
    # one epsilon for all samples: averaging them changes nothing
    mu_q, logvar_q, mu_p, logvar_p = _rows(mu_q, logvar_q, mu_p, logvar_p)
    z = (mu_q + torch.exp(0.5 * logvar_q) * torch.randn_like(mu_q)).expand(num_samples, *mu_q.shape)
    return (_gauss(mu_q, logvar_q).log_prob(z) - _gauss(mu_p, logvar_p).log_prob(z)).mean(0)


def kl_gaussian_gaussian_mc__no_noise(mu_q, logvar_q, mu_p, logvar_p, num_samples=1):  # noqa: ARG001
    return kl_divergence(_gauss(*_rows(mu_q, logvar_q)), _gauss(*_rows(mu_p, logvar_p)))


def kl_gaussian_gaussian_mc__reseeds(mu_q, logvar_q, mu_p, logvar_p, num_samples=1):
    torch.manual_seed(1234)
    q, p = _gauss(*_rows(mu_q, logvar_q)), _gauss(*_rows(mu_p, logvar_p))
    z = q.sample((num_samples,))
    return (q.log_prob(z) - p.log_prob(z)).mean(0)
