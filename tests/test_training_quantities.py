"""The quantities a trained model is judged by: they are what torch says, stay right at the edges, and hand nan on."""

import math

import numpy as np
import pytest
import torch
from scipy.stats import norm
from torch import distributions as d

from grader.training import quantities as q
from grader.training.data import binarized, load

RNG = np.random.default_rng(7)
GREY = RNG.random((5, 4, 3)).astype(np.float32)
BLACK = (GREY > 0.5).astype(np.float32)
LOGITS = RNG.normal(0.0, 4.0, (2, 5, 4, 3)).astype(np.float32)
MU, LOGVAR = (RNG.normal(0.0, 1.0, (5, 6)).astype(np.float32) for _ in range(2))
DIGITS = load("digits", None)
KERNEL = q.median_kernel(DIGITS.held_out)


def double(array: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.asarray(array, np.float64))


def close(found, wanted) -> None:
    np.testing.assert_allclose(found, np.asarray(wanted), rtol=1e-12, atol=1e-12)


def posterior() -> d.Distribution:
    return d.Independent(d.Normal(double(MU), torch.exp(0.5 * double(LOGVAR))), 1)


# ---- they are what torch says


@pytest.mark.parametrize("x", [pytest.param(GREY, id="grey"), pytest.param(BLACK, id="black")])
def test_bernoulli_is_the_binary_cross_entropy(x):
    logits, wide = double(LOGITS), double(np.broadcast_to(x, LOGITS.shape).copy())
    wanted = torch.nn.functional.binary_cross_entropy_with_logits(logits, wide, reduction="none").sum((-2, -1))
    close(q.bernoulli_nll(x, LOGITS), wanted)
    close(q.bernoulli_nll_of_probabilities(x, torch.sigmoid(logits).numpy()), wanted)
    close(q.bernoulli_nll(x, LOGITS[1]), wanted[1])


def test_probabilities_are_bounded_as_torch_bounds_them():
    x, p = np.array([[0.0, 1.0, 1.0]]), np.array([[1.0, 0.0, 1.0]])
    wanted = torch.nn.functional.binary_cross_entropy(double(p), double(x), reduction="sum")
    close(q.bernoulli_nll_of_probabilities(x, p, most=100.0), [wanted])
    assert q.bernoulli_nll_of_probabilities(x, p) == [math.inf]


def test_gaussian_is_the_normal_log_density():
    mean, logvar = LOGITS, LOGITS[::-1] / 4
    wanted = -d.Normal(double(mean), torch.exp(0.5 * double(logvar.copy()))).log_prob(double(GREY)).sum((-2, -1))
    close(q.gaussian_nll(GREY, mean, logvar=logvar), wanted)
    close(q.gaussian_nll(GREY, mean, variance=np.exp(logvar.astype(np.float64))), wanted)


def test_one_variance_serves_all_pixels():
    wanted = -norm.logpdf(GREY.astype(np.float64), LOGITS[0], 0.5).sum((-2, -1))
    close(q.gaussian_nll(GREY, LOGITS[0], variance=np.array(0.25)), wanted)
    close(
        q.gaussian_nll(GREY, LOGITS[0, 0, 0, 0], variance=np.full((5, 4, 3), 0.25)),
        q.gaussian_nll(GREY, np.full_like(GREY, LOGITS[0, 0, 0, 0]), variance=np.array(0.25)),
    )


def test_a_variance_is_given_once():
    with pytest.raises(TypeError, match="give either logvar or variance"):
        q.gaussian_nll(GREY, GREY)
    with pytest.raises(TypeError, match="give either logvar or variance"):
        q.kl_standard_normal(MU, logvar=LOGVAR, variance=LOGVAR)


def test_kl_is_that_of_torch():
    prior = d.Independent(d.Normal(torch.zeros(5, 6).double(), torch.ones(5, 6).double()), 1)
    wanted = d.kl_divergence(posterior(), prior)
    close(q.kl_standard_normal(MU, logvar=LOGVAR), wanted)
    close(q.kl_standard_normal(MU, variance=np.exp(LOGVAR.astype(np.float64))), wanted)
    close(q.kl_standard_normal(MU.reshape(5, 2, 3), logvar=LOGVAR.reshape(5, 2, 3)), wanted)


def test_kl_of_the_prior_is_nothing_and_small_ones_are_exact():
    assert q.kl_standard_normal(np.zeros((1, 9)), logvar=np.zeros((1, 9))) == [0.0]
    np.testing.assert_allclose(q.kl_standard_normal(np.zeros((1, 1)), logvar=np.array([[1e-4]])), 1e-8 / 4, rtol=1e-4)


def test_the_density_of_a_draw_is_that_of_torch():
    z = q.draws(np.random.default_rng(1), 3, MU, LOGVAR)
    assert (z.shape, z.dtype) == ((3, 5, 6), np.float32)
    close(q.log_normal(z, MU, LOGVAR), posterior().log_prob(double(z)))


def test_draws_follow_the_posterior_and_the_generator():
    z = q.draws(np.random.default_rng(1), 4000, MU, LOGVAR)
    residual = (z - MU) / np.exp(0.5 * LOGVAR)
    assert abs(residual.mean()) < 0.02
    assert abs(residual.std() - 1.0) < 0.02
    np.testing.assert_array_equal(z[:2], q.draws(np.random.default_rng(1), 4000, MU, LOGVAR)[:2])
    assert (z[0] != z[1]).all()


def test_the_elbo_is_the_mean_over_draws():
    nll, kl = q.bernoulli_nll(GREY, LOGITS), q.kl_standard_normal(MU, logvar=LOGVAR)
    close(q.negative_elbo(nll, kl), nll.mean(0) + kl)


def test_the_importance_weighted_bound_is_that_of_torch():
    z = q.draws(np.random.default_rng(1), 2, MU, LOGVAR)
    nll = q.bernoulli_nll(GREY, LOGITS)
    prior = d.Independent(d.Normal(torch.zeros(6).double(), torch.ones(6).double()), 1)
    weights = -double(nll) + prior.log_prob(double(z)) - posterior().log_prob(double(z))
    close(q.negative_iwae(nll, z, MU, LOGVAR), math.log(2) - torch.logsumexp(weights, 0))


def test_more_draws_tighten_the_bound_towards_the_evidence():
    """x | z ~ N(z, 1) with z ~ N(0, 1) has x ~ N(0, 2), whose density is known."""
    x = np.array([[0.3], [-1.2], [2.0]])
    mu, logvar = 0.3 * x, np.full((3, 1), -0.2)
    truth = -norm.logpdf(x[:, 0], 0.0, math.sqrt(2.0))
    bounds = []
    for k in (1, 10, 4000):
        runs = 4000 // k
        z = q.draws(np.random.default_rng(0), k * runs, mu, logvar).reshape(runs, k, 3, 1)
        bounds.append(
            np.mean(
                [q.negative_iwae(q.gaussian_nll(x, one, logvar=np.zeros((3, 1))), one, mu, logvar) for one in z], axis=0
            )
        )
    assert (bounds[0] > bounds[1]).all()
    assert (bounds[1] > truth).all()
    np.testing.assert_allclose(bounds[2], truth, atol=0.02)


@pytest.mark.parametrize("block", [pytest.param(1 << 22, id="at-once"), pytest.param(1, id="one-by-one")])
def test_categorical_is_the_cross_entropy(monkeypatch, block):
    monkeypatch.setattr(q, "BLOCK", block)
    index, logits = RNG.integers(0, 7, (5, 4, 3)), RNG.normal(size=(5, 7, 4, 3)).astype(np.float32)
    wanted = torch.nn.functional.cross_entropy(double(logits), torch.from_numpy(index), reduction="none").sum((1, 2))
    close(q.categorical_nll(index, logits), wanted)
    close(q.categorical_nll(index, torch.log_softmax(double(logits), 1).numpy()), wanted)


def test_two_classes_are_bernoulli():
    logits = np.stack([np.zeros_like(LOGITS[0]), LOGITS[0]], axis=1)
    close(q.categorical_nll(BLACK, logits), q.bernoulli_nll(BLACK, LOGITS[0]))


def test_uniform_over_256_values_costs_eight_bits():
    nats = q.categorical_nll(np.zeros((2, 3, 3), np.uint8), np.zeros((2, 256, 3, 3)))
    close(q.bits_per_dimension(nats, 9), [8.0, 8.0])


def test_independent_pixels_are_what_a_model_of_the_digits_must_beat():
    black = binarized(DIGITS)
    assert q.independent_pixels_nll(black.train, black.held_out).mean() == pytest.approx(24.5, abs=0.1)


# ---- right at the edges


def test_logits_of_any_size_are_safe():
    huge = np.array([[1e3, -1e3, 1e30, -1e30, math.inf, -math.inf]])
    right, wrong = (huge > 0).astype(float), (huge < 0).astype(float)
    assert q.bernoulli_nll(right, huge) == [0.0]
    close(q.bernoulli_nll(wrong[:, :2], huge[:, :2]), [2000.0])
    assert q.bernoulli_nll(wrong, huge) == [math.inf]


def test_a_mean_of_exponentials_is_safe_far_out():
    close(q.log_mean_exp(np.array([[1e4], [1e4]])), [1e4])
    close(q.log_mean_exp(np.array([[-1e4], [-1e4 + math.log(3)]])), [-1e4 + math.log(2)])
    assert q.log_mean_exp(np.full((3, 1), -np.inf)) == [-math.inf]


@pytest.mark.parametrize("p", [-0.1, 1.1, math.nan, math.inf])
def test_what_is_no_probability_is_nan(p):
    """A "probability" of 5 would otherwise earn nats on every pixel that is on."""
    assert np.isnan(q.bernoulli_nll_of_probabilities(np.ones((1, 2)), np.array([[0.5, p]]), most=100.0)).all()


@pytest.mark.parametrize("variance", [0.0, -1.0, math.nan])
def test_what_is_no_variance_is_nan(variance):
    assert np.isnan(q.gaussian_nll(GREY, GREY, variance=np.array(variance))).all()
    assert np.isnan(q.kl_standard_normal(MU, variance=np.full_like(MU, variance))).all()


def test_a_class_that_is_none_makes_its_image_nan():
    found = q.categorical_nll(np.array([[0, 1], [2, 3], [-1, 0]]), np.zeros((3, 3, 2)))
    close(found[0], 2 * math.log(3))
    assert np.isnan(found[1:]).all()


def poison(array: np.ndarray, value: float) -> np.ndarray:
    """The array with one bad value in its last image."""
    poisoned = np.array(array, np.float64)
    poisoned.reshape(-1)[-1] = value
    return poisoned


PER_IMAGE = {
    "bernoulli": lambda bad: q.bernoulli_nll(GREY, poison(LOGITS[0], bad)),
    "probabilities": lambda bad: q.bernoulli_nll_of_probabilities(GREY, poison(GREY, bad)),
    "gaussian-mean": lambda bad: q.gaussian_nll(GREY, poison(GREY, bad), logvar=GREY),
    "gaussian-logvar": lambda bad: q.gaussian_nll(GREY, BLACK + 2, logvar=poison(GREY, bad)),
    "kl-mu": lambda bad: q.kl_standard_normal(poison(MU, bad), logvar=LOGVAR),
    "kl-logvar": lambda bad: q.kl_standard_normal(MU, logvar=poison(LOGVAR, bad)),
    "elbo": lambda bad: q.negative_elbo(poison(q.bernoulli_nll(GREY, LOGITS), bad), np.zeros(5)),
    "iwae-mu": lambda bad: q.negative_iwae(np.zeros((2, 5)), np.zeros((2, 5, 6)), poison(MU, bad), LOGVAR),
    "iwae-nll": lambda bad: q.negative_iwae(poison(np.zeros((2, 5)), bad), np.zeros((2, 5, 6)), MU, LOGVAR),
    "categorical": lambda bad: q.categorical_nll(np.ones((5, 2, 2), int), poison(np.zeros((5, 3, 2, 2)), bad)),
}


@pytest.mark.parametrize("ask", [pytest.param(ask, id=name) for name, ask in PER_IMAGE.items()])
def test_nan_stays_nan_and_hurts_its_own_image_only(ask):
    found = ask(math.nan)
    assert np.isfinite(found[:-1]).all()
    assert np.isnan(found[-1])


@pytest.mark.parametrize("bad", [math.inf, -math.inf, 1e300, -1e300])
@pytest.mark.parametrize("ask", [pytest.param(ask, id=name) for name, ask in PER_IMAGE.items()])
def test_huge_values_are_passed_through_quietly(ask, bad):
    found = ask(bad)
    assert found.shape == (5,)
    assert np.isfinite(found[:-1]).all()


# ---- sets of images


SETS = {
    "mmd2": lambda s: q.mmd2(s, DIGITS.held_out, KERNEL),
    "diversity": lambda s: q.diversity(s, DIGITS.held_out),
    "effective": lambda s: q.effective_number(s, KERNEL),
    "coverage": lambda s: q.coverage(s, DIGITS.held_out),
    "nearest": lambda s: q.nearest_ratio(s, DIGITS.train, DIGITS.held_out),
    "active": q.active_units,
    "constant": lambda s: q.constant_share(s, DIGITS.held_out),
}
SAMPLES = DIGITS.train[:200]


@pytest.mark.parametrize("bad", [math.nan, math.inf, 1e300])
@pytest.mark.parametrize("ask", [pytest.param(ask, id=name) for name, ask in SETS.items()])
def test_samples_that_are_not_finite_never_pass_for_good(ask, bad):
    """What is left is nan, or what a far away image honestly is: never a warning, never an exception."""
    found = ask(np.full_like(SAMPLES, bad, dtype=np.float64))
    assert isinstance(found, float)
    assert math.isnan(found) or bad == 1e300
    one = ask(poison(SAMPLES, bad))
    assert isinstance(one, float)
    assert math.isnan(one) or bad == 1e300 or ask is SETS["nearest"]


@pytest.mark.parametrize("ask", [pytest.param(ask, id=name) for name, ask in SETS.items()])
def test_huge_samples_are_no_better_than_noise(ask):
    found = ask(np.full_like(SAMPLES, 1e300, dtype=np.float64))
    better = {"mmd2": found < 0.1, "diversity": found > 0.5, "effective": found > 20, "coverage": found > 0.5}
    name = next(name for name, each in SETS.items() if each is ask)
    assert not better.get(name, False)


def test_distances_are_those_of_scipy():
    from scipy.spatial.distance import cdist

    a, b = DIGITS.train[:40].reshape(40, -1), DIGITS.held_out.reshape(297, -1)
    np.testing.assert_allclose(q.nearest_distances(a, b), cdist(a, b).min(1), atol=1e-7)
    assert q.nearest_distances(DIGITS.train[:9], DIGITS.train).max() < 1e-6


def test_mmd_is_its_definition():
    a, b = DIGITS.train[:6].astype(float), DIGITS.held_out[:5].astype(float)

    def k(u, v):
        return sum(math.exp(-((u - v) ** 2).sum() / (2 * s * s)) for s in KERNEL.bandwidths)

    own = sum(k(a[i], a[j]) for i in range(6) for j in range(6) if i != j) / 30
    theirs = sum(k(b[i], b[j]) for i in range(5) for j in range(5) if i != j) / 20
    across = sum(k(u, v) for u in a for v in b) / 30
    assert q.mmd2(a, b, KERNEL) == pytest.approx(own + theirs - 2 * across, abs=1e-12)


def test_the_kernel_is_fixed_by_the_median_distance():
    from scipy.spatial.distance import pdist

    median = np.median(pdist(DIGITS.held_out.reshape(297, -1).astype(float), "sqeuclidean"))
    np.testing.assert_allclose(np.square(KERNEL.bandwidths), median * np.array([0.25, 0.5, 1, 2, 4]), rtol=1e-9)


def test_mmd_is_unbiased():
    """Over disjoint parts of one set its mean is 0 within its own error, and it falls below 0."""
    shuffled = DIGITS.train[np.random.default_rng(3).permutation(1500)].reshape(30, 50, 8, 8)
    found = np.array([q.mmd2(shuffled[2 * k], shuffled[2 * k + 1], KERNEL) for k in range(15)])
    assert abs(found.mean()) < 4 * found.std() / math.sqrt(15)
    assert found.min() < 0


NOISE = np.random.default_rng(0).random((200, 8, 8))
ONE = np.broadcast_to(DIGITS.train[0], (200, 8, 8))
FEW = DIGITS.train[np.arange(200) % 5]


def test_each_measure_tells_its_own_failure():
    assert q.mmd2(SAMPLES, DIGITS.held_out, KERNEL) < 0.02
    assert min(q.mmd2(bad, DIGITS.held_out, KERNEL) for bad in (NOISE, ONE, FEW)) > 0.2
    assert q.diversity(SAMPLES, DIGITS.held_out) == pytest.approx(1.0, abs=0.05)
    assert q.diversity(ONE, DIGITS.held_out) < 1e-6
    assert q.effective_number(ONE, KERNEL) == pytest.approx(1.0, abs=1e-6)
    assert q.effective_number(FEW, KERNEL) < 6 < q.effective_number(SAMPLES, KERNEL)
    assert q.coverage(SAMPLES, DIGITS.held_out) > 0.7
    assert max(q.coverage(bad, DIGITS.held_out) for bad in (NOISE, ONE, FEW)) < 0.2
    assert q.constant_share(SAMPLES, DIGITS.held_out) == 0.0
    assert q.constant_share(ONE, DIGITS.held_out) == 1.0


def test_coverage_by_equally_many_of_the_same_law_is_near_its_known_value():
    rng = np.random.default_rng(0)
    assert q.coverage(rng.normal(size=(800, 2)), rng.normal(size=(800, 2))) == pytest.approx(1 - 2**-5, abs=0.03)


def test_copies_of_the_training_images_are_seen():
    assert q.nearest_ratio(DIGITS.train[:99], DIGITS.train, DIGITS.held_out) < 1e-6
    assert q.nearest_ratio(DIGITS.held_out, DIGITS.train, DIGITS.held_out) == 1.0
    assert q.nearest_ratio(NOISE, DIGITS.train, DIGITS.held_out) > 1.5


def test_units_that_ignore_the_image_are_not_active():
    mu = np.concatenate([RNG.normal(size=(500, 3)), RNG.normal(size=(500, 4)) * 0.05], axis=1)
    assert q.active_units(mu) == 3


def test_only_the_first_images_of_a_large_set_are_compared():
    many = RNG.random((q.MOST + 500, 2))
    assert q.mmd2(many, many, KERNEL) == q.mmd2(many[: q.MOST], many[: q.MOST], KERNEL)
    assert len(q.nearest_distances(many, many[:10])) == q.MOST
