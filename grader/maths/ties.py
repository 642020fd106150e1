"""Worlds in which all that is declared alike is equal: where the sides of a strict inequality may meet.

`KL(q, p) > 0` holds in every world that is drawn, for there p and q are never the same; where they are, it is 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from grader.maths.setting import Head, Setting
from grader.maths.subworlds import pushed_again
from grader.maths.values import Value
from grader.maths.worlds import World


def tied(world: World) -> World | None:
    """The worlds with one density for each space, whatever it is given, one number for each range, constant functions.

    None where the homework says that densities are apart.
    """
    told = world.setting
    if told.disjoint:
        return None
    free = [(key, own) for key in world.tables if (own := _own(key, told))]
    each: dict[str, np.ndarray] = {}
    for key, own in free:
        for variable in own:
            each.setdefault(variable, _alone(world.tables[key], variable, world))
    tables = {key: _plain(key, table, told) for key, table in world.tables.items()} | _firsts(world)
    made = pushed_again(world, tables | _products(world, each))
    for name in told.pushforwards:
        table = next(table for key, table in made.tables.items() if isinstance(key, Head) and key.name == name)
        each[table.axes[0]] = table.array
    sources = {density for density, _ in told.pushforwards.values()}
    images = {key: table for key, table in _products(world, each).items() if _name(key) not in sources}
    return replace(made, tables={**made.tables, **images})


def _own(key: Any, told: Setting) -> tuple[str, ...]:
    """The variables over which a table is a random density; none if it is something else."""
    if isinstance(key, Head):
        return key.own if told.densities.get(key) == "free" else ()
    return told.joints.get(key, ()) if isinstance(key, str) else ()


def _name(key: Any) -> str:
    return key.name if isinstance(key, Head) else str(key)


def _alone(table: Value, variable: str, world: World) -> np.ndarray:
    """A density of one variable, (worlds, points): the marginal of a joint one, under the first condition of any."""
    rest = tuple(axis for axis in table.axes if axis != variable)
    array = np.moveaxis(table.on((variable, *rest)), 1, -1)
    array = array.reshape(len(array), -1, array.shape[-1])[:, 0]
    return np.asarray(array / (array * world.weights[variable]).sum(1, keepdims=True))


def _products(world: World, each: Mapping[str, np.ndarray]) -> dict[Any, Value]:
    """All random densities, those of several variables as products, the same under every condition."""
    found = {}
    for key, table in world.tables.items():
        own = _own(key, world.setting)
        if own:
            array = np.ones((world.count, *[1] * len(table.axes)))
            for variable in own:
                array = array * Value(each[variable], (variable,)).on(table.axes)
            found[key] = replace(table, array=np.broadcast_to(array, table.array.shape).copy())
    return found


def _plain(key: Any, table: Value, told: Setting) -> Value:
    """A table; of a function or of numbers with an index the one that has its first value everywhere."""
    if not (isinstance(key, tuple) or (isinstance(key, Head) and key in told.functions)):
        return table
    first = table.array[(slice(None), *[slice(0, 1)] * len(table.axes))]
    return replace(table, array=np.broadcast_to(first, table.array.shape).copy())


def _firsts(world: World) -> dict[Any, Value]:
    """The scalars and vectors, each with the value of the first that is drawn from the same range."""
    found: dict[Any, Value] = {}
    ranges: dict[str, Value] = {}
    for group in (world.setting.scalars, world.setting.vectors):
        for name, how in group.items():
            if name in world.tables:
                found[name] = ranges.setdefault(repr(how), world.tables[name])
    return found
