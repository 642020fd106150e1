"""Derivatives, by complex steps, and extrema.

A complex step x + i·h with h = 1e-30 gives the derivative exactly to rounding, because every function here is analytic
where it is used. A second derivative is a central difference of these.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeGuard

import numpy as np

from grader.maths.arithmetic import inverted, transposed
from grader.maths.lookup import component, head_of, space_of, symbol, taken_at
from grader.maths.scope import Scope
from grader.maths.setting import SEARCHED, Head
from grader.maths.tree import Apply, Derivative, Extremum, Function, Node, Symbol
from grader.maths.values import Undecided, Value, add, elementwise, multiply

STEP = 1e-30
SECOND = 1e-3
Direction = Value | np.ndarray | float | complex
NEAR = 1e-8
"""A step of Newton's that changes the value by less than rounding, for the slope is zero there."""
NARROWED = 55
"""How often an interval is narrowed to 0.618 of it: from 120 to 4e-10, where the value at a peak is exact."""
GOLDEN = (math.sqrt(5) - 1) / 2


def derivative(node: Derivative, scope: Scope) -> Value:
    """A first or second derivative with respect to a scalar, an entry of a table, or a vector."""
    if scope.world.precise:
        raise Undecided("a derivative is not known to so many digits")
    if node.order == 1:
        return _first(node, scope)
    if node.order != 2:
        raise Undecided("derivatives of third or higher order are not taken")
    return _second(node, scope)


def _first(node: Derivative, scope: Scope) -> Value:
    if _is_entry(node.by, scope):
        return component(node.by, _first(replace(node, by=Symbol(node.by.name), gradient=True), scope), scope)
    if isinstance(node.by, Function) and node.by.name == "transpose":
        return transposed(_first(replace(node, by=node.by.body), scope))  # ∂/∂aᵀ is the row of slopes
    name, here, arguments = _moved(node.by, scope)
    if here.matrix:
        return _gradient(node, name, here, scope)
    found = _slope(node.body, name, scope, here, 1.0)
    if not set(here.axes) <= set(found.axes):
        found = _functional(node.body, name, here, scope)
    wanted = {v: n for v, n in arguments.items() if v in found.axes}
    return taken_at(found, wanted, scope) if wanted else found


def _is_entry(by: Node, scope: Scope) -> TypeGuard[Symbol]:
    """Whether it is one entry of a vector, as in ∂/∂a_i."""
    found = scope.of(by.name) if isinstance(by, Symbol) and by.indices else None
    return found is not None and found.matrix


def _slope(body: Node, name: str, scope: Scope, here: Value, direction: Direction) -> Value:
    """The slope of a body where a name moves from `here` in a direction."""
    if any(np.iscomplexobj(v.array) for v in (*scope.replaced.values(), *scope.real.values())):
        # A derivative around this one moves something by a complex step, and two of them would mix.
        return _difference(body, name, scope, here, direction)
    moved = _stepped(here, _times(1j * STEP, direction))
    return scope.replacing(name, moved).value(body).map(lambda a: a.imag / STEP)


def _difference(body: Node, name: str, scope: Scope, here: Value, direction: Direction) -> Value:
    """A central difference of fourth order: right to about eleven digits."""
    moved = [_stepped(here, _times(k * SECOND, direction)) for k in (-2, -1, 1, 2)]
    found = [scope.replacing(name, there).value(body) for there in moved]
    return elementwise(lambda a, b, c, d: (a - 8 * b + 8 * c - d) / (12 * SECOND), *found)


def _times(step: complex, direction: Direction) -> Direction:
    return direction.map(lambda a: step * a) if isinstance(direction, Value) else step * direction


def _functional(body: Node, name: str, here: Value, scope: Scope) -> Value:
    """∂/∂D(x) of a sum over x: the table is moved at one point after the other, on an axis of its own.

    With the weights of the space divided out, this is the functional derivative.
    """
    step: Value | None = None
    for axis in here.axes:
        size = here.array.shape[1 + here.axes.index(axis)]
        eye = Value(np.tile(np.eye(size), (scope.world.count, 1, 1)), (axis, f"\2{axis}"))
        step = eye if step is None else multiply(step, eye)
    assert step is not None
    found = _slope(body, name, scope, here, step)
    for axis in here.axes:
        # A variable that the body still depends on was not summed over: there only the point itself counts.
        summed = axis not in found.axes and f"\2{axis}" in found.axes
        found = found.renamed({f"\2{axis}": axis})
        if summed and axis in scope.world.weights:
            found = elementwise(np.divide, found, Value(scope.world.weights[axis], (axis,)))
    return found


def _moved(by: Node, scope: Scope) -> tuple[str, Value, Mapping[str, Node]]:
    """What a derivative is taken with respect to: its name, its value now, and the arguments that were written."""
    if isinstance(by, Apply):
        own, given = (tuple(space_of(a, scope) for a in part) for part in (by.arguments, by.given))
        written = dict(zip(own + given, (*by.arguments, *by.given), strict=True))
        table = scope.replaced.get(by.function)
        if table is None:
            table = scope.world.tables.get(Head(by.function, own, given))
        return by.function, table if table is not None else scope.world.density(by.function, own, given), written
    if isinstance(by, Symbol):
        return _moved_symbol(by, scope)
    raise Undecided("a derivative is taken with respect to something that is no name")


def _moved_symbol(by: Symbol, scope: Scope) -> tuple[str, Value, Mapping[str, Node]]:
    if by.name in scope.real:
        return by.name, scope.real[by.name], {}
    found = scope.of(by.name)
    if found is not None and not by.indices:
        return by.name, found, {}
    if by.indices:
        names = [index.name for index in by.indices if isinstance(index, Symbol)]
        return f"{by.name}_{','.join(names)}", symbol(by, scope), {}
    head = head_of(by.name, scope)
    own, given = (tuple(Symbol(v) for v in part) for part in (head.own, head.given))
    return _moved(Apply(by.name, own, given), scope)


def _gradient(node: Derivative, name: str, here: Value, scope: Scope) -> Value:
    """The gradient of a number as a column, or the Jacobian ∂g/∂z of a column, a row for each entry of g."""
    if here.array.shape[-1] != 1:
        raise Undecided("a derivative is taken with respect to a matrix")
    parts = []
    for row in range(here.array.shape[-2]):
        parts.append(_slope(node.body, name, scope, here, np.eye(here.array.shape[-2])[:, [row]]))
    if parts[0].matrix and parts[0].array.shape[-2] == 1:
        return _columns(parts, axis=-2)
    if parts[0].matrix and (node.gradient or parts[0].array.shape[-1] != 1):
        raise Undecided("a gradient is taken of a vector")
    if parts[0].matrix:
        return _columns(parts, axis=-1)
    return _columns([Value(part.array[..., None, None], part.axes, True) for part in parts], axis=-2)


def _stepped(here: Value, step: Direction) -> Value:
    return elementwise(np.add, here, step) if isinstance(step, Value) else here.map(lambda a: a + step)


def _columns(parts: list[Value], axis: int) -> Value:
    """Matrices side by side, or one above the other."""
    axes = tuple(dict.fromkeys(name for part in parts for name in part.axes))
    shape = np.broadcast_shapes(*(part.on(axes).shape for part in parts))
    return Value(np.concatenate([np.broadcast_to(part.on(axes), shape) for part in parts], axis=axis), axes, True)


def _second(node: Derivative, scope: Scope) -> Value:
    """A central difference of the exact first derivative."""
    first = replace(node, order=1)
    if _is_entry(node.by, scope):
        return _first(replace(first, body=first), scope)
    name, here, _ = _moved(node.by, scope)

    def difference(direction: Direction) -> Value:
        return _difference(first, name, scope, here, direction)

    if not (here.matrix and node.gradient):
        return difference(1.0)
    rows = here.array.shape[-2]
    return _columns([difference(np.eye(rows)[:, [k]]) for k in range(rows)], axis=-1)


def extremum(node: Extremum, scope: Scope) -> Value:
    """The largest or smallest value of a body with one peak, over a real variable or a vector."""
    if scope.world.precise:
        raise Undecided("an extremum is not known to so many digits")
    if len(node.over) != 1 or node.kind.startswith("arg"):
        raise Undecided("this extremum has no value here")
    name = node.over[0].name
    if name in scope.world.setting.vectors:
        return _by_newton(node.body, name, scope)
    interval = scope.world.setting.scalars.get(name)
    if isinstance(interval, str) and interval in SEARCHED:
        return _by_golden_section(node, name, SEARCHED[interval], scope, interval == "ray")
    if not isinstance(interval, list | tuple):
        raise Undecided(f"`{name}` has no declared range to look through")
    return _by_golden_section(node, name, (float(interval[0]), float(interval[1])), scope)


def _by_golden_section(
    node: Extremum, name: str, interval: tuple[float, float], scope: Scope, by_logarithm: bool = False
) -> Value:
    """The value at the peak, looked for in an interval; `by_logarithm` that of the variable's logarithm."""
    sign = 1.0 if node.kind in ("sup", "max") else -1.0
    change = np.exp if by_logarithm else np.positive
    axes = scope.with_real(name, Value(change(np.full(scope.world.count, sum(interval) / 2)))).value(node.body).axes

    def value(at: np.ndarray) -> np.ndarray:
        found = scope.with_real(name, Value(change(at), axes)).value(node.body)
        return np.asarray(np.nan_to_num(sign * found.on(axes), nan=-np.inf))

    start = np.broadcast_to(0.0, value(np.full((scope.world.count, *[1] * len(axes)), sum(interval) / 2)).shape)
    low, high = start + interval[0], start + interval[1]
    left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_left, at_right = value(left), value(right)
    for _ in range(NARROWED):
        better = at_left > at_right
        high, low = np.where(better, right, high), np.where(better, low, left)
        new = np.where(better, high - GOLDEN * (high - low), low + GOLDEN * (high - low))
        at_new = value(new)
        left, right = np.where(better, new, right), np.where(better, left, new)
        at_left, at_right = np.where(better, at_new, at_right), np.where(better, at_left, at_new)
    return Value(sign * value((low + high) / 2), axes)


def _by_newton(body: Node, name: str, scope: Scope) -> Value:
    """Newton's steps: exact at once for a quadratic body."""
    here = scope.of(name)
    assert here is not None
    for _ in range(12):
        inner = scope.replacing(name, here)
        slope = inner.value(Derivative(body, Symbol(name), 1, True))
        bend = inner.value(Derivative(body, Symbol(name), 2, True))
        step = multiply(inverted(bend), slope)
        here = add(here, step.map(np.negative))
        if np.max(np.abs(step.array), initial=0.0) < NEAR:
            break
    return scope.replacing(name, here).value(body)
