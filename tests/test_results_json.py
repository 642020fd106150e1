"""results.json: what Gradescope takes, and what a student reads there."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from grader.gradescope.results import dump_results, results_json
from grader.model import Fact, Grade, Grid, Item, Outcome, Plot, Question, Review, Rubric, Table

SCHEMA = Path(__file__).parents[2] / "shared" / "schemas" / "gradescope_results.schema.json"
FULL, HALF, NONE = (
    Outcome(1.0, "agrees"),
    Outcome(0.5, "a mean", (), "mean_for_sum"),
    Outcome(0.0, "differs", (), "sign"),
)
WRITTEN, LOST = Outcome(None, "a person reads this", (), "written"), Outcome(None, "the box was lost", (), "lost")
EVIL = "<script>\x00\x1b[31m\ud800\u202e" + "x" * 200_000
EVERYTHING = (
    Fact("largest difference", "0.5"),
    Fact("your answer", "first\nsecond"),
    Table("a failing input", ("", "value"), (("mu", "[0, 0]"), ("expected", "1.5"))),
    Grid("what (0, 1) depends on", (("right", "illegal"), ("unused", "lost"))),
    Plot("loss", "line", {"yours": ((0.0, 1.0), (2.0, math.inf))}, "step", "nats"),
)


def a_rubric(*labels: str, points: float = 2.0) -> Rubric:
    check: Any = None  # no result asks what a check is
    items = tuple(Item(label, f"title {label}", "close", check, points, "check the sign") for label in labels)
    return Rubric("kl", "Gaussian KL", (Question("1", "The KL", items),), Path("kl.yaml"))


def results_of(outcome: Outcome | None, **more: Any) -> dict[str, Any]:
    grade = Grade("ada", {} if outcome is None else {"1.1": outcome}, **more)
    return results_json(a_rubric("1.1"), grade)


def test_results_read_as_a_person_expects() -> None:
    outcome = Outcome(0.5, "the sign is wrong", EVERYTHING, "sign")
    review = Review("ada", "1.1", 0.5, "Half.", "M. Lehrer", "2025-05-18 12:24")
    results = results_of(outcome, reviews={"1.1": review}, printed={"1.1": "epoch 1"})
    (test,) = results["tests"]
    assert test["output"] == (
        "◐ partly: The sign is wrong.\n\n"
        "largest difference: 0.5\n\n"
        "your answer:\nfirst\nsecond\n\n"
        "a failing input:\n            value\n  mu        [0, 0]\n  expected  1.5\n\n"
        "what (0, 1) depends on: 1 illegal, at (row, column) (0, 1); 1 lost, at (row, column) (1, 1)\n"
        "  ● ✗\n  · ○\n"
        "  ● used, and may be\n  ✗ used, but must not be (illegal)\n"
        "  ○ not used, but should be (lost)\n  · not used, and must not be\n\n"
        "loss: line plot, x is step and y is nats. yours: 1 point, x from 0 to 0, y between 2 and 2, 1 not finite.\n\n"
        "Hint: check the sign\n\n"
        "Decided by M. Lehrer, 2025-05-18 12:24. Half.\n\n"
        "What your code printed:\nepoch 1"
    )
    del test["output"]
    assert test == {
        "name": "title 1.1 (partly)",
        "number": "1.1",
        "score": 1.0,
        "max_score": 2.0,
        "output_format": "text",
        "visibility": "visible",
        "extra_data": {"item": "1.1", "note": "sign"},
        "status": "failed",
    }


@pytest.mark.parametrize(
    "grade",
    [
        pytest.param(Grade("ada", {}), id="nothing-graded"),
        pytest.param(Grade("ada", {"1.1": FULL, "1.2": HALF, "1.3": NONE, "1.4": WRITTEN, "1.5": LOST}), id="verdicts"),
        pytest.param(Grade("ada", {"1.1": Outcome(0.0, "no", EVERYTHING)}), id="evidence"),
        pytest.param(
            Grade(
                EVIL,
                {"1.1": Outcome(0.0, EVIL, (Fact(EVIL, EVIL),) * 9, EVIL)},
                (EVIL,) * 90,
                {"1.1": EVIL, EVIL: EVIL},
            ),
            id="hostile",
        ),
    ],
)
def test_results_follow_the_schema_and_are_strict_utf8_json(grade: Grade) -> None:
    text = dump_results(results_json(a_rubric(*(f"1.{k}" for k in range(1, 6))), grade, seconds=1.25))
    text.encode("utf-8")
    assert "\\u0000" not in text
    assert "\u202e" not in text
    results = json.loads(text, parse_constant=pytest.fail)
    assert all(len(output) < 99_000 for output in (results["output"], *(test["output"] for test in results["tests"])))
    if not SCHEMA.exists():
        pytest.skip(f"the schema {SCHEMA.name} is not beside this repository")
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    emitted = {"$schema": schema["$schema"], "$defs": schema["$defs"], "$ref": "#/$defs/emitted"}
    jsonschema.Draft202012Validator(emitted).validate(results)


@pytest.mark.parametrize(
    ("outcome", "score", "name", "status", "begins"),
    [
        pytest.param(FULL, 2.0, "title 1.1", "passed", "✓ right: Agrees.", id="right"),
        pytest.param(HALF, 1.0, "title 1.1 (partly)", "failed", "◐ partly: A mean.", id="partly"),
        pytest.param(NONE, 0.0, "title 1.1", "failed", "✗ wrong: Differs.", id="wrong"),
        pytest.param(
            WRITTEN, 0.0, "title 1.1 (a person decides)", None, "? a person decides: A person reads this.", id="person"
        ),
        pytest.param(
            LOST,
            0.0,
            "title 1.1 (not graded, our fault)",
            None,
            "! not graded, our fault: The box was lost.",
            id="ours",
        ),
        pytest.param(
            None,
            0.0,
            "title 1.1 (not graded, our fault)",
            None,
            "! not graded, our fault: This item was not graded, and that is our fault, not yours",
            id="absent",
        ),
    ],
)
def test_each_verdict_has_its_name_status_and_text(
    outcome: Outcome | None, score: float, name: str, status: str | None, begins: str
) -> None:
    results = results_of(outcome)
    (test,) = results["tests"]
    assert (results["score"], test["score"], test["max_score"]) == (score, score, 2.0)
    assert (test["name"], test.get("status")) == (name, status)
    assert test["output"].startswith(begins)


@pytest.mark.parametrize("outcome", [pytest.param(WRITTEN, id="person"), pytest.param(LOST, id="ours"), None])
def test_undecided_item_says_that_nothing_is_lost(outcome: Outcome | None) -> None:
    results = results_of(outcome)
    (test,) = results["tests"]
    assert test["tags"] == ["a person decides"]
    assert (
        "Until a person has decided, its 2 points are neither won nor lost. The platform shows 0 for the time being."
        in test["output"]
    )
    assert "Hint" not in test["output"]
    assert results["output"] == (
        "0 of 2 points.\n\n2 points of the 2 are not decided yet: a person will look at them. They are not lost."
    )
    assert results["extra_data"] == {"homework": "kl", "maximum": 2.0, "undecided": 2.0}


def test_summary_has_remarks_and_what_was_printed_at_loading() -> None:
    results = results_of(FULL, remarks=("`big.bin` was left out",), printed={"": "loading", "1.1": "epoch"})
    assert results["output"] == (
        "2 of 2 points.\n\n`big.bin` was left out.\n\nWhat your code printed while it was loaded:\nloading"
    )
    assert results["tests"][0]["output"] == "✓ right: Agrees.\n\nWhat your code printed:\nepoch"


@pytest.mark.parametrize(
    ("labels", "numbers"),
    [
        pytest.param(("1a", "1.b"), ["1a", "1.b"], id="ids"),
        pytest.param(("1a", "kl_standard"), ["1.1", "1.2"], id="places-if-the-platform-takes-no-such-id"),
    ],
)
def test_number_is_one_that_the_platform_takes(labels: tuple[str, ...], numbers: list[str]) -> None:
    results = results_json(a_rubric(*labels), Grade("ada", {}))
    assert [test["number"] for test in results["tests"]] == numbers


def test_long_output_is_shortened_and_says_so() -> None:
    facts = tuple(Fact(f"fact {k}", "y" * 19_000) for k in range(10))
    output = results_of(Outcome(0.0, "no", facts))["tests"][0]["output"]
    assert 89_000 < len(output) < 99_000
    assert output.endswith("more characters are not shown]")


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        pytest.param(1.23456, 1.235, id="rounded"),
        pytest.param(math.nan, None, id="nan"),
        pytest.param(math.inf, None, id="infinite"),
        pytest.param(-1.0, None, id="negative"),
        pytest.param(None, None, id="unknown"),
    ],
)
def test_execution_time_is_a_finite_number_or_absent(seconds: float | None, shown: float | None) -> None:
    assert results_json(a_rubric("1.1"), Grade("ada", {}), seconds=seconds).get("execution_time") == shown


def test_number_that_is_not_finite_is_never_written() -> None:
    with pytest.raises(ValueError, match="Out of range float values are not JSON compliant"):
        dump_results({"score": math.nan})


def test_dump_replaces_what_the_platform_can_not_store() -> None:
    assert json.loads(dump_results({"tests": [{"output": "a\0b\ud800"}]})) == {"tests": [{"output": "a�b?"}]}


def test_backslash_u0000_that_a_student_typed_does_not_break_the_file() -> None:
    # Once the NUL was replaced in the finished JSON text, where this is only half of an escaped backslash.
    results = results_of(FULL, printed={"1.1": "C:\\u0000"})
    assert json.loads(dump_results(results)) == results
