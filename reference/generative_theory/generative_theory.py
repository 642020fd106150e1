"""Reference answers of the theory homework, by computation: numbers in numpy, formulas in sympy.

sympy is imported only where it is used: it is the right tool for what is proved once (a stationary point, a conjugate,
a second derivative), and the wrong one for judging students.
"""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np

SIDE = 5
"""Rows and columns of the map of question 4."""


# --- question 1


def pushed_density(points: np.ndarray, mu: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """The density of μ + S z_0, z_0 ~ N(0, I), at `points`: (n, K) → (n,).

    By the change of variables: q(z_0)/|det S| at z_0 = S^{-1}(g − μ). Rezende & Mohamed (2015), equation 5.
    """
    z = np.linalg.solve(matrix, (points - mu).T).T
    log_base = -0.5 * (z**2).sum(1) - 0.5 * z.shape[1] * np.log(2 * np.pi)
    return np.exp(log_base - np.linalg.slogdet(matrix)[1])


def normal_density(points: np.ndarray, mu: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """The density of N(μ, Σ) at `points`: (n, K) → (n,)."""
    gap = points - mu
    square = (gap * np.linalg.solve(covariance, gap.T).T).sum(1)
    return np.exp(-0.5 * (square + np.linalg.slogdet(covariance)[1] + mu.size * np.log(2 * np.pi)))


# --- question 3


def importance_bound(joint: np.ndarray, q: np.ndarray, k: int) -> float:
    """L_k in nats for one x, exactly: the sum over all k-tuples of h. `joint` is p(x, h), `q` is q(h), both (H,).

    Burda, Grosse & Salakhutdinov (2016), equation 8.
    """
    grids = np.meshgrid(*[np.arange(q.size)] * k, indexing="ij")
    chance = reduce(np.multiply, [q[grid] for grid in grids])
    weight = reduce(np.add, [(joint / q)[grid] for grid in grids]) / k
    return float((chance * np.log(weight)).sum())


# --- question 4


def seen(kind: str) -> frozenset[tuple[int, int]]:
    """What a 3×3 mask of type A or B lets through, as (rows down, columns right). Van den Oord et al. (2016), 3.4."""
    before = {(-1, -1), (-1, 0), (-1, 1), (0, -1)}
    return frozenset(before | ({(0, 0)} if kind == "B" else set()))


def receptive_field(kinds: str, row: int = 3, column: int = 3) -> list[tuple[int, int]]:
    """The input pixels, counted from 1, that an output pixel depends on; `kinds` is the masks' types, such as `AB`."""
    field = {(row, column)}
    for kind in reversed(kinds):
        field = {(r + down, c + right) for r, c in field for down, right in seen(kind)}
        field = {(r, c) for r, c in field if 1 <= r <= SIDE and 1 <= c <= SIDE}
    return sorted(field)


# --- question 7


def jensen_shannon(p: np.ndarray, q: np.ndarray) -> float:
    """JSD of two probability vectors in nats, with 0·log 0 = 0."""
    middle = (p + q) / 2
    with np.errstate(all="ignore"):
        parts = [np.where(one > 0, one * np.log(one / middle), 0.0).sum() for one in (p, q)]
    return float(sum(parts) / 2)


# --- formulas


def best_classifier() -> Any:
    """D* for densities f_0 and f_1 at one point, as a sympy expression: the zero of d/dD f_1 log D + f_0 log(1−D)."""
    import sympy

    d, f0, f1 = sympy.symbols("D f_0 f_1", positive=True)
    (found,) = sympy.solve(sympy.diff(f1 * sympy.log(d) + f0 * sympy.log(1 - d), d), d)
    return found


def conjugate() -> tuple[Any, Any, Any]:
    """f*(t) of f(u) = u log u, where the supremum is taken, and the second derivative there, in sympy."""
    import sympy

    u, t = sympy.Symbol("u", positive=True), sympy.Symbol("t", real=True)
    body = u * t - u * sympy.log(u)
    (best,) = sympy.solve(sympy.diff(body, u), u)
    return sympy.simplify(body.subs(u, best)), best, sympy.diff(body, u, 2)


def biconjugate() -> tuple[Any, Any, Any]:
    """f**(u), where the supremum over t is taken, and the second derivative, in sympy."""
    import sympy

    u, t = sympy.Symbol("u", positive=True), sympy.Symbol("t", real=True)
    body = u * t - sympy.exp(t - 1)
    (best,) = sympy.solve(sympy.diff(body, t), t)
    return sympy.expand(sympy.simplify(body.subs(t, best)), force=True), best, sympy.diff(body, t, 2)
