"""Answers that are meant to hang, crash or be executed end soon, in a message or a value; nothing of them is run."""

from pathlib import Path

import pytest
from soon import soon

from benchmarks.derivations.hostile import HOSTILE, WORLD
from grader.maths import displayed, judged, observed_answer

"""Well above what any of them takes on a quiet machine (1 s), for the tests share theirs."""


def looked_at(name):
    text = HOSTILE[name]
    return observed_answer(text if "$" in text else displayed(text), WORLD, 1)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_answer_ends_soon_and_is_no_crash(name):
    with soon():
        values = looked_at(name)
        judged(values)
    assert sum(array.nbytes for array in values.values() if array.dtype.kind != "U") < 1 << 26


def test_there_are_at_least_sixty_hostile_answers():
    assert len(HOSTILE) >= 60


@pytest.mark.parametrize(
    "name", [name for name in HOSTILE if name.startswith(("python", "write18", "input", "include"))]
)
def test_nothing_in_a_hostile_answer_is_executed(name):
    mark = Path("/tmp/gradebound_hostile")
    looked_at(name)
    assert not mark.exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("fractions", "nested more than 60 deep", id="too-deep"),
        pytest.param("too_long", "formulas of at most 8000 are read", id="too-long"),
        pytest.param("braces_open", "too many to be read", id="too-many-signs"),
    ],
)
def test_what_can_not_be_read_says_why(name, said):
    values = looked_at(name)
    whys = [str(array) for key, array in values.items() if key.startswith("line/") and key.endswith("/why")]
    assert whys
    assert any(why and said in why for why in whys)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        pytest.param("long_sum", "a sum has more than 64 terms", id="long-sum"),
        pytest.param("tower", "an exponent is larger than 400", id="exponent"),
        pytest.param("sums_of_64", "it needs more computing than an answer may take", id="budget"),
    ],
)
def test_what_needs_too_much_is_undecided_and_says_why(name, why):
    claims = judged(looked_at(name))
    assert [claim.verdict for claim in claims] == ["undecided"]
    assert claims[0].why == why


def test_an_answer_with_very_many_steps_is_undecided_after_the_first_ones():
    claims = judged(looked_at("many_relations"))
    assert [claim.verdict for claim in claims[:300]] == ["unjudged"] * 300, "x = x says nothing"
    assert {(claim.verdict, claim.why) for claim in claims[300:]} == {("undecided", "the answer has too many steps")}
