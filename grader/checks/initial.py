"""The law of the initial weights: the entries of many freshly built modules against the reference's own.

Both halves of the question are here. A parameter that is constant in the reference must hold that constant. For all
others, two samples are compared, the student's and the reference's, drawn from different seeds, by two tests with
exact bounds under any law: the two-sample Kolmogorov-Smirnov statistic, and how many entries of one sample lie
beyond all entries of the other. They refuse a right initialisation with probability below ERROR over all parameters.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.checks.diagnose import number
from grader.model import Fact, Outcome, Values
from grader.values import cases, under

ERROR = 1e-6
BUILDS = (16, 200)
"""Fewest and most modules that are built; the larger a module is, the fewer give enough entries."""
ENTRIES = 2_000_000
KEPT = 20_000
"""Entries of one parameter that are kept over all builds."""
TESTS = 3
"""Tests of one parameter: Kolmogorov-Smirnov, and the support from either side."""


# ---- inside the box


def drawn(build: Callable[[int], Any], seed: int) -> dict[str, np.ndarray]:
    """Entries of every trainable parameter in freshly built modules, as (builds, entries)."""
    first = [p for p in build(seed).parameters() if p.requires_grad]
    size = sum(p.numel() for p in first)
    builds = int(np.clip(ENTRIES // max(size, 1), *BUILDS))
    per_build = KEPT // builds
    rng = np.random.default_rng(seed)
    chosen = [rng.permutation(p.numel())[:per_build] for p in first]
    rows: list[list[np.ndarray]] = [[] for _ in first]
    for k in range(builds):
        parameters = [p for p in build(seed + k).parameters() if p.requires_grad]
        for row, p, places in zip(rows, parameters, chosen, strict=True):
            row.append(p.detach().reshape(-1).float().numpy()[places])
    return {f"initial/{k}": np.array(row) for k, row in enumerate(rows)}


# ---- outside


def judged(expected: Values, observed: Values, spreads: tuple[float, ...]) -> Outcome:
    """Whether every parameter begins with the reference's law, up to one of the factors in its spread."""
    want, have, names = _matched(expected, observed)
    if not want:
        return Outcome(1.0, "there are no trainable parameters to begin with")
    level = ERROR / (TESTS * len(want) * len(spreads))
    for k, (w, h) in enumerate(zip(want, have, strict=True)):
        slip = _slip(names[k], w, h, spreads, level)
        if slip:
            return Outcome(0.0, slip[0], _spreads(w, h), slip[1])
    plural = "" if len(want) == 1 else "s"
    return Outcome(1.0, f"the {len(want)} parameter{plural} begin with the right law ({_count(have)} entries tested)")


def _spreads(want: np.ndarray, have: np.ndarray) -> tuple[Fact, ...]:
    with np.errstate(invalid="ignore", over="ignore"):
        told = [number(float(np.std(sample))) for sample in (want, have)]
    return Fact("expected standard deviation", told[0]), Fact("observed standard deviation", told[1])


def _count(samples: list[np.ndarray]) -> int:
    return int(sum(sample.size for sample in samples))


def _matched(expected: Values, observed: Values) -> tuple[list[np.ndarray], list[np.ndarray], list[str]]:
    """Samples of both sides, parameter by parameter: equal shapes in their order, others in any order."""
    there = _samples(observed)
    want, have, names = [], [], []
    for shape, _, sample in _samples(expected):
        k = next(k for k, entry in enumerate(there) if entry[0] == shape)
        _, name, seen = there.pop(k)
        want.append(sample)
        have.append(seen)
        names.append(name)
    return want, have, names


def _samples(values: Values) -> list[tuple[tuple[int, ...], str, np.ndarray]]:
    entries = cases(under("parameter", values))
    drawn_here = under("initial", values)
    found = []
    for key, p in entries.items():
        sample = drawn_here.get(key, np.full((1, 1), np.nan))
        usable = sample.ndim == 2 and sample.size and sample.dtype.kind == "f"
        shape = tuple(int(n) for n in p["shape"])
        found.append((shape, str(p.get("name", key)), sample if usable else np.full((1, 1), np.nan)))
    return found


def _slip(
    name: str, want: np.ndarray, have: np.ndarray, spreads: tuple[float, ...], level: float
) -> tuple[str, str] | None:
    """What is wrong with one parameter, and the note; None if nothing is."""
    if not np.all(np.isfinite(have)):
        return f"`{name}` begins with values that are not finite", "not_finite"
    if np.ptp(want) == 0:
        return _constant(name, float(want.flat[0]), have)
    if np.ptp(have) == 0:
        return f"`{name}` begins with {number(have.flat[0])} everywhere, expected random values", "initial_constant"
    if len(have) > 1 and np.all(have == have[0]):
        return f"`{name}` is the same whenever the module is built: a seed is set inside", "initial_fixed"
    pooled, wanted = have.ravel(), want.ravel()
    if any(_agree(wanted * factor, pooled, level) for factor in spreads):
        return None
    return _named(name, wanted, pooled)


def _constant(name: str, want: float, have: np.ndarray) -> tuple[str, str] | None:
    wrong = np.abs(have - want) > 1e-6 * max(abs(want), 1.0)
    if not wrong.any():
        return None
    first = float(have[wrong][0])
    note = "initial_bias" if want == 0 else "initial_constant"
    return f"`{name}` must begin with {number(want)} everywhere; one of its entries is {number(first)}", note


def _agree(a: np.ndarray, b: np.ndarray, level: float) -> bool:
    return distance(a, b) <= ks_bound(a.size, b.size, level) and all(
        beyond(x, y) <= beyond_bound(x.size, y.size, level) for x, y in ((a, b), (b, a))
    )


def distance(a: np.ndarray, b: np.ndarray) -> float:
    """The two-sample Kolmogorov-Smirnov statistic."""
    a, b = np.sort(a), np.sort(b)
    at = np.concatenate([a, b])
    gaps = np.searchsorted(a, at, "right") / a.size - np.searchsorted(b, at, "right") / b.size
    return float(np.max(np.abs(gaps)))


def ks_bound(n: int, m: int, level: float) -> float:
    """A distance that two samples of one law exceed with probability below `level`.

    Both empirical distributions are near the law: Massart (1990), P(D > t) ≤ 2·exp(−2·n·t²), for half of `level`.
    """
    return sum(math.sqrt(math.log(4 / level) / (2 * size)) for size in (n, m))


def beyond(a: np.ndarray, b: np.ndarray) -> int:
    """How many entries of a lie above all of b, or below all of b, whichever are more."""
    return max(int((a > b.max()).sum()), int((a < b.min()).sum()))


def beyond_bound(n: int, m: int, level: float) -> int:
    """A number that `beyond` exceeds with probability below `level`: the top k of a pooled sample are all of one half.

    Each of the two sides gets half of `level`; drawing without replacement, P ≤ (n / (n + m))^k.
    """
    return math.ceil(math.log(level / 2) / math.log(n / (n + m)))


def _named(name: str, want: np.ndarray, have: np.ndarray) -> tuple[str, str]:
    """In which way two samples differ: location, spread, or law."""
    spread, wanted = float(np.std(have)), float(np.std(want))
    if abs(float(np.mean(have)) - float(np.mean(want))) > 0.2 * max(spread, wanted):
        means = f"{number(round(float(np.mean(have)), 4))}, expected {number(round(float(np.mean(want)), 4))}"
        return f"`{name}` begins with the mean {means}", "initial_mean"
    seen, law = _law(have), _law(want)
    if seen != law:
        return f"`{name}` begins with {seen} values, expected {law} ones", "initial_law"
    ratio = f"{spread / wanted:.3g} times"
    return (
        f"`{name}` begins with values of {ratio} the expected spread: its gain or its fan is another",
        "initial_scale",
    )


def _law(sample: np.ndarray) -> str:
    """The law's name by its kurtosis: 1.8 for uniform, 3 for normal."""
    centred = sample - sample.mean()
    kurtosis = float(np.mean(centred**4) / np.mean(centred**2) ** 2)
    if kurtosis < 1.2:
        return "two-valued"
    if kurtosis < 2.15:
        return "uniform"
    return "normal" if kurtosis < 3.6 else "heavy-tailed"
