"""A platform's downloaded worksheet, filled in: which column takes the grades, which row is whose, and what is left.

Headers are in the language of whoever downloaded it. What a platform's table says in English is known; the rest is
found by its place, or by what stands in the column. A cell is only written where there is no doubt.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.export.cells import Sheet
from grader.grade import final, score
from grader.model import Grade, Rubric, UsageError
from grader.places import did_you_mean
from grader.report.gradebook import safe_cell
from grader.report.words import NAME, counted, line, points

NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
DECIMAL = re.compile(r"-?\d+([.,])\d{1,5}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
LEFT = ("EX", "N/A")
"""What Canvas writes for a student who is excused, or who does not have the assignment."""

LOGINS = {
    "login", "login id", "sis login id", "sis user id", "integration id", "username", "user name", "email",
    "email address", "e-mail", "e-mail-adresse", "id number", "id-nummer", "sid", "student id", "student_id",
}  # fmt: skip
NAMES = {"name", "full name", "student name", "vollständiger name"}
FIRST, LAST = {"first name", "first_name", "vorname"}, {"last name", "last_name", "surname", "nachname"}
GROUPS = {"group", "groups", "gruppe", "gruppen", "groupe", "grupo", "gruppo", "groep"}
GRADES = {"grade", "bewertung", "note", "nota", "calificación", "valutazione", "cijfer", "avaliação", "betyg", "ocena"}
MAXIMA = {"maximum grade", "bestwertung", "max points", "max_score", "maximum", "max"}


@dataclass(frozen=True)
class Layout:
    """How a platform's table is made. `ids` are headers of its own ids of students, in an `id` cell as `account`.

    `id_at` and `name_at` are the places of these columns where their headers are in another language. `grades` are
    headers of the one column that takes grades; `assignment` matches those that do, with the assignment's `name`.
    `only_ids` if rows without an id are about the columns, and `rows_for` is the header of a column that says which
    assignment a row is for.
    """

    ids: frozenset[str]
    id_at: int | None = None
    name_at: int | None = None
    account: re.Pattern[str] = re.compile(r"#?(.*)", re.DOTALL)
    grades: frozenset[str] = frozenset()
    assignment: re.Pattern[str] = re.compile(r"(?!)(?P<name>)")
    only_ids: bool = False
    rows_for: str = ""


LAYOUTS = {
    "canvas": Layout(
        frozenset({"id"}),
        1,
        0,
        assignment=re.compile(r"(?P<name>.*\S)\s*\((?P<id>\d+)\)", re.DOTALL),
        only_ids=True,
    ),
    "moodle": Layout(
        frozenset({"identifier"}),
        0,
        1,
        account=re.compile(r".*?(\d+)", re.DOTALL),
        grades=frozenset(GRADES),
        assignment=re.compile(r"[^:]+:\s*(?P<name>.*\S)\s*\([^()]*\)", re.DOTALL),
    ),
    "gradescope": Layout(frozenset({"sid"}), grades=frozenset({"total score"})),
    "brightspace": Layout(
        frozenset({"orgdefinedid"}),
        assignment=re.compile(r"(?P<name>.*\S)\s+Points Grade\s*(?:<.*>)?", re.DOTALL | re.IGNORECASE),
    ),
    "csv": Layout(
        frozenset({"id", "student", "student_id", "account", "sid", "user id", "user_id"}),
        grades=frozenset({"grade", "score", "points", "total", "total score"}),
        rows_for="assignment",
    ),
}
PLATFORMS = tuple(LAYOUTS)


@dataclass(frozen=True)
class Filled:
    """A worksheet with grades in `column`: the file's bytes, how many cells were `written`, and what there is to say.

    `lost` are the students with a grade for which no cell was found, one sentence each.
    """

    data: bytes
    column: str
    written: int
    said: tuple[str, ...]
    lost: tuple[str, ...]


def fill(
    sheet: Sheet, platform: str, rubric: Rubric, grades: Sequence[Grade], *, column: str = "", partial: bool = False
) -> Filled:
    """The worksheet with everyone's grade. `column` names the one that takes them, where it is not the only one.

    A student some of whose points wait for a person is left as he is, unless `partial`. Raises `UsageError`.
    """
    table = _table(sheet, LAYOUTS[platform], rubric)
    target = _column(table, rubric, column)
    rows, lost = _placed(table, grades)
    comma = _has_comma(table, target)
    cells, said = {}, list(_of_another_maximum(table, target, rubric))
    for row, grade in rows.items():
        why = _kept(sheet.at(row, target), platform, rubric, grade, partial=partial)
        if why:
            said.append(f"{_who(grade.student)}: {why}")
            continue
        number = points(final(score(rubric, grade)))
        cells[row, target] = number.replace(".", ",") if comma else number
    said += [f"row {row + 1} ({table.who(row)}) has no grade here" for row in table.people if row not in rows]
    header = sheet.at(table.header, target)
    return Filled(sheet.replaced(cells), header, len(cells), tuple(dict.fromkeys(said)), tuple(lost))


def fresh(rubric: Rubric, grades: Iterable[Grade], *, partial: bool = False) -> tuple[str, list[str]]:
    """A table of grades where there is no worksheet, as CSV, and who was left out of it, one sentence each."""
    text, said = io.StringIO(newline=""), []
    writer = csv.writer(text)
    writer.writerow(["student", "name", "account", "points", "maximum"])
    for grade in sorted(grades, key=lambda each: each.student):
        why = _kept("", "csv", rubric, grade, partial=partial)
        if why:
            said.append(f"{_who(grade.student)}: {why}")
        total = "" if why else points(final(score(rubric, grade)))
        who = (grade.student, grade.handed.name, grade.handed.account)
        writer.writerow([*map(safe_cell, who), total, points(rubric.points)])
    return text.getvalue(), said


def _kept(there: str, platform: str, rubric: Rubric, grade: Grade, *, partial: bool) -> str:
    """Why a cell is left as it is, or ""."""
    if platform == "canvas" and there.strip() in LEFT:
        return f"the worksheet says {there.strip()}, which is left as it is"
    undecided = score(rubric, grade).undecided
    if undecided and not partial:
        waits = "waits" if undecided == 1 else "wait"
        return f"{counted(undecided)} {waits} for a person, so no grade is written (--partial writes it)"
    return ""


# --- the table ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Table:
    """A worksheet with its header row and its people: rows by id, by login or e-mail, by name, and by group."""

    sheet: Sheet
    layout: Layout
    header: int
    about: frozenset[int]
    people: tuple[int, ...]
    ids: Mapping[str, list[int]]
    logins: Mapping[str, list[int]]
    names: Mapping[str, list[int]]
    groups: Mapping[str, list[int]]

    @property
    def headers(self) -> list[str]:
        return [_plain(text) for text in self.sheet.values(self.header)]

    def who(self, row: int) -> str:
        """A row's person as sentences name him: the first of his cells that says anything."""
        told = (self.sheet.at(row, column) for column in sorted(self.about))
        return line(next((text for text in told if text.strip()), ""), NAME)


def _table(sheet: Sheet, layout: Layout, rubric: Rubric) -> _Table:
    header = next((row for row in range(len(sheet.rows)) if any(map(str.strip, sheet.values(row)))), None)
    if header is None:
        raise UsageError("the worksheet is empty")
    heads = [_plain(text).casefold() for text in sheet.values(header)]
    below = [row for row in range(header + 1, len(sheet.rows)) if any(map(str.strip, sheet.values(row)))]
    ids = [k for k, head in enumerate(heads) if head in layout.ids]
    if not ids and layout.id_at is not None and layout.id_at < len(heads):
        ids = [layout.id_at]
    logins = [k for k, head in enumerate(heads) if head in LOGINS or _is_email(sheet, below, k)]
    names = [k for k, head in enumerate(heads) if head in NAMES or (k == layout.name_at and k not in ids)]
    pair = [next((k for k, head in enumerate(heads) if head in words), None) for words in (FIRST, LAST)]
    groups = [k for k, head in enumerate(heads) if head in GROUPS]
    about = frozenset({*ids, *logins, *names, *groups, *(k for k in pair if k is not None)})
    if not about:
        listed = ", ".join(f"`{head}`" for head in sheet.values(header)[:20])
        raise UsageError(f"no column of the worksheet says who a student is; its columns are {line(listed)}")
    needed = ids if layout.only_ids else about
    people = [row for row in below if any(sheet.at(row, k).strip() for k in needed)]
    people = _of_homework(sheet, people, heads, layout, rubric)
    return _Table(
        sheet,
        layout,
        header,
        about,
        tuple(people),
        ids=_index(people, lambda row: (_account(layout, sheet.at(row, k)) for k in ids)),
        logins=_index(people, lambda row: (_key(sheet.at(row, k)) for k in logins)),
        names=_index(people, lambda row: _names(sheet, row, names, pair)),
        groups=_index(people, lambda row: (_plain(sheet.at(row, k)) for k in groups)),
    )


def _of_homework(sheet: Sheet, people: list[int], heads: Sequence[str], layout: Layout, rubric: Rubric) -> list[int]:
    """The rows that are for this homework, where a table has rows for several; all of them where none says so."""
    if layout.rows_for not in heads:
        return people
    column, own = heads.index(layout.rows_for), (_same(rubric.homework), _same(rubric.title))
    return [row for row in people if _same(sheet.at(row, column)) in own] or people


def _index(rows: Iterable[int], keys: Callable[[int], Iterable[str]]) -> dict[str, list[int]]:
    """Key → the rows that have it."""
    index: dict[str, list[int]] = {}
    for row in rows:
        for key in {*keys(row)} - {""}:
            index.setdefault(key, []).append(row)
    return index


def _is_email(sheet: Sheet, rows: Sequence[int], column: int) -> bool:
    """Whether a column holds e-mail addresses, whatever its header calls them."""
    told = [text for text in (sheet.at(row, column).strip() for row in rows) if text]
    return bool(told) and all(map(EMAIL.fullmatch, told))


def _account(layout: Layout, cell: str) -> str:
    """The platform's own id in a cell: `1001` of `Participant 1001`, of `#1001`."""
    found = layout.account.fullmatch(_plain(cell))
    return found[1].strip() if found else ""


def _names(sheet: Sheet, row: int, columns: Sequence[int], pair: Sequence[int | None]) -> Iterator[str]:
    """The spellings of a person's name: `Ada Example` for `Example, Ada` as well."""
    for column in columns:
        name = _plain(sheet.at(row, column))
        yield name
        last, comma, first = name.partition(", ")
        if comma:
            yield f"{first} {last}"
    if None not in pair:
        first, last = (_plain(sheet.at(row, column or 0)) for column in pair)
        yield from (f"{first} {last}".strip(), f"{last}, {first}" if first and last else "")


# --- whose row ---------------------------------------------------------------------------------------------------


def _placed(table: _Table, grades: Sequence[Grade]) -> tuple[dict[int, Grade], list[str]]:
    """Row → the grade that belongs there, and a sentence for each student for whom there is none."""
    claims: dict[int, list[Grade]] = {}
    lost = []
    for grade in sorted(grades, key=lambda each: each.student):
        found, why = _rows(table, grade)
        lost += [f"{_who(grade.student)}: {each}" for each in why]
        for row in dict.fromkeys(found):
            claims.setdefault(row, []).append(grade)
    for row, claimed in claims.items():
        if len(claimed) > 1:
            names = " and of ".join(_who(grade.student) for grade in claimed)
            lost.append(f"row {row + 1} ({table.who(row)}) would take the grades of {names}; none was written")
    return {row: claimed[0] for row, claimed in sorted(claims.items()) if len(claimed) == 1}, lost


def _rows(table: _Table, grade: Grade) -> tuple[list[int], list[str]]:
    """The rows of a student and of his group, and why there is none for one of them."""
    handed = grade.handed
    own, why = _row(table, (handed.account, grade.student), (handed.name, grade.student))
    rows, said = list(own), []
    for member in handed.members:
        found, doubt = _row(table, (member,), (member,))
        rows += found
        if not found:
            said.append(f"{line(member, NAME)} of the group {doubt or 'is not in the worksheet'}")
    if not rows and not why:
        rows = next((table.groups[key] for key in map(_plain, (handed.name, grade.student)) if key in table.groups), [])
    if not own and (why or not rows):
        said.insert(0, why or "is not in the worksheet")
    return rows, said


def _row(table: _Table, keys: Sequence[str], names: Sequence[str]) -> tuple[list[int], str]:
    """The row of a person, by id, then by login or e-mail, then by name; or none, and why where that is in doubt."""
    ways = [(table.ids, _account(table.layout, keys[0])), (table.ids, _plain(keys[0]))]
    ways += [(table.logins, _key(key)) for key in keys]
    ways += [(table.ids, _plain(key)) for key in keys[1:]]
    ways += [(table.names, _plain(name)) for name in names]
    found = next((index[key] for index, key in ways if key and key in index), [])
    named = next((table.names[name] for name in map(_plain, names) if name in table.names), found)
    if len(found) > 1:
        return [], f"could be any of the rows {', '.join(str(row + 1) for row in found[:5])}{_more(found)}"
    # Ids of two kinds can be alike: an id that leads to somebody of another name is not believed.
    if found and found[0] not in named:
        return [], f"has the id of row {found[0] + 1} and the name of row {named[0] + 1}"
    return list(found), ""


def _more(rows: Sequence[int]) -> str:
    return ", …" if len(rows) > 5 else ""


# --- the column --------------------------------------------------------------------------------------------------


def _column(table: _Table, rubric: Rubric, named: str) -> int:
    """The place of the column that takes the grades: the one that was named, or the one that fits. `UsageError`."""
    heads = table.headers
    if named:
        return _named(table, heads, named)
    fits = dict(_candidates(table, heads))
    own = [k for k, name in fits.items() if _same(name) in (_same(rubric.title), _same(rubric.homework)) and name]
    if len(own) == 1 or len(fits) == 1:
        return own[0] if len(own) == 1 else next(iter(fits))
    listed = ", ".join(f"`{heads[k]}`" for k in fits or (k for k in range(len(heads)) if k not in table.about))
    raise UsageError(f"which column takes the grades? name it with --column; there are {line(listed)}")


def _candidates(table: _Table, heads: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The columns that may take grades, each with its assignment's name, "" where it is the only assignment."""
    maxima = {head.removesuffix(" - Max Points") for head in heads if head.endswith(" - Max Points")}
    for k, head in enumerate(heads):
        found = table.layout.assignment.fullmatch(head)
        if k in table.about:
            continue
        if head.casefold() in table.layout.grades or head in maxima:
            yield k, head if head in maxima else ""
        elif found:
            yield k, found["name"]


def _named(table: _Table, heads: Sequence[str], named: str) -> int:
    """The column that was named by its header, or by its assignment's name or id."""
    wanted = _plain(named)
    found = [k for k, head in enumerate(heads) if head == wanted]
    if not found:
        matches = ((k, table.layout.assignment.fullmatch(head)) for k, head in enumerate(heads))
        found = [k for k, match in matches if match and wanted in match.groups()]
    if len(found) == 1 and found[0] not in table.about:
        return found[0]
    if len(found) > 1:
        listed = ", ".join(f"`{heads[k]}`" for k in found)
        raise UsageError(f"several columns are `{line(named)}`: {line(listed)}; name one with its whole header")
    if found:
        raise UsageError(f"the column `{line(named)}` says who a student is; it can't take grades")
    listed = ", ".join(f"`{head}`" for head in heads)
    near = did_you_mean(wanted, heads) or ";"
    raise UsageError(f"the worksheet has no column `{line(named)}`{near} there are {line(listed)}")


# --- numbers -----------------------------------------------------------------------------------------------------


def _has_comma(table: _Table, target: int) -> bool:
    """Whether numbers have a decimal comma here: as those of the column, else of the table, else by the delimiter."""
    sheet = table.sheet
    rows = range(table.header + 1, len(sheet.rows))
    near = (sheet.at(row, column) for column in (target, target + 1) for row in rows)
    everywhere = (text for row in rows for text in sheet.values(row))
    for cells in (near, everywhere):
        signs = [found[1] for found in map(DECIMAL.fullmatch, map(str.strip, cells)) if found]
        if signs:
            return signs.count(",") > signs.count(".")
    return sheet.delimiter == ";"


def _of_another_maximum(table: _Table, target: int, rubric: Rubric) -> Iterator[str]:
    """A sentence if the worksheet's maximum is not that of the rubric."""
    heads, sheet = table.headers, table.sheet
    own = re.search(r"MaxPoints:(\d+(?:[.,]\d+)?)", heads[target])
    beside = {k for k, head in enumerate(heads) if head.casefold() in MAXIMA or head == f"{heads[target]} - Max Points"}
    above = [sheet.at(row, target) for row in range(table.header + 1, min(table.people, default=0))]
    told = [own[1]] if own else [*above, *(sheet.at(row, k) for row in table.people for k in beside)]
    maxima = {float(text.strip().replace(",", ".")) for text in told if NUMBER.fullmatch(text.strip())}
    if len(maxima) == 1 and abs(maxima.copy().pop() - rubric.points) > 1e-6:
        there = points(maxima.pop())
        yield f"the worksheet's column is out of {there} points, the rubric out of {points(rubric.points)}"


# --- texts -------------------------------------------------------------------------------------------------------


def _plain(text: str) -> str:
    """A text in NFC with single spaces, as names and headers are compared."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _key(text: str) -> str:
    return _plain(text).casefold().removeprefix("#")


def _same(text: str) -> str:
    """A name without case, spaces and signs: `HW 1` is `hw1`."""
    return re.sub(r"[\W_]+", "", _plain(text).casefold())


def _who(student: str) -> str:
    return line(student, NAME)
