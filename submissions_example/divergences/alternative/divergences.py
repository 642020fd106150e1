"""torch.distributions, F and scipy where they have it; other accepted names."""
from __future__ import annotations

import numpy as np
import torch
import torch.distributions as D
import torch.nn.functional as F
from scipy import stats
from torch import Tensor


def logpdf_diagonal_gaussian(z: Tensor, mu: Tensor, sigma_square: Tensor) -> Tensor:
    return D.Independent(D.Normal(mu, sigma_square.sqrt()), 1).log_prob(z)


def log_likelihood_normal(mean: Tensor, log_var: Tensor, z: Tensor) -> Tensor:
    # minus the loss of torch, which leaves the constant out by default
    loss = F.gaussian_nll_loss(mean, z, log_var.exp(), full=True, reduction="none", eps=0.0)
    return -loss.sum(-1)


def log_normal_scale(x: Tensor, loc: Tensor, scale: Tensor) -> Tensor:
    # as one multivariate normal with a diagonal factor
    return D.MultivariateNormal(loc, scale_tril=torch.diag_embed(scale)).log_prob(x)


def logmeanexp(log_w: Tensor) -> Tensor:
    return log_w.logsumexp(1) - np.log(log_w.size(1))


def kl_equal_variance(mu_1, mu_2, var):
    difference = mu_1 - mu_2
    return torch.einsum("bz,bz->b", difference, difference / var) / 2


def kl_normal_variance(mu1, var1, mu2, var2):
    first = D.Independent(D.Normal(mu1, var1.sqrt()), 1)
    second = D.Independent(D.Normal(mu2, var2.sqrt()), 1)
    return D.kl_divergence(first, second)


def kl_mc_from_samples(samples, mu_q, lv_q, mu_p, lv_p):
    def normal(mu, log_var):
        return D.Independent(D.Normal(mu, (log_var / 2).exp()), 1)

    # the samples come first, so that the batch is broadcast
    z = samples.transpose(0, 1)
    return (normal(mu_q, lv_q).log_prob(z) - normal(mu_p, lv_p).log_prob(z)).mean(0)


def shannon_entropy(probs):
    return torch.special.entr(probs).sum(-1)


def table_cross_entropy(p, q):
    # F.cross_entropy takes logits; the logarithm of probabilities is one kind of them
    return F.cross_entropy(q.log(), p, reduction="none")


def binary_entropy(p):
    return D.Independent(D.Bernoulli(p), 1).entropy()


def binary_cross_entropy(x, x_hat):
    return F.binary_cross_entropy(x_hat, x, reduction="none").sum(-1)


def kl_table(p, q):
    return F.kl_div(q.log(), p, reduction="none").sum(-1)


def reverse_kl(p, q):
    return kl_table(q, p)


def jsd(p, q):
    # entropy of the mixture minus the mean of the entropies
    return shannon_entropy((p + q) / 2) - (shannon_entropy(p) + shannon_entropy(q)) / 2


def kl_density(p, q, x):
    values = p * (p.log() - q.log())
    return ((values[1:] + values[:-1]) / 2 * x.diff()).sum()


def jsd_density(p, q, x):
    m = (p + q) / 2
    h = lambda f: -torch.trapezoid(torch.xlogy(f, f), x)
    return h(m) - h(p) / 2 - h(q) / 2


def w1_tables(p, q, points):
    rows = zip(p.numpy(), q.numpy())
    found = [stats.wasserstein_distance(points, points, a, b) for a, b in rows]
    return torch.tensor(found, dtype=p.dtype)


def w1_samples(a, b):
    return torch.tensor(stats.wasserstein_distance(a.numpy(), b.numpy()))
