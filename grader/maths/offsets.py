"""How two values that should be equal are related: off by a constant, a factor, a power or a term.

Pure: arrays of numbers in, a sentence out. A relation counts if it holds in every world to eight digits.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

import numpy as np

from grader.maths.plain import SMALL, name

CLOSE = 1e-8
TINY = 1e-4
"""Values that are smaller are next to nothing, and related to anything."""
FEWEST = 6
"""Worlds at least, for a relation with two numbers in it to mean something."""


@dataclass(frozen=True)
class Offset:
    """`said` is "the constant −log 2" after "off by", or a whole relation; `size` ranks it among the slips."""

    note: str
    said: str
    size: int


KNOWN = {
    "log 2": math.log(2),
    "log 3": math.log(3),
    "log π": math.log(math.pi),
    "log(2π)": math.log(2 * math.pi),
    "π": math.pi,
    "e": math.e,
    "√2": math.sqrt(2),
    "√π": math.sqrt(math.pi),
    "√(2π)": math.sqrt(2 * math.pi),
}
SHARES = [Fraction(n, d) for d in (1, 2, 3, 4) for n in range(-8, 9) if n]


def offset(wrong: np.ndarray, right: np.ndarray, scalars: Mapping[str, np.ndarray]) -> Offset | None:
    """The relation of what was found to what is right, the simplest first, or None.

    `wrong` and `right` are (worlds, entries), `scalars` one number for each world.
    """
    a, b, rows = _usable(wrong, right)
    if len(np.unique(rows)) < FEWEST or np.median(np.abs(a) + np.abs(b)) < TINY:
        return None
    at = {key: np.asarray(value)[rows] for key, value in scalars.items()}
    return next((found for found in _relations(a, b, at) if found is not None), None)


def _usable(wrong: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    finite = np.isfinite(wrong) & np.isfinite(right)
    rows = np.broadcast_to(np.arange(wrong.shape[0])[:, None], wrong.shape)
    return wrong[finite], right[finite], rows[finite]


def _relations(a: np.ndarray, b: np.ndarray, scalars: Mapping[str, np.ndarray]) -> Iterator[Offset | None]:
    if _constant(b) and not _constant(a):
        # Whatever is related to a constant says nothing.
        return
    if _close(a, -b):
        yield Offset("sign", "the sign of the whole is turned", 1)
    if _constant(a - b):
        yield Offset("constant", f"off by the constant {amount(float(np.mean(a - b)))}", 1)
    nonzero = (np.abs(a) > 1e-12) & (np.abs(b) > 1e-12)
    if nonzero.mean() < 0.9:
        return
    a, b, scalars = a[nonzero], b[nonzero], {key: value[nonzero] for key, value in scalars.items()}
    ratio = a / b
    if _constant(ratio):
        yield Offset("factor", f"off by the factor {amount(float(np.mean(ratio)))}", 3)
    yield _powers(a, b)
    yield _monomial(ratio, scalars)
    yield _terms(a - b, scalars)


def _powers(a: np.ndarray, b: np.ndarray) -> Offset | None:
    with np.errstate(all="ignore"):
        related = [
            ("upside_down", "the whole is upside down", 1 / b),
            ("complement", "it is 1 minus what it should be", 1 - b),
            ("exponent", "the whole is squared", b * b),
            ("exponent", "it is the root of what it should be", np.sqrt(b)),
            ("log", "it is the logarithm of what it should be", np.log(np.where(b > 0, b, np.nan))),
            ("log", "a logarithm is missing around the whole", np.exp(np.clip(b, -300, 300))),
        ]
    return next((Offset(note, said, 2) for note, said, value in related if _close(a, value)), None)


def _monomial(ratio: np.ndarray, scalars: Mapping[str, np.ndarray]) -> Offset | None:
    """`−2σ²`: the ratio is a number times powers of the scalars, at most two of them."""
    usable = {key: value for key, value in scalars.items() if not _constant(value) and np.all(np.abs(value) > 1e-9)}
    if np.ptp(np.sign(ratio)) and all(np.all(value > 0) for value in usable.values()):
        return None
    y = np.log(np.abs(ratio))
    for count in (1, 2):
        for keys in combinations(usable, count):
            columns = np.stack([np.ones_like(y), *(np.log(np.abs(usable[key])) for key in keys)], axis=1)
            found = np.linalg.lstsq(columns, y, rcond=None)[0]
            powers = [Fraction(round(2 * power), 2) for power in found[1:]]
            if not all(powers) or max(abs(power) for power in powers) > 4:
                continue
            product = np.prod([np.abs(usable[key]) ** float(p) for key, p in zip(keys, powers, strict=True)], axis=0)
            signs = np.prod([np.sign(usable[key]) ** int(p) for key, p in zip(keys, powers, strict=True)], axis=0)
            if _constant(ratio / (product * signs)):
                factor = amount(float(np.mean(ratio / (product * signs))))
                powered = "".join(f"{name(key)}{_raised(p)}" for key, p in zip(keys, powers, strict=True))
                front = {"1": "", "−1": "−"}.get(factor, f"{factor}·")
                return Offset("factor", f"off by the factor {front}{powered}", 3)
    return None


def _raised(power: Fraction) -> str:
    if power == 1:
        return ""
    text = str(power)
    return "".join(SMALL[sign] for sign in text) if power.denominator == 1 else f"^({text})"


def _terms(difference: np.ndarray, scalars: Mapping[str, np.ndarray]) -> Offset | None:
    """`+½ log σ`: the difference is a number times one simple function of one scalar, and perhaps a constant."""
    one = np.ones_like(difference)
    for key, value in scalars.items():
        if _constant(value):
            continue
        shown = name(key)
        choices = [(shown, value), (f"{shown}²", value * value)]
        if np.all(value > 0):
            choices += [(f"log {shown}", np.log(value)), (f"1/{shown}", 1 / value), (f"1/{shown}²", 1 / value**2)]
        for said, column in choices:
            columns = np.stack([column, one], axis=1)
            found = np.linalg.lstsq(columns, difference, rcond=None)[0]
            factor, rest = (0.0 if abs(number) < CLOSE else float(number) for number in found)
            if factor and _close(columns @ found, difference) and _is_simple(factor):
                front = {"1": "+", "−1": "−"}.get(amount(factor), f"{'+' * (factor > 0)}{amount(factor)} ")
                if not rest:
                    return Offset("term", f"off by the term {front}{said}", 3)
                return Offset("term", f"off by {front}{said} and the constant {amount(rest)}", 4)
    return None


def _is_simple(value: float) -> bool:
    return any(abs(value - float(share)) < 1e-7 for share in SHARES)


def _constant(a: np.ndarray) -> bool:
    return bool(np.ptp(a) <= CLOSE * (1 + np.abs(a).max()))


def _close(a: np.ndarray, b: np.ndarray) -> bool:
    with np.errstate(all="ignore"):
        return bool(np.all(np.abs(a - b) <= CLOSE * (1 + np.abs(a) + np.abs(b))))


HALVES = {Fraction(1, 2): "½", Fraction(1, 4): "¼", Fraction(3, 4): "¾", Fraction(1, 3): "⅓", Fraction(2, 3): "⅔"}


def amount(value: float) -> str:
    """A number as a person would write it: ½, −log 2, 2π, or six digits."""
    sign = "−" if value < 0 else ""
    size = abs(value)
    for share in SHARES:
        if share > 0 and abs(size - float(share)) <= 1e-7 * (1 + size):
            return sign + HALVES.get(share, str(share))
    for shown, known in KNOWN.items():
        for share in SHARES:
            if share > 0 and abs(size - float(share) * known) <= 1e-7 * (1 + size):
                front = "" if share == 1 else HALVES.get(share, f"{share}") + ("" if len(shown) < 3 else " ")
                return f"{sign}{front}{shown}"
    return f"{sign}{size:.6g}"
