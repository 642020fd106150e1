"""Whether a claim is true, found apart from the grader's evaluator, by `models` that it never saw.

The reader is the grader's own. What can't be found here is None, and counted as such.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import count, islice
from typing import Any

import numpy as np

from benchmarks.derivations.models import Model
from benchmarks.derivations.plainly import Found, Unknown
from grader.maths.answer import Room, _definitions, _without_programme, alternatives, lines, programme_of, room
from grader.maths.read import read
from grader.maths.scope import Formula
from grader.maths.setting import Head
from grader.maths.steps import derivation, known, unknown
from grader.maths.tree import Negative, Node

CLOSE = 1e-6
EQUAL_MODELS = 8
ORDERED_MODELS = 60
ORDERED_AGAIN = 2000
"""And those of an inequality that holds in all of the first, and is said to be broken."""
EARLY = 3
"""Models after which an equation that fails is not asked further."""


def true_at_the_end(text: str, world: Mapping[str, Any], ordered: int = ORDERED_MODELS) -> bool | None:
    """Whether the last claim of a text is true; None if that is not known here.

    An inequality is true if it holds in `ordered` models.
    """
    space = room(world, 0)
    read_lines = lines(text, space.told)
    whole = derivation([line.row for line in read_lines], [line.alone for line in read_lines])
    defined, means = _definitions(whole, space)
    if not whole.claims or len(whole.claims) - 1 in means:
        return None
    nodes = [known(side.node, defined) for side in whole.sides]
    claims = [c for n, c in enumerate(whole.claims) if n not in means and c.relation in ("=", "<=", ">=", "<", ">")]
    sides = [_without_programme(nodes[c.left], nodes[c.right], space.told) for c in claims]
    if not claims or claims[-1] is not whole.claims[-1] or any(map(unknown, sides[-1])):
        return None

    def true(k: int, solutions: list[dict[Head, Node]]) -> bool | None:
        left, right = sides[k]
        return truth(left, claims[k].relation, right, space, solutions, ordered)

    if len(space.solutions) < 2 or not true(len(claims) - 1, space.solutions):
        return true(len(claims) - 1, space.solutions)
    # Who has begun with one sign of a multiplier goes on with it.
    held = [sum(bool(true(k, [way])) for k in range(len(claims) - 1)) for way in space.solutions]
    ways = [way for way, count in zip(space.solutions, held, strict=True) if count == max(held)]
    return any(true(len(claims) - 1, [way]) for way in ways)


def same_as_one(text: str, formulas: Iterable[str], world: Mapping[str, Any], up_to: str = "") -> bool | None:
    """Whether the formula at the end of a text has the value of one of these; None if that is not known here.

    `up_to` is `constant` if any number may be added, `factor` if any positive one may be multiplied.
    """
    space = room(world, 0)
    row = lines(text, space.told)[-1].row
    if row is None or unknown(row.chains[-1].sides[-1]):
        return None
    programme, node = programme_of(row.chains[-1].sides[-1], space.told)
    found: list[bool | None] = []
    for formula in (one for text in formulas for one in alternatives(text)):
        sought, other = programme_of(read(formula, space.told.notation()), space.told)
        if bool(sought) != bool(programme):
            found.append(False)
            continue
        # Turned round, the largest of a thing is minus the smallest of minus it.
        other = other if sought == programme else Negative(other)
        try:
            pairs = [_sides(node, other, model) for model in islice(_models(space, {}), EQUAL_MODELS)]
            found.append(_same(pairs, up_to))
        except (Unknown, RecursionError):
            found.append(None)
    return True if True in found else None if None in found else False


def _sides(left: Node, right: Node, model: Model) -> tuple[Found, Found]:
    with np.errstate(all="ignore"):
        return model.value(left, {}), model.value(right, {})


def _same(pairs: list[tuple[Found, Found]], up_to: str) -> bool:
    """Whether all pairs are equal, those that have a value."""
    usable = [(a, b) for a, b in pairs if not (np.any(np.isnan(a)) or np.any(np.isnan(b)))]
    if len(usable) < len(pairs) / 2:
        raise Unknown("it has no value in most models")
    if up_to and not any(isinstance(side, np.ndarray) for pair in usable for side in pair):
        apart = [a - b if up_to == "constant" else a / b if b else math.nan for a, b in usable]
        return bool(np.ptp(apart) < CLOSE * (1 + abs(apart[0]))) and (up_to == "constant" or apart[0] > 0)
    return all(_stand(a, "=", b) for a, b in usable)


def truth(
    left: Node, relation: str, right: Node, space: Room, solutions: list[dict[Head, Node]], ordered: int
) -> bool | None:
    """Whether a claim holds in models that the grader never saw; None if that is not known here.

    It may hold for any unknowns, or for those that solve the task.
    """
    found = []
    for solution in [{}, *solutions]:
        try:
            found.append(_holds(left, relation, right, _models(space, solution), ordered))
        except (Unknown, RecursionError):
            continue
        if found[-1]:
            return True
    return False if len(found) == 1 + len(solutions) else None


def _models(space: Room, solution: Mapping[Head, Node]) -> Iterator[Model]:
    for seed in count(1000):
        model = Model(space.told, space.formulas, seed)
        model.solved = {head.name: Formula(head, body) for head, body in solution.items()}
        yield model


def _holds(left: Node, relation: str, right: Node, models: Iterator[Model], ordered: int) -> bool:
    if relation == "=":
        pairs = [_sides(left, right, model) for model in islice(models, EARLY)]
        return _same(pairs, "") and _same([_sides(left, right, m) for m in islice(models, EQUAL_MODELS)], "")
    usable = 0
    for model in islice(models, ordered):
        a, b = _sides(left, right, model)
        if not (np.any(np.isnan(a)) or np.any(np.isnan(b))):
            usable += 1
            if not _stand(a, relation, b):
                return False
    if usable < ordered / 2:
        raise Unknown("it has no value in most models")
    return True


def _stand(a: Found, relation: str, b: Found) -> bool:
    if relation != "=" and (isinstance(a, np.ndarray) or isinstance(b, np.ndarray)):
        raise Unknown("matrices are ordered")
    if np.shape(a) != np.shape(b) and not (np.all(a == 0) or np.all(b == 0)):
        return False
    with np.errstate(all="ignore"):
        gap = np.where(a == b, 0.0, (a - b) / (1 + np.abs(a) + np.abs(b)))
    if relation == "=":
        return bool(np.all(np.abs(gap) < CLOSE))
    return bool(np.all(gap < CLOSE) if relation in ("<=", "<") else np.all(gap > -CLOSE))
