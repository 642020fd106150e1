"""A second look at an answer, still inside the box: what decides a doubtful claim, and what would mend a wrong one.

The student's own sides are enough for a claim. For his final answer the repaired variants are evaluated here and
compared with the reference outside. All is bounded by counts, and comes after the verdicts: none depends on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from grader.maths import confirm, descent
from grader.maths.misread import READINGS, misreadings
from grader.maths.offsets import offset
from grader.maths.plain import plain
from grader.maths.scope import Budget, Scope
from grader.maths.setting import Setting
from grader.maths.slips import MOST, Slip, about, is_large, undone
from grader.maths.subworlds import mixable
from grader.maths.tree import Extremum, Node, walk
from grader.maths.values import Undecided, Value
from grader.maths.verdicts import FEW, Candidate, broken, first_three, holds
from grader.maths.worlds import World

MOST_CLAIMS = 6
"""Wrong claims of one answer that are diagnosed; the others only fail."""
MOST_VARIANTS = 50
MOST_SLIPPED = 300
MOST_SEARCHED = 12
MOST_ENTRIES = 200_000
FLIPPED = {"<=": ">=", ">=": "<=", "<": ">", ">": "<"}
ORDERED = tuple(FLIPPED)
MAKES_NOTHING = ("extra_factor", "missing_factor", "number", "factor")
"""What would also mend any claim that something is 0."""
SIZE_LEFT = 2
"""A repair of the left side ranks behind as large a one of the right, which was written last."""


class Worlds(Protocol):
    """What is needed of the room in which an answer is evaluated."""

    told: Setting
    seed: int
    spare: Budget

    def scope(self, mode: str) -> Scope: ...

    def among(self, mode: str, rows: np.ndarray, *, exactly: bool = False) -> Scope: ...

    def around(self, world: World) -> Scope: ...


@dataclass(frozen=True)
class Asked:
    """A claim between two sides, and the arrays that were found for it: `<mode>/left`, `<mode>/right`."""

    left: Node
    right: Node
    relation: str
    row: int
    sides: tuple[int, int]
    values: Mapping[str, np.ndarray]

    @property
    def modes(self) -> list[str]:
        return [name.removesuffix("/left") for name in self.values if name.endswith("/left") and name != "many/left"]


def second_look(asked: Mapping[int, Asked], space: Worlds) -> dict[str, np.ndarray]:
    """What a second look adds, under `claim/<n>/`: `<mode>/exact`, further worlds in `many`, `slip`, `reading`."""
    found: dict[str, np.ndarray] = {}
    wrong: dict[int, Asked] = {}
    for n, claim in asked.items():
        further = _decided(claim, space)
        found |= {f"claim/{n}/{key}": array for key, array in further.items()}
        if not holds({**claim.values, **further}, claim.relation):
            wrong[n] = claim
    readings, read = _readings(asked, space) if space.told.scanned and wrong else ({}, {})
    found |= {f"claim/{n}/reading": np.array(said) for n, said in readings.items()}
    for k, node in read.items():
        found |= {f"side/{k}/read/{key}": array for key, array in _observed(node, space).items()}
    for n in [n for n in wrong if n not in readings][:MOST_CLAIMS]:
        candidates = first_three(_candidates(wrong[n], space))
        if candidates:
            found[f"claim/{n}/slip"] = np.array("\n".join(c.line for c in candidates))
    return found


# --- what decides ------------------------------------------------------------------------------------------------


def _decided(claim: Asked, space: Worlds) -> dict[str, np.ndarray]:
    if claim.relation in ORDERED:
        return _descended(claim, space)
    found: dict[str, np.ndarray] = {}
    for mode in claim.modes if claim.relation in ("=", ":=") else ():
        left, right = claim.values[f"{mode}/left"], claim.values[f"{mode}/right"]
        rows = confirm.doubtful(left, right)
        if rows is None:
            continue
        try:
            scope = space.among(mode, rows, exactly=True)
        except (Undecided, TypeError, ValueError, ArithmeticError):
            # Not every rule is made for objects; then the doubt stays.
            continue
        floats = (np.abs(left) + np.abs(right))[rows]
        gap = confirm.gap(claim.left, claim.right, scope, both, floats)
        if gap is not None:
            found[f"{mode}/exact"] = np.array(gap)
    return found


def _descended(claim: Asked, space: Worlds) -> dict[str, np.ndarray]:
    """The worlds of an inequality, and those in which its margin is smallest."""
    if "many/left" not in claim.values or not holds(claim.values, claim.relation):
        return {}
    left, right = claim.values["many/left"], claim.values["many/right"]
    scope = space.scope("many")
    if not mixable(scope.world):
        return {}

    def sides(world: World) -> tuple[np.ndarray, np.ndarray]:
        here = space.around(world)
        left, right = here.value(claim.left), here.value(claim.right)
        if left.matrix or right.matrix:
            raise Undecided("matrices are ordered otherwise")
        return both(left, right)

    first = descent.Margins(left, right, claim.relation)
    try:
        further = descent.tightest(scope.world, first, sides, np.random.default_rng([space.seed, 2]))
    except Undecided:
        return {}
    return {
        "many/left": np.concatenate([left, further.left]),
        "many/right": np.concatenate([right, further.right]),
    }


def both(a: Value, b: Value) -> tuple[np.ndarray, np.ndarray]:
    """Both values on all axes of the two, as (worlds, entries)."""
    axes = tuple(dict.fromkeys(a.axes + b.axes))
    if a.matrix != b.matrix:
        # A zero stands for a zero vector.
        a, b = (v if v.matrix else Value(v.array[..., None, None], v.axes, True) for v in (a, b))
    one, two = np.broadcast_arrays(a.on(axes), b.on(axes))
    if one.dtype != object:
        one, two = one.real, two.real
    return tuple(np.ascontiguousarray(x.reshape(x.shape[0], -1)) for x in (one, two))  # type: ignore[return-value]


# --- what would mend it ------------------------------------------------------------------------------------------


def _candidates(claim: Asked, space: Worlds) -> Iterator[Candidate]:
    if claim.relation in ORDERED and holds(claim.values, FLIPPED[claim.relation]):
        yield Candidate(1, "relation", f"it holds with {SHOWN[FLIPPED[claim.relation]]} for {SHOWN[claim.relation]}")
    for mode in claim.modes[:2]:
        left, right = claim.values[f"{mode}/left"], claim.values[f"{mode}/right"]
        size = np.abs(left) + np.abs(right)
        if np.isnan(size).all() or np.nanmedian(size) < confirm.SMALL:
            continue
        if claim.relation in ("=", ":="):
            related = offset(right, left, scalars(space.scope(mode).world))
            if related is not None:
                yield Candidate(related.size, related.note, told_of_side(related.said))
        yield from _repairs(claim, mode, space)
        if claim.relation == "=" and mode == "free" and _varies(left) and _varies(right):
            for relation in ("<=", ">="):
                if _holds_there(left, right, relation):
                    yield Candidate(9, "relation", f"it holds with {SHOWN[relation]} for =")


def _varies(side: np.ndarray) -> bool:
    """Whether a side is not the same number in all worlds."""
    return bool(np.any(side != side[:1]))


SHOWN = {"<=": "≤", ">=": "≥", "<": "<", ">": ">"}


def told_of_side(said: str) -> str:
    return f"the right side is {said}" if said.startswith("off by") else said


def _repairs(claim: Asked, mode: str, space: Worlds) -> Iterator[Candidate]:
    """The repairs of one side after which the claim holds, at most three of each."""
    if is_large(claim.left) or is_large(claim.right):
        return
    scope = replace(space.among(mode, FEW[::2]), memory={}, budget=space.spare)
    try:
        values = {"left": scope.value(claim.left), "right": scope.value(claim.right)}
    except Undecided:
        return
    for side, other in (("right", "left"), ("left", "right")):
        node, beside = getattr(claim, side), getattr(claim, other)
        nothing = not np.any(values[other].array)
        hits = 0
        for slip in undone(node, about(space.told, beside, node), _affordable(node, MOST)):
            if claim.relation in ORDERED and slip.size > SIZE_LEFT:
                break
            if nothing and slip.note in MAKES_NOTHING:
                continue
            value = valued(slip.node, scope)
            if value is None or not _mends(value, values[other], side, claim, mode, slip, space):
                continue
            yield Candidate(slip.size + SIZE_LEFT * (side == "left"), slip.note, f"it would hold {slip.said}")
            hits += 1
            if hits == 3:
                break
        if hits > 1:
            return


def _affordable(node: Node, most: int) -> int:
    """How many repairs of a side are tried: few where an extremum is looked for in each of them."""
    return MOST_SEARCHED if any(isinstance(part, Extremum) for part in walk(node)) else most


def valued(node: Node, scope: Scope) -> Value | None:
    """The value of a repaired tree, or None if it has none."""
    try:
        return scope.value(node)
    except (Undecided, ValueError, IndexError, KeyError, np.linalg.LinAlgError):
        # A repair may make a tree that nobody would write; it only is no repair then.
        return None


def _mends(value: Value, other: Value, side: str, claim: Asked, mode: str, slip: Slip, space: Worlds) -> bool:
    """Whether a repaired side makes the claim hold: in a few worlds, then in all of them."""
    if not _fits(value, other, side, claim.relation):
        return False
    here = space.scope("many" if claim.relation in ORDERED and mode == "free" else mode)
    try:
        repaired = here.value(slip.node)
        rest = here.value(claim.left if side == "right" else claim.right)
    except Undecided:
        return False
    return _fits(repaired, rest, side, claim.relation)


def _fits(value: Value, other: Value, side: str, relation: str) -> bool:
    if value.matrix != other.matrix:
        return False
    a, b = both(other, value)
    return _holds_there(*((a, b) if side == "right" else (b, a)), relation)


def _holds_there(left: np.ndarray, right: np.ndarray, relation: str) -> bool:
    gap = broken(left, right, relation)
    return gap is not None and bool(gap.max(initial=0.0) <= confirm.GREY[0] * 100)


def scalars(world: World) -> dict[str, np.ndarray]:
    """The declared scalars, one number for each world."""
    return {name: world.tables[name].array for name in world.setting.scalars if name in world.tables}


# --- a final answer ----------------------------------------------------------------------------------------------


def variants(node: Node, others: Sequence[Node], space: Worlds) -> dict[str, np.ndarray]:
    """The repaired variants of a final answer in a few worlds, to be compared outside.

    `variants/each` is (variants, worlds, …axes) on `variants/axes`, `variants/said` has a line for each.
    """
    found: list[tuple[Node, Candidate]] = []
    if space.told.scanned:
        for other in misreadings(node, space.told):
            found.append((other, Candidate(0, "reading", f"read this as {plain(other)}?")))
    for slip in _slips(node, others, MOST_VARIANTS, space):
        found.append((slip.node, Candidate(slip.size, slip.note, f"it would be right {slip.said}")))
    sent = _sent("variants", node, found, space)
    return sent | {f"scalars/{name}": array for name, array in scalars(space.scope("free").world).items()}


def slipped(node: Node, space: Worlds) -> dict[str, np.ndarray]:
    """The wrong variants of a reference formula, each with one slip, in the same form: `slipped/each`, …"""
    found = []
    for slip in _slips(node, (), MOST_SLIPPED, space):
        note = TURNED.get(slip.note, slip.note)
        found.append((slip.node, Candidate(slip.size, note, f"it is the right formula {slip.said}")))
    return _sent("slipped", node, found, space)


TURNED = {"extra_term": "missing_term", "extra_factor": "missing_factor", "extra_denominator": "denominator"}
TURNED |= {note: other for other, note in TURNED.items()}
"""What is undone in a student's formula and what is done to the right one have opposite names."""


def _slips(node: Node, others: Sequence[Node], most: int, space: Worlds) -> list[Slip]:
    if is_large(node):
        return []
    return undone(node, about(space.told, *others, node), _affordable(node, most))


def _sent(prefix: str, node: Node, found: Sequence[tuple[Node, Candidate]], space: Worlds) -> dict[str, np.ndarray]:
    """The values of trees in a few worlds on the axes of `node`, those that have one there; the rest is left out."""
    scope = replace(space.among("free", FEW), memory={}, budget=space.spare)
    try:
        first = scope.value(node)
    except Undecided:
        return {}
    axes = tuple(sorted(first.axes))
    shape = first.on(axes).shape
    arrays, lines = [], []
    for other, candidate in found[: MOST_ENTRIES // max(1, first.array.size)]:
        value = valued(other, scope)
        if value is None or value.matrix != first.matrix or not set(value.axes) <= set(axes):
            continue
        try:
            arrays.append(np.broadcast_to(value.on(axes).real, shape))
        except ValueError:
            continue
        lines.append(candidate.line)
    if not arrays:
        return {}
    return {
        f"{prefix}/each": np.ascontiguousarray(np.stack(arrays)),
        f"{prefix}/axes": np.array(" ".join(axes)),
        f"{prefix}/said": np.array("\n".join(lines)),
    }


# --- the noise of scans ------------------------------------------------------------------------------------------


def _observed(node: Node, space: Worlds) -> dict[str, np.ndarray]:
    """The value of a side as it is read otherwise, as it is sent."""
    try:
        value = space.scope("free").value(node)
    except Undecided:
        return {}
    axes = tuple(sorted(value.axes))
    return {"free/value": np.ascontiguousarray(value.on(axes).real), "free/axes": np.array(" ".join(axes))}


def _readings(asked: Mapping[int, Asked], space: Worlds) -> tuple[dict[int, str], dict[int, Node]]:
    """The claims that fail as written and hold if a side is read otherwise, with how, and these sides by their number.

    Readings are chosen line by line from the top, at most six for each, and kept for what follows.
    """
    chosen: dict[int, Node] = {}
    tried: dict[int, int] = {}
    found: dict[int, str] = {}
    for n, claim in asked.items():
        left, right = (chosen.get(k, side) for k, side in zip(claim.sides, (claim.left, claim.right), strict=True))
        if holds(claim.values, claim.relation) and left is claim.left and right is claim.right:
            continue
        scope = replace(space.among(claim.modes[0], FEW[::2]), memory={}, budget=space.spare) if claim.modes else None
        if scope is None or _stand(left, right, claim.relation, scope):
            if scope is not None and not holds(claim.values, claim.relation):
                found[n] = _offered(left if left is not claim.left else right)
            continue
        for k, side, node in ((1, "right", claim.right), (0, "left", claim.left)):
            new = _read(node, side, (left, right), claim, scope, space, tried)
            if new is not None:
                chosen[claim.sides[k]] = new
                if not holds(claim.values, claim.relation):
                    found[n] = _offered(new)
                break
    return found, chosen


def _offered(node: Node) -> str:
    return f"read this line as {plain(node)}?"


def _read(
    node: Node,
    side: str,
    sides: tuple[Node, Node],
    claim: Asked,
    scope: Scope,
    space: Worlds,
    tried: dict[int, int],
) -> Node | None:
    """The first misreading of a side with which the claim holds."""
    for other in misreadings(node, space.told):
        if tried.get(claim.row, 0) >= 2 * READINGS:
            return None
        tried[claim.row] = tried.get(claim.row, 0) + 1
        left, right = (sides[0], other) if side == "right" else (other, sides[1])
        if _stand(left, right, claim.relation, scope):
            return other
    return None


def _stand(left: Node, right: Node, relation: str, scope: Scope) -> bool:
    try:
        a, b = scope.value(left), scope.value(right)
    except (Undecided, ValueError):
        return False
    if not (np.any(a.array) and np.any(b.array)):
        # That both sides are nothing explains any line.
        return False
    return a.matrix == b.matrix and _holds_there(*both(a, b), relation)
