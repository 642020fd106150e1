"""A derivation as claims: which side is said to stand in which relation to which, in the order in which it is written.

A row that begins with its relation goes on from the side before it. A row without a relation claims nothing, and the
next open row goes on from it. A name that the homework does not know is the student's own where a row says what it is.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from grader.maths.tree import (
    Add,
    Apply,
    Chain,
    Derivative,
    Negative,
    Node,
    Number,
    Relation,
    Row,
    Symbol,
    children,
    rebuilt,
    walk,
)


@dataclass(frozen=True)
class Side:
    """One side of a chain: the tree, and the row that it stands in."""

    node: Node
    row: int


@dataclass(frozen=True)
class Claim:
    """That side `left` is in a relation to side `right` (indexes of sides). `implied`: an arrow stands before it."""

    left: int
    right: int
    relation: Relation
    row: int
    implied: bool = False


@dataclass(frozen=True)
class Derivation:
    """All sides and all claims. `ends` are the last sides of connected chains, in order."""

    sides: tuple[Side, ...]
    claims: tuple[Claim, ...]
    ends: tuple[int, ...]


def derivation(rows: Sequence[Row | None], alone: Sequence[bool] = ()) -> Derivation:
    """The sides and claims of rows; None stands for a row that could not be read, from which nothing goes on.

    `alone` tells of each row whether it stands alone, as all do by default. A row that does goes on from the last one
    that did: a formula within the sentence between them is a remark.
    """
    sides: list[Side] = []
    claims: list[Claim] = []
    ends: list[int] = []
    last: int | None = None
    shown: list[int | None] = []
    for number, row in enumerate(rows):
        stands = not alone or alone[number]
        if row is None:
            last = None
            shown = [None] if stands else shown
            continue
        for chain, implied in zip(row.chains, row.implied, strict=True):
            before = shown[-1] if stands and shown else last
            last = _chained(chain, number, implied, before, sides, claims)
            shown = [last] if stands else shown
            ends.append(last)
    # An end from which another row goes on is none.
    gone_on = {claim.left for claim in claims}
    last_ones = {end for end in ends if end not in gone_on}
    # Who writes `… = H ≥ 0` has arrived at H, and says something about it.
    compared = {claim.left for claim in claims if claim.right in last_ones and claim.relation in ("<=", ">=", "<", ">")}
    return Derivation(tuple(sides), tuple(claims), tuple(sorted(last_ones | compared)))


def _chained(chain: Chain, row: int, implied: bool, last: int | None, sides: list[Side], claims: list[Claim]) -> int:
    """Adds the sides and claims of one chain; the index of its last side."""
    relations = list(chain.relations)
    before = last if chain.open else None
    for k, node in enumerate(chain.sides):
        sides.append(Side(node, row))
        here = len(sides) - 1
        relation = relations[k] if chain.open else relations[k - 1] if k else None
        if before is not None and relation is not None:
            claims.append(Claim(before, here, relation, row, implied))
        before = here
    return len(sides) - 1


def unknown(node: Node, closed: Container[str] = ()) -> list[Node]:
    """The names in a tree that the homework does not know, outer ones first; what stands inside them is their own.

    Inside `closed` names is not looked either: they have the same value whatever their arguments are.
    """
    if isinstance(node, Symbol | Apply) and not node.known:
        return [node]
    if isinstance(node, Apply) and node.function in closed:
        return []
    return [part for child in children(node) for part in unknown(child, closed)]


def definition(left: Node, right: Node, closed: Container[str] = ()) -> tuple[Node, Node] | None:
    """An unknown name and what an equation says that it is, or None.

    The name stands alone on one side, or is one term of a sum: `A = L − B` says that L is A + B.
    """
    for name, other in ((left, right), (right, left)):
        strange = unknown(name, closed)
        if len({_key(part) for part in strange}) != 1:
            continue
        if not {_key(part) for part in unknown(other, closed)} <= _arguments(strange[0]):
            continue
        if _key(name) == _key(strange[0]):
            return strange[0], other
        if isinstance(name, Add) and not _is_constant(strange[0]):
            found = _solved(name, other, strange[0], closed)
            if found is not None:
                return strange[0], found
    return None


def _arguments(name: Node) -> set[tuple[str, str] | None]:
    """The names in the brackets of `h(t) = …`, which what it is may be written with."""
    inside = (*name.arguments, *name.given) if isinstance(name, Apply) else ()
    return {_key(part) for part in inside if isinstance(part, Symbol)}


def _is_constant(name: Node) -> bool:
    """Whether a name looks like a constant that is left open, `+ c`: solved for it, every equation would hold."""
    return isinstance(name, Symbol) and name.name[0].islower()


def _solved(total: Add, other: Node, name: Node, closed: Container[str]) -> Node | None:
    """What `name` must be for the sum to equal `other`, where it is one of the terms."""
    for k, term in enumerate(total.terms):
        rest = [Negative(t) for j, t in enumerate(total.terms) if j != k]
        if any(unknown(t, closed) for t in rest):
            continue
        if _key(term) == _key(name):
            return Add((other, *rest))
        if isinstance(term, Negative) and _key(term.body) == _key(name):
            return Negative(Add((other, *rest)))
    return None


def _key(node: Node) -> tuple[str, str] | None:
    if isinstance(node, Symbol):
        return "symbol", node.name
    return ("apply", node.function) if isinstance(node, Apply) else None


def named(node: Node, names: frozenset[str]) -> bool:
    """Whether one of the names occurs in a tree, alone or with its index as in `\\lambda_x`."""
    return any(
        (isinstance(p, Symbol) and (p.name in names or _indexed(p) in names))
        or (isinstance(p, Apply) and p.function in names)
        for p in walk(node)
    )


def _indexed(node: Symbol) -> str:
    return f"{node.name}_{','.join(index.name for index in node.indices if isinstance(index, Symbol))}"


def known(node: Node, names: frozenset[str]) -> Node:
    """The tree in which these names count as known."""
    found = rebuilt(node, lambda child: known(child, names))
    if isinstance(found, Symbol) and found.name not in names and not found.known and not found.indices:
        base, _, digit = found.name.rpartition("_")
        if base in names and digit.isdecimal():
            # w_1, where `w_j = …` says what w is for every j.
            return replace(found, name=base, indices=(Number(Fraction(digit)),), known=True)
    if isinstance(found, Symbol) and found.name in names:
        return replace(found, known=True)
    if isinstance(found, Apply) and found.function in names:
        return replace(found, known=True)
    if isinstance(found, Apply) and not found.known and len(found.arguments) == 1 and not found.given:
        base = found.function.rstrip("'")
        if base in names and base != found.function:
            # h'(u), where the student has said what h(u) is.
            plain = replace(found, function=base, known=True)
            return Derivative(plain, found.arguments[0], len(found.function) - len(base), span=found.span)
    return found
