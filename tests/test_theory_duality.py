"""What the rubric of vae_gan_duality states is what computer algebra and numeric optimisation find."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
import sympy as sp
import yaml

from grader.checks import KINDS
from grader.maths import evaluated, matches, observed_answer
from grader.values import cases, under

ROOT = Path(__file__).parents[1]
HOMEWORK = "vae_gan_duality"
RUBRIC = yaml.safe_load((ROOT / "rubrics" / f"{HOMEWORK}.yaml").read_text())
ITEMS = {item["id"]: item for question in RUBRIC["questions"] for item in question["items"]}
WORLDS = RUBRIC["worlds"]


@pytest.fixture(scope="module")
def algebra():
    spec = importlib.util.spec_from_file_location("duality", ROOT / "reference" / HOMEWORK / "derivations.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def has_the_value(item, formula, formal=()):
    """Whether a formula by sympy has the value of the rubric's answer to an item, on the item's world."""
    told = ITEMS[item]
    world = WORLDS[told["world"]]
    text = sp.latex(formula, symbol_names={sp.Symbol(name, real=True): text for name, text in formal})
    expected = evaluated({"answer": told.get("ends") or told["answer"]}, world, 5)
    observed = observed_answer(f"$${text}$$", world, 5)
    sides = [under(f"side/{end}", observed) for end in observed["ends"]]
    return any(matches(side, under("answer", expected)) for side in sides)


@pytest.mark.parametrize(
    ("item", "derived"),
    [
        pytest.param("1.d", lambda a: a.gaussian_divergence(), id="1.d-gaussian-divergence"),
        pytest.param("3.h.value", lambda a: a.least_over_y()[1], id="3.h-least-over-y"),
    ],
)
def test_an_answer_of_the_rubric_is_what_algebra_finds(algebra, item, derived):
    assert has_the_value(item, derived(algebra))
    assert not has_the_value(item, -derived(algebra))


def test_the_best_q_is_the_posterior(algebra):
    likelihood, prior = list(sp.symbols("l_0:3", positive=True)), list(sp.symbols("p_0:3", positive=True))
    evidence = sum(a * b for a, b in zip(likelihood, prior, strict=True))
    for found, a, b in zip(algebra.best_posterior(likelihood, prior), likelihood, prior, strict=True):
        assert sp.simplify(found - a * b / evidence) == 0


def test_the_quadratic_is_convex_exactly_for_c_of_at_least_zero(algebra):
    c = sp.Symbol("c", real=True)
    assert algebra.quadratic_hessian(3) == c * sp.eye(3)
    assert ITEMS["3.c.when"]["answer"] == ITEMS["3.e.when"]["answer"] == "C ≥ 0"


def test_the_hessian_of_the_softplus_is_a_positive_multiple_of_b_b(algebra):
    hessian, a, b = algebra.softplus_hessian()
    e = sp.exp((a.T * b)[0])
    assert sp.simplify(hessian - e / (1 + e) ** 2 * b * b.T) == sp.zeros(2, 2)
    rng = np.random.default_rng(0)
    for _ in range(5):
        at = dict(zip([*a, *b], rng.normal(0, 2, 4), strict=True))
        assert algebra.is_semidefinite(hessian, at)
    assert not algebra.is_semidefinite(-hessian, at)


def test_the_least_value_over_w_is_minus_the_square_of_b_by_2c(algebra):
    value, b = algebra.least_over_w(3)
    assert sp.simplify(value + (b.T * b)[0] / (2 * algebra.C)) == 0
    assert ITEMS["3.g"]["ends"] == r"-\frac{1}{2C}\|b\|_2^2"


def test_the_slope_over_y_vanishes_at_the_stated_place_and_only_for_lambda_in_the_domain(algebra):
    slope = algebra.slope_over_y()
    at = sp.log(algebra.least_over_y()[0])
    assert sp.simplify(slope.subs(algebra.Y, at)) == 0
    # The slope of log(1 + e^y) takes every value between 0 and 1, and no other.
    rest = sp.simplify(slope - algebra.LAMBDA)
    assert sp.limit(rest, algebra.Y, -sp.oo) == 0
    assert sp.limit(rest, algebra.Y, sp.oo) == 1
    assert sp.simplify(sp.diff(rest, algebra.Y) * (1 + sp.exp(algebra.Y)) ** 2) == sp.exp(algebra.Y)
    assert ITEMS["3.h.domain"]["answer"] == "[-1, 0]"


def test_the_least_value_over_y_goes_to_zero_at_both_ends_of_the_domain(algebra):
    value = algebra.entropy_of(algebra.LAMBDA)
    assert sp.limit(value, algebra.LAMBDA, 0, "-") == 0
    assert sp.limit(value, algebra.LAMBDA, -1, "+") == 0


def test_the_best_discriminator_and_the_value_there(algebra):
    assert sp.simplify(algebra.best_discriminator() - algebra.P_DATA / (algebra.P_DATA + algebra.P_G)) == 0
    assert algebra.best_discriminator().subs(algebra.P_G, algebra.P_DATA).simplify() == sp.Rational(
        ITEMS["4.f"]["answer"]
    )
    # Σ p_data = Σ p_G = 1, so that the cost at D* is log 4 − 2 JSD.
    assert algebra.value_against_divergence(3) == 0


def primal(x, g, c):
    """The least cost over w, by Newton's steps."""
    points = np.concatenate([x, g])
    w = np.zeros(x.shape[1])
    for _ in range(60):
        s = 1 / (1 + np.exp(-points @ w))
        slope = points.T @ s - g.sum(0) + c * w
        w = w - np.linalg.solve((points.T * (s * (1 - s))) @ points + c * np.eye(len(w)), slope)
    assert np.abs(slope).max() < 1e-9
    return np.logaddexp(0, points @ w).sum() - (g @ w).sum() + c / 2 * w @ w, -s


def dual(x, g, c, multipliers):
    pulled = multipliers @ np.concatenate([x, g]) + g.sum(0)
    h = multipliers * np.log(-multipliers) - (1 + multipliers) * np.log(1 + multipliers)
    return -pulled @ pulled / (2 * c) + h.sum()


@pytest.mark.parametrize("seed", range(6))
def test_the_dual_has_no_gap_and_never_exceeds_the_primal(algebra, seed):
    rng = np.random.default_rng(seed)
    x, g, c = rng.normal(0.5, 1, (4, 2)), rng.normal(-0.5, 1, (3, 2)), rng.uniform(0.3, 3)
    least, best = primal(x, g, c)
    assert dual(x, g, c, best) == pytest.approx(least, abs=1e-9)
    tried = [dual(x, g, c, rng.uniform(-0.999, -0.001, 7)) for _ in range(200)]
    assert max(tried) <= least + 1e-9
    columns = [[sp.Matrix(row) for row in rows.tolist()] for rows in (x, g)]
    stated = algebra.dual_function(*columns, list(map(sp.Float, best))).subs(algebra.C, c)
    assert float(stated) == pytest.approx(least, abs=1e-9)


def test_the_lagrangian_is_the_cost_where_the_constraints_hold_and_lies_above_the_dual(algebra):
    rng = np.random.default_rng(3)
    x, g, w = ([sp.Matrix(r.tolist()) for r in rng.normal(0, 1, (k, 2))] for k in (2, 2, 1))
    y = [sp.Float(v) for v in rng.normal(0, 1, 4)]
    multipliers = [sp.Float(v) for v in rng.uniform(-0.9, -0.1, 4)]
    value = algebra.lagrangian(x, g, w[0], y, multipliers).subs(algebra.C, 2)
    assert float(value) >= float(algebra.dual_function(x, g, multipliers).subs(algebra.C, 2))
    kept = [(w[0].T * point)[0] for point in [*x, *g]]
    feasible = algebra.lagrangian(x, g, w[0], kept, multipliers) - algebra.lagrangian(x, g, w[0], kept, [0, 0, 0, 0])
    assert abs(float(feasible)) < 1e-12


@pytest.mark.parametrize("wanted", [pytest.param(k, id=f"convention-{k}") for k in range(4)])
def test_every_convention_for_the_multipliers_is_a_dual_of_the_same_worlds(wanted):
    item = ITEMS["3.i.function"]
    formulas = [item["answer"], *item["also"]]
    values = evaluated({f"answer.{k}": text for k, text in enumerate(formulas)}, WORLDS["dual"], 1)
    # Under its own convention each dual is the plain one: the multipliers are renamed, nothing else.
    mine = values[f"answer.{wanted}/solved.{wanted}/value"]
    plain = values["answer.0/solved.0/value"]
    if wanted < 2:
        np.testing.assert_allclose(mine, plain, rtol=1e-9, atol=1e-9)
    else:
        assert np.isfinite(mine).all()
        assert not np.allclose(mine, plain)


def test_every_part_of_the_homework_has_an_item():
    parts = [f"1.{c}" for c in "abcdefgh"] + [f"2.{c}" for c in "abcde"]
    parts += [f"3.{c}" for c in "abcdefghij"] + [f"4.{c}" for c in "abcdef"]
    asked = {".".join(name.split(".")[:2]) for name in ITEMS}
    assert asked == set(parts)
    assert {item["kind"] for item in ITEMS.values()} <= set(KINDS)
    assert all(item["hint"] for item in ITEMS.values())


def test_every_solution_of_the_rubric_is_read_line_by_line():
    for item in ITEMS.values():
        if "solution" not in item:
            continue
        lines = cases(under("line", observed_answer(item["solution"], WORLDS[item["world"]], 2)))
        assert lines
        assert [str(line["text"]) for line in lines.values() if str(line["why"])] == []
