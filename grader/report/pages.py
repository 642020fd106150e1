"""The pages that people read: one for each student, one for the class.

A page is one file without scripts that works from `file://`. Everything that a template shows is prepared here as
views of plain text; the templates loop over them and escape all of it.
"""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from grader.grade import score, score_question
from grader.model import (
    Evidence,
    Fact,
    Grade,
    Grid,
    Item,
    Line,
    Lines,
    Outcome,
    Plot,
    Question,
    Review,
    Rubric,
    Score,
    Table,
)
from grader.report import charts, words
from grader.report.formulas import formula
from grader.report.words import OURS, PARTLY, PERSON, RIGHT, VERDICTS, WRONG, Verdict, block, line, points, sentence

TEMPLATES = Path(__file__).parent / "templates"
NAMELESS = "(a name that can't be shown)"
MOST_BARS = 12
STEPS = (0.25, 0.5, 1, 2, 2.5, 5, 10, 20, 25, 50, 100)


@dataclass(frozen=True)
class Share:
    """One piece of a bar: which verdict, and how much of the bar in percent."""

    slug: str
    percent: float


@dataclass(frozen=True)
class ItemView:
    """One item as a student sees it. `decision` is what a person decided, "" if nobody did."""

    place: str
    number: str
    title: str
    verdict: Verdict
    points: str
    maximum: str
    sentence: str
    pending: str
    evidence: tuple[Any, ...]
    hint: str
    decision: str
    comment: str
    printed: str


@dataclass(frozen=True)
class QuestionView:
    """One question as a student sees it."""

    place: int
    number: str
    title: str
    asked: str
    points: str
    maximum: str
    pending: bool
    items: tuple[ItemView, ...]


@dataclass(frozen=True)
class FactView:
    """A labelled value; `long` ones are shown as a text of their own."""

    label: str
    value: str
    long: bool
    kind: str = "fact"


@dataclass(frozen=True)
class TableView:
    """A small table; the first cell of each row is its heading."""

    label: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: str
    kind: str = "table"


@dataclass(frozen=True)
class GridView:
    """A picture of pixels as a table of (slug, sign, word), with its legend and its content in words."""

    label: str
    rows: tuple[tuple[tuple[str, str], ...], ...]
    columns: int
    legend: tuple[tuple[str, str, str], ...]
    summary: str
    left_out: str
    kind: str = "grid"


@dataclass(frozen=True)
class PlotView:
    """A picture for light and one for dark pages, and what they show in words."""

    label: str
    light: str
    dark: str
    words: str
    kind: str = "plot"


@dataclass(frozen=True)
class LineView:
    """A line of a derivation: its formula as markup, or None where its `text` is shown instead.

    `first` is True for the first step that does not hold; `long` lines can be scrolled with the keyboard.
    """

    number: int
    formula: Markup | None
    text: str
    slug: str
    sign: str
    word: str
    said: str
    sides: tuple[str, str] | None
    first: bool
    long: bool


@dataclass(frozen=True)
class LinesView:
    """The lines of a derivation."""

    label: str
    rows: tuple[LineView, ...]
    left_out: str
    none: str = words.NO_LINES
    kind: str = "lines"


@dataclass(frozen=True)
class Person:
    """A student as the class page names and links him."""

    name: str
    href: str


@dataclass(frozen=True)
class Row:
    """A student's line in the class table; `questions` are (points, some of it undecided)."""

    person: Person
    questions: tuple[tuple[str, bool], ...]
    points: str
    percent: float
    pending: str


@dataclass(frozen=True)
class Noted:
    """The students whose outcome on an item has the same note."""

    note: str
    people: tuple[Person, ...]


@dataclass(frozen=True)
class ItemCount:
    """How the class did on one item."""

    number: str
    title: str
    maximum: str
    counts: tuple[tuple[Verdict, int], ...]
    shares: tuple[Share, ...]
    notes: tuple[Noted, ...]
    waiting: tuple[Person, ...]


@dataclass(frozen=True)
class Bar:
    """A bar of the histogram: from which total to below which, how many students, how long in percent."""

    low: str
    high: str
    count: int
    percent: float


def student_page(rubric: Rubric, grade: Grade, *, layers: str = "") -> str:
    """The HTML page that tells one student what was graded how. `layers` names what confined his code."""
    total = score(rubric, grade)
    by_verdict = dict.fromkeys(VERDICTS, 0)
    for item in rubric.items:
        by_verdict[words.verdict(grade.outcomes.get(item.id))] += 1
    loose = [text for name, text in grade.printed.items() if name not in {item.id for item in rubric.items}]
    return _render(
        "student.html.j2",
        title=line(rubric.title, words.LABEL),
        student=_name(grade.student),
        total=_total(total),
        shares=_points_shares(total),
        counts=[(which, count) for which, count in by_verdict.items() if count],
        remarks=[sentence(remark) for remark in grade.remarks],
        unplaced=block(grade.unplaced, words.PRINTED),
        printed=block("\n".join(loose), words.PRINTED),
        questions=[_question(q, question, grade) for q, question in enumerate(rubric.questions, 1)],
        layers=line(layers, words.LABEL),
    )


def class_page(rubric: Rubric, grades: Sequence[Grade], *, expected: int | None = None) -> str:
    """The HTML page of a class: every student, every item, the totals, and what waits for a person.

    `expected` is how many students there are, where some may not be graded yet.
    """
    grades = sorted(grades, key=_by_name)
    scores = [score(rubric, grade) for grade in grades]
    people = [Person(_name(grade.student), _href(grade.student)) for grade in grades]
    items = [_item_count(place, item, grades, people) for place, item in words.placed(rubric)]
    totals = [total.points for total in scores]
    return _render(
        "class.html.j2",
        title=line(rubric.title, words.LABEL),
        maximum=points(rubric.points),
        graded=len(grades),
        students=words.plural(len(grades), "student"),
        missing=max(0, (expected or 0) - len(grades)),
        expected=expected,
        mean=points(statistics.fmean(totals)) if totals else "",
        median=points(statistics.median(totals)) if totals else "",
        questions=[_heading(question) for question in rubric.questions],
        rows=[_row(rubric, *each) for each in zip(grades, people, scores, strict=True)],
        items=items,
        verdicts=VERDICTS,
        waiting=[item for item in items if item.waiting],
        undecided=sum(total.undecided > 0 for total in scores),
        bars=_histogram(totals, rubric.points),
    )


def formula_page(rubric: Rubric, item: Item, outcome: Outcome, evidence: Sequence[Evidence]) -> str:
    """The HTML page on one text: how it is read in an item, what its names are, and the verdict."""
    return _render(
        "formula.html.j2",
        homework=line(rubric.title, words.LABEL),
        number=line(item.id, words.LABEL),
        title=line(item.title, words.LABEL),
        verdict_=words.verdict(outcome),
        sentence=sentence(outcome.sentence),
        evidence_=tuple(_evidence(each) for each in evidence),
    )


def _render(template: str, **view: Any) -> str:
    return _environment().get_template(template).render(view)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["code"] = _code
    environment.globals["style"] = Markup((TEMPLATES / "style.css").read_text(encoding="utf-8"))
    return environment


def _code(text: str) -> Markup:
    """A text, escaped, with what stands between backticks set as code."""
    parts = re.split(r"`([^`\n]+)`", text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if k % 2 else escape(part) for k, part in enumerate(parts)
    )


def _question(place: int, question: Question, grade: Grade) -> QuestionView:
    total = score_question(question, grade)
    return QuestionView(
        place=place,
        number=line(question.id, words.LABEL),
        title=line(question.title, words.LABEL),
        asked=words.paragraphs(question.text),
        points=points(total.points),
        maximum=points(total.maximum),
        pending=total.undecided > 0,
        items=tuple(_item(f"{place}.{i}", item, grade) for i, item in enumerate(question.items, 1)),
    )


def _item(place: str, item: Item, grade: Grade) -> ItemView:
    outcome = grade.outcomes.get(item.id)
    which = words.verdict(outcome)
    decided = outcome is not None and outcome.credit is not None
    return ItemView(
        place=place,
        number=line(item.id, words.LABEL),
        title=line(item.title, words.LABEL),
        verdict=which,
        points=points(outcome.credit * item.points) if outcome and outcome.credit is not None else "–",
        maximum=points(item.points),
        sentence=words.told(grade, item),
        pending="" if decided else words.pending(item),
        evidence=tuple(_evidence(each) for each in outcome.evidence) if outcome else (),
        hint=line(item.hint) if which in (PARTLY, WRONG) else "",
        decision=_decision(grade.reviews.get(item.id)),
        comment=block(grade.reviews[item.id].comment, words.PRINTED) if item.id in grade.reviews else "",
        printed=block(grade.printed.get(item.id, ""), words.PRINTED),
    )


def _decision(review: Review | None) -> str:
    return f"Decided by {line(review.by, words.NAME)}, {line(review.at, words.NAME)}" if review else ""


def _evidence(evidence: Evidence) -> FactView | TableView | GridView | PlotView | LinesView:
    label = line(evidence.label, words.LABEL)
    match evidence:
        case Fact():
            value = block(evidence.value)
            return FactView(label, value, "\n" in value or len(value) > 160)
        case Table():
            columns = words.shown_columns(evidence)
            return TableView(
                label, columns if any(columns) else (), words.shown_rows(evidence), words.left_out(evidence)
            )
        case Grid():
            return _grid(label, evidence)
        case Plot():
            picture = charts.draw(evidence)
            return PlotView(label, picture.light, picture.dark, words.plot_text(evidence))
        case Lines():
            return LinesView(label, tuple(_lines(words.shown_lines(evidence))), words.left_out_lines(evidence))


def _lines(shown: Sequence[Line]) -> Iterator[LineView]:
    first = next((k for k, each in enumerate(shown) if each.verdict == "fails"), None)
    for k, each in enumerate(shown):
        slug, sign, word = words.LINE_VERDICTS[each.verdict]
        sides = (line(each.left, words.CELL), line(each.right, words.CELL)) if each.left and each.right else None
        text = words.line_source(each)
        yield LineView(
            number=k + 1,
            formula=formula(each.formula),
            text=text,
            slug=slug,
            sign=sign,
            word=word,
            said=sentence(each.words),
            sides=sides,
            first=k == first,
            long=len(text) > 50,
        )


def _grid(label: str, grid: Grid) -> GridView:
    cells = words.shown_cells(grid)
    return GridView(
        label=label,
        rows=tuple(tuple((cell, words.CELLS[cell][0]) for cell in row) for row in cells),
        columns=max(map(len, cells), default=0),
        legend=tuple((kind, *words.CELLS[kind]) for kind in words.CELLS if any(kind in row for row in grid.cells)),
        summary=sentence(words.grid_text(grid)),
        left_out=words.left_out(grid),
    )


def _total(total: Score) -> dict[str, str]:
    return {
        "points": points(total.points),
        "maximum": points(total.maximum),
        "pending": words.counted(total.undecided) if total.undecided > 0 else "",
    }


def _points_shares(total: Score) -> tuple[Share, ...]:
    """The bar under the points: what was reached, and what waits for a person."""
    whole = total.maximum or 1.0
    parts = ((RIGHT.slug, total.points), (PERSON.slug, total.undecided))
    return tuple(Share(slug, round(100 * part / whole, 2)) for slug, part in parts if part > 0)


def _heading(question: Question) -> dict[str, str]:
    return {
        "number": line(question.id, words.LABEL),
        "title": line(question.title, words.LABEL),
        "maximum": points(sum(item.points for item in question.items)),
    }


def _row(rubric: Rubric, grade: Grade, person: Person, total: Score) -> Row:
    parts = [score_question(question, grade) for question in rubric.questions]
    return Row(
        person=person,
        questions=tuple((points(part.points), part.undecided > 0) for part in parts),
        points=points(total.points),
        percent=round(100 * total.points / (total.maximum or 1.0), 1),
        pending=points(total.undecided) if total.undecided > 0 else "",
    )


def _item_count(place: str, item: Item, grades: Sequence[Grade], people: Sequence[Person]) -> ItemCount:
    anchor = f"#item-{place}"
    ended: dict[Verdict, int] = dict.fromkeys(VERDICTS, 0)
    noted: dict[str, list[Person]] = {}
    waiting: list[Person] = []
    for grade, person in zip(grades, people, strict=True):
        outcome = grade.outcomes.get(item.id)
        which = words.verdict(outcome)
        ended[which] += 1
        here = Person(person.name, person.href + anchor)
        if which in (WRONG, PARTLY):
            noted.setdefault(_note(outcome), []).append(here)
        elif which in (PERSON, OURS):
            waiting.append(here)
    return ItemCount(
        number=line(item.id, words.LABEL),
        title=line(item.title, words.LABEL),
        maximum=points(item.points),
        counts=tuple(ended.items()),
        shares=tuple(Share(which.slug, round(100 * count / len(grades), 2)) for which, count in ended.items() if count),
        notes=tuple(
            Noted(note, tuple(found))
            for note, found in sorted(noted.items(), key=lambda each: (-len(each[1]), each[0]))
        ),
        waiting=tuple(waiting),
    )


def _note(outcome: Outcome | None) -> str:
    return line(outcome.note if outcome else "", words.LABEL) or "no note"


def _histogram(totals: Sequence[float], maximum: float) -> list[Bar]:
    """Totals in at most twelve bins of equal width; a total on a border counts in the upper bin."""
    if not totals:
        return []
    step = next((step for step in STEPS if maximum / step <= MOST_BARS), maximum / MOST_BARS)
    last = max(0, -int(-maximum // step) - 1)
    counts = [0] * (last + 1)
    for total in totals:
        counts[min(last, max(0, int(total / step + 1e-9)))] += 1
    most = max(counts)
    highs = [min(maximum, step * (k + 1)) for k in range(last + 1)]
    return [
        Bar(points(step * k), points(highs[k]), count, round(100 * count / most, 1)) for k, count in enumerate(counts)
    ]


def _name(student: str) -> str:
    return line(student, words.NAME) or NAMELESS


def _href(student: str) -> str:
    """The address of a student's page beside the class page. A name that is no UTF-8 keeps its bytes."""
    folder = re.sub("[\ud800-\udc7f\udd00-\udfff]", "�", student)
    return f"{quote(folder, safe='', errors='surrogateescape')}/report.html"


def _by_name(grade: Grade) -> tuple[str, str]:
    """The place in the list: by name without regard to case and accents."""
    parts = unicodedata.normalize("NFKD", _name(grade.student))
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold(), grade.student
