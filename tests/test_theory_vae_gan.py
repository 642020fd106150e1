"""The theory of the three homeworks on VAEs and GANs: references proved by sympy, names that students use, real answers."""

from __future__ import annotations

import importlib.util
import json
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import sympy

from grader.checks.code import Code
from grader.grade import request
from grader.intake import split_answers
from grader.maths import Judged, evaluated, judged
from grader.maths.answer import room
from grader.model import Expected, Item, Observation, Outcome, Rubric
from grader.rubric import load_rubric
from grader.values import cases, under

ROOT = Path(__file__).parents[1]
HOMEWORKS = ROOT.parent / "shared" / "homeworks"
NAMES = ("vae_gan", "vae_quiz", "vae_gan_quiz")
needs_transcripts = pytest.mark.skipif(not HOMEWORKS.is_dir(), reason=f"transcripts are not at {HOMEWORKS}")


@cache
def rubric(homework: str) -> Rubric:
    return load_rubric(ROOT / "rubrics" / f"{homework}.yaml", ROOT)


def item(homework: str, name: str) -> Item:
    return next(one for one in rubric(homework).items if one.id == name)


@cache
def expected(homework: str, name: str) -> Expected:
    one = item(homework, name)
    if not one.check.asks_reference:
        return Expected({}, {})
    return Expected({}, one.check.probe(Code({}, {}, {}), request(one, reference=True).call, {}))


def observed(homework: str, name: str, text: str) -> dict[str, np.ndarray]:
    one = item(homework, name)
    return dict(one.check.probe(Code({}, {one.check.part: text}, {}), request(one).call, {}))


def outcome(homework: str, name: str, text: str) -> Outcome:
    seen = observed(homework, name, text)
    return item(homework, name).check.compare(expected(homework, name), Observation("ok", seen))


# --- sympy finds the reference answers


@cache
def derivations(homework: str) -> ModuleType:
    path = ROOT / "reference" / homework / "derivations.py"
    spec = importlib.util.spec_from_file_location(f"{homework}_derivations", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def on_worlds(homework: str, name: str, **formulas: str) -> dict[str, np.ndarray]:
    """The first of the rubric's formulas for the end, and further ones, on the same free worlds."""
    check: Any = item(homework, name).check
    ends = check.ends.split(r"\text")[0]
    found = evaluated({"ends": ends, **formulas}, check.world, 5)
    return {key: found[f"{key}/free/value"] for key in ("ends", *formulas)}


@pytest.mark.parametrize(
    ("homework", "name", "found", "symbols"),
    [
        pytest.param("vae_gan", "1.h", ("vae_quiz", "kl_of_gaussians"), {"mu_q": r"\mu_q", "mu_p": r"\mu_p"}, id="1.h"),
        pytest.param("vae_quiz", "d", ("vae_quiz", "kl_of_gaussians"), {"mu_q": r"\mu_q", "mu_p": r"\mu_p"}, id="d"),
        pytest.param("vae_gan_quiz", "1.a", ("vae_gan_quiz", "kl_from_standard_normal"), {"mu": r"\mu"}, id="1.a"),
    ],
)
def test_a_kl_divergence_of_the_rubric_is_what_sympy_integrates(
    homework: str, name: str, found: tuple[str, str], symbols: dict[str, str]
) -> None:
    expression = getattr(derivations(found[0]), found[1])()
    values = on_worlds(homework, name, **symbols, sigma=r"\sigma")
    names = [*symbols, "sigma"]
    by_name = {symbol.name: symbol for symbol in expression.free_symbols}
    assert set(by_name) == set(names)
    for world in range(0, 72, 9):
        numbers = {by_name[key]: float(values[key][world]) for key in names}
        assert float(expression.subs(numbers)) == pytest.approx(float(values["ends"].ravel()[world]), abs=1e-12)


@pytest.mark.parametrize(
    ("homework", "name"), [pytest.param("vae_gan", "1.i", id="1.i"), pytest.param("vae_quiz", "e", id="e")]
)
def test_the_best_q_of_the_rubric_is_the_stationary_point_that_sympy_finds(homework: str, name: str) -> None:
    solution = derivations("vae_quiz").best_q()
    told = {**item(homework, name).check.world, "spaces": {"x": 1, "z": len(solution)}}  # type: ignore[attr-defined]
    formulas = {"best": item(homework, name).check.ends, "l": r"p_\theta(x|z)", "p": "p(z)"}  # type: ignore[attr-defined]
    found = evaluated(formulas, told, 5)
    weight = room(told, 5).scope("free").world.weights["z"]
    rows = {key: found[f"{key}/free/value"].reshape(72, -1) for key in formulas}
    for world in range(0, 72, 9):
        numbers = {f"l{k}": rows["l"][world, k] for k in range(len(solution))}
        numbers |= {f"p{k}": rows["p"][world, k] for k in range(len(solution))}
        numbers |= {f"w{k}": weight[world, k] for k in range(len(solution))}
        for k, entry in enumerate(solution):
            value = float(entry.subs({s: float(numbers[s.name]) for s in entry.free_symbols}))
            assert value == pytest.approx(float(rows["best"][world, k]), rel=1e-10)


def test_what_the_bound_loses_is_a_kl_divergence() -> None:
    assert derivations("vae_quiz").gap_of_the_bound() == 0


def test_the_optimal_discriminator_of_the_rubric_is_the_minimum_that_sympy_finds() -> None:
    best = derivations("vae_gan_quiz").optimal_discriminator()
    values = on_worlds("vae_gan", "3.c", a="p_{data}(x)", b="p_G(x)")
    a, b = (next(s for s in best.free_symbols if s.name == key) for key in "ab")
    for world in range(0, 72, 9):
        for k in range(values["ends"].shape[1]):
            numbers = {a: float(values["a"][world, k]), b: float(values["b"][world, k])}
            assert float(best.subs(numbers)) == pytest.approx(float(values["ends"][world, k]), abs=1e-12)
    # D* at p_G = p_data, which decides 2.d of the exam questions.
    assert sympy.simplify(best.subs(b, a)) == sympy.Rational(1, 2)


def test_the_game_at_the_optimum_is_log_4_minus_twice_the_jsd() -> None:
    game, divergence = derivations("vae_gan_quiz").value_at_the_optimum()
    assert sympy.simplify(sympy.expand_log(game - divergence, force=True)) == 0


# --- the rubrics


@pytest.mark.parametrize(
    ("homework", "name"),
    [
        pytest.param(homework, one.id, id=f"{homework}-{one.id}")
        for homework in NAMES
        for one in rubric(homework).items
        if one.kind == "derivation"
    ],
)
def test_the_solution_of_a_derivation_gets_full_credit(homework: str, name: str) -> None:
    check: Any = item(homework, name).check
    found = outcome(homework, name, check.solution)
    assert found.credit == 1.0, found.sentence


def test_every_part_of_the_homeworks_has_an_item() -> None:
    letters = {"vae_gan": "abcdefghij", "vae_quiz": "", "vae_gan_quiz": "abc"}
    parts = {homework: {one.check.part or one.id for one in _written(homework)} for homework in NAMES}  # type: ignore[attr-defined]
    assert parts["vae_gan"] >= {f"1.{c}" for c in letters["vae_gan"]} | {f"3.{c}" for c in "abcde"}
    assert parts["vae_gan"] >= {"2.d", "2.e.i", "2.e.ii", "2.e.iii", "4.f"}
    assert parts["vae_quiz"] == set("abcdef")
    assert parts["vae_gan_quiz"] == {f"1.{c}" for c in "abc"} | {f"2.{c}" for c in "abcd"}


def _written(homework: str) -> list[Item]:
    return [one for one in rubric(homework).items if one.check.reads_text]


# --- names and styles that students use


RIGHT = [
    pytest.param("vae_gan", "1.a", r"$$P_\theta(x|z) = \prod_{i=1}^{G} y_i^{x_i} (1-y_i)^{1-x_i}$$", id="y-for-y-hat"),
    pytest.param("vae_gan", "1.a", r"$$\exp\Big\{\sum_j x_j \log g_j + (1-x_j) \log(1-g_j)\Big\}$$", id="open-sum"),
    pytest.param(
        "vae_gan",
        "1.c",
        r"""$$\log P_0(x) = \log \sum_z q_\phi(z|x) \frac{P_0(x,z)}{q_\phi(z|x)} \ge \sum_z q_\phi(z|x) \log \frac{P_0(x,z)}{q_\phi(z|x)}$$
        $$= E_{q_\phi}[\log p_0(x|z)] - KL(q_\phi(z|x) || p(z))$$""",
        id="0-for-theta-and-capital-p",
    ),
    pytest.param(
        "vae_gan",
        "1.h",
        r"""$$D_{KL}(q\|p) = \frac12\left[\log\frac{\sigma_p^2}{\sigma_\phi^2} + \frac{\sigma_\phi^2 + (\mu_\phi-\mu_p)^2}{\sigma_p^2} - 1\right]
        = \frac{(\mu_q - \mu_p)^2}{2\sigma^2}$$""",
        id="variances-of-other-names",
    ),
    pytest.param(
        "vae_gan",
        "3.c",
        r"""$$\frac{d}{dD}\left(p_d(x)\log D + p_g(x)\log(1-D)\right) = \frac{p_d(x)}{D} - \frac{p_g(x)}{1-D} = 0$$
        $$D_\omega^*(x) = \frac{p_d(x)}{p_d(x)+p_g(x)}$$""",
        id="other-names-of-densities",
    ),
    pytest.param(
        "vae_gan",
        "3.c",
        r"""Let $a = p_{data}(x)$ and $b = p_G(x)$.
        $$\frac{a}{D} - \frac{b}{1-D} = 0 \Rightarrow a - aD = bD \Rightarrow D = \frac{a}{a+b}$$""",
        id="letters-of-one's-own",
    ),
    pytest.param(
        "vae_gan",
        "3.b",
        r"$$\min_{p_G}\max_D E_{x\sim p_{data}}[\log D(x)] + E_{x\sim p_G}[\log(1-D(x))]$$",
        id="min-max",
    ),
    pytest.param(
        "vae_gan",
        "3.a",
        r"$$\max_\theta\min_\omega -\frac1m\sum_{i=1}^m \log D_\omega(x^{(i)}) - \frac1m\sum_{i=1}^m \log(1-D_\omega(G_\theta(z^{(i)})))$$",
        id="means-of-a-batch",
    ),
    pytest.param(
        "vae_quiz",
        "e",
        r"""$$L = E_{q(z|x)}[\log p(x|z)] - KL(q(z|x)\|p(z)) - \mu(\sum_z q(z|x) - 1)$$
        $$\frac{\partial L}{\partial q(z|x)} = \log\frac{p(x|z)p(z)}{q(z|x)} - 1 - \mu = 0$$
        $$q(z|x) = \frac{p(x,z)}{p(x)}$$""",
        id="multiplier-mu-with-a-minus",
    ),
    pytest.param(
        "vae_gan_quiz",
        "1.a",
        r"""$$KL = \int q(x) \left(\frac{x^2}{2} - \frac{(x-\mu_q)^2}{2\sigma_q^2} - \ln\sigma_q\right) dx = \frac12\left(\mu_q^2 + \sigma_q^2 - 1\right) - \ln\sigma_q$$""",
        id="names-with-labels",
    ),
]


@pytest.mark.parametrize(("homework", "name", "text"), RIGHT)
def test_a_right_answer_is_accepted_under_the_names_that_students_use(homework: str, name: str, text: str) -> None:
    found = outcome(homework, name, text)
    assert found.credit == 1.0, found.sentence


WRONG = [
    pytest.param("vae_gan", "1.a", r"$$\prod_j \hat y_j^{1-x_j}(1-\hat y_j)^{x_j}$$", id="exponents-exchanged"),
    pytest.param("vae_gan", "1.a", r"$$\prod_j \hat y_j^{x_j} + (1-\hat y_j)^{1-x_j}$$", id="a-sum-for-the-product"),
    pytest.param(
        "vae_gan",
        "3.a",
        r"$$\min_\theta\min_\omega -\sum_x \log D_\omega(x) - \sum_z \log(1-D_\omega(G_\theta(z)))$$",
        id="min-min",
    ),
    pytest.param(
        "vae_gan", "3.a", r"$$-\sum_x \log D_\omega(x) - \sum_z \log D_\omega(G_\theta(z))$$", id="1-minus-lost"
    ),
    pytest.param(
        "vae_gan", "3.b", r"$$\max_D \int p_G(x)\log D(x) + p_{data}(x)\log(1-D(x)) dx$$", id="densities-exchanged"
    ),
    pytest.param(
        "vae_gan", "3.d", r"$$-\int p_{data}\log D^* + p_G\log(1-D^*) dx = -JSD(p_{data},p_G) + \log 4$$", id="2-lost"
    ),
    pytest.param("vae_gan", "3.e-W1", r"$$W_1(P_1,P_2) = 1, \quad W_1(P_1,P_3) = 0.5$$", id="distances-exchanged"),
    pytest.param(
        "vae_quiz",
        "a",
        r"$$\log p_\theta(x) \ge E_q[\log p_\theta(x,z)] - KL(q(z|x),p(z))$$",
        id="joint-for-conditional",
    ),
    pytest.param("vae_gan_quiz", "1.a", r"$$KL = \frac12(\sigma^2 + \mu^2 - 1 + \log\sigma^2)$$", id="sign-of-the-log"),
]


@pytest.mark.parametrize(("homework", "name", "text"), WRONG)
def test_a_typical_slip_costs_points(homework: str, name: str, text: str) -> None:
    found = outcome(homework, name, text)
    assert found.credit is not None
    assert found.credit <= 0.5
    assert found.note


# --- what the reading of these answers needs


def claims(homework: str, name: str, text: str) -> list[Judged]:
    return judged(observed(homework, name, text))


OPEN_SUMS = [
    pytest.param(r"\sum_j x_j \log y_j + (1-x_j) \log(1-y_j)", True, id="the-index-goes-on"),
    pytest.param(r"-\frac12 \sum_j x_j \log y_j + (1-x_j) \log(1-y_j)", True, id="behind-a-factor-and-a-minus"),
    pytest.param(r"\left(\sum_j x_j \log y_j\right) + (1-x_j) \log(1-y_j)", False, id="the-bracket-ends-it"),
]


@pytest.mark.parametrize(("text", "same"), OPEN_SUMS)
def test_a_sum_goes_on_while_its_index_does(text: str, same: bool) -> None:
    whole = r"\sum_j [x_j \log y_j + (1-x_j) \log(1-y_j)]"
    factor = r"-\frac12 " if text.startswith("-") else ""
    (claim,) = claims("vae_gan", "1.a", f"$${text} = {factor}{whole}$$")
    # What is read as the very same tree says nothing, which shows how it was read.
    assert claim.verdict == ("unjudged" if same else "fails")


def test_a_display_goes_on_from_the_display_before_it_and_not_from_a_remark() -> None:
    text = r"""$$KL(q(x)\|p(x)) = \int q(x) \log\frac{q(x)}{p(x)} dx$$ Since $E[x^2] = \mu^2 + \sigma^2$,
    $$= \frac12(\mu^2 + \sigma^2 - 1) - \log\sigma$$"""
    assert [claim.verdict for claim in claims("vae_gan_quiz", "1.a", text)] == ["holds"] * 3


def test_nothing_goes_on_from_a_display_that_could_not_be_read() -> None:
    text = r"$$KL(q(x)\|p(x)) = \foo{$$ and $\sigma$ $$= \frac12(\mu^2 + \sigma^2 - 1) - \log\sigma$$"
    assert claims("vae_gan_quiz", "1.a", text) == []


def test_what_is_said_of_equal_densities_is_no_step() -> None:
    text = r"$$p_G = p_{data}$$ $$D^* = \frac12$$ $$D^* = \frac13$$"
    found = claims("vae_gan", "3.d", text)
    assert [claim.verdict for claim in found] == ["unjudged", "unjudged", "fails"]
    assert found[0].why == "holds where two densities are supposed to be equal"


def test_a_functional_of_a_name_that_nobody_explains_claims_nothing() -> None:
    (claim,) = claims("vae_gan", "3.c", r"$$S(D) = \int_x L(x, D) dx$$")
    assert (claim.verdict, claim.why) == ("defines", "S")


def test_a_density_before_a_sum_of_logarithms_is_a_factor() -> None:
    text = r"$$\sum_z q (\log q - \log p(z)) = KL(q(z|x), p(z)), \quad \sum q = \sum_z q(z|x)$$"
    assert [claim.verdict for claim in claims("vae_quiz", "e", text)] == ["holds", "holds"]


def test_a_mixture_that_is_named_without_its_argument_may_be_used_with_it() -> None:
    text = r"Let $M = \frac12(p_{data} + p_G)$. $$\int M(x) dx = 1$$"
    assert [claim.verdict for claim in claims("vae_gan", "3.d", text)] == ["defines", "holds"]


def test_the_lagrangian_must_have_its_constraint_though_that_vanishes_at_the_solution() -> None:
    text = r"""$$L = \sum_z q(z|x)\log p_\theta(x|z) - KL(q(z|x), p(z))$$
    $$q(z|x) = \frac{p_\theta(x|z)p(z)}{\sum_z p_\theta(x|z)p(z)}$$"""
    found = outcome("vae_quiz", "e", text)
    assert found.note == "missing_milestone"
    assert "states the Lagrangian, with the constraint" in found.sentence


@pytest.mark.parametrize("sign", [pytest.param("+", id="plus"), pytest.param("-", id="minus")])
@pytest.mark.parametrize("form", [pytest.param("", id="max"), pytest.param("-", id="min")])
def test_the_lagrangian_is_known_under_both_signs_as_a_maximum_and_as_a_minimum(sign: str, form: str) -> None:
    slope = r"\log\frac{p_\theta(x|z)p(z)}{q(z|x)} - 1"
    text = rf"""$$L = {form}\left(\sum_z q(z|x)\log p_\theta(x|z) - KL(q(z|x), p(z))\right) {sign} \lambda\left(\sum_z q(z|x) - 1\right)$$
    $$\frac{{\partial L}}{{\partial q(z|x)}} = {form}\left({slope}\right) {sign} \lambda = 0$$
    $$q(z|x) = \frac{{p_\theta(x|z)p(z)}}{{\sum_z p_\theta(x|z)p(z)}}$$"""
    assert outcome("vae_quiz", "e", text).credit == 1.0


# --- real answers


@cache
def answers(homework: str) -> dict[str, str]:
    entries = [json.loads(line) for line in (HOMEWORKS / f"{homework}.gold.jsonl").read_text().splitlines()]
    parts = tuple(dict.fromkeys(entry["part"].split("-")[0] for entry in entries))
    return dict(split_answers((HOMEWORKS / "transcripts" / f"{homework}.md").read_text(), parts).parts)


@cache
def seen(homework: str, name: str) -> dict[str, np.ndarray]:
    return observed(homework, name, answers(homework)[item(homework, name).check.part])  # type: ignore[attr-defined]


DERIVED = [
    ("vae_gan", "1.c"),
    ("vae_gan", "1.h"),
    ("vae_gan", "1.i"),
    ("vae_gan", "3.c"),
    ("vae_gan", "3.d"),
    ("vae_quiz", "a"),
    ("vae_quiz", "d"),
    ("vae_quiz", "e"),
    ("vae_gan_quiz", "1.a"),
]
GENUINE = {
    ("vae_gan", "1.h"): [r"= 1 + \sum_z"],
    ("vae_gan", "3.c"): [r"\frac{p_{data}(x)}{D(x)} + \frac{p_G(x)}{1 - D(x)} = 0"],
    ("vae_quiz", "e"): [r"\left( \log \frac{q(z|x)}{p(z)} - \lambda - \log p_0(z|x) \right)"],
    ("vae_gan_quiz", "1.a"): [
        r"\text{Cross Entropy}",
        r"\frac{1}{2} \int x^2 p(x) dx",
        r"\frac{1}{2} (1 - \log(\sigma_q^2)",
    ],
}
"""The lines in which a careful person found a wrong step."""
NOISE = {
    ("vae_quiz", "d"): [
        r"\frac{1}{\sqrt{2\pi}\sigma^2} \exp",
        r"\frac{N(\mu_q, \sigma^2)}{\mu_p}",
        r"2\mu_p \mu_q - 2\mu_p^2",
    ],
    ("vae_quiz", "e"): [r"\log \frac{q(z|x)}{p(z)p_0(z|x)} - \lambda + 1 = 0"],
}
"""Lines that are wrong as the scan was transcribed, and right in another reading of it."""
ALL_RIGHT = [
    ("vae_gan", "1.a"),
    ("vae_gan", "1.b"),
    ("vae_gan", "1.c"),
    ("vae_gan", "1.g.value"),
    ("vae_gan", "1.i"),
    ("vae_gan", "1.j"),
    ("vae_gan", "3.a"),
    ("vae_gan", "3.b"),
    ("vae_gan", "3.d"),
    ("vae_gan", "3.e-W1"),
    ("vae_quiz", "a"),
    ("vae_quiz", "c.value"),
    ("vae_gan_quiz", "2.a.choice"),
    ("vae_gan_quiz", "2.c.choice"),
    ("vae_gan_quiz", "2.d.choice"),
]


def standing(homework: str, name: str) -> list[tuple[str, Judged]]:
    """Every claim of a real answer that stands alone, with the text of its line."""
    values = seen(homework, name)
    lines = cases(under("line", values))
    return [
        (str(lines[str(claim.line)]["text"]), claim)
        for claim in judged(values)
        if bool(lines[str(claim.line)]["alone"])
    ]


def named(pairs: list[tuple[str, str]]) -> list[Any]:
    return [pytest.param(*pair, id="-".join(pair)) for pair in pairs]


@needs_transcripts
@pytest.mark.parametrize(("homework", "name"), named(ALL_RIGHT))
def test_a_right_part_of_a_real_answer_gets_full_credit(homework: str, name: str) -> None:
    found = item(homework, name).check.compare(expected(homework, name), Observation("ok", seen(homework, name)))
    assert found.credit == 1.0, found.sentence


@needs_transcripts
@pytest.mark.parametrize(("homework", "name"), named(list(GENUINE)))
def test_every_genuine_wrong_step_of_a_real_answer_is_located(homework: str, name: str) -> None:
    failing = [text for text, claim in standing(homework, name) if claim.verdict == "fails"]
    for fragment in GENUINE[homework, name]:
        assert any(fragment in text for text in failing), fragment


@needs_transcripts
@pytest.mark.parametrize(("homework", "name"), named(DERIVED))
def test_no_other_line_of_a_real_answer_is_refused(homework: str, name: str) -> None:
    known = GENUINE.get((homework, name), []) + NOISE.get((homework, name), [])
    failing = [text for text, claim in standing(homework, name) if claim.verdict == "fails"]
    assert [text for text in failing if not any(fragment in text for fragment in known)] == []


@needs_transcripts
def test_the_answer_that_concludes_the_opposite_is_found() -> None:
    found = item("vae_gan_quiz", "2.b.choice").check.compare(
        Expected({}, {}), Observation("ok", seen("vae_gan_quiz", "2.b.choice"))
    )
    assert (found.credit, found.note) == (0.0, "chose_1")


@needs_transcripts
def test_nearly_all_chains_of_the_real_answers_are_decided() -> None:
    chains = [chain for pair in DERIVED for chain in _chains([claim for _, claim in standing(*pair)])]
    undecided = [chain for chain in chains if not _decided(chain)]
    assert len(chains) >= 30
    assert len(undecided) <= 0.05 * len(chains), undecided


def _chains(claims: list[Judged]) -> list[list[Judged]]:
    """Claims that go on from each other, together."""
    found: list[list[Judged]] = []
    for claim in claims:
        before = next((chain for chain in found if chain[-1].right == claim.left), None)
        if before is None:
            found.append([claim])
        else:
            before.append(claim)
    return found


def _decided(chain: list[Judged]) -> bool:
    verdicts = {claim.verdict for claim in chain}
    return "fails" in verdicts or "undecided" not in verdicts
