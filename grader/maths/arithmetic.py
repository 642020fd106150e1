"""Arithmetic of numbers, vectors and matrices, and the standard functions of one argument."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import reduce

import numpy as np

from grader.maths import digits
from grader.maths.scope import Scope
from grader.maths.tree import Add, Constant, Divide, Function, Matrix, Multiply, Negative, Power, Tuple
from grader.maths.values import Undecided, Value, add, elementwise, multiply, scalar

MAX_EXPONENT = 400
MAX_EXPONENT_PRECISE = 10_000


def add_of(node: Add, scope: Scope) -> Value:
    return reduce(add, (scope.value(term) for term in node.terms))


def negative_of(node: Negative, scope: Scope) -> Value:
    return scope.value(node.body).map(np.negative)


def multiply_of(node: Multiply, scope: Scope) -> Value:
    return reduce(multiply, (scope.value(factor) for factor in node.factors))


def divide_of(node: Divide, scope: Scope) -> Value:
    top, bottom = scope.value(node.top), scope.value(node.bottom)
    if bottom.matrix and not (bottom.array.shape[-1] == 1 and (not top.matrix or top.array.shape[-1] == 1)):
        raise Undecided("something is divided by a matrix")
    # Columns are divided entry by entry.
    return elementwise(divided, top, bottom)


def divided(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    if digits.is_precise(top) or digits.is_precise(bottom):
        return digits.divide(top, bottom)
    return np.asarray(np.divide(top, bottom))


def power_of(node: Power, scope: Scope) -> Value:
    base, exponent = scope.value(node.base), scope.value(node.exponent)
    if exponent.matrix:
        raise Undecided("an exponent is a vector or a matrix")
    if base.matrix:
        return _matrix_power(base, exponent)
    if isinstance(node.base, Constant) and node.base.name == "e":
        return exponent.map(exp)
    highest = MAX_EXPONENT_PRECISE if scope.world.precise else MAX_EXPONENT
    if np.any(np.abs(exponent.array.real) > highest):
        raise Undecided(f"an exponent is larger than {highest}")
    return elementwise(digits.power if scope.world.precise else _raised, base, exponent)


def _raised(base: np.ndarray, exponent: np.ndarray) -> np.ndarray:
    whole = not np.iscomplexobj(exponent) and bool(np.all(exponent == np.round(exponent)))
    if whole and np.size(exponent) and np.all(exponent == exponent.flat[0]) and abs(exponent.flat[0]) <= 16:
        k = int(exponent.flat[0])
        found = reduce(np.multiply, [base] * abs(k)) if k else np.ones_like(base)
        return np.asarray(1 / found if k < 0 else found)
    return np.asarray(np.power(base, exponent))


def _matrix_power(base: Value, exponent: Value) -> Value:
    k = exponent.array.ravel()[0].real
    square = base.array.shape[-1] == base.array.shape[-2]
    if k == 2 and not square and 1 in base.array.shape[-2:]:
        return scalar(multiply(transposed(base) if base.array.shape[-1] == 1 else base, base))
    if not square or k not in (-1, 2) or not np.all(exponent.array == k):
        raise Undecided("this power of a vector or a matrix is not defined")
    return inverted(base) if k == -1 else multiply(base, base)


def transposed(value: Value) -> Value:
    return replace(value, array=np.swapaxes(value.array, -1, -2)) if value.matrix else value


def inverted(value: Value) -> Value:
    if not value.matrix:
        return value.map(lambda a: 1 / a)
    if value.array.shape[-1] != value.array.shape[-2]:
        raise Undecided("only a square matrix has an inverse")
    with np.errstate(all="ignore"):
        singular = ~(np.abs(np.linalg.det(value.array)) > 0)
        # LAPACK would refuse all worlds for the sake of one.
        safe = np.where(singular[..., None, None], np.eye(value.array.shape[-1]), value.array)
        return replace(value, array=np.where(singular[..., None, None], np.nan, np.linalg.inv(safe)))


def function_of(node: Function, scope: Scope) -> Value:
    name = node.name
    if name in ("max", "min") and isinstance(node.body, Tuple):
        entries = [scope.value(entry) for entry in node.body.entries]
        chosen = np.maximum if name == "max" else np.minimum
        return reduce(lambda a, b: elementwise(chosen, a, b), entries)
    if name == "diag" and isinstance(node.body, Power):
        return _diagonal(_entries_raised(node.body, scope))
    body = scope.value(node.body)
    if name in MATRIX_FUNCTIONS:
        return MATRIX_FUNCTIONS[name](body)
    if body.matrix and name not in ("exp", "log"):
        raise Undecided(f"{name} of a vector or a matrix is not defined")
    if name not in SCALAR_FUNCTIONS:
        raise Undecided(f"{name} is not known here")
    if not scope.world.precise:
        return body.map(SCALAR_FUNCTIONS[name])
    if name not in digits.FUNCTIONS:
        raise Undecided(f"{name} is not known to so many digits")
    return body.map(digits.FUNCTIONS[name])


def _entries_raised(node: Power, scope: Scope) -> Value:
    """A power of a vector entry by entry, as it is meant in diag(σ²)."""
    base, exponent = scope.value(node.base), scope.value(node.exponent)
    if not base.matrix or base.array.shape[-1] != 1 or exponent.matrix:
        return power_of(node, scope)
    wide = Value(exponent.array[..., None, None], exponent.axes, True)
    return elementwise(_raised, base, wide)


def log(x: np.ndarray) -> np.ndarray:
    if digits.is_precise(x):
        return digits.FUNCTIONS["log"](x)
    # A negative number has no real logarithm; a complex one is a moved real one.
    if np.iscomplexobj(x):
        return np.where(x.real < 0, np.nan, np.log(np.where(x.real < 0, 1.0, x)))
    return np.asarray(np.log(x))


def exp(x: np.ndarray) -> np.ndarray:
    return digits.FUNCTIONS["exp"](x) if digits.is_precise(x) else np.asarray(np.exp(x))


def root(x: np.ndarray) -> np.ndarray:
    return digits.FUNCTIONS["sqrt"](x) if digits.is_precise(x) else np.asarray(np.sqrt(x))


def _softplus(x: np.ndarray) -> np.ndarray:
    return np.asarray(np.logaddexp(0, x) if not np.iscomplexobj(x) else np.log(1 + np.exp(x)))


def _absolute(x: np.ndarray) -> np.ndarray:
    return np.asarray(x * np.sign(x.real) if np.iscomplexobj(x) else np.abs(x))


def _factorial(x: np.ndarray) -> np.ndarray:
    if np.iscomplexobj(x) or np.any(x != np.round(x)) or np.any(x < 0) or np.any(x > 100):
        raise Undecided("a factorial is taken of something that is no small whole number")
    return np.array([math.factorial(int(v)) for v in x.ravel()], float).reshape(x.shape)


SCALAR_FUNCTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "log": log,
    "log2": lambda x: log(x) / math.log(2),
    "log10": lambda x: log(x) / math.log(10),
    "exp": np.exp,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "tanh": np.tanh,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "softplus": _softplus,
    "abs": _absolute,
    "sign": lambda x: np.sign(x.real),
    "floor": lambda x: np.floor(x.real),
    "ceil": lambda x: np.ceil(x.real),
    "factorial": _factorial,
}


def _norm(value: Value) -> Value:
    if not value.matrix:
        return value.map(_absolute)
    return Value(np.sqrt((value.array * value.array).sum(axis=(-1, -2))), value.axes)


def determinant(value: Value) -> Value:
    if not value.matrix:
        return value
    if value.array.shape[-1] != value.array.shape[-2]:
        raise Undecided("only a square matrix has a determinant")
    with np.errstate(all="ignore"):
        return Value(np.linalg.det(value.array), value.axes)


def _diagonal(value: Value) -> Value:
    if not value.matrix:
        return value
    if value.array.shape[-1] != 1:
        raise Undecided("diag of a matrix is not defined here")
    return replace(value, array=value.array * np.eye(value.array.shape[-2]))


def _trace(value: Value) -> Value:
    return Value(np.trace(value.array, axis1=-2, axis2=-1), value.axes) if value.matrix else value


def _abs_of(value: Value) -> Value:
    """|S| of a square matrix is its determinant, as the field writes it; of a vector its length.

    Some mean the absolute value of the determinant: where the two differ, |S| has no value.
    """
    if value.matrix and value.array.shape[-1] == value.array.shape[-2]:
        return determinant(value).map(lambda a: np.where(a.real < 0, np.nan, a))
    return _norm(value)


MATRIX_FUNCTIONS: dict[str, Callable[[Value], Value]] = {
    "transpose": transposed,
    "inverse": inverted,
    "det": determinant,
    "trace": _trace,
    "diag": _diagonal,
    "norm": _norm,
    "abs": _abs_of,
}


def matrix_of(node: Matrix, scope: Scope) -> Value:
    rows = [[scope.value(entry) for entry in row] for row in node.rows]
    if len({len(row) for row in rows}) != 1 or any(entry.matrix or entry.axes for row in rows for entry in row):
        raise Undecided("a matrix that is written out has entries that don't fit")
    return Value(np.stack([np.stack([e.array for e in row], axis=-1) for row in rows], axis=-2), (), True)
