"""Arithmetic of plain numbers, and of vectors and matrices as small arrays: what `models` evaluates trees with."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.maths.tree import Add, Divide, Function, Gaussian, Matrix, Multiply, Power, Tuple

if TYPE_CHECKING:
    from benchmarks.derivations.models import Model

Env = Mapping[str, Any]
Found = float | np.ndarray


class Unknown(Exception):  # noqa: N818 - named for what it says
    """It has no value that is known here."""


def plain(found: Found) -> Found:
    if isinstance(found, np.ndarray) and found.size == 1:
        return float(found.reshape(-1)[0])
    return found if isinstance(found, np.ndarray) else float(found)


def product(a: Found, b: Found) -> Found:
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return np.asarray(a @ b)
    if not isinstance(a, np.ndarray) and not isinstance(b, np.ndarray):
        return 0.0 if 0 in (a, b) else a * b
    return a * b


def log(x: Found) -> Found:
    if isinstance(x, np.ndarray):
        return np.log(x)
    return -math.inf if x == 0 else math.nan if x < 0 else math.log(x)


def kl(a: float, b: float) -> float:
    return 0.0 if a == 0 else math.inf if b == 0 else a * math.log(a / b) if a / b > 0 else math.nan


def difference(moved: Callable[[float], Found]) -> Any:
    """A central difference of fourth order."""
    h = 2e-3
    return (moved(-2 * h) - 8 * moved(-h) + 8 * moved(h) - moved(2 * h)) / (12 * h)


def total(model: Model, node: Add, env: Env) -> Found:
    found = [model.value(term, env) for term in node.terms]
    whole = found[0]
    for one in found[1:]:
        zero = np.all(one == 0) or np.all(whole == 0)
        if isinstance(one, np.ndarray) != isinstance(whole, np.ndarray) and not zero:
            raise Unknown("a number and a vector are added")
        whole = whole + one
    return whole


def times(model: Model, node: Multiply, env: Env) -> Found:
    total = model.value(node.factors[0], env)
    for factor in node.factors[1:]:
        total = plain(product(total, model.value(factor, env)))
    return total


def quotient(model: Model, node: Divide, env: Env) -> Found:
    top, bottom = model.value(node.top, env), model.value(node.bottom, env)
    if isinstance(bottom, np.ndarray):
        raise Unknown("something is divided by a vector")
    if bottom == 0:
        return math.nan if not isinstance(top, np.ndarray) and top == 0 else top * math.inf
    return top / bottom


def power(model: Model, node: Power, env: Env) -> Found:
    base, exponent = model.value(node.base, env), model.number(node.exponent, env)
    if not isinstance(base, np.ndarray):
        return float(base) ** exponent if base >= 0 or exponent == round(exponent) else math.nan
    if base.shape[0] == base.shape[1] and exponent == -1:
        return np.asarray(np.linalg.inv(base))
    if base.shape[1] == 1 and exponent == 2:
        return np.asarray(base.T @ base)
    raise Unknown("this power of a vector or matrix")


def function(model: Model, node: Function, env: Env) -> Found:
    name = node.name
    if name in ("max", "min") and isinstance(node.body, Tuple):
        entries = [model.number(entry, env) for entry in node.body.entries]
        return max(entries) if name == "max" else min(entries)
    if name == "diag" and isinstance(node.body, Power):
        return np.diag(np.asarray(model.value(node.body.base, env))[:, 0] ** model.number(node.body.exponent, env))
    x = model.value(node.body, env)
    if isinstance(x, np.ndarray):
        found = OF_MATRICES.get(name)
        if found is None or (name in ("det", "inverse") and x.shape[0] != x.shape[1]):
            raise Unknown(f"{name} of a vector or matrix")
        return found(x)
    if name in ("transpose", "det", "trace", "diag"):
        return x
    if name not in OF_NUMBERS:
        raise Unknown(name)
    return OF_NUMBERS[name](x)


def _size(x: np.ndarray) -> Any:
    return np.linalg.det(x) if x.shape[0] == x.shape[1] else np.linalg.norm(x)


OF_MATRICES: dict[str, Callable[[np.ndarray], Any]] = {
    "transpose": np.transpose,
    "inverse": np.linalg.inv,
    "det": np.linalg.det,
    "trace": np.trace,
    "norm": np.linalg.norm,
    "abs": _size,
    "exp": np.exp,
    "log": np.log,
    "diag": lambda x: np.diag(x[:, 0]),
}
OF_NUMBERS: dict[str, Callable[[float], Any]] = {
    "log": log,
    "exp": lambda x: math.exp(x) if x < 700 else math.inf,
    "sqrt": math.sqrt,
    "abs": abs,
    "norm": abs,
    "sin": math.sin,
    "cos": math.cos,
    "tanh": math.tanh,
    "inverse": lambda x: 1 / x,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "softplus": lambda x: math.log1p(math.exp(x)),
    "sign": lambda x: float(np.sign(x)),
}


def normal(model: Model, node: Gaussian, env: Env) -> Found:
    if node.at is None:
        raise Unknown("of which variable a normal density is")
    at, mean, variance = (model.value(part, env) for part in (node.at, node.mean, node.variance))
    gap = at - mean
    if isinstance(variance, np.ndarray):
        square = float((gap.T @ np.linalg.inv(variance) @ gap)[0, 0])  # type: ignore[union-attr]
        size = variance.shape[0]
        return math.exp(-square / 2) / math.sqrt((2 * math.pi) ** size * float(np.linalg.det(variance)))
    if isinstance(gap, np.ndarray):
        square, size = float(np.sum(gap * gap)) / variance, gap.shape[0]
        return math.exp(-square / 2) / (2 * math.pi * variance) ** (size / 2)
    return math.exp(-gap * gap / (2 * variance)) / math.sqrt(2 * math.pi * variance)


def written(model: Model, node: Matrix, env: Env) -> Found:
    return np.array([[model.number(entry, env) for entry in row] for row in node.rows])
