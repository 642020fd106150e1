"""The reference answers of the derivations, found by sympy from definitions; a test compares them with the rubric.

sympy is imported where it is used: what the code question runs does not need it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sympy

POINTS = 3
"""Values of z in the finite models. Sums over z carry weights w, as in the worlds of the rubric."""


def kl_of_gaussians() -> sympy.Expr:
    """KL(N(mu_q, sigma^2), N(mu_p, sigma^2)) in mu_q, mu_p and sigma, in nats, by integration over z."""
    import sympy

    z, mu_q, mu_p = sympy.symbols("z mu_q mu_p", real=True)
    sigma = sympy.Symbol("sigma", positive=True)
    q = sympy.exp(-((z - mu_q) ** 2) / (2 * sigma**2)) / sympy.sqrt(2 * sympy.pi * sigma**2)
    ratio = ((z - mu_p) ** 2 - (z - mu_q) ** 2) / (2 * sigma**2)
    return sympy.factor(sympy.integrate(q * sympy.expand(ratio), (z, -sympy.oo, sympy.oo)))


def best_q() -> list[sympy.Expr]:
    """q_k for each z_k where the Lagrangian is stationary and the constraint holds; in l_k = p(x|z_k), p_k and w_k."""
    import sympy

    q, likelihood, prior, weight = (sympy.symbols(f"{name}:{POINTS}", positive=True) for name in "qlpw")
    multiplier = sympy.Symbol("lambda", real=True)
    terms = zip(weight, q, likelihood, prior, strict=True)
    objective = sum(w * a * (sympy.log(b) - sympy.log(a / p)) for w, a, b, p in terms)
    mass = sum(w * a for w, a in zip(weight, q, strict=True))
    lagrangian = objective + multiplier * (mass - 1)
    stationary = [sympy.solve(sympy.diff(lagrangian, a), a)[0] for a in q]
    total = sum(w * a for w, a in zip(weight, stationary, strict=True))
    # Every q_k is e^(λ−1) times something, so that the constraint divides by the sum.
    return [sympy.simplify(a / total) for a in stationary]


def gap_of_the_bound() -> sympy.Expr:
    """log p(x) minus the bound minus KL(q(z|x), p(z|x)): 0 for every q, so that the bound is one (Jensen)."""
    import sympy

    likelihood, prior, weight = (sympy.symbols(f"{name}:{POINTS}", positive=True) for name in "lpw")
    free = sympy.symbols(f"q:{POINTS}", positive=True)
    mass = sum(w * a for w, a in zip(weight, free, strict=True))
    q = [a / mass for a in free]
    evidence = sum(w * b * p for w, b, p in zip(weight, likelihood, prior, strict=True))
    rows = list(zip(weight, q, likelihood, prior, strict=True))
    bound = sum(w * a * (sympy.log(b) + sympy.log(p) - sympy.log(a)) for w, a, b, p in rows)
    to_posterior = sum(
        w * a * (sympy.log(a) - sympy.log(b) - sympy.log(p) + sympy.log(evidence)) for w, a, b, p in rows
    )
    return sympy.simplify(sympy.expand(sympy.log(evidence) - bound - to_posterior))
