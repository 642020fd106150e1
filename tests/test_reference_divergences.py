"""The references of "Densities and divergences" agree with independent formulas, and each named mistake is one."""

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
from torch.distributions import Bernoulli, Categorical, Independent, MultivariateNormal, Normal
from torch.distributions import kl_divergence as kl_of_torch

from grader.inputs import Recipe, recipes
from grader.rubric import load_rubric
from grader.values import cases

ROOT = Path(__file__).parents[1]
DOUBLE = torch.float64


def load(file: str) -> ModuleType:
    path = ROOT / "reference" / "divergences" / f"{file}.py"
    spec = importlib.util.spec_from_file_location(f"reference_divergences_{file}", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


reference = load("divergences")
mistakes = load("mistakes")
asked = recipes(vars(load("inputs")))

ASKED_WITH = {
    "log_likelihood_gaussian_variance": ["gaussian_variance"],
    "log_likelihood_gaussian_logvar": ["gaussian_logvar", "gaussian_far"],
    "log_likelihood_gaussian_scale": ["gaussian_scale"],
    "log_mean_exp": ["log_weights", "extreme_log_weights"],
    "kl_gaussian_equal_variance": ["equal_variance"],
    "kl_gaussian_variance": ["two_gaussians"],
    "kl_gaussian_mc_from_samples": ["samples_of_q"],
    "entropy": ["one_table", "one_table_with_zeros"],
    "cross_entropy": ["tables"],
    "bernoulli_entropy": ["coins"],
    "bernoulli_cross_entropy": ["two_coins"],
    "kl_divergence": ["tables", "p_with_zeros", "q_with_zeros"],
    "reverse_kl_divergence": ["tables"],
    "js_divergence": ["tables", "both_with_zeros"],
    "kl_divergence_density": ["densities"],
    "js_divergence_density": ["densities"],
    "wasserstein_tables": ["tables_on_a_line"],
    "wasserstein_samples": ["two_samples"],
}
ONLY_WITH_ZEROS = {"infinity_left_out": "q_with_zeros", "common_points_only": "both_with_zeros"}


def double(recipe: Recipe, seed: int = 0) -> list[dict[str, torch.Tensor]]:
    """The cases of a recipe in float64, from the same float32 numbers that students get."""
    drawn = cases(recipe.sample(np.random.default_rng(seed)))
    return [{name: torch.from_numpy(array).double() for name, array in case.items()} for case in drawn.values()]


def wrong_variants() -> list[tuple[str, str, Callable[..., torch.Tensor]]]:
    named = [(n, f) for n, f in vars(mistakes).items() if "__" in n.strip("_") and inspect.isfunction(f)]
    return [(*name.split("__", 1), function) for name, function in named]


def close(a: torch.Tensor, b: torch.Tensor) -> None:
    torch.testing.assert_close(a, b, rtol=1e-11, atol=1e-11)


def diagonal(mu: torch.Tensor, std: torch.Tensor) -> Independent:
    return Independent(Normal(mu, std), 1)


def uniform(x: torch.Tensor, low: float, high: float) -> torch.Tensor:
    return ((x >= low) & (x <= high)).double() / (high - low)


# --- Gaussian log-likelihood ----------------------------------------------------------------------------------------


def test_likelihoods_agree_with_torch_and_with_scipy() -> None:
    for case in double(asked["gaussian_variance"]):
        x, mu, sigma2 = case.values()
        found = reference.log_likelihood_gaussian_variance(x, mu, sigma2)
        close(found, MultivariateNormal(mu, torch.diag_embed(sigma2)).log_prob(x))
        theirs = scipy.stats.norm.logpdf(x.numpy(), mu.numpy(), sigma2.sqrt().numpy()).sum(axis=1)
        close(found, torch.from_numpy(theirs))


def test_likelihood_is_the_same_in_all_three_parametrisations() -> None:
    for case in double(asked["gaussian_variance"]):
        x, mu, sigma2 = case.values()
        found = reference.log_likelihood_gaussian_variance(x, mu, sigma2)
        close(reference.log_likelihood_gaussian_logvar(x, mu, torch.log(sigma2)), found)
        close(reference.log_likelihood_gaussian_scale(x, mu, torch.sqrt(sigma2)), found)


def test_density_behind_the_likelihood_integrates_to_one() -> None:
    mu, logvar = torch.tensor([[0.7]], dtype=DOUBLE), torch.tensor([[-0.9]], dtype=DOUBLE)

    def density(x: float) -> float:
        at = torch.tensor([[x]], dtype=DOUBLE)
        return math.exp(reference.log_likelihood_gaussian_logvar(at, mu, logvar).item())

    assert scipy.integrate.quad(density, -10, 10)[0] == pytest.approx(1, abs=1e-10)


def test_likelihood_far_from_the_mean_is_finite_in_float32_where_the_density_is_zero() -> None:
    for case in double(asked["gaussian_far"]):
        rounded = {name: value.float() for name, value in case.items()}
        found = reference.log_likelihood_gaussian_logvar(**rounded)
        x, mu, logvar = case.values()
        theirs = diagonal(mu, torch.exp(logvar / 2)).log_prob(x)
        torch.testing.assert_close(found.double(), theirs, rtol=1e-5, atol=1e-5)
    density = torch.exp(Normal(rounded["mu"], torch.exp(rounded["logvar"] / 2)).log_prob(rounded["x"]))
    assert torch.any(density == 0)


# --- log-mean-exp ---------------------------------------------------------------------------------------------------


def test_log_mean_exp_agrees_with_scipy() -> None:
    for case in double(asked["log_weights"]) + double(asked["extreme_log_weights"]):
        y = case["y"].numpy()
        theirs = scipy.special.logsumexp(y, axis=1, b=np.full_like(y, 1 / y.shape[1]))
        close(reference.log_mean_exp(case["y"]), torch.from_numpy(theirs))


@pytest.mark.parametrize("entry", [0.0, 1e4, -1e4])
def test_log_mean_exp_of_equal_entries_is_the_entry(entry: float) -> None:
    y = torch.full((2, 5), entry)
    torch.testing.assert_close(reference.log_mean_exp(y), torch.full((2,), entry), rtol=1e-7, atol=2e-7)


def test_log_mean_exp_lies_between_the_mean_and_the_largest_entry() -> None:
    for case in double(asked["log_weights"]):
        found = reference.log_mean_exp(case["y"])
        assert torch.all(found >= case["y"].mean(dim=1) - 1e-12)
        assert torch.all(found <= case["y"].amax(dim=1) + 1e-12)


# --- KL of Gaussians ------------------------------------------------------------------------------------------------


def test_kl_of_gaussians_agrees_with_torch_distributions() -> None:
    for case in double(asked["two_gaussians"]):
        mu_q, sigma2_q, mu_p, sigma2_p = case.values()
        q, p = diagonal(mu_q, sigma2_q.sqrt()), diagonal(mu_p, sigma2_p.sqrt())
        close(reference.kl_gaussian_variance(**case), kl_of_torch(q, p))
    for case in double(asked["equal_variance"]):
        mu_q, mu_p, sigma2 = case.values()
        close(
            reference.kl_gaussian_equal_variance(**case),
            reference.kl_gaussian_variance(mu_q, sigma2, mu_p, sigma2),
        )


def test_kl_of_nearly_equal_gaussians_does_not_cancel() -> None:
    sigma2 = torch.ones(1, 1).double()
    found = reference.kl_gaussian_variance(0 * sigma2, sigma2 + 1e-7, 0 * sigma2, sigma2)
    assert found.item() == pytest.approx(1e-14 / 4, rel=1e-5)


def test_kl_of_gaussians_is_the_integral_over_a_fine_grid() -> None:
    grid = torch.linspace(-12, 12, 4001, dtype=DOUBLE)
    q, p = (Normal(*torch.tensor(pair, dtype=DOUBLE)) for pair in ([0.4, 0.8], [-0.5, 1.3]))
    theirs = reference.kl_divergence_density(q.log_prob(grid).exp(), p.log_prob(grid).exp(), grid)
    arguments = [torch.tensor([[value]], dtype=DOUBLE) for value in (0.4, 0.64, -0.5, 1.69)]
    close(reference.kl_gaussian_variance(*arguments)[0], theirs)


def test_estimate_from_samples_is_the_mean_of_log_ratios() -> None:
    for case in double(asked["samples_of_q"]):
        z, mu_q, logvar_q, mu_p, logvar_p = case.values()
        q, p = diagonal(mu_q, torch.exp(logvar_q / 2)), diagonal(mu_p, torch.exp(logvar_p / 2))
        by_sample = [q.log_prob(z[:, k]) - p.log_prob(z[:, k]) for k in range(z.shape[1])]
        close(reference.kl_gaussian_mc_from_samples(**case), torch.stack(by_sample).mean(dim=0))


def test_estimate_from_many_samples_of_q_approaches_the_kl() -> None:
    torch.manual_seed(0)
    mu_q, sigma2_q, mu_p, sigma2_p = double(asked["two_gaussians"])[3].values()
    q = diagonal(mu_q, sigma2_q.sqrt())
    z = q.sample((20_000,)).transpose(0, 1)
    found = reference.kl_gaussian_mc_from_samples(z, mu_q, sigma2_q.log(), mu_p, sigma2_p.log())
    log_ratio = q.log_prob(z.transpose(0, 1)) - diagonal(mu_p, sigma2_p.sqrt()).log_prob(z.transpose(0, 1))
    exact = reference.kl_gaussian_variance(mu_q, sigma2_q, mu_p, sigma2_p)
    assert torch.all((found - exact).abs() < 5 * log_ratio.std(dim=0) / math.sqrt(20_000))


def test_estimate_is_exactly_zero_for_equal_gaussians() -> None:
    for case in double(asked["samples_of_q"]):
        z, mu, logvar, *_ = case.values()
        assert torch.all(reference.kl_gaussian_mc_from_samples(z, mu, logvar, mu, logvar) == 0)


# --- entropy and cross-entropy --------------------------------------------------------------------------------------


def test_entropy_agrees_with_torch_and_with_scipy() -> None:
    for case in double(asked["one_table"]) + double(asked["one_table_with_zeros"]):
        total = case["p"].sum(dim=1, keepdim=True)  # float32 rows sum to 1 up to rounding, and scipy normalises
        found = reference.entropy(case["p"] / total)
        close(found, torch.from_numpy(scipy.stats.entropy(case["p"].numpy(), axis=1)))
        torch.testing.assert_close(found, Categorical(case["p"]).entropy(), rtol=1e-6, atol=1e-6)


def test_entropy_of_equal_probabilities_is_log_k_and_of_a_certain_point_is_zero() -> None:
    close(reference.entropy(torch.full((1, 5), 0.2, dtype=DOUBLE)), torch.tensor([math.log(5)], dtype=DOUBLE))
    assert reference.entropy(torch.tensor([[0.0, 1.0, 0.0]])).tolist() == [0.0]


def test_cross_entropy_is_that_of_logits_and_the_kl_plus_the_entropy() -> None:
    for case in double(asked["tables"]):
        p, q = case.values()
        found = reference.cross_entropy(p, q)
        normalised = torch.log_softmax(q.log(), dim=1) + torch.log(q.sum(dim=1, keepdim=True))
        close(found, -(p * normalised).sum(dim=1))
        close(found, reference.kl_divergence(p, q) + reference.entropy(p))


def test_bernoulli_entropies_agree_with_torch() -> None:
    for case in double(asked["two_coins"]):
        p, q = case.values()
        close(reference.bernoulli_entropy(p), Independent(Bernoulli(p), 1).entropy())
        bce = torch.nn.functional.binary_cross_entropy(q, p, reduction="none").sum(dim=1)
        close(reference.bernoulli_cross_entropy(p, q), bce)


def test_a_coin_is_a_table_of_two_points() -> None:
    for case in double(asked["two_coins"]):
        p, q = (torch.stack([a, 1 - a], dim=2).flatten(0, 1) for a in case.values())
        shape = case["p"].shape
        close(reference.bernoulli_entropy(case["p"]), reference.entropy(p).reshape(shape).sum(dim=1))
        both = reference.cross_entropy(p, q).reshape(shape).sum(dim=1)
        close(reference.bernoulli_cross_entropy(**case), both)


def test_certain_coins_have_no_entropy() -> None:
    assert reference.bernoulli_entropy(torch.tensor([[0.0, 1.0], [1.0, 1.0]])).tolist() == [0.0, 0.0]


# --- divergences of tables ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("recipe", ["tables", "p_with_zeros", "q_with_zeros", "both_with_zeros"])
def test_kl_of_tables_agrees_with_scipy_and_is_infinite_exactly_where_theirs_is(recipe: str) -> None:
    for case in double(asked[recipe]):
        p, q = (a.numpy() for a in case.values())
        close(reference.kl_divergence(**case), torch.from_numpy(scipy.special.rel_entr(p, q).sum(axis=1)))
        close(reference.reverse_kl_divergence(**case), torch.from_numpy(scipy.special.rel_entr(q, p).sum(axis=1)))


def test_kl_of_tables_agrees_with_torch() -> None:
    for case in double(asked["tables"]):
        p, q = (a / a.sum(dim=1, keepdim=True) for a in case.values())
        close(reference.kl_divergence(p, q), kl_of_torch(Categorical(p), Categorical(q)))


def test_edges_are_asked_for_with_finite_and_with_infinite_answers() -> None:
    with_mass = torch.cat([reference.kl_divergence(**case) for case in double(asked["p_with_zeros"])])
    without = torch.cat([reference.kl_divergence(**case) for case in double(asked["q_with_zeros"])])
    assert torch.all(torch.isfinite(with_mass))
    assert torch.any(torch.isinf(without))
    assert torch.any(torch.isfinite(without))


@pytest.mark.parametrize("recipe", ["tables", "both_with_zeros"])
def test_jsd_is_the_entropy_of_the_middle_less_the_mean_entropy(recipe: str) -> None:
    for case in double(asked[recipe]):
        p, q = case.values()
        by_entropies = reference.entropy((p + q) / 2) - (reference.entropy(p) + reference.entropy(q)) / 2
        close(reference.js_divergence(p, q), by_entropies)
        close(reference.js_divergence(p, q), reference.js_divergence(q, p))


def test_jsd_of_tables_without_a_common_point_is_log_2_and_such_tables_are_asked() -> None:
    disjoint = 0
    for case in double(asked["both_with_zeros"]):
        apart = (case["p"] * case["q"]).sum(dim=1) == 0
        found = reference.js_divergence(**case)[apart]
        torch.testing.assert_close(found, torch.full_like(found, math.log(2)), rtol=1e-6, atol=0)
        disjoint += int(apart.sum())
    assert disjoint > 0


def test_jsd_of_equal_tables_is_zero() -> None:
    for case in double(asked["one_table_with_zeros"]):
        close(reference.js_divergence(case["p"], case["p"]), torch.zeros(len(case["p"])).double())


# --- divergences of densities ---------------------------------------------------------------------------------------


def test_integrals_are_those_of_scipy_by_the_trapezoidal_rule() -> None:
    for case in double(asked["densities"]):
        p, q, grid = (a.numpy() for a in case.values())
        middle = (p + q) / 2
        kl = scipy.integrate.trapezoid(p * np.log(p / q), grid)
        js = scipy.integrate.trapezoid(p * np.log(p / middle) + q * np.log(q / middle), grid) / 2
        assert reference.kl_divergence_density(**case).item() == pytest.approx(kl, abs=1e-11)
        assert reference.js_divergence_density(**case).item() == pytest.approx(js, abs=1e-11)


def test_integrals_of_gaussians_are_those_of_adaptive_quadrature() -> None:
    grid = torch.cat([torch.linspace(-9, 0, 3000), torch.linspace(0, 11, 2000)[1:]]).double()
    q, p = scipy.stats.norm(0.4, 0.8), scipy.stats.norm(-0.5, 1.3)

    def values(law: scipy.stats.rv_continuous) -> torch.Tensor:
        return torch.from_numpy(law.pdf(grid.numpy()))

    def towards_middle(x: float) -> float:
        middle = (q.pdf(x) + p.pdf(x)) / 2
        return float(q.pdf(x) * np.log(q.pdf(x) / middle) + p.pdf(x) * np.log(p.pdf(x) / middle)) / 2

    kl = scipy.integrate.quad(lambda x: q.pdf(x) * (q.logpdf(x) - p.logpdf(x)), -9, 11)[0]
    js = scipy.integrate.quad(towards_middle, -9, 11)[0]
    assert reference.kl_divergence_density(values(q), values(p), grid).item() == pytest.approx(kl, abs=1e-5)
    assert reference.js_divergence_density(values(q), values(p), grid).item() == pytest.approx(js, abs=1e-5)


@pytest.mark.parametrize("shift", [pytest.param(0.5, id="half"), pytest.param(1.0, id="whole")])
def test_divergences_of_shifted_uniform_densities(shift: float) -> None:
    # Just beside the jumps the grid has two points, so that the trapezoidal rule is nearly exact.
    ends = torch.tensor([0.0, shift, 1.0, 1.0 + shift], dtype=DOUBLE)
    grid = torch.unique(torch.cat([torch.linspace(-1, 3, 41, dtype=DOUBLE) + 0.01, ends - 1e-9, ends + 1e-9]))
    p, q = uniform(grid, 0.0, 1.0), uniform(grid, shift, 1.0 + shift)
    assert reference.kl_divergence_density(p, q, grid).item() == math.inf
    assert reference.js_divergence_density(p, q, grid).item() == pytest.approx(shift * math.log(2), abs=1e-6)


# --- Wasserstein distance -------------------------------------------------------------------------------------------


def test_wasserstein_distances_agree_with_scipy() -> None:
    for case in double(asked["tables_on_a_line"]):
        p, q, x = (a.numpy() for a in case.values())
        theirs = [scipy.stats.wasserstein_distance(x, x, a, b) for a, b in zip(p, q, strict=True)]
        # scipy normalises the rows, which are tables only up to the rounding of float32.
        found = reference.wasserstein_tables(**case)
        torch.testing.assert_close(found, torch.tensor(theirs).double(), rtol=1e-6, atol=1e-6)
    for case in double(asked["two_samples"]):
        theirs = scipy.stats.wasserstein_distance(case["x"].numpy(), case["y"].numpy())
        assert reference.wasserstein_samples(**case).item() == pytest.approx(theirs, abs=1e-12)


def test_wasserstein_distance_of_tables_is_the_cheapest_transport() -> None:
    case = double(asked["tables_on_a_line"])[3]
    p, q, x = (a.numpy() for a in case.values())
    n = len(x)
    cost = np.abs(x[:, None] - x[None, :]).ravel()
    sums = np.concatenate([np.kron(np.eye(n), np.ones(n)), np.kron(np.ones(n), np.eye(n))])
    for row, found in enumerate(reference.wasserstein_tables(**case)):
        masses = np.concatenate([p[row] / p[row].sum(), q[row] / q[row].sum()])
        best = scipy.optimize.linprog(cost, A_eq=sums, b_eq=masses)
        assert found.item() == pytest.approx(best.fun, abs=1e-6)


@pytest.mark.parametrize("shift", [pytest.param(0.5, id="half"), pytest.param(1.0, id="whole")])
def test_wasserstein_distance_of_shifted_uniforms_is_the_shift(shift: float) -> None:
    samples = (torch.arange(1000).double() + 0.5) / 1000
    close(reference.wasserstein_samples(samples, samples.flip(0) + shift), torch.tensor(shift, dtype=DOUBLE))
    support = torch.linspace(0, 2, 2001, dtype=DOUBLE)
    p = torch.zeros(1, 2001, dtype=DOUBLE)
    p[:, :1000] = 1e-3
    moved = torch.roll(p, round(shift * 1000), dims=1)
    close(reference.wasserstein_tables(p, moved, support), torch.tensor([shift], dtype=DOUBLE))


def test_wasserstein_distance_is_at_least_the_distance_of_the_means() -> None:
    for case in double(asked["tables_on_a_line"]):
        p, q, x = case.values()
        assert torch.all(reference.wasserstein_tables(p, q, x) >= ((p - q) @ x).abs() - 1e-6)
    for case in double(asked["two_samples"]):
        assert reference.wasserstein_samples(**case) >= (case["x"].mean() - case["y"].mean()).abs() - 1e-12


# --- inputs, gradients and mistakes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ASKED_WITH)
def test_gradients_agree_with_finite_differences(name: str) -> None:
    case = double(asked[ASKED_WITH[name][0]])[3]
    leaves = [value.clone().requires_grad_() for value in case.values()]
    assert torch.autograd.gradcheck(getattr(reference, name), leaves)


@pytest.mark.parametrize("name", ASKED_WITH)
def test_reference_keeps_the_dtype_and_has_the_declared_shape(name: str) -> None:
    scalars = {"kl_divergence_density", "js_divergence_density", "wasserstein_samples"}
    for recipe, dtype in itertools.product(ASKED_WITH[name], [torch.float32, torch.float64]):
        for case in double(asked[recipe]):
            given = {key: value.to(dtype) for key, value in case.items()}
            found = getattr(reference, name)(**given)
            assert found.dtype == dtype
            assert found.shape == (() if name in scalars else next(iter(case.values())).shape[:1])


@pytest.mark.parametrize("name", ASKED_WITH)
def test_reference_in_float32_is_near_itself_in_float64(name: str) -> None:
    for recipe in ASKED_WITH[name]:
        for case in double(asked[recipe]):
            exact = getattr(reference, name)(**case)
            rounded = getattr(reference, name)(**{key: value.float() for key, value in case.items()})
            torch.testing.assert_close(rounded.double(), exact, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ASKED_WITH)
def test_nothing_but_a_kl_without_mass_is_ever_infinite(name: str) -> None:
    for recipe in ASKED_WITH[name]:
        for case in double(asked[recipe]):
            found = getattr(reference, name)(**case)
            assert not torch.any(torch.isnan(found))
            assert recipe == "q_with_zeros" or torch.all(torch.isfinite(found))


@pytest.mark.parametrize("name", ASKED_WITH)
def test_recipes_have_the_arguments_of_the_function_in_its_order(name: str) -> None:
    for recipe in ASKED_WITH[name]:
        assert list(asked[recipe].arrays) == list(inspect.signature(getattr(reference, name)).parameters)


def test_every_function_and_every_recipe_is_asked_for() -> None:
    items = load_rubric(ROOT / "rubrics" / "divergences.yaml", ROOT).items
    found = [(item.check.call.name, item.check.given) for item in items]
    declared = [(name, recipe) for name, known in ASKED_WITH.items() for recipe in known]
    assert sorted(set(found)) == sorted(declared)
    assert {recipe for _, recipe in declared} == set(asked)
    public = [n for n, f in vars(reference).items() if inspect.isfunction(f) and not n.startswith("_")]
    assert set(public) == set(ASKED_WITH)


@pytest.mark.parametrize("name", ASKED_WITH)
def test_every_function_has_at_least_six_named_mistakes_with_a_sentence(name: str) -> None:
    found = {slug: function for owner, slug, function in wrong_variants() if owner == name}
    assert len(found) >= 6
    wanted = list(inspect.signature(getattr(reference, name)).parameters)
    for function in found.values():
        assert list(inspect.signature(function).parameters) == wanted
        sentence = (inspect.getdoc(function) or "").split("\n\n")[0]
        assert 20 < len(sentence) < 160
        assert not sentence.endswith(".")


def test_every_named_mistake_belongs_to_a_function() -> None:
    assert {owner for owner, _, _ in wrong_variants()} == set(ASKED_WITH)


@pytest.mark.parametrize("name", ASKED_WITH)
def test_mistakes_differ_from_the_reference_and_from_one_another(name: str) -> None:
    variants = [("", getattr(reference, name))] + [(s, f) for owner, s, f in wrong_variants() if owner == name]
    for (slug, one), (other, two) in itertools.combinations(variants, 2):
        edge = next((recipe for rare, recipe in ONLY_WITH_ZEROS.items() if rare in (slug, other)), ASKED_WITH[name][0])
        answers = [(one(**case), two(**case)) for case in double(asked[edge])]
        same = all(
            a.shape == b.shape and torch.allclose(a, b, rtol=1e-3, atol=1e-4, equal_nan=True) for a, b in answers
        )
        assert not same, f"{name}: {slug or 'the reference'} and {other} give the same values"


@pytest.mark.parametrize(
    ("given", "read_as"),
    [
        pytest.param("variance", ("scale", "logvar", "log_scale"), id="variance"),
        pytest.param("logvar", ("variance", "scale"), id="logvar"),
        pytest.param("scale", ("variance", "logvar", "log_scale"), id="scale"),
    ],
)
def test_each_way_to_give_sigma_has_a_mistake_for_each_other_way(given: str, read_as: tuple[str, ...]) -> None:
    slugs = {slug for owner, slug, _ in wrong_variants() if owner == f"log_likelihood_gaussian_{given}"}
    assert {f"{given}_as_{other}" for other in read_as} <= slugs
    assert given != "logvar" or "log_std" in slugs
