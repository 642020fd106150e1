"""Formulas in groups: what has the same value is decided once, however it is written, and nothing else is."""

from dataclasses import replace

import numpy as np
import pytest

from grader.checks.alike import alike
from grader.checks.code import Code
from grader.checks.derivation import Derivation
from grader.checks.expression import Expression
from grader.decisions import fold, saw
from grader.model import Expected, Grade, Item, Observation, Outcome, Question, Rubric
from grader.review.desk import Now, people
from grader.review.groups import Choice, cases_of, grouped
from grader.review.views import Draft, Frame, Viewer, group_page
from grader.store import Store

WORLD = {"scalars": {"a": "real", "b": "positive"}, "spaces": {"x": 5}, "densities": {"p(x)": "free", "q(x)": "free"}}
RIGHT = r"\frac{(a+b)^2}{2}"


def outcome(check, text):
    code = Code({}, {check.part: text}, {})
    expected, values = (check.probe(code, check.told(reference=own) | {"seed": 7}, {}) for own in (True, False))
    return check.compare(Expected({}, expected), Observation("ok", values))


def same(check, one, other):
    found = [outcome(check, text) for text in (one, other)]
    assert all(each.credit != 1.0 for each in found)
    return saw(found[0], one) == saw(found[1], other)


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        pytest.param("$(a+b)^2$", "$a^2 + 2ab + b^2$", True, id="expanded"),
        pytest.param("$(a+b)^2$", "We find that $$ b^2+2 b a+a^2 $$ holds.", True, id="with-words"),
        pytest.param("$(a+b)^2$", "$(a+b)^2 + 0 \\cdot a$", True, id="a-zero-more"),
        pytest.param(r"$\sum_x p(x) a$", "$a$", True, id="a-sum-that-is-one"),
        pytest.param(r"$a p(x)$", r"$p(x)\,a + q(x) - q(x)$", True, id="with-an-axis"),
        pytest.param("$(a+b)^2$", "$(a-b)^2$", False, id="another-value"),
        pytest.param("$a + 10^{-4}$", "$a$", False, id="a-little-more"),
        pytest.param("$p(x)$", "$q(x)$", False, id="another-density"),
        pytest.param(r"$\max_a a$", r"$\min_a a$", False, id="another-programme"),
        pytest.param("$F(a) + 1$", "$1+F(a)$", True, id="no-value-same-form"),
        pytest.param("$F(a) + 1$", "$F(a)+2$", False, id="no-value-other-form"),
        pytest.param(r"$\frac{a$", r"$\frac { a$", True, id="unread-up-to-white-space"),
        pytest.param(r"$\frac{a$", r"$\frac{b$", False, id="unread-and-another"),
        pytest.param("no formula", "nor here", False, id="words-alone-are-compared-as-words"),
    ],
)
def test_answers_are_decided_together_if_their_formulas_have_one_value(one, other, equal):
    assert same(Expression(WORLD, RIGHT), one, other) is equal


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        pytest.param(r"$$(a+b)^2 = F(a) = b$$", r"$$a^2+2ab+b^2 = F(a) = b$$", True, id="every-side"),
        pytest.param(r"$$(a+b)^2 = F(a) = b$$", r"$$(a-b)^2 = F(a) = b$$", False, id="another-first-side"),
        pytest.param(r"$$(a+b)^2 = F(a) = b$$", r"$$(a+b)^2 \ge F(a) = b$$", False, id="another-relation"),
    ],
)
def test_derivations_are_decided_together_if_all_their_sides_are_equal(one, other, equal):
    assert same(Derivation(WORLD, RIGHT), one, other) is equal


def test_rounding_makes_no_second_group():
    values = np.linspace(-3, 3, 72)
    side = {"side/0/free/axes": np.array(""), "side/0/form": np.array("f"), "ends": np.array([0])}
    found = {alike(side | {"side/0/free/value": values * (1 + k * 1e-14)}, whole=False) for k in range(20)}
    assert len(found) == 1
    assert alike(side | {"side/0/free/value": values * 1.001}, whole=False) not in found


def test_a_group_by_value_is_one_group_and_survives_the_disk(tmp_path):
    check = Expression(WORLD, RIGHT, part="1")
    item = Item("1", "Square", "expression", check, 2.0)
    rubric = Rubric("sums", "Sums", (Question("1", "Square", (item,)),), tmp_path / "sums.yaml")
    texts = {"ada": "$(a+b)^2$", "bob": "$a^2+2ab+b^2$", "cem": "$a^2+b^2$", "dea": "$" + RIGHT + "$"}
    with Store(tmp_path) as store:
        for student, text in texts.items():
            store.write_grade(Grade(student, {"1": outcome(check, text)}), student)
        grades = [grade for grade, _ in store.grades().values()]
    cases = [case for grade in grades for case in cases_of(rubric, grade, {"1": texts[grade.student]})]
    found = [sorted(case.student for case in group.cases) for group in grouped(rubric, cases, fold([]))]
    assert sorted(found) == [["ada", "bob"], ["cem"], ["dea"]]


def test_what_has_no_digest_by_value_is_seen_as_before():
    plain = Outcome(0.0, "no", (), "note")
    assert saw(plain) != saw(replace(plain, alike="x"))
    assert saw(replace(plain, alike="x")) == saw(replace(plain, alike="x", sentence="said otherwise"))


def test_the_page_of_a_group_shows_how_else_its_value_is_written(tmp_path):
    check = Expression(WORLD, RIGHT, part="1")
    item = Item("1", "Square", "expression", check, 2.0)
    rubric = Rubric("sums", "Sums", (Question("1", "Square", (item,)),), tmp_path / "sums.yaml")
    texts = {"ada": "$(a+b)^2$", "bob": "$a^2+2ab+b^2 < x$", "cem": "$(a+b)^2$"}
    cases = []
    for student, text in texts.items():
        cases += cases_of(rubric, Grade(student, {"1": Outcome(0.0, "no", (), "n", "same")}), {"1": text})
    decided = fold([])
    (group,) = grouped(rubric, cases, decided)
    now = Now(rubric, (), tuple(cases), people(texts), decided, (group,))
    page = group_page(now, group, Choice("all"), Frame(Viewer("TA"), "/"), Draft())
    assert "The same value, written otherwise" in page
    assert page.count("<li><code>") == 1
    assert "<li><code>$a^2+2ab+b^2 &lt; x$</code></li>" in page
    assert 'applies to <span id="count">all 3</span>' in page
