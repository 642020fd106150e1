"""A rubric's proof: what was handed in, what became of it, and whether that is good enough."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.box.zygote import Zygote
from grader.engine import preload
from grader.model import Rubric
from grader.prove import fairness, power, stability
from grader.prove.golden import Examples, examples
from grader.prove.lab import Lab, Tried, price
from grader.prove.stability import Flakes
from grader.prove.weight import Weights, weights
from grader.store import Store

FAIR, STABLE = 0.15, 0.15
"""Shares of the budget for right works and for fresh seeds; wrong works get what is left."""

Said = Callable[[str], None]


@dataclass(frozen=True)
class Wanted:
    """What a proof is to do: its budget in CPU seconds, and whether training items take part."""

    budget: float = 120.0
    training: bool = False


@dataclass(frozen=True)
class Proof:
    """What was found. `right` are right works and what they got, `wrong` wrong ones; `left_out` were not tried.

    `seconds` is the CPU time that it took, of all processes; `skipped` are the training items that took no part.
    """

    rubric: Rubric
    examples: Examples
    right: tuple[Tried, ...]
    wrong: tuple[Tried, ...]
    left_out: int
    flakes: tuple[Flakes, ...]
    weights: Weights
    skipped: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def percent(self) -> float:
        """The share of wrong works that do not get full credit, in percent."""
        return 100 * power.power(self.wrong)

    @property
    def unfair(self) -> tuple[Tried, ...]:
        """The right works that lose a point, or that a person would have to read."""
        return tuple(one for one in self.right if one.failed)

    @property
    def survivors(self) -> tuple[Tried, ...]:
        """The wrong works that get full credit."""
        return tuple(one for one in self.wrong if one.verdict == "survived")

    def holds(self, least: float) -> bool:
        """Whether so many percent of the wrong works are caught, and nothing right is refused."""
        return self.percent >= least and not self.unfair and not self.examples.misses and not self.refused

    @property
    def refused(self) -> tuple[Flakes, ...]:
        """The items that have refused the reference."""
        return tuple(one for one in self.flakes if one.refused)


def proved(rubric: Rubric, course: Path, store: Store, wanted: Wanted, said: Said) -> Proof:
    """The proof of a rubric; `said` hears what is being done. Raises CourseError."""
    began = _cpu()
    skipped = () if wanted.training else tuple(item.id for item in rubric.items if item.kind == "training")
    rubric = without(rubric, skipped)
    with Zygote(preload=preload(rubric)) as zygote:
        if not rubric.items:
            nothing = Weights((), (), (), ())
            return Proof(rubric, Examples(0, ()), (), (), 0, (), nothing, skipped)
        lab = Lab(rubric, zygote, store)
        said(f"the examples of {rubric.homework}")
        graded = examples(lab, course / "submissions_example" / rubric.homework)
        said("right works")
        right = _right(lab, course, wanted.budget * FAIR)
        said("fresh seeds")
        flakes = tuple(stability.flakes(lab, wanted.budget * STABLE, _cpu))
        paid = sum(one.variant.price for one in right) + wanted.budget * STABLE
        paid += graded.count * sum(map(price, rubric.items))
        said("wrong works")
        left = max(wanted.budget - paid, wanted.budget / 4)
        wrong, left_out = _wrong(lab, left, lambda: _cpu() - began > wanted.budget)
        seconds = _cpu() - began
    found = weights(rubric.items, wrong)
    return Proof(rubric, graded, right, wrong, left_out, flakes, found, skipped, seconds)


def _cpu(pid: int = 0) -> float:
    """CPU seconds of a process (this one) and of all below it, those that have ended included."""
    here = Path("/proc") / str(pid or os.getpid())
    try:
        fields = (here / "stat").read_text().rpartition(")")[2].split()
        below = " ".join(path.read_text() for path in here.glob("task/*/children")).split()
    except OSError:  # it has just ended
        return 0.0
    own = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return own + sum(_cpu(int(child)) for child in below)


def without(rubric: Rubric, skipped: Sequence[str]) -> Rubric:
    """The rubric without some items, and without questions that have none left."""
    kept = (
        replace(question, items=tuple(item for item in question.items if item.id not in skipped))
        for question in rubric.questions
    )
    return replace(rubric, questions=tuple(question for question in kept if question.items))


def _right(lab: Lab, course: Path, budget: float) -> tuple[Tried, ...]:
    """What the reference gets, all alternatives of the course, and as many rewrites as there is budget for."""
    folder = course / "reference" / lab.rubric.homework / "alternatives"
    first = [*fairness.handed(lab), *fairness.given(lab, folder)]
    found = [lab.tried(variant) for variant in first]
    ends = _cpu() + budget
    for variant in power.afforded(fairness.rewritten(lab), budget):
        if _cpu() > ends:
            break
        found.append(lab.tried(variant))
    return tuple(found)


def _wrong(lab: Lab, budget: float, late: Callable[[], bool]) -> tuple[tuple[Tried, ...], int]:
    """What all named mistakes get, and as many mutants as there is budget for; and how many were left out.

    Where questions cost more than their prices, it ends when it is `late`.
    """
    first = power.named(lab)
    rest = max(budget - sum(one.price for one in first), budget / 2)
    code, text = power.generated(lab), power.written(lab)
    costs = [sum(one.price for one in each) for each in (code, text)]
    share = rest * costs[0] / (sum(costs) or 1.0)
    chosen = power.in_turn([power.afforded(code, share), power.afforded(text, rest - share)])
    tried = []
    for variant in (*first, *chosen):
        if late():
            break
        tried.append(power.judged(lab, variant))
    return tuple(tried), len(first) + len(code) + len(text) - len(tried)
