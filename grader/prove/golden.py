"""The examples of a homework against their golden credits, which a person has written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from grader import grade as spine
from grader.intake import discover
from grader.model import CourseError, Outcome, Submission
from grader.prove.lab import Lab
from grader.run import work_of
from grader.values import digest


@dataclass(frozen=True)
class Examples:
    """How many examples were graded, and a sentence for each item that did not get what it deserves."""

    count: int
    misses: tuple[str, ...]


def golden(folder: Path) -> dict[str, dict[str, Any]]:
    """What each example of a homework deserves, by student. Raises CourseError."""
    path = folder / "golden.yaml"
    try:
        told = yaml.safe_load(path.read_text("utf-8"))
        students = told["students"]
        if not all("default" in entry for entry in students.values()):
            raise KeyError("default")
    except OSError as error:
        raise CourseError(str(path), f"can't be read: {error.strerror}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise CourseError(f"{path}:{mark.line + 1}" if mark else str(path), "is not YAML") from None
    except (KeyError, TypeError, AttributeError):
        raise CourseError(str(path), "needs `students`, and for each of them a `default`") from None
    return dict(students)


def undeserved(entry: Mapping[str, Any], outcomes: Mapping[str, Outcome]) -> Iterator[str]:
    """A sentence for each item whose credit or note is not what the golden line says."""
    for item, outcome in outcomes.items():
        deserved = entry.get("items", {}).get(item, entry["default"])
        if not _same(outcome.credit, deserved["credit"]) or outcome.note != deserved.get("note", outcome.note):
            got = f"{outcome.credit} {outcome.note}: {outcome.sentence}"
            yield f"{item}: deserves {deserved}, got {got}"


def _same(credit: float | None, deserved: float | None) -> bool:
    """Whether a credit is the one that a person wrote down, who writes 0.666667 for two thirds."""
    if credit is None or deserved is None:
        return credit is deserved
    return abs(credit - deserved) < 1e-6


def examples(lab: Lab, folder: Path) -> Examples:
    """All examples of a homework, graded; none where the course has no such folder."""
    if not (folder / "golden.yaml").is_file():
        return Examples(0, ())
    deserved, handed = golden(folder), {one.student: one for one in discover(folder)}
    misses = [f"{name} has no line in golden.yaml" for name in handed if name not in deserved]
    misses += [f"golden.yaml has a line for {name}, who has no folder" for name in deserved if name not in handed]
    for name, submission in handed.items():
        if name in deserved:
            misses += [f"{name}, {said}" for said in undeserved(deserved[name], graded(lab, submission))]
    return Examples(len(handed), tuple(misses))


def graded(lab: Lab, submission: Submission) -> dict[str, Outcome]:
    """The outcomes of one submission, by item."""
    work = work_of(lab.rubric, submission)
    told, seed = spine.work_digest(work), digest("class", lab.rubric.homework, spine.code_digest(work))
    found = {}
    with lab.box(work) as code, lab.box(replace(work, sources={}, asking={})) as text:
        for item in lab.rubric.items:
            box = text if item.check.reads_text else code
            key = spine.key(item, told)
            observation = lab.store.kept(key)
            if observation is None:
                observation = spine.asked(box.ask, item, seed=seed)
                if observation.status != "lost":
                    lab.store.keep(key, observation)
            found[item.id] = spine.judge(item, lab.expected[item.id], observation)
    return found
