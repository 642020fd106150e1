"""What is wrong with a course's own formulas: each must be read, have a value, and differ from its near misses.

A near miss is the formula with one slip in it: another sign, twice a term, a number one off. Where it has the same
value in every world, the world is too special to see that slip, and a student's wrong answer would be taken for right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import Any

import numpy as np

from grader.maths.answer import Room, alternatives, flat, lines, programme_of, room
from grader.maths.declared import DEFINED, declared_names, strange_name
from grader.maths.mark import caret
from grader.maths.raw import Unreadable
from grader.maths.read import read, read_row
from grader.maths.scope import Scope
from grader.maths.setting import Setting, setting
from grader.maths.steps import derivation
from grader.maths.tree import (
    Add,
    Apply,
    Bound,
    Derivative,
    Extremum,
    Limit,
    Multiply,
    Negative,
    Node,
    Number,
    Symbol,
    children,
    rebuilt,
)
from grader.maths.values import Undecided, Value
from grader.maths.verdicts import matches
from grader.values import beneath

MISSES = 24
"""Near misses that are tried for one formula."""
CLOSED = (Symbol, Apply, Bound, Derivative, Extremum, Limit)
"""Nodes in which a slip may rightly change nothing (a constant below a derivative), or whose numbers are places."""


def trouble(formulas: Mapping[str, str], told: Any, *, ends: frozenset[str] = frozenset()) -> Iterator[tuple[str, str]]:
    """The name of each formula that does not do, and a sentence; the place is marked below it.

    The world must be one that nothing is wrong with (`world_trouble`). `ends` are formulas that stand for an answer:
    no near miss may have their value.
    """
    space = room(told, 0)
    for name, text in formulas.items():
        found = (_trouble(one, space, answer=name in ends) for one in alternatives(text))
        what = next(filter(None, found), "")
        if what:
            yield name, what


@dataclass(frozen=True)
class Shown:
    """How a course's own answer is read: where reading stops, for each line that is not, and where each claim stands.

    All end in the line with the place marked below it.
    """

    unread: Mapping[int, str]
    claims: tuple[str, ...]


def shown(text: str, told: Any) -> Shown:
    """The places of an answer's lines and claims, in the order in which `observed_answer` numbers them."""
    declared = setting(told)
    found = lines(text, declared)
    unread = {n: _stop(line.text, declared) for n, line in enumerate(found) if line.row is None}
    whole = derivation([line.row for line in found], [line.alone for line in found])
    sides = [whole.sides[claim.right] for claim in whole.claims]
    return Shown(unread, tuple(caret(found[side.row].text, side.node.span) for side in sides))


def displayed(text: str) -> str:
    """The text as an answer that is mathematics: set as a display, unless it has marks of mathematics in it."""
    return text if re.search(r"\$|\\\[|\\\(|\\begin\{", text) else f"$$\n{text}\n$$"


def _stop(text: str, declared: Setting) -> str:
    try:
        read_row(text, declared.notation())
    except Unreadable as error:
        return caret(text, error.span)
    return ""


def _trouble(text: str, space: Room, *, answer: bool) -> str:
    try:
        node = read(text, space.told.notation())
    except Unreadable as error:
        return f"{error.what}{caret(text, error.span)}"
    strange = strange_name(text, node, (), declared_names(space.told))
    if strange:
        return strange
    _, node = programme_of(node, space.told)
    try:
        values = {mode: space.scope(mode).value(node) for mode in space.modes}
    except Undecided as error:
        return f"{error}{caret(text, node.span)}"
    # A logarithm of a multiplier has a value under one convention for its sign only.
    valued = [mode for mode, value in values.items() if np.isfinite(value.array).mean() >= DEFINED]
    if not valued:
        return "it has no value in many of the worlds"
    return _unseen_miss(text, node, values[valued[0]], space.scope(valued[0])) if answer else ""


def _unseen_miss(text: str, node: Node, value: Value, scope: Scope) -> str:
    """A sentence on a near miss that has the same value in every world; "" if there is none."""
    expected = beneath("free", flat(value))
    if np.all(value.array == 0):
        return "" if isinstance(node, Number) else "it is 0 in every world, which hides a wrong sign or factor"
    for said, place, miss in islice(_misses(node), MISSES):
        try:
            observed = beneath("free", flat(scope.value(miss)))
        except Undecided:
            continue
        if matches(observed, expected):
            told = f"with {said} it has the same value in every world, so that this slip would not be seen"
            return f"{told}{caret(text, place.span)}"
    return ""


def _misses(node: Node) -> Iterator[tuple[str, Node, Node]]:
    """The near misses of a formula, those of the whole first: what the slip is, where, and the changed tree."""
    yield "another sign", node, Negative(node)
    yield "a factor 2", node, _twice(node)
    yield "1 more", node, Add((node, Number(Fraction(1))))
    yield "1 less", node, Add((node, Number(Fraction(-1))))
    yield from _within(node)


def _within(node: Node) -> Iterator[tuple[str, Node, Node]]:
    if isinstance(node, CLOSED):
        return
    if isinstance(node, Number):
        yield "1 more here", node, Number(node.value + 1)
        yield "1 less here", node, Number(node.value - 1)
    if isinstance(node, Add):
        for k, term in enumerate(node.terms):
            yield "another sign here", term, _with_term(node, k, _turned(term))
            yield "a factor 2 here", term, _with_term(node, k, _twice(term))
    for child in children(node):
        for said, place, changed in _within(child):
            yield said, place, rebuilt(node, lambda c, old=child, new=changed: new if c is old else c)  # type: ignore[misc]


def _turned(node: Node) -> Node:
    return node.body if isinstance(node, Negative) else Negative(node)


def _twice(node: Node) -> Node:
    return Multiply((Number(Fraction(2)), node))


def _with_term(node: Add, k: int, term: Node) -> Node:
    return Add((*node.terms[:k], term, *node.terms[k + 1 :]))
