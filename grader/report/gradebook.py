"""The class as a table for spreadsheets and grade books."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from grader.grade import score, score_question
from grader.model import Grade, Item, Question, Rubric
from grader.report.words import line

FORMULA = tuple("=+-@\t\r＝＋－＠")
"""A cell that begins with one of these is a formula for some spreadsheet."""


def gradebook(rubric: Rubric, grades: Sequence[Grade]) -> str:
    """The class as CSV (RFC 4180): a row a student, with points per item, per question, and in all.

    A cell is blank where nothing is decided yet; the points of what is undecided are in the last column.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    items = [item.id for item in rubric.items]
    questions = [f"question {question.id}" for question in rubric.questions]
    writer.writerow([_safe(cell) for cell in ("student", *items, *questions, "points", "maximum", "undecided")])
    for grade in sorted(grades, key=lambda grade: grade.student):
        writer.writerow(_row(rubric, grade))
    return text.getvalue()


def _row(rubric: Rubric, grade: Grade) -> list[str]:
    total = score(rubric, grade)
    return [
        _safe(grade.student),
        *(_item(item, grade) for item in rubric.items),
        *(_question(question, grade) for question in rubric.questions),
        *(_number(value) for value in (total.points, total.maximum, total.undecided)),
    ]


def _item(item: Item, grade: Grade) -> str:
    outcome = grade.outcomes.get(item.id)
    return "" if outcome is None or outcome.credit is None else _number(outcome.credit * item.points)


def _question(question: Question, grade: Grade) -> str:
    """The question's points so far; blank if none of its items is decided, which must not read as zero."""
    decided = any(_item(item, grade) for item in question.items)
    return _number(score_question(question, grade).points) if decided else ""


def _number(value: float) -> str:
    return f"{value:.10g}"


def _safe(cell: str) -> str:
    """A text cell that no spreadsheet takes for a formula."""
    formula = cell.lstrip(" \n").startswith(FORMULA)
    return ("'" if formula else "") + line(cell, 500)
