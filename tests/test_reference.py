"""The references are right: each is compared with an independent formula, and each named mistake is a mistake."""

from __future__ import annotations

import importlib.util
import inspect
import itertools
import math
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import scipy.integrate
import scipy.stats
import torch
from torch.distributions import Bernoulli, Independent, Normal, kl_divergence

from grader.inputs import Recipe, recipes
from grader.values import cases

HERE = Path(__file__).parent.parent / "reference"


def load(homework: str, file: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"reference_{homework}_{file}", HERE / homework / f"{file}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


blocks = load("building_blocks", "building_blocks")
mistakes = load("building_blocks", "mistakes")
asked = recipes(vars(load("building_blocks", "inputs")))
quiz = load("vae_quiz", "vae_quiz")
quiz_asked = recipes(vars(load("vae_quiz", "inputs")))

ASKED_WITH = {
    "log_likelihood_bernoulli": ["bernoulli"],
    "log_likelihood_bernoulli_logits": ["bernoulli_logits", "extreme_logits"],
    "kl_standard_normal": ["gaussian"],
    "kl_gaussian_gaussian": ["two_gaussians"],
    "loss_function": ["elbo"],
    "discriminator_loss": ["gan", "gan_extreme"],
    "generator_loss": ["fakes", "fakes_extreme"],
    "generator_loss_minimax": ["fakes", "fakes_extreme"],
}
ONLY_AT_EXTREMES = {"cut_at_100"}


def double(recipe: Recipe, seed: int = 0) -> list[dict[str, torch.Tensor]]:
    """The cases of a recipe in float64, from the same float32 numbers that students get."""
    drawn = cases(recipe.sample(np.random.default_rng(seed)))
    return [{name: torch.from_numpy(array).double() for name, array in case.items()} for case in drawn.values()]


def wrong_variants() -> list[tuple[str, str, Callable[..., torch.Tensor]]]:
    named = [(n, f) for n, f in vars(mistakes).items() if "__" in n.strip("_") and inspect.isfunction(f)]
    return [(*name.split("__", 1), function) for name, function in named]


def close(a: torch.Tensor, b: torch.Tensor) -> None:
    torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-12)


def gaussian(mu: torch.Tensor, logvar: torch.Tensor) -> Independent:
    return Independent(Normal(mu, torch.exp(logvar / 2)), 1)


# --- reparameterisation --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("module", [pytest.param(blocks, id="building_blocks"), pytest.param(quiz, id="vae_quiz")])
def test_draws_have_the_mean_and_the_variance_that_the_law_states(module: ModuleType) -> None:
    torch.manual_seed(0)
    mu, logvar = torch.tensor([[1.0, -2.0, 0.5]]).double(), torch.tensor([[0.0, 2.0, -3.0]]).double()
    n = 40_000
    z = module.reparameterize(mu.expand(n, 3), logvar.expand(n, 3))
    mean, std = module.reparameterize_law(mu, logvar)
    close(std.square(), torch.exp(logvar))
    assert torch.all((z.mean(0) - mean[0]).abs() < 5 * std[0] / math.sqrt(n))
    assert torch.all((z.var(0) / std[0].square() - 1).abs() < 5 * math.sqrt(2 / n))
    assert scipy.stats.kstest(((z - mean) / std).ravel().numpy(), "norm").pvalue > 1e-6


@pytest.mark.parametrize("module", [pytest.param(blocks, id="building_blocks"), pytest.param(quiz, id="vae_quiz")])
def test_draws_are_the_reparameterised_sample_of_torch_distributions_under_one_seed(module: ModuleType) -> None:
    mu, logvar = torch.randn(5, 4).double(), torch.randn(5, 4).double()
    torch.manual_seed(3)
    theirs = gaussian(mu, logvar).rsample()
    torch.manual_seed(3)
    close(module.reparameterize(mu, logvar), theirs)


def test_draws_at_a_variance_of_nearly_zero_are_the_mean() -> None:
    mu = torch.randn(4, 3).double()
    torch.testing.assert_close(blocks.reparameterize(mu, torch.full_like(mu, -80.0)), mu, rtol=0, atol=1e-15)


def test_gradient_of_a_draw_is_one_in_mu_and_half_the_deviation_in_logvar() -> None:
    mu, logvar = torch.randn(6, 2).double().requires_grad_(), torch.randn(6, 2).double().requires_grad_()
    z = blocks.reparameterize(mu, logvar)
    by_mu, by_logvar = torch.autograd.grad(z.sum(), (mu, logvar))
    close(by_mu, torch.ones_like(mu))
    close(by_logvar, (z - mu).detach() / 2)


# --- Bernoulli log-likelihood ---------------------------------------------------------------------------------------


def test_likelihood_from_probabilities_agrees_with_torch_and_with_scipy() -> None:
    for case in double(asked["bernoulli"]):
        found = blocks.log_likelihood_bernoulli(**case)
        close(found, Independent(Bernoulli(probs=case["p"]), 1).log_prob(case["x"]))
        theirs = scipy.stats.bernoulli.logpmf(case["x"].numpy(), case["p"].numpy()).sum(axis=1)
        close(found, torch.from_numpy(theirs))


def test_likelihood_from_logits_agrees_with_the_one_from_probabilities_and_with_torch() -> None:
    for case in double(asked["bernoulli_logits"]):
        logits, x = case["logits"], case["x"]
        found = blocks.log_likelihood_bernoulli_logits(logits, x)
        close(found, blocks.log_likelihood_bernoulli(torch.sigmoid(logits), x))
        close(found, Independent(Bernoulli(logits=logits), 1).log_prob(x))


def test_likelihoods_of_all_images_add_up_to_one() -> None:
    p = torch.rand(1, 6).double()
    images = torch.tensor(list(itertools.product([0.0, 1.0], repeat=6))).double()
    one = torch.ones(()).double()
    close(blocks.log_likelihood_bernoulli(p.expand(64, 6), images).exp().sum(), one)
    close(blocks.log_likelihood_bernoulli_logits(torch.logit(p).expand(64, 6), images).exp().sum(), one)


def test_certain_and_right_pixels_cost_nothing_and_certain_and_wrong_ones_infinitely_much() -> None:
    p, x = torch.tensor([[0.0, 1.0], [0.0, 1.0]]).double(), torch.tensor([[0.0, 1.0], [1.0, 1.0]]).double()
    assert blocks.log_likelihood_bernoulli(p, x).tolist() == [0.0, -math.inf]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_likelihood_from_logits_is_exact_at_the_extremes(dtype: torch.dtype) -> None:
    logits = torch.tensor([[1000.0], [1000.0], [-1000.0], [-1000.0], [100.0], [0.0]], dtype=dtype)
    x = torch.tensor([[1.0], [0.0], [1.0], [0.0], [0.0], [1.0]], dtype=dtype)
    found = blocks.log_likelihood_bernoulli_logits(logits, x)
    wanted = torch.tensor([0.0, -1000.0, -1000.0, 0.0, -100.0, -math.log(2)], dtype=dtype)
    torch.testing.assert_close(found, wanted, rtol=1e-6, atol=0)


# --- Kullback-Leibler divergences -----------------------------------------------------------------------------------


def test_kl_agrees_with_torch_distributions() -> None:
    for case in double(asked["two_gaussians"]):
        q, p = gaussian(case["mu_q"], case["logvar_q"]), gaussian(case["mu_p"], case["logvar_p"])
        close(blocks.kl_gaussian_gaussian(**case), kl_divergence(q, p))
    for case in double(asked["gaussian"]):
        zero = torch.zeros_like(case["mu"])
        close(blocks.kl_standard_normal(**case), kl_divergence(gaussian(**case), gaussian(zero, zero)))
        close(blocks.kl_standard_normal(**case), blocks.kl_gaussian_gaussian(*case.values(), zero, zero))


@pytest.mark.parametrize(
    ("mu_q", "logvar_q", "mu_p", "logvar_p"),
    [
        pytest.param(0.3, -0.5, 0.0, 0.0, id="standard"),
        pytest.param(-1.0, 1.2, 0.7, -0.4, id="wide-to-narrow"),
        pytest.param(0.2, -2.0, 0.1, 1.5, id="narrow-to-wide"),
    ],
)
def test_kl_is_the_integral_that_defines_it(mu_q: float, logvar_q: float, mu_p: float, logvar_p: float) -> None:
    q, p = scipy.stats.norm(mu_q, math.exp(logvar_q / 2)), scipy.stats.norm(mu_p, math.exp(logvar_p / 2))
    area, _ = scipy.integrate.quad(lambda z: q.pdf(z) * (q.logpdf(z) - p.logpdf(z)), -25, 25, limit=200, epsabs=1e-11)
    given = [torch.tensor([[v]]).double() for v in (mu_q, logvar_q, mu_p, logvar_p)]
    assert blocks.kl_gaussian_gaussian(*given).item() == pytest.approx(area, abs=1e-7)


def test_kl_is_zero_for_equal_gaussians_and_keeps_its_digits_nearby() -> None:
    mu, logvar = torch.randn(4, 3).double(), torch.randn(4, 3).double()
    assert blocks.kl_gaussian_gaussian(mu, logvar, mu, logvar).tolist() == [0.0] * 4
    tiny = torch.tensor([[1e-7]]).double()
    # To second order, KL(N(0, e^v), N(0, 1)) = v² / 4.
    assert blocks.kl_standard_normal(torch.zeros_like(tiny), tiny).item() == pytest.approx(2.5e-15, rel=1e-2)


# --- negative ELBO --------------------------------------------------------------------------------------------------


def test_loss_is_the_mean_over_images_of_two_sums() -> None:
    for case in double(asked["elbo"]):
        rows = []
        for recon, x, mu, logvar in zip(*case.values(), strict=True):
            error = torch.nn.functional.binary_cross_entropy(recon, x, reduction="sum")
            rows.append(error + sum((m * m + v.exp() - 1 - v) / 2 for m, v in zip(mu, logvar, strict=True)))
        close(blocks.loss_function(**case), torch.stack(rows).mean())


def test_elbo_is_below_the_log_evidence_and_reaches_it_where_the_decoder_ignores_z() -> None:
    x, p = torch.tensor([[1.0, 0.0, 1.0]]).double(), torch.tensor([[0.8, 0.3, 0.6]]).double()
    evidence = Independent(Bernoulli(probs=p), 1).log_prob(x).item()
    prior = torch.zeros(1, 2).double()
    assert -blocks.loss_function(p, x, prior, prior).item() == pytest.approx(evidence, abs=1e-12)
    assert -blocks.loss_function(p, x, prior + 0.5, prior).item() < evidence


# --- gradients ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ASKED_WITH)
def test_gradients_agree_with_finite_differences(name: str) -> None:
    function, recipe = getattr(blocks, name), asked[ASKED_WITH[name][0]]
    case = double(recipe)[3]
    wanted = [key for key in case if key != "x"]

    def of(*leaves: torch.Tensor) -> torch.Tensor:
        return function(**(case | dict(zip(wanted, leaves, strict=True))))

    assert torch.autograd.gradcheck(of, [case[key].clone().requires_grad_() for key in wanted])


def test_generator_learns_from_rejected_fakes_only_with_the_non_saturating_loss() -> None:
    for case in double(asked["rejected_fakes"]):
        logits = case["logits_fake"].requires_grad_()
        (steep,) = torch.autograd.grad(blocks.generator_loss(logits), logits)
        (flat,) = torch.autograd.grad(blocks.generator_loss_minimax(logits), logits)
        close(steep * len(logits), torch.sigmoid(logits).detach() - 1)
        close(flat * len(logits), -torch.sigmoid(logits).detach())
        assert steep.abs().min() > 5 * flat.abs().max()


# --- masked convolution ---------------------------------------------------------------------------------------------


def dependence(layers: list[torch.nn.Module], size: int = 5) -> np.ndarray:
    """Entry [o, i]: whether output pixel o depends on input pixel i, by the Jacobian under positive weights."""
    for layer in layers:
        for parameter in layer.parameters():
            torch.nn.init.uniform_(parameter, 0.1, 1.0)
    network = torch.nn.Sequential(*layers).double()
    image = torch.rand(1, 1, size, size).double()
    jacobian = torch.autograd.functional.jacobian(network, image).sum(1).reshape(size * size, size * size)
    return (jacobian != 0).numpy()


@pytest.mark.parametrize("kernel", [3, 5])
@pytest.mark.parametrize("mask_type", ["A", "B"])
def test_mask_lets_through_what_lies_before_in_raster_order_and_within_reach(mask_type: str, kernel: int) -> None:
    found = dependence([blocks.MaskedConv2d(mask_type, 1, 1, kernel, padding=kernel // 2)])
    for o, i in itertools.product(range(25), repeat=2):
        reach = abs(o // 5 - i // 5) <= kernel // 2 and abs(o % 5 - i % 5) <= kernel // 2
        assert found[o, i] == (reach and (i < o or (i == o and mask_type == "B")))


@pytest.mark.parametrize(
    ("types", "pixels"),
    [
        pytest.param("AA", "11 12 13 14 15 21 22 23 31", id="A-then-A"),
        pytest.param("AB", "11 12 13 14 15 21 22 23 24 31 32", id="A-then-B"),
        pytest.param("BA", "11 12 13 14 15 21 22 23 24 31 32", id="B-then-A"),
        pytest.param("BB", "11 12 13 14 15 21 22 23 24 31 32 33", id="B-then-B"),
    ],
)
def test_receptive_field_of_the_middle_pixel_through_two_layers(types: str, pixels: str) -> None:
    found = dependence([blocks.MaskedConv2d(t, 1, 1, 3, padding=1) for t in types])
    seen = " ".join(f"{k // 5 + 1}{k % 5 + 1}" for k in np.flatnonzero(found[12]))
    assert seen == pixels


def test_mask_is_no_parameter_and_survives_an_optimiser_step() -> None:
    layer = blocks.MaskedConv2d("A", 1, 2, 3, padding=1)
    assert {name: tuple(p.shape) for name, p in layer.named_parameters()} == {"weight": (2, 1, 3, 3), "bias": (2,)}
    optimiser = torch.optim.Adam(layer.parameters(), lr=0.1, weight_decay=0.1)
    before = torch.rand(1, 1, 6, 6)
    layer(before).square().sum().backward()
    optimiser.step()
    changed = before.clone()
    changed[0, 0, 3, 3:] += 1.0
    changed[0, 0, 4:] += 1.0
    gap = (layer(changed) - layer(before)).abs().amax(dim=(0, 1))
    assert torch.all(gap[:3] == 0)
    assert torch.all(gap[3, :4] == 0)
    assert torch.any(gap[3, 4:] > 0)


def test_masked_convolution_is_the_convolution_with_masked_weights() -> None:
    layer = blocks.MaskedConv2d("B", 2, 3, 3, stride=2, padding=1, bias=False).double()
    image = torch.randn(2, 2, 7, 6).double()
    kept = torch.tensor([[1, 1, 1], [1, 1, 0], [0, 0, 0]]).double()
    close(layer(image), torch.nn.functional.conv2d(image, layer.weight * kept, stride=2, padding=1))


def test_unknown_mask_type_is_refused() -> None:
    with pytest.raises(ValueError, match=r"mask_type is 'C', must be 'A' or 'B'"):
        blocks.MaskedConv2d("C", 1, 1, 3)


# --- GAN losses -----------------------------------------------------------------------------------------------------


def test_gan_losses_agree_with_the_cross_entropy_of_torch() -> None:
    bce = torch.nn.functional.binary_cross_entropy_with_logits
    for case in double(asked["gan"]) + double(asked["gan_extreme"]):
        real, fake = case.values()
        on_real, on_fake = bce(real, torch.ones_like(real)), bce(fake, torch.zeros_like(fake))
        close(blocks.discriminator_loss(real, fake), on_real + on_fake)
        close(blocks.generator_loss(fake), bce(fake, torch.ones_like(fake)))
        close(blocks.generator_loss_minimax(fake), -on_fake)


def test_value_of_the_game_at_the_best_discriminator_is_that_of_the_jensen_shannon_divergence() -> None:
    # Data and fakes are counts on four points; the loss averages over samples, so the counts are repeated entries.
    p, q = np.array([4, 3, 2, 1]), np.array([1, 1, 3, 5])
    best = torch.from_numpy(np.log(p) - np.log(q))
    loss = blocks.discriminator_loss(best[np.repeat(range(4), p)], best[np.repeat(range(4), q)])
    middle = (p + q) / 20
    jsd = (scipy.stats.entropy(p / 10, middle) + scipy.stats.entropy(q / 10, middle)) / 2
    assert -loss.item() == pytest.approx(-math.log(4) + 2 * jsd, abs=1e-12)


def test_minimax_generator_plays_the_fake_half_of_the_game_with_the_other_sign() -> None:
    for case in double(asked["gan"]):
        real, fake = case.values()
        certain = torch.full_like(real, 1e4)
        close(blocks.discriminator_loss(certain, fake), -blocks.generator_loss_minimax(fake))


# --- inputs and mistakes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ASKED_WITH)
def test_reference_is_finite_on_all_that_is_asked_in_float32_and_in_float64(name: str) -> None:
    for recipe in ASKED_WITH[name]:
        for case in double(asked[recipe]):
            exact = getattr(blocks, name)(**case)
            rounded = getattr(blocks, name)(**{key: value.float() for key, value in case.items()})
            assert exact.dtype == torch.float64
            assert rounded.dtype == torch.float32
            torch.testing.assert_close(rounded.double(), exact, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ASKED_WITH)
def test_recipes_have_the_arguments_of_the_function_in_its_order(name: str) -> None:
    for recipe in ASKED_WITH[name]:
        assert list(asked[recipe].arrays) == list(inspect.signature(getattr(blocks, name)).parameters)


def test_recipes_of_random_output_have_a_large_and_a_small_case() -> None:
    for recipe in (asked["draws"], quiz_asked["draws"]):
        assert [tuple(case["mu"].shape) for case in double(recipe)] == [(512, 64), (3, 5), (3, 5)]


@pytest.mark.parametrize("name", ASKED_WITH)
def test_every_function_has_at_least_four_named_mistakes_with_a_sentence(name: str) -> None:
    found = {slug: function for owner, slug, function in wrong_variants() if owner == name}
    assert len(found) >= 4
    for function in found.values():
        assert list(inspect.signature(function).parameters) == list(inspect.signature(getattr(blocks, name)).parameters)
        sentence = (inspect.getdoc(function) or "").split("\n\n")[0]
        assert 20 < len(sentence) < 160
        assert not sentence.endswith(".")


def test_every_named_mistake_belongs_to_a_function() -> None:
    assert {owner for owner, _, _ in wrong_variants()} == set(ASKED_WITH)


@pytest.mark.parametrize("name", ASKED_WITH)
def test_mistakes_differ_from_the_reference_and_from_one_another(name: str) -> None:
    variants = [("", getattr(blocks, name))] + [(s, f) for owner, s, f in wrong_variants() if owner == name]
    for (slug, one), (other, two) in itertools.combinations(variants, 2):
        extreme = bool({slug, other} & ONLY_AT_EXTREMES)
        given = double(asked[ASKED_WITH[name][-1 if extreme else 0]])
        answers = [(one(**case), two(**case)) for case in given]
        same = all(
            a.shape == b.shape and torch.allclose(a, b, rtol=1e-3, atol=1e-4, equal_nan=True) for a, b in answers
        )
        assert not same, f"{name}: {slug or 'the reference'} and {other} give the same values"
