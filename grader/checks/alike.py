"""Which written formulas mean the same: a digest of their values, so that people decide once on all ways to write one.

Two values that differ by rounding have equal digests but for one chance in thousands, which costs a person a second
look and nobody a point.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from grader.checks.seen import ends_of, sides_of
from grader.model import Values
from grader.values import cases, digest, under

STEPS = 1e6
"""How finely values are told apart, in units of 1 + their size; right sides differ by 2e-11 of that at most."""
NOTHING = np.iinfo(np.int64).min
VALUED = 0.5


def alike(values: Values, *, whole: bool) -> str:
    """The digest of an answer's formulas by value: of all sides, if `whole`, else of those with which chains end.

    What could not be read counts by its text, what has no value by its arrangement. "" if there is no formula.
    """
    lines = cases(under("line", values))
    unread = ["".join(str(line["text"]).split()) for line in lines.values() if str(line.get("why", ""))]
    sides = [side for side in sides_of(values) if "form" in side] if whole else ends_of(values)
    if not unread and not sides:
        return ""
    claims = cases(under("claim", values)).values() if whole else ()
    said = [" ".join(str(claim.get(key, "")) for key in ("left", "right", "relation")) for claim in claims]
    return digest("alike", *unread, "sides", *(part for side in sides for part in _worth(side)), *said)[:16]


def _worth(side: Values) -> Iterable[str | bytes]:
    """What tells the worth of a side from that of others."""
    modes = [name.removesuffix("/value") for name in side if name.endswith("/value") and name.count("/") == 1]
    if "why" in side or not modes:
        return (str(side.get("form", "")) or str(side.get("latex", "")),)
    free = [mode for mode in modes if mode == "free" and np.mean(~np.isnan(side["free/value"])) >= VALUED]
    parts: list[str | bytes] = [str(side.get("programme", ""))]
    for mode in free or sorted(modes):
        steps = _steps(side[f"{mode}/value"], str(side[f"{mode}/axes"]).split())
        parts += [mode, str(steps.shape), steps.tobytes()]
    return parts


def _steps(array: np.ndarray, axes: list[str]) -> np.ndarray:
    """Values as whole numbers of steps; axes on which they do not depend have length 1, the others stand by name."""
    with np.errstate(invalid="ignore"):
        found = np.rint(STEPS * np.arcsinh(array))
    steps = np.where(np.isfinite(found), found, NOTHING).astype(np.int64)
    order = [0, *(1 + axes.index(name) for name in sorted(axes))]
    steps = np.transpose(steps, [*order, *range(len(order), steps.ndim)])
    for axis in range(len(order)):
        first = steps.take([0], axis)
        steps = first if (steps == first).all() else steps
    return np.ascontiguousarray(steps)
