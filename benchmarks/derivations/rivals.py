"""Other readers and deciders on the same pairs of formulas: how many they read and decide, how many wrongly, how fast.

latex2sympy2_extended reads LaTeX into sympy, whose `simplify` and `equals` then decide; math-verify does both on its
own. Each pair has a time limit, for some of these don't end. They are only needed here.
"""

from __future__ import annotations

import contextlib
import logging
import signal
import statistics
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

SECONDS = 3


@dataclass(frozen=True)
class Pair:
    """Two formulas in LaTeX, and whether they are equal."""

    left: str
    right: str
    equal: bool


@dataclass(frozen=True)
class Scores:
    """How a decider did: pairs read, decided and decided wrongly, and the milliseconds of each."""

    name: str
    read: int
    decided: int
    wrong: int
    milliseconds: Sequence[float]

    def line(self, pairs: int) -> str:
        right = self.decided - self.wrong
        middle = statistics.median(self.milliseconds)
        return (
            f"  {self.name:<34}{self.read:>6}{self.decided:>9}{right:>8}{self.wrong:>8}"
            f"{middle:>10.1f}{max(self.milliseconds):>10.0f}   of {pairs}"
        )


class TooSlow(Exception):  # noqa: N818 - what the alarm says
    pass


@contextlib.contextmanager
def _limited() -> Iterator[None]:
    def ring(*_: object) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


Decide = Callable[[Any, Any], bool | None]
Read = Callable[[str], Any]


def scores(name: str, pairs: Sequence[Pair], read: Read, decide: Decide) -> Scores:
    """What a reader and a decider make of the pairs."""
    found, decided, wrong, times = 0, 0, 0, []
    for pair in pairs:
        start = time.perf_counter()
        verdict: bool | None = None
        try:
            with _limited():
                left, right = read(pair.left), read(pair.right)
                if left is not None and right is not None:
                    found += 1
                    verdict = decide(left, right)
        except (Exception, TooSlow):  # noqa: BLE001, RUF100 - whatever a rival raises, it has not decided
            verdict = None
        times.append(1000 * (time.perf_counter() - start))
        decided += verdict is not None
        wrong += verdict is not None and verdict != pair.equal
    return Scores(name, found, decided, wrong, times)


def rivals(pairs: Sequence[Pair]) -> Iterator[Scores]:
    """All that are installed."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    try:
        from latex2sympy2_extended import latex2sympy
        from sympy import simplify
    except ImportError:
        print("  latex2sympy2_extended and sympy are not installed; they are left out")
    else:
        yield scores("latex2sympy2_extended + simplify", pairs, latex2sympy, lambda a, b: bool(simplify(a - b) == 0))
        yield scores("latex2sympy2_extended + equals", pairs, latex2sympy, lambda a, b: a.equals(b))
    try:
        from math_verify import parse, verify
    except ImportError:
        print("  math-verify is not installed; it is left out")
        return

    def read(text: str) -> Any:
        return parse(f"${text}$", parsing_timeout=None) or None

    yield scores("math-verify", pairs, read, lambda a, b: bool(verify(a, b, timeout_seconds=None)))
