"""results.json as Gradescope's autograder wants it: the platform's words for a `Grade`.

Theory of operation. The platform loses the whole result over one NaN, cuts the middle out of a long field, and
calls every test failed that has less than its maximum. So all text is bounded here, `dump_results` refuses what is
not strict JSON, and an item that waits for a person says so in its name, which is seen before anything is opened.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from grader.grade import score
from grader.model import Grade, Item, Rubric
from grader.report import words
from grader.report.words import OURS, PARTLY, PERSON, RIGHT, WRONG, Verdict, block, line, points

MOST = 90_000
"""Longest output in characters, for one test and at the top; the platform cuts at 100,000."""


NUMBER = re.compile(r"[0-9A-Za-z]+(\.[0-9A-Za-z]+)*")


def results_json(rubric: Rubric, grade: Grade, *, seconds: float | None = None) -> dict[str, Any]:
    """The content of results.json: a test per item, and the points of what is decided.

    `seconds` is how long grading took. What waits for a person has score 0 here and says that it is not lost.
    """
    total = score(rubric, grade)
    results: dict[str, Any] = {
        "score": _number(total.points),
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
    if seconds is not None and math.isfinite(seconds) and seconds >= 0:
        results["execution_time"] = round(seconds, 3)
    return results


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
        "output": _output(item, grade, which),
        "output_format": "text",
        "visibility": "visible",
        "extra_data": {"item": line(item.id, words.NAME), "note": line(outcome.note if outcome else "", words.NAME)},
    }
    if which in (PERSON, OURS):
        return test | {"tags": [PERSON.word]}
    return test | {"status": "passed" if which is RIGHT else "failed"}


def _title(item: Item, which: Verdict) -> str:
    title = line(item.title, words.LABEL) or line(item.id, words.LABEL)
    return title if which in (RIGHT, WRONG) else f"{title} ({which.word})"


def _output(item: Item, grade: Grade, which: Verdict) -> str:
    """What the student reads on one item: verdict, sentence, evidence, hint, decision, and what was printed."""
    outcome = grade.outcomes.get(item.id)
    parts = [f"{which.sign} {which.word}: {words.told(grade, item)}"]
    if which in (PERSON, OURS):
        parts.append(f"{words.pending(item)} The platform shows 0 for the time being.")
    parts += [words.evidence_text(each) for each in (outcome.evidence if outcome else ())]
    if item.hint and which in (PARTLY, WRONG):
        parts.append(f"Hint: {words.line(item.hint)}")
    if item.id in grade.reviews:
        review = grade.reviews[item.id]
        said = f"Decided by {line(review.by, words.NAME)}, {line(review.at, words.NAME)}."
        parts.append(f"{said} {block(review.comment, words.PRINTED)}".strip())
    if printed := block(grade.printed.get(item.id, ""), words.PRINTED):
        parts.append(f"What your code printed:\n{printed}")
    return block("\n\n".join(parts), MOST)


def _summary(rubric: Rubric, grade: Grade) -> str:
    total = score(rubric, grade)
    parts = [f"{points(total.points)} of {points(total.maximum)} points."]
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
    return block("\n\n".join(parts), MOST)


def _number(value: float) -> float:
    return round(float(value), 6)
