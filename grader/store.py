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

import base64
import contextlib
import errno
import fcntl
import hashlib
import itertools
import json
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from grader import decisions
from grader.model import (
    STATUSES,
    CourseError,
    Evidence,
    Fact,
    Grade,
    GradeboundError,
    Grid,
    Handed,
    Line,
    Lines,
    Observation,
    Outcome,
    Pictures,
    Plot,
    Review,
    Table,
    UsageError,
)
from grader.pictures import bounded
from grader.pieces import Piece
from grader.values import Frame, MalformedFrame, beneath, decode, digest, encode, under

MAX_BLOB = 1 << 30
EVIDENCE: dict[str, type[Evidence]] = {
    "fact": Fact,
    "table": Table,
    "grid": Grid,
    "plot": Plot,
    "pictures": Pictures,
    "lines": Lines,
}

WHY = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk is full",
    errno.EEXIST: "a file is in the way",
    errno.ENOTDIR: "a file is in the way",
}


class StoreError(GradeboundError):
    """A result could not be written; what was written before is kept."""


class Shelf:
    """Kept observations in a folder, by the digest of what determines each. Safe with many writers at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, key: str, observation: Observation) -> None:
        """Keeps an observation under the digest of what determines it."""
        values = beneath("value", observation.values)
        values |= {"detail": np.array(observation.detail[:4000]), "printed": np.array(observation.printed[:4000])}
        data = encode(Frame(0, observation.status, values))
        write_whole(self._place(key), hashlib.sha256(data).digest() + data)

    def kept(self, key: str) -> Observation | None:
        """The observation under this digest, or None if there is none that is whole."""
        data = self._whole(key)
        try:
            frame = decode(data, max_blob=MAX_BLOB)
        except MalformedFrame:
            return None
        status = next((s for s in STATUSES if s == frame.tag), None)
        if status is None:
            return None
        detail, printed = str(frame.values.get("detail", "")), str(frame.values.get("printed", ""))
        return Observation(status, under("value", frame.values), detail, printed)

    def has(self, key: str) -> bool:
        """Whether there is an observation under this digest that is whole."""
        return self._whole(key) != b""

    def _whole(self, key: str) -> bytes:
        """The bytes that were kept; none if there are none, or if they are torn."""
        try:
            data = self._place(key).read_bytes()
        except OSError:
            return b""
        return data[32:] if hashlib.sha256(data[32:]).digest() == data[:32] else b""

    def _place(self, key: str) -> Path:
        return self.folder / key[:2] / key[2:]


class Store:
    """One results folder. As a context manager it holds the folder's lock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._shelf = Shelf(folder / ".observations")
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
        self._shelf.keep(key, observation)

    def kept(self, key: str) -> Observation | None:
        """The observation under this digest, or None if there is none that is whole."""
        return self._shelf.kept(key)

    def has(self, key: str) -> bool:
        """Whether there is an observation under this digest that is whole."""
        return self._shelf.has(key)

    def write_text(self, name: str, text: str) -> None:
        """Writes a page, a table or a JSON file of the class or (`student/…`) of one student."""
        write_whole(self.folder / name, text.encode("utf-8", "replace"))

    def write_grade(self, grade: Grade, work: str) -> None:
        """Keeps a grade and the digest of the work that it is for: sorted, without a clock, so that git can diff it."""
        outcomes = {item: _outcome_told(outcome) for item, outcome in sorted(grade.outcomes.items())}
        told = {"student": grade.student, "work": work, "remarks": list(grade.remarks), "outcomes": outcomes}
        told["printed"] = dict(sorted(grade.printed.items()))
        if grade.unplaced:
            told["unplaced"] = grade.unplaced
        if grade.handed != Handed():
            told["handed"] = _handed_told(grade.handed)
        text = json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
        self.write_text(f"{grade.student}/grade.json", text + "\n")

    def grades(self) -> dict[str, tuple[Grade, str]]:
        """All kept grades and the digests of their work, by student."""
        return dict(self.each_grade())

    def each_grade(self) -> Iterator[tuple[str, tuple[Grade, str]]]:
        """Every kept grade with its student and the digest of its work, one after the other, by student."""
        return ((path.parent.name, self.grade(path)) for path in sorted(self.folder.glob("*/grade.json")))

    def grade(self, path: Path) -> tuple[Grade, str]:
        """The grade in a file `grade.json`, and the digest of the work that it is for."""
        try:
            told = json.loads(path.read_text("utf-8"))
            outcomes = {item: _outcome(entry) for item, entry in told["outcomes"].items()}
            grade = Grade(told["student"], outcomes, tuple(told["remarks"]), told["printed"])
            grade = replace(grade, unplaced=str(told.get("unplaced", "")), handed=_handed(told.get("handed", {})))
            return grade, str(told["work"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise StoreError(f"{path} can't be read ({type(error).__name__}); remove it and run grade again") from None

    def keep_answers(self, work: str, answers: Mapping[str, str]) -> None:
        """Keeps what a student has written, by part, for people to read beside the verdict."""
        self.keep(digest("answers", work), Observation("ok", {"answers": np.array(json.dumps(dict(answers)))}))

    def answers(self, work: str) -> dict[str, str]:
        """What was written in the work of this digest, by part; empty if it was not kept."""
        kept = self.kept(digest("answers", work))
        return dict(json.loads(str(kept.values["answers"]))) if kept else {}

    def keep_code(self, work: str, code: Mapping[str, Piece]) -> None:
        """Keeps the definitions that a rubric asks for, by name, for people to read beside the verdict."""
        told = {name: [piece.text, piece.file, piece.line] for name, piece in code.items()}
        self.keep(digest("code", work), Observation("ok", {"code": np.array(json.dumps(told))}))

    def code(self, work: str) -> dict[str, Piece]:
        """The definitions in the work of this digest, by name; empty if they were not kept."""
        kept = self.kept(digest("code", work))
        told = json.loads(str(kept.values["code"])) if kept else {}
        return {name: Piece(str(text), str(file), int(line)) for name, (text, file, line) in told.items()}

    def reviews(self) -> list[Review]:
        """What people decided, in order. A torn last line is passed over; any other bad line is an error."""
        return decisions.reviews(self.entries())

    def entries(self) -> list[decisions.Entry]:
        """The lines of `reviews.jsonl`, in order."""
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
                    found.append(decisions.entry(json.loads(line), number))
            except (json.JSONDecodeError, UnicodeDecodeError) as error:
                if number == len(lines):
                    break  # no line end after it: it was torn while it was written
                raise CourseError(f"{path}:{number}", f"this line is not JSON: {error}") from None
            except (ValueError, KeyError, TypeError) as error:
                said = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
                raise CourseError(f"{path}:{number}", f"this line is not a review: {said}") from None
        return found

    def log(self, entry: Mapping[str, Any]) -> None:
        """Appends one line to run.jsonl."""
        with _told("write", self.folder / "run.jsonl"), (self.folder / "run.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, sort_keys=True, ensure_ascii=False) + "\n")


_written = itertools.count()


def write_whole(path: Path, data: bytes) -> None:
    """Puts a file in its place in one step: whoever reads it sees all of it, or what was there before."""
    # Two threads may keep the answers of equal submissions at once: the name is each one's own.
    beside = path.with_name(f".{path.name[:100]}.{os.getpid()}-{next(_written)}.tmp")
    with _told("write", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            beside.write_bytes(data)
            beside.replace(path)
        except BaseException:  # Ctrl-C, too, must leave nothing behind
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


def _handed_told(handed: Handed) -> dict[str, Any]:
    """What the platform says, without that of which it says nothing; times in ISO 8601."""
    told = {name: value for name, value in asdict(handed).items() if value != getattr(Handed, name)}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in told.items()}


def _handed(told: Mapping[str, Any]) -> Handed:
    times = {name: datetime.fromisoformat(told[name]) for name in ("when", "due") if name in told}
    return Handed(**{name: _frozen(value) for name, value in told.items()} | times)


def _outcome_told(outcome: Outcome) -> dict[str, Any]:
    evidence = [_evidence_told(entry) for entry in outcome.evidence]
    told = {"credit": outcome.credit, "sentence": outcome.sentence, "note": outcome.note, "evidence": evidence}
    return told | ({"alike": outcome.alike} if outcome.alike else {})


def _outcome(told: Mapping[str, Any]) -> Outcome:
    evidence = tuple(_evidence(entry) for entry in told["evidence"])
    return Outcome(told["credit"], told["sentence"], evidence, told["note"], str(told.get("alike", "")))


def _evidence_told(entry: Evidence) -> dict[str, Any]:
    if isinstance(entry, Pictures):
        kept = bounded(entry)
        # A list, for grade.json is sorted by key and rows have an order.
        rows = [{"caption": caption, **_images_told(images)} for caption, images in kept.rows.items()]
        return {"is": "pictures", "label": kept.label, "rows": rows}
    names = {kind: name for name, kind in EVIDENCE.items()}
    told = asdict(entry)
    if isinstance(entry, Plot):
        told["series"] = {name: _points_told(series) for name, series in entry.series.items()}
        told["band"] = _points_told(entry.band) if entry.band else None
    return {"is": names[type(entry)], **told}


def _points_told(axes: Sequence[Sequence[float]]) -> list[list[float | None]]:
    """Coordinates, with null for what is not finite: a loss that has diverged is still drawn up to there."""
    return [[value if math.isfinite(value) else None for value in axis] for axis in axes]


def _points(axes: Sequence[Sequence[float | None]]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(math.nan if value is None else value for value in axis) for axis in axes)


def _images_told(images: np.ndarray) -> dict[str, Any]:
    return {"shape": list(images.shape), "bytes": base64.b64encode(np.ascontiguousarray(images).tobytes()).decode()}


def _images(told: Mapping[str, Any]) -> np.ndarray:
    """The images of one row. Raises ValueError if their bytes are not as many as their shape says."""
    return np.frombuffer(base64.b64decode(told["bytes"], validate=True), np.uint8).reshape(told["shape"])


def _evidence(told: Mapping[str, Any]) -> Evidence:
    if told["is"] == "pictures":
        return bounded(Pictures(told["label"], {row["caption"]: _images(row) for row in told["rows"]}))
    fields = {key: _frozen(value) for key, value in told.items() if key != "is"}
    if told["is"] == "plot":
        fields["series"] = {name: _points(series) for name, series in fields["series"].items()}
        fields["band"] = _points(fields["band"]) if fields.get("band") else None
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
