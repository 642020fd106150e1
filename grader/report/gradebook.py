"""The class as a table for spreadsheets and grade books."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from grader.grade import final, score, score_question
from grader.late import Lateness, lateness
from grader.model import Grade, Item, Question, Rubric, Score
from grader.report.words import line

FORMULA = tuple("=+-@\t\r＝＋－＠")
"""A cell that begins with one of these is a formula for some spreadsheet."""


def gradebook(rubric: Rubric, grades: Sequence[Grade]) -> str:
    """The class as CSV (RFC 4180): a row a student, with points per item, per question, and in all.

    A cell is blank where nothing is decided yet; the points of what is undecided have a column of their own. Where
    the rubric has a late policy, `points` are before it, and `hours late`, `deducted` and `total` come after it.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    items = [item.id for item in rubric.items]
    questions = [f"question {question.id}" for question in rubric.questions]
    late = ("hours late", "deducted", "total") if rubric.late else ()
    heading = ("student", *items, *questions, "points", "maximum", "undecided", *late)
    writer.writerow([safe_cell(cell) for cell in heading])
    for grade in sorted(grades, key=lambda grade: grade.student):
        writer.writerow(_row(rubric, grade))
    return text.getvalue()


def _row(rubric: Rubric, grade: Grade) -> list[str]:
    total = score(rubric, grade)
    return [
        safe_cell(grade.student),
        *(_item(item, grade) for item in rubric.items),
        *(_question(question, grade) for question in rubric.questions),
        *(_number(value) for value in (total.points, total.maximum, total.undecided)),
        *(_late(lateness(rubric, grade.student, grade.handed), total) if rubric.late else ()),
    ]


def _late(late: Lateness | None, total: Score) -> list[str]:
    """How many hours late, blank if in time and `?` if nobody knows; what that takes; and what counts."""
    past = late.past if late else None
    hours = "" if late is None else "?" if past is None else _number(round(past.total_seconds() / 3600, 4))
    return [hours, _number(total.deducted), _number(final(total))]


def _item(item: Item, grade: Grade) -> str:
    outcome = grade.outcomes.get(item.id)
    return "" if outcome is None or outcome.credit is None else _number(outcome.credit * item.points)


def _question(question: Question, grade: Grade) -> str:
    """The question's points so far; blank if none of its items is decided, which must not read as zero."""
    decided = any(_item(item, grade) for item in question.items)
    return _number(score_question(question, grade).points) if decided else ""


def _number(value: float) -> str:
    return f"{value:.10g}"


def safe_cell(cell: str) -> str:
    """A text cell that no spreadsheet takes for a formula."""
    formula = cell.lstrip(" \n").startswith(FORMULA)
    return ("'" if formula else "") + line(cell, 500)
