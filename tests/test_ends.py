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
from grader.maths import observed_answer, statement
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
            "the one step that is shown does hold, but an equality is asked for, and only an inequality is shown",
            id="inequality-for-equality",
        ),
        pytest.param(
            "a^2+2ab+b^2",
            [r"(a+b)^2\ge a^2+2ab+b^2"],
            "the one step that is shown does hold, but an equality is asked for, and only an inequality is shown",
            id="inequality-for-a-formula",
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
            ["(a+b)^2=a^2+2ab+b^2", "(a+b)^2=a^2+b^2"],
            "A person decides: the answer ends in two ways that exclude each other.",
            id="two-ends",
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
        pytest.param(4, 3, 0.833333, id="three-of-four"),
        pytest.param(3, 1, 0.5, id="one-alone-counts-nothing"),
    ],
)
def test_fewer_steps_than_are_asked_for_count_in_proportion(least, shown_steps, credit):
    check = replace(SQUARE, least_steps=least)
    found = outcome(check, shown(*(STEPS if shown_steps == 3 else ["(a+b)^2=a^2+2ab+b^2"])))
    assert found.credit == credit


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
