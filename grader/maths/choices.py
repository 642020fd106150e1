"""Many trees in one place, evaluated at once: what stands around them is evaluated one time for all of them.

A repair of one place changes what is above it and nothing else. So the trees that may stand there are values on an
axis of their own, and every rule above the place carries that axis along as it does any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from grader.maths.scope import Scope
from grader.maths.tree import Node
from grader.maths.values import MAX_ENTRIES, Undecided, Value

CHOICE = "\6"
"""The axis of the choices."""


@dataclass(frozen=True)
class Choices(Node):
    """Several trees that may stand here. An option that has choices in it itself counts as many as it has."""

    options: tuple[Node, ...]
    counts: tuple[int, ...]

    @property
    def count(self) -> int:
        return sum(self.counts)


def choices_of(node: Choices, scope: Scope) -> Value:
    """The values of all options on the axis `CHOICE`; one that has none, or one of another shape, is not a number.

    Raises Undecided if no option has a value, or all together have too many entries.
    """
    found = [scope.value_or_none(option) for option in node.options]
    first = next((value for value in found if value is not None), None)
    if first is None:
        raise Undecided("no choice has a value")
    tail = first.array.shape[first.array.ndim - 2 * first.matrix :]
    found = [value if value is not None and _tail(value) == tail else None for value in found]
    axes = tuple(dict.fromkeys(axis for value in found if value is not None for axis in value.axes if axis != CHOICE))
    return Value(_joined(found, node.counts, axes, tail), (CHOICE, *axes), first.matrix)


def _tail(value: Value) -> tuple[int, ...]:
    return value.array.shape[value.array.ndim - 2 * value.matrix :]


def _joined(
    found: Sequence[Value | None], counts: Sequence[int], axes: tuple[str, ...], tail: tuple[int, ...]
) -> np.ndarray:
    arrays = [None if value is None else value.on((CHOICE, *axes)) for value in found]
    there = [array for array in arrays if array is not None]
    inner = np.broadcast_shapes(*(array.shape[2:] for array in there))
    worlds = max(array.shape[0] for array in there)
    if worlds * sum(counts) * int(np.prod(inner)) > MAX_ENTRIES:
        raise Undecided("these are too many choices at once")
    whole = np.full((worlds, sum(counts), *inner), np.nan, np.result_type(*there))
    at = 0
    for array, count in zip(arrays, counts, strict=True):
        if array is not None and array.shape[1] in (1, count):
            whole[:, at : at + count] = array
        elif array is not None and array.shape[1] == sum(counts):
            # Something that it depends on, such as where an extremum is looked for, has a value for each choice.
            whole[:, at : at + count] = array[:, at : at + count]
        at += count
    assert inner[len(inner) - len(tail) :] == tail
    return whole
