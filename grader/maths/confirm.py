"""Whether two sides that differ by little, or are both next to nothing, are equal: asked again with sixty digits.

Rounding is of the size of 1e-16 of what was added up, a slip of the size of the sides: from 1e-10 to 1e-5 floats can't
tell the two apart, and 0.5⁶⁰⁰ and 0.5⁵⁹⁹ are both nothing beside 1. With sixty digits what is rounding has shrunk.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from grader.maths.scope import Scope
from grader.maths.tree import Node
from grader.maths.values import Undecided, Value

GREY = (1e-10, 1e-5)
SMALL = 1e-4
"""Sides that are smaller than this in most worlds are nothing beside the 1 of the relative gap."""
APART = 1e-6
VANISHED = 1e-30
"""What sixty digits make smaller than this share of what floats found was rounding."""
ROWS = 3
Both = Callable[[Value, Value], tuple[np.ndarray, np.ndarray]]


def doubtful(left: np.ndarray, right: np.ndarray) -> np.ndarray | None:
    """The worlds to ask again, or None if floats can tell."""
    usable = np.isfinite(left) & np.isfinite(right)
    if not usable.any():
        return None
    a, b = (np.where(usable, side, 0.0) for side in (left, right))
    gap, size = np.abs(a - b), np.abs(a) + np.abs(b)
    wide = (gap / (1 + size)).max(axis=1)
    if GREY[0] < wide.max() < GREY[1]:
        return np.sort(np.argsort(-wide, kind="stable")[:ROWS])
    with np.errstate(all="ignore"):
        apart = np.where((a != 0) & (b != 0), gap / size, 0.0).max(axis=1)
    if wide.max() <= GREY[0] and float(np.median(size)) < SMALL and apart.max() > APART:
        return np.sort(np.argsort(-apart, kind="stable")[:ROWS])
    return None


def gap(left: Node, right: Node, scope: Scope, both: Both, floats: np.ndarray | None) -> float | None:
    """By how much two sides differ relative to their own size, with sixty digits; None if that can't be found.

    `floats` (worlds, entries) is how large the sides were as floats, which tells rounding from what is small.
    """
    try:
        a, b = both(scope.value(left), scope.value(right))
    except (Undecided, TypeError, ValueError, ArithmeticError):
        # Not every rule is made for objects; then the doubt stays.
        return None
    size = np.abs(a) + np.abs(b)
    if floats is not None:
        with np.errstate(all="ignore"):
            # Where floats found exactly nothing, what they found elsewhere tells how large the terms are.
            size = np.where(size <= VANISHED * np.where(floats > 0, floats, floats.max()), 0, size)
    found = [abs(x - y) / s for x, y, s in zip(a.flat, b.flat, size.flat, strict=True) if s > 0]
    return float(max(found, default=0.0)) if size.size else None
