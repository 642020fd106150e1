"""How the slip in a wrong step is found: all repairs of a place at once, and what stands in the sides around it."""

from dataclasses import replace

import numpy as np
import pytest

from grader.checks.expression import Expression
from grader.maths import evaluated, judged, likely, observed_answer
from grader.maths.answer import room
from grader.maths.choices import CHOICE, Choices
from grader.maths.evaluate import RULES
from grader.maths.fragments import about, possible
from grader.maths.read import read
from grader.maths.repairs import batches, repaired
from grader.maths.scope import Budget, Memory, Scope
from grader.maths.slips import places
from grader.maths.tree import Number
from grader.maths.verdicts import Candidate, first_three
from grader.values import under

VAE = {
    "spaces": {"x": 3, "z": 4},
    "joint": {"p": ["x", "z"]},
    "densities": {"q(z|x)": "free"},
    "silent": ["\\theta", "\\phi"],
}
NORMAL = {
    "spaces": {"x": 1, "z": "line"},
    "densities": {"q(z|x)": r"\mathcal{N}(z; \mu_q, \sigma^2)", "p(z)": r"\mathcal{N}(z; \mu_p, \sigma^2)"},
    "scalars": {r"\mu_q": "real", r"\mu_p": "real", r"\sigma": "positive"},
}
CONJUGATE = {
    "scalars": {"u": "ray", "t": "line"},
    "definitions": {"f(u)": r"u\log u", "f^*(t)": "e^{t-1}"},
    "unknowns": [{"u": "e^{t-1}"}],
}
LINEAR = {"vectors": {"w": 3, "b": 3}, "matrices": {"S": 3}, "scalars": {"C": "positive"}}
GAME = {
    "spaces": {"x": 4, "z": 5},
    "densities": {"p_{data}(x)": "free", "p_z(z)": "free"},
    "functions": {"D(x)": "probability", "G(z)": "to x"},
    "pushforward": {"p_G": "p_z by G"},
    "unknowns": [{"D(x)": r"\frac{p_{data}(x)}{p_{data}(x)+p_G(x)}"}],
}
LAGRANGE = {
    "spaces": {"x": 3, "z": 4},
    "joint": {"p": ["x", "z"]},
    "densities": {"q(z|x)": "free"},
    "scalars": {r"\lambda": "real"},
    "unknowns": [{"q(z|x)": "p(z|x)", r"\lambda": r"1 - \log p(x)"}],
}


def named(text, world):
    claim = judged(observed_answer(text, world, 1))[-1]
    assert claim.verdict == "fails", text
    return (claim.note, *claim.others)


# --- many trees at once


@pytest.mark.parametrize(
    ("formula", "world"),
    [
        pytest.param(r"\sum_z q(z|x) \log\frac{p(x,z)}{q(z|x)}", VAE, id="sums"),
        pytest.param(r"\int q(z|x) \frac{(z-\mu_p)^2}{2\sigma^2} dz", NORMAL, id="line"),
        pytest.param(r"\sup_u (u t - u \log u)", CONJUGATE, id="supremum"),
        pytest.param(r"w^\top S b + \frac{C}{2} \|w\|^2", LINEAR, id="vectors"),
        pytest.param(r"\frac{\partial}{\partial D(x)} \int p_{data}(x) \log D(x) dx", GAME, id="derivative"),
    ],
)
def test_repairs_evaluated_at_once_have_the_values_that_they_have_alone(formula, world):
    space = room(world, 1)
    scope = replace(space.scope("free"), memory=None, budget=None)
    node = read(formula, space.told.notation())
    compared = 0
    for slip, value in repaired(node, (), scope):
        alone = scope.value_or_none(slip.node)
        if (
            alone is not None
            and not alone.matrix
            and set(alone.axes) <= set(value.axes)
            and np.isfinite(alone.array).all()
        ):
            np.testing.assert_allclose(value.array, np.broadcast_to(alone.on(value.axes), value.array.shape), rtol=1e-6)
            compared += 1
    assert compared > 20


def test_choice_without_a_value_spoils_no_other():
    space = room(VAE, 1)
    notation = space.told.notation()
    good, bad = read(r"\log q(z|x)", notation), read("q(x|z)", notation)
    value = space.scope("free").value(Choices((good, bad, good), (1, 1, 1)))
    first, second, third = np.moveaxis(value.on((CHOICE, "z", "x")), 1, 0)
    assert np.isnan(second).all()
    assert np.array_equal(first, third)
    assert np.array_equal(first, space.scope("free").value(good).on(("z", "x")))


def test_every_value_of_a_side_is_a_place_of_its_own_and_a_name_is_none():
    node = read(r"\mathbb{E}_{q(z|x)}[\log p(x|z)]", room(VAE, 1).told.notation())
    own = [type(place.part).__name__ for place in places(node) if place.within is None]
    assert own == ["Expectation", "Function", "Apply"]


def test_looking_for_repairs_ends_with_the_budget():
    space = room(NORMAL, 1)
    node = read(r"\int q(z|x) \frac{(z-\mu_p)^2}{2\sigma^2} dz", space.told.notation())
    every = sum(1 for _ in repaired(node, (), replace(space.scope("free"), budget=Budget(100_000_000))))
    few = sum(1 for _ in repaired(node, (), replace(space.scope("free"), budget=Budget(2_000_000))))
    assert 0 < few < every


def test_batches_hold_no_more_than_is_asked_for():
    space = room(VAE, 1)
    node = read(r"\sum_z q(z|x) \log\frac{p(x,z)}{q(z|x)}", space.told.notation())
    found = list(batches(node, about(space.told, node, node), 10))
    assert max(batch.count for batch in found) <= 10
    assert sum(batch.count for batch in found) > 50


def test_value_is_found_once_for_trees_that_share_a_node():
    calls = []

    def counted(node, scope):
        calls.append(node)
        return RULES[Number](node, scope)

    shared = Number(2)
    scope = Scope(room(VAE, 1).scope("free").world, {**RULES, Number: counted}, memory=Memory())
    assert scope.value(shared) is scope.value(shared)
    assert len(calls) == 1


def test_memory_keeps_no_more_entries_than_it_has_room_for():
    scope = replace(room(VAE, 1).scope("free"), memory=Memory(room=0))
    node = Number(2)
    assert scope.value(node) is not scope.value(node)


# --- what was lost


@pytest.mark.parametrize(
    ("text", "world", "note"),
    [
        pytest.param(
            r"$$\log p(x) = \log \sum_z q(z|x) p(x,z)$$ $$\sum_z q(z|x) \log p(x|z) = \sum_z \log p(x|z)$$",
            VAE,
            "weight",
            id="weight",
        ),
        pytest.param(
            r"$$\mathbb{E}_{q(z|x)}[\log\frac{p(x|z)p(z)}{q(z|x)}] = \mathbb{E}_{q(z|x)}[\log (p(x|z)p(z))]$$",
            VAE,
            "denominator",
            id="denominator-in-a-logarithm",
        ),
        pytest.param(r"$$p(x,z) = p(x|z)$$", VAE, "missing_factor", id="density"),
        pytest.param(
            r"$$\int q(z|x) ((z-\mu_p)^2 - (z-\mu_q)^2) dz = \int q(z|x) (2z + \mu_p^2 - \mu_q^2) dz$$",
            NORMAL,
            "missing_factor",
            id="difference-of-two-means",
        ),
        pytest.param(
            r"$$KL(q(z|x)\|p(z)) = \int q(z|x) \frac{-(z-\mu_q)^2}{2\sigma^2} dz$$", NORMAL, "missing_term", id="term"
        ),
        pytest.param(r"$$D(x) = p_{data}(x)$$", GAME, "denominator", id="sum-of-two-densities-below"),
        pytest.param(r"$$f^*(t) = \sup_u u t$$", CONJUGATE, "missing_term", id="term-in-a-supremum"),
        pytest.param(
            r"$$\nabla_w (\frac{C}{2}\|w\|^2 - w^\top b) = C w$$", LINEAR, "missing_term", id="vector-in-a-gradient"
        ),
        pytest.param(
            r"$$\log \sum_z q(z|x)\frac{p(x,z)}{q(z|x)} \ge q(z|x) \log\frac{p(x,z)}{q(z|x)}$$", VAE, "sum", id="sum"
        ),
        pytest.param(
            r"$$p(z|x) = \frac{p(x|z)p(z)}{\sum_{z'} p(x|z')}$$", VAE, "weight", id="density-of-a-primed-variable"
        ),
    ],
)
def test_what_a_side_lost_is_found_in_those_around_it(text, world, note):
    assert note in named(text, world)


def test_what_a_side_lost_is_found_in_the_line_before():
    world = {"scalars": {"a": "positive", "b": "positive", "c": "positive"}}
    text = r"$$a + \frac{b^2 c}{1 + b} = \frac{a (1 + b) + b^2 c}{1 + b}$$ $$a + a b = a$$"
    assert "missing_term" in named(text, world)


def test_the_other_side_as_a_whole_is_not_what_is_missing():
    claim = judged(observed_answer(r"$$\sum_z q(z|x) \log p(x|z) = 0$$", VAE, 1))[-1]
    assert claim.verdict == "fails"
    assert "further term" not in claim.slip


def test_repair_that_holds_only_because_an_unknown_is_solved_for_comes_last():
    world = LINEAR | {"unknowns": [{"w": r"\frac{1}{C} b"}]}
    text = r"$$\min_w \frac{C}{2}\|w\|^2 - w^\top b = -\frac{C}{2}\|b\|^2$$"
    claim = judged(observed_answer(text, world, 1))[-1]
    assert claim.slip == "the right side is off by the factor C²"
    assert claim.others[-1] == "other_name"


def test_what_the_homework_talks_about_is_tried_too():
    told = room(GAME, 1).told
    side, beside = (read(text, told.notation()) for text in ("p_{data}(x)", "D(x)"))
    tried = [node for _, node in possible(told, side, beside)]
    assert read("p_{data}(x) + p_G(x)", told.notation()) in tried


def test_plainest_things_are_tried_first():
    told = room(VAE, 1).told
    side, beside = (read(text, told.notation()) for text in (r"\log p(x)", r"\sum_z q(z|x) \log\frac{p(x,z)}{q(z|x)}"))
    costs = [cost for cost, _ in possible(told, side, beside)]
    assert costs == sorted(costs)


def test_slips_of_one_kind_leave_room_for_others():
    found = first_three([Candidate(1, "sign", "a"), Candidate(1, "sign", "b"), Candidate(3, "upside_down", "c")])
    assert [candidate.note for candidate in found] == ["sign", "upside_down", "sign"]


# --- what a name says


def test_what_a_density_given_something_is_says_nothing_of_it_alone():
    text = r"$$\sum_z q(z) = 1$$"
    claim = judged(observed_answer(text, LAGRANGE, 1))[-1]
    assert claim.verdict == "undecided"
    assert claim.why == "`q` is not declared with (z); it would hold with q(z|x) for q(z)"


def test_final_answer_that_lost_its_sum_over_an_index_is_told_so():
    # The variants of the reference were sent on axes named x_i, the student's value on x: none of them ever fitted.
    world = {
        "spaces": {"x": "data 3", "z": 4},
        "joint": {"p": ["x", "z"]},
        "indices": {"i": 3, "m": 3},
        "scalars": {"M": 3},
    }
    check = Expression(world, r"\frac1M \sum_{m=1}^M \log p(x_i|z_m)")
    formulas = check.told(reference=True)["formulas"]
    expected = evaluated(formulas, world, 1, slips=formulas)
    observed = observed_answer(r"$$\frac1M \log p(x_i|z_m)$$", world, 1)
    side = under(f"side/{int(observed['ends'][-1])}", observed)
    found = likely(side, [under(name, expected) for name in formulas])
    assert "it is the right formula without the sum" in [candidate.said for candidate in found]
