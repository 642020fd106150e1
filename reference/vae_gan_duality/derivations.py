"""The theory of the homework on VAEs, GANs and duality, derived by computer algebra.

Nothing here grades: it proves the answers that the rubric states. Every function returns a sympy expression, or a list
of them. The symbols are C > 0, λ in the open interval (−1, 0) written as −p with p in (0, 1), real a, b, w, y.
"""

from __future__ import annotations

from itertools import product

import sympy as sp

LAMBDA = sp.Symbol("lambda", real=True)
C = sp.Symbol("C", positive=True)
Y = sp.Symbol("y", real=True)
MU_P, MU_Q = sp.symbols("mu_p mu_q", real=True)
SIGMA = sp.Symbol("sigma", positive=True)
P_DATA, P_G, D = sp.symbols("p_data p_G D", positive=True)


def vector(name: str, size: int = 2) -> sp.Matrix:
    """A column of real symbols."""
    return sp.Matrix(sp.symbols(f"{name}_1:{size + 1}", real=True))


def gaussian_divergence() -> sp.Expr:
    """1.d: KL(N(μ_q, σ²), N(μ_p, σ²)), by E[z] = μ_q and E[z²] = μ_q² + σ² in the expanded log quotient."""
    z = sp.Symbol("z", real=True)
    quotient = sp.Poly(sp.expand(((z - MU_P) ** 2 - (z - MU_Q) ** 2) / (2 * SIGMA**2)), z)
    moments = [sp.Integer(1), MU_Q, MU_Q**2 + SIGMA**2]
    return sp.simplify(sum(factor * moments[power] for (power,), factor in quotient.terms()))


def best_posterior(likelihood: list[sp.Expr], prior: list[sp.Expr]) -> list[sp.Expr]:
    """1.e: the q on finitely many z at which the Lagrangian of the bound is stationary, without the multiplier."""
    q = [sp.Symbol(f"q_{k}", positive=True) for k in range(len(prior))]
    bound = sum(
        q_k * (sp.log(l_k) + sp.log(p_k) - sp.log(q_k)) for q_k, l_k, p_k in zip(q, likelihood, prior, strict=True)
    )
    lagrangian = bound + LAMBDA * (sum(q) - 1)
    free = [sp.solve(sp.diff(lagrangian, q_k), q_k)[0] for q_k in q]
    scale = sp.solve(sp.expand(sum(free) / sp.exp(LAMBDA)) * Y - 1, Y)[0]
    return [sp.simplify(f / sp.exp(LAMBDA) * scale) for f in free]


def softplus_hessian(size: int = 2) -> tuple[sp.Matrix, sp.Matrix, sp.Matrix]:
    """3.d: ∇²_a log(1 + exp(aᵀb)), with a and b."""
    a, b = vector("a", size), vector("b", size)
    return sp.hessian(sp.log(1 + sp.exp((a.T * b)[0])), list(a)), a, b


def quadratic_hessian(size: int = 2) -> sp.Matrix:
    """3.c: ∇²_a (c/2 ‖a‖² − aᵀb) for any real c."""
    a, b, c = vector("a", size), vector("b", size), sp.Symbol("c", real=True)
    return sp.hessian(c * (a.T * a)[0] / 2 - (a.T * b)[0], list(a))


def least_over_w(size: int = 2) -> tuple[sp.Expr, sp.Matrix]:
    """3.g: min over w of C/2 ‖w‖² − wᵀb, and b. Its Hessian is C·I, so that the stationary point is the minimum."""
    w, b = vector("w", size), vector("b", size)
    cost = C * (w.T * w)[0] / 2 - (w.T * b)[0]
    found = sp.solve([sp.diff(cost, entry) for entry in w], list(w), dict=True)[0]
    return sp.simplify(cost.subs(found)), b


def least_over_y() -> tuple[sp.Expr, sp.Expr]:
    """3.h: where λy + log(1 + e^y) is least, and its value there, for −1 < λ < 0.

    With u = e^y > 0 the slope is λ + u/(1 + u), which has a zero for these λ only and rises with y.
    """
    u = sp.Symbol("u")
    (root,) = sp.solve(LAMBDA + u / (1 + u), u)
    return root, sp.expand(LAMBDA * (sp.log(-LAMBDA) - sp.log(1 + LAMBDA)) + sp.log(sp.simplify(1 + root)))


def slope_over_y() -> sp.Expr:
    """3.h: the slope of λy + log(1 + e^y) in y."""
    return sp.diff(LAMBDA * Y + sp.log(1 + sp.exp(Y)), Y)


def entropy_of(multiplier: sp.Expr) -> sp.Expr:
    """h(λ) = λ log(−λ) − (1 + λ) log(1 + λ), the least value over y."""
    return multiplier * sp.log(-multiplier) - (1 + multiplier) * sp.log(1 + multiplier)


def lagrangian(
    x: list[sp.Matrix], g: list[sp.Matrix], w: sp.Matrix, y: list[sp.Expr], multipliers: list[sp.Expr]
) -> sp.Expr:
    """3.f: the Lagrangian for data x and generated points g; y and the multipliers are those of x, then those of g."""
    points = [*x, *g]
    cost = sum(sp.log(1 + sp.exp(v)) for v in y) - sum((w.T * point)[0] for point in g) + C * (w.T * w)[0] / 2
    return cost + sum(m * (v - (w.T * point)[0]) for m, v, point in zip(multipliers, y, points, strict=True))


def dual_function(x: list[sp.Matrix], g: list[sp.Matrix], multipliers: list[sp.Expr]) -> sp.Expr:
    """3.i: the least value of the Lagrangian over w and y, as the rubric states it."""
    pulled = sp.zeros(x[0].rows, 1)
    for m, point in zip(multipliers, [*x, *g], strict=True):
        pulled += m * point
    for point in g:
        pulled += point
    return -(pulled.T * pulled)[0] / (2 * C) + sum(entropy_of(m) for m in multipliers)


def best_discriminator() -> sp.Expr:
    """4.d: the zero of the slope of −p_data log D − p_G log(1 − D) in D."""
    (found,) = sp.solve(sp.diff(-P_DATA * sp.log(D) - P_G * sp.log(1 - D), D), D)
    return sp.simplify(found)


def value_against_divergence(points: int = 2) -> sp.Expr:
    """4.e: the cost at D* less log 4 − 2 JSD for two densities on finitely many points."""
    pairs = [sp.symbols(f"r_{k} g_{k}", positive=True) for k in range(points)]
    total = sp.Integer(0)
    for r, g in pairs:
        best = best_discriminator().subs({P_DATA: r, P_G: g})
        middle = (r + g) / 2
        total += -r * sp.log(best) - g * sp.log(1 - best) + r * sp.log(r / middle) + g * sp.log(g / middle)
    expanded = sp.expand(sp.expand_log(sp.together(total), force=True))
    mass = sum(sum(pair) for pair in pairs)
    return sp.simplify(sp.logcombine(expanded - mass * sp.log(2), force=True))


def is_semidefinite(matrix: sp.Matrix, at: dict[sp.Symbol, float]) -> bool:
    """Whether all principal minors of a small symmetric matrix are at least 0 at a point, up to rounding."""
    size, value = matrix.rows, matrix.subs(at)
    chosen = ([k for k, kept in enumerate(mask) if kept] for mask in product((0, 1), repeat=size) if any(mask))
    return all(float(value.extract(rows, rows).det()) >= -1e-12 for rows in chosen)
