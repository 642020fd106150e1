"""Solution of IFT6135, `q1_solution.py`: the densities and divergences that a VAE is made of.

Shapes: B examples in the first dimension, whatever follows is flattened into D entries. Everything is in nats, is
summed over the D entries and has shape (B,). Every function keeps the dtype that it is given.
"""

import math

import torch


def log_likelihood_bernoulli(mu, target):
    """log p(target) of independent Bernoulli variables with means mu, in nats, shape (B,).

    mu, target: (B, *), mu in [0, 1] and target in {0, 1}. Summed over all that follows the first dimension.
    Safe form: 0·log 0 counts as 0, so that a certain and right entry costs nothing.
    Source: Kingma & Welling (2014), appendix C.1, equation (11).
    """
    terms = torch.xlogy(target, mu) + torch.special.xlog1py(1 - target, -mu)
    return terms.flatten(1).sum(dim=1)


def log_likelihood_normal(mu, logvar, z):
    """log N(z; mu, diag(exp(logvar))) in nats, shape (B,).

    mu, logvar, z: (B, *), logvar the logarithm of the variance. Summed over all that follows the first dimension.
    Safe form: exp(−logvar) multiplies the squared distance; no variance is formed and then divided by or logged.
    Source: Bishop (2006), equation (2.43), for a diagonal covariance.
    """
    terms = math.log(2 * math.pi) + logvar + (z - mu).square() * torch.exp(-logvar)
    return -0.5 * terms.flatten(1).sum(dim=1)


def log_mean_exp(y):
    """log((1/K) Σ_k exp(y_k)) of every row, shape (B,).

    y: (B, K), for example log weights of K samples. Never above the row's largest entry.
    Safe form: the largest entry is taken out first (torch.logsumexp), so that no exponential overflows.
    Source: Burda, Grosse & Salakhutdinov (2016), equation (8), where it is the importance weighted bound.
    """
    return torch.logsumexp(y, dim=1) - math.log(y.shape[1])


def kl_gaussian_gaussian_analytic(mu_q, logvar_q, mu_p, logvar_p):
    """KL(N(mu_q, diag(exp(logvar_q))) ‖ N(mu_p, diag(exp(logvar_p)))) in nats, shape (B,).

    All four: (B, *), the logvar logarithms of variances. Never negative.
    Safe form: with the log ratio d = logvar_q − logvar_p, only expm1(d) − d and exp(−logvar_p) occur.
    Source: Doersch (2016), "Tutorial on variational autoencoders", equation (6), for diagonal covariances.
    """
    log_ratio = logvar_q - logvar_p
    distance = (mu_q - mu_p).square() * torch.exp(-logvar_p)
    return 0.5 * (torch.expm1(log_ratio) - log_ratio + distance).flatten(1).sum(dim=1)


def kl_gaussian_gaussian_mc(mu_q, logvar_q, mu_p, logvar_p, num_samples=1):
    """A Monte Carlo estimate of KL(q ‖ p) of two diagonal Gaussians in nats, shape (B,).

    The mean of log q(z) − log p(z) over num_samples draws z ~ q of every row. All four: (B, *). Unbiased; one estimate
    may be negative. Its law is in `kl_gaussian_gaussian_mc_law`.
    Source: Kingma & Welling (2014), section 2.3, for the divergence in the bound.
    """
    rows = [array.flatten(1).unsqueeze(1) for array in (mu_q, logvar_q, mu_p, logvar_p)]
    mean_q, log_q, mean_p, log_p = rows
    noise = torch.randn(len(mu_q), num_samples, mean_q.shape[2], dtype=mu_q.dtype)
    z = mean_q + torch.exp(0.5 * log_q) * noise
    ratio = log_p - log_q - noise.square() + (z - mean_p).square() * torch.exp(-log_p)
    return 0.5 * ratio.sum(dim=2).mean(dim=1)


def kl_gaussian_gaussian_mc_law(mu_q, logvar_q, mu_p, logvar_p, num_samples=1000):
    """Mean and standard deviation of `kl_gaussian_gaussian_mc`, each (B,); the mean is exact, the law nearly normal.

    With z = mu_q + σ_q·ε one sample is Σ_d (c_d + a_d·ε_d² + b_d·ε_d), where a = ½(σ_q²/σ_p² − 1) and
    b = σ_q·(mu_q − mu_p)/σ_p², so that its variance is Σ_d (2a_d² + b_d²).
    Source: the variances of ε and of ε², which are 1 and 2, and their covariance, which is 0.
    """
    square = 0.5 * torch.expm1(logvar_q - logvar_p)
    linear = (mu_q - mu_p) * torch.exp(0.5 * logvar_q - logvar_p)
    variance = (2 * square.square() + linear.square()).flatten(1).sum(dim=1)
    return kl_gaussian_gaussian_analytic(mu_q, logvar_q, mu_p, logvar_p), torch.sqrt(variance / num_samples)
