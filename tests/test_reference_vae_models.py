"""The solution of "Variational autoencoders" is right: each function against an independent formula, each mistake wrong."""

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
import scipy.optimize
import scipy.special
import scipy.stats
import torch
from torch.distributions import (
    AffineTransform,
    Bernoulli,
    Independent,
    MultivariateNormal,
    Normal,
    TransformedDistribution,
    kl_divergence,
)

from grader.checks.module import push
from grader.inputs import recipes
from grader.values import cases

HERE = Path(__file__).parent.parent / "reference" / "vae_models"


def load(file: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"reference_vae_models_{file}", HERE / f"{file}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


vae = load("vae_models")
mistakes = load("mistakes")
asking = load("asking")
asked = recipes(vars(load("inputs")))

ASKED_WITH = {
    "log_density_scale": ["density_scale"],
    "log_density_matrix": ["density_matrix", "density_small"],
    "negative_elbo_bernoulli": ["bernoulli", "bernoulli_extreme"],
    "negative_elbo_gaussian": ["gaussian"],
    "squared_error_loss": ["gaussian"],
    "alpha_loss": ["weighted"],
    "iwae_bound": ["log_weights", "log_weights_extreme"],
    "iwae_linear": ["linear_with_noise"],
    "log_evidence": ["evidence"],
    "posterior_kl": ["linear"],
    "inference_gap": ["linear"],
    "amortisation_gap": ["linear"],
}
NETWORKS = {"Encoder": ((12, 7, 3), "images"), "Decoder": ((3, 7, 12), "codes")}
SAMPLERS = {"sample_scale": "scaled", "sample_variance": "with_variance"}
ONLY_AT_EXTREMES = {"cut_at_100"}


def double(recipe: str, seed: int = 0) -> list[dict[str, torch.Tensor]]:
    """The cases of a recipe in float64, from the same float32 numbers that students get."""
    drawn = cases(asked[recipe].sample(np.random.default_rng(seed)))
    return [{name: torch.from_numpy(array).double() for name, array in case.items()} for case in drawn.values()]


def wrong_variants(name: str) -> list[tuple[str, Callable[..., torch.Tensor]]]:
    owned = [(n.partition("__"), f) for n, f in vars(mistakes).items() if "__" in n.strip("_")]
    return [(slug, f) for (owner, _, slug), f in owned if owner == name]


def close(a: torch.Tensor, b: torch.Tensor, tolerance: float = 1e-11) -> None:
    torch.testing.assert_close(a, b, rtol=tolerance, atol=tolerance)


def diagonal(mean: torch.Tensor, std: torch.Tensor) -> Independent:
    return Independent(Normal(mean, std), 1)


def prior(mu: torch.Tensor) -> Independent:
    return diagonal(torch.zeros_like(mu), torch.ones_like(mu))


def encoder_of(case: dict[str, torch.Tensor]) -> MultivariateNormal:
    return MultivariateNormal(case["mu"], scale_tril=torch.diag_embed(torch.exp(case["logvar"] / 2)))


def posterior_of(case: dict[str, torch.Tensor]) -> MultivariateNormal:
    """By conditioning the joint Gaussian of (z, x) on x, not by the precision."""
    W, b, sigma2 = case["W"], case["b"], case["sigma2"]
    gain = W.T @ torch.linalg.inv(W @ W.T + sigma2 * torch.eye(len(W)).double())
    covariance = torch.eye(W.shape[1]).double() - gain @ W
    return MultivariateNormal((case["x"] - b) @ gain.T, (covariance + covariance.T) / 2)


# --- draws ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SAMPLERS)
def test_draws_have_the_law_that_is_stated(name: str) -> None:
    case = double(SAMPLERS[name])[0]
    torch.manual_seed(0)
    z = getattr(vae, name)(**case)
    mean, std = getattr(vae, f"{name}_law")(**case)
    assert scipy.stats.kstest(((z - mean) / std).ravel().numpy(), "norm").pvalue > 1e-6
    close(mean, case["mu"])
    close(std**2, case["variance"] if name == "sample_variance" else case["sigma"] ** 2)


def test_both_samplers_give_the_same_draws_under_one_seed() -> None:
    case = double("scaled")[1]
    torch.manual_seed(1)
    one = vae.sample_scale(**case)
    torch.manual_seed(1)
    close(vae.sample_variance(case["mu"], case["sigma"] ** 2), one)


def test_rows_drawn_with_a_matrix_have_the_covariance_of_its_product_with_its_transpose() -> None:
    case = double("mixed")[2]
    torch.manual_seed(0)
    n = 100_000
    z = vae.sample_matrix(case["mu"][:1].expand(n, -1), case["S"])
    wanted = case["S"] @ case["S"].T
    close(torch.cov(z.T), wanted, 8 * float(wanted.abs().max()) / math.sqrt(n))
    close(z.mean(0), case["mu"][0], 8 * float(wanted.abs().max()) / math.sqrt(n))


def test_draws_with_a_diagonal_matrix_are_those_with_its_diagonal() -> None:
    case = double("mixed_diagonally")[0]
    torch.manual_seed(2)
    mixed = asking.diagonal(vae.sample_matrix, case)
    mean, std = vae.sample_matrix_law(**case)
    torch.manual_seed(2)
    close(mixed, vae.sample_scale(mean, std))


@pytest.mark.parametrize(
    ("factor", "right"),
    [
        pytest.param(lambda S: S, True, id="itself"),
        pytest.param(lambda S: torch.linalg.cholesky(S @ S.T), True, id="cholesky-factor"),
        pytest.param(lambda S: -S, True, id="minus"),
        pytest.param(lambda S: S.T, False, id="transposed"),
        pytest.param(lambda S: S @ S.T, False, id="covariance"),
        pytest.param(lambda S: torch.diag(S.diagonal()), False, id="diagonal"),
    ],
)
def test_adapter_measures_the_covariance_whatever_the_factor(
    factor: Callable[[torch.Tensor], torch.Tensor], right: bool
) -> None:
    for case in double("mixed")[1:]:
        torch.manual_seed(3)
        found = asking.covariance(lambda mu, S: mu + torch.randn_like(mu) @ factor(S).T, case)
        used = factor(case["S"])
        close(found, used @ used.T, 1e-9)
        assert right == torch.allclose(found, case["S"] @ case["S"].T, rtol=1e-3)


def test_adapter_measures_noise_that_comes_from_numpy() -> None:
    case = double("mixed")[1]
    np.random.seed(4)
    found = asking.covariance(lambda mu, S: mu + torch.from_numpy(np.random.normal(size=mu.shape)) @ S.T, case)
    close(found, case["S"] @ case["S"].T, 1e-9)


@pytest.mark.parametrize(
    ("returned", "sentence"),
    [
        pytest.param(
            torch.Tensor.t, r"the draws are \(3, 48\), expected a tensor of the shape of mu, \(48, 3\)", id="shape"
        ),
        pytest.param(lambda _: None, r"the draws are NoneType, expected a tensor of the shape of mu", id="nothing"),
    ],
)
def test_adapter_says_what_is_no_batch_of_draws(returned: Callable[..., torch.Tensor], sentence: str) -> None:
    with pytest.raises(TypeError, match=sentence):
        asking.covariance(lambda mu, _: returned(mu), double("mixed")[1])


@pytest.mark.parametrize("name", ["sample_scale", "sample_variance", "sample_matrix"])
def test_gradients_of_draws_are_those_with_the_noise_held_fixed(name: str) -> None:
    case = double({"sample_matrix": "mixed"}.get(name) or SAMPLERS[name])[1]
    mu, scale = (value[:3].clone().requires_grad_() for value in case.values())

    def drawn(mu: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
        torch.manual_seed(5)
        return getattr(vae, name)(mu, scale)

    assert torch.autograd.gradcheck(drawn, (mu, scale))


# --- change of variables --------------------------------------------------------------------------------------------


def test_density_of_scaled_noise_agrees_with_torch_and_with_scipy() -> None:
    for case in double("density_scale"):
        found = vae.log_density_scale(**case)
        moved = TransformedDistribution(prior(case["mu"]), AffineTransform(case["mu"], case["sigma"], event_dim=1))
        close(found, moved.log_prob(case["g"]))
        theirs = scipy.stats.norm(case["mu"], case["sigma"]).logpdf(case["g"].numpy()).sum(axis=1)
        close(found, torch.from_numpy(theirs))


def test_a_negative_scale_has_the_density_of_its_absolute_value() -> None:
    case = double("density_scale")[3]
    close(vae.log_density_scale(case["g"], case["mu"], -case["sigma"]), vae.log_density_scale(**case))


@pytest.mark.parametrize("recipe", ["density_matrix", "density_small"])
def test_density_of_mixed_noise_is_the_gaussian_with_the_product_as_covariance(recipe: str) -> None:
    for case in double(recipe):
        gaussian = MultivariateNormal(case["mu"], case["S"] @ case["S"].T)
        close(vae.log_density_matrix(**case), gaussian.log_prob(case["g"]), 1e-9)


def test_both_densities_agree_for_a_diagonal_matrix() -> None:
    case = double("density_scale")[4]
    g, mu, sigma = case["g"], case["mu"], case["sigma"][:1]
    close(vae.log_density_matrix(g, mu, torch.diag(sigma[0])), vae.log_density_scale(g, mu, sigma.expand_as(g)))


def test_density_of_mixed_noise_integrates_to_one() -> None:
    S, mu = torch.tensor([[0.3, -0.8], [0.9, 0.4]]).double(), torch.tensor([[0.5, -0.25]]).double()
    axis = torch.linspace(-8, 8, 801, dtype=torch.float64)
    g = torch.cartesian_prod(axis, axis)
    mass = vae.log_density_matrix(g, mu.expand_as(g), S).exp().sum() * (axis[1] - axis[0]) ** 2
    assert mass.item() == pytest.approx(1, abs=1e-9)


def test_matrices_of_the_stability_item_have_determinants_of_both_signs_and_0_in_float32() -> None:
    matrices = [case["S"] for seed in range(5) for case in double("density_small", seed)]
    assert {float(torch.det(S).sign()) for S in matrices} == {-1.0, 1.0}
    assert torch.det(matrices[4].float()).item() == 0
    assert all(torch.det(case["S"].float()) > 0 for case in double("density_matrix"))


def test_matrices_are_well_conditioned_and_far_from_symmetric() -> None:
    for case in [*double("density_matrix"), *double("mixed")]:
        S = case["S"]
        assert torch.linalg.cond(S) < 4.01
        assert len(S) == 1 or (S @ S.T - S.T @ S).abs().max() > 0.1


# --- networks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_are_the_products_of_their_matrices(name: str) -> None:
    build, recipe = NETWORKS[name]
    network = getattr(vae, name)(*build).double()
    push(network, 0, positive=False)
    first, first_bias, *heads = [p.detach() for p in network.parameters()]
    for case in double(recipe):
        (given,) = case.values()
        hidden = torch.clamp(given @ first.T + first_bias, min=0)
        assert torch.any(hidden == 0)
        wanted = [hidden @ weight.T + bias for weight, bias in zip(heads[::2], heads[1::2], strict=True)]
        found = network(given)
        for one, other in zip(found if name == "Encoder" else [found], wanted, strict=True):
            close(one.detach(), other)


def test_networks_have_the_parameters_of_their_layers() -> None:
    assert sum(p.numel() for p in vae.Encoder(12, 7, 3).parameters()) == 12 * 7 + 7 + 2 * (7 * 3 + 3)
    assert sum(p.numel() for p in vae.Decoder(3, 7, 12).parameters()) == 3 * 7 + 7 + 7 * 12 + 12


# --- negative ELBO --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("recipe", ["bernoulli", "bernoulli_extreme"])
def test_loss_of_the_bernoulli_decoder_agrees_with_torch_distributions(recipe: str) -> None:
    for case in double(recipe):
        log_likelihood = Independent(Bernoulli(logits=case["logits"]), 1).log_prob(case["x"])
        q = diagonal(case["mu"], torch.exp(case["logvar"] / 2))
        close(vae.negative_elbo_bernoulli(**case), (kl_divergence(q, prior(case["mu"])) - log_likelihood).mean())


def test_loss_of_the_gaussian_decoder_agrees_with_scipy() -> None:
    for case in double("gaussian"):
        x_hat, x, mu, logvar, sigma2 = (value.numpy() for value in case.values())
        log_likelihood = scipy.stats.norm(x_hat, np.sqrt(sigma2)).logpdf(x).sum(axis=1)
        kl = 0.5 * (mu**2 + np.exp(logvar) - 1 - logvar).sum(axis=1)
        close(vae.negative_elbo_gaussian(**case), torch.tensor((kl - log_likelihood).mean()))


def test_squared_error_loss_is_the_sum_without_the_constant_of_every_image() -> None:
    for case in double("gaussian"):
        images, pixels = case["x"].shape
        constant = 0.5 * pixels * math.log(2 * math.pi * case["sigma2"].item())
        close(vae.squared_error_loss(**case), images * (vae.negative_elbo_gaussian(**case) - constant))


def test_dropping_the_constant_changes_no_gradient() -> None:
    case = double("gaussian")[4]
    leaves = [case[name].requires_grad_() for name in ("x_hat", "mu", "logvar")]
    kept = torch.autograd.grad(len(case["x"]) * vae.negative_elbo_gaussian(**case), leaves)
    dropped = torch.autograd.grad(vae.squared_error_loss(**case), leaves)
    for one, other in zip(kept, dropped, strict=True):
        close(one, other)


def test_weighted_loss_is_the_negative_elbo_for_alpha_1_and_its_reconstruction_for_alpha_0() -> None:
    for case in double("weighted"):
        without = {name: value for name, value in case.items() if name != "alpha"}
        q = diagonal(case["mu"], torch.exp(case["logvar"] / 2))
        close(vae.alpha_loss(**without, alpha=torch.tensor(1.0)), vae.negative_elbo_bernoulli(**without))
        log_likelihood = Independent(Bernoulli(logits=case["logits"]), 1).log_prob(case["x"])
        close(vae.alpha_loss(**without, alpha=torch.tensor(0.0)), -log_likelihood.mean())
        kl = kl_divergence(q, prior(case["mu"])).mean()
        close(vae.alpha_loss(**case), case["alpha"] * kl - log_likelihood.mean())


# --- importance weighted bound --------------------------------------------------------------------------------------


@pytest.mark.parametrize("recipe", ["log_weights", "log_weights_extreme"])
def test_bound_agrees_with_logsumexp_of_scipy(recipe: str) -> None:
    for case in double(recipe):
        log_w = case["log_w"].numpy()
        theirs = scipy.special.logsumexp(log_w, axis=1, b=1 / log_w.shape[1])
        close(vae.iwae_bound(**case), torch.from_numpy(theirs))


def test_bound_of_one_sample_is_the_log_weight_and_of_more_never_below_their_mean() -> None:
    for case in double("log_weights"):
        log_w = case["log_w"]
        close(vae.iwae_bound(log_w[:, :1]), log_w[:, 0])
        assert torch.all(vae.iwae_bound(log_w) >= log_w.mean(dim=1) - 1e-12)


def test_gradient_of_the_bound_are_the_normalised_weights() -> None:
    for case in double("log_weights"):
        log_w = case["log_w"].requires_grad_()
        (gradient,) = torch.autograd.grad(vae.iwae_bound(log_w).sum(), log_w)
        close(gradient, torch.softmax(log_w, dim=1).detach())


def test_bound_of_the_linear_model_agrees_with_densities_of_torch() -> None:
    for case in double("linear_with_noise"):
        std = torch.exp(case["logvar"] / 2)[:, None]
        z = case["mu"][:, None] + std * case["eps"]
        weights = Normal(z @ case["W"].T + case["b"], case["sigma2"].sqrt()).log_prob(case["x"][:, None]).sum(2)
        weights = weights + Normal(0.0, 1.0).log_prob(z).sum(2) - Normal(case["mu"][:, None], std).log_prob(z).sum(2)
        close(vae.iwae_linear(**case), vae.iwae_bound(weights))


def test_bound_with_the_posterior_as_encoder_is_the_evidence_for_any_noise() -> None:
    # With one latent dimension the posterior is in the family of the encoder, and every weight is p(x).
    torch.manual_seed(0)
    case = {"x": torch.randn(4, 3).double(), "W": torch.randn(3, 1).double(), "b": torch.randn(3).double()}
    case["sigma2"] = torch.tensor(0.7).double()
    p = posterior_of(case)
    eps = torch.randn(4, 6, 1).double()
    bound = vae.iwae_linear(**case, mu=p.mean, logvar=p.covariance_matrix[:, 0].log(), eps=eps)
    close(bound, vae.log_evidence(**case))


# --- gaps of the linear Gaussian model ------------------------------------------------------------------------------


def test_evidence_agrees_with_scipy() -> None:
    for case in double("evidence"):
        x, W, b, sigma2 = (value.numpy() for value in case.values())
        theirs = scipy.stats.multivariate_normal(b, W @ W.T + sigma2 * np.eye(len(b))).logpdf(x)
        close(vae.log_evidence(**case), torch.from_numpy(np.atleast_1d(theirs)), 1e-9)


def test_evidence_is_the_integral_that_defines_it() -> None:
    x, W, b, sigma2 = 0.8, 1.3, -0.4, 0.5
    area, _ = scipy.integrate.quad(
        lambda z: scipy.stats.norm.pdf(z) * scipy.stats.norm.pdf(x, W * z + b, math.sqrt(sigma2)), -12, 12
    )
    given = [torch.tensor(v).double() for v in ([[x]], [[W]], [b], sigma2)]
    assert vae.log_evidence(*given).item() == pytest.approx(math.log(area), abs=1e-9)


def test_kl_to_the_posterior_agrees_with_torch_distributions() -> None:
    for case in double("linear"):
        close(vae.posterior_kl(**case), kl_divergence(encoder_of(case), posterior_of(case)), 1e-8)


def test_gap_between_evidence_and_elbo_is_the_kl_to_the_posterior() -> None:
    for case in double("linear"):
        close(vae.inference_gap(**case), vae.posterior_kl(**case), 1e-9)


def test_kl_to_the_posterior_is_zero_for_the_posterior() -> None:
    case = {"x": torch.randn(4, 3).double(), "W": torch.randn(3, 1).double(), "b": torch.randn(3).double()}
    case["sigma2"] = torch.tensor(0.7).double()
    p = posterior_of(case)
    for gap in (vae.posterior_kl, vae.inference_gap, vae.amortisation_gap):
        close(gap(**case, mu=p.mean, logvar=p.covariance_matrix[:, 0].log()), torch.zeros(4).double())


def test_amortisation_gap_is_what_a_numeric_search_for_the_best_diagonal_gaussian_gains() -> None:
    case = double("linear")[3]
    dimensions = case["mu"].shape[1]
    for row in range(len(case["x"])):
        here = case | {name: case[name][row : row + 1] for name in ("x", "mu", "logvar")}

        def kl(v: np.ndarray, here: dict[str, torch.Tensor] = here) -> tuple[float, np.ndarray]:
            moved = torch.from_numpy(v).requires_grad_()
            found = vae.posterior_kl(**here | {"mu": moved[None, :dimensions], "logvar": moved[None, dimensions:]})
            (gradient,) = torch.autograd.grad(found.sum(), moved)
            return found.item(), gradient.numpy()

        start = torch.cat([here["mu"][0], here["logvar"][0]]).numpy()
        best = scipy.optimize.minimize(kl, start, jac=True, method="BFGS", options={"gtol": 1e-9}).fun
        assert vae.amortisation_gap(**here).item() == pytest.approx(kl(start)[0] - best, abs=1e-8)


def test_amortisation_gap_is_never_negative_and_at_most_the_whole_gap() -> None:
    for case in double("linear"):
        gap = vae.amortisation_gap(**case)
        assert torch.all(gap >= 0)
        assert torch.all(gap <= vae.posterior_kl(**case) + 1e-9)


# --- gradients, inputs and mistakes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ASKED_WITH)
def test_gradients_agree_with_finite_differences(name: str) -> None:
    case = double(ASKED_WITH[name][0])[3]
    wanted = [key for key in case if key != "x"]

    def of(*leaves: torch.Tensor) -> torch.Tensor:
        return getattr(vae, name)(**(case | dict(zip(wanted, leaves, strict=True))))

    assert torch.autograd.gradcheck(of, [case[key].clone().requires_grad_() for key in wanted])


@pytest.mark.parametrize("name", ASKED_WITH)
def test_reference_is_finite_on_all_that_is_asked_and_keeps_its_dtype(name: str) -> None:
    for recipe in ASKED_WITH[name]:
        for case in double(recipe):
            exact = getattr(vae, name)(**case)
            rounded = getattr(vae, name)(**{key: value.float() for key, value in case.items()})
            assert exact.dtype == torch.float64
            assert rounded.dtype == torch.float32
            torch.testing.assert_close(rounded.double(), exact, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("name", ASKED_WITH)
def test_recipes_have_the_arguments_of_the_function_in_its_order(name: str) -> None:
    for recipe in ASKED_WITH[name]:
        assert list(asked[recipe].arrays) == list(inspect.signature(getattr(vae, name)).parameters)


@pytest.mark.parametrize("name", [*ASKED_WITH, *NETWORKS, "sample_matrix"])
def test_every_function_has_at_least_four_named_mistakes_with_a_sentence(name: str) -> None:
    found = wrong_variants(name)
    assert len(found) >= 4
    for _, mistake in found:
        assert list(inspect.signature(mistake).parameters) == list(inspect.signature(getattr(vae, name)).parameters)
        sentence = (inspect.getdoc(mistake) or "").split("\n\n")[0]
        assert 20 < len(sentence) < 160
        assert not sentence.endswith(".")


def test_every_named_mistake_belongs_to_a_function() -> None:
    named = {n.partition("__")[0] for n in vars(mistakes) if "__" in n.strip("_") and not n.startswith("__")}
    assert named == {*ASKED_WITH, *NETWORKS, "sample_matrix"}


def answers(name: str, variant: Callable[..., torch.Tensor], extreme: bool) -> list[torch.Tensor]:
    """What a variant answers on the inputs of its item, the stability item where only that tells."""
    if name == "sample_matrix":
        torch.manual_seed(0)
        return [asking.covariance(variant, case) for case in double("mixed")]
    if name in NETWORKS:
        build, recipe = NETWORKS[name]
        network = variant(*build).double()
        push(network, 0, positive=False)
        out = [network(*case.values()) for case in double(recipe)]
        return [torch.stack(tuple(o)).detach() if isinstance(o, tuple) else o.detach() for o in out]
    return [variant(**case) for case in double(ASKED_WITH[name][-1 if extreme else 0])]


@pytest.mark.parametrize("name", [*ASKED_WITH, *NETWORKS, "sample_matrix"])
def test_mistakes_differ_from_the_reference_and_from_one_another(name: str) -> None:
    variants = [("", getattr(vae, name)), *wrong_variants(name)]
    for (slug, one), (other, two) in itertools.combinations(variants, 2):
        extreme = bool({slug, other} & ONLY_AT_EXTREMES)
        pairs = zip(answers(name, one, extreme), answers(name, two, extreme), strict=True)
        same = all(a.shape == b.shape and torch.allclose(a, b, rtol=1e-3, atol=1e-4, equal_nan=True) for a, b in pairs)
        assert not same, f"{name}: {slug or 'the reference'} and {other} give the same values"
