"""`grade formula`: how a text is read, what its names are, and what becomes of it in an item."""

from __future__ import annotations

import re

import pytest
from course_tools import grade, put, write_course

from grader.box.zygote import Zygote
from grader.formula import item_named, page, read_formula, told
from grader.maths import MAX_ANSWER
from grader.model import UsageError
from grader.rubric import load_rubric

RUBRIC = r"""homework: bound
title: Bound
limits: {cpu_seconds: 20, idle_seconds: 20}
worlds:
  elbo:
    spaces: {x: 3, z: 4}
    joint: {p: [x, z]}
    densities: {"q(z|x)": free}
    scalars: {\sigma: positive}
    silent: ['\theta']
questions:
  - id: a
    title: Bound
    items:
      - id: a
        title: Derivation of the bound
        kind: derivation
        world: elbo
        points: 4
        ends: '\sum_z q(z|x) \log p_\theta(x|z) - KL(q(z|x), p(z))'
        milestones:
          - {formula: '\log \sum_z q(z|x) \frac{p(x,z)}{q(z|x)}', title: introduces q}
      - {id: b, title: A formula, kind: expression, world: elbo, points: 1, answer: 'p(x|z) p(z)'}
      - {id: c, title: A text, kind: written, points: 1}
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return write_course(tmp_path_factory.mktemp("course"), rubrics={"bound": RUBRIC})


@pytest.fixture(scope="module")
def rubric(course):
    return load_rubric(course / "rubrics" / "bound.yaml", course)


@pytest.fixture(scope="module")
def reading(rubric):
    with Zygote() as zygote:
        yield lambda text, item="a": read_formula(item_named(rubric, item), text, zygote)


def test_a_line_that_holds_is_shown_in_canonical_latex_with_its_verdict(reading):
    said = told(reading(r"\log P_\theta(x) = \log \sum_z q(z\mid x)\frac{p(x,z)}{q(z\mid x)}".replace("P_", "p_")))
    assert said.startswith(
        "item a: Derivation of the bound\n\n  1 ✓ \\log(p(x)) = \\log\\left( \\sum_{z} q(z | x)\\frac{p(x, z)}{q(z | x)} \\right)\n      Holds."
    )


def test_a_step_that_fails_is_shown_with_a_world(reading):
    said = told(reading(r"\log p(x) = \sum_z q(z|x) \log\frac{p(x,z)}{q(z|x)}"))
    assert re.search(r"1 ✗ .*\n {6}Does not hold.* In one world the left side is \S+, the right side \S+\.", said)


def test_where_reading_stops_has_a_caret_below_it(reading):
    said = told(reading(r"p(x) = \heartsuit + 1"))
    line, caret, why = said.split("\n")[2:5]
    assert line == r"  1 ? p(x) = \heartsuit + 1"
    assert line[caret.index("^") : caret.rindex("^") + 1] == r"\heartsuit"
    assert why == r"      Could not be read: the command \heartsuit at character 8 is not known."


def test_a_sign_that_can_not_be_shown_keeps_the_caret_below_its_place(reading):
    line, caret = told(reading("p(x) = \x1b[31m + 1")).split("\n")[2:4]
    assert line[caret.index("^")] == "�"
    assert "\x1b" not in line


NAMES = {
    "p": "the joint density of x, z, with its marginals and conditionals",
    "q": "a density: q(z | x)",
    "x": "a variable: 3 points",
    "z": "a variable: 4 points",
    r"\sigma": "a positive number",
}


def test_every_name_is_told_with_what_it_is(reading):
    assert dict(reading(r"p(x) q(z|x) \ge \sigma").names) == NAMES


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        pytest.param(r"p(x) \ge \sigma_w", r"\sigma_w", r"not declared in its world; did you mean \sigma?", id="near"),
        pytest.param(r"p(x) \ge w", "w", "not declared in its world", id="far"),
        pytest.param(r"$M = p(x) + 1$ and $p(x) = M - 1$", "M", "defined by the text itself", id="defined"),
        pytest.param(r"p(x) = \sum_{k=1}^3 \frac{k}{6} p(x)", "k", "bound in the formula itself", id="bound"),
    ],
)
def test_a_name_that_the_world_lacks_is_told(reading, text, name, said):
    assert dict(reading(text).names)[name] == said


@pytest.mark.parametrize(
    ("text", "item", "said"),
    [
        pytest.param(r"\sum_z q(z|x) \log\frac{p(x,z)}{q(z|x)}", "a", ("has the value of the item's answer",), id="answer"),
        pytest.param(
            r"1 = 1 $$ $$ \log p(x)", "a",
            ("does not have the value of the item's answer", "has the value of milestone 1 (introduces q)"), id="milestone",
        ),
        pytest.param("p(x) + 1", "a", ("does not have the value of the item's answer",), id="neither"),
        pytest.param("p(x, z)", "b", ("has the value of the item's answer",), id="expression"),
        pytest.param("p(z|x) p(z)", "b", ("does not have the value of the item's answer",), id="wrong-expression"),
        pytest.param("w", "b", ("has no value: it has a name that is not of this question",), id="no-value"),
    ],
)  # fmt: skip
def test_the_last_side_is_compared_with_the_answer_and_the_milestones(reading, text, item, said):
    text = f"$${text}$$" if "$$ $$" in text else text
    assert reading(text, item).last == said


def test_the_page_shows_the_formulas_as_mathml_and_the_names(reading, rubric):
    html = page(rubric, reading(r"\log p(x) \ge <script>alert(1)</script>" + "$$\\log p(x) = \\log p(x)$$"))
    assert '<math displaystyle="true">' in html
    assert "<script" not in html
    assert '<th scope="row">p</th><td>the joint density of x, z, with its marginals and conditionals</td>' in html
    assert '<h1><span class="number">a</span> Derivation of the bound</h1>' in html


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(" \n", "the formula is empty", id="empty"),
        pytest.param(
            "x" * (MAX_ANSWER + 1), "the text has 30,001 characters; more than 30,000 are not judged", id="too-long"
        ),
    ],
)
def test_a_text_that_is_no_answer_is_refused(reading, text, said):
    with pytest.raises(UsageError) as raised:
        reading(text)
    assert str(raised.value) == said


def test_without_an_item_those_that_take_formulas_are_listed(course):
    done = grade("formula", "--course", course, cwd=course)
    assert (done.returncode, done.stderr) == (0, "")
    assert (
        done.stdout
        == "items of bound that take formulas:\n  a  derivation  Derivation of the bound\n  b  expression  A formula\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["x", "--item", "z"], "bound has no item `z`; items with formulas: a, b", id="no-item"),
        pytest.param(
            ["x", "--item", "c"], "item c of bound takes no formulas; those that do are a, b", id="no-formulas"
        ),
        pytest.param(["--item", "a"], "give either a formula or a --file with one", id="nothing"),
        pytest.param(["x", "--item", "a", "--file", "y"], "give either a formula or a --file with one", id="both"),
        pytest.param(
            ["x", "--rubric", "bond"], "no rubric `bond`; did you mean `bound`? there are bound", id="no-rubric"
        ),
    ],
)
def test_what_can_not_be_done_is_said_with_status_2(course, arguments, said):
    done = grade("formula", *arguments, cwd=course)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"grade: {said}\n")


def test_a_file_that_is_not_there_is_said_with_status_1(course):
    done = grade("formula", "--item", "a", "--file", "absent.md", cwd=course)
    assert (done.returncode, done.stderr) == (1, "grade: absent.md: No such file or directory\n")


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param([r"\log p(x) = \log p(x)"], id="argument"),
        pytest.param(["-"], id="dash"),
        pytest.param(["--file", "-"], id="standard-input"),
        pytest.param(["--file", "answer.md"], id="file"),
    ],
)
def test_a_text_comes_from_the_argument_a_file_or_standard_input(course, arguments):
    put(course / "answer.md", "So\n$$\\log p(x) = \\log p(x)$$\n")
    done = grade("formula", *arguments, "--item", "a", cwd=course, input="$$\\log p(x) = \\log p(x)$$")
    assert (done.returncode, done.stderr) == (0, "")
    assert "  1 · \\log(p(x)) = \\log(p(x))\n      Says that a thing is itself.\n" in done.stdout


def test_a_page_is_written_where_it_is_asked_for(course):
    done = grade("formula", "p(x) = 2 p(x)", "--item", "a", "--html", "shown.html", cwd=course)
    assert done.returncode == 0
    assert "The first step that does not hold." in (course / "shown.html").read_text("utf-8")
