"""The reference answers of the exam questions, and of the game of a GAN, found by sympy from their definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sympy


def kl_from_standard_normal() -> sympy.Expr:
    """KL(N(mu, sigma^2), N(0, 1)) in mu and sigma, in nats, by integration over x."""
    import sympy

    x, mu = sympy.symbols("x mu", real=True)
    sigma = sympy.Symbol("sigma", positive=True)
    q = sympy.exp(-((x - mu) ** 2) / (2 * sigma**2)) / sympy.sqrt(2 * sympy.pi * sigma**2)
    ratio = x**2 / 2 - (x - mu) ** 2 / (2 * sigma**2) - sympy.log(sigma)
    return sympy.simplify(sympy.integrate(q * sympy.expand(ratio), (x, -sympy.oo, sympy.oo)))


def optimal_discriminator() -> sympy.Expr:
    """D at which -a log D - b log(1 - D) is smallest, in a = p_data(x) and b = p_G(x)."""
    import sympy

    a, b, d = sympy.symbols("a b d", positive=True)
    integrand = -a * sympy.log(d) - b * sympy.log(1 - d)
    (found,) = sympy.solve(sympy.diff(integrand, d), d)
    assert sympy.simplify(sympy.diff(integrand, d, 2).subs(d, found)).is_positive
    return found


def value_at_the_optimum() -> tuple[sympy.Expr, sympy.Expr]:
    """The integrand of the game at the best D, and that of log 4 - 2 JSD; equal where p_data and p_G have mass 1.

    Both in a = p_data(x) and b = p_G(x). log 4 is spread over x as (a + b)/2 · log 4.
    """
    import sympy

    a, b = sympy.symbols("a b", positive=True)
    best = optimal_discriminator()
    game = -a * sympy.log(best) - b * sympy.log(1 - best)
    middle = (a + b) / 2
    jsd = (a * sympy.log(a / middle) + b * sympy.log(b / middle)) / 2
    return game, middle * sympy.log(4) - 2 * jsd
