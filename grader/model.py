"""The nouns of Gradebound, as frozen values, and the exceptions. Does nothing; imports nothing of ours.

Exceptions, by who has to act:

    GradeboundError
    ├── UsageError     what was typed can't be done            → the operator, exit 2
    ├── CourseError    the course's files are wrong, file:line → the instructor, exit 2
    ├── RefusedError   grading here would not be safe          → the operator, exit 3
    └── BoxError       our own machinery failed                → never costs a point, credit None

A student's mistake is not an exception: it is an `Observation` and then an `Outcome`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol, get_args

import numpy as np

Values = Mapping[str, np.ndarray]
"""The only thing that crosses the wall: names to plain arrays. A short string is a 0-d array of dtype str."""

Status = Literal["ok", "missing", "crashed", "timeout", "memory", "lost", "unread"]
STATUSES: tuple[Status, ...] = get_args(Status)
CLAIMABLE: tuple[Status, ...] = ("ok", "missing", "crashed", "unread")
"""What the student's process may say of itself. Everything else is a fact seen from outside."""


class GradeboundError(Exception):
    """Root of all that Gradebound raises on purpose; `str()` is one sentence for its reader."""


class UsageError(GradeboundError):
    """What was asked for on the command line can't be done."""


class CourseError(GradeboundError):
    """The course's own files are wrong. `where` is `file:line`, or the file alone."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}")
        self.where = where
        self.what = what


class RefusedError(GradeboundError):
    """Grading on this machine could leak an answer or a grade."""


class BoxError(GradeboundError):
    """The box could not do its work, through no fault of the student."""


@dataclass(frozen=True)
class Submission:
    """Who handed in which files, and when; nothing of them is parsed yet.

    `files` maps the name as handed in (POSIX, relative) to where it lies now.
    """

    student: str
    files: Mapping[str, Path]
    when: datetime | None = None


NO_PART = ""
"""The label of written text that may be an answer and is under no known heading."""


@dataclass(frozen=True)
class Work:
    """A submission as read: `sources` (file name → bytes) for the box, `answers` (part label → text).

    `asking` are the course's own files that go into the box beside them, and hold no answer. `unplaced` is written
    text under no known heading; `remarks` are sentences that the student and the instructor should both read
    ("figure.bin has 300 MB and was left out").
    """

    sources: Mapping[str, bytes] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    unplaced: str = ""
    remarks: tuple[str, ...] = ()
    asking: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Observation:
    """How one probe ended, and what it answered.

    `detail` is a claim of the student's process (an exception's text, the names that it found): shown
    escaped and shortened, never believed. `printed` is the beginning of what it wrote to stdout and stderr.
    """

    status: Status
    values: Values = field(default_factory=dict)
    detail: str = ""
    printed: str = ""


@dataclass(frozen=True)
class Mistake:
    """A named wrong variant: what a student with this mistake would have answered.

    `slug` is the note for class statistics, `sentence` what the student reads.
    """

    slug: str
    sentence: str
    values: Values


@dataclass(frozen=True)
class Expected:
    """All that the grader knows of an item: what is asked, the reference's answer, known mistakes' answers.

    `smallest`, where a search has run, holds `given/…`, `expected/…` and `observed/…` of the smallest failing case.
    """

    given: Values
    values: Values
    mistakes: tuple[Mistake, ...] = ()
    smallest: Values = field(default_factory=dict)


@dataclass(frozen=True)
class Fact:
    """Evidence: one labelled value, already formatted."""

    label: str
    value: str


@dataclass(frozen=True)
class Table:
    """Evidence: a small table of formatted cells."""

    label: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Grid:
    """Evidence: a picture of pixels. Each cell is one of `right`, `illegal`, `lost`, `unused`, `centre`."""

    label: str
    cells: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Plot:
    """Evidence: points to draw. `series` maps a legend entry to (x, y); at most 200 points each.

    `style` is `scatter`, `line` or `steps`; in a scatter the series `expected` is a line, what the points should
    follow. `xlabel` and `ylabel` carry their units.
    """

    label: str
    style: Literal["scatter", "line", "steps"]
    series: Mapping[str, tuple[tuple[float, ...], tuple[float, ...]]]
    xlabel: str = ""
    ylabel: str = ""


LineVerdict = Literal["holds", "fails", "unread", "undecided", "defines", "unjudged", ""]


@dataclass(frozen=True)
class Line:
    """A line of a derivation: the formula as it was read (MathML, "" if it was not), its text, and the verdict.

    `words` say why, or what the slip may be. `left` and `right` are both sides in a world in which it fails.
    """

    formula: str
    text: str
    verdict: LineVerdict
    words: str = ""
    left: str = ""
    right: str = ""


@dataclass(frozen=True)
class Lines:
    """Evidence: the lines of a derivation, in their order."""

    label: str
    lines: tuple[Line, ...]


Evidence = Fact | Table | Grid | Plot | Lines


@dataclass(frozen=True)
class Outcome:
    """The verdict on one item: `credit` in 0..1, or None when a person has to decide.

    `sentence` is for the student; `note` is a short stable slug for class statistics ("" when all is right).
    """

    credit: float | None
    sentence: str
    evidence: tuple[Evidence, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        if self.credit is not None and not (math.isfinite(self.credit) and 0.0 <= self.credit <= 1.0):
            raise ValueError(f"credit is {self.credit!r}, must be None or in 0..1")


class Check(Protocol):
    """A kind of question. Its dataclass fields are the YAML keys; its two halves never share a process.

    `told(reference)` is what the probe is told beside the inputs: names and orders, no tolerance, no answer.
    `probe` runs in the box and may raise `Missing`, `Unread` (of `checks.code`) or anything else (a crash).
    `compare` runs outside, is pure, and sees only observations with status `ok`. `asks_reference` is False where
    the right answer stands in the rubric, `reads_text` True where a written answer is read and no code of the student
    is loaded; `searchable` is True where a smallest failing input can be looked for.
    """

    asks_reference: ClassVar[bool]
    reads_text: ClassVar[bool]
    searchable: ClassVar[bool]

    def told(self, *, reference: bool) -> dict[str, Any]: ...

    @staticmethod
    def probe(code: Any, call: Mapping[str, Any], given: Values) -> Values: ...

    def compare(self, expected: Expected, observed: Observation) -> Outcome: ...


@dataclass(frozen=True)
class Limits:
    """What one item may use. `cpu_seconds` is the limit; wall time is a guard of 20 times that."""

    cpu_seconds: float = 10.0
    idle_seconds: float = 10.0
    memory_mb: int = 1024
    output_mb: int = 64
    processes: int = 64


@dataclass(frozen=True)
class Item:
    """One thing that is asked and gives points. `where` is its `file:line` in the rubric.

    `given` are the inputs (`case/name`), `recipe` what draws more of them, `mistakes` the named wrong variants as
    (name of the function in `mistakes.py`, its sentence), `partial` the credit that a named mistake still gets.
    """

    id: str
    title: str
    kind: str
    check: Check
    points: float
    hint: str = ""
    given: Values = field(default_factory=dict)
    recipe: Any = None
    mistakes: tuple[tuple[str, str], ...] = ()
    partial: Mapping[str, float] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    where: str = ""


@dataclass(frozen=True)
class Question:
    """A numbered question of the homework; `text` is what was asked."""

    id: str
    title: str
    items: tuple[Item, ...]
    text: str = ""


@dataclass(frozen=True)
class Rubric:
    """The assignment, fully resolved. `reference` maps file names to the bytes of the solution.

    `asking` are the files of the course that every student's code may see: adapters and asserts. `preload` are
    modules that are imported once, before any student's code is known.
    """

    homework: str
    title: str
    questions: tuple[Question, ...]
    path: Path
    reference: Mapping[str, bytes] = field(default_factory=dict)
    asking: Mapping[str, bytes] = field(default_factory=dict)
    preload: tuple[str, ...] = ()

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for question in self.questions for item in question.items)

    @property
    def points(self) -> float:
        return sum(item.points for item in self.items)


@dataclass(frozen=True)
class Review:
    """A person's decision on one item of one student; later ones win."""

    student: str
    item: str
    credit: float
    comment: str
    by: str
    at: str


@dataclass(frozen=True)
class Grade:
    """A student's outcome per item. Points are computed from it, never stored in it.

    `unplaced` is what he wrote that may be an answer and that no part could be found for: a person reads it.
    `reviews` holds the decision that is in force for an item, where a person has made one; it is
    already applied to `outcomes`.
    """

    student: str
    outcomes: Mapping[str, Outcome]
    remarks: tuple[str, ...] = ()
    printed: Mapping[str, str] = field(default_factory=dict)
    reviews: Mapping[str, Review] = field(default_factory=dict)
    unplaced: str = ""


@dataclass(frozen=True)
class Score:
    """Points out of a maximum. `undecided` is how many of the maximum wait for a person."""

    points: float
    maximum: float
    undecided: float = 0.0
