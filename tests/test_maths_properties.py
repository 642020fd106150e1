"""Laws of judging: a right step stays right however it is written, and a verdict depends on nothing but the step."""

import random
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.derivations.corpora import Step, steps
from benchmarks.derivations.mutate import mutants
from grader.maths import judged, observed_answer
from grader.maths.tree import Add, Big, Bound, Expectation, Multiply, Negative, Number, Symbol, rebuilt, walk
from grader.maths.write import latex

STEPS = steps()
EQUAL = [step for step in STEPS if step.relation == "="]
CHOSEN = st.sampled_from(EQUAL)
FEW = settings(max_examples=25, deadline=None, derandomize=True)


def verdict(step: Step, text: str = "") -> str:
    return judged(observed_answer(text or step.text(), step.world, 1))[-1].verdict


def test_there_are_steps_of_all_five_homeworks():
    assert {step.where.split()[0] for step in STEPS} == {
        "vae_gan",
        "vae_quiz",
        "vae_gan_quiz",
        "generative_theory",
        "vae_gan_duality",
    }
    assert len(STEPS) >= 100


def shuffled(node, rng, told):
    """The tree with the terms of its sums and the factors of its products in another order."""
    new = rebuilt(node, lambda child: shuffled(child, rng, told))
    if isinstance(new, Add):
        return replace(new, terms=tuple(rng.sample(new.terms, len(new.terms))))
    names = {*told.vectors, *told.matrices}
    ordered = any(isinstance(part, Symbol) and part.name in names for part in walk(new))
    if isinstance(new, Multiply) and not ordered and not any(isinstance(p, Big) for p in walk(new)):
        return replace(new, factors=tuple(rng.sample(new.factors, len(new.factors))))
    return new


@FEW
@given(CHOSEN, st.integers(0, 1000))
def test_a_right_step_stays_right_with_terms_and_factors_in_another_order(step, seed):
    before = verdict(step)
    text = step.text(shuffled(step.right, random.Random(seed), step.told))
    assert verdict(step, text) == before


def renamed(node, name):
    """The tree in which a bound variable of a sum or integral is called z' for z."""
    new = rebuilt(node, lambda child: renamed(child, name))
    if isinstance(new, Big) and [bound.name for bound in new.over] == [name] and not new.over[0].indices:
        if any(isinstance(part, Symbol | Bound) and part.name == name and part.copy for part in walk(new.body)):
            return new
        return replace(new, over=(replace(new.over[0], copy=1),), body=primed(new.body, name))
    return new


def primed(node, name):
    new = rebuilt(node, lambda child: primed(child, name))
    if isinstance(new, Symbol) and new.name == name and not new.indices:
        return replace(new, copy=1)
    return new


def is_plain(step):
    """Whether all functions have their arguments, so that renaming the bound variable reaches them."""
    names = {head.name for head in (*step.told.functions, *step.told.densities)} | {*step.told.joints}
    return not any(isinstance(p, Symbol) and p.name in names for p in walk(step.right)) and not any(
        isinstance(p, Expectation) for p in walk(step.right)
    )


@FEW
@given(st.sampled_from([step for step in EQUAL if is_plain(step) and "z" in step.told.spaces]))
def test_a_right_step_stays_right_under_renaming_of_a_dummy(step):
    assert verdict(step, step.text(renamed(step.right, "z"))) == verdict(step)


@FEW
@given(CHOSEN)
def test_a_right_step_stays_right_with_a_term_moved_across(step):
    right = step.right
    if not isinstance(right, Add) or verdict(step) != "holds":
        return
    moved = replace(step, left=Add((step.left, Negative(right.terms[-1]))), right=_rest(right))
    assert verdict(step, moved.text()) == "holds"


def _rest(node):
    return node.terms[0] if len(node.terms) == 2 else Add(node.terms[:-1])


@FEW
@given(CHOSEN, st.integers(0, 10_000))
def test_a_wrong_step_is_never_accepted(step, seed):
    every = list(mutants(step.right, step.told))
    if verdict(step) != "holds" or not every:
        return
    mutant = random.Random(seed).choice(every)
    seen = [judged(observed_answer(step.text(mutant.node), step.world, k))[-1].verdict for k in (1, 2)]
    assert seen[0] == seen[1]


def test_a_wrong_number_is_never_accepted():
    for step in EQUAL[::6]:
        if verdict(step) == "holds":
            text = step.text(Add((step.right, Number(Fraction(1, 1000)))))
            assert verdict(step, text) != "holds", step.text()


def test_a_verdict_does_not_depend_on_the_order_of_the_answers_or_on_what_was_judged_before():
    texts = [(step.text(), step.world) for step in STEPS[:20]]
    once = [judged(observed_answer(text, world, 1)) for text, world in texts]
    backwards = [judged(observed_answer(text, world, 1)) for text, world in texts[::-1]][::-1]
    assert once == backwards


WRONG = r"$$\frac{(a-b)^2}{2 c^2} = \frac{(a-b)^2}{2 c}$$"
SCALARS = {"scalars": {"a": "real", "b": "real", "c": "positive"}}


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_a_verdict_does_not_depend_on_the_hash_seed(hash_seed):
    code = (
        f"from grader.maths import judged, observed_answer\nprint(judged(observed_answer({WRONG!r}, {SCALARS!r}, 1)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONHASHSEED": hash_seed}, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == str(judged(observed_answer(WRONG, SCALARS, 1)))


def test_a_step_is_printed_and_read_again_with_the_same_verdict():
    for step in EQUAL[::5]:
        again = replace(step, before=step.before)
        assert latex(step.right) == latex(again.right)
        assert verdict(step) == verdict(step, step.text())
