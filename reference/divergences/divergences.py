"""Solution of the homework "Densities and divergences".

Shapes: B rows of D pixels, Z dimensions, K points of a finite set or K samples; N points of a grid or N samples.
Everything is in nats. Every function works in float32 and in float64 and keeps the dtype that it is given.
"""

import math

import torch
import torch.nn.functional as F


def log_likelihood_gaussian_variance(x, mu, sigma2):
    """log N(x; mu, diag(sigma2)) in nats, shape (B,), with sigma2 the variances.

    x, mu, sigma2: (B, Z), sigma2 > 0. Summed over the Z dimensions.
    Safe form: the logarithm of the density is written out; the density itself underflows a few dozen standard
    deviations from the mean.
    Source: Bishop (2006), "Pattern recognition and machine learning", equation (1.46), summed over dimensions.
    """
    return -0.5 * (math.log(2 * math.pi) + torch.log(sigma2) + (x - mu).square() / sigma2).sum(dim=1)


def log_likelihood_gaussian_logvar(x, mu, logvar):
    """log N(x; mu, diag(exp(logvar))) in nats, shape (B,), with logvar the logarithms of the variances.

    x, mu, logvar: (B, Z), logvar any real number. Summed over the Z dimensions.
    Safe form: logvar enters as it is and as exp(−logvar); no variance is formed whose logarithm is taken again.
    Source: as `log_likelihood_gaussian_variance`, with sigma2 = exp(logvar); Kingma & Welling (2014), appendix C.2.
    """
    return -0.5 * (math.log(2 * math.pi) + logvar + (x - mu).square() * torch.exp(-logvar)).sum(dim=1)


def log_likelihood_gaussian_scale(x, mu, sigma):
    """log N(x; mu, diag(sigma²)) in nats, shape (B,), with sigma the standard deviations.

    x, mu, sigma: (B, Z), sigma > 0. Summed over the Z dimensions.
    Safe form: the standardised distance is squared, not sigma, which would underflow first.
    Source: as `log_likelihood_gaussian_variance`, with sigma2 = sigma².
    """
    return -(0.5 * math.log(2 * math.pi) + torch.log(sigma) + 0.5 * ((x - mu) / sigma).square()).sum(dim=1)


def log_mean_exp(y):
    """log((1/K) Σ_k exp(y_k)) of each row, shape (B,).

    y: (B, K), any real numbers. A logarithm of a mean of weights, in nats, as in the bound of importance sampling.
    Safe form: the largest entry is subtracted before the exponential and added after the logarithm, as in
    torch.logsumexp; it is divided by K as − log K.
    Source: Burda, Grosse & Salakhutdinov (2016), equation (8), the estimate inside the expectation.
    """
    return torch.logsumexp(y, dim=1) - math.log(y.shape[1])


def kl_gaussian_equal_variance(mu_q, mu_p, sigma2):
    """KL(N(mu_q, diag(sigma2)) ‖ N(mu_p, diag(sigma2))) in nats, shape (B,): Σ (mu_q − mu_p)² / (2 sigma2).

    All three: (B, Z), sigma2 > 0 the variances that both share. Summed over the Z dimensions.
    Source: `kl_gaussian_variance` with equal variances, whose other terms vanish.
    """
    return 0.5 * ((mu_q - mu_p).square() / sigma2).sum(dim=1)


def kl_gaussian_variance(mu_q, sigma2_q, mu_p, sigma2_p):
    """KL(N(mu_q, diag(sigma2_q)) ‖ N(mu_p, diag(sigma2_p))) in nats, shape (B,).

    All four: (B, Z), the sigma2 > 0 variances. Summed over the Z dimensions, never negative.
    Safe form: with d = sigma2_q/sigma2_p − 1, the variances cost d − log1p(d), which does not cancel when they are
    nearly equal.
    Source: Doersch (2016), "Tutorial on variational autoencoders", equation (6), for diagonal covariances.
    """
    excess = (sigma2_q - sigma2_p) / sigma2_p
    distance = (mu_q - mu_p).square() / sigma2_p
    return 0.5 * (excess - torch.log1p(excess) + distance).sum(dim=1)


def kl_gaussian_mc_from_samples(z, mu_q, logvar_q, mu_p, logvar_p):
    """The estimate mean_k log q(z_k) − log p(z_k) of KL(q ‖ p) from given samples of q, in nats, shape (B,).

    z: (B, K, Z), K samples of each row's q = N(mu_q, diag(exp(logvar_q))); the other four: (B, Z), for p alike.
    Summed over the Z dimensions, averaged over the K samples; may be negative, its expectation may not.
    Safe form: the two normalising constants cancel before they are added.
    Source: Kingma & Welling (2014), equation (6), the part without the decoder.
    """
    mu_q, logvar_q, mu_p, logvar_p = (t.unsqueeze(1) for t in (mu_q, logvar_q, mu_p, logvar_p))
    from_q = (z - mu_q).square() * torch.exp(-logvar_q)
    from_p = (z - mu_p).square() * torch.exp(-logvar_p)
    return 0.5 * (logvar_p - logvar_q + from_p - from_q).sum(dim=2).mean(dim=1)


def entropy(p):
    """The entropy H(p) = −Σ p log p of each row, in nats, shape (B,), between 0 and log K.

    p: (B, K), each row sums to 1. Safe form: 0·log 0 counts as 0, its limit.
    Source: Cover & Thomas (2006), "Elements of information theory", equation (2.1), with the natural logarithm.
    """
    return torch.special.entr(p).sum(dim=1)


def cross_entropy(p, q):
    """The cross-entropy H(p, q) = −Σ p log q of each row, in nats, shape (B,), never below H(p).

    p, q: (B, K), each row sums to 1. Safe form: 0·log q counts as 0 for every q, 0 included; +∞ where q has no
    mass and p has.
    Source: Goodfellow, Bengio & Courville (2016), "Deep learning", equation (3.51).
    """
    return -torch.xlogy(p, q).sum(dim=1)


def bernoulli_entropy(p):
    """The entropy of D independent Bernoulli pixels with probabilities p, in nats, shape (B,), at most D log 2.

    p: (B, D) in [0, 1]. Summed over the D pixels. Safe form: 0·log 0 counts as 0; log(1 − p) is log1p(−p).
    Source: Cover & Thomas (2006), equation (2.5), with the natural logarithm.
    """
    return -(torch.xlogy(p, p) + torch.special.xlog1py(1 - p, -p)).sum(dim=1)


def bernoulli_cross_entropy(p, q):
    """−Σ p log q + (1 − p) log(1 − q), the cross-entropy of Bernoulli pixels, in nats, shape (B,).

    p, q: (B, D) in [0, 1], p of the data and q of the model. Summed over the D pixels.
    Safe form: as in `bernoulli_entropy`.
    Source: Kingma & Welling (2014), appendix C.1, equation (11), for data that are probabilities, sign turned.
    """
    return -(torch.xlogy(p, q) + torch.special.xlog1py(1 - p, -q)).sum(dim=1)


def kl_divergence(p, q):
    """KL(p ‖ q) = Σ p log(p/q) of each row, in nats, shape (B,), never negative.

    p, q: (B, K), each row sums to 1. Safe form: 0·log 0 counts as 0; +∞ where q has no mass and p has.
    Source: Cover & Thomas (2006), equation (2.26), with the natural logarithm.
    """
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(dim=1)


def reverse_kl_divergence(p, q):
    """KL(q ‖ p) = Σ q log(q/p) of each row, in nats, shape (B,), never negative.

    p, q: (B, K), each row sums to 1; p is the data's and q the model's. Safe form: as `kl_divergence`.
    Source: Goodfellow, Bengio & Courville (2016), section 3.13, the right half of figure 3.6.
    """
    return kl_divergence(q, p)


def js_divergence(p, q):
    """The Jensen-Shannon divergence ½ KL(p ‖ m) + ½ KL(q ‖ m), m = ½(p + q), in nats, shape (B,).

    p, q: (B, K), each row sums to 1. Between 0 and log 2, which tables with no common point reach.
    Safe form: as `kl_divergence`; m has mass wherever p or q has, so it is always finite.
    Source: Lin (1991), "Divergence measures based on the Shannon entropy", equation (4.1) with equal weights.
    """
    middle = (p + q) / 2
    return (kl_divergence(p, middle) + kl_divergence(q, middle)) / 2


def kl_divergence_density(p, q, grid):
    """KL(p ‖ q) = ∫ p log(p/q) dx of two densities on a grid by the trapezoidal rule, in nats, a scalar.

    p, q, grid: (N,), p and q the values of the densities at the increasing, not always equally spaced points of grid.
    The values are used as they are: nothing is normalised.
    Safe form: 0·log 0 counts as 0; +∞ where q vanishes at a point and p does not.
    Source: Cover & Thomas (2006), equation (8.46); trapezoidal rule: Press et al. (2007), equation (4.1.3).
    """
    return torch.trapezoid(torch.xlogy(p, p) - torch.xlogy(p, q), grid)


def js_divergence_density(p, q, grid):
    """½ KL(p ‖ m) + ½ KL(q ‖ m) with m = ½(p + q) of two densities on a grid, in nats, a scalar.

    p, q, grid: (N,), as in `kl_divergence_density`, by the trapezoidal rule and without normalising. At most log 2
    for densities that integrate to 1, which is reached where they have no common support.
    Source: Lin (1991), equation (4.1) with equal weights; Goodfellow et al. (2014), theorem 1.
    """
    middle = (p + q) / 2
    return (kl_divergence_density(p, middle, grid) + kl_divergence_density(q, middle, grid)) / 2


def wasserstein_tables(p, q, support):
    """W₁(p, q) = Σ_k |F_p(k) − F_q(k)| (x_{k+1} − x_k) of two tables on common points of the line, shape (B,).

    p, q: (B, K), each row sums to 1; support: (K,), the increasing points x. In the unit of the points.
    Source: Vallender (1974), W₁ as the area between the distribution functions; Peyré & Cuturi (2019), "Computational
    optimal transport", remark 2.30.
    """
    between = torch.cumsum(p - q, dim=1)[:, :-1].abs()
    return (between * torch.diff(support)).sum(dim=1)


def wasserstein_samples(x, y):
    """W₁ of the empirical distributions of two samples of equal size, a scalar: mean_i |x_(i) − y_(i)|.

    x, y: (N,) in any order; x_(i) is the i-th smallest. In the unit of the samples.
    Source: Peyré & Cuturi (2019), remark 2.28: on the line, the sorted samples are matched in order.
    """
    return F.l1_loss(torch.sort(x).values, torch.sort(y).values)
