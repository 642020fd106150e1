"""What a clever student may write in place of an answer earns no more than it shows, on the real rubrics."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from grader.checks.code import Code, Missing, Unread
from grader.grade import request
from grader.model import Expected, Item, Observation
from grader.rubric import load_rubric

ROOT = Path(__file__).parents[1]
BOUND = r"\mathbb{E}_{q(z|x)}[\log p_\theta(x|z)] - KL(q(z|x), p(z))"
EVIDENCE = r"\log p_\theta(x)"
GAUSS = r"\frac{(\mu_q-\mu_p)^2}{2\sigma^2}"
KL = "KL(q(z|x),p(z))"
BEST = r"\frac{p_\theta(x|z)p(z)}{\sum_z p_\theta(x|z)p(z)}"
MEAN = r"\frac1M\sum_{m=1}^M-\log p_\theta(x_i|z_m)"
SUM = r"\sum_{m=1}^M-\log p_\theta(x_i|z_m)"
SQUARE = r"(\mu_q+\sigma)^2=\mu_q^2+2\mu_q\sigma+\sigma^2"
FIELD = "11, 12, 13, 14, 15, 21, 22, 23, 31"


@cache
def items(homework: str) -> dict[str, Item]:
    return {item.id: item for item in load_rubric(ROOT / "rubrics" / f"{homework}.yaml", ROOT).items}


@cache
def expected(homework: str, name: str) -> Expected:
    item = items(homework)[name]
    if not item.check.asks_reference:
        return Expected({}, {})
    return Expected({}, item.check.probe(Code({}, {}, {}), request(item, reference=True).call, {}))


def outcome(homework: str, name: str, text: str) -> tuple[float | None, str]:
    """Credit and note, by both halves of the item's kind in this process."""
    item = items(homework)[name]
    code = Code({}, {item.check.part: text}, {})  # type: ignore[attr-defined]
    try:
        observed = Observation("ok", item.check.probe(code, request(item).call, {}))
    except Missing:
        return 0.0, "missing"
    except Unread:
        return None, "unread"
    found = item.check.compare(expected(homework, name), observed)
    return found.credit, found.note


def shown(*formulas: str) -> str:
    return "\n\n".join(f"$${formula}$$" for formula in formulas)


RESTATED = 0.333333
"""Of the bound, who writes down what is to be shown: the end, and the two parts that stand in it."""

DERIVATIONS = [
    pytest.param("vae_quiz", "a", shown(rf"{EVIDENCE}\ge {BOUND}"), RESTATED, "missing_milestone", id="what-is-to-be-shown"),
    pytest.param("vae_quiz", "a", shown(rf"{EVIDENCE}\le {BOUND}"), 0.166667, "relation", id="the-inequality-reversed"),
    pytest.param("vae_quiz", "a", shown(rf"{EVIDENCE}={BOUND}"), 0.166667, "relation", id="an-equality-for-an-inequality"),
    pytest.param("vae_quiz", "a", shown(rf"{EVIDENCE}\ge {BOUND}", rf"{EVIDENCE}\le {BOUND}"), None, "two_ends", id="both-ways-round"),
    pytest.param("vae_quiz", "a", shown(BOUND), 0.166667, "no_steps", id="the-end-alone"),
    pytest.param("vae_quiz", "a", shown(rf"{EVIDENCE}=\log\sum_z q(z|x)\frac{{p_\theta(x,z)}}{{q(z|x)}}"), 0, "does_not_arrive", id="the-question-copied"),
    pytest.param("vae_quiz", "a", shown("0=0", "1=1", rf"{EVIDENCE}={EVIDENCE}"), 0, "no_steps", id="tautologies"),
    pytest.param("vae_quiz", "a", shown(r"\sum_z q(z|x)=1", r"\sum_z p(z)=1", r"\log 4=2\log 2"), 0, "does_not_arrive", id="true-and-beside-the-point"),
    pytest.param("vae_quiz", "a", shown(rf"A={BOUND}", "B=A", rf"A={BOUND}", rf"B={BOUND}"), 0.166667, "no_steps", id="the-end-under-own-names"),
    pytest.param("vae_quiz", "a", shown(rf"{EVIDENCE}\ge W\ge {BOUND}"), None, "undecided", id="through-a-name-that-nobody-explains"),
    pytest.param("vae_quiz", "a", shown(rf"{EVIDENCE}\ge {EVIDENCE}-1={BOUND}"), RESTATED, None, id="a-bound-of-no-use"),
    pytest.param("vae_quiz", "a", rf"\newcommand{{\KL}}{{{EVIDENCE}-}}" + shown(rf"{EVIDENCE}=\KL 0"), 0, "no_steps", id="a-macro-of-the-same-name"),
    pytest.param("vae_quiz", "a", shown(rf"\text{{ {EVIDENCE}\ge {BOUND} }}"), 0, "no_steps", id="in-a-text"),
    pytest.param("vae_quiz", "a", shown(rf"\phantom{{{EVIDENCE}\ge {BOUND}}}"), None, "undecided", id="in-a-phantom"),
    pytest.param("vae_quiz", "a", f"No idea.\n\n% {EVIDENCE}\\ge {BOUND}", 0, "no_steps", id="in-a-comment"),
    pytest.param("vae_quiz", "d", shown(GAUSS), 0.666667, "no_steps", id="the-result-alone"),
    pytest.param("vae_quiz", "d", shown(rf"{GAUSS}=\frac{{2(\mu_q-\mu_p)^2}}{{4\sigma^2}}"), 0.666667, "no_steps", id="a-result-rearranged"),
    pytest.param("vae_quiz", "d", shown(rf"{GAUSS}={GAUSS}+\mu_q-\mu_q+\log 1"), 0.666667, "no_steps", id="nothing-added"),
    pytest.param("vae_quiz", "d", shown(r"\log 4=2\log 2", GAUSS), 0.666667, "no_steps", id="a-step-of-numbers"),
    pytest.param("vae_quiz", "d", shown(SQUARE, GAUSS), 0.666667, "beside_the_point", id="a-true-step-beside-the-point"),
    pytest.param("vae_quiz", "d", shown(SQUARE), 0, "does_not_arrive", id="only-a-true-step-beside-the-point"),
    pytest.param("vae_quiz", "d", shown(rf"A={GAUSS}", rf"A={GAUSS}"), 0.666667, "no_steps", id="an-alias-of-the-result"),
    pytest.param("vae_quiz", "d", shown("A=B", "B=A", rf"A={GAUSS}"), 0.666667, "no_steps", id="a-circle-of-names"),
    pytest.param("vae_quiz", "d", shown(KL), 0, "no_steps", id="the-question-for-the-result"),
    pytest.param("vae_quiz", "d", shown(rf"{KL}=\int q(z|x)\log\frac{{q(z|x)}}{{p(z)}}dz"), RESTATED, "does_not_arrive", id="the-definition"),
    pytest.param("vae_quiz", "d", shown(rf"{KL}\ge {GAUSS}"), 0.0, "only_a_bound", id="an-inequality-for-an-equality"),
    pytest.param("vae_quiz", "d", shown(rf"{KL}={GAUSS}", rf"{KL}=-{GAUSS}"), 0.166667, "sign", id="both-signs"),
    pytest.param("vae_quiz", "d", rf"$${GAUSS}$$ or $$-{GAUSS}$$", None, "two_ends", id="a-choice"),
    pytest.param("vae_quiz", "d", shown(rf"{GAUSS}\text{{ or }}-{GAUSS}"), None, "two_ends", id="a-choice-in-one-line"),
    pytest.param("vae_quiz", "d", shown("+".join([r"\mu_q"] * 900) + "=0", GAUSS), None, "undecided", id="a-huge-sum"),
    pytest.param("vae_quiz", "e", shown("q(z|x)"), 0, "no_steps", id="the-unknown-for-its-value"),
    pytest.param("vae_quiz", "e", shown(rf"q(z|x)={BEST}"), 0.2, "missing_milestone", id="a-result-without-its-lagrangian"),
    pytest.param("vae_quiz", "e", shown(r"q(z|x)=p_\theta(x|z)p(z)e^{\lambda-1}"), 0.4, "does_not_arrive", id="the-multiplier-left"),
    pytest.param("generative_theory", "1.1", shown(r"q(g(z_0))=q(z_0)|\det\frac{\partial g(z_0)}{\partial z_0}|^{-1}"), 0.2, "does_not_arrive", id="the-equation-of-the-question"),
    pytest.param("generative_theory", "2.2", shown(r"KL(q_i^*(z)\|p(z|x_i))"), 0, "no_steps", id="one-of-two-without-a-relation"),
    pytest.param("generative_theory", "2.2", shown(r"KL(q_i^*(z)\|p(z|x_i))\ge KL(q_{\phi^*}(z|x_i)\|p(z|x_i))"), 0, "relation", id="the-smaller-for-the-larger"),
    pytest.param("generative_theory", "2.2", shown(r"KL(q_i^*(z)\|p(z|x_i))\le KL(q_{\phi^*}(z|x_i)\|p(z|x_i))+1"), 0, "does_not_arrive", id="a-weaker-inequality"),
    pytest.param("generative_theory", "3.1", shown(r"\mathcal{L}_K=\log p(x)"), 0, "relation", id="equal-to-its-bound"),
    pytest.param("generative_theory", "5", shown("f_1(x)"), 0, "no_steps", id="a-side-of-what-is-to-be-shown"),
    pytest.param("generative_theory", "6.1.a-1", shown(r"f^*(t)=\sup_u\{ut-u\log u\}"), 0, "does_not_arrive", id="the-definition-of-the-conjugate"),
    pytest.param("generative_theory", "6.1.a-1", shown("f^*(t)"), 0, "no_steps", id="the-name-of-the-conjugate"),
    pytest.param("generative_theory", "6.1.a-1", shown(r"\frac{d}{du}(ut-u\log u)=0", "f^*(t)=e^{t-1}"), 0.6, "missing_milestone", id="a-derivative-that-is-not-taken"),
    pytest.param("generative_theory", "6.2.b", shown("0"), 0, "no_steps", id="zero"),
    pytest.param("generative_theory", "6.2.b", shown(r"KL(p\|q)\le R_2[T]"), 0, "does_not_arrive", id="the-bound-reversed"),
    pytest.param("generative_theory", "6.3", shown("R_1[T]"), 0, "no_steps", id="one-of-two-bounds"),
    pytest.param("generative_theory", "7", shown(r"\log 2=\frac12\log 4"), 0.2, "no_steps", id="numbers-for-the-divergence"),
]  # fmt: skip


@pytest.mark.parametrize(("homework", "name", "text", "credit", "note"), DERIVATIONS)
def test_a_derivation_earns_no_more_than_it_shows(homework, name, text, credit, note):
    got, why = outcome(homework, name, text)
    assert (got if got is None else round(got, 6), why) == (credit, why if note is None else note)


OTHERS = [
    pytest.param("vae_gan_duality", "2.c", rf"$${SUM}$$ or $${MEAN}$$", None, "two_answers", id="a-choice-of-formulas"),
    pytest.param("vae_gan_duality", "2.c", shown(rf"{SUM}\text{{ or }}{MEAN}"), None, "two_answers", id="a-choice-in-one-line"),
    pytest.param("vae_gan_duality", "2.c", shown(rf"{SUM},\ {MEAN}"), None, "two_answers", id="a-list-of-formulas"),
    pytest.param("vae_gan_duality", "2.c", shown(MEAN, SUM), None, "goes_on", id="the-right-one-first"),
    pytest.param("vae_gan_duality", "2.c", f"<!-- $${MEAN}$$ -->", None, "undecided", id="a-formula-in-a-comment"),
    pytest.param("vae_gan_duality", "2.d", shown(r"-\log p(x_i|z)"), 0, "not_worked_out", id="the-question-for-the-loss"),
    pytest.param("vae_gan_duality", "4.f", "0.5 or 0.7", None, "unread", id="a-choice-of-numbers"),
    pytest.param("vae_gan_duality", "4.f", "0.7 = 0.5", None, "unread", id="numbers-that-are-said-to-be-equal"),
    pytest.param("vae_gan_duality", "4.f", "0.5 if trained, otherwise 0.7", None, "unread", id="a-number-for-each-case"),
    pytest.param("vae_quiz", "c.value", "0 or infinity", None, "unread", id="zero-or-infinity"),
    pytest.param("vae_quiz", "c.value", "KL = 0, KL = 1", None, "unread", id="two-equations"),
    pytest.param("vae_quiz", "f", "3 or 4", None, "unread", id="two-options"),
    pytest.param("vae_quiz", "f", "(1) (2) (3) (4)", None, "unread", id="all-options"),
    pytest.param("vae_quiz", "f", "p_θ(z|x) or p(z)", None, "unread", id="two-options-by-name"),
    pytest.param("vae_quiz", "f", "not 3", None, "unread", id="an-option-denied"),
    pytest.param("vae_gan_quiz", "2.a.choice", "true and false", None, "unread", id="true-and-false"),
    pytest.param("vae_gan_duality", "3.h.domain", "[-1,0] ∪ [0,1]", None, "unread", id="both-domains"),
    pytest.param("vae_gan_duality", "2.e.name", "Bernoulli or Gaussian", None, "unread", id="two-names"),
    pytest.param("generative_theory", "4.1", f"{FIELD} or {FIELD}, 24, 32", None, "unread", id="two-fields"),
    pytest.param("generative_theory", "4.1", f"{FIELD}, maybe 24", None, "unread", id="a-pixel-that-may-be-there"),
    pytest.param("generative_theory", "4.1", "all", None, "unread", id="all-pixels"),
]  # fmt: skip


@pytest.mark.parametrize(("homework", "name", "text", "credit", "note"), OTHERS)
def test_who_leaves_the_choice_to_the_grader_is_read_by_a_person(homework, name, text, credit, note):
    assert outcome(homework, name, text) == (credit, note)


HONEST = [
    pytest.param("vae_quiz", "a", shown(rf"{EVIDENCE}\ge E_q[\log p_\theta(x,z)-\log q(z|x)]={BOUND}"), id="a-short-derivation"),
    pytest.param("vae_quiz", "a", shown(rf"-{EVIDENCE}\le -E_q[\log\frac{{p_\theta(x,z)}}{{q(z|x)}}]={KL}-E_q[\log p_\theta(x|z)]"), id="the-negative-of-both"),
    pytest.param("vae_quiz", "a", shown(rf"{EVIDENCE}-E_q[\log\frac{{p_\theta(x,z)}}{{q(z|x)}}]=KL(q(z|x),p_\theta(z|x))\ge0", rf"E_q[\log\frac{{p_\theta(x,z)}}{{q(z|x)}}]={BOUND}"), id="by-what-is-between"),
    pytest.param("vae_quiz", "a", shown(rf"{BOUND}=E_q[\log\frac{{p_\theta(x,z)}}{{q(z|x)}}]\le {EVIDENCE}"), id="from-the-other-side"),
    pytest.param("vae_quiz", "d", shown(rf"0\le {KL}={GAUSS}"), id="with-a-remark-on-its-sign"),
    pytest.param("generative_theory", "6.3", shown(r"R_1[T]-R_2[T]=1+\log\mathbb{E}_q[e^{T-1}]-\mathbb{E}_q[e^{T-1}]\le0"), id="the-difference-of-two-bounds"),
    pytest.param("vae_gan_duality", "4.f", "0.5 or 1/2", id="one-number-in-two-ways"),
    pytest.param("vae_gan_duality", "4.f", r"$p_G/(p_G+p_G)=\frac24=0.5$", id="a-chain-of-equal-numbers"),
]  # fmt: skip


@pytest.mark.parametrize(("homework", "name", "text"), HONEST)
def test_a_right_answer_in_another_style_loses_nothing(homework, name, text):
    assert outcome(homework, name, text) == (1.0, "")
