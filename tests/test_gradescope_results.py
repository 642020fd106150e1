"""What the container adds to results.json: visibility, lateness, leaderboard, images, refusals; all within the profile."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from grader.gradescope.results import NOT_LOST, TOTAL_HIDDEN, dump_results, over_limit, results_json, withheld
from grader.model import Fact, Grade, Handed, Item, Late, Outcome, Pictures, Question, Rubric

SCHEMA = Path(__file__).parents[2] / "shared" / "schemas" / "gradescope_results.schema.json"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
FULL = Outcome(1.0, "agrees")


def a_rubric(*, visibility: Any = "visible", **more: Any) -> Rubric:
    check: Any = None  # no result asks what a check is
    items = tuple(Item(f"1.{k}", f"title {k}", "close", check, 5.0) for k in (1, 2))
    items = (items[0], replace(items[1], visibility=visibility))
    return Rubric("kl", "KL", (Question("1", "The KL", items),), Path("kl.yaml"), **more)


def emitted(results: dict[str, Any]) -> dict[str, Any]:
    """The results as written and read again, which must be what the platform takes."""
    read = json.loads(dump_results(results))
    if SCHEMA.is_file():
        defs = json.loads(SCHEMA.read_text("utf-8"))["$defs"]
        jsonschema.validate(read, {"$ref": "#/$defs/emitted", "$defs": defs})
    assert all(len(each.get("output", "")) < 99_000 for each in (read, *read["tests"]))
    return read


def a_grade(*evidence: Any, **more: Any) -> Grade:
    return Grade("ada", {"1.1": replace(FULL, evidence=evidence), "1.2": Outcome(0.5, "half")}, **more)


@pytest.mark.parametrize("visibility", ["hidden", "after_due_date", "after_published"])
def test_an_items_visibility_is_the_platforms_and_the_total_is_not_told(visibility: str) -> None:
    results = emitted(results_json(a_rubric(visibility=visibility), a_grade()))
    assert [test["visibility"] for test in results["tests"]] == ["visible", visibility]
    assert results["visibility"] == "visible"
    assert results["output"] == TOTAL_HIDDEN == "Some results are not shown yet, and so the total is not, either."
    assert results["score"] == 7.5


def test_lateness_is_taken_from_the_total_and_from_no_item() -> None:
    rubric = a_rubric(late=Late(percent=10.0))
    handed = Handed("gradescope", when=NOON, due=NOON - timedelta(hours=30))
    results = emitted(results_json(rubric, a_grade(handed=handed)))
    assert (results["score"], results["extra_data"]["deducted"]) == (5.5, 2.0)
    assert [test["score"] for test in results["tests"]] == [5.0, 2.5]
    assert results["output"].startswith(
        "5.5 of 10 points.\n\nHanded in 30 h after the deadline; 2 days begun × 10 % = 2 "
    )


@pytest.mark.parametrize(
    ("fact", "entry"),
    [
        pytest.param(
            Fact("−log p(x)", "86.43 nats; right runs lie between 80 and 90", "lower"),
            {"name": "1.1 −log p(x)", "value": 86.43, "order": "asc"},
            id="ascending",
        ),
        pytest.param(
            Fact("ELBO", "−90.5 nats", "higher"), {"name": "1.1 ELBO", "value": -90.5, "order": "desc"}, id="descending"
        ),
    ],
)
def test_a_fact_for_the_leaderboard_stands_on_it(fact: Fact, entry: dict[str, Any]) -> None:
    assert emitted(results_json(a_rubric(), a_grade(fact)))["leaderboard"] == [entry]


@pytest.mark.parametrize(
    ("fact", "visibility"),
    [
        pytest.param(Fact("ELBO", "-90.5"), "visible", id="an-ordinary-fact"),
        pytest.param(Fact("ELBO", "nan nats", "higher"), "visible", id="no-number"),
        pytest.param(Fact("ELBO", "-90.5", "higher"), "hidden", id="of-a-hidden-item"),
    ],
)
def test_what_is_not_for_the_leaderboard_is_not_on_it(fact: Fact, visibility: str) -> None:
    rubric = a_rubric(visibility=visibility)
    grade = Grade("ada", {"1.2": replace(FULL, evidence=(fact,))})
    assert "leaderboard" not in emitted(results_json(rubric, grade))


def test_the_layers_of_the_wall_are_recorded() -> None:
    assert emitted(results_json(a_rubric(), a_grade(), layers="seccomp"))["extra_data"]["wall"] == "seccomp"


class Tags(HTMLParser):
    """What elements and attributes a text of HTML has."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[tuple[str, ...]] = set()
        self.sources: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add((tag, *sorted(name for name, _ in attrs)))
        self.sources += [value or "" for name, value in attrs if name == "src"]


def images(count: int, side: int = 28) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, side, side), dtype=np.uint8)


def test_images_are_png_and_the_same_stands_beside_as_text() -> None:
    evil = '"><script style=x>alert(1)</script>'
    shown = Pictures("samples", {"yours": images(4), evil: images(2, 8)})
    test = emitted(results_json(a_rubric(), a_grade(shown, Fact("note", evil))))["tests"][0]
    tags = Tags(test["output"])
    assert test["output_format"] == "html"
    assert tags.found == {("pre",), ("p",), ("br",), ("img", "alt", "src")}
    assert all(source.startswith("data:image/png;base64,") for source in tags.sources)
    assert "samples:\n  yours: 4 images of 28×28 pixels, mean brightness 0.5" in test["output"]
    assert 'alt="yours: 4 images of 28×28 pixels, mean brightness' in test["output"]
    address = tags.sources[0].partition(",")[2]
    assert base64.b64decode(address).startswith(b"\x89PNG\r\n\x1a\n")


def test_images_that_are_too_many_are_left_out_and_it_says_so() -> None:
    shown = Pictures("samples", {f"row {k}": images(64, 64) for k in range(8)})
    output = emitted(results_json(a_rubric(), a_grade(shown, Fact("note", '"' * 30_000))))["tests"][0]["output"]
    assert "[… 8 more rows of images would be too long here]" in output


def test_a_withheld_result_is_no_zero_for_the_student() -> None:
    results = emitted(withheld(10.0, "grading was refused: there is no seccomp"))
    (test,) = results["tests"]
    assert (
        results["output"]
        == NOT_LOST
        == (
            "Your work has not been graded. That is not your fault and costs you no points: "
            "your instructor sees why, and it will be graded."
        )
    )
    # One hidden test keeps the total from the student.
    assert (test["visibility"], test["output"]) == ("hidden", "Grading was refused: there is no seccomp.")
    assert results["extra_data"] == {"withheld": True}


def test_a_refused_run_shows_the_last_result_and_says_so() -> None:
    rubric = a_rubric(runs_per_day=3)
    shown = a_grade(Fact("ELBO", "-90", "higher"), Pictures("samples", {"yours": images(1)}), Fact("long", "y" * 9000))
    first = emitted(results_json(rubric, shown))
    again = emitted(over_limit(rubric, first))
    assert again["output"] == (
        "This homework is graded 3 times a day, and today's runs are used up: this submission was not graded. "
        "Below is the result of the last run. Hand it in again tomorrow."
    )
    assert again["score"] == first["score"] == 7.5
    assert again["leaderboard"] == first["leaderboard"]
    assert [(test["score"], test["name"]) for test in again["tests"]] == [
        (test["score"], test["name"]) for test in first["tests"]
    ]
    assert "<" not in again["tests"][0]["output"]
    third = emitted(over_limit(rubric, again))
    assert third == again


@pytest.mark.parametrize(
    "previous",
    [
        None,
        {},
        {"extra_data": None},
        {"extra_data": {"kept": {"score": "7", "tests": []}}},
        {"extra_data": {"kept": 1}},
    ],
)
def test_a_refused_run_without_a_known_result_is_no_zero(previous: Any) -> None:
    results = emitted(over_limit(a_rubric(runs_per_day=1), previous))
    said = "This homework is graded once a day, and today's runs are used up: this submission was not graded."
    assert results["output"] == f"{said} Hand it in again tomorrow."
    assert results["tests"][0]["output"] == f"{said} No result of an earlier run came back from the platform."
    assert results["tests"][0]["visibility"] == "hidden"


def test_only_a_homework_with_a_daily_limit_keeps_results_for_later() -> None:
    assert "kept" not in results_json(a_rubric(), a_grade())["extra_data"]
