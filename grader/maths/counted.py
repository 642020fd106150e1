"""The product and the sum that dots stand for, where both ends tell: `q(h_1) \\cdots q(h_K)`, `a_1 + \\dots + a_n`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields
from fractions import Fraction
from typing import Literal

from grader.maths.tree import Big, Bound, Negative, Node, Number, Symbol, rebuilt, walk

Ends = tuple[Node, Node]
_USUAL = "kijnl"
"""Letters that count, the usual ones first."""


def counted(parts: Sequence[Node], kind: Literal["sum", "product"], indices: Collection[str]) -> list[Node]:
    """The factors or terms, where dots between two that differ in a number only are one product or sum.

    What stands on both sides of the dots must be alike but for one index: a number on the left, its last value on the
    right. Dots that don't tell what they stand for stay as they are.
    """
    found = list(parts)
    for i, node in enumerate(parts):
        if _is_dots(node):
            if 0 < i < len(parts) - 1 and sum(map(_is_dots, parts)) == 1:
                made = _made(found, i, kind, indices)
                return made if made is not None else found
            return found
    return found


def _is_dots(node: Node) -> bool:
    return isinstance(node, Symbol) and node.name == "\\dots"


def _made(parts: list[Node], i: int, kind: Literal["sum", "product"], indices: Collection[str]) -> list[Node] | None:
    ends = _ends(parts[i - 1], parts[i + 1])
    if ends is None or not isinstance(ends[0], Number):
        return None
    low, first = ends[0], i - 1
    while first > 0:
        before = _ends(parts[first - 1], parts[first])
        if before is None or before != (Number(low.value - 1), low):
            break
        low, first = Number(low.value - 1, span=low.span), first - 1
    used = {part.name for part in walk(parts[i - 1]) if isinstance(part, Symbol)}
    used |= {part.name for part in walk(parts[i + 1]) if isinstance(part, Symbol)}
    usual = [one for one in _USUAL if one in indices]
    name = next((one for one in (*usual, *sorted(indices)) if one not in used), None)
    if name is None:
        return None
    body = _moved(parts[i - 1], parts[i + 1], name)
    bound = Bound(name, Number(Fraction(low.value), span=low.span), ends[1], span=ends[1].span)
    span = (parts[first].span[0], parts[i + 1].span[1])
    return [*parts[:first], Big(kind, (bound,), body, span=span), *parts[i + 2 :]]


def _ends(left: Node, right: Node) -> Ends | None:
    """The one pair of indices in which two trees differ; None if they don't differ, or in anything else."""
    pairs: set[Ends] = set()
    if isinstance(left, Negative) or not _differences(left, right, pairs) or len(pairs) != 1:
        return None
    return next(iter(pairs))


def _differences(left: Node, right: Node, pairs: set[Ends]) -> bool:
    """Collects the indices in which two trees of one shape differ; False if they differ in anything else."""
    if left == right:
        return True
    if type(left) is not type(right):
        return False
    for field in fields(left):
        if field.name == "span":
            continue
        mine, other = getattr(left, field.name), getattr(right, field.name)
        if field.name == "indices":
            if len(mine) != len(other):
                return False
            pairs |= {(a, b) for a, b in zip(mine, other, strict=True) if a != b}
        elif isinstance(mine, Node) and isinstance(other, Node):
            if not _differences(mine, other, pairs):
                return False
        elif isinstance(mine, tuple) and isinstance(other, tuple) and all(isinstance(n, Node) for n in (*mine, *other)):
            if len(mine) != len(other) or not all(_differences(a, b, pairs) for a, b in zip(mine, other, strict=True)):
                return False
        elif mine != other:
            return False
    return True


def _moved(left: Node, right: Node, name: str) -> Node:
    """The left tree with the index in which it differs from the right one replaced by a counting one."""
    ends = _ends(left, right)
    assert ends is not None
    low = ends[0]

    def change(mine: Node, other: Node) -> Node:
        if mine == other:
            return mine
        if mine == low and other == ends[1]:
            return Symbol(name, span=mine.span)
        others = iter(_below(other))
        return rebuilt(mine, lambda child: change(child, next(others)))

    return change(left, right)


def _below(node: Node) -> list[Node]:
    found: list[Node] = []
    rebuilt(node, lambda child: found.append(child) or child)  # type: ignore[func-returns-value]
    return found
