"""The reference of `gan_models` is right: each function against an independent formula, an identity or a solver."""

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
import scipy.optimize
import scipy.spatial.distance
import scipy.stats
import torch
import yaml
from torch import nn

from grader.inputs import Recipe, recipes
from grader.values import cases

ROOT = Path(__file__).parent.parent
HERE = ROOT / "reference" / "gan_models"


def load(file: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"gan_models_{file}", HERE / f"{file}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


gan, mistakes, asking = load("gan_models"), load("mistakes"), load("asking")
asked = recipes(vars(load("inputs")))
ITEMS = [
    item
    for question in yaml.safe_load((ROOT / "rubrics" / "gan_models.yaml").read_text("utf-8"))["questions"]
    for item in question["items"]
]
NAMES = sorted({item["call"]["name"] for item in ITEMS})
TRACES = {"discriminator_traces", "generator_traces"}
ONLY_BEYOND = ("nan_", "zero_", "finite_", "formula_everywhere", "cut_at_100")
"""Mistakes that are one only where extremes, ends or infinities are asked for."""
ONLY_LEFT_BEHIND = ("leaves_", "freezes_", "updates_")
"""Mistakes whose loss is right."""


def double(recipe: Recipe, seed: int = 0) -> list[dict[str, torch.Tensor]]:
    """The cases of a recipe in float64, from the same float32 numbers that students get."""
    drawn = cases(recipe.sample(np.random.default_rng(seed)))
    return [
        {name: torch.from_numpy(np.array(array)).double() for name, array in case.items()} for case in drawn.values()
    ]


def ask(item: dict, function: Callable, case: dict[str, torch.Tensor]) -> object:
    """What an item's function returns for a case, through its adapter where it has one."""
    through = item["call"].get("through")
    if through:
        return getattr(asking, through)(function, case)
    return function(*(case[name] for name in item["call"]["arguments"]))


def parts(answer: object) -> tuple[torch.Tensor, ...]:
    return tuple(answer.values()) if isinstance(answer, dict) else answer if isinstance(answer, tuple) else (answer,)


def items_of(name: str, **only: str) -> list[dict]:
    return [item for item in ITEMS if item["call"]["name"] == name and all(item[k] == v for k, v in only.items())]


def wrong_variants() -> list[tuple[str, str, Callable]]:
    named = [(n, f) for n, f in vars(mistakes).items() if "__" in n.strip("_") and inspect.isfunction(f)]
    return [(*name.split("__", 1), function) for name, function in named]


def close(a: torch.Tensor, b: torch.Tensor | float, atol: float = 1e-12) -> None:
    wanted = torch.as_tensor(b, dtype=a.dtype)
    torch.testing.assert_close(a, wanted.expand_as(a), rtol=1e-12, atol=atol)


def tables(count: int, size: int = 6) -> list[tuple[torch.Tensor, torch.Tensor]]:
    rng = np.random.default_rng(0)
    drawn = rng.dirichlet(np.ones(size), (count, 2))
    return [(torch.from_numpy(p), torch.from_numpy(q)) for p, q in drawn]


def kl(p: torch.Tensor, q: torch.Tensor) -> float:
    return float(scipy.stats.entropy(p.numpy(), q.numpy()))


# Tables of counts and a score for each outcome; a batch with repeated scores has these tables as its averages.
COUNTS = (np.array([4, 3, 2, 1]), np.array([1, 1, 3, 5]))
P, Q = (torch.from_numpy(counts / 10) for counts in COUNTS)


def batches(scores: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Scores of ten real images and of ten fakes, (10, 1) each."""
    real, fake = (scores[np.repeat(range(4), counts)][:, None] for counts in COUNTS)
    return real, fake


# --- scores ----------------------------------------------------------------------------------------------------------


def test_least_squares_losses_agree_with_torch() -> None:
    mse = torch.nn.functional.mse_loss
    for case in double(asked["scores"]):
        real, fake = case.values()
        halves = mse(real, torch.ones_like(real)) + mse(fake, torch.zeros_like(fake))
        close(gan.ls_discriminator_loss(real, fake), halves / 2)
        close(gan.ls_generator_loss(fake), mse(fake, torch.ones_like(fake)) / 2)


def test_least_squares_discriminator_is_best_where_the_minimax_one_is() -> None:
    best = gan.optimal_discriminator(P, Q)
    least = gan.ls_discriminator_loss(*batches(best))
    close(least, (P * Q / (P + Q)).sum() / 2)
    for k in range(4):
        moved = best + 0.01 * torch.eye(4, dtype=best.dtype)[k]
        assert gan.ls_discriminator_loss(*batches(moved)) > least


def test_hinge_loss_is_zero_beyond_the_margin_and_counts_the_overlap_at_its_best() -> None:
    assert gan.hinge_discriminator_loss(torch.tensor([[1.0], [7.0]]), torch.tensor([[-1.0], [-2.0]])) == 0
    # The sign of p − q is the best score, and the loss there is 2(1 − total variation).
    close(gan.hinge_discriminator_loss(*batches(torch.sign(P - Q))), 2 - (P - Q).abs().sum())
    for case in double(asked["scores"]):
        rows = [
            max(0.0, 1 - r) + max(0.0, 1 + f) for r, f in zip(*(v.ravel().tolist() for v in case.values()), strict=True)
        ]
        close(gan.hinge_discriminator_loss(**case), sum(rows) / len(rows))


def test_critic_that_is_the_identity_finds_the_wasserstein_distance_of_shifted_samples() -> None:
    x = torch.from_numpy(np.random.default_rng(0).normal(size=(50, 1)))
    fake = x - 0.75
    distance = scipy.stats.wasserstein_distance(x.ravel().numpy(), fake.ravel().numpy())
    close(gan.wasserstein_critic_loss(x, fake), -distance)
    close(gan.wasserstein_critic_loss(x, fake), -gan.wasserstein_generator_loss(fake) - x.mean())


# --- gradient penalty ------------------------------------------------------------------------------------------------


class Linear(nn.Module):
    """f(x) = a·x, whose slope is a everywhere."""

    def __init__(self, slope: torch.Tensor) -> None:
        super().__init__()
        self.slope = nn.Parameter(slope)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return images.flatten(1) @ self.slope[:, None]


def images(seed: int = 0) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    rng = np.random.default_rng(seed)
    return (
        *(torch.from_numpy(rng.normal(size=(5, 2, 3, 4))) for _ in range(2)),
        torch.from_numpy(rng.random((5, 1, 1, 1))),
    )


@pytest.mark.parametrize("length", [pytest.param(0.5, id="too-flat"), pytest.param(3.0, id="too-steep")])
def test_penalty_of_a_linear_critic_and_its_gradient(length: float) -> None:
    slope = torch.linspace(-1, 1, 24).double()
    critic = Linear(slope * length / slope.norm())
    penalty = gan.gradient_penalty(critic, *images())
    close(penalty, (length - 1) ** 2)
    (found,) = torch.autograd.grad(penalty, critic.slope)
    close(found, 2 * (length - 1) * slope / slope.norm())


def test_penalty_of_a_quadratic_critic_sees_each_image_between_real_and_fake() -> None:
    x, fake, u = images()
    norms = [(u[k] * x[k] + (1 - u[k]) * fake[k]).norm() for k in range(len(x))]
    wanted = torch.stack([(norm - 1) ** 2 for norm in norms]).mean()
    close(gan.gradient_penalty(lambda rows: rows.square().flatten(1).sum(1, keepdim=True) / 2, x, fake, u), wanted)


def test_penalty_of_a_flat_critic_is_one_and_its_gradient_is_finite() -> None:
    critic = Linear(torch.zeros(24).double())
    penalty = gan.gradient_penalty(critic, *images())
    assert penalty.item() == 1.0
    assert torch.autograd.grad(penalty, critic.slope)[0].tolist() == [0.0] * 24


def test_penalty_has_the_gradient_that_finite_differences_find() -> None:
    (item,) = items_of("gradient_penalty", kind="gradient", given="critic")
    case = double(asked["critic"])[2]
    weights = [case[name].clone().requires_grad_() for name in item["wrt"]]

    def of(*weights: torch.Tensor) -> torch.Tensor:
        return gan.gradient_penalty(asking.Perceptron(*weights), case["x_real"], case["x_fake"], case["u"])

    passed = torch.autograd.grad(
        ask(item, gan.gradient_penalty, case | dict(zip(item["wrt"], weights, strict=True))), weights
    )
    for k, slope in enumerate(passed):
        for index in itertools.islice(np.ndindex(*slope.shape), 6):
            step = torch.zeros_like(slope)
            step[index] = 1e-6
            up, down = (of(*[w + s * step if j == k else w for j, w in enumerate(weights)]) for s in (1, -1))
            assert slope[index].item() == pytest.approx((up - down).item() / 2e-6, rel=1e-6, abs=1e-8)


def test_slopes_in_the_penalty_item_lie_on_both_sides_of_one() -> None:
    norms = [
        mistakes._norms(asking.Perceptron(case["weight"], case["bias"], case["out"]), case["x_real"])
        for case in double(asked["critic"])
    ]
    assert 0.1 < (torch.cat(norms) < 1).double().mean() < 0.9


# --- steps -----------------------------------------------------------------------------------------------------------


def networks(case: dict[str, torch.Tensor]) -> tuple[nn.Module, nn.Module]:
    return asking._networks(case)


def test_steps_agree_with_the_cross_entropy_of_torch() -> None:
    bce = nn.functional.binary_cross_entropy_with_logits
    for case in double(asked["steps"]) + double(asked["steps_extreme"]):
        discriminator, generator = networks(case)
        real, fake = discriminator(case["x"]), discriminator(generator(case["z"]))
        halves = bce(real, torch.ones_like(real)) + bce(fake, torch.zeros_like(fake))
        close(gan.discriminator_step(discriminator, generator, case["x"], case["z"]), halves)
        close(gan.generator_step(discriminator, generator, case["z"]), bce(fake, torch.ones_like(fake)))


def test_extreme_networks_give_logits_of_some_hundreds() -> None:
    for case in double(asked["steps_extreme"]):
        discriminator, generator = networks(case)
        logits = torch.cat([discriminator(case["x"]), discriminator(generator(case["z"]))])
        assert logits.abs().max() > 100


def test_discriminator_step_teaches_only_the_discriminator_and_generator_step_reaches_the_generator() -> None:
    case = double(asked["steps"])[2]
    discriminator, generator = networks(case)
    gan.discriminator_step(discriminator, generator, case["x"], case["z"]).backward()
    assert all(p.grad is not None and p.grad.any() for p in discriminator.parameters())
    assert all(p.grad is None for p in generator.parameters())
    gan.generator_step(discriminator, generator, case["z"]).backward()
    assert all(p.grad is not None and p.grad.any() for p in generator.parameters())


@pytest.mark.parametrize("name", ["discriminator_step", "generator_step"])
def test_adapters_pass_on_the_gradients_of_the_networks(name: str) -> None:
    (item,) = items_of(name, kind="gradient")
    case = double(asked[item["given"]])[2]
    case |= {key: case[key].clone().requires_grad_() for key in item["wrt"]}
    found = torch.autograd.grad(ask(item, getattr(gan, name), case), [case[key] for key in item["wrt"]])
    discriminator, generator = networks({key: value.detach() for key, value in case.items()})
    given = [case["x"], case["z"]] if name == "discriminator_step" else [case["z"]]
    learning = discriminator if name == "discriminator_step" else generator
    own = torch.autograd.grad(getattr(gan, name)(discriminator, generator, *given), list(learning.parameters()))
    for passed, slope in zip(found, own, strict=True):
        close(passed, slope)


@pytest.mark.parametrize("name", ["discriminator_step", "generator_step"])
def test_adapters_report_what_a_step_leaves_changed_and_the_reference_changes_nothing(name: str) -> None:
    (item,) = [i for i in items_of(name) if i["call"]["through"] in TRACES]
    case = double(asked[item["given"]])[2]
    clean = ask(item, getattr(gan, name), case)
    assert len(clean) == 6
    assert not any(clean.values())
    told = {
        slug: [what for what, seen in ask(item, function, case).items() if seen]
        for owner, slug, function in wrong_variants()
        if owner == name and slug.startswith(ONLY_LEFT_BEHIND)
    }
    assert all(told.values())
    assert len({tuple(seen) for seen in told.values()}) == len(told)


# --- the game on a table ---------------------------------------------------------------------------------------------


def test_value_at_the_optimal_discriminator_is_that_of_the_jensen_shannon_divergence() -> None:
    for p, q in tables(50):
        best = gan.value_at_optimum(p, q)
        jsd = scipy.spatial.distance.jensenshannon(p.numpy(), q.numpy()) ** 2
        close(best, -math.log(4) + 2 * jsd, atol=1e-14)
        close(gan.value(p, q, gan.optimal_discriminator(p, q)), best, atol=1e-14)


def test_optimal_discriminator_is_the_maximiser_that_a_solver_finds() -> None:
    for p, q in tables(5):
        wanted = gan.optimal_discriminator(p, q)
        for k in range(len(p)):
            found = scipy.optimize.minimize_scalar(
                lambda d, k=k, p=p, q=q: -float(p[k] * math.log(d) + q[k] * math.log(1 - d)),
                bounds=(1e-9, 1 - 1e-9),
                method="bounded",
                options={"xatol": 1e-10},
            )
            assert wanted[k].item() == pytest.approx(found.x, abs=1e-6)


def test_value_is_minus_the_cross_entropy_of_a_batch_with_these_tables() -> None:
    d = torch.tensor([0.9, 0.6, 0.3, 0.2]).double()
    real, fake = batches(d)
    bce = nn.functional.binary_cross_entropy
    close(gan.value(P, Q, d), -bce(real, torch.ones_like(real)) - bce(fake, torch.zeros_like(fake)))


def test_density_follows_from_the_other_density_and_the_optimal_discriminator() -> None:
    for f1, f0 in tables(50):
        found = gan.density_ratio(f0, gan.optimal_discriminator(f1, f0))
        # 1 − D = f0/(f0 + f1) loses the digits that D near 1 has lost.
        assert torch.all((found - f1).abs() <= 4 * torch.finfo(f1.dtype).eps * f1 * (1 + f1 / f0))


@pytest.mark.parametrize(
    ("p", "q", "wanted"),
    [
        pytest.param([0.5, 0.5], [0.5, 0.5], -math.log(4), id="equal"),
        pytest.param([0.5, 0.5, 0.0, 0.0], [0.0, 0.0, 0.25, 0.75], 0.0, id="disjoint"),
        pytest.param([0.5, 0.5, 0.0], [0.5, 0.5, 0.0], -math.log(4), id="an-outcome-of-neither"),
        pytest.param([1.0, 0.0], [0.5, 0.5], math.log(2 / 3) + math.log(1 / 3) / 2, id="half-shared"),
    ],
)
def test_value_at_the_optimum_for_tables_with_zeros(p: list[float], q: list[float], wanted: float) -> None:
    found = gan.value_at_optimum(torch.tensor(p).double(), torch.tensor(q).double())
    assert found.item() == pytest.approx(wanted, abs=1e-15)


# --- variational bounds ----------------------------------------------------------------------------------------------


def test_bounds_reach_the_divergence_at_their_best_t() -> None:
    for p, q in tables(50):
        close(gan.bound_r1(p, q, gan.best_t_r1(p, q)), kl(p, q), atol=2e-15)
        for c in (0.0, -3.0, 0.7):
            close(gan.bound_r2(p, q, gan.best_t_r2(p, q) + c), kl(p, q), atol=4e-15)


def test_r1_is_below_r2_and_r2_is_below_the_divergence() -> None:
    rng = np.random.default_rng(1)
    for p, q in tables(50):
        t = torch.from_numpy(rng.normal(size=len(p)))
        r1, r2 = gan.bound_r1(p, q, t), gan.bound_r2(p, q, t)
        assert r1 <= r2 <= kl(p, q)
        close(r2, torch.dot(p, t) - torch.log(torch.dot(q, t.exp())))
        close(r1, torch.dot(p, t) - torch.dot(q, t.exp()) / math.e)
        # Of all T + c, R₁ is largest where it is R₂.
        shift = 1 - torch.logsumexp(t + q.log(), dim=0)
        close(gan.bound_r1(p, q, t + shift), r2)


def test_r2_is_exact_for_t_of_any_size() -> None:
    p, q = torch.tensor([0.25, 0.75]), torch.tensor([0.5, 0.5])
    close(gan.bound_r2(p, q, torch.tensor([1000.0, -1000.0])), -500.0 - 1000.0 + math.log(2), atol=1e-3)
    close(gan.bound_r2(p, q, torch.tensor([1000.0, 1000.0])), 0.0, atol=1e-3)


def test_gradients_of_the_bounds_vanish_at_their_best_t() -> None:
    for p, q in tables(5):
        for bound, best in ((gan.bound_r1, gan.best_t_r1), (gan.bound_r2, gan.best_t_r2)):
            t = best(p, q).requires_grad_()
            close(torch.autograd.grad(bound(p, q, t), t)[0], 0.0, atol=1e-15)


def test_best_t_of_r2_is_asked_for_up_to_a_constant() -> None:
    (item,) = items_of("best_t_r2")
    for case in double(asked["two_tables"]):
        close(ask(item, gan.best_t_r2, case), ask(item, gan.best_t_r1, case))
        assert len(case["p"]) == 1 or not torch.allclose(
            ask(item, gan.best_t_r2, case), ask(item, lambda p, q: q / p, case)
        )


# --- convex conjugates -----------------------------------------------------------------------------------------------


def supremum(concave: Callable[[float], float], low: float, high: float) -> float:
    """The largest value of a concave function on an interval, by golden section."""
    found = scipy.optimize.minimize_scalar(
        lambda v: -concave(v), bounds=(low, high), method="bounded", options={"xatol": 1e-10}
    )
    return float(-found.fun)


@pytest.mark.parametrize(
    ("name", "points", "concave", "interval"),
    [
        pytest.param(
            "conjugate_u_log_u", [-2.0, 0.0, 1.5], lambda t, u: u * t - u * math.log(u), (1e-9, 20), id="u-log-u"
        ),
        pytest.param(
            "biconjugate_u_log_u", [0.1, 1.0, 3.5], lambda u, t: t * u - math.exp(t - 1), (-20, 10), id="its-conjugate"
        ),
        pytest.param(
            "conjugate_minus_log", [-4.0, -1.0, -0.2], lambda t, u: u * t + math.log(u), (1e-9, 50), id="minus-log"
        ),
        pytest.param(
            "conjugate_logistic", [0.05, 0.5, 0.9], lambda s, y: s * y - np.logaddexp(0, y), (-40, 40), id="logistic"
        ),
    ],
)
def test_conjugates_are_the_suprema_that_define_them(
    name: str, points: list[float], concave: Callable[[float, float], float], interval: tuple[float, float]
) -> None:
    found = getattr(gan, name)(torch.tensor(points, dtype=torch.float64))
    for point, value in zip(points, found.tolist(), strict=True):
        assert value == pytest.approx(supremum(lambda v, a=point: concave(a, v), *interval), abs=1e-9)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_conjugates_are_infinite_outside_their_domains_and_right_at_the_ends(dtype: torch.dtype) -> None:
    def of(function: Callable, *points: float) -> list[float]:
        found = function(torch.tensor(points, dtype=dtype))
        assert found.dtype == dtype
        return found.tolist()

    assert of(gan.biconjugate_u_log_u, 0.0, -0.5, 1.0) == [0.0, math.inf, 0.0]
    assert of(gan.conjugate_minus_log, 0.0, 2.0, -1.0) == [math.inf, math.inf, -1.0]
    assert of(gan.conjugate_logistic, 0.0, 1.0, -0.25, 1.25) == [0.0, 0.0, math.inf, math.inf]


def test_conjugate_of_the_conjugate_of_u_log_u_on_a_grid() -> None:
    t = torch.linspace(-12, 6, 200_001).double()
    u = torch.tensor([0.01, 0.3, 1.0, 5.0]).double()
    on_grid = (u[:, None] * t - gan.conjugate_u_log_u(t)).amax(dim=1)
    torch.testing.assert_close(gan.biconjugate_u_log_u(u), on_grid, rtol=0, atol=1e-7)


def test_r1_is_the_conjugate_of_the_divergence_it_bounds() -> None:
    # Fenchel and Young: f(u) + f*(t) ≥ u·t, so q·(f(p/q)) ≥ p·t − q·f*(t) for each outcome.
    for p, q in tables(5):
        t = torch.linspace(-2, 2, len(p)).double()
        close(gan.bound_r1(p, q, t), (p * t - q * gan.conjugate_u_log_u(t)).sum())
        assert torch.all(q * gan.biconjugate_u_log_u(p / q) >= p * t - q * gan.conjugate_u_log_u(t))


# --- the dual of the linear discriminator ----------------------------------------------------------------------------


def problems() -> list[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]:
    return [tuple(case.values()) for case in double(asked["dual_maximiser"])]


def test_cost_is_the_cross_entropy_of_the_discriminator_with_its_regulariser() -> None:
    for case in double(asked["cost"]):
        w, x, g, C = case.values()
        on_data, on_fakes = 1 / (1 + torch.exp(x @ w)), 1 / (1 + torch.exp(g @ w))
        wanted = -torch.log(on_data).sum() - torch.log(1 - on_fakes).sum() + C / 2 * w.norm() ** 2
        close(gan.cost(w, x, g, C), wanted)
        close(
            gan.cost(w, x, g, C),
            (
                torch.logaddexp(x @ w, x.new_zeros(())).sum()
                + torch.logaddexp(g @ w, g.new_zeros(())).sum()
                - (g @ w).sum()
                + C / 2 * w @ w
            ),
        )


def test_entropy_in_the_dual_is_the_minimum_over_y() -> None:
    nothing = torch.zeros(0).double()
    for lam in (-0.9, -0.5, -0.05):
        given = torch.tensor([lam], dtype=torch.float64)
        h = gan.dual_value(given, nothing, torch.zeros(1, 1).double(), torch.zeros(0, 1).double(), 1.0)
        assert h.item() == pytest.approx(-supremum(lambda y, a=lam: -(a * y + np.logaddexp(0, y)), -40, 40), abs=1e-9)


def test_dual_is_never_above_the_cost_and_reaches_it() -> None:
    rng = np.random.default_rng(0)
    for x, g, C in problems():
        best = gan.dual_maximiser(x, g, C)
        gap = gan.cost(gan.primal_minimiser(*best, x, g, C), x, g, C) - gan.dual_value(*best, x, g, C)
        close(gap, 0.0, atol=1e-14 * (1 + gan.dual_value(*best, x, g, C).item()))
        for _ in range(10):
            lambda_x, lambda_z = (-torch.from_numpy(rng.random(len(rows))) for rows in (x, g))
            w = torch.from_numpy(rng.normal(size=x.shape[1]))
            dual = gan.dual_value(lambda_x, lambda_z, x, g, C)
            assert dual <= gan.cost(w, x, g, C)
            assert dual <= gan.dual_value(*best, x, g, C)


def test_dual_maximiser_agrees_with_a_solver_within_bounds() -> None:
    for x, g, C in problems():

        def minus(lam: np.ndarray, x: torch.Tensor = x, g: torch.Tensor = g, C: torch.Tensor = C) -> float:
            both = torch.from_numpy(lam)
            return -gan.dual_value(both[: len(x)], both[len(x) :], x, g, C).item()

        start = np.full(len(x) + len(g), -0.5)
        found = scipy.optimize.minimize(minus, start, bounds=[(-1, 0)] * len(start), tol=1e-13)
        ours = torch.cat(gan.dual_maximiser(x, g, C)).numpy()
        assert np.all(gan.feasible(torch.from_numpy(ours)).numpy())
        np.testing.assert_allclose(ours, found.x, atol=2e-4)


def test_newton_converges_where_whole_steps_would_not() -> None:
    x, g, C = torch.full((30, 1), -40.0).double(), torch.full((2, 1), 90.0).double(), torch.tensor(1e-3).double()
    best = gan.dual_maximiser(x, g, C)
    w = gan.primal_minimiser(*best, x, g, C)
    slope = torch.autograd.functional.jacobian(lambda v: gan.cost(v, x, g, C), w)
    assert slope.abs().item() < 1e-9


def test_primal_minimiser_is_the_stationary_point_of_the_lagrangian() -> None:
    for case in double(asked["primal_minimiser"]):
        lambda_x, lambda_z, x, g, C = case.values()
        w = gan.primal_minimiser(**case).requires_grad_()
        lagrangian = C / 2 * w @ w - lambda_x @ (x @ w) - lambda_z @ (g @ w) - (g @ w).sum()
        close(torch.autograd.grad(lagrangian, w)[0], 0.0, atol=1e-13)
        close(lagrangian + gan.dual_value(lambda_x, lambda_z, 0 * x, 0 * g, C), gan.dual_value(**case))


def test_multipliers_are_feasible_exactly_where_the_minimum_over_y_exists() -> None:
    lam = torch.tensor([-1.001, -1.0, -0.5, 0.0, 0.001]).double()
    assert gan.feasible(lam).tolist() == [False, True, True, True, False]
    far = torch.tensor([-1e6, 1e6]).double()
    lowest = (lam[:, None] * far + torch.logaddexp(far, far.new_zeros(()))).amin(dim=1)
    assert (lowest > -1).tolist() == gan.feasible(lam).tolist()


def test_dual_value_at_the_corners_of_its_domain_is_finite() -> None:
    for case in double(asked["dual_at_corners"]):
        assert torch.isfinite(gan.dual_value(**case))


# --- gradients -------------------------------------------------------------------------------------------------------

DIFFERENTIABLE = {
    "ls_discriminator_loss": "scores",
    "ls_generator_loss": "fake_scores",
    "hinge_discriminator_loss": "hinge_scores",
    "wasserstein_critic_loss": "scores",
    "wasserstein_generator_loss": "fake_scores",
    "optimal_discriminator": "optimal_discriminator",
    "density_ratio": "density_ratio",
    "value": "value",
    "value_at_optimum": "value_at_optimum",
    "bound_r1": "bound",
    "bound_r2": "bound",
    "best_t_r1": "two_tables",
    "best_t_r2": "two_tables",
    "conjugate_u_log_u": "conjugate_u_log_u",
    "biconjugate_u_log_u": "biconjugate_u_log_u",
    "conjugate_minus_log": "conjugate_minus_log",
    "conjugate_logistic": "conjugate_logistic",
    "cost": "cost",
    "dual_value": "dual_value",
    "primal_minimiser": "primal_minimiser",
}


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_gradients_agree_with_finite_differences(name: str) -> None:
    case = double(asked[DIFFERENTIABLE[name]])[2]
    leaves = [tensor.clone().requires_grad_() for tensor in case.values()]
    assert torch.autograd.gradcheck(getattr(gan, name), leaves)


# --- inputs and mistakes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("item", [pytest.param(item, id=item["id"]) for item in ITEMS if item["kind"] == "close"])
def test_reference_keeps_the_dtype_and_agrees_in_float32_and_in_float64(item: dict) -> None:
    function = getattr(gan, item["call"]["name"])
    for case in double(asked[item.get("given", item["call"]["name"])]):
        exact = parts(ask(item, function, case))
        rounded = parts(ask(item, function, {name: tensor.float() for name, tensor in case.items()}))
        for one, other in zip(exact, rounded, strict=True):
            assert one.dtype == (torch.bool if one.dtype == torch.bool else torch.float64)
            assert other.dtype == (torch.bool if one.dtype == torch.bool else torch.float32)
            assert not torch.isnan(one).any()
            torch.testing.assert_close(
                other.double(), one.double(), rtol=1e-4, atol=2e-3 if "extreme" in item["given"] else 1e-4
            )


def test_every_function_is_asked_for_and_every_recipe_is_used() -> None:
    defined = {n for n, f in vars(gan).items() if inspect.isfunction(f) and not n.startswith("_")}
    assert set(NAMES) == defined
    assert {item["given"] for item in ITEMS} == set(asked)


def test_recipes_without_an_adapter_have_the_arguments_of_the_function_in_its_order() -> None:
    for item in ITEMS:
        if "through" not in item["call"]:
            wanted = list(inspect.signature(getattr(gan, item["call"]["name"])).parameters)
            assert list(asked[item["given"]].arrays) == item["call"]["arguments"] == wanted


@pytest.mark.parametrize("name", NAMES)
def test_every_function_has_at_least_four_named_mistakes_with_a_sentence(name: str) -> None:
    found = {slug: function for owner, slug, function in wrong_variants() if owner == name}
    assert len(found) >= 4
    for function in found.values():
        assert list(inspect.signature(function).parameters) == list(inspect.signature(getattr(gan, name)).parameters)
        sentence = (inspect.getdoc(function) or "").split("\n\n")[0]
        assert 20 < len(sentence) < 160
        assert not sentence.endswith(".")


def test_every_named_mistake_belongs_to_a_function() -> None:
    assert {owner for owner, _, _ in wrong_variants()} == set(NAMES)


def answers(name: str, function: Callable) -> list[list[tuple[torch.Tensor, ...]]]:
    """What a function answers to all items that ask for it with `close`: one entry an item, one a case."""
    return [
        [parts(ask(item, function, case)) for case in double(asked[item["given"]])]
        for item in items_of(name, kind="close")
    ]


def same(one: list, other: list) -> bool:
    return all(
        a.shape == b.shape and torch.allclose(a.double(), b.double(), rtol=1e-3, atol=1e-4, equal_nan=True)
        for mine, theirs in zip(one, other, strict=True)
        for a, b in zip(mine, theirs, strict=True)
    )


@pytest.mark.parametrize("name", NAMES)
def test_mistakes_differ_from_the_reference_and_from_one_another(name: str) -> None:
    variants = [("", getattr(gan, name))] + [(s, f) for owner, s, f in wrong_variants() if owner == name]
    found = {slug: answers(name, function) for slug, function in variants}
    for slug, other in itertools.combinations(found, 2):
        equal = [same(a, b) for a, b in zip(found[slug], found[other], strict=True)]
        assert not all(equal), f"{name}: {slug or 'the reference'} and {other} give the same values"
        if not slug and not other.startswith(ONLY_BEYOND + ONLY_LEFT_BEHIND):
            assert not equal[0], f"{name}: {other} is right where the formula is asked for"
