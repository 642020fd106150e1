"""What an answer says of two things, told from its claims: that one is at least the other, or that both are equal.

A claim counts by its value, however it is written: `a \\ge b` says of c and d that c is at least d if a − b is c − d in
all worlds, and so do `-a \\le -b` and `a - b \\ge 0`. Claims go on from each other where they share a side, as it is
written or by its value. Whether each of them holds is another question. Runs outside the box and is pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from grader.maths.verdicts import DEFINED, EQUAL, Judged, matches
from grader.model import Values
from grader.values import cases, under

Wanted = Literal["", "=", "<=", ">="]
Said = Literal["yes", "no", "both", "changed", "reversed", "equal", "bound", "open"]
"""Whether it is said; `both` ways round; or that and then another thing, to which it is `changed`. If not, what is said
for it: the reverse, `=`, or an inequality for `=`; or that which is asked for, `open` as it was."""

RELATION = re.compile(
    r"(?P<open>\\[{(\[]|[{(\[])|(?P<close>\\[})\]]|[})\]])"
    r"|(?P<equal>=|\\equiv(?![A-Za-z]))|(?P<least>\\(?:geqslant|geq?|gt)(?![A-Za-z])|[>≥])"
    r"|(?P<most>\\(?:leqslant|leq?|lt)(?![A-Za-z])|[<≤])|\\."
)
SHOWN: Mapping[str, Wanted] = {"equal": "=", "least": ">=", "most": "<="}
DIRECTIONS = {"=": 1, ":=": 1, ">=": 1, ">": 1, "<=": -1, "<": -1}
"""1 where the left side is said to be at least the right one, -1 the other way round."""
EQUALITIES = ("=", ":=")
UNFINISHED = frozenset({"extremum", "limit", "name"})
"""What must be worked out of a milestone, unless it is left in the milestone itself."""


@dataclass(frozen=True)
class Statement:
    """What must be arrived at: a formula (`right` alone), or that `left` is in a relation to it."""

    right: str
    relation: Wanted = ""
    left: str = ""


def statement(text: str) -> Statement:
    """A formula, or a claim, as a course writes it. Raises ValueError for more than one relation."""
    found: list[tuple[int, int, Wanted]] = []
    depth = 0
    for m in RELATION.finditer(text):
        kind = m.lastgroup or ""
        depth += (kind == "open") - (kind == "close")
        if depth == 0 and kind in SHOWN:
            found.append((*m.span(), SHOWN[kind]))
    if len(found) > 1:
        raise ValueError("it has more than one relation; write its first side, its last, and what holds between them")
    if not found:
        return Statement(text.strip())
    low, high, relation = found[0]
    return Statement(text[high:].strip(), relation, text[:low].strip())


@dataclass(frozen=True)
class Web:
    """The sides of an answer in classes of equal value, and what is claimed between the classes, taken together.

    `values` has a row for each side (see `rough`). `equal`, `bounded` and `direct` are tables of classes: whether it is
    said that two are equal, that the first is at least the second, and that without an equality in between. `within`
    are the claims between sides of one class that are of different forms: the class, both forms, that which is said to
    be at least the other first, and whether they are said to be equal. `ends` are the classes that chains end with.
    """

    sides: tuple[Values, ...]
    classes: tuple[int, ...]
    values: np.ndarray
    equal: np.ndarray
    bounded: np.ndarray
    direct: np.ndarray
    within: frozenset[tuple[int, str, str, bool]]
    ends: frozenset[int]


def web(observed: Values, claims: Sequence[Judged]) -> Web:
    """All that the claims of an answer say."""
    found = cases(under("side", observed))
    # Behind the sides stand the expressions within them, which have no form.
    sides = tuple(found[key] for key in sorted(found, key=int) if "form" in found[key])
    values = _table([rough(side) for side in sides])
    classes, forms = _classes(values), [str(side["form"]) for side in sides]
    equalities, bounds = np.eye(len(sides), dtype=bool), np.zeros((len(sides), len(sides)), dtype=bool)
    within = set()
    for claim in claims:
        if claim.relation not in DIRECTIONS or max(claim.left, claim.right) >= len(sides):
            continue
        a, b = (claim.left, claim.right)[:: DIRECTIONS[claim.relation]]
        same = claim.relation in EQUALITIES
        (equalities if same else bounds)[classes[a], classes[b]] = True
        if classes[a] == classes[b] and forms[a] != forms[b]:
            within.add((classes[a], forms[a], forms[b], same))
    equal = _closed(equalities | equalities.T)
    everywhere = _closed(equal | bounds)
    bounded = _chained(_chained(everywhere, bounds), everywhere)
    ends = frozenset(classes[int(k)] for k in observed.get("ends", ()) if int(k) < len(sides))
    return Web(sides, classes, values, equal, bounded, _closed(bounds), frozenset(within), ends)


def said(told: Web, left: Values, relation: str, right: Values) -> Said:
    """Whether it is said of two formulas of the reference that the first is in a relation to the second.

    What only stands on the way does not count: one of both sides must be of the value with which a chain ends.
    """
    if relation == "=":
        return _equal(told, left, right)
    return _ordered(told, *((left, right) if relation == ">=" else (right, left)))


def only_bounded(told: Web, formula: Values) -> bool:
    """Whether a formula is reached by inequalities alone.

    That is where sides that are equal to it are said to be at least or at most each other, and nowhere equal; or where
    they are said to be so of other sides, and none of them is said to be equal to anything.
    """
    groups = {group for group, side in zip(told.classes, told.sides, strict=True) if matches(side, formula)}
    inside = {group for group, *_ in told.within}
    both = told.equal | (told.bounded & told.bounded.T)
    if not any(group in inside or both[group].sum() > 1 for group in groups):
        return any(told.bounded[group].any() or told.bounded[:, group].any() for group in groups)
    for group in groups:
        claims = [(a, b, same) for k, a, b, same in told.within if k == group]
        forms = sorted({form for a, b, _ in claims for form in (a, b)})
        steps = np.eye(len(forms), dtype=bool)
        for a, b, same in claims:
            steps[forms.index(a), forms.index(b)] = True
            steps[forms.index(b), forms.index(a)] |= same
        back = _closed(steps)
        if any(not back[forms.index(b), forms.index(a)] for a, b, _ in claims):
            return True
    return False


def _ordered(told: Web, high: Values, low: Values) -> Said:
    """Whether it is said that `high` is at least `low`, which it is, and is not equal to it."""
    gap = _table([rough(high) - rough(low)])
    ended = np.zeros_like(told.bounded)
    ended[sorted(told.ends)] = True
    if _some(told, told.bounded & (ended | ended.T), gap):
        return "both" if _some(told, told.direct, -gap) else "yes"
    if _some(told, told.bounded, -gap):
        return "reversed"
    return "equal" if _some(told, told.equal, gap) else "no"


def _equal(told: Web, left: Values, right: Values) -> Said:
    sides = list(zip(told.classes, told.sides, strict=True))
    first, last = ([k for k, side in sides if matches(side, wanted)] for wanted in (left, right))
    pairs = {(a, b) for a in first for b in last if a in told.ends or b in told.ends}
    within = {group for group, _, _, _ in told.within}
    both = told.equal | (told.bounded & told.bounded.T)
    if only_bounded(told, right):
        return "bound"
    if any(both[a, b] and (a != b or a in within) for a, b in pairs):
        return "yes"
    return "bound" if any(told.bounded[a, b] or told.bounded[b, a] for a, b in pairs if a != b) else "no"


def _some(told: Web, pairs: np.ndarray, gap: np.ndarray) -> bool:
    """Whether of some pair of classes the first is above the second by `gap` in every world."""
    high, low = (told.values[k] for k in np.nonzero(pairs))
    return bool(_alike(high - low, gap, 1 + np.abs(high) + np.abs(low)).any())


def _alike(a: np.ndarray, b: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Of each row, whether it is the same in both in all worlds, of which most have a value."""
    if a.shape[-1] != b.shape[-1]:
        return np.zeros(len(a), dtype=bool)
    with np.errstate(all="ignore"):
        apart = np.abs(a - b) / scale
    usable = ~np.isnan(apart)
    return np.asarray((usable.mean(-1) >= DEFINED) & (np.where(usable, apart, 0.0).max(-1, initial=0.0) <= EQUAL))


def _classes(rows: np.ndarray) -> tuple[int, ...]:
    """For each row the first one that is equal to it."""
    found: list[int] = []
    for k, row in enumerate(rows):
        alike = np.nonzero(_alike(rows[:k], row, 1 + np.abs(row) + np.abs(rows[:k])))[0]
        found.append(found[alike[0]] if alike.size else k)
    return tuple(found)


def _closed(steps: np.ndarray) -> np.ndarray:
    """Which classes are reached from which by any number of steps."""
    while True:
        further = steps | _chained(steps, steps)
        if (further == steps).all():
            return steps
        steps = further


def _chained(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.asarray(first.astype(np.float32) @ second.astype(np.float32) > 0)


def _table(rows: Sequence[np.ndarray]) -> np.ndarray:
    """The rows below each other; one without a value is NaN in all worlds."""
    worlds = max((row.size for row in rows), default=1)
    return np.array([row if row.size == worlds else np.full(worlds, np.nan) for row in rows]).reshape(-1, worlds)


def occurs(side: Values, formula: Values, may_be_open: Collection[str] = UNFINISHED) -> bool:
    """Whether a side, or an expression within one, of which there may be only its rough value, is that of a formula.

    What is left to be worked out in it, other than means, must be left in the formula, too.
    """
    if not set(str(side.get("open", "")).split()) & UNFINISHED <= set(may_be_open):
        return False
    if "free/rough" not in side:
        return matches(side, formula)
    here = side["free/rough"]
    wanted = [rough(one) for one in (formula, *cases(under("or", formula)).values())]
    return any(_alike(here[None], one, 1 + np.abs(here[None])).any() for one in wanted)


def rough(side: Values) -> np.ndarray:
    """One number for each world: a mean of the entries that is another one for each order of them; NaN for no value.

    The weights of each axis have the sum 1, so that a value that is repeated along an axis counts as one without it.
    """
    value = side.get("free/value", np.array(np.nan))
    if str(side.get("programme", "")) or value.dtype.kind not in "fiu" or not value.ndim:
        return np.full(1, np.nan)
    while value.ndim > 1:
        weights = np.arange(1.0, 1.0 + value.shape[-1])
        value = value @ (weights / weights.sum())
    return np.asarray(value, np.float64)
