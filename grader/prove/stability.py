"""Stability: how often each item refuses the reference when inputs and seeds are fresh."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import beta

from grader import grade as spine
from grader.model import Conversing, CourseError, Expected, Item, Outcome
from grader.prove.lab import Lab, price

CONFIDENCE = 0.95
TOGETHER = 10
"""Runs that one process answers: a limit is meant for one answer, and they share it."""


@dataclass(frozen=True)
class Flakes:
    """How often an item refused the reference in so many runs, and what it said the first time."""

    item: str
    refused: int
    runs: int
    said: str = ""

    @property
    def most(self) -> float:
        """The largest rate that is likely, one-sided, after Clopper and Pearson."""
        if self.refused == self.runs:
            return 1.0
        return float(beta.ppf(CONFIDENCE, self.refused + 1, self.runs - self.refused))


def flakes(lab: Lab, budget: float, clock: Callable[[], float]) -> Iterator[Flakes]:
    """The flake rate of each item of code, from as many runs as a budget pays for, in CPU seconds.

    An item whose runs cost more than their prices ends when its share of the budget is spent, by the `clock`.
    """
    items = [item for item in lab.rubric.items if _repeats(item)]
    cost = sum(price(item) / 2 for item in items)
    runs = max(5, min(300, int(budget / cost))) if items else 0
    for item in items:
        ends = clock() + budget / len(items)
        yield _flakes(lab, item, runs, lambda ends=ends: clock() > ends)  # type: ignore[misc]


def _repeats(item: Item) -> bool:
    return not item.check.reads_text and not isinstance(item.check, Conversing) and item.check.asks_reference


def _flakes(lab: Lab, item: Item, runs: int, late: Callable[[], bool]) -> Flakes:
    said: list[str] = []
    done = 0
    with lab.box(lab.whole(), reference=True) as told, lab.box(lab.whole()) as handed:
        while done < runs and not (done and late()):
            last = min(done + TOGETHER, runs)
            with told.hold(item.limits) as reference, handed.hold(item.limits) as student:
                for number in range(done, last):
                    outcome = _again(item, number, reference, student)
                    said += [outcome.sentence] if outcome.credit != 1.0 else []
            done = last
    return Flakes(item.id, len(said), done, said[0] if said else "")


def _again(item: Item, number: int, reference: spine.Ask, student: spine.Ask) -> Outcome:
    """What the reference gets for itself with fresh inputs and a fresh seed."""
    given = item.recipe.sample(np.random.default_rng([number, 1])) if item.recipe else item.given
    # The seed of an item follows from its id, so a new id is a new seed.
    fresh = replace(item, id=f"{item.id} #{number}", given=given)
    expected = reference(spine.request(fresh, reference=True))
    if expected.status != "ok":
        raise CourseError(item.where, f"item {item.id}: the reference gave no answer: {expected.detail}")
    return spine.judge(fresh, Expected(given, expected.values), student(spine.request(fresh)))
