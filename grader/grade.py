"""The spine: ask, judge, review, score. Everything but `ask` is pure.

item ── request ─► box ─► Observation ┐
item ── request ─► reference ─► Expected ┴─ judge ─► Outcome ─► Grade ── with_reviews ─► score
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from itertools import combinations
from pathlib import Path
from random import Random

import numpy as np

from grader.box.sandbox import Request
from grader.model import (
    CourseError,
    Expected,
    Grade,
    Item,
    Mistake,
    Observation,
    Outcome,
    Question,
    Review,
    Rubric,
    Score,
    Values,
    Work,
)
from grader.values import beneath, cases, digest, under

Ask = Callable[[Request], Observation]
MAX_QUESTIONS = 80
"""How often the search for a smallest failing input asks; what it has found by then is small enough to read."""


def request(item: Item, *, reference: bool = False) -> Request:
    """The question of an item, as it is put to a student or to the reference."""
    seed = int(digest("seed", item.id)[:8], 16)
    told = item.check.told(reference=reference) | {"seed": seed}
    return Request(item.kind, told, item.given, item.limits, may_be_unread=item.check.reads_text)


def expected(ask: Ask, item: Item) -> Expected:
    """The reference's answer and those of the named mistakes. Raises CourseError if the reference can't answer."""
    if not item.check.asks_reference:
        return Expected(item.given, {})
    told = request(item, reference=True)
    answer = _course_answer(ask(told), item, "the reference")
    raised = next((str(array) for name, array in answer.items() if name.endswith("/error")), "")
    if raised:
        raise CourseError(item.where, f"item {item.id}: the reference raises {raised}")
    wrong = [
        Mistake(
            name.partition("__")[2], sentence, _course_answer(ask(_named(told, name)), item, f"mistakes.py: {name}")
        )
        for name, sentence in item.mistakes
    ]
    return Expected(item.given, answer, (*wrong, *_exchanged(ask, told)))


def smallest(student: Ask, reference: Ask, item: Item) -> Values:
    """The smallest input that hypothesis finds in which student and reference differ; empty if it finds none.

    The search is seeded by the item, its length counted in examples, so it ends the same way under any load.
    """
    from hypothesis import HealthCheck, Phase, find, settings
    from hypothesis.errors import Flaky, NoSuchExample

    asked, told = request(item), request(item, reference=True)
    found: dict[str, Values] = {}

    asks = 0

    def differs(case: Mapping[str, np.ndarray]) -> bool:
        nonlocal asks
        asks += 1
        if found.get("ended") or asks > MAX_QUESTIONS:
            return False
        given = beneath("0", case)
        want, got = reference(replace(told, given=given)), student(replace(asked, given=given))
        if got.status not in ("ok", "crashed") or got.detail.startswith("the process ended"):
            found["ended"] = given
        if want.status != "ok" or got.status != "ok":
            return False
        outcome = item.check.compare(Expected(given, want.values), got)
        if outcome.credit == 1.0:
            return False
        shown = cases(got.values)["0"]
        found["case"] = (
            beneath("given", case) | beneath("expected", cases(want.values)["0"]) | beneath("observed", shown)
        )
        return True

    limits = settings(
        max_examples=60,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    try:
        find(item.recipe.strategy(), differs, settings=limits, random=Random(item.id))
    except (NoSuchExample, Flaky):  # a function whose answers vary has no smallest failing input
        return found.get("case", {})
    return found["case"]


def differs_again(ask: Ask, item: Item, smallest: Values) -> bool:
    """Whether the smallest failing case fails for a student process that has seen no other case."""
    given = beneath("0", under("given", smallest))
    want = beneath("0", under("expected", smallest))
    got = ask(replace(request(item), given=given))
    return got.status == "ok" and item.check.compare(Expected(given, want), got).credit != 1.0


def judge(item: Item, expected: Expected, observed: Observation) -> Outcome:
    """The verdict on one item: pure, repeatable from kept observations."""
    if observed.status != "ok":
        return _without_answer(observed, by_us=item.check.reads_text)
    outcome = item.check.compare(expected, observed)
    if outcome.note in item.partial and outcome.credit is not None:
        return replace(outcome, credit=max(outcome.credit, item.partial[outcome.note]))
    return outcome


def with_reviews(grade: Grade, reviews: Iterable[Review]) -> Grade:
    """The grade with people's decisions applied; the last one on an item wins."""
    mine = {review.item: review for review in reviews if review.student == grade.student}
    outcomes = {
        item: replace(outcome, credit=mine[item].credit) if item in mine else outcome
        for item, outcome in grade.outcomes.items()
    }
    return replace(grade, outcomes=outcomes, reviews=mine)


def score(rubric: Rubric, grade: Grade) -> Score:
    """Points of the whole homework."""
    return _score(rubric.items, grade)


def score_question(question: Question, grade: Grade) -> Score:
    """Points of one question."""
    return _score(question.items, grade)


def key(item: Item, work: str, *, reference: bool = False) -> str:
    """What determines an observation: who answers (a digest of files), what is asked, and by which programs."""
    asked = request(item, reference=reference)
    told = json.dumps({"kind": asked.kind, "call": asked.call}, sort_keys=True)
    limits = json.dumps(vars(item.limits), sort_keys=True)
    return digest("observation", work, told, limits, asked.given, programs())


def expected_key(item: Item, reference: str) -> str:
    """What determines the reference's answers, those of the named mistakes included."""
    return digest("expected", key(item, reference, reference=True), json.dumps(item.mistakes))


def packed(expected: Expected) -> Observation:
    """Expected answers as one observation, the form in which they are kept."""
    values = beneath("answer", expected.values)
    for number, mistake in enumerate(expected.mistakes):
        values |= beneath(f"mistake/{number}/value", mistake.values)
        values[f"mistake/{number}/slug"] = np.array(mistake.slug)
        values[f"mistake/{number}/sentence"] = np.array(mistake.sentence)
    return Observation("ok", values)


def unpacked(item: Item, kept: Observation) -> Expected:
    """The reverse of `packed`."""
    mistakes = [
        Mistake(str(entry["slug"]), str(entry["sentence"]), under("value", entry))
        for entry in cases(under("mistake", kept.values)).values()
    ]
    return Expected(item.given, under("answer", kept.values), tuple(mistakes))


def work_digest(work: Work) -> str:
    """What of a submission can change an answer."""
    answers = {part: np.frombuffer(text.encode(), np.uint8) for part, text in work.answers.items()}
    files = (part for files in (work.sources, work.asking) for source in sorted(files.items()) for part in source)
    return digest("work", str(len(work.sources)), *files, answers)


@cache
def programs() -> str:
    """The programs that answers come from: ours by content, the libraries by version."""
    here = Path(__file__).parent
    files = [
        *sorted((here / "checks").glob("*.py")),
        *sorted((here / "maths").glob("*.py")),
        here / "box" / "worker.py",
    ]
    return digest(*(file.read_bytes() for file in files), *map(version, ("torch", "numpy", "pytest")))


def _score(items: Iterable[Item], grade: Grade) -> Score:
    points = maximum = undecided = 0.0
    for item in items:
        outcome = grade.outcomes.get(item.id)
        maximum += item.points
        if outcome is None or outcome.credit is None:
            undecided += item.points
        else:
            points += item.points * outcome.credit
    return Score(points, maximum, undecided)


def _without_answer(observed: Observation, *, by_us: bool) -> Outcome:
    """The verdict where there is no answer. `by_us`: only our own code has run, so that no failure is the student's."""
    said = " ".join(observed.detail.split()) or "nothing more is known"
    if by_us and observed.status not in ("missing", "unread", "lost"):
        return Outcome(None, f"a person reads this: the grader could not judge it ({said})", (), "unread")
    match observed.status:
        case "missing":
            return Outcome(0.0, said, (), "missing")
        case "crashed":
            return Outcome(0.0, f"it crashed: {said}", (), "crashed")
        case "timeout":
            return Outcome(0.0, f"it was stopped: {said}", (), "timeout")
        case "memory":
            return Outcome(0.0, f"it was stopped: {said}", (), "memory")
        case "unread":
            return Outcome(None, f"a person reads this: {said}", (), "unread")
        case _:
            return Outcome(
                None, "we could not run this; that is our fault, costs no points, and a person looks", (), "lost"
            )


def _course_answer(observation: Observation, item: Item, who: str) -> Values:
    if observation.status != "ok":
        raise CourseError(
            item.where, f"item {item.id}: {who} gave no answer ({observation.status}): {observation.detail}"
        )
    return observation.values


def _named(told: Request, name: str) -> Request:
    return replace(told, call={**told.call, "names": [name]})


def _exchanged(ask: Ask, told: Request) -> Iterable[Mistake]:
    """What a student answers who takes two inputs of equal shapes for each other."""
    asked = cases(told.given)
    names = [name for name in next(iter(asked.values()), {}) if name in told.call.get("orders", [[]])[0]]
    for a, b in combinations(names, 2):
        if any(case[a].shape != case[b].shape for case in asked.values()):
            continue
        given = {}
        for case, inputs in asked.items():
            given.update(beneath(case, {**inputs, a: inputs[b], b: inputs[a]}))
        answer = ask(replace(told, given=given))
        if answer.status == "ok":
            yield Mistake("exchanged_arguments", f"`{a}` and `{b}` are exchanged", answer.values)
