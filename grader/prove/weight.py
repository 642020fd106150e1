"""Weight: what mistakes cost, which items ask the same thing twice, and which ask nothing that can be failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from grader.model import Item
from grader.prove.lab import Tried

FEWEST = 5
"""Failing works that it takes to say that two items fail together."""


@dataclass(frozen=True)
class Weights:
    """`costs`: owner, mistake, points lost, points that were at stake. Items by id."""

    costs: tuple[tuple[str, str, float, float], ...]
    together: tuple[tuple[str, str], ...]
    unfailed: tuple[str, ...]
    unasked: tuple[str, ...]


def weights(items: Sequence[Item], tried: Sequence[Tried]) -> Weights:
    """What the works that were tried say of the points of a rubric."""
    failed: dict[str, set[int]] = {item.id: set() for item in items}
    met: dict[str, set[int]] = {item.id: set() for item in items}
    for number, one in enumerate(tried):
        for name in one.outcomes:
            met[name].add(number)
        for name in one.failed:
            failed[name].add(number)
    pairs = combinations([item.id for item in items], 2)
    together = [(a, b) for a, b in pairs if failed[a] == failed[b] and met[a] == met[b] and len(failed[a]) >= FEWEST]
    return Weights(
        tuple(_cost(one) for one in tried if one.verdict == "caught"),
        tuple(together),
        tuple(name for name in met if met[name] and not failed[name]),
        tuple(name for name in met if not met[name]),
    )


def _cost(one: Tried) -> tuple[str, str, float, float]:
    return one.variant.owner, one.variant.slip, one.lost, sum(item.points for item in one.variant.items)
