"""Worlds made of other worlds: some of them, mixtures of them, and the same ones with sixty digits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from grader.maths.digits import exact
from grader.maths.setting import Head
from grader.maths.values import Value
from grader.maths.worlds import World, pushed

Change = Callable[[np.ndarray], np.ndarray]


def some(world: World, rows: np.ndarray) -> World:
    """The worlds with these numbers."""
    return _changed(world, lambda a: a[rows], lambda a: a[rows], len(rows))


def some_values(values: Mapping[str, Value], rows: np.ndarray) -> dict[str, Value]:
    """The values in the worlds with these numbers."""
    return {name: replace(value, array=value.array[rows]) for name, value in values.items()}


def mixed(world: World, first: np.ndarray, second: np.ndarray, share: np.ndarray, sharper: np.ndarray) -> World:
    """New worlds, each between two: `share` (worlds,) of the second. All declared ranges are convex, so that they stay.

    Free densities are then raised to the power `sharper` (worlds,), and have total mass 1 again.
    """

    def between(a: np.ndarray) -> np.ndarray:
        s = share.reshape(-1, *[1] * (a.ndim - 1))
        # A number that is the same in both worlds stays it to the last digit.
        return np.asarray(a[first] + s * (a[second] - a[first]))

    made = _changed(world, between, lambda a: a[first], len(first))
    return _pushed_again(made, {key: _sharpened(key, value, made, sharper) for key, value in made.tables.items()})


def mixable(world: World) -> bool:
    """Whether what lies between two of these worlds is one of them: disjoint supports and determinants don't keep."""
    return not world.setting.disjoint and not world.setting.matrices


def _sharpened(key: Any, value: Value, world: World, sharper: np.ndarray) -> Value:
    own = _own(key, world)
    if own is None:
        return value
    power = sharper.reshape(-1, *[1] * (value.array.ndim - 1))
    return _normalised(replace(value, array=value.array**power), own, world)


def precise(world: World) -> World:
    """The same worlds in numbers of sixty digits, their free densities with total mass 1 to that many."""
    made = replace(_changed(world, exact, lambda a: a, world.count), precise=True)
    tables = {}
    for key, value in made.tables.items():
        own = _own(key, made)
        tables[key] = value if own is None else _normalised(value, own, made)
    return _pushed_again(made, tables)


def _pushed_again(world: World, tables: dict[Any, Value]) -> World:
    for name, (density, by) in world.setting.pushforwards.items():
        of = next((v for k, v in tables.items() if isinstance(k, Head) and k.name == density), None)
        image = pushed(tables[density] if of is None else of, world.maps[by], world.weights)
        tables[Head(name, image.axes)] = image
    return replace(world, tables=tables)


def _own(key: Any, world: World) -> tuple[str, ...] | None:
    """The variables over which a table is a free density."""
    if isinstance(key, str) and key in world.setting.joints:
        return world.setting.joints[key]
    if isinstance(key, Head) and world.setting.densities.get(key) == "free":
        return key.own
    return None


def _normalised(value: Value, own: tuple[str, ...], world: World) -> Value:
    mass = value.array
    for axis in own:
        at = 1 + value.axes.index(axis)
        shape = [1] * mass.ndim
        shape[0], shape[at] = world.weights[axis].shape
        mass = mass * world.weights[axis].reshape(shape)
    total = mass.sum(axis=tuple(1 + value.axes.index(axis) for axis in own), keepdims=True)
    return replace(value, array=value.array / total)


def _changed(world: World, change: Change, pick: Change, count: int) -> World:
    """The world with `change` applied to its numbers and `pick` to what only can be chosen."""
    tables = {key: replace(value, array=change(value.array)) for key, value in world.tables.items()}
    maps = {name: (own, space, pick(index)) for name, (own, space, index) in world.maps.items()}
    weights, points = ({name: change(a) for name, a in part.items()} for part in (world.weights, world.points))
    return replace(world, count=count, weights=weights, points=points, tables=tables, maps=maps)
