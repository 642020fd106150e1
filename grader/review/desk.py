"""What the graders work on: the class as it is now on disk, and the pages that are written again after decisions."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.decisions import Decided, reviews
from grader.grade import with_reviews
from grader.model import Grade, GradeboundError, Rubric, UsageError
from grader.report import gradebook
from grader.review.groups import Case, Group, cases_of, grouped
from grader.review.ledger import Ledger
from grader.run import write_again
from grader.store import Store

QUIET_SECONDS = 1.0
"""How long nobody has decided anything before the pages are written again."""
BUSY_SECONDS = 2.0
"""How long to wait for another grade that is writing to the folder."""


@dataclass(frozen=True)
class Person:
    """A student as the page knows him: `key` stands in addresses and forms, `alias` is shown in place of his name."""

    student: str
    key: str
    alias: str


@dataclass(frozen=True)
class Now:
    """The class at one moment."""

    rubric: Rubric
    grades: tuple[Grade, ...]
    cases: tuple[Case, ...]
    people: Mapping[str, Person]
    decided: Decided
    groups: tuple[Group, ...]

    def group(self, key: str) -> Group | None:
        return next((group for group in self.groups if group.id == key), None)

    def chosen(self, item: str, keys: Collection[str]) -> tuple[Case, ...]:
        """The cases of an item that belong to the people with these keys."""
        return tuple(case for case in self.cases if case.item.id == item and self.people[case.student].key in keys)

    def table(self) -> str:
        """The class as CSV, with all that is decided now."""
        made = reviews(self.decided.entries)
        return gradebook(self.rubric, [with_reviews(grade, made) for grade in self.grades])


class Desk:
    """One results folder under review. Files are read again when they have changed, so that a new run is seen."""

    def __init__(self, rubric: Rubric, store: Store) -> None:
        self.rubric = rubric
        self.ledger = Ledger(store)
        self._store = store
        self._lock = threading.Lock()
        self._read: dict[Path, tuple[tuple[int, int], Grade, list[Case]]] = {}
        self._people: dict[str, Person] = {}

    def now(self, decided: Decided | None = None) -> Now:
        """The class as it is now; with `decided`, from under the ledger's lock."""
        decided = self.ledger.read() if decided is None else decided
        with self._lock:
            self._refresh()
            grades = tuple(grade for _, grade, _ in self._read.values())
            cases = tuple(case for _, _, found in self._read.values() for case in found)
            people = self._people
        return Now(self.rubric, grades, cases, people, decided, tuple(grouped(self.rubric, cases, decided)))

    def _refresh(self) -> None:
        paths = sorted(self._store.folder.glob("*/grade.json"))
        for path in self._read.keys() - set(paths):
            del self._read[path]
        for path in paths:
            about = path.stat()
            stamp = (about.st_mtime_ns, about.st_size)
            if path not in self._read or self._read[path][0] != stamp:
                grade, work = self._store.grade(path)
                answers, code = self._store.answers(work), self._store.code(work)
                self._read[path] = (stamp, grade, cases_of(self.rubric, grade, answers, code))
        students = {grade.student for _, grade, _ in self._read.values()}
        if students != self._people.keys():
            self._people = people(students)


def people(students: Iterable[str]) -> dict[str, Person]:
    """The students under numbers that say nothing about their names, the same as long as the class is the same."""
    keys = {student: hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:12] for student in students}
    ordered = sorted(keys, key=lambda student: keys[student])
    return {student: Person(student, keys[student], f"Student {number}") for number, student in enumerate(ordered, 1)}


class Pages:
    """Writes the pages of decided students again, in a thread of its own, once nobody has decided for a moment."""

    def __init__(self, rubric: Rubric, store: Store) -> None:
        self.trouble = ""
        self._rubric = rubric
        self._store = store
        self._students: set[str] = set()
        self._changed = threading.Condition()
        self._last = 0.0
        self._ends = False
        self._thread = threading.Thread(target=self._run, name="pages", daemon=True)

    def __enter__(self) -> Pages:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Writes what is left to write."""
        with self._changed:
            self._ends = True
            self._changed.notify()
        self._thread.join()

    def again(self, students: Iterable[str]) -> None:
        """The pages of these students, and those of the class, are out of date."""
        with self._changed:
            self._students |= set(students)
            self._last = time.monotonic()
            self._changed.notify()

    def _run(self) -> None:
        while students := self._due():
            self._write(students)

    def _due(self) -> set[str]:
        """The students whose pages are to be written, after a quiet moment; nobody at the end."""
        with self._changed:
            while not self._ends:
                left = self._last + QUIET_SECONDS - time.monotonic()
                if self._students and left <= 0:
                    break
                self._changed.wait(left if self._students else None)
            students, self._students = self._students, set()
            return students

    def _write(self, students: set[str]) -> None:
        try:
            with Store(self._store.folder) as store:
                write_again(self._rubric, students, store)
            self.trouble = ""
        except UsageError:  # another grade is writing: it reads the decisions itself, but may have read them too early
            self._later(students)
        except GradeboundError as error:
            self.trouble = f"The pages could not be written again: {error}"

    def _later(self, students: set[str]) -> None:
        self.trouble = "The pages are written again when the grade that is running now has ended."
        if not self._ends:
            time.sleep(BUSY_SECONDS)
            self.again(students)
