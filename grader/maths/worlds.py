"""Random finite models: everything that a Setting declares gets numbers, on many worlds at once.

A finite space is a measure space with random weights, so that ∫ … dx is a sum without error and an identity that only
holds for counting measure is seen. Densities are with respect to these weights. The worlds fall into three regimes,
flat, mixed and peaked (Dirichlet concentrations 6, 1 and 0.25), for a wrong step can agree in one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from grader.maths.setting import Head, Setting, Space
from grader.maths.values import Undecided, Value

REGIMES = (1.0, 0.25, 6.0)
HALF_WIDTH = 18.0
"""The line is cut at ±18: means lie within ±1.2 and scales within 0.7 to 1.6, so 10 of the largest fit."""


@dataclass(frozen=True)
class World:
    """The numbers: weights of the spaces, tables of densities and functions on the axes of their formal arguments.

    `tables` holds what takes no arguments, and whole joint densities, under the name; all others under their head.
    """

    count: int
    setting: Setting
    weights: Mapping[str, np.ndarray]
    points: Mapping[str, np.ndarray]
    tables: Mapping[Any, Value] = field(default_factory=dict)
    maps: Mapping[str, tuple[str, str, np.ndarray]] = field(default_factory=dict)
    """A function to points of a space: its own variable, the space, and the index of the point for each argument."""
    precise: bool = False
    """Whether the numbers have sixty digits (`digits`)."""

    def density(self, name: str, own: tuple[str, ...], given: tuple[str, ...]) -> Value:
        """The table of a density by the spaces of its arguments; of a joint one any marginal and conditional."""
        if name in self.setting.joints:
            return self._conditional(name, own, given)
        found = self.tables.get(Head(name, own, given))
        if found is None:
            raise Undecided(f"`{name}` is not declared with {_arguments(own, given)}")
        return found

    def _conditional(self, name: str, own: tuple[str, ...], given: tuple[str, ...]) -> Value:
        whole = self.tables[name]
        strange = [v for v in own + given if v not in whole.axes]
        if strange or len(set(own + given)) < len(own + given):
            raise Undecided(f"`{name}` is not declared with {_arguments(own, given)}")
        top = _marginal(whole, own + given, self.weights)
        if not given:
            return top
        bottom = _marginal(whole, given, self.weights)
        with np.errstate(all="ignore"):
            return Value(top.on(own + given) / bottom.on(own + given), own + given)


def _arguments(own: tuple[str, ...], given: tuple[str, ...]) -> str:
    return f"({', '.join(own)}{' | ' + ', '.join(given) if given else ''})"


def _marginal(joint: Value, kept: tuple[str, ...], weights: Mapping[str, np.ndarray]) -> Value:
    array, axes = joint.array, list(joint.axes)
    for axis in [a for a in axes if a not in kept]:
        at = axes.index(axis) + 1
        shape = [1] * array.ndim
        shape[0], shape[at] = weights[axis].shape
        array = (array * weights[axis].reshape(shape)).sum(axis=at)
        del axes[at - 1]
    return Value(array, tuple(axes))


def sample(told: Setting, rng: np.random.Generator, each: int) -> World:
    """A world with `each` models in each of the three regimes; formulas (densities, definitions) are not in it yet."""
    count = each * len(REGIMES)
    regime = np.repeat(REGIMES, each)
    weights = {name: _weights(space, rng, count) for name, space in told.spaces.items()}
    points = {name: _points(space, rng, count) for name, space in told.spaces.items() if space.kind != "finite"}
    tables: dict[Any, Value] = {}
    for name, variables in told.joints.items():
        tables[name] = _free_density(variables, (), weights, regime, rng)
    for head, how in told.densities.items():
        if how == "free":
            tables[head] = _free_density(head.own, head.given, weights, regime, rng)
    _separate(told.disjoint, tables, weights, rng)
    maps = {}
    for head, how in told.functions.items():
        if how.startswith("to "):
            maps[head.name] = _map(head, how[3:].strip(), weights, rng)
        else:
            tables[head] = _function(head, how, weights, rng)
    for name, (density, by) in told.pushforwards.items():
        of = next((table for head, table in tables.items() if isinstance(head, Head) and head.name == density), None)
        moved = pushed(tables[density] if of is None else of, maps[by], weights)
        tables[Head(name, moved.axes)] = moved
    for head, how in told.arrays.items():
        sizes = tuple(weights[v].shape[1] if v in weights else told.indices[v] for v in head.own)
        tables["array", head.name, head.own] = Value(_drawn(how, (count, *sizes), rng), head.own)
    for name, how in told.scalars.items():
        tables[name] = Value(_drawn(how, (count,), rng))
    for name, (size, numbers) in told.vectors.items():
        drawn = _drawn(numbers, (count, size, 1), rng) if numbers else rng.normal(0, 1, (count, size, 1))
        tables[name] = Value(drawn, (), True)
    for name, size in told.matrices.items():
        tables[name] = Value(_turned(rng.normal(0, 1, (count, size, size)) + 0.5 * np.eye(size), rng), (), True)
    return World(count, told, weights, points, tables, maps)


def _turned(matrices: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Matrices with a positive determinant in three worlds of four: |S| has a value in most of them (see `_abs_of`)."""
    wanted = np.where(rng.permuted(np.arange(len(matrices)) % 4) == 0, -1.0, 1.0)
    turned = matrices.copy()
    turned[:, 0] *= (np.sign(np.linalg.det(matrices)) * wanted)[:, None]
    return turned


def _weights(space: Space, rng: np.random.Generator, count: int) -> np.ndarray:
    if space.kind == "finite":
        return rng.uniform(0.4, 1.6, (count, space.size))
    step = 1.0 if space.kind == "data" else 2 * HALF_WIDTH / (space.size - 1)
    return np.full((count, space.size), step)


def _points(space: Space, rng: np.random.Generator, count: int) -> np.ndarray:
    if space.kind == "line":
        return np.tile(np.linspace(-HALF_WIDTH, HALF_WIDTH, space.size), (count, 1))
    return rng.normal(0, 1, (count, space.size, *((space.features, 1) if space.features else ())))


def _free_density(
    own: tuple[str, ...], given: tuple[str, ...], weights: Mapping[str, np.ndarray], regime: np.ndarray, rng: Any
) -> Value:
    """Dirichlet over the own variables for each value of the given ones, divided by the weights."""
    count = len(regime)
    sizes = [weights[v].shape[1] for v in own]
    others = [weights[v].shape[1] for v in given]
    shape = (count, *sizes, *others)
    drawn = rng.gamma(np.broadcast_to(regime.reshape(-1, *[1] * (len(shape) - 1)), shape)) + 1e-9
    axes = tuple(range(1, 1 + len(own)))
    table = drawn / drawn.sum(axis=axes, keepdims=True)
    for k, v in enumerate(own):
        table = table / weights[v].reshape(count, *[-1 if j == k else 1 for j in range(len(shape) - 1)])
    return Value(table, own + given)


def _separate(names: tuple[str, ...], tables: dict[Any, Value], weights: Mapping[str, np.ndarray], rng: Any) -> None:
    """Gives every point of the space to one of the densities, and each of them at least one point."""
    heads = [head for head in tables if isinstance(head, Head) and head.name in names]
    if not heads:
        return
    weight = weights[heads[0].own[0]]
    count, size = weight.shape
    fair = np.tile(np.arange(size) % len(heads), (count, 1))
    owner = rng.permuted(fair, axis=1)
    for k, head in enumerate(heads):
        kept = np.where(owner == k, tables[head].array, 0.0)
        tables[head] = Value(kept / (kept * weight).sum(1, keepdims=True), head.own)


def _function(head: Head, how: str, weights: Mapping[str, np.ndarray], rng: np.random.Generator) -> Value:
    count = next(iter(weights.values())).shape[0]
    sizes = tuple(weights[v].shape[1] for v in head.variables)
    if how.startswith("vector"):
        return Value(rng.normal(0, 1, (count, *sizes, int(how.split()[1]), 1)), head.variables, True)
    return Value(_drawn(how, (count, *sizes), rng), head.variables)


def _map(head: Head, space: str, weights: Mapping[str, np.ndarray], rng: Any) -> tuple[str, str, np.ndarray]:
    count, size = weights[head.own[0]].shape
    return head.own[0], space, rng.integers(0, weights[space].shape[1], (count, size))


def pushed(density: Value, by: tuple[str, str, np.ndarray], weights: Mapping[str, np.ndarray]) -> Value:
    """p_G(x)·w(x) is the mass of all z that G takes to x."""
    variable, space, index = by
    mass = density.on((variable,)) * weights[variable]
    hits = index[:, :, None] == np.arange(weights[space].shape[1])
    return Value((mass[:, :, None] * hits).sum(1) / weights[space], (space,))


def is_range(how: Any) -> bool:
    """Whether a rubric says so where numbers come from."""
    try:
        _drawn(how, (1,), np.random.default_rng(0))
    except (ValueError, TypeError):
        return False
    return True


def _drawn(how: Any, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Numbers of a range: its name, a pair [low, high], or one number for all worlds."""
    if isinstance(how, int | float) and not isinstance(how, bool):
        return np.full(shape, float(how))
    if isinstance(how, list | tuple) and len(how) == 2:
        low, high = map(float, how)
        return low + (high - low) * rng.uniform(0.02, 0.98, shape)
    if how in ("real", "line"):
        return rng.uniform(-1.2, 1.2, shape)
    if how in ("positive", "ray"):
        return rng.uniform(0.7, 1.6, shape)
    if how == "probability":
        return rng.uniform(0.03, 0.97, shape)
    if how == "binary":
        return np.asarray(rng.integers(0, 2, shape), float)
    if how == "nonzero":
        return np.asarray(rng.uniform(0.3, 1.5, shape) * rng.choice([-1.0, 1.0], shape))
    told = "real, positive, probability, binary, nonzero, line, ray, [low, high] or a number"
    raise ValueError(f"a range must be {told}, got {how!r}")
