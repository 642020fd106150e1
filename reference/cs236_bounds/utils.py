"""Solution of CS236, `utils.py`: densities with variances (not their logarithms), and what is built of them.

Shapes: the last dimension are the entries of one vector, all before it are batch dimensions. Everything is in nats and
keeps the dtype that it is given.
"""

import math

import torch
import torch.nn.functional as F


def sample_gaussian(m, v):
    """A draw of z ~ N(m, diag(v)) through which gradients reach m and v, of their shape.

    Safe form: the standard deviation is the root of v, whose gradient is finite because v is positive.
    Source: Kingma & Welling (2014), section 2.4.
    """
    return m + torch.sqrt(v) * torch.randn_like(m)


def sample_gaussian_law(m, v):
    """The mean and the standard deviation of every entry that `sample_gaussian` draws."""
    return m, torch.sqrt(v)


def log_normal(x, m, v):
    """log N(x; m, diag(v)), summed over the last dimension, of the shape of the others.

    Source: Bishop (2006), equation (2.43), for a diagonal covariance.
    """
    return -0.5 * (math.log(2 * math.pi) + torch.log(v) + (x - m).square() / v).sum(dim=-1)


def log_normal_mixture(z, m, v):
    """log of the uniform mixture (1/K) Σ_k N(z; m_k, diag(v_k)), shape (B,).

    z: (B, D); m, v: (B, K, D), or (1, K, D) for one mixture for all.
    Safe form: log-mean-exp over the components, so that no density underflows.
    Source: Bishop (2006), equation (9.7), with equal weights.
    """
    return log_mean_exp(log_normal(z.unsqueeze(1), m, v), dim=1)


def log_mean_exp(x, dim):
    """log of the mean of exp(x) over `dim`.

    Safe form: the largest entry is taken out first (torch.logsumexp).
    Source: Burda, Grosse & Salakhutdinov (2016), equation (8).
    """
    return torch.logsumexp(x, dim=dim) - math.log(x.shape[dim])


def log_bernoulli_with_logits(x, logits):
    """log p(x) of independent Bernoulli pixels with probabilities sigmoid(logits), summed over the last dimension.

    Safe form: x·logσ(l) + (1 − x)·logσ(−l).
    Source: Kingma & Welling (2014), appendix C.1, equation (11).
    """
    return (x * F.logsigmoid(logits) + (1 - x) * F.logsigmoid(-logits)).sum(dim=-1)


def kl_normal(qm, qv, pm, pv):
    """KL(N(qm, diag(qv)) ‖ N(pm, diag(pv))), summed over the last dimension.

    Safe form: r − 1 − log r for the ratio r of the variances.
    Source: Doersch (2016), "Tutorial on variational autoencoders", equation (6), for diagonal covariances.
    """
    ratio = qv / pv
    return 0.5 * (ratio - 1 - torch.log(ratio) + (qm - pm).square() / pv).sum(dim=-1)


def gaussian_parameters(h, dim=-1):
    """Mean and variance, the two halves of h along `dim`; the variance is softplus of its half, plus 1e-8.

    Source: the course's parametrisation.
    """
    m, h = h.chunk(2, dim=dim)
    return m, F.softplus(h) + 1e-8


def duplicate(x, rep):
    """x below itself `rep` times: the rows 0 … B−1, then 0 … B−1 again, (rep·B, …)."""
    return x.repeat(rep, *[1] * (x.ndim - 1))
