"""What a derivation must arrive at, a formula or a relation; what counts as a step; and what a course may ask of both."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from soon import soon

from grader.checks.code import Code, Unread
from grader.checks.derivation import Derivation, Milestone, Weights
from grader.checks.expression import Expression
from grader.checks.number import Number, read_number
from grader.maths import judged, observed_answer, statement
from grader.maths.said import Statement
from grader.model import Expected, Observation, Outcome, Table

NUMBERS = {"scalars": {"a": "real", "b": "real", "c": "positive"}, "definitions": {"s": "(a+b)^2"}}
"""Any a and b; (a − b)² ≥ 0, so that a² + b² ≥ 2ab."""
MEANS = replace(Derivation(NUMBERS, r"a^2+b^2\ge 2ab"), weights=Weights(steps=1, ends=1))
SQUARE = Derivation(NUMBERS, "a^2+2ab+b^2", weights=Weights(steps=1, ends=1))


def outcome(check, text: str) -> Outcome:
    code = Code({}, {check.part: text}, {})
    expected, values = (check.probe(code, check.told(reference=own) | {"seed": 7}, {}) for own in (True, False))
    return check.compare(Expected({}, expected), Observation("ok", values))


def shown(*formulas: str) -> str:
    return "\n\n".join(f"$${formula}$$" for formula in formulas)


# --- relations


@pytest.mark.parametrize(
    "formulas",
    [
        pytest.param([r"a^2+b^2\ge 2ab"], id="as-asked"),
        pytest.param([r"2ab\le a^2+b^2"], id="from-the-other-side"),
        pytest.param([r"-2ab\ge -a^2-b^2"], id="the-negative-of-both"),
        pytest.param([r"a^2-2ab+b^2=(a-b)^2\ge 0"], id="the-difference"),
        pytest.param([r"0\le (a-b)^2=a^2+b^2-2ab"], id="the-difference-from-below"),
        pytest.param([r"a^2+b^2\ge |a|^2+b^2-(|a|-|b|)^2", r"|a|^2+b^2-(|a|-|b|)^2=2|a||b|\ge 2ab"], id="in-two-steps"),
        pytest.param([r"M=a^2+b^2", r"M\ge 2ab"], id="under-a-name"),
        pytest.param([r"a^2+b^2>2ab-1", r"a^2+b^2\ge 2ab"], id="after-a-weaker-one"),
    ],
)
def test_an_inequality_is_said_in_any_form(formulas):
    assert outcome(MEANS, shown(*formulas)).credit == 1.0


@pytest.mark.parametrize(
    ("formulas", "arrives"),
    [
        pytest.param([r"a^2+b^2\le 2ab"], "no: the inequality points the wrong way", id="reversed"),
        pytest.param([r"2ab\ge a^2+b^2"], "no: the inequality points the wrong way", id="reversed-from-the-other-side"),
        pytest.param([r"a^2+b^2=2ab"], "no: an equality is written where only an inequality holds", id="equality"),
        pytest.param([r"a^2+b^2\ge 2ab-1"], "no", id="weaker"),
        pytest.param([r"a^2+b^2", "2ab"], "no", id="both-sides-without-a-relation"),
        pytest.param([r"a^2+b^2\ge 2ab+1\le 2ab+2"], "no", id="there-and-back"),
        pytest.param([r"a^2+b^2\ge 2ab=2a"], "no", id="on-the-way-to-a-wrong-end"),
    ],
)
def test_an_inequality_is_not_said_by_its_reverse_by_an_equality_or_by_a_weaker_one(formulas, arrives):
    (table,) = (one for one in outcome(MEANS, shown(*formulas)).evidence if isinstance(one, Table))
    assert table.rows[-1] == ("arrives where it must", arrives)


@pytest.mark.parametrize(
    ("ends", "formulas", "sentence"),
    [
        pytest.param(
            r"a^2+b^2\ge 2ab",
            [r"a^2+b^2\le 2ab"],
            "; the inequality points the wrong way",
            id="reversed",
        ),
        pytest.param(
            r"a^2+b^2\ge 2ab",
            ["a^2+b^2=2ab"],
            "; an equality is written where only an inequality holds",
            id="equality-for-inequality",
        ),
        pytest.param(
            "(a+b)^2=a^2+2ab+b^2",
            [r"(a+b)^2\ge a^2+2ab+b^2"],
            "what is shown holds, but an equality is asked for, and only an inequality is shown",
            id="inequality-for-equality",
        ),
        pytest.param(
            "a^2+2ab+b^2",
            [r"(a+b)^2\ge a^2+2ab+b^2"],
            "what is shown holds, but an equality is asked for, and only an inequality is shown",
            id="inequality-for-a-formula",
        ),
        pytest.param(
            "a^2+2ab+b^2",
            ["(a+b)^2+c=(a-b)^2+4ab+c", r"(a+b)^2+c\ge a^2+2ab+b^2"],
            "the one step that is shown does hold, but an equality is asked for, and only an inequality is shown",
            id="inequality-to-something-else",
        ),
        pytest.param(
            "a^2+2ab+b^2",
            ["s=(a+b)^2", "(a-b)^2=a^2-2ab+b^2"],
            "both steps hold, and it arrives where it must",
            id="the-square-is-a-form-of-the-end",
        ),
        pytest.param(
            "a^2+2ab+b^2",
            ["(a-b)^2=a^2-2ab+b^2", "s"],
            "the one step that is shown does hold, but it does not arrive at what is asked for: "
            "what is asked for is restated, and not worked out",
            id="a-name-for-the-end",
        ),
        pytest.param(
            "a^2+2ab+b^2",
            ["(a+b)^2=a^2+b^2", "(a+b)^2=a^2+2ab+b^2"],
            "A person decides: the answer ends in two ways that exclude each other.",
            id="two-ends",
        ),
        pytest.param(
            "a^2+2ab+b^2",
            ["(a+b)^2=a^2+2ab+b^2", "(a+b)^2=a^2+b^2"],
            "; the right end is there, and below it another one, which is wrong",
            id="two-ends-of-which-the-last-is-wrong",
        ),
        pytest.param(
            "a^2+2ab+b^2",
            ["a^2+2ab+b^2=b^2+2ab+a^2+c-c"],
            "the end is right, but no step is shown: both sides of what is claimed are the same but for their arrangement",
            id="rearranged",
        ),
        pytest.param(
            "a^2+2ab+b^2",
            ["(a-b)^2=a^2-2ab+b^2", "a^2+2ab+b^2"],
            "the one step that is shown does hold, but none of them has to do with what is asked for",
            id="beside-the-point",
        ),
        pytest.param(
            "a^2+2ab+b^2", ["a^2+2ab+b^2"], "the end is right, but no step is shown that could be checked", id="end-alone"
        ),
        pytest.param(
            "a^2+2ab+b^2", ["a+b"], "no step is shown that could be checked", id="another-formula-alone"
        ),
    ],
)  # fmt: skip
def test_what_a_student_hears_of_the_end(ends, formulas, sentence):
    assert outcome(replace(SQUARE, ends=ends), shown(*formulas)).sentence.endswith(sentence)


def test_two_bounds_are_an_equality():
    check = replace(SQUARE, ends="(a+b)^2=a^2+2ab+b^2")
    both = shown(r"(a+b)^2\ge a^2+2ab+b^2", r"(a+b)^2\le a^2+2ab+b^2")
    assert outcome(check, both).credit == 1.0
    assert outcome(SQUARE, both).credit == 1.0


def test_an_equality_must_be_said_and_not_only_its_last_side():
    check = replace(SQUARE, ends="(a+b)^2=a^2+2ab+b^2")
    assert outcome(check, shown("a^2+2ab+b^2")).credit == 0.0
    assert outcome(check, shown("a^2+2ab+b^2=(a+b)^2")).credit == 1.0


def test_one_of_several_relations_will_do():
    check = replace(SQUARE, ends=r"a^2+b^2\ge 2ab \text{ or } a^2+b^2\ge -2ab")
    assert outcome(check, shown(r"-2ab\le a^2+b^2")).credit == 1.0


def test_hundreds_of_sides_in_a_row_are_compared_in_little_time():
    text = shown("a^2+b^2" + "".join(rf"\ge 2ab-{k}" for k in range(290)))
    values = observed_answer(text, NUMBERS, 7, slips=False)
    expected = MEANS.probe(Code({}, {}, {}), MEANS.told(reference=True) | {"seed": 7}, {})
    with soon():
        assert MEANS.compare(Expected({}, expected), Observation("ok", values)).note == "does_not_arrive"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("a+b", Statement("a+b"), id="a-formula"),
        pytest.param(r"a \ge b", Statement("b", ">=", "a"), id="at-least"),
        pytest.param(r"a \leqslant b", Statement("b", "<=", "a"), id="at-most"),
        pytest.param("a < b", Statement("b", "<=", "a"), id="strict-as-weak"),
        pytest.param(r"a = \sum_{k=1}^n k", Statement(r"\sum_{k=1}^n k", "=", "a"), id="not-within-braces"),
        pytest.param(r"\mathbb{E}[x \ge 1]", Statement(r"\mathbb{E}[x \ge 1]"), id="not-within-brackets"),
        pytest.param(r"\left(a\right) = b", Statement("b", "=", r"\left(a\right)"), id="left-is-no-relation"),
    ],
)
def test_a_statement_is_divided_at_its_relation(text, found):
    assert statement(text) == found


# --- steps


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        pytest.param("a+b", "b+a", True, id="order-of-terms"),
        pytest.param("ab", r"b\cdot a", True, id="order-of-factors"),
        pytest.param("2(a+b)", r"\frac{4(b+a)}{2}", True, id="numbers"),
        pytest.param("a", "a+b-b", True, id="a-term-and-back"),
        pytest.param("a", r"\frac{ab}{b}", True, id="a-factor-and-back"),
        pytest.param("a", r"a e^0+\log 1", True, id="nothing-in-disguise"),
        pytest.param("(a+b)(a+b)", "(a+b)^2", True, id="a-power"),
        pytest.param(r"\log(a+b)", r"\log(b+a)", True, id="within"),
        pytest.param("(a+b)^2", "a^2+2ab+b^2", False, id="expanded"),
        pytest.param(r"\log(ab)", r"\log a+\log b", False, id="a-logarithm-divided"),
        pytest.param("s", "(a+b)^2", False, id="a-name-of-the-course"),
        pytest.param("X", "a+1", True, id="a-name-of-ones-own"),
        pytest.param("Y", "a+1", True, id="a-name-of-a-name"),
        pytest.param("X+X", "2a+2", True, id="a-sum-of-own-names"),
    ],
)  # fmt: skip
def test_what_is_only_arranged_in_another_way_has_the_same_form(left, right, same):
    text = shown("X=a+1", "Y=X", left, right)
    values = observed_answer(text, NUMBERS, 7, parts=False, slips=False)
    last = max(int(key.split("/")[1]) for key in values if key.endswith("/form"))
    assert (str(values[f"side/{last - 1}/form"]) == str(values[f"side/{last}/form"])) == same


def test_names_that_double_each_time_have_a_form_soon():
    names = [f"X_{{{k}}}" for k in range(40)]
    lines = [f"{names[0]}=a", *(rf"{new}={old}+\log({old})" for old, new in pairwise(names))]
    with soon():
        values = observed_answer(shown(*lines), NUMBERS, 7, parts=False, slips=False)
    assert "side/0/form" in values


def test_a_number_too_long_to_multiply_out_still_has_a_form():
    text = shown("a=" + r"\cdot ".join(["9" * 60] * 20))
    assert "side/1/form" in observed_answer(text, NUMBERS, 7, parts=False, slips=False)


STEPS = ["(a+b)^2=(a+b)a+(a+b)b", "(a+b)a+(a+b)b=a^2+ba+(a+b)b", "a^2+ba+(a+b)b=a^2+2ab+b^2"]


@pytest.mark.parametrize(
    ("least", "shown_steps", "credit"),
    [
        pytest.param(1, 1, 1.0, id="one-of-one"),
        pytest.param(3, 3, 1.0, id="three-of-three"),
        pytest.param(4, 3, 5 / 6, id="three-of-four"),
        pytest.param(3, 1, 0.5, id="one-alone-counts-nothing"),
    ],
)
def test_fewer_steps_than_are_asked_for_count_in_proportion(least, shown_steps, credit):
    check = replace(SQUARE, least_steps=least)
    found = outcome(check, shown(*(STEPS if shown_steps == 3 else ["(a+b)^2=a^2+2ab+b^2"])))
    assert found.credit == pytest.approx(credit, abs=1e-12)


def test_two_thirds_of_three_points_are_two():
    check = replace(SQUARE, weights=Weights(steps=1, ends=2))
    assert 3 * outcome(check, shown("a^2+2ab+b^2")).credit == 2.0


def test_too_few_steps_are_said():
    found = outcome(replace(SQUARE, least_steps=3), shown("(a+b)^2=a^2+2ab+b^2"))
    told = "the one step that is shown does hold and the end is right, but at least 3 different steps are asked for"
    assert (found.sentence, found.note) == (told, "too_few_steps")
    (table,) = (one for one in found.evidence if isinstance(one, Table))
    assert table.rows[-1] == ("different steps that hold, at least 3", "1")


def test_a_step_that_is_repeated_counts_once():
    check = replace(SQUARE, least_steps=3)
    once = outcome(check, shown("(a+b)^2=a^2+2ab+b^2"))
    assert outcome(check, shown(*["(a+b)^2=a^2+2ab+b^2", "a^2+2ab+b^2=(b+a)^2"] * 3)).credit == once.credit


def test_a_wrong_step_is_not_counted_as_missing_too():
    text = shown("(a+b)^2=(a+b)a+(a+b)b=a^2+b^2")
    assert outcome(replace(SQUARE, least_steps=2), text).credit == outcome(SQUARE, text).credit


def test_a_milestone_that_stands_in_the_end_says_nothing_of_the_way():
    check = replace(SQUARE, milestones=(Milestone("2ab", "the product"), Milestone("(a+b)a", "expands")))
    # Of four: the end, and the milestone in it. The step does not go the way that is to be gone.
    assert outcome(check, shown("(a+b)^2=a^2+2ab+b^2")).credit == 0.5


def test_a_milestone_is_not_reached_by_what_is_still_to_be_worked_out():
    check = replace(SQUARE, milestones=(Milestone("2a", "takes the derivative"),), ends="2ab")
    told = shown(r"b\frac{d}{da}a^2=2ab")
    assert [row[1] for row in outcome(check, told).evidence[1].rows] == ["not found", "yes"]
    assert outcome(check, told + shown(r"\frac{d}{da}a^2=2a")).credit == 1.0


def test_a_milestone_within_an_integral_over_the_line_is_found():
    world = {"spaces": {"z": "line"}, "scalars": {"m": "real"}, "densities": {"p(z)": r"\mathcal{N}(z; m, 1)"}}
    check = Derivation(world, "m^2+1", milestones=(Milestone("z^2", "the second moment"),))
    assert outcome(check, shown(r"\mathbb{E}_p[z^2]=m^2+1")).credit == 1.0
    assert outcome(check, shown(r"\mathbb{E}_p[z]^2+1=m^2+1")).note == "missing_milestone"


# --- what a course may ask


@pytest.mark.parametrize(
    ("check", "where", "what"),
    [
        pytest.param(
            Derivation(NUMBERS, r"a \ge b \ge c"),
            "ends",
            "`ends`: it has more than one relation; write its first side, its last, and what holds between them",
            id="two-relations",
        ),
        pytest.param(
            Derivation(NUMBERS, r"a^2+b^2\le 2ab"),
            "ends",
            r"`ends`: `a^2+b^2 \le 2ab` does not hold (in one world the left side is ",
            id="not-true",
        ),
        pytest.param(
            Derivation(NUMBERS, r"(a+b)^2\ge a^2+2ab+b^2"),
            "ends",
            r"`ends`: both sides of `(a+b)^2 \ge a^2+2ab+b^2` are equal in every world, which hides a wrong direction",
            id="no-direction",
        ),
        pytest.param(
            Derivation(NUMBERS, "a+b = b+a"), "ends", "`ends`: `a+b = b+a` would not be recognised in an answer", id="no-step"
        ),
        pytest.param(
            Derivation(NUMBERS, r"a^2+b^2\ge 2ab", solution=r"a^2+b^2\ge 2ab-1"),
            "solution",
            "`solution`: it does not arrive at `ends`",
            id="a-weaker-solution",
        ),
        pytest.param(
            Derivation(NUMBERS, "a^2+2ab+b^2", solution="(a-b)^2=a^2-2ab+b^2, s=(a+b)^2", milestones=()),
            None,
            None,
            id="a-right-solution",
        ),
        pytest.param(
            Derivation(NUMBERS, "a^2+2ab+b^2", solution=r"(a+b)^2\ge a^2+2ab+b^2"),
            "solution",
            "`solution`: it does not arrive at `ends`: only an inequality is shown where an equality is asked for",
            id="a-bound-for-a-solution",
        ),
        pytest.param(
            Derivation(NUMBERS, "a^2+2ab+b^2", solution=shown("(a-b)^2=a^2-2ab+b^2", "a^2+2ab+b^2")),
            "solution",
            "`solution`: none of its steps has to do with `ends` or a milestone",
            id="a-solution-beside-the-point",
        ),
        pytest.param(
            Derivation(NUMBERS, "a^2+2ab+b^2", solution="(a+b)^2=a^2+2ab+b^2", least_steps=2),
            "least_steps",
            "`least_steps`: the solution has 1 different steps, fewer than are asked for",
            id="more-steps-than-the-solution-has",
        ),
        pytest.param(
            Expression(NUMBERS, "a+b", without=("d",)), "without.0", "`without`: `d` is not declared in its world", id="no-name"
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_with_what_a_course_asks(check, where, what):
    found = list(check.problems())
    assert [place for place, _ in found] == ([where] if where else [])
    assert all(said.startswith(what) for _, said in found)


def test_a_number_of_steps_that_nobody_writes_is_refused():
    with pytest.raises(ValueError, match=r"\Aleast_steps must be from 1 to 50, got 0\Z"):
        Derivation(NUMBERS, "a", least_steps=0)


# --- formulas and numbers as answers


@pytest.mark.parametrize(
    ("check", "text", "sentence"),
    [
        pytest.param(
            Expression(NUMBERS, "2ab"),
            r"b\frac{d}{da}a^2",
            "the formula has the right value, but a derivative or limit is still to be worked out",
            id="derivative",
        ),
        pytest.param(
            Expression(NUMBERS, "a^2+2ab+b^2"),
            "s",
            "the formula has the right value, but what its name stands for is still to be worked out",
            id="name",
        ),
        pytest.param(
            Expression(NUMBERS, "a^2+2ab+b^2", without=("s",)),
            "1+s-1",
            "the formula has the right value, but `s` must not occur in it",
            id="without",
        ),
        pytest.param(
            Expression(NUMBERS, "a^2+2ab+b^2", without=("s",)),
            r"X \quad X=s+1-1",
            "the formula has the right value, but `s` must not occur in it",
            id="without-under-a-name",
        ),
        pytest.param(Expression(NUMBERS, "s"), "s", "the formula has the right value", id="a-name-that-is-asked-for"),
        pytest.param(
            Expression(NUMBERS, "a+b"),
            r"a-b,\ a+b",
            "A person decides: the answer offers more than one formula, of which not all are right.",
            id="a-list",
        ),
    ],
)
def test_what_a_student_hears_of_a_formula(check, text, sentence):
    assert outcome(check, shown(text)).sentence == sentence


def test_what_a_number_is_of_is_said_beside_it():
    check = Number("1/2", of="D*(x) where p_G = p_data")
    found = check.compare(Expected({}, {}), Observation("ok", {"value": np.array(0.7)}))
    assert found.sentence == "D*(x) where p_G = p_data was read as 0.7, which is not right"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("0.7 = 0.5", "the answer says that 0.7 is 0.5", id="two-numbers"),
        pytest.param(r"$D = 1 = \frac12$", "the answer says that 1 is 0.5", id="in-a-formula"),
        pytest.param("0 or infinity", "the answer contains more than one number: 0, inf", id="zero-or-infinity"),
    ],
)
def test_two_numbers_that_are_said_to_be_equal_are_read_by_a_person(text, why):
    with pytest.raises(Unread, match=why):
        read_number(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param(r"$\log 4 \approx 1.4$", np.log(4), id="rounded"),
        pytest.param(r"$\frac24=\frac12=0.5$", 0.5, id="equal"),
        pytest.param(r"$0.333 = 1/3$", 1 / 3, id="nearly"),
        pytest.param(r"$0+0=0$", 0.0, id="zero"),
    ],
)
def test_a_chain_of_equal_numbers_is_one_number(text, value):
    assert read_number(text) == pytest.approx(value)


@pytest.mark.parametrize("text", [r"$\frac.5$", r"$\frac1.5$"])
def test_a_point_is_no_part_of_a_fraction(text):
    with pytest.raises(Unread, match="a fraction lacks its numerator or denominator"):
        read_number(text)


# --- what the homework does not declare, and inequalities that are too strong

PAIR = {"spaces": {"x": 1, "z": "line"}, "scalars": {"m": "real", "k": "real", "s": "positive"}}
PAIR |= {"densities": {"q(z|x)": r"\mathcal{N}(z; m, s^2)", "p(z)": r"\mathcal{N}(z; k, s^2)"}}
KL_OF_PAIR = replace(Derivation(PAIR, r"\frac{(m-k)^2}{2s^2}"), weights=Weights(steps=1, ends=2))


def test_a_density_of_other_variables_is_a_persons_however_it_ends():
    """A step with q(x|z) in it, where there is but q(z|x), once got full credit, for the rest was right."""
    log = r"\frac{(z-k)^2-(z-m)^2}{2s^2}"
    steps = [rf"KL(q(z|x),p(z))=\int q(z|x){log}dz", rf"=\int q(x|z){log}dz", r"=\frac{(m-k)^2}{2s^2}"]
    found = outcome(KL_OF_PAIR, shown(*steps))
    told = "A person decides: line 2: `q` is not declared with (x | z); it would hold with q(z|x) for q(x|z); 1 step holds."
    assert (found.credit, found.sentence, found.note) == (None, told, "undecided")
    steps[1] = rf"=\int q(z|x){log}dz+0"
    assert outcome(KL_OF_PAIR, shown(*steps)).credit == 1.0


FREE = {"spaces": {"x": 3, "z": 4}, "joint": {"p": ["x", "z"]}, "densities": {"q(z|x)": "free"}}
PUSHED = {
    "spaces": {"x": 4, "z": 5},
    "densities": {"p_z(z)": "free", "r(x)": "free"},
    "pushforward": {"p_G": "p_z by G"},
}
PUSHED |= {"functions": {"G(z)": "to x", "D(x)": "probability", "T(x)": "real"}}
SUPPORTS = {"spaces": {"x": 5}, "densities": {"p(x)": "free", "q(x)": "free"}, "disjoint": ["p", "q"]}
VECTORS = {"vectors": {"w": 3, "b": 3}, "scalars": {"C": "positive"}}


@pytest.mark.parametrize(
    ("world", "formula", "holds"),
    [
        pytest.param(FREE, "KL(q(z|x),p(z))>0", False, id="to-a-prior"),
        pytest.param(FREE, "-KL(q(z|x),p(z|x))<0", False, id="to-a-conditional"),
        pytest.param(FREE, r"\log p(x)>\sum_z q(z|x)\log\frac{p(x,z)}{q(z|x)}", False, id="jensen"),
        pytest.param(FREE, r"\log p(x)\ge\sum_z q(z|x)\log\frac{p(x,z)}{q(z|x)}", True, id="jensen-weakly"),
        pytest.param(FREE, "p(x)>0", True, id="a-density"),
        pytest.param(PAIR, r"KL(q(z|x),p(z))>0", False, id="given-by-formulas"),
        pytest.param(PAIR, r"p(z)>0", True, id="a-gaussian-and-its-tails"),
        pytest.param(PUSHED, "JSD(r,p_G)>0", False, id="pushed"),
        pytest.param(PUSHED, r"KL(r,p_G)>\mathbb{E}_r[T]-\log\mathbb{E}_{p_G}[e^T]", False, id="a-constant-function"),
        pytest.param(PUSHED, "1-D(x)>0", True, id="a-probability"),
        pytest.param(SUPPORTS, "KL(p,q)>0", True, id="never-equal"),
        pytest.param(VECTORS, r"\|w\|^2+\|b\|^2>2w^\top b", False, id="vectors"),
        pytest.param(NUMBERS, "a^2+b^2>2ab", False, id="numbers"),
        pytest.param(NUMBERS, "a^2+b^2>2ab-c", True, id="never-met"),
    ],
)
def test_a_strict_inequality_is_refused_where_both_sides_can_be_equal(world, formula, holds):
    (claim,) = judged(observed_answer(shown(formula), world, 7))
    assert (claim.verdict == "holds") == holds
    if not holds:
        signs = ("≥", ">") if ">" in formula else ("≤", "<")
        assert claim.slip == "it holds with {} for {}, for both sides can be equal".format(*signs)
        assert claim.at is not None
        assert len({*claim.at}) == 1


def test_what_a_student_says_of_every_index_is_kept_to_its_index():
    told = {"spaces": {"x": 3}, "functions": {"f(x)": "real"}, "indices": {"i": 3, "j": 3}}
    text = shown(
        "g_i(x)=i f(x)",
        r"\sum_{i=1}^3 g_i(x)=6f(x)",
        r"\sum_{j=1}^2 g_j(x)=3f(x)",
        r"\sum_j g_j(x)=5f(x)",
        "f_i(x)=f(x)",
    )
    verdicts = [(claim.verdict, claim.why) for claim in judged(observed_answer(text, told, 7))]
    wanted = [
        ("defines", "g"),
        ("holds", ""),
        ("holds", ""),
        ("fails", ""),
        ("undecided", "`f` is not declared with an index"),
    ]
    assert verdicts == wanted


def test_what_is_only_proportional_is_a_persons():
    found = outcome(SQUARE, shown(r"a^2+2ab+b^2+c\propto (a+b)^2+c"))
    told = "A person decides: line 1 leaves a factor open, and nothing else is claimed."
    assert (found.credit, found.sentence, found.note) == (None, told, "undecided")
    further = outcome(SQUARE, shown(r"a\propto 2a", "(a-b)^2=a^2-2ab+b^2"))
    assert further.credit == 0.0
