"""Kind `expression`: a final formula is right by its value, perhaps up to a constant or a factor."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from grader.checks.expression import Expression
from grader.maths import evaluated, judged, matches, observed_answer
from grader.model import Expected, Observation
from grader.values import under

ROOT = Path(__file__).parents[1]
WORLDS = yaml.safe_load((ROOT / "rubrics" / "vae_gan_duality.yaml").read_text())["worlds"]
GAUSSIAN = {
    "spaces": {"x": "data 3 vector 2", "z": 4},
    "functions": {"f(z)": "vector 2"},
    "scalars": {"\\sigma": 0.83, "D": 2, "C": "positive"},
}
SQUARE = r"\frac{1}{2\sigma^2}\|x-f(z)\|^2"


def outcome(check, text):
    values = observed_answer(text, check.world, 7)
    expected = evaluated(check.told(reference=True)["formulas"], check.world, 7)
    return check.compare(Expected({}, expected), Observation("ok", values))


def test_an_answer_is_right_in_any_form():
    check = Expression(GAUSSIAN, SQUARE)
    assert outcome(check, r"$$\frac{(x-f(z))^\top(x-f(z))}{2\sigma^2}$$").credit == 1


@pytest.mark.parametrize(
    ("up_to", "answer", "credit"),
    [
        pytest.param("", SQUARE + r"+\frac D2\log(2\pi\sigma^2)", 0, id="a-constant-counts-where-none-may-be-dropped"),
        pytest.param("constant", SQUARE + r"+\frac D2\log(2\pi\sigma^2)", 1, id="a-constant-may-be-added"),
        pytest.param("constant", SQUARE + r"-\pi", 1, id="any-constant-may-be-added"),
        pytest.param("constant", SQUARE + "+C", 0, id="what-changes-with-the-world-is-no-constant"),
        pytest.param("constant", SQUARE + r"+\|f(z)\|", 0, id="a-function-is-no-constant"),
        pytest.param("constant", r"\frac{1}{\sigma^2}\|x-f(z)\|^2", 0, id="a-factor-is-no-constant"),
        pytest.param("constant", "-" + SQUARE, 0, id="a-sign-is-no-constant"),
        pytest.param("factor", r"\|x-f(z)\|^2", 1, id="a-factor-may-be-dropped"),
        pytest.param("factor", r"3\|x-f(z)\|^2", 1, id="any-factor-may-be-there"),
        pytest.param("factor", r"-\|x-f(z)\|^2", 0, id="a-negative-factor-turns-the-minimum-into-a-maximum"),
        pytest.param("factor", r"C\|x-f(z)\|^2", 0, id="what-changes-with-the-world-is-no-factor"),
        pytest.param("factor", SQUARE + "+1", 0, id="a-constant-is-no-factor"),
        pytest.param("factor", r"\|x-f(z)\|", 0, id="a-root-is-no-factor"),
    ],
)
def test_what_may_differ_is_one_number_in_all_worlds(up_to, answer, credit):
    assert outcome(Expression(GAUSSIAN, SQUARE, up_to=up_to), f"$${answer}$$").credit == credit


def test_a_number_as_an_answer_up_to_a_constant_is_the_courses_mistake():
    (problem,) = Expression(GAUSSIAN, r"\frac D2\log(2\pi\sigma^2)", up_to="constant").problems()
    what = "`up_to`: it is one number in all worlds, so that up to a constant any would do"
    assert problem == ("answer", what)


def test_nan_matches_no_formula_up_to_a_constant():
    nothing = {"free/value": np.full(6, np.nan), "free/axes": np.array("")}
    some = {"free/value": np.arange(6.0), "free/axes": np.array("")}
    assert not matches(nothing, some, "constant")
    assert not matches(some, nothing, "factor")


def test_infinity_matches_no_number_up_to_a_factor():
    endless = {"free/value": np.full(6, np.inf), "free/axes": np.array("")}
    some = {"free/value": np.arange(1.0, 7.0), "free/axes": np.array("")}
    assert not matches(endless, some, "factor")
    assert not matches(endless, some, "constant")


GAN = WORLDS["gan"]
COST = r"-\sum_x\log D_w(x)-\sum_z\log(1-D_w(G_\theta(z)))"


@pytest.mark.parametrize(
    ("text", "credit", "note"),
    [
        pytest.param(rf"$$\max_\theta\min_w {COST}$$", 1, "", id="as-asked"),
        pytest.param(
            r"$$\min_\theta\max_w\sum_x\log D_w(x)+\sum_z\log(1-D_w(G_\theta(z)))$$", 1, "", id="max-of-minus"
        ),
        pytest.param(rf"$$\min_w\max_\theta {COST}$$", 0, "extrema", id="order-of-the-players-exchanged"),
        pytest.param(rf"$$\min_\theta\max_w {COST}$$", 0, "extrema", id="players-exchanged"),
        pytest.param(rf"$${COST}$$", 0, "extrema", id="no-players"),
        pytest.param(
            rf"$$\max_\theta\min_w {COST}$$ with the sigmoid $D_w$ and $z\sim p_z$.", 1, "", id="names-in-a-sentence"
        ),
        pytest.param(
            rf"$$\max_\theta\min_w {COST}$$ or $$\max_\theta\min_w\sum_x\log D_w(x)$$",
            None,
            "goes_on",
            id="two-answers",
        ),
        pytest.param("no formula at all", None, "undecided", id="nothing"),
        pytest.param(r"$$\max_\theta\min_w \sum_x Q(x)$$", None, "undecided", id="strange-name"),
    ],
)
def test_a_programme_is_its_extrema_in_order_and_what_stands_behind_them(text, credit, note):
    seen = outcome(Expression(GAN, rf"\max_\theta\min_w {COST}"), text)
    assert (seen.credit, seen.note) == (credit, note)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param(
            rf"$$\min_w\max_\theta {COST}$$",
            "the formula does not have the right value: the maxima and minima before it are not those that are asked for",
            id="extrema",
        ),
        pytest.param(rf"$$\max_\theta\min_w {COST}$$", "the formula has the right value", id="right"),
        pytest.param("no formula at all", "A person decides: no formula was found.", id="nothing"),
        pytest.param(
            rf"$$\max_\theta\min_w {COST}$$ or $$\max_\theta\min_w\sum_x\log D_w(x)$$",
            "A person decides: a right formula is there, but the answer goes on.",
            id="goes-on",
        ),
        pytest.param(
            r"$$\max_\theta\min_w \sum_x Q(x)$$",
            "A person decides: a formula could not be evaluated.",
            id="strange-name",
        ),
    ],
)
def test_what_a_student_hears(text, sentence):
    assert outcome(Expression(GAN, rf"\max_\theta\min_w {COST}"), text).sentence == sentence


DUAL = WORLDS["dual"]
H = r"\lambda\log(-\lambda)-(1+\lambda)\log(1+\lambda)"


def dual_of(text):
    answer = H.replace(r"\lambda", r"\lambda_x")
    return outcome(Expression(DUAL, rf"\sum_x({answer})"), text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(rf"$$g(\lambda)=\sum_x h(\lambda_x)$$ with $h(\lambda)={H}$", id="told-below"),
        pytest.param(rf"Let $h(\lambda)={H}$. $$\sum_x h(\lambda_x)$$", id="told-above"),
        pytest.param(r"$h(t)=t\log(-t)-(1+t)\log(1+t)$ $$g=\sum_x h(\lambda_x)$$", id="another-letter"),
        pytest.param(r"$H(t)=t\log(-t)-(1+t)\log(1+t)$ $$g=\sum_x H(\lambda_x)$$", id="a-letter-that-means-entropy"),
        pytest.param(
            rf"$$g(\lambda)=\sum_x h(\lambda_x),\quad h(\lambda)={H}$$ $$\max_\lambda g(\lambda)$$", id="and-max"
        ),
        pytest.param(rf"$$\sum_x h(\lambda_x),\quad h(\lambda)={H},\quad -1\le\lambda_x\le0$$", id="and-its-domain"),
    ],
)
def test_a_function_of_the_students_own_means_what_he_says(text):
    assert dual_of(text).credit == 1


def test_a_function_of_the_students_own_may_be_wrong():
    assert dual_of(r"$$g(\lambda)=\sum_x h(\lambda_x)$$ with $h(\lambda)=\lambda\log(-\lambda)$").credit == 0


def verdicts(world, text):
    return [claim.verdict for claim in judged(observed_answer(f"$${text}$$", world, 3))]


SOFT = r"\log(1+e^{a^\top b})"
SLOPE = r"\frac{e^{a^\top b}}{1+e^{a^\top b}}"
BEND = r"\frac{e^{a^\top b}}{(1+e^{a^\top b})^2}"


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        pytest.param(rf"\frac{{\partial}}{{\partial a_i}}{SOFT}={SLOPE}b_i", "holds", id="one-entry"),
        pytest.param(rf"\frac{{\partial}}{{\partial a_i}}{SOFT}={SLOPE}a_i", "fails", id="one-entry-wrong"),
        pytest.param(rf"\frac{{\partial^2}}{{\partial a_i\partial a_j}}{SOFT}={BEND}b_ib_j", "holds", id="two-entries"),
        pytest.param(
            rf"\frac{{\partial^2}}{{\partial a_i\partial a_j}}{SOFT}={SLOPE}b_ib_j", "fails", id="two-entries-wrong"
        ),
        pytest.param(rf"\frac{{\partial^2}}{{\partial a_i^2}}{SOFT}={BEND}b_i^2", "holds", id="one-entry-twice"),
        pytest.param(rf"\frac{{\partial^2 f(a)}}{{\partial a\,\partial a^\top}}={BEND}bb^\top", "holds", id="by-a-row"),
        pytest.param(r"\frac{\partial}{\partial t}\frac{\partial}{\partial t}t^3=6t", "holds", id="one-within-another"),
        pytest.param(
            r"\frac{\partial}{\partial t}\frac{\partial}{\partial t}t^3=3t", "fails", id="one-within-another-wrong"
        ),
        pytest.param(rf"\nabla_a^2{SOFT}\succeq0", "holds", id="semidefinite"),
        pytest.param(r"-bb^\top\succeq0", "fails", id="not-semidefinite"),
        pytest.param(r"-bb^\top\preceq0", "holds", id="negative-semidefinite"),
    ],
)
def test_derivatives_by_entries_of_vectors_and_of_derivatives(claim, verdict):
    assert verdicts(WORLDS["hessian"], claim) == [verdict]


def test_a_comparison_behind_the_answer_leaves_it_the_answer():
    check = Expression(WORLDS["hessian"], BEND)
    assert outcome(check, rf"$$\frac{{d^2}}{{dt^2}}\log(1+e^t)=\frac{{e^t}}{{(1+e^t)^2}}$$ $${BEND}>0$$").credit == 1


def test_a_minimum_over_a_formal_name_is_only_written():
    cost = r"\sum_x\log(1+e^{w^\top x})+\frac C2\|w\|^2"
    values = observed_answer(rf"$$\min_w {cost}$$", WORLDS["logistic"], 1)
    assert str(values["side/0/programme"]) == "min"
    assert str(observed_answer(r"$$\min_w\frac C2\|w\|^2-w^\top b$$", WORLDS["least_w"], 1)["side/0/programme"]) == ""


def test_a_reading_that_only_renames_what_is_defined_is_not_taken():
    values = observed_answer(r"$$g=\sum_x\lambda_x$$", DUAL, 1)
    assert str(values["line/0/read_as"]) == ""
    assert [claim.verdict for claim in judged(values)] == ["defines"]


def test_a_multiplier_with_the_other_sign_is_compared_where_its_logarithm_has_a_value():
    told = evaluated({"a": r"\sum_x\log\lambda_x", "b": r"\sum_x\log(-\lambda_x)"}, DUAL, 1)
    side = under("side/0", observed_answer(r"$$\sum_x\log\lambda_x$$", DUAL, 1))
    assert matches(side, under("a", told))
    assert not matches(side, under("b", told))


def test_a_constant_that_is_left_open_does_not_make_every_equation_hold():
    text = r"$$\|f(z)\|^2=3\|f(z)\|^2+k$$"
    assert outcome(Expression(GAUSSIAN, r"\|f(z)\|^2"), text).credit is None
    (claim,) = judged(observed_answer(text, GAUSSIAN, 3))
    assert (claim.verdict, claim.why) == ("undecided", "`k` is no name of this question")


def test_a_sample_with_two_indices_is_left_to_a_person():
    values = observed_answer(r"$$\sum_{m=1}^M\log p(x_i|z_i^{(m)})$$", WORLDS["data_set"], 3)
    assert str(values["side/0/why"]) == "`z` has too many indices"
