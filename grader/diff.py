"""What changed between two results folders of a homework: who, in which item, and why.

Needs no course: outcomes are in `grade.json`, decisions in `reviews.jsonl`, and what an item was worth in
`results.json`, each as it was when its run was written.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.grade import with_reviews
from grader.model import Grade, UsageError
from grader.report.gradebook import safe_cell
from grader.report.words import line, plural, points, verdict
from grader.store import Store, StoreError

LATE = "late"
"""Stands in the place of an item where what lateness takes has changed."""
COLUMNS = (
    "student",
    "item",
    "points a",
    "points b",
    "of a",
    "of b",
    "verdict a",
    "verdict b",
    "note a",
    "note b",
    "why",
)


@dataclass(frozen=True)
class Mark:
    """What one item got in one run: its points, None where nobody has decided, out of how many, and in which words."""

    points: float | None
    of: float
    verdict: str
    note: str
    sentence: str


@dataclass(frozen=True)
class Change:
    """One item of one student that is not as it was; `before` or `after` is None where there is no such item."""

    student: str
    item: str
    before: Mark | None
    after: Mark | None
    why: str


@dataclass(frozen=True)
class Side:
    """One student in one run: what every item got, which work it was for, and who has decided on what."""

    marks: Mapping[str, Mark]
    work: str
    reviews: Mapping[str, tuple[float, str]]
    deducted: float = 0.0


@dataclass(frozen=True)
class Difference:
    """All changes, by student and item; how many students are the same, and who is in one of the two alone."""

    changes: tuple[Change, ...]
    same: int
    gone: tuple[str, ...]
    new: tuple[str, ...]


def difference(a: Path, b: Path) -> Difference:
    """What changed from the results in `a` to those in `b`. Raises UsageError, StoreError, CourseError."""
    before, after = sides(a), sides(b)
    both = [student for student in after if student in before]
    changed = {student: tuple(_changes(student, before[student], after[student])) for student in both}
    return Difference(
        tuple(one for changes in changed.values() for one in changes),
        sum(not changes for changes in changed.values()),
        tuple(student for student in before if student not in after),
        tuple(student for student in after if student not in before),
    )


def sides(folder: Path) -> dict[str, Side]:
    """Every student of a results folder. Raises UsageError, StoreError, CourseError."""
    if not any(folder.glob("*/grade.json")):
        raise UsageError(f"{folder} holds no grades; give the results folder of a homework")
    store = Store(folder)
    reviews = store.reviews()
    return {
        student: _side(with_reviews(grade, reviews), work, folder / student / "results.json")
        for student, (grade, work) in store.grades().items()
    }


def _side(grade: Grade, work: str, results: Path) -> Side:
    told = _told(results)
    worth = {str(test["extra_data"]["item"]): float(test["max_score"]) for test in told["tests"]}
    marks = {}
    for item, of in worth.items():
        outcome = grade.outcomes.get(item)
        if outcome is None:
            marks[item] = Mark(None, of, verdict(None).word, "", "")
            continue
        got = None if outcome.credit is None else outcome.credit * of
        marks[item] = Mark(got, of, verdict(outcome).word, outcome.note, line(outcome.sentence))
    reviews = {item: (review.credit, review.comment) for item, review in grade.reviews.items()}
    return Side(marks, work, reviews, float(told["extra_data"].get("deducted", 0.0)))


def _told(path: Path) -> dict[str, Any]:
    """A student's results.json. Raises StoreError if it is not one that `grade` wrote."""
    try:
        told: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if all("max_score" in test and "item" in test["extra_data"] for test in told["tests"]):
            told["extra_data"].get("deducted")
            return told
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    raise StoreError(f"{path} can't be read; `grade rescore` writes it again")


def _changes(student: str, before: Side, after: Side) -> Iterator[Change]:
    for item in dict.fromkeys((*before.marks, *after.marks)):
        old, new = before.marks.get(item), after.marks.get(item)
        if old is None or new is None or _seen(old) != _seen(new):
            yield Change(student, item, old, new, _why(item, before, after))
    if before.deducted != after.deducted:
        old, new = (Mark(0.0 - side.deducted, 0.0, "", "", "") for side in (before, after))
        yield Change(student, LATE, old, new, "lateness takes another amount")


def _seen(mark: Mark) -> tuple[float | None, float, str, str]:
    got = None if mark.points is None else round(mark.points, 9)
    return got, mark.of, mark.verdict, mark.note


def _why(item: str, before: Side, after: Side) -> str:
    """What explains a change, as far as two results folders know."""
    old, new = before.marks.get(item), after.marks.get(item)
    if old is None or new is None:
        return "the rubric has a new item" if old is None else "the rubric has this item no more"
    found = []
    if before.reviews.get(item) != after.reviews.get(item):
        decided = {True: "a person has decided", False: "a person's decision was taken back"}
        found.append(decided[item in after.reviews])
    if old.of != new.of:
        found.append("the item's points have changed")
    judged = (old.verdict, old.note) != (new.verdict, new.note) or _share(old) != _share(new)
    if before.work != after.work and judged:
        found.append("handed in anew")
    elif not found:
        found.append("the same work is judged in another way")
    return "; ".join(found)


def _share(mark: Mark) -> float | None:
    return None if mark.points is None or not mark.of else round(mark.points / mark.of, 9)


def told(found: Difference) -> Iterator[str]:
    """The difference in lines for a terminal: who changed, and below it each item, how and why."""
    students = dict.fromkeys(one.student for one in found.changes)
    for student in students:
        mine = [one for one in found.changes if one.student == student]
        yield f"{line(student, 80)}: {_total(mine)}"
        for one in mine:
            yield f"  {line(one.item, 40)}: {_step(one)}; {one.why}"
            if one.after is not None and one.after.sentence:
                yield f"    {one.after.sentence}"
    for names, where in ((found.gone, "first"), (found.new, "second")):
        if names:
            yield f"only in the {where}: {', '.join(line(name, 80) for name in names)}"
    yield f"{plural(len(students), 'student')} changed, {found.same} the same"


def _total(changes: Sequence[Change]) -> str:
    by = sum(_points(one.after) - _points(one.before) for one in changes)
    return "the same points" if not round(by, 9) else f"{'+' if by > 0 else '−'}{points(abs(by))} points"


def _points(mark: Mark | None) -> float:
    return 0.0 if mark is None or mark.points is None else mark.points


def _step(one: Change) -> str:
    steps = []
    for name in ("points", "verdict", "note"):
        old, new = (_shown(mark, name) for mark in (one.before, one.after))
        if old != new:
            steps.append(f"{old} → {new}")
    return ", ".join(steps) or "nothing that is shown"


def _shown(mark: Mark | None, name: str) -> str:
    if mark is None:
        return "not there" if name == "points" else "–"
    if name != "points":
        return line(str(getattr(mark, name)), 80) or "–"
    got = "?" if mark.points is None else points(mark.points)
    return f"{got} of {points(mark.of)}" if mark.of else got.replace("-", "−")


def as_csv(found: Difference) -> str:
    """The changes as CSV (RFC 4180), a row each; blank is what nobody has decided, or what is not there."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for one in found.changes:
        sides_ = (one.before, one.after)
        got = (_number(mark.points if mark else None) for mark in sides_)
        of = (_number(mark.of if mark else None) for mark in sides_)
        words = (safe_cell(getattr(mark, name) if mark else "") for name in ("verdict", "note") for mark in sides_)
        writer.writerow([safe_cell(one.student), safe_cell(one.item), *got, *of, *words, one.why])
    return text.getvalue()


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"
