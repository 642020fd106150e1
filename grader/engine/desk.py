"""One submission asked: its questions go into the box, and each answer is kept as soon as it is there.

The same code runs in a thread of `grade` and in a worker of a cluster. Nothing here writes a grade.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Protocol

from grader import grade as spine
from grader.box.canary import refuse_if_broken
from grader.box.sandbox import Box, Request
from grader.box.zygote import Zygote
from grader.model import CourseError, Expected, Item, Limits, Observation, Outcome, Rubric, Work
from grader.values import digest


class Shelf(Protocol):
    """Where answers are kept: the results folder, or a worker's own memory of what it has asked."""

    def keep(self, key: str, observation: Observation) -> None: ...

    def kept(self, key: str) -> Observation | None: ...


@dataclass(frozen=True)
class Seat:
    """What one submission at a time is asked with: a zygote, and the reference in a box of its own."""

    zygote: Zygote
    reference: Box


@dataclass(frozen=True)
class Answers:
    """What a submission answered, by item; and where a smallest failing input was looked for, what was found.

    `layers` says what confined its code, "" if none ran.
    """

    seen: Mapping[str, Observation] = field(default_factory=dict)
    found: Mapping[str, Observation] = field(default_factory=dict)
    layers: str = ""

    def __or__(self, other: Answers) -> Answers:
        return Answers({**self.seen, **other.seen}, {**self.found, **other.found}, other.layers or self.layers)


@dataclass(frozen=True)
class Desk:
    """What asking one student needs beside the student. `untried` are the secrets if the wall was not tried yet."""

    rubric: Rubric
    store: Shelf
    expected: Mapping[str, Expected]
    untried: Sequence[Path] = ()

    @cached_property
    def keys(self) -> Keys:
        return Keys(self.rubric)

    def at(self, store: Shelf) -> Desk:
        """The same desk with another place for answers; the keys are not made again."""
        other = replace(self, store=store)
        vars(other)["keys"] = self.keys
        return other

    def known(self, work: str) -> tuple[Answers, list[Item]]:
        """What is kept of the work of this digest, and the items of which something has to be asked."""
        seen: dict[str, Observation] = {}
        found: dict[str, Observation] = {}
        missing = []
        for item in self.rubric.items:
            observation = self.store.kept(self.keys.answer(item, work))
            if observation is None:
                missing.append(item)
                continue
            seen[item.id] = observation
            if self.searches(item, observation):
                smallest = self.store.kept(self.keys.search(item, work))
                if smallest is None:
                    missing.append(item)
                else:
                    found[item.id] = smallest
        layers = self.store.kept(wall_key(work))
        return Answers(seen, found, layers.detail if layers else ""), missing

    def seed(self, work: Work) -> str:
        """What the randomness of a conversation with this work follows from."""
        return class_seed(self.rubric, work)

    def answers(
        self, work: Work, items: Sequence[Item], seed: str, seat: Seat, stop: threading.Event
    ) -> Answers | None:
        """The answers to these items; None if `stop` was set on the way.

        Nothing here parses Python: CPython 3.11 counts the depth of its trees once for all threads, and raises
        SystemError where two threads parse at once.
        """
        told = spine.work_digest(work)
        seen: dict[str, Observation] = {}
        found: dict[str, Observation] = {}
        # Neither box gets what is no matter of its items: what the answers depend on is in their keys.
        ours = (boxed(seat.zygote, self.rubric, part) for part in (spine.code_of(work), spine.text_of(work)))
        with next(ours) as code, next(ours) as text:
            for item in items:
                box = text if item.check.reads_text else code
                seen[item.id], smallest = self._asked(item, told, seed, box, seat, stop)
                if stop.is_set():
                    return None
                if smallest is not None:
                    found[item.id] = smallest
            layers = code.layers or text.layers
        if layers:
            self.store.keep(wall_key(told), Observation("ok", detail=layers))
        return Answers(seen, found, layers)

    def answer(
        self, item: Item, work: str, seed: str, box: Box, seat: Seat, stop: threading.Event
    ) -> tuple[Observation, Outcome]:
        """One item's answer and the verdict on it; with the smallest failing input where the kind can look for one."""
        observation, found = self._asked(item, work, seed, box, seat, stop)
        return observation, self.judged(item, observation, found)

    def judged(self, item: Item, observation: Observation, found: Observation | None) -> Outcome:
        """The verdict on an answer; `found` is what the search for the smallest failing input came to, if any."""
        smallest = found.values if found is not None else {}
        return spine.judge(item, replace(self.expected[item.id], smallest=smallest), observation)

    def searches(self, item: Item, observation: Observation) -> bool:
        """Whether a smallest failing input has to be looked for."""
        if observation.status != "ok" or not item.check.searchable or not item.recipe:
            return False
        return spine.judge(item, self.expected[item.id], observation).credit != 1.0

    def _asked(
        self, item: Item, work: str, seed: str, box: Box, seat: Seat, stop: threading.Event
    ) -> tuple[Observation, Observation | None]:
        key = self.keys.answer(item, work)
        observation = self.store.kept(key)
        if observation is None:
            observation = spine.asked(box.ask, item, seed=seed)
            if stop.is_set():  # it may have been ended by us
                return observation, None
            if observation.status != "lost":
                self.store.keep(key, observation)
        found = self._searched(item, work, box, seat, stop) if self.searches(item, observation) else None
        return observation, found

    def _searched(self, item: Item, work: str, box: Box, seat: Seat, stop: threading.Event) -> Observation:
        """The smallest failing input, confirmed in a fresh process: state left over from the search must not count."""
        key = self.keys.search(item, work)
        kept = self.store.kept(key)
        if kept is not None:
            return kept
        if self.untried:
            refuse_if_broken(seat.zygote, self.untried)
        with box.hold(item.limits) as student, seat.reference.hold(item.limits) as told:
            found = {} if stop.is_set() else spine.smallest(student, told, item)
        if found and not spine.differs_again(box.ask, item, found):
            found = {}
        observation = Observation("ok", found)
        if not stop.is_set():  # a search that was cut off has found less than there is
            self.store.keep(key, observation)
        return observation


class Keys:
    """The digests under which the answers to a rubric are kept; the inputs, which can be large, are read once."""

    def __init__(self, rubric: Rubric) -> None:
        reference = reference_work(rubric)
        self._questions = {item.id: spine.question(item) for item in rubric.items}
        self._expected = {item.id: spine.expected_key(item, reference) for item in rubric.items}

    def expected(self, item: Item) -> str:
        """The key of the reference's answer to an item."""
        return self._expected[item.id]

    def answer(self, item: Item, work: str) -> str:
        """The key of a work's answer to an item."""
        return spine.key(item, work, self._questions[item.id])

    def search(self, item: Item, work: str) -> str:
        """The key of the smallest failing input of a work in an item."""
        return digest("smallest", self.answer(item, work), self._expected[item.id])

    def all(self) -> str:
        """What everyone is asked and compared with, as one digest."""
        return digest(*(part for name, key in self._questions.items() for part in (name, key, self._expected[name])))


def expected_of(rubric: Rubric, store: Shelf, zygote: Zygote) -> dict[str, Expected]:
    """The reference's answers by item, kept ones where they are; the reference runs in the same box as students."""
    keys = Keys(rubric)
    found: dict[str, Expected] = {}
    with boxed(zygote, rubric, reference_work(rubric), reference=True) as box:
        for item in rubric.items:
            kept = store.kept(keys.expected(item))
            if kept is None:
                kept = spine.packed(answered(box, item))
                store.keep(keys.expected(item), kept)
            found[item.id] = spine.unpacked(item, kept)
    return found


def answered(box: Box, item: Item) -> Expected:
    """The course's answers to an item: from one process, for its code is trusted, or from one each if that fails."""
    if not item.check.asks_reference:
        return spine.expected(box.ask, item)
    seen: list[Observation] = []
    with box.hold(item.limits) as held:

        def ask(request: Request) -> Observation:
            seen.append(held(request))
            return seen[-1]

        try:
            found = spine.expected(ask, item)
        except CourseError:
            return spine.expected(box.ask, item)
    # A limit that the reference and its mistakes have used up together must not count against the last.
    return found if all(observation.status == "ok" for observation in seen) else spine.expected(box.ask, item)


def reference_work(rubric: Rubric) -> Work:
    """The course's solution as the box takes it."""
    return Work(sources=rubric.reference, asking=rubric.asking)


def preload(rubric: Rubric) -> tuple[str, ...]:
    """The modules that a zygote imports for a rubric: those that it names, and those that its kinds need."""
    kinds = (name for item in rubric.items for name in getattr(item.check, "preload", ()))
    return tuple(dict.fromkeys((*rubric.preload, *kinds)))


def wanted(rubric: Rubric) -> list[str]:
    """Every name that an item accepts: files that define none of them are not imported."""
    found: dict[str, None] = {}
    for item in rubric.items:
        for reference in (False, True):
            found.update(dict.fromkeys(item.check.told(reference=reference).get("names", [])))
        found.update(dict.fromkeys(name for name, _ in item.mistakes))
    return list(found)


def seat(zygote: Zygote, rubric: Rubric) -> Seat:
    """A place to ask with this zygote."""
    return Seat(zygote, boxed(zygote, rubric, reference_work(rubric), reference=True))


def boxed(zygote: Zygote, rubric: Rubric, work: Work, *, reference: bool = False) -> Box:
    """A work in a box that knows every name which the rubric may ask for."""
    return Box(zygote, work, wanted(rubric), most(rubric), reference=reference)


def most(rubric: Rubric) -> Limits:
    """The largest of each limit: what the process that imports a student's files may use."""
    return Limits(**{name: max(getattr(item.limits, name) for item in rubric.items) for name in vars(Limits())})


def class_seed(rubric: Rubric, work: Work) -> str:
    """What the randomness of grading a work follows from: the same for the same code, at home and in a container."""
    return digest("class", rubric.homework, spine.code_digest(work))


def wall_key(work: str) -> str:
    """The key under which it is kept what confined a work's code."""
    return digest("wall", work)
