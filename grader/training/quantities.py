"""What a trained model is worth, in float64, from arrays that it answered: nats, distances, counts.

Everything here is pure and believes nothing: what is not finite, or no probability, or no variance, makes the result
nan or inf and never raises; no gate lets nan through. Shapes are the caller's to check. n is the number of images,
k of draws, d of latent dimensions; `…` are the axes of one image, and images may have any.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

import numpy as np
from scipy.special import logsumexp, xlog1py, xlogy

LOG_2PI = math.log(2.0 * math.pi)
ACTIVE = 1e-2
"""Variance of the posterior mean over images from which a latent unit counts as active (Burda et al. 2016, §5.2)."""

FACTORS = (0.25, 0.5, 1.0, 2.0, 4.0)
MOST = 2000
"""Images that count in what compares each with each: the first ones."""

BLOCK = 1 << 22
"""Numbers worked on at once where arrays can be large."""

P = ParamSpec("P")
R = TypeVar("R")


def quiet(function: Callable[P, R]) -> Callable[P, R]:
    """The function without numpy's warnings: overflow and invalid operations are expected, and the results say so."""

    @wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        with np.errstate(all="ignore"):
            return function(*args, **kwargs)

    return called


# ---- one image, in nats


@quiet
def bernoulli_nll(x: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """-log p(x|z) of shape (…draws…, n) for x (n, …) in [0, 1] and logits (…draws…, n, …), in nats.

    Σ x softplus(-l) + (1 - x) softplus(l): safe at any logit; a pixel that is certain and right costs 0.
    """
    x, logits = _float(x), _float(logits)
    terms = _weighed(x, np.logaddexp(0.0, -logits)) + _weighed(1.0 - x, np.logaddexp(0.0, logits))
    return _summed(terms, x)


@quiet
def bernoulli_nll_of_probabilities(x: np.ndarray, p: np.ndarray, *, most: float = math.inf) -> np.ndarray:
    """-log p(x|z) as `bernoulli_nll`, from probabilities p; nan where one is outside [0, 1].

    No logarithm counts more than `most` nats: a float32 probability of 1 is a rounded one, and torch's
    binary_cross_entropy takes 100.
    """
    x, p = _float(x), _float(p)
    p = np.where((p >= 0.0) & (p <= 1.0), p, np.nan)
    with_one = _weighed(x, np.minimum(-xlogy(1.0, p), most))
    with_zero = _weighed(1.0 - x, np.minimum(-xlog1py(1.0, -p), most))
    return _summed(with_one + with_zero, x)


@quiet
def gaussian_nll(
    x: np.ndarray, mean: np.ndarray, *, logvar: np.ndarray | None = None, variance: np.ndarray | None = None
) -> np.ndarray:
    """-log N(x; mean, σ²) of shape (…draws…, n), in nats, for x (n, …), mean (…draws…, n, …) and log σ² or σ².

    σ² may have fewer axes, as broadcasting allows. nan where σ² is not positive.
    """
    x, mean = _float(x), _float(mean)
    log, precision = _log_variance(logvar, variance)
    terms = 0.5 * (LOG_2PI + log + np.square(x - mean) * precision)
    return _summed(np.broadcast_to(terms, np.broadcast_shapes(terms.shape, mean.shape, x.shape)), x)


@quiet
def kl_standard_normal(
    mu: np.ndarray, *, logvar: np.ndarray | None = None, variance: np.ndarray | None = None
) -> np.ndarray:
    """KL(N(mu, σ²) ‖ N(0, I)) of shape (n,), in nats, for mu (n, …) and log σ² or σ² of the same shape.

    ½ Σ mu² + σ² - 1 - log σ² (Kingma and Welling 2014, appendix B). nan where σ² is not positive.
    """
    mu = _float(mu)
    log, _ = _log_variance(logvar, variance)
    return _summed(0.5 * (np.square(mu) + np.expm1(log) - log), mu)


@quiet
def log_normal(z: np.ndarray, mu: np.ndarray, logvar: np.ndarray) -> np.ndarray:
    """log N(z; mu, exp logvar) of shape (k, n), in nats, for z (k, n, d), mu and logvar (n, d)."""
    return -gaussian_nll(mu, z, logvar=logvar)


@quiet
def draws(rng: np.random.Generator, k: int, mu: np.ndarray, logvar: np.ndarray) -> np.ndarray:
    """k draws from N(mu, exp logvar), of shape (k, n, d), as float32: exactly what a decoder is then asked with."""
    mu, std = _float(mu), np.exp(0.5 * _float(logvar))
    drawn: np.ndarray = (mu + std * rng.standard_normal((k, *mu.shape))).astype(np.float32)
    return drawn


@quiet
def negative_elbo(nll: np.ndarray, kl: np.ndarray) -> np.ndarray:
    """-ELBO of shape (n,), in nats: the mean over the draws of nll (k, n) = -log p(x|z), plus kl (n,)."""
    elbo: np.ndarray = _float(nll).mean(axis=0) + _float(kl)
    return elbo


@quiet
def negative_iwae(nll: np.ndarray, z: np.ndarray, mu: np.ndarray, logvar: np.ndarray) -> np.ndarray:
    """The importance-weighted bound on -log p(x), of shape (n,), in nats; with k = 1 a one-draw -ELBO.

    nll (k, n) is -log p(x|z) at the draws z (k, n, d) from q = N(mu, exp logvar), mu and logvar (n, d).
    -log 1/k Σ exp(log p(x|z) + log p(z) - log q(z|x)), by log-sum-exp (Burda et al. 2016, eq. 8).
    """
    prior = log_normal(z, np.zeros_like(_float(mu)), np.zeros_like(_float(mu)))
    return -log_mean_exp(prior - log_normal(z, mu, logvar) - _float(nll))


@quiet
def log_mean_exp(values: np.ndarray) -> np.ndarray:
    """log of the mean of exp over the first axis, taken out the largest: finite wherever the answer is."""
    values = _float(values)
    found: np.ndarray = np.asarray(logsumexp(values, axis=0)) - math.log(len(values))
    return found


@quiet
def categorical_nll(index: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """-log p(index) of shape (n,), in nats, for index (n, …) of whole numbers and logits (n, classes, …).

    Log-softmax over axis 1, as torch's cross_entropy has it; logarithms of probabilities are logits too. nan for an
    image with an index that is no class.
    """
    index, pixels = np.asarray(index), math.prod(logits.shape[1:])
    step = max(1, BLOCK // max(pixels, 1))
    found = np.empty(len(index))
    for start in range(0, len(index), step):
        asked, here = index[start : start + step], _float(logits[start : start + step])
        inside = (asked >= 0) & (asked < here.shape[1])
        at = np.where(inside, asked, 0).astype(np.int64)[:, None]
        terms = np.asarray(logsumexp(here, axis=1)) - np.take_along_axis(here, at, axis=1)[:, 0]
        found[start : start + step] = _summed(np.where(inside, terms, np.nan), asked)
    return found


def bits_per_dimension(nats: np.ndarray | float, dimensions: int) -> np.ndarray:
    """Nats per image as bits per pixel (and channel): nats / (dimensions log 2)."""
    bits: np.ndarray = _float(nats) / (dimensions * math.log(2.0))
    return bits


@quiet
def independent_pixels_nll(train: np.ndarray, held_out: np.ndarray) -> np.ndarray:
    """-log p of each held-out image (n,), in nats, if each pixel were by itself as often on as in `train`.

    What a model of binary images must beat. Frequencies are (Σ + ½) / (n + 1).
    """
    train, held_out = _float(train), _float(held_out)
    p = (train.sum(axis=0) + 0.5) / (len(train) + 1.0)
    return bernoulli_nll_of_probabilities(held_out, np.broadcast_to(p, held_out.shape))


# ---- sets of images


@dataclass(frozen=True)
class Kernel:
    """k(a, b) = Σ exp(-‖a - b‖² / (2 s²)) over the bandwidths s, in the units of the pixels."""

    bandwidths: tuple[float, ...]

    def of(self, squared: np.ndarray) -> np.ndarray:
        """Its values at squared distances."""
        total = np.zeros_like(squared)
        for s in self.bandwidths:
            total += np.exp(squared / (-2.0 * s * s))
        return total


def median_kernel(images: np.ndarray) -> Kernel:
    """The kernel that a set of images fixes: s² is ¼, ½, 1, 2 and 4 times the median squared distance in pairs.

    Gretton et al. 2012, §8 for the median; several widths see both detail and outline (Li et al. 2015).
    """
    median = float(np.median(_pairs(_squared_distances(images, images))))
    return Kernel(tuple(math.sqrt(factor * median) for factor in FACTORS))


@quiet
def mmd2(samples: np.ndarray, data: np.ndarray, kernel: Kernel) -> float:
    """The unbiased squared maximum mean discrepancy of two sets of images (n, …) and (m, …); below 0 by chance.

    Gretton et al. 2012, eq. 3. Between 0 and twice the number of bandwidths in expectation.
    """
    own = kernel.of(_pairs(_squared_distances(samples, samples))).mean()
    theirs = kernel.of(_pairs(_squared_distances(data, data))).mean()
    across = kernel.of(_squared_distances(samples, data)).mean()
    return float(own + theirs - 2.0 * across)


@quiet
def diversity(samples: np.ndarray, data: np.ndarray) -> float:
    """The mean distance between two samples over that between two images of the data: 1 as varied, 0 all the same."""
    own, theirs = (np.sqrt(_pairs(_squared_distances(each, each))).mean() for each in (samples, data))
    return float(own / theirs)


@quiet
def effective_number(samples: np.ndarray, kernel: Kernel) -> float:
    """How many different samples there are: from 1, all the same, to n, all unlike (Vendi score, Friedman 2023).

    exp of the entropy of the eigenvalues of the kernel matrix, scaled to trace 1; of the first 500 samples.
    """
    matrix = kernel.of(_squared_distances(samples[:500], samples[:500])) / len(kernel.bandwidths)
    if not np.isfinite(matrix).all():
        return math.nan
    values = np.clip(np.linalg.eigvalsh(matrix / len(matrix)), 0.0, None)
    return float(np.exp(-xlogy(values, values).sum()))


@quiet
def coverage(samples: np.ndarray, data: np.ndarray, *, k: int = 5) -> float:
    """The share of images of the data that have a sample nearer than their k-th neighbour in the data.

    Naeem et al. 2020, eq. 5: near 1 - 2⁻ᵏ for equally many samples of the same law, near 0 if modes are missing.
    """
    own = _squared_distances(data, data)
    np.fill_diagonal(own, np.inf)
    radius = np.sort(own, axis=1)[:, k - 1]
    across = _squared_distances(data, samples)
    if not np.isfinite(across).all():
        return math.nan
    return float((across.min(axis=1) <= radius).mean())


@quiet
def nearest_distances(images: np.ndarray, train: np.ndarray) -> np.ndarray:
    """The distance of each of the first images (n, …) to the nearest training image; 0 for a copy."""
    images = _flat(images)[:MOST]
    found = np.full(len(images), np.inf)
    step = max(1, BLOCK // max(len(images), images.shape[1], 1))
    for start in range(0, len(train), step):
        # np.minimum hands nan on, which min() of an array does too.
        found = np.minimum(found, _squared(images, _flat(train[start : start + step])).min(axis=1))
    distances: np.ndarray = np.sqrt(found)
    return distances


@quiet
def nearest_ratio(samples: np.ndarray, train: np.ndarray, held_out: np.ndarray) -> float:
    """The samples' median distance to the nearest training image over the held-out images': near 0, they are copies."""
    return float(np.median(nearest_distances(samples, train)) / np.median(nearest_distances(held_out, train)))


@quiet
def active_units(mu: np.ndarray) -> float:
    """How many latent units depend on the image: variance of mu (n, d) over images above 1e-2; nan if mu is not finite.

    Burda et al. 2016, §5.2: A = Cov_x(E_q[u]) > 10⁻².
    """
    mu = _float(mu).reshape(len(mu), -1)
    return float((mu.var(axis=0) > ACTIVE).sum()) if np.isfinite(mu).all() else math.nan


@quiet
def constant_share(samples: np.ndarray, data: np.ndarray) -> float:
    """The share of pixels that vary in the data and do not in the samples: 1 for a model that draws one image."""
    own, theirs = (_float(each).reshape(len(each), -1).std(axis=0) for each in (samples, data))
    varies = theirs > 0.05
    if not np.isfinite(own).all() or not varies.any():
        return math.nan
    return float((own[varies] < 0.05 * theirs[varies]).mean())


# ---- helpers


def _float(array: np.ndarray | float) -> np.ndarray:
    return np.asarray(array, np.float64)


def _flat(images: np.ndarray) -> np.ndarray:
    return _float(images).reshape(len(images), -1)


def _weighed(weight: np.ndarray, cost: np.ndarray) -> np.ndarray:
    """Their product, where no weight times an infinite cost is nothing; nan stays."""
    return np.where((weight == 0.0) & ~np.isnan(cost), 0.0, weight * cost)


def _summed(terms: np.ndarray, image: np.ndarray) -> np.ndarray:
    """Terms (…draws…, n, …) summed over the axes that one image has."""
    found: np.ndarray = terms.sum(axis=tuple(range(terms.ndim - image.ndim + 1, terms.ndim)))
    return found


def _log_variance(logvar: np.ndarray | None, variance: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """log σ² and 1 / σ² from the one of both that is given."""
    if (logvar is None) == (variance is None):
        raise TypeError("give either logvar or variance")
    if variance is not None:
        variance = _float(variance)
        variance = np.where(variance > 0.0, variance, np.nan)
        return np.log(variance), 1.0 / variance
    logvar = _float(logvar)  # type: ignore[arg-type]
    return logvar, np.exp(-logvar)


def _squared_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """‖a - b‖² of the first images of both, each with each."""
    return _squared(_flat(a)[:MOST], _flat(b)[:MOST])


@quiet
def _squared(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """‖a - b‖² for rows of a and b by one product of matrices; nan for what is not finite or can't be squared."""
    middle = b.mean(axis=0)
    a, b = a - middle, b - middle  # what both have in common would cost digits
    squared = np.square(a).sum(axis=1)[:, None] + np.square(b).sum(axis=1)[None, :] - 2.0 * (a @ b.T)
    positive: np.ndarray = np.maximum(squared, 0.0)
    return positive


def _pairs(squared: np.ndarray) -> np.ndarray:
    """The entries above the diagonal: each pair once."""
    return squared[np.triu_indices(len(squared), 1)]
