"""Gates with a known false-fail rate: what right runs have measured, and how far a right run may be from it.

Theory of operation. A gate at a rate of 1e-4 lies beyond all of the 1,000 right runs that were measured, so it is an
extrapolation, and two are made: the normal tolerance bound, exact if right runs are normal and said with 95 %
confidence, and the best guess of a generalised Pareto tail fitted to the outermost tenth, right for almost any tail
(Pickands 1975). The wider of both and of the outermost run that was seen is the gate: over laws from uniform to
Student's t with five degrees that is 4 to 7 standard deviations, and right runs fail at 1e-5 to 5e-4. The tail's upper
confidence bound would keep below 1e-4 for every law, at 5 to 17 standard deviations, within which wrong losses pass.

A failure is confirmed on two fresh seeds, and only three failures refuse. The cube of the rate holds if right runs fail
by chance alone; a right but unusual solution fails more often than the reference, hence `confirmed_rate`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
from scipy.stats import beta, nct, norm

from grader.model import CourseError, UsageError

RATE = 1e-4
CONFIDENCE = 0.95
FEWEST = 1000
RUNS = 3
MOST_KEPT = 200
MOST_TEXT = 4 << 20

SHAPES = np.linspace(-0.5, 0.5, 51)
"""Shapes of a Pareto tail that are tried: bounded (below 0), exponential (0), up to one without a variance (½)."""

SCALES = np.geomspace(0.1, 8.0, 400)
"""Its scales, in units of the mean excess."""

FEWEST_EXCESSES = 20

Sides = Literal["both", "low", "high"]
Decision = Literal["accept", "again", "refuse"]


@dataclass(frozen=True)
class Gate:
    """From `low` to `high` a value passes. `how` says what set the bounds, `n` from how many right runs.

    `rate` is the false-fail rate of a run that the gate was made for, `doubt` a sentence if its rate is not sure.
    """

    low: float
    high: float
    how: str
    n: int
    rate: float
    doubt: str = ""

    def passes(self, value: float) -> bool:
        """Whether a value lies within; nan never does."""
        return self.low <= value <= self.high


def gate(
    values: Sequence[float] | np.ndarray,
    *,
    rate: float = RATE,
    sides: Sides = "both",
    confidence: float = CONFIDENCE,
    fewest: int = FEWEST,
) -> Gate:
    """The gate that a right run misses at this rate: at most, with this confidence, if it is normal; about, if not.

    Both sides share the rate and the doubt.

    Raises UsageError if there are too few values, or one is not finite.
    """
    values = np.asarray(values, np.float64).reshape(-1)
    if len(values) < fewest:
        raise UsageError(f"a gate needs {fewest:,} right runs, there are {len(values):,}")
    if wrong := int((~np.isfinite(values)).sum()):
        raise UsageError(f"{wrong:,} of {len(values):,} right runs gave a value that is not finite: no gate fits them")
    parts = 2 if sides == "both" else 1
    asked = rate / parts, 1.0 - (1.0 - confidence) / parts
    high, above, high_doubt = _bound(values, *asked) if sides != "low" else (math.inf, "", "")
    low, below, low_doubt = _bound(-values, *asked) if sides != "high" else (math.inf, "", "")
    named = {"low": below, "high": above}
    how = ", ".join(f"{side}: {by}" for side, by in named.items() if by)
    few = f"{len(values):,} right runs are few: {FEWEST:,} are asked for" if len(values) < FEWEST else ""
    return Gate(-low, high, how, len(values), rate, high_doubt or low_doubt or few)


def normal_bound(values: np.ndarray, rate: float, confidence: float) -> float:
    """What at most `rate` of a normal law exceeds, said with `confidence`: mean + k s.

    k √n is a quantile of the noncentral t law with n - 1 degrees and noncentrality z √n (Howe 1969; Krishnamoorthy and
    Mathew 2009, §2.2): exact.
    """
    n = len(values)
    k = nct.ppf(confidence, n - 1, norm.isf(rate) * math.sqrt(n)) / math.sqrt(n)
    return float(values.mean() + k * values.std(ddof=1))


@dataclass(frozen=True)
class Tail:
    """A Pareto tail: the best guess of a `quantile`, the best `shape`, how many excesses."""

    quantile: float
    shape: float
    excesses: int


def pareto_tail(values: np.ndarray, rate: float) -> Tail | None:
    """What `rate` of a law exceeds, by its largest n^⅔ values (a tenth of 1,000); None if too few differ.

    The likeliest tail (Coles 2001, §4.3) is looked for over a grid, so that no optimiser can fail.
    """
    n = len(values)
    threshold = float(np.quantile(values, 1.0 - n ** (-1.0 / 3.0)))
    excess = values[values > threshold] - threshold
    if len(np.unique(excess)) < FEWEST_EXCESSES:
        return None
    unit = float(excess.mean())
    likelihood = _likelihood(excess / unit)
    shape, scale = np.unravel_index(likelihood.argmax(), likelihood.shape)
    beyond = unit * SCALES[scale] * _reach(rate * n / len(excess))[shape]
    return Tail(threshold + float(beyond), float(SHAPES[shape]), len(excess))


def decision(passed: Sequence[bool], *, runs: int = RUNS) -> Decision:
    """What follows from the runs so far: one that passes accepts, `runs` that fail refuse, else it runs again."""
    if any(passed):
        return "accept"
    return "refuse" if len(passed) >= runs else "again"


def confirmed_rate(rate: float, *, runs: int = RUNS, correlation: float = 0.0) -> float:
    """How often a right solution is refused, if all of `runs` must fail and each does at `rate`.

    `correlation` is that between the failures of one solution's runs: 0 if they fail by chance alone (rate^runs), 1 if
    a solution fails always or never (rate). Between: a beta-binomial law, Π (rate (1 - c) + i c) / (1 - c + i c).
    """
    apart = 1.0 - correlation
    return math.prod((rate * apart + i * correlation) / (apart + i * correlation) for i in range(1, runs)) * rate


def measured_rate(failures: int, runs: int, *, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The two-sided interval for a rate that gave so many failures in so many runs (Clopper and Pearson 1934)."""
    half = (1.0 - confidence) / 2.0
    low = float(beta.ppf(half, failures, runs - failures + 1)) if failures else 0.0
    high = float(beta.isf(half, failures + 1, runs - failures)) if failures < runs else 1.0
    return low, high


def rate_bound(failures: int, runs: int, *, confidence: float = CONFIDENCE) -> float:
    """What the rate is at most, said with this confidence: 3 / runs where no failure was seen."""
    return float(beta.ppf(confidence, failures + 1, runs - failures)) if failures < runs else 1.0


def caught(gate: Gate, wrong: Sequence[float] | np.ndarray) -> float:
    """The share of wrong runs that a gate refuses; nan is refused."""
    return float(np.mean([not gate.passes(float(value)) for value in np.asarray(wrong).reshape(-1)]))


def roc(
    gate: Gate, right: Sequence[float] | np.ndarray, wrong: Sequence[float] | np.ndarray
) -> list[tuple[float, float]]:
    """(false-fail share, caught share) as the gate is widened from nothing, at most 200 points, from (1, 1) to (0, 0).

    Both sides move together, in proportion to how far they are from the middle of the right runs.
    """
    middle = float(np.median(np.asarray(right, np.float64)))
    fails, catches = (np.sort(_outside(gate, middle, each)) for each in (right, wrong))
    kept = [each for scores in (fails, catches) for each in thinned(scores, MOST_KEPT // 2 - 1)]
    at = [-math.inf, *sorted(kept), math.inf]
    return [
        (
            1.0 - int(np.searchsorted(fails, t, "right")) / len(fails),
            1.0 - int(np.searchsorted(catches, t, "right")) / len(catches),
        )
        for t in at
    ]


def thinned(values: Sequence[float] | np.ndarray, most: int = MOST_KEPT) -> tuple[float, ...]:
    """At most so many of the values, sorted, at even ranks, the least and the largest among them."""
    ordered = np.sort(np.asarray(values, np.float64).reshape(-1))
    if len(ordered) > most:
        ordered = ordered[np.rint(np.linspace(0, len(ordered) - 1, most)).astype(int)]
    return tuple(map(float, ordered))


Band = tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]


def band(x: Sequence[float] | np.ndarray, curves: np.ndarray, *, share: float = 0.98) -> Band:
    """x, low, high: between them lies this share of the right runs' curves (runs, points) at each x; ≤ 200 points."""
    low, high = np.quantile(np.asarray(curves, np.float64), [(1.0 - share) / 2.0, (1.0 + share) / 2.0], axis=0)
    at = np.arange(len(low))
    if len(at) > MOST_KEPT:
        at = np.unique(np.rint(np.linspace(0, len(low) - 1, MOST_KEPT)).astype(int))
    return tuple(tuple(map(float, np.asarray(each)[at])) for each in (x, low, high))  # type: ignore[return-value]


# ---- what a calibration leaves behind


@dataclass(frozen=True)
class Setting:
    """What gates hold for: the class of device (`cpu`, `NVIDIA H200`), torch's release, digests of data and task."""

    device: str
    torch: str
    data: str
    task: str = ""


@dataclass(frozen=True)
class Measured:
    """One quantity over all right runs, with its gate; `sample` are at most 200 of the values, sorted."""

    gate: Gate
    mean: float
    deviation: float
    least: float
    largest: float
    sample: tuple[float, ...]


@dataclass(frozen=True)
class Calibration:
    """What `n` right runs have shown: their `setting`, the root of their `seeds`, each quantity, bands of curves."""

    setting: Setting
    n: int
    seeds: str
    quantities: Mapping[str, Measured]
    bands: Mapping[str, Band] = field(default_factory=dict)


def measured(values: Sequence[float] | np.ndarray, gate: Gate) -> Measured:
    """The summary of a quantity's values, with its gate."""
    values = np.asarray(values, np.float64).reshape(-1)
    mean, deviation, least, largest = map(float, (values.mean(), values.std(ddof=1), values.min(), values.max()))
    return Measured(gate, mean, deviation, least, largest, thinned(values))


def dump(record: Calibration) -> str:
    """A calibration as JSON for people and for git: sorted, strict; a side without a gate is null."""
    told = asdict(record)
    for quantity in told["quantities"].values():
        quantity["gate"] |= {side: _finite(quantity["gate"][side]) for side in ("low", "high")}
    return json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def read(text: str, where: str) -> Calibration:
    """The calibration in a file's text. Raises CourseError at `where`."""
    if len(text) > MOST_TEXT:
        raise CourseError(where, f"has {len(text):,} characters, a calibration has at most {MOST_TEXT:,}")
    try:
        told = json.loads(text)
        quantities = {name: _measured(entry) for name, entry in told["quantities"].items()}
        bands = {name: _band(entry) for name, entry in told["bands"].items()}
        setting = Setting(**{key: _text(told["setting"][key]) for key in ("device", "torch", "data", "task")})
        return Calibration(setting, _count(told["n"]), _text(told["seeds"]), quantities, bands)
    except json.JSONDecodeError as error:
        raise CourseError(f"{where}:{error.lineno}", f"is not JSON: {error.msg}; run grade calibrate again") from None
    except KeyError as error:
        raise CourseError(where, f"is not a calibration: it lacks {error}; run grade calibrate again") from None
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise CourseError(where, f"is not a calibration: {error}; run grade calibrate again") from None


def stale(record: Calibration, now: Setting) -> str:
    """A sentence if the gates were made for something else than what runs now, else ""."""
    then = record.setting
    release, runs = (setting.torch.partition("+")[0] for setting in (then, now))
    differs = [
        f"on {then.device}, and this ran on {now.device}" if then.device != now.device else "",
        f"with torch {release}, and this is {runs}" if release != runs else "",
        "on other data" if then.data != now.data else "",
        "for another version of this item" if then.task != now.task else "",
    ]
    said = "; ".join(filter(None, differs))
    return f"the gates were calibrated {said}: their false-fail rate may not hold here" if said else ""


# ---- helpers


def _bound(values: np.ndarray, rate: float, confidence: float) -> tuple[float, str, str]:
    """The upper bound for values, what set it, and a doubt."""
    outermost = float(values.max())
    bounds = {"the outermost run": outermost, "normal tolerance": normal_bound(values, rate, confidence)}
    tail = pareto_tail(values, rate)
    if tail is not None:
        bounds["Pareto tail"] = tail.quantile
    elif (values == np.rint(values)).all():
        # Of a count nothing is known between two values, and the next one may just not have come up.
        bounds["one beyond the outermost run"] = outermost + 1.0
    by = max(bounds, key=bounds.__getitem__)
    return bounds[by], by, _doubt(values, tail)


def _doubt(values: np.ndarray, tail: Tail | None) -> str:
    n, different = len(values), len(np.unique(values))
    if different == 1:
        return (
            f"all {n:,} right runs gave the same value: that bounds the false-fail rate by {rate_bound(0, n):.2g} only"
        )
    if tail is None:
        return f"right runs gave few different values ({different:,}): no tail could be fitted, and the rate is a guess"
    if tail.shape >= SHAPES[-1]:
        return "the right runs' tail is as heavy as is allowed for: the false-fail rate may be above what is said"
    return ""


def _likelihood(excess: np.ndarray) -> np.ndarray:
    """The log-likelihood of excesses of mean 1, for each shape and scale."""
    found = np.empty((len(SHAPES), len(SCALES)))
    ratio = excess[None, :] / SCALES[:, None]
    for row, shape in zip(found, SHAPES, strict=True):
        inside = 1.0 + shape * ratio
        if abs(shape) < 1e-9:
            cost = ratio.sum(axis=1)
        else:
            cost = (1.0 + 1.0 / shape) * np.log(np.where(inside > 0.0, inside, 1.0)).sum(axis=1)
        row[:] = np.where((inside > 0.0).all(axis=1), -len(excess) * np.log(SCALES) - cost, -np.inf)
    return found


def _reach(share: float) -> np.ndarray:
    """How many scales above the threshold a tail of each shape has this share of the excesses beyond it."""
    log = -math.log(share)
    flat = np.abs(SHAPES) < 1e-9
    reach: np.ndarray = np.where(flat, log, np.expm1(SHAPES * log) / np.where(flat, 1.0, SHAPES))
    return reach


def _outside(gate: Gate, middle: float, values: Sequence[float] | np.ndarray) -> np.ndarray:
    """How far from the middle, 1 at the gate; inf for nan."""
    off = np.asarray(values, np.float64).reshape(-1) - middle
    with np.errstate(all="ignore"):
        found = np.where(off >= 0.0, off / (gate.high - middle), off / (gate.low - middle))
    return np.where(np.isnan(off), np.inf, np.nan_to_num(found, nan=0.0, posinf=np.inf))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _measured(told: Mapping[str, Any]) -> Measured:
    gate = told["gate"]
    low, high = (
        default if gate[side] is None else _number(gate[side])
        for side, default in (("low", -math.inf), ("high", math.inf))
    )
    if not low <= high:
        raise ValueError(f"a gate from {low} to {high}")
    made = Gate(low, high, _text(gate["how"]), _count(gate["n"]), _number(gate["rate"]), _text(gate["doubt"]))
    sample = tuple(map(_number, told["sample"][:MOST_KEPT]))
    mean, deviation, least, largest = (_number(told[key]) for key in ("mean", "deviation", "least", "largest"))
    return Measured(made, mean, deviation, least, largest, sample)


def _band(told: Sequence[Sequence[float]]) -> Band:
    x, low, high = (tuple(map(_number, each[:MOST_KEPT])) for each in told)
    if not len(x) == len(low) == len(high):
        raise ValueError("a band whose parts are not equally long")
    return x, low, high


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{value!r} where a number must be")
    return float(value)


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"{value!r} where a count must be")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} where a text must be")
    return value
