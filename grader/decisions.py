"""What people decided, as the lines of `reviews.jsonl`, and what of it is in force. Pure: reads and writes no file.

A line is one JSON object, and only ever appended:

    {"student" or "students", "item", "credit", "comment", "by", "at", …}   a decision on one student or on equal ones
    {"row", "item", "text", "points", "of", "by", "at", …}                  a row of an item's rubric, new or changed
    {"split", "item", "students", "by", "at"}                               these are no longer decided with the others
    {"undo", "by", "at"}                                                    the entry of this id does not count

A decision names its rows and not their points, so a changed row changes every decision that names it, with one line.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, is_dataclass
from typing import Any

import numpy as np

from grader.model import Outcome, Review

Place = tuple[str, str]
"""A student and an item."""


@dataclass(frozen=True)
class Decision:
    """One decision on an item of one or more students.

    `base` are free points and `rows` the rubric's rows beside them, both as shares of the item; without `base` the
    `credit` stands as written. `why` is for the record, `comment` for the student. `saw` is the digest of what was
    decided on, `before` the credit that each student had.
    """

    id: str
    students: tuple[str, ...]
    item: str
    credit: float
    comment: str
    by: str
    at: str
    base: float | None = None
    rows: tuple[str, ...] = ()
    why: str = ""
    saw: str = ""
    before: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """A row of an item's rubric under its lasting `name`: `points` of the `of` that the item gives. "" drops it."""

    id: str
    name: str
    item: str
    text: str
    points: float
    of: float
    by: str
    at: str

    @property
    def share(self) -> float:
        return self.points / self.of if self.of else 0.0


@dataclass(frozen=True)
class Split:
    """Students who are decided apart from those with the same outcome."""

    id: str
    item: str
    students: tuple[str, ...]
    by: str
    at: str


@dataclass(frozen=True)
class Undo:
    """The entry `of` does not count; undone itself, it counts again."""

    id: str
    of: str
    by: str
    at: str


Entry = Decision | Row | Split | Undo


@dataclass(frozen=True)
class Decided:
    """What is in force: the rows by name, the decision and the split of each place; and all entries, in order."""

    entries: tuple[Entry, ...] = ()
    undone: frozenset[str] = frozenset()
    rows: Mapping[str, Row] = field(default_factory=dict)
    decisions: Mapping[Place, Decision] = field(default_factory=dict)
    splits: Mapping[Place, str] = field(default_factory=dict)

    def rows_of(self, item: str) -> list[Row]:
        """The rows that a grader can choose for an item, in the order in which they were made."""
        return [row for row in self.rows.values() if row.item == item and row.text]


def entry(told: Any, number: int) -> Entry:
    """The entry of line `number`, which names it where it has no id. Raises ValueError and KeyError."""
    if not isinstance(told, dict):
        raise ValueError("it is not an object with keys")
    which = str(told.get("id") or f"line {number}")
    if "undo" in told:
        return Undo(which, str(told["undo"]), str(told["by"]), str(told["at"]))
    if "row" in told:
        points, of = (_finite(told, name) for name in ("points", "of"))
        texts = {name: str(told[name]) for name in ("item", "text", "by", "at")}
        return Row(which, str(told["row"]), points=points, of=of, **texts)
    if "split" in told:
        return Split(which, str(told["item"]), _students(told), str(told["by"]), str(told["at"]))
    return _decision(told, which)


def line(entry: Entry) -> bytes:
    """The line of an entry, with its line end; the inverse of `entry`."""
    told = {key: value for key, value in asdict(entry).items() if value not in ("", (), {}, None) or key == "comment"}
    match entry:
        case Undo():
            told["undo"] = told.pop("of")
        case Row():
            told |= {"row": told.pop("name"), "text": entry.text}
        case Split():
            told["split"] = len(entry.students)
        case Decision():
            if len(entry.students) == 1:
                told["student"] = told.pop("students")[0]
    try:
        return json.dumps(told, ensure_ascii=False, allow_nan=False).encode() + b"\n"
    except UnicodeEncodeError:  # a folder's name that is no UTF-8 keeps its bytes
        return json.dumps(told, allow_nan=False).encode() + b"\n"


def fold(entries: Iterable[Entry]) -> Decided:
    """What is in force after these entries, of which later ones win."""
    entries = tuple(entries)
    undone: set[str] = set()
    for each in reversed(entries):
        if isinstance(each, Undo) and each.id not in undone:
            undone.add(each.of)
    rows: dict[str, Row] = {}
    decisions: dict[Place, Decision] = {}
    splits: dict[Place, str] = {}
    for each in entries:
        if each.id in undone:
            continue
        match each:
            case Row():
                rows[each.name] = each
            case Decision():
                decisions |= {(student, each.item): each for student in each.students}
            case Split():
                splits |= {(student, each.item): each.id for student in each.students}
    return Decided(entries, frozenset(undone), rows, decisions, splits)


def credit(decision: Decision, rows: Mapping[str, Row]) -> float:
    """The credit that a decision gives now, in 0..1."""
    if decision.base is None:
        return decision.credit
    total = decision.base + sum(rows[name].share for name in decision.rows if name in rows)
    return min(1.0, max(0.0, round(total, 12)))


def comment(decision: Decision, rows: Mapping[str, Row]) -> str:
    """What the student reads: the texts of the rows, then the comment."""
    chosen = (rows[name] for name in decision.rows if name in rows)
    said = [f"{row.text} ({row.points:+.4g})" for row in chosen if row.text]
    return "\n".join([*said, decision.comment] if decision.comment else said)


def reviews(entries: Iterable[Entry]) -> list[Review]:
    """Every decision that was not undone, one for each student, in order, with the rows as they are now."""
    decided = fold(entries)
    counted = [each for each in decided.entries if isinstance(each, Decision) and each.id not in decided.undone]
    return [
        Review(student, each.item, credit(each, decided.rows), comment(each, decided.rows), each.by, each.at)
        for each in counted
        for student in each.students
    ]


def saw(outcome: Outcome, answer: str = "") -> str:
    """The digest of what a person decides on. Equal ones are decided together.

    Of what the grader has judged, these are the verdict, its note and its sentence; of what it has not, all of the
    evidence and the student's `answer` as well. White space does not count. Formulas are compared by their values.
    """
    told: list[Any] = [outcome.credit, outcome.note, outcome.alike or outcome.sentence]
    if outcome.credit is None and not outcome.alike:
        told += [[type(each).__name__, asdict(each)] for each in outcome.evidence] + [answer]
    return hashlib.sha256(json.dumps(_plain(told), sort_keys=True).encode()).hexdigest()[:16]


def _decision(told: Mapping[str, Any], which: str) -> Decision:
    credit = told["credit"]
    if isinstance(credit, bool) or not isinstance(credit, int | float) or not 0.0 <= credit <= 1.0:
        raise ValueError(f"credit is {credit!r}, must be in 0..1")
    return Decision(
        which,
        _students(told) if "students" in told else (str(told["student"]),),
        credit=float(credit),
        base=_finite(told, "base") if "base" in told else None,
        rows=tuple(map(str, told.get("rows", ()))),
        before=_before(told.get("before", {})),
        **{name: str(told[name]) for name in ("item", "comment", "by", "at")},
        **{name: str(told.get(name, "")) for name in ("why", "saw")},
    )


def _before(told: Any) -> dict[str, float | None]:
    if not isinstance(told, dict):
        raise ValueError(f"before is {told!r}, must say what each student had")
    return {str(student): None if value is None else float(value) for student, value in told.items()}


def _students(told: Mapping[str, Any]) -> tuple[str, ...]:
    names = told["students"]
    if not isinstance(names, list) or not names:
        raise ValueError(f"students is {names!r}, must be a list of names")
    return tuple(map(str, names))


def _finite(told: Mapping[str, Any], name: str) -> float:
    value = told[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{name} is {value!r}, must be a number")
    return float(value)


def _plain(value: Any) -> Any:
    """What JSON can hold, with texts up to white space and arrays by digest."""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, np.ndarray):
        return [list(value.shape), hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()]
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return _plain(asdict(value)) if is_dataclass(value) and not isinstance(value, type) else value
