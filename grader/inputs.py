"""What items are asked with: a course's `inputs.py` is written in these few words.

    from grader.inputs import Recipe, binary, normal

    logits_and_x = Recipe(logits=normal("B", "D", scale=3.0), x=binary("B", "D"))

A recipe is used twice: `sample` draws the fixed cases that everybody is asked, in several sizes; `strategy`
lets hypothesis look for the smallest case in which a student and the reference differ. Letters are sizes;
equal letters are equal sizes. All arrays are float32, and hypothesis uses eighths (finer parts of two only where
a `table` is long), so that a counterexample is printed exactly as it was used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

Size = str | int
Arrays = dict[str, np.ndarray]

SIZES = ((1, 1), (1, 5), (3, 1), (2, 3), (5, 4), (7, 11), (32, 20))
"""(first letter, others) of the fixed cases. A recipe's sizes differ, so that a mean can't pass for a sum."""


@dataclass(frozen=True)
class Array:
    """One input: its shape in letters or numbers, how it is drawn, and which simple values it may take.

    `shaped`, where entries depend on one another, turns an array of simple values into one that is allowed.
    """

    shape: tuple[Size, ...]
    draw: Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]
    simple: tuple[float, ...]
    shaped: Callable[[np.ndarray], np.ndarray] | None = None


class Recipe:
    """Named inputs of one question. `sizes` replaces the default list of (first letter, others)."""

    def __init__(self, *, sizes: tuple[tuple[int, int], ...] = SIZES, **arrays: Array) -> None:
        if not arrays:
            raise ValueError("a recipe needs at least one input")
        self.sizes = sizes
        self.arrays = arrays

    def sample(self, rng: np.random.Generator) -> Arrays:
        """The fixed cases, as `case/name` → float32 array."""
        letters = self._letters()
        lengths = [
            {letter: first if k == 0 else other + k - 1 for k, letter in enumerate(letters)}
            for first, other in self.sizes
        ]
        distinct = [entry for k, entry in enumerate(lengths) if entry not in lengths[:k]]
        # One size comes twice, so that an answer remembered by its shape is not right.
        asked = [*distinct, min(distinct[-2:], key=lambda entry: sum(entry.values()))]
        return {
            f"{case}/{name}": array.draw(rng, _shape(array.shape, entry)).astype(np.float32)
            for case, entry in enumerate(asked)
            for name, array in self.arrays.items()
        }

    def strategy(self) -> SearchStrategy[Arrays]:
        """Small cases for hypothesis: sizes 1 to 3, values that print exactly."""
        from hypothesis import strategies as st
        from hypothesis.extra import numpy as hnp

        letters = self._letters()

        @cache  # hypothesis checks a strategy when it is first used, at three times the price of a draw
        def of_sizes(*sizes: int) -> SearchStrategy[Arrays]:
            lengths = dict(zip(letters, sizes, strict=True))
            return st.fixed_dictionaries({name: small(array, lengths) for name, array in self.arrays.items()})

        def small(array: Array, lengths: Mapping[str, int]) -> SearchStrategy[np.ndarray]:
            simple = hnp.arrays(np.float32, _shape(array.shape, lengths), elements=st.sampled_from(array.simple))
            return simple.map(array.shaped) if array.shaped else simple

        return st.tuples(*(st.integers(1, 3) for _ in letters)).flatmap(lambda sizes: of_sizes(*sizes))

    def _letters(self) -> list[str]:
        return list(dict.fromkeys(s for array in self.arrays.values() for s in array.shape if isinstance(s, str)))


def normal(*shape: Size, scale: float = 1.0, shift: float = 0.0) -> Array:
    """Normal entries with the given standard deviation and mean."""
    eighths = sorted((k / 8 for k in range(-24, 25)), key=lambda v: (abs(v), v < 0))
    return Array(shape, lambda rng, size: shift + scale * rng.standard_normal(size), tuple(eighths))


def uniform(*shape: Size, low: float, high: float) -> Array:
    """Uniform entries in [low, high]."""
    steps = tuple(low + (high - low) * k / 8 for k in range(9))
    return Array(shape, lambda rng, size: rng.uniform(low, high, size), steps)


def probability(*shape: Size) -> Array:
    """Probabilities, away from 0 and 1: uniform in [0.05, 0.95]."""
    eighths = (0.5, 0.25, 0.75, 0.125, 0.875, 0.375, 0.625)
    return Array(shape, lambda rng, size: rng.uniform(0.05, 0.95, size), eighths)


def positive(*shape: Size) -> Array:
    """Positive numbers, such as variances, from 1/4 to 4: their logarithms are uniform."""
    simple = (1.0, 0.5, 2.0, 0.25, 4.0, 1.5, 0.75, 3.0)
    return Array(shape, lambda rng, size: np.exp2(rng.uniform(-2, 2, size)), simple)


def table(*shape: Size, zeros: bool = False) -> Array:
    """Probabilities that sum to 1 on the last axis; all positive or, with `zeros`, each 0 about every other time."""

    def draw(rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        weights = rng.exponential(size=size) + 0.1
        if zeros:
            # The largest stays, for a table needs mass somewhere.
            weights *= (weights == weights.max(-1, keepdims=True)) | (rng.random(size) < 0.5)
        return np.asarray(weights / weights.sum(-1, keepdims=True))

    return Array(shape, draw, (0.5, 0.25, 0.75, 0.125, 0.875, 0.375, 0.625, 0.0, 1.0), _tables(0 if zeros else 1))


def grid(*shape: Size) -> Array:
    """Numbers that increase along the last axis, with unequal gaps from 1/8 to 1."""

    def draw(rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        return np.asarray(rng.normal(size=(*size[:-1], 1)) + np.cumsum(rng.uniform(0.125, 1.0, size), axis=-1))

    return Array(shape, draw, (1.0, 0.5, 0.25, 0.75), lambda gaps: np.cumsum(gaps, axis=-1, dtype=gaps.dtype))


def binary(*shape: Size) -> Array:
    """Zeros and ones, each with probability one half."""
    return Array(shape, lambda rng, size: rng.integers(0, 2, size), (0.0, 1.0))


def among(*shape: Size, values: tuple[float, ...]) -> Array:
    """Entries drawn from a few given values, such as the extremes of a stability test."""
    return Array(shape, lambda rng, size: rng.choice(np.array(values), size), values)


def _tables(least: int) -> Callable[[np.ndarray], np.ndarray]:
    """Cuts in [0, 1] → tables whose entries are eighths (or the next power of two that is enough), `least` or more."""

    def tables(cuts: np.ndarray) -> np.ndarray:
        length = cuts.shape[-1]
        parts = max(8, 1 << (2 * length - 1).bit_length())
        spare = parts - least * length
        inner = np.sort(np.floor(cuts[..., 1:] * spare), axis=-1)
        shares = np.diff(inner, axis=-1, prepend=0, append=spare)
        return np.asarray((shares + least) / parts, dtype=cuts.dtype)

    return tables


def _shape(shape: tuple[Size, ...], lengths: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(lengths[size] if isinstance(size, str) else size for size in shape)


def recipes(namespace: Mapping[str, Any]) -> dict[str, Recipe]:
    """The recipes that an executed `inputs.py` defines, by name."""
    return {name: value for name, value in namespace.items() if isinstance(value, Recipe)}
