"""Numbers on many worlds at once: an array with one axis for the worlds, one per variable, and two for matrices.

A `Value` knows its axes by name, so that a product lines its factors up by themselves and a sum over z is a
contraction of the axis z, wherever it stands. Vectors are columns; a 1×1 matrix is a number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

MAX_ENTRIES = 4_000_000
"""Entries of one array; a formula that needs more is undecided."""


class Undecided(Exception):  # noqa: N818 - named for the verdict that it becomes
    """The formula has no value here, through no certain fault of who wrote it; says why."""


@dataclass(frozen=True)
class Value:
    """`array` has the shape (worlds, *axes) for numbers and (worlds, *axes, rows, columns) for matrices."""

    array: np.ndarray
    axes: tuple[str, ...] = ()
    matrix: bool = False

    def __post_init__(self) -> None:
        if self.array.ndim != 1 + len(self.axes) + 2 * self.matrix:
            raise ValueError(f"{self.array.shape} does not fit the axes {self.axes}")

    def map(self, change: Callable[[np.ndarray], np.ndarray]) -> Value:
        """The value with its entries changed one by one."""
        with np.errstate(all="ignore"):
            return replace(self, array=change(self.array))

    def renamed(self, names: dict[str, str]) -> Value:
        """The value on other axes; two axes that get the same name become their diagonal."""
        array, axes = self.array, [names.get(axis, axis) for axis in self.axes]
        for name in [axis for k, axis in enumerate(axes) if axis in axes[:k]]:
            first, second = [k for k, axis in enumerate(axes) if axis == name][:2]
            array = np.moveaxis(np.diagonal(array, axis1=first + 1, axis2=second + 1), -1, first + 1)
            del axes[second]
        return replace(self, array=array, axes=tuple(axes))

    def on(self, axes: tuple[str, ...]) -> np.ndarray:
        """The array with exactly these axes in this order, those it lacks of length 1."""
        order = [axis for axis in axes if axis in self.axes]
        tail = list(range(1 + len(self.axes), self.array.ndim))
        array = self.array.transpose([0, *(1 + self.axes.index(axis) for axis in order), *tail])
        here = tuple(slice(None) if axis in self.axes else None for axis in axes)
        return np.asarray(array[(slice(None), *here)])


def number(value: float | complex, worlds: int) -> Value:
    """The same number on all worlds."""
    return Value(np.full(worlds, value))


def lined_up(*values: Value) -> tuple[tuple[str, ...], list[np.ndarray]]:
    """The axes of all values together, and the arrays on them; numbers get two axes beside matrices."""
    axes = tuple(dict.fromkeys(axis for value in values for axis in value.axes))
    arrays = [value.on(axes) for value in values]
    if any(value.matrix for value in values):
        arrays = [a if v.matrix else a[..., None, None] for v, a in zip(values, arrays, strict=True)]
    size = np.prod([max(a.shape[k] for a in arrays if a.ndim > k) for k in range(1 + len(axes))])
    if size > MAX_ENTRIES:
        raise Undecided("it ranges over too many values at once")
    return axes, arrays


def elementwise(operation: Callable[..., np.ndarray], *values: Value) -> Value:
    """An operation entry by entry. Raises Undecided where a number meets a matrix of more than one entry."""
    axes, arrays = lined_up(*values)
    matrix = any(value.matrix for value in values)
    with np.errstate(all="ignore"):
        return Value(np.asarray(operation(*arrays)), axes, matrix)


def add(a: Value, b: Value) -> Value:
    """a + b. Raises Undecided for a number and a vector, or vectors of different lengths."""
    if a.matrix != b.matrix and not (_is_zero(a) or _is_zero(b)):
        raise Undecided("a number is added to a vector or a matrix")
    if a.matrix and b.matrix and a.array.shape[-2:] != b.array.shape[-2:]:
        raise Undecided("vectors or matrices of different shapes are added")
    return elementwise(np.add, a, b)


def multiply(a: Value, b: Value) -> Value:
    """a · b, the matrix product for two matrices. Raises Undecided where the shapes don't fit."""
    if not (a.matrix and b.matrix):
        return elementwise(lambda x, y: np.where((x == 0) | (y == 0), 0.0, x * y), a, b)
    if a.array.shape[-1] != b.array.shape[-2]:
        raise Undecided("two vectors are multiplied without a transpose, or matrices of shapes that don't fit")
    axes, arrays = lined_up(a, b)
    with np.errstate(all="ignore"):
        return scalar(Value(np.asarray(np.matmul(arrays[0], arrays[1])), axes, True))


def scalar(value: Value) -> Value:
    """A 1×1 matrix as the number that it is."""
    if value.matrix and value.array.shape[-2:] == (1, 1):
        return Value(value.array[..., 0, 0], value.axes)
    return value


def contracted(value: Value, axis: str, weights: np.ndarray) -> Value:
    """Σ over an axis with the weights (worlds, size); a value without the axis is multiplied by their sum."""
    if axis not in value.axes:
        return multiply(value, Value(weights.sum(1)))
    weighted = multiply(value, Value(weights, (axis,)))
    at = 1 + weighted.axes.index(axis)
    rest = tuple(a for a in weighted.axes if a != axis)
    with np.errstate(all="ignore"):
        return Value(np.asarray(weighted.array.sum(axis=at)), rest, value.matrix)


def _is_zero(value: Value) -> bool:
    return not value.matrix and bool(np.all(value.array == 0))
