"""The results folder: reads and writes, decides nothing.

    results/<homework>/
      index.html  grades.csv            the class
      <student>/report.html results.json grade.json
      reviews.jsonl                     what people decided; only ever appended to
      run.jsonl                         when which run took how long; not part of any grade
      .observations/                    kept answers, by what determines them; safe to delete

Every file is written beside its place and renamed, so a reader never sees half of one. One process writes at a time.
An observation carries its checksum: one torn by a power cut counts as absent, and is asked for again.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from grader.model import (
    STATUSES,
    CourseError,
    Evidence,
    Fact,
    Grade,
    GradeboundError,
    Grid,
    Line,
    Lines,
    Observation,
    Outcome,
    Plot,
    Review,
    Table,
    UsageError,
)
from grader.values import Frame, MalformedFrame, beneath, decode, encode, under

MAX_BLOB = 1 << 30
EVIDENCE: dict[str, type[Evidence]] = {"fact": Fact, "table": Table, "grid": Grid, "plot": Plot, "lines": Lines}

WHY = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk is full",
    errno.EEXIST: "a file is in the way",
    errno.ENOTDIR: "a file is in the way",
}


class StoreError(GradeboundError):
    """A result could not be written; what was written before is kept."""


class Store:
    """One results folder. As a context manager it holds the folder's lock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock: int | None = None

    def __enter__(self) -> Store:
        with _told("write to", self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / ".observations").mkdir(mode=0o700, exist_ok=True)
            ignore = self.folder / ".gitignore"
            if not ignore.exists():
                ignore.write_text(".observations/\n.lock\nrun.jsonl\n")
            self._lock = os.open(self.folder / ".lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            self._lock = None
            raise UsageError(f"another grade is writing to {self.folder}; wait for it, or give --out DIR") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def keep(self, key: str, observation: Observation) -> None:
        """Keeps an observation under the digest of what determines it."""
        values = beneath("value", observation.values)
        values |= {"detail": np.array(observation.detail[:4000]), "printed": np.array(observation.printed[:4000])}
        data = encode(Frame(0, observation.status, values))
        self._write(self._kept(key), hashlib.sha256(data).digest() + data)

    def kept(self, key: str) -> Observation | None:
        """The observation under this digest, or None if there is none that is whole."""
        try:
            data = self._kept(key).read_bytes()
        except OSError:
            return None
        if hashlib.sha256(data[32:]).digest() != data[:32]:
            return None
        try:
            frame = decode(data[32:], max_blob=MAX_BLOB)
        except MalformedFrame:
            return None
        status = next((s for s in STATUSES if s == frame.tag), None)
        if status is None:
            return None
        detail, printed = str(frame.values.get("detail", "")), str(frame.values.get("printed", ""))
        return Observation(status, under("value", frame.values), detail, printed)

    def write_text(self, name: str, text: str) -> None:
        """Writes a page, a table or a JSON file of the class or (`student/…`) of one student."""
        self._write(self.folder / name, text.encode("utf-8", "replace"))

    def write_grade(self, grade: Grade, work: str) -> None:
        """Keeps a grade and the digest of the work that it is for: sorted, without a clock, so that git can diff it."""
        outcomes = {item: _outcome_told(outcome) for item, outcome in sorted(grade.outcomes.items())}
        told = {"student": grade.student, "work": work, "remarks": list(grade.remarks), "outcomes": outcomes}
        told["printed"] = dict(sorted(grade.printed.items()))
        if grade.unplaced:
            told["unplaced"] = grade.unplaced
        text = json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
        self.write_text(f"{grade.student}/grade.json", text + "\n")

    def grades(self) -> dict[str, tuple[Grade, str]]:
        """All kept grades and the digests of their work, by student."""
        found = {}
        for path in sorted(self.folder.glob("*/grade.json")):
            try:
                told = json.loads(path.read_text("utf-8"))
                outcomes = {item: _outcome(entry) for item, entry in told["outcomes"].items()}
                grade = Grade(told["student"], outcomes, tuple(told["remarks"]), told["printed"])
                grade = replace(grade, unplaced=str(told.get("unplaced", "")))
                found[path.parent.name] = (grade, str(told["work"]))
            except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
                raise StoreError(
                    f"{path} can't be read ({type(error).__name__}); remove it and run grade again"
                ) from None
        return found

    def reviews(self) -> list[Review]:
        """What people decided, in order. A torn last line is passed over; any other bad line is an error."""
        path = self.folder / "reviews.jsonl"
        if not path.exists():
            return []
        with _told("read", path):
            data = path.read_bytes()
        lines = data.split(b"\n")
        found = []
        for number, line in enumerate(lines, 1):
            try:
                if line.strip():
                    found.append(_review(json.loads(line)))
            except (json.JSONDecodeError, UnicodeDecodeError) as error:
                if number == len(lines):
                    break  # no line end after it: it was torn while it was written
                raise CourseError(f"{path}:{number}", f"this line is not JSON: {error}") from None
            except (ValueError, KeyError) as error:
                said = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
                raise CourseError(f"{path}:{number}", f"this line is not a review: {said}") from None
        return found

    def log(self, entry: Mapping[str, Any]) -> None:
        """Appends one line to run.jsonl."""
        with _told("write", self.folder / "run.jsonl"), (self.folder / "run.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, sort_keys=True, ensure_ascii=False) + "\n")

    def _kept(self, key: str) -> Path:
        return self.folder / ".observations" / key[:2] / key[2:]

    def _write(self, path: Path, data: bytes) -> None:
        beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        with _told("write", path):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                beside.write_bytes(data)
                beside.replace(path)
            except OSError:
                with contextlib.suppress(OSError):
                    beside.unlink()
                raise


@contextlib.contextmanager
def _told(verb: str, path: Path) -> Iterator[None]:
    """Turns an OSError into one sentence."""
    try:
        yield
    except OSError as error:
        why = WHY.get(error.errno or 0, error.strerror or str(error))
        raise StoreError(f"can't {verb} {path}: {why}; what was graded before is kept") from None


def _review(told: Any) -> Review:
    if not isinstance(told, dict):
        raise ValueError("it is not an object with keys")
    credit = told["credit"]
    if isinstance(credit, bool) or not isinstance(credit, int | float) or not 0.0 <= credit <= 1.0:
        raise ValueError(f"credit is {credit!r}, must be in 0..1")
    texts = {name: str(told[name]) for name in ("student", "item", "comment", "by", "at")}
    return Review(credit=float(credit), **texts)


def _outcome_told(outcome: Outcome) -> dict[str, Any]:
    names = {kind: name for name, kind in EVIDENCE.items()}
    evidence = [{"is": names[type(entry)], **asdict(entry)} for entry in outcome.evidence]
    return {"credit": outcome.credit, "sentence": outcome.sentence, "note": outcome.note, "evidence": evidence}


def _outcome(told: Mapping[str, Any]) -> Outcome:
    evidence = tuple(_evidence(entry) for entry in told["evidence"])
    return Outcome(told["credit"], told["sentence"], evidence, told["note"])


def _evidence(told: Mapping[str, Any]) -> Evidence:
    fields = {key: _frozen(value) for key, value in told.items() if key != "is"}
    if told["is"] == "lines":
        fields["lines"] = tuple(Line(**line) for line in fields["lines"])
    return EVIDENCE[told["is"]](**fields)


def _frozen(value: Any) -> Any:
    """Lists as tuples all the way down, as the nouns have them."""
    if isinstance(value, list):
        return tuple(_frozen(entry) for entry in value)
    if isinstance(value, dict):
        return {key: _frozen(entry) for key, entry in value.items()}
    return value
