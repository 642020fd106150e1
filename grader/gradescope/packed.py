"""A rubric with the reference's answers instead of the reference: one file, which a platform's container is given.

Theory of operation. The file is a SHA-256 of all that follows, and then frames as they cross the wall: the first holds
the rubric as JSON and the files of `asking`, each further one an item's inputs, the expected observations, and small
cases with the reference's answers to them. There is nothing of the solution's source in it, and of a written item
only what judging needs: an `expression` or a `derivation` is judged against arrays, so its formulas stay at home; a
`choice`, a `number` and `cells` are judged against the answer that stands in the rubric, so that answer is in here.

What is asked is the same as at home, byte for byte: a packed item's observations have the keys of the item's own.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
from pydantic import TypeAdapter, ValidationError

from grader import grade as spine
from grader.checks import KINDS
from grader.checks.derivation import Derivation
from grader.checks.expression import Expression
from grader.checks.written import Written
from grader.model import Check, Expected, Item, Late, Limits, Observation, Question, Rubric, UsageError, Values
from grader.values import Frame, MalformedFrame, beneath, cases, encode, read_frame, under

MAX_BLOB = 1 << 30
FORM = 1


@dataclass(frozen=True)
class Packed:
    """A rubric without its reference, and what the reference answers, by item.

    `small` are cases, smallest first, in which a wrong function may differ: `given/…` and `answer/…` of each.
    `trusted` says that the operator grades even where the wall does not stand.
    """

    rubric: Rubric
    expected: Mapping[str, Expected]
    small: Mapping[str, Sequence[Values]] = field(default_factory=dict)
    trusted: bool = False


def dump(packed: Packed) -> bytes:
    """The file's content. Raises UsageError for an item that can't be packed."""
    rubric = packed.rubric
    told = {"form": FORM, "trusted": packed.trusted, "rubric": _rubric_told(rubric)}
    # Only `load` reads this, so it may hold the infinities of gates that are open on one side.
    text = json.dumps(told, ensure_ascii=False, default=_plain)
    head = {"rubric": np.frombuffer(text.encode(), np.uint8)}
    head |= {f"asking/{name}": np.frombuffer(source, np.uint8) for name, source in rubric.asking.items()}
    frames = [Frame(0, "rubric", head)]
    for number, item in enumerate(rubric.items, 1):
        values = beneath("given", item.given) | beneath("kept", spine.packed(packed.expected[item.id]).values)
        for k, case in enumerate(packed.small.get(item.id, ())):
            values |= beneath(f"small/{k}", case)
        frames.append(Frame(number, "item", values))
    data = b"".join(map(encode, frames))
    return hashlib.sha256(data).digest() + data


def load(data: bytes, path: Path) -> Packed:
    """The reverse of `dump`. Raises UsageError where the file is not whole."""
    if hashlib.sha256(data[32:]).digest() != data[:32]:
        raise UsageError(f"{path} is damaged: it is not as `grade pack` wrote it; pack the homework again")
    try:
        return _loaded(data[32:], path)
    except (MalformedFrame, ValidationError, KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"{path} was packed by another version of Gradebound ({type(error).__name__}); pack the homework again"
        ) from None


def smallest(asked: Callable[[Mapping[str, np.ndarray]], Observation], item: Item, small: Sequence[Values]) -> Values:
    """The first of the kept small cases that the student answers wrongly, as `Expected.smallest`; empty if none."""
    for case in small:
        given, want = beneath("0", under("given", case)), beneath("0", under("answer", case))
        got = asked(given)
        if got.status != "ok":
            return {}
        if item.check.compare(Expected(given, want), got).credit != 1.0:
            seen = cases(got.values).get("0", {})
            found = beneath("given", under("given", case)) | beneath("expected", under("answer", case))
            return found | beneath("observed", seen)
    return {}


def without_answers(check: Check) -> Check:
    """The check without what only a person or the reference reads; what it asks and how it judges is the same."""
    match check:
        case Expression():
            return replace(check, answer="", also=("",) * len(check.also))
        case Derivation():
            milestones = tuple(replace(milestone, formula="") for milestone in check.milestones)
            return replace(check, ends="", solution="", milestones=milestones)
        case Written():
            return replace(check, model_answer="")
        case _:
            return check


def _rubric_told(rubric: Rubric) -> dict[str, Any]:
    told = _fields(rubric, "questions", "path", "reference", "asking")
    return told | {"questions": [_question_told(question) for question in rubric.questions]}


def _question_told(question: Question) -> dict[str, Any]:
    return _fields(question, "items") | {"items": [_item_told(item) for item in question.items]}


def _item_told(item: Item) -> dict[str, Any]:
    if KINDS.get(item.kind) is not type(item.check):
        raise UsageError(f"{item.where}: item {item.id}: `{item.kind}` is a kind of this course, which can't be packed")
    told = _fields(item, "check", "given", "recipe", "mistakes")
    return told | {"check": dataclasses.asdict(cast("Any", without_answers(item.check)))}


def _fields(noun: Any, *left_out: str) -> dict[str, Any]:
    return {f.name: getattr(noun, f.name) for f in dataclasses.fields(noun) if f.name not in left_out}


def _plain(value: Any) -> Any:
    """What JSON has no word for: our dataclasses, and times."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, Mapping):
        return dict(value)
    return value.isoformat()


def _loaded(data: bytes, path: Path) -> Packed:
    position = 0

    def read(count: int) -> bytes:
        nonlocal position
        if position + count > len(data):
            raise MalformedFrame("ends in the middle")
        position += count
        return data[position - count : position]

    head = read_frame(read, max_blob=MAX_BLOB).values
    told = json.loads(bytes(head["rubric"]))
    if told["form"] != FORM:
        raise ValueError(told["form"])
    expected: dict[str, Expected] = {}
    small: dict[str, tuple[Values, ...]] = {}
    questions = []
    for question in told["rubric"]["questions"]:
        items = []
        for item_told in question["items"]:
            values = read_frame(read, max_blob=MAX_BLOB).values
            item = _item(item_told, under("given", values))
            expected[item.id] = spine.unpacked(item, Observation("ok", under("kept", values)))
            small[item.id] = tuple(cases(under("small", values)).values())
            items.append(item)
        questions.append(Question(**question | {"items": tuple(items)}))
    asking = {name: bytes(source) for name, source in under("asking", head).items()}
    return Packed(_rubric(told["rubric"], tuple(questions), asking, path), expected, small, told["trusted"])


def _rubric(told: dict[str, Any], questions: tuple[Question, ...], asking: Mapping[str, bytes], path: Path) -> Rubric:
    late = None if told["late"] is None else TypeAdapter(Late).validate_python(told["late"])
    told = told | {"late": late, "preload": tuple(told["preload"])}
    return Rubric(**told | {"questions": questions, "asking": asking, "path": path})


def _item(told: dict[str, Any], given: Values) -> Item:
    kind: Any = KINDS[told["kind"]]
    check = TypeAdapter(kind).validate_json(json.dumps(told["check"]))
    return Item(**told | {"check": check, "limits": Limits(**told["limits"]), "given": given})
