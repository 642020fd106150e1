"""How hard an item is, and whether it tells strong students from weak ones."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

from grader.model import Grade, Item

FEWEST = 20
"""Students below which a correlation says more of chance than of an item."""
NO_SPREAD = "no spread"


def difficulty(item: Item, grades: Sequence[Grade]) -> float | None:
    """The mean credit of those whose result is decided, in 0..1; None if nobody's is."""
    got = [credit for grade in grades if (credit := _credit(item, grade)) is not None]
    return statistics.fmean(got) if got else None


def discrimination(item: Item, others: Sequence[Item], grades: Sequence[Grade]) -> float | None:
    """The correlation of an item's credit with the share that the same students reach of the other items.

    NaN where the credits or the shares are all the same; None for fewer than 20 students with both. `others` may hold
    the item itself, which does not count: a part is always correlated with its whole.
    """
    rest_of = [each for each in others if each.id != item.id]
    pairs = []
    for grade in grades:
        credit, rest = _credit(item, grade), _share(rest_of, grade)
        if credit is not None and rest is not None:
            pairs.append((credit, rest))
    if len(pairs) < FEWEST:
        return None
    got, rests = zip(*pairs, strict=True)
    if max(got) - min(got) < 1e-9 or max(rests) - min(rests) < 1e-9:
        return math.nan
    return statistics.correlation(got, rests)


def _credit(item: Item, grade: Grade) -> float | None:
    outcome = grade.outcomes.get(item.id)
    return outcome.credit if outcome else None


def _share(items: Sequence[Item], grade: Grade) -> float | None:
    """The share of the points of the decided ones of these items; None if none is decided or gives points."""
    decided = [(item.points, credit) for item in items if (credit := _credit(item, grade)) is not None]
    whole = sum(points for points, _ in decided)
    return sum(points * credit for points, credit in decided) / whole if whole > 0 else None
