"""A course's formulas are checked when its rubric is loaded: every complaint has its file:line, and marks the place."""

from __future__ import annotations

import time

import pytest
from course_tools import put

from grader.maths.declared import RANGES
from grader.maths.mark import WIDE, marked
from grader.model import CourseError
from grader.rubric import load_rubric

RUBRIC = r"""homework: bound
title: Bound
worlds:
  elbo:
    spaces: {x: 3, z: 4}
    joint: {p: [x, z]}
    densities: {"q(z|x)": free}
    silent: ['\theta']
  gauss:
    spaces: {x: 1, z: line}
    expectation: q
    densities:
      q(z|x): '\mathcal{N}(z; \mu_q, \sigma^2)'
      p(z): '\mathcal{N}(z; \mu_p, \sigma^2)'
    scalars: {\mu_q: real, \mu_p: real, \sigma: positive}
  gan:
    spaces: {x: 4, z: 5}
    densities: {"p_{data}(x)": free, "p_z(z)": free}
    functions: {"D(x)": probability, "G(z)": to x}
    pushforward: {p_G: p_z by G}
    unknowns:
      - D(x): '\frac{p_{data}(x)}{p_{data}(x)+p_G(x)}'
    aliases: {D^*: D}
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
          - formula: '\sum_z q(z|x) \log\frac{p(x,z)}{q(z|x)}'
            title: applies Jensen
        solution: |
          \begin{aligned}
          \log p_\theta(x) &= \log \sum_z q(z|x) \frac{p_\theta(x,z)}{q(z|x)} \\
          &\ge \sum_z q(z|x) \log\frac{p_\theta(x,z)}{q(z|x)} \\
          &= \sum_z q(z|x) \log p_\theta(x|z) - KL(q(z|x), p(z))
          \end{aligned}
  - id: d
    title: KL
    items:
      - id: d
        title: Formula
        kind: expression
        world: gauss
        points: 1
        answer: '\frac{(\mu_q-\mu_p)^2}{2\sigma^2}'
        also: ['\frac12\left(\frac{\mu_q-\mu_p}{\sigma}\right)^2']
  - id: g
    title: Best discriminator
    items:
      - id: g
        title: Derivation
        kind: derivation
        world: gan
        points: 2
        ends: '\frac{p_{data}(x)}{p_{data}(x)+p_G(x)}'
        solution: '-\frac{p_{data}(x)}{D(x)} + \frac{p_G(x)}{1-D(x)} = 0 \Rightarrow D^*(x) = \frac{p_{data}(x)}{p_{data}(x)+p_G(x)}'
"""
ENDS = r"ends: '\sum_z q(z|x) \log p_\theta(x|z) - KL(q(z|x), p(z))'"
MILESTONE = r"formula: '\sum_z q(z|x) \log\frac{p(x,z)}{q(z|x)}'"
ANSWER = r"answer: '\frac{(\mu_q-\mu_p)^2}{2\sigma^2}'"
LAST = r"          &= \sum_z q(z|x) \log p_\theta(x|z) - KL(q(z|x), p(z))"


@pytest.fixture
def load(tmp_path):
    def loaded(text: str):
        (tmp_path / "reference").mkdir(exist_ok=True)
        return load_rubric(put(tmp_path / "rubrics" / "bound.yaml", text), tmp_path)

    return loaded


def complaint(load, old: str, new: str) -> str:
    assert RUBRIC.count(old) >= 1
    with pytest.raises(CourseError) as raised:
        load(RUBRIC.replace(old, new, 1))
    return str(raised.value)


def test_a_rubric_with_right_formulas_loads(load):
    assert [item.id for item in load(RUBRIC).items] == ["a", "d", "g"]


WORLDS = [
    pytest.param("world: elbo", "world: elbow", "31: item a: `world`: `worlds` has no `elbow`; did you mean `elbo`? there is elbo, gan, gauss", id="unknown-world"),
    pytest.param("spaces: {x: 3, z: 4}", "spaces: 3", "5: world elbo: `spaces` must be names with values, got 3", id="no-names"),
    pytest.param(
        "spaces: {x: 3, z: 4}", "spaces: {x: 3, z: 40}",
        "5: world elbo: `spaces`: z must be a size from 1 to 8, `line`, `data 3` or `data 3 vector 2`, got 40", id="too-large-a-space",
    ),
    pytest.param("joint: {p: [x, z]}", "joint: {p: [x, y]}", "6: world elbo: `joint`: p: `y` is no space; there is x, z", id="joint-of-no-space"),
    pytest.param("joint: {p: [x, z]}", "joint: {p: x}", "6: world elbo: `joint`: p must be a list of variables, got 'x'", id="joint-of-a-word"),
    pytest.param("q(z|x)\": free", "q(u|x)\": free", "7: world elbo: `densities`: q(u|x): `u` is no space; there is x, z", id="density-on-no-space"),
    pytest.param("silent: ['\\theta']", "silent: '\\theta'", "8: world elbo: `silent` must be a list of names, got '\\\\theta'", id="silent-word"),
    pytest.param("silent: ['\\theta']", "scanned: maybe", "8: world elbo: `scanned` must be true or false, got 'maybe'", id="scanned-word"),
    pytest.param(
        r"\mathcal{N}(z; \mu_q, \sigma^2)", r"\mathcal{N}(z; \mu_q, \sigma^2",
        "13: world gauss: `densities`: q(z|x): an opening bracket at character 12 is never closed\n"
        "    \\mathcal{N}(z; \\mu_q, \\sigma^2\n"
        "               ^",
        id="density-unread",
    ),
    pytest.param(
        r"\mathcal{N}(z; \mu_q, \sigma^2)", r"\mathcal{N}(z; \mu_r, \sigma^2)",
        "13: world gauss: `densities`: q(z|x): `\\mu_r` is not declared in its world; did you mean `\\mu_q`?\n"
        "    \\mathcal{N}(z; \\mu_r, \\sigma^2)\n"
        "                   ^^^^^",
        id="density-of-an-unknown-name",
    ),
    pytest.param("expectation: q", "expectation: r", "11: world gauss: `expectation`: `r` is no density; there is p, q", id="expectation-of-no-density"),
    pytest.param("expectation: q", "expectation: 3", "11: world gauss: `expectation` must be the name of a density, got 3", id="expectation-number"),
    pytest.param(
        r"\sigma: positive", r"\sigma: positiv",
        f"15: world gauss: `scalars`: \\sigma must be {RANGES}, got 'positiv'",
        id="no-range",
    ),
    pytest.param(
        "D(x)\": probability", "D(x)\": probable",
        "19: world gan: `functions`: D(x) must be real, positive, probability, nonzero, `to x` or `vector 3`, got 'probable'", id="no-function",
    ),
    pytest.param('G(z)": to x', 'G(z)": to y', "19: world gan: `functions`: G(z): `y` is no space; there is x, z", id="map-to-no-space"),
    pytest.param("p_z by G", "p_z G", "20: world gan: `pushforward`: p_G must be told as `p_z by G`, got 'p_z G'", id="pushforward-unread"),
    pytest.param("p_z by G", "p_x by G", "20: world gan: `pushforward`: `p_x` is no density; did you mean `p_z`? there is p_z, p_{data}", id="pushforward-of-no-density"),
    pytest.param("p_z by G", "p_z by D", "20: world gan: `pushforward`: `D` is no function to a space; there is G", id="pushforward-by-no-map"),
    pytest.param("- D(x): '", "- E(x): '", "22: world gan: `unknowns`: `E` is not declared; there is D, D^*, G, p_G, p_z, p_{data}, x, z", id="unknown-undeclared"),
    pytest.param(
        "- D(x): '\\frac{p_{data}(x)}{", "- D(x): '\\frac{p_{dat}(x)}{",
        "22: world gan: `unknowns`: D(x): `p_{dat}` is not declared in its world; did you mean `p_{data}`?\n"
        "    \\frac{p_{dat}(x)}{p_{data}(x)+p_G(x)}\n"
        "          ^^^^^^^^^^",
        id="solution-of-an-unknown-name",
    ),
    pytest.param("D^*: D", "D^*: E", "23: world gan: `aliases`: `E` is not declared; there is D, D^*, G, p_G, p_z, p_{data}, x, z", id="alias-of-nothing"),
    pytest.param("aliases: {D^*: D}", "definitions: {M: '\\log(D(x)-1)'}", "23: world gan: `definitions`: M: it has no value in many of the worlds", id="definition-without-a-value"),
    pytest.param("aliases: {D^*: D}", "definitions: {M: 'x + 1'}", "23: world gan: `definitions`: M: `x` ranges over an abstract space, so it has no value of its own", id="definition-undecided"),
    pytest.param("aliases: {D^*: D}", "macros: {'\\E': 'x'}", "23: world gan: `macros`: \\E must be [number of arguments, 'its text'], got 'x'", id="macro-unread"),
    pytest.param("aliases: {D^*: D}", "matrices: {S: 0}", "23: world gan: `matrices`: S must be a size from 1 to 8, got 0", id="no-matrix"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), WORLDS)
def test_what_is_wrong_with_a_world_is_said_once_with_its_line(load, old, new, said):
    assert complaint(load, old, new) == f"rubrics/bound.yaml:{said}"


def test_an_unknown_key_of_a_world_is_said_with_what_may_have_been_meant(load):
    said = complaint(load, "spaces: {x: 3, z: 4}", "spacess: {x: 3, z: 4}")
    assert said.startswith(
        "rubrics/bound.yaml:5: world elbo: unknown key `spacess`; did you mean `spaces`? there is aliases, arrays, "
    )


FORMULAS = [
    pytest.param(
        ENDS, ENDS.replace("q(z|x) ", "r(z|x) ", 1),
        "33: item a: `ends`: `r` is not declared in its world\n"
        "    \\sum_z r(z|x) \\log p_\\theta(x|z) - KL(q(z|x), p(z))\n"
        "           ^^^^^^",
        id="ends-with-an-unknown-name",
    ),
    pytest.param(
        ENDS, ENDS.replace("p(z))'", "p(z)'"),
        "33: item a: `ends`: an opening bracket at character 38 is never closed\n"
        "    \\sum_z q(z|x) \\log p_\\theta(x|z) - KL(q(z|x), p(z)\n"
        "                                         ^",
        id="ends-unread",
    ),
    pytest.param(
        ENDS, "ends: 'x + 1'",
        "33: item a: `ends`: `x` ranges over an abstract space, so it has no value of its own\n    x + 1\n    ^^^^^",
        id="ends-undecided",
    ),
    pytest.param(
        MILESTONE, MILESTONE.replace("q(z|x) ", "s(z|x) ", 1),
        "35: item a: `milestones[0].formula`: `s` is not declared in its world\n"
        "    \\sum_z s(z|x) \\log\\frac{p(x,z)}{q(z|x)}\n"
        "           ^^^^^^",
        id="milestone-with-an-unknown-name",
    ),
    pytest.param(MILESTONE, r"formula: '\log(-p(x))'", "35: item a: `milestones[0].formula`: it has no value in many of the worlds", id="milestone-without-a-value"),
    pytest.param(MILESTONE, "formula: '3 p(x)'", "35: item a: `milestones[0].formula`: nothing in the solution has this value", id="milestone-not-reached"),
    pytest.param(
        r"\log\frac{p_\theta(x,z)}{q(z|x)} \\", r"\log\frac{p_\theta(x,z)}{q(z|x) \\",
        "37: item a: `solution`: line 2 is read only if it is changed: a closing brace was added at character 51",
        id="solution-mended",
    ),
    pytest.param(
        r"p_\theta(x|z) - KL(q(z|x), p(z))" + "\n          \\end", r"p_\theta(x|z) - \heartsuit" + "\n          \\end",
        "37: item a: `solution`: line 3 can't be read: the command \\heartsuit at character 38 is not known\n"
        "    = \\sum_z q(z|x) \\log p_\\theta(x|z) - \\heartsuit\n"
        "                                         ^^^^^^^^^^",
        id="solution-unread",
    ),
    pytest.param(
        r"p_\theta(x|z) - KL(q(z|x), p(z))" + "\n          \\end", r"p_\theta(x|z) - KL(r, p(z))" + "\n          \\end",
        "37: item a: `solution`: line 3 can't be decided: `r` is no name of this question\n"
        "    = \\sum_z q(z|x) \\log p_\\theta(x|z) - KL(r, p(z))\n"
        "      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "rubrics/bound.yaml:37: item a: `solution`: it does not arrive at `ends`",
        id="solution-undecided",
    ),
    pytest.param(
        ANSWER, ANSWER.removesuffix("'") + " + KL(p, p)'",
        "51: item d: `answer`: with another sign here it has the same value in every world, so that this slip would not be seen\n"
        "    \\frac{(\\mu_q-\\mu_p)^2}{2\\sigma^2} + KL(p, p)\n"
        "                                        ^^^^^^^^",
        id="a-slip-that-the-world-hides",
    ),
    pytest.param(ANSWER, "answer: 'KL(p, p)'", "51: item d: `answer`: it is 0 in every world, which hides a wrong sign or factor", id="always-0"),
    pytest.param(r"also: ['\frac12", r"also: ['\frac12)", "52: item d: `also[0]`: a closing bracket at character 8 was never opened\n", id="also-unread"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), FORMULAS)
def test_what_is_wrong_with_a_formula_is_said_with_the_place_below_it(load, old, new, said):
    found = complaint(load, old, new)
    assert (
        found.startswith(f"rubrics/bound.yaml:{said}") if said.endswith("\n") else found == f"rubrics/bound.yaml:{said}"
    )


def test_a_wrong_step_of_a_solution_is_said_with_both_sides_and_its_place(load):
    said = complaint(load, LAST, LAST.replace(" - KL", " + KL"))
    first, line, carets, last = said.split("\n")
    assert first.startswith("rubrics/bound.yaml:37: item a: `solution`: the step in line 3 does not hold")
    assert "in one world the left side is " in first
    assert line == r"    = \sum_z q(z|x) \log p_\theta(x|z) + KL(q(z|x), p(z))"
    assert carets == " " * 6 + "^" * 51
    assert last == "rubrics/bound.yaml:37: item a: `solution`: it does not arrive at `ends`"


def test_the_number_0_is_an_answer_like_any_other(load):
    assert load(
        RUBRIC.replace(ANSWER, "answer: '0'").replace(
            r"also: ['\frac12\left(\frac{\mu_q-\mu_p}{\sigma}\right)^2']", "also: []"
        )
    )


def test_twenty_derivations_are_checked_in_little_time(load):
    head, questions = RUBRIC.split("questions:\n")
    first = questions.split("  - id: d\n")[0]
    many = "".join(first.replace("id: a\n", f"id: a{k}\n") for k in range(20))
    began = time.process_time()
    assert len(load(f"{head}questions:\n{many}").items) == 20
    assert time.process_time() - began < 4.0


@pytest.mark.parametrize(
    ("text", "span", "line", "carets"),
    [
        pytest.param("a + b", (4, 5), "a + b", "    ^", id="a-place"),
        pytest.param("a + b", (0, 5), "a + b", "^^^^^", id="all"),
        pytest.param("a +", (3, 3), "a +", "   ^", id="behind-the-end"),
        pytest.param("a\nb + c\nd", (6, 7), "b + c", "    ^", id="of-a-later-line"),
        pytest.param("a\tb", (2, 3), "a b", "  ^", id="tab"),
        pytest.param("", (0, 0), "", "^", id="empty"),
        pytest.param("ab", (7, 9), "ab", "  ^", id="beyond"),
    ],
)
def test_a_place_is_marked_below_its_line(text, span, line, carets):
    assert marked(text, span) == (line, carets)


def test_of_a_long_line_the_part_around_the_place_is_shown():
    text = "x+" * 200 + "?" + "+x" * 200
    line, carets = marked(text, (400, 401))
    assert len(line) == WIDE + 2
    assert line[carets.index("^")] == "?"
    assert line[0] == line[-1] == "…"
