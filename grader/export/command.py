"""What `grade export` does: reads the results, writes a table and a zip, and says what it could not place."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.export.cells import read_sheet
from grader.export.feedback import feedback_zip
from grader.export.worksheet import fill, fresh
from grader.grade import score, with_reviews
from grader.model import Grade, Rubric, UsageError
from grader.report.words import plural
from grader.run import page_for_student
from grader.store import Store


@dataclass(frozen=True)
class Chosen:
    """What was asked for. With `partial` those are exported as well who have points that wait for a person."""

    platform: str
    worksheet: Path | None = None
    column: str = ""
    out: Path | None = None
    feedback: Path | None = None
    partial: bool = False


@dataclass(frozen=True)
class Exported:
    """What was written and what there is to say, in sentences; `lost` if somebody's grade or page found no place."""

    written: tuple[str, ...]
    said: tuple[str, ...]
    lost: bool


def exported(rubric: Rubric, results: Path, chosen: Chosen) -> Exported:
    """Writes the table and the zip that were asked for. Raises `UsageError` and `CourseError` before it writes."""
    if chosen.worksheet is None and chosen.platform != "csv" and chosen.feedback is None:
        raise UsageError("name the worksheet that you downloaded with --worksheet, or a zip to write with --feedback")
    store = Store(results)
    reviews = store.reviews()
    kept = [(with_reviews(grade, reviews), work) for grade, work in store.grades().values()]
    table = _table(rubric, [grade for grade, _ in kept], results, chosen)
    if chosen.feedback is None:
        return table
    shown = [(grade, work) for grade, work in kept if chosen.partial or not score(rubric, grade).undecided]
    pages = ((grade, page_for_student(rubric, grade, store, work)) for grade, work in shown)
    count, lost = feedback_zip(chosen.platform, pages, chosen.feedback)
    written = (*table.written, f"{plural(count, 'page')} in {chosen.feedback}")
    waiting = () if chosen.worksheet or chosen.platform == "csv" else tuple(_waiting(rubric, kept, chosen))
    return Exported(written, (*table.said, *waiting, *lost), table.lost or bool(lost))


def _waiting(rubric: Rubric, kept: list[tuple[Grade, str]], chosen: Chosen) -> Iterator[str]:
    """Who is not in the zip because something of his waits for a person; a table has said it already."""
    if not chosen.partial:
        yield from fresh(rubric, (grade for grade, _ in kept))[1]


def _table(rubric: Rubric, grades: list[Grade], results: Path, chosen: Chosen) -> Exported:
    """The worksheet filled in, or a table of our own where the platform is `csv` and there is none."""
    if chosen.worksheet is None:
        if chosen.platform != "csv":
            return Exported((), (), lost=False)
        place = chosen.out or results / "export.csv"
        text, said = fresh(rubric, grades, partial=chosen.partial)
        _write(place, text.encode("utf-8", "replace"))
        return Exported((f"{plural(len(grades) - len(said), 'grade')} in {place}",), tuple(said), lost=False)
    place = chosen.out or chosen.worksheet.with_stem(f"{chosen.worksheet.stem}-graded")
    if place.resolve() == chosen.worksheet.resolve():
        raise UsageError(f"{place} is the worksheet itself; name another file with --out")
    sheet = read_sheet(chosen.worksheet)
    filled = fill(sheet, chosen.platform, rubric, grades, column=chosen.column, partial=chosen.partial)
    _write(place, filled.data)
    written = f"{plural(filled.written, 'grade')} in the column `{filled.column}` of {place}"
    return Exported((written,), (*filled.lost, *filled.said), bool(filled.lost))


def _write(place: Path, data: bytes) -> None:
    beside = place.with_name(f".{place.name}.{os.getpid()}.tmp")
    try:
        beside.write_bytes(data)
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)
