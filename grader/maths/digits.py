"""Numbers of sixty digits, for the grey zone in which rounding and a true difference look alike.

Arrays of them are object arrays, whose arithmetic numpy leaves to the numbers themselves; the standard functions are
here. A difference that is rounding shrinks with the digits, a true one stays, however small both sides are.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np

DIGITS = 60
CONTEXT = mpmath.MPContext()
CONTEXT.dps = DIGITS


def exact(array: np.ndarray) -> np.ndarray:
    """An array of floats as one of numbers with sixty digits."""
    return np.asarray(np.frompyfunc(CONTEXT.mpf, 1, 1)(array), object)


def rational(value: Fraction) -> Any:
    return CONTEXT.mpf(value.numerator) / value.denominator


def constant(name: str) -> Any:
    """π, e or ∞."""
    return {"pi": +CONTEXT.pi, "e": +CONTEXT.e, "infinity": CONTEXT.inf}[name]


def is_precise(array: np.ndarray) -> bool:
    return array.dtype == object


def _by_entry(change: Callable[[Any], Any]) -> Callable[[np.ndarray], np.ndarray]:
    return lambda array: np.asarray(np.frompyfunc(change, 1, 1)(array), object)


def _real(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A function of real numbers, which has no value (nan) where its value would be complex."""

    def changed(x: Any) -> Any:
        try:
            found = change(x)
        except (ZeroDivisionError, ValueError, OverflowError):
            return CONTEXT.nan
        return found if isinstance(found, CONTEXT.mpf) else CONTEXT.nan

    return changed


def _log(x: Any) -> Any:
    return -CONTEXT.inf if x == 0 else CONTEXT.log(x)


def _power(base: Any, exponent: Any) -> Any:
    try:
        found = CONTEXT.power(base, exponent)
    except (ZeroDivisionError, ValueError, OverflowError):
        return CONTEXT.nan
    return found if isinstance(found, CONTEXT.mpf) else CONTEXT.nan


def power(base: np.ndarray, exponent: np.ndarray) -> np.ndarray:
    """`base ** exponent`, entry by entry."""
    return np.asarray(np.frompyfunc(_power, 2, 1)(base, exponent), object)


def divide(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    """`top / bottom`, entry by entry; no value where the bottom is 0."""
    return np.asarray(np.frompyfunc(lambda a, b: a / b if b != 0 else CONTEXT.nan, 2, 1)(top, bottom), object)


FUNCTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    name: _by_entry(_real(change))
    for name, change in {
        "log": _log,
        "log2": lambda x: _log(x) / CONTEXT.log(2),
        "log10": lambda x: _log(x) / CONTEXT.log(10),
        "exp": CONTEXT.exp,
        "sqrt": CONTEXT.sqrt,
        "sin": CONTEXT.sin,
        "cos": CONTEXT.cos,
        "tan": CONTEXT.tan,
        "tanh": CONTEXT.tanh,
        "sinh": CONTEXT.sinh,
        "cosh": CONTEXT.cosh,
        "sigmoid": lambda x: 1 / (1 + CONTEXT.exp(-x)),
        "softplus": lambda x: CONTEXT.log(1 + CONTEXT.exp(x)),
        "abs": abs,
        "sign": CONTEXT.sign,
    }.items()
}
"""`exp`, `log` and the others of one real number, for arrays of sixty digits."""
