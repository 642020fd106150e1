"""A second look at an answer, still inside the box: what decides a doubtful claim, and what would mend a wrong one.

The student's own sides are enough for a claim. For his final answer the repaired variants are evaluated here and
compared with the reference outside. All is bounded by counts, and comes after the verdicts: none depends on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from grader.maths import confirm, descent
from grader.maths.choices import CHOICE
from grader.maths.misread import READINGS, misreadings
from grader.maths.offsets import offset
from grader.maths.plain import plain
from grader.maths.repairs import fitting, repaired, sought
from grader.maths.scope import Budget, Memory, Scope
from grader.maths.setting import Head, Setting
from grader.maths.slips import Slip, is_large
from grader.maths.steps import named
from grader.maths.subworlds import mixable
from grader.maths.tree import Apply, Node, Symbol, rebuilt, walk
from grader.maths.values import NOT_DECLARED, Undecided, Value, plain_axes
from grader.maths.verdicts import DEFINED, FEW, Candidate, breach, broken, first_three, holds
from grader.maths.worlds import World

MOST_CLAIMS = 6
"""Wrong claims of one answer that are diagnosed; the others only fail."""
MOST_TRIED = 10
"""Repairs of one side that fit in a few worlds and are tried in all."""
FOR_VARIANTS = 10_000_000
"""What the variants of an answer may cost, in entries of arrays."""
MOST_ENTRIES = 200_000
"""Entries of all variants of an answer, which cross the wall."""
FITS = 1e-8
FLIPPED = {"<=": ">=", ">=": "<=", "<": ">", ">": "<"}
ORDERED = tuple(FLIPPED)
MAKES_NOTHING = ("extra_factor", "missing_factor", "number", "factor")
"""What would also mend any claim that something is 0."""
SIZE_LEFT = 2
"""A repair of the left side ranks behind as large a one of the right, which was written last."""
SIZE_SOLVED = 3
"""And one that brings in an unknown behind those that do not."""


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


def second_look(asked: Mapping[int, Asked], space: Worlds, *, slips: bool = True) -> dict[str, np.ndarray]:
    """What a second look adds, under `claim/<n>/`: `<mode>/exact`, further worlds in `many`, `slip`, `reading`.

    Without likely slips if so told.
    """
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
    for n in [n for n in wrong if n not in readings][: MOST_CLAIMS if slips else 0]:
        candidates = first_three(_candidates(wrong[n], _near(n, asked), space))
        if candidates:
            found[f"claim/{n}/slip"] = np.array("\n".join(c.line for c in candidates))
    strange = {n: why for n in wrong if NOT_DECLARED in (why := str(wrong[n].values.get("why", "")))}
    for n, why in list(strange.items())[: MOST_CLAIMS if slips else 0]:
        declared = _as_declared(wrong[n], space)
        found |= {f"claim/{n}/why": np.array(f"{why}; {declared}")} if declared else {}
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


def _near(n: int, asked: Mapping[int, Asked]) -> list[Node]:
    """The sides of the claims before and after one, the nearest first: what it lacks may stand there."""
    found = [side for k in (n - 1, n + 1, n - 2, n - 3) if k in asked for side in (asked[k].right, asked[k].left)]
    return [side for side in dict.fromkeys(found) if side not in (asked[n].left, asked[n].right)]


def _candidates(claim: Asked, near: Sequence[Node], space: Worlds) -> Iterator[Candidate]:
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
        yield from _repairs(claim, mode, near, space)
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


def _repairs(claim: Asked, mode: str, near: Sequence[Node], space: Worlds) -> Iterator[Candidate]:
    """The repairs of one side after which the claim holds; of the left one if none of the right one does."""
    if is_large(claim.left) or is_large(claim.right):
        return
    lined = any(one.kind == "line" for one in space.told.spaces.values())
    rows = FEW[::2] if claim.relation in ORDERED else FEW[:: 6 if lined else 4]
    scope = replace(space.among(mode, rows), budget=space.spare)
    for side, other in (("right", "left"), ("left", "right")):
        found = list(_mended(claim, side, other, mode, near, replace(scope), space))
        yield from found
        if found:
            return


def _mended(
    claim: Asked, side: str, other: str, mode: str, near: Sequence[Node], scope: Scope, space: Worlds
) -> Iterator[Candidate]:
    node, beside = getattr(claim, side), getattr(claim, other)
    ordered = claim.relation in ORDERED
    try:
        here = sought(node, beside, () if ordered else near, scope)
        wanted = here.scope.value(beside)
    except Undecided:
        return
    # Much makes an inequality hold; only what is small is worth naming.
    nothing = not np.any(wanted.array)
    hits = [
        slip
        for slip in fitting(here, lambda value: _which_fit(value, wanted, side, claim.relation))
        if not (ordered and slip.size > SIZE_LEFT) and not (nothing and slip.note in MAKES_NOTHING)
    ]
    hits.sort(key=lambda slip: slip.size)
    for slip in [slip for slip in hits[:MOST_TRIED] if _mends(claim, side, mode, slip, space)]:
        much = slip.size + SIZE_LEFT * (side == "left") + SIZE_SOLVED * _brings_in(slip, node, mode, space)
        yield Candidate(much, slip.note, f"it would hold {slip.said}")


def _brings_in(slip: Slip, node: Node, mode: str, space: Worlds) -> bool:
    """Whether a repair puts an unknown where there was none: at the solution much has the value of another thing."""
    names = space.told.unknown_names()
    return mode != "free" and named(slip.node, names) and not named(node, names)


def _which_fit(value: Value, wanted: Value, side: str, relation: str) -> np.ndarray:
    """Which of several values on the axis of choices stands in the relation to the other side, in all worlds."""
    count = value.array.shape[1 + value.axes.index(CHOICE)]
    if value.matrix != wanted.matrix:
        return np.zeros(count, bool)
    axes = tuple(dict.fromkeys((*wanted.axes, *(a for a in value.axes if a != CHOICE))))
    try:
        each, other = np.broadcast_arrays(value.on((CHOICE, *axes)).real, wanted.on(axes).real[:, None])
    except ValueError:
        return np.zeros(count, bool)
    gap = breach(*((other, each) if side == "right" else (each, other)), relation)
    gap = np.moveaxis(gap, 1, 0).reshape(count, -1)
    usable = ~np.isnan(gap)
    widest = np.where(usable, gap, 0.0).max(axis=1, initial=0.0)
    return np.asarray((usable.mean(axis=1) >= DEFINED) & (widest <= FITS))


def _mends(claim: Asked, side: str, mode: str, slip: Slip, space: Worlds) -> bool:
    """Whether a repaired side makes the claim hold in all worlds."""
    here = space.scope("many" if claim.relation in ORDERED and mode == "free" else mode)
    repaired = here.value_or_none(slip.node)
    rest = here.value_or_none(claim.left if side == "right" else claim.right)
    return repaired is not None and rest is not None and _fits(repaired, rest, side, claim.relation)


def _fits(value: Value, other: Value, side: str, relation: str) -> bool:
    if value.matrix != other.matrix:
        return False
    a, b = both(other, value)
    return _holds_there(*((a, b) if side == "right" else (b, a)), relation)


def _holds_there(left: np.ndarray, right: np.ndarray, relation: str) -> bool:
    gap = broken(left, right, relation)
    return gap is not None and bool(gap.max(initial=0.0) <= FITS)


def scalars(world: World) -> dict[str, np.ndarray]:
    """The declared scalars, one number for each world."""
    return {name: world.tables[name].array for name in world.setting.scalars if name in world.tables}


# --- a final answer ----------------------------------------------------------------------------------------------


def variants(node: Node, others: Sequence[Node], space: Worlds) -> dict[str, np.ndarray]:
    """The repaired variants of a final answer in a few worlds, to be compared outside.

    `variants/<k>/each` is (variants, worlds, …axes) on `variants/<k>/axes`, `variants/<k>/said` has a line for each.
    """
    scope = replace(space.among("free", FEW), memory=Memory(), budget=space.spare)
    found: dict[str, np.ndarray] = {}
    if space.told.scanned:
        for k, other in enumerate(misreadings(node, space.told)):
            there = scope.value_or_none(other)
            if there is not None and not there.matrix:
                value = plain_axes(there)
                said = Candidate(0, "reading", f"read this as {plain(other)}?").line
                found |= _sent(f"variants/read{k}", value.array.real[None], value.axes, [said])
    scope = replace(scope, budget=Budget(min(space.spare.left, FOR_VARIANTS)))
    found |= _each("variants", node, others, scope, lambda slip: (slip.note, f"it would be right {slip.said}"))
    return found | {f"scalars/{name}": array for name, array in scalars(space.scope("free").world).items()}


def slipped(node: Node, space: Worlds) -> dict[str, np.ndarray]:
    """The wrong variants of a reference formula, each with one slip, in the same form: `slipped/<k>/each`, …"""

    def told(slip: Slip) -> tuple[str, str]:
        return TURNED.get(slip.note, slip.note), f"it is the right formula {slip.said}"

    return _each("slipped", node, (), replace(space.among("free", FEW), budget=space.spare), told)


TURNED = {"extra_term": "missing_term", "extra_factor": "missing_factor", "extra_denominator": "denominator"}
TURNED |= {note: other for other, note in TURNED.items()}
"""What is undone in a student's formula and what is done to the right one have opposite names."""


def _each(
    prefix: str, node: Node, others: Sequence[Node], scope: Scope, told: Callable[[Slip], tuple[str, str]]
) -> dict[str, np.ndarray]:
    """The values of all repairs of a tree in a few worlds, each once, those with the same axes together."""
    if is_large(node):
        return {}
    found: dict[tuple[tuple[str, ...], tuple[int, ...]], list[tuple[np.ndarray, Slip]]] = {}
    entries = 0
    for slip, there in repaired(node, others, scope):
        value = plain_axes(there)
        entries += value.array.size
        if entries > MOST_ENTRIES:
            break
        found.setdefault((value.axes, value.array.shape), []).append((value.array.real, slip))
    sent: dict[str, np.ndarray] = {}
    for k, ((axes, _), some) in enumerate(found.items()):
        lines = [Candidate(slip.size, *told(slip)).line for _, slip in some]
        sent |= _sent(f"{prefix}/{k}", np.stack([array for array, _ in some]), axes, lines)
    return sent


def _sent(prefix: str, each: np.ndarray, axes: tuple[str, ...], lines: list[str]) -> dict[str, np.ndarray]:
    return {
        f"{prefix}/each": np.ascontiguousarray(each),
        f"{prefix}/axes": np.array(" ".join(axes)),
        f"{prefix}/said": np.array("\n".join(lines)),
    }


# --- densities of other variables than are declared -----------------------------------------------------------------


def _as_declared(claim: Asked, space: Worlds) -> str:
    """The density with which a claim would hold in place of one that is not declared, such as q(z|x) for q(x|z)."""
    told = space.told.densities
    scope = replace(space.among("free", FEW), memory=Memory(), budget=space.spare)
    parts = [part for side in (claim.left, claim.right) for part in walk(side) if isinstance(part, Apply)]
    strange = [part for part in dict.fromkeys(parts) if _head(part) not in told]
    for part in strange[:READINGS]:
        for head in [head for head in told if head.name == part.function][:READINGS]:
            new = Apply(head.name, tuple(map(Symbol, head.own)), tuple(map(Symbol, head.given)))
            left, right = (_with(side, part, new) for side in (claim.left, claim.right))
            if _stand(left, right, claim.relation, scope):
                return f"it would hold with {plain(new)} for {plain(part)}"
    return ""


def _head(node: Apply) -> Head:
    own, given = (
        tuple(a.name if isinstance(a, Symbol) else "" for a in names) for names in (node.arguments, node.given)
    )
    return Head(node.function, own, given)


def _with(node: Node, old: Node, new: Node) -> Node:
    """The tree with another node wherever one stands."""
    return new if node == old else rebuilt(node, lambda child: _with(child, old, new))


# --- the noise of scans ------------------------------------------------------------------------------------------


def _observed(node: Node, space: Worlds) -> dict[str, np.ndarray]:
    """The value of a side as it is read otherwise, as it is sent."""
    try:
        value = space.scope("free").value(node)
    except Undecided:
        return {}
    value = plain_axes(value)
    return {"free/value": np.ascontiguousarray(value.array.real), "free/axes": np.array(" ".join(value.axes))}


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
        scope = space.among(claim.modes[0], FEW[::2]) if claim.modes else None
        scope = scope and replace(scope, memory=Memory(), budget=space.spare)
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
