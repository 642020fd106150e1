"""A derivation as claims: which side is said to stand in which relation to which, in the order in which it is written.

A row that begins with its relation goes on from the side before it. A row without a relation claims nothing, and the
next open row goes on from it. A name that the homework does not know is the student's own where a row says what it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from grader.maths.tree import Add, Apply, Chain, Negative, Node, Relation, Row, Symbol, walk


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


def derivation(rows: Sequence[Row | None]) -> Derivation:
    """The sides and claims of rows; None stands for a row that could not be read, from which nothing goes on."""
    sides: list[Side] = []
    claims: list[Claim] = []
    ends: list[int] = []
    last: int | None = None
    for number, row in enumerate(rows):
        if row is None:
            last = None
            continue
        for chain, implied in zip(row.chains, row.implied, strict=True):
            last = _chained(chain, number, implied, last, sides, claims)
            ends.append(last)
    # An end from which another row goes on is none.
    gone_on = {claim.left for claim in claims}
    return Derivation(tuple(sides), tuple(claims), tuple(dict.fromkeys(e for e in ends if e not in gone_on)))


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


def unknown(node: Node) -> list[Node]:
    """The names in a tree that the homework does not know, outer ones first; what stands inside them is their own."""
    return [part for part in walk(node) if isinstance(part, Symbol | Apply) and not part.known]


def definition(left: Node, right: Node) -> tuple[Node, Node] | None:
    """An unknown name and what an equation says that it is, or None.

    The name stands alone on one side, or is one term of a sum: `A = L − B` says that L is A + B.
    """
    for name, other in ((left, right), (right, left)):
        strange = unknown(name)
        if len({_key(part) for part in strange}) != 1 or unknown(other):
            continue
        if _key(name) == _key(strange[0]):
            return strange[0], other
        if isinstance(name, Add):
            found = _solved(name, other, strange[0])
            if found is not None:
                return strange[0], found
    return None


def _solved(total: Add, other: Node, name: Node) -> Node | None:
    """What `name` must be for the sum to equal `other`, where it is one of the terms."""
    for k, term in enumerate(total.terms):
        rest = [Negative(t) for j, t in enumerate(total.terms) if j != k]
        if any(unknown(t) for t in rest):
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
    """Whether one of the names occurs in a tree."""
    return any(
        (isinstance(p, Symbol) and p.name in names) or (isinstance(p, Apply) and p.function in names)
        for p in walk(node)
    )


def known(node: Node, names: frozenset[str]) -> Node:
    """The tree in which these names count as known."""
    from grader.maths.tree import rebuilt

    found = rebuilt(node, lambda child: known(child, names))
    if isinstance(found, Symbol) and found.name in names:
        return replace(found, known=True)
    if isinstance(found, Apply) and found.function in names:
        return replace(found, known=True)
    return found


def texts(rows: Sequence[Row]) -> Iterator[str]:
    yield from (row.text for row in rows)
