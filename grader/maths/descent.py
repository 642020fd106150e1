"""Worlds in which an inequality is nearly broken: found by descending on its margin.

A new world lies between two others, the nearer to the tighter one, and may be more peaked. It is a world like any
other, so that what is broken there is refuted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from grader.maths.subworlds import mixed
from grader.maths.worlds import World

ROUNDS = 5
KEPT = 40
CHILDREN = 120
Sides = Callable[[World], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Margins:
    """How far both sides are apart in each world, in the direction that the relation asks for; NaN counts as far."""

    left: np.ndarray
    right: np.ndarray
    relation: str

    @property
    def each(self) -> np.ndarray:
        with np.errstate(all="ignore"):
            apart = self.right - self.left if self.relation in ("<=", "<") else self.left - self.right
            apart = apart / (1 + np.abs(self.left) + np.abs(self.right))
        return np.asarray(np.where(np.isfinite(apart), apart, np.inf).min(axis=1))


def tightest(world: World, first: Margins, sides: Sides, rng: np.random.Generator) -> Margins:
    """Both sides in the tightest worlds that were found, at most `KEPT` of each round."""
    here, margin = world, first.each
    found: list[Margins] = []
    for round_ in range(ROUNDS):
        best = np.argsort(margin, kind="stable")[:KEPT]
        parents, others = rng.choice(best, CHILDREN), rng.choice(len(margin), CHILDREN)
        share = rng.uniform(0.0, 0.6 / (1 + round_), CHILDREN)
        sharper = rng.choice([0.6, 0.85, 1.0, 1.15, 1.6], CHILDREN)
        here = mixed(here, parents, others, share, sharper)
        margins = Margins(*sides(here), first.relation)
        margin = margins.each
        kept = np.argsort(margin, kind="stable")[:KEPT]
        found.append(Margins(margins.left[kept], margins.right[kept], first.relation))
    return Margins(np.concatenate([m.left for m in found]), np.concatenate([m.right for m in found]), first.relation)
