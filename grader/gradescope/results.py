"""results.json as Gradescope's autograder wants it: the platform's words for a `Grade`.

Theory of operation. The platform loses the whole result over one NaN, cuts the middle out of a long field, and
calls every test failed that has less than its maximum. So all text is bounded here, `dump_results` refuses what is
not strict JSON, and an item that waits for a person says so in its name, which is seen before anything is opened.

Where grading is withheld there is still a score, because the platform knows no result without one: it is 0, and one
hidden test keeps the total from the student, who reads that nothing is lost.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from grader.grade import final, score
from grader.gradescope.pictures import pictured
from grader.model import Fact, Grade, Item, Pictures, Rubric
from grader.report import words
from grader.report.words import OURS, PARTLY, PERSON, RIGHT, WRONG, Verdict, block, line, points

MOST = 90_000
"""Longest output in characters, for one test and at the top; the platform cuts at 100,000."""
KEPT = 2_000
"""Longest output of a test that is kept for a later run that is refused."""
NOT_LOST = (
    "Your work has not been graded. That is not your fault and costs you no points: "
    "your instructor sees why, and it will be graded."
)
TOTAL_HIDDEN = "Some results are not shown yet, and so the total is not, either."

NUMBER = re.compile(r"[0-9A-Za-z]+(\.[0-9A-Za-z]+)*")


def results_json(rubric: Rubric, grade: Grade, *, seconds: float | None = None, layers: str = "") -> dict[str, Any]:
    """The content of results.json: a test per item, and the points of what is decided, less what lateness takes.

    `seconds` is how long grading took, `layers` what confined the student's code. What waits for a person has score 0
    here and says that it is not lost.
    """
    total = score(rubric, grade)
    results: dict[str, Any] = {
        "score": _number(final(total)),
        "output": _summary(rubric, grade),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {
            "homework": line(rubric.homework, words.NAME),
            "maximum": _number(total.maximum),
            "undecided": _number(total.undecided),
        },
        "tests": [_test(number, item, grade) for number, item in _numbered(rubric)],
    }
    if total.deducted:
        results["extra_data"]["deducted"] = _number(total.deducted)
    if layers:
        results["extra_data"]["wall"] = line(layers, words.SENTENCE)
    if board := list(_leaderboard(rubric, grade)):
        results["leaderboard"] = board
    if rubric.runs_per_day is not None:
        results["extra_data"]["kept"] = _kept(results)
    if seconds is not None and math.isfinite(seconds) and seconds >= 0:
        results["execution_time"] = round(seconds, 3)
    return results


def withheld(maximum: float, reason: str) -> dict[str, Any]:
    """A result without grades: the student reads that nothing is lost, the instructor also the `reason`."""
    test = {
        "name": "Not graded: a message for the instructor",
        "score": 0.0,
        "max_score": _number(maximum),
        "output": block(words.sentence(reason), MOST),
        "output_format": "text",
        "visibility": "hidden",
    }
    return {
        "score": 0.0,
        "output": NOT_LOST,
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {"withheld": True},
        "tests": [test],
    }


def over_limit(rubric: Rubric, previous: Mapping[str, Any] | None) -> dict[str, Any]:
    """The result of a run beyond the day's: that of the run before, which says so, or none where it is not known."""
    runs = "once" if rubric.runs_per_day == 1 else f"{rubric.runs_per_day} times"
    said = f"This homework is graded {runs} a day, and today's runs are used up: this submission was not graded."
    kept = _dict(_dict(previous or {}, "extra_data"), "kept")
    tests = kept.get("tests")
    if not isinstance(tests, list) or not isinstance(kept.get("score"), int | float):
        results = withheld(rubric.points, f"{said} No result of an earlier run came back from the platform")
        return results | {"output": f"{said} Hand it in again tomorrow."}
    results = withheld(rubric.points, "")
    results |= {"output": f"{said} Below is the result of the last run. Hand it in again tomorrow.", **kept}
    return results | {"extra_data": {"kept": kept, "refused": True}}


def _kept(results: Mapping[str, Any]) -> dict[str, Any]:
    """What a later run that is refused shows again: the score, and the tests with shortened outputs."""
    tests = [
        {name: value for name, value in test.items() if name != "extra_data"}
        | {"output": _shortened(test), "output_format": "text"}
        for test in results["tests"]
    ]
    kept = {"score": results["score"], "tests": tests}
    return kept | ({"leaderboard": results["leaderboard"]} if "leaderboard" in results else {})


def _shortened(test: Mapping[str, Any]) -> str:
    text = re.sub(r"<[^>]*>", "", test["output"]) if test["output_format"] == "html" else test["output"]
    return block(text, KEPT)


def _dict(told: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = told.get(key)
    return found if isinstance(found, Mapping) else {}


def _leaderboard(rubric: Rubric, grade: Grade) -> Iterator[dict[str, Any]]:
    """An entry for each fact that is one for the leaderboard, of items that are not kept from students."""
    for number, item in _numbered(rubric):
        outcome = grade.outcomes.get(item.id)
        for fact in outcome.evidence if outcome and item.visibility == "visible" else ():
            value = (
                _finite(fact.value.split(" ")[0].replace("−", "-")) if isinstance(fact, Fact) and fact.board else None
            )
            if isinstance(fact, Fact) and value is not None:
                order = "asc" if fact.board == "lower" else "desc"
                yield {"name": line(f"{number} {fact.label}", words.NAME), "value": value, "order": order}


def _finite(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def dump_results(results: dict[str, Any]) -> str:
    """results.json as text: strict JSON that is valid UTF-8. Raises ValueError for a number that is not finite."""
    return json.dumps(_storable(results), ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _storable(value: Any) -> Any:
    """A value whose texts hold no NUL and no half character: JSON can escape both, the platform can't keep them."""
    if isinstance(value, str):
        return value.replace("\0", "�").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_storable(key): _storable(each) for key, each in value.items()}
    return [_storable(each) for each in value] if isinstance(value, list) else value


def _numbered(rubric: Rubric) -> list[tuple[str, Item]]:
    """Items with their ids as numbers; with their places, if the platform would not take one of the ids."""
    places = list(words.placed(rubric))
    if all(NUMBER.fullmatch(item.id) for item in rubric.items):
        return [(item.id, item) for _, item in places]
    return places


def _test(number: str, item: Item, grade: Grade) -> dict[str, Any]:
    outcome = grade.outcomes.get(item.id)
    which = words.verdict(outcome)
    credit = outcome.credit if outcome is not None and outcome.credit is not None else 0.0
    test: dict[str, Any] = {
        "name": _title(item, which),
        "number": number,
        "score": _number(credit * item.points),
        "max_score": _number(item.points),
        **_output(item, grade, which),
        "visibility": item.visibility,
        "extra_data": {"item": line(item.id, words.NAME), "note": line(outcome.note if outcome else "", words.NAME)},
    }
    if which in (PERSON, OURS):
        return test | {"tags": [PERSON.word]}
    return test | {"status": "passed" if which is RIGHT else "failed"}


def _title(item: Item, which: Verdict) -> str:
    title = line(item.title, words.LABEL) or line(item.id, words.LABEL)
    return title if which in (RIGHT, WRONG) else f"{title} ({which.word})"


def _output(item: Item, grade: Grade, which: Verdict) -> dict[str, str]:
    """What the student reads on one item: verdict, sentence, evidence, hint, decision, and what was printed.

    It is plain text, and HTML only where there are images to show, which then stand below the same in words.
    """
    outcome = grade.outcomes.get(item.id)
    evidence = outcome.evidence if outcome else ()
    parts = [f"{which.sign} {which.word}: {words.told(grade, item)}"]
    if which in (PERSON, OURS):
        parts.append(f"{words.pending(item)} The platform shows 0 for the time being.")
    parts += map(words.evidence_text, evidence)
    if item.hint and which in (PARTLY, WRONG):
        parts.append(f"Hint: {words.line(item.hint)}")
    if item.id in grade.reviews:
        review = grade.reviews[item.id]
        said = f"Decided by {line(review.by, words.NAME)}, {line(review.at, words.NAME)}."
        parts.append(f"{said} {block(review.comment, words.PRINTED)}".strip())
    if printed := block(grade.printed.get(item.id, ""), words.PRINTED):
        parts.append(f"What your code printed:\n{printed}")
    text = block("\n\n".join(parts), MOST)
    images = [each for each in evidence if isinstance(each, Pictures)]
    return _with_images(text, images) if images else {"output": text, "output_format": "text"}


def _with_images(text: str, images: list[Pictures]) -> dict[str, str]:
    """The text and the images as the HTML that the platform leaves as it is: no style, no class, PNG only."""
    html = f"<pre>{escape(block(text, MOST // 6))}</pre>\n"
    for each in images:
        html += pictured(each, MOST - len(html))
    return {"output": html, "output_format": "html"}


def _summary(rubric: Rubric, grade: Grade) -> str:
    total = score(rubric, grade)
    parts = []
    if any(item.visibility != "visible" for item in rubric.items):
        parts.append(TOTAL_HIDDEN)  # the platform hides the sum of all tests as soon as one of them is hidden
    else:
        parts.append(f"{points(final(total))} of {points(total.maximum)} points.")
        parts.append(words.late_words(rubric, grade))
    if total.undecided > 0:
        parts.append(
            f"{words.counted(total.undecided)} of the {points(total.maximum)} are not decided yet: "
            "a person will look at them. They are not lost."
        )
    parts += [words.sentence(remark) for remark in grade.remarks]
    if grade.unplaced:
        parts.append(f"Text that belongs to no part, which a person reads:\n{block(grade.unplaced, words.PRINTED)}")
    ids = {item.id for item in rubric.items}
    loose = block("\n".join(text for name, text in grade.printed.items() if name not in ids), words.PRINTED)
    if loose:
        parts.append(f"What your code printed while it was loaded:\n{loose}")
    return block("\n\n".join(filter(None, parts)), MOST)


def _number(value: float) -> float:
    return round(float(value), 6)
