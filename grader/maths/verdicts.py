"""What the observed numbers say of each claim: it holds, it fails in a world that can be shown, or nobody can tell.

Runs outside the box and is pure. A right step's sides differ by rounding only, 2e-11 at most of |a| + |b| + 1 where it
was measured, so that 1e-8 is a safe bound; a wrong one differs in nearly every world, and 72 are asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from grader.model import Values
from grader.values import cases, under

EQUAL = 1e-8
DEFINED = 0.5
"""The share of worlds in which both sides must have a value, or nobody can tell."""
Verdict = Literal["holds", "fails", "undecided", "defines", "unjudged"]
UNJUDGED = {"~": "says what follows which law", "in": "says where something lies", "~=": "is an approximation"}
UNJUDGED |= {"proportional": "leaves a factor open", "!=": "says that two things differ"}


@dataclass(frozen=True)
class Judged:
    """The verdict on one claim. `at` are both sides where they differ most, `solved` the way to solve it, if any.

    `slip` says what would mend it, `note` is the slip's short name.
    """

    verdict: Verdict
    line: int
    left: int
    right: int
    relation: str
    why: str = ""
    slip: str = ""
    note: str = ""
    at: tuple[float, float] | None = None
    solved: int | None = None


def judged(observed: Values) -> list[Judged]:
    """The verdict on every claim of an answer, under the one way to solve the task that explains most of them."""
    asked = [cases(under("claim", observed))[key] for key in _numbered(under("claim", observed))]
    solved = {name.split("/")[0] for claim in asked for name in claim if name.startswith("solved.")}
    ways: list[int | None] = [*sorted(int(mode.partition(".")[2]) for mode in solved)]
    verdicts = [[_judged(claim, way) for claim in asked] for way in (ways or [None])]
    return max(verdicts, key=lambda under_way: sum(v.verdict == "holds" for v in under_way))


def _numbered(values: Values) -> list[str]:
    return sorted(cases(values), key=int)


def _judged(claim: Mapping[str, np.ndarray], way: int | None) -> Judged:
    relation = str(claim["relation"])
    told = {"line": int(claim["row"]), "left": int(claim["left"]), "right": int(claim["right"]), "relation": relation}
    if "defines" in claim:
        return Judged("defines", why=str(claim["defines"]), **told)  # type: ignore[arg-type]
    if relation in UNJUDGED:
        return Judged("unjudged", why=UNJUDGED[relation], **told)  # type: ignore[arg-type]
    tried = [mode for mode in ("free", f"solved.{way}") if f"{mode}/left" in claim]
    if not tried:
        return Judged("undecided", why=str(claim.get("why", "it has no value")), **told)  # type: ignore[arg-type]
    worst: tuple[float, float] | None = None
    reason = ""
    for mode in tried:
        held, at = _compared(claim, mode, relation)
        if held is None:
            reason = "it has no value in most worlds"
            continue
        if held:
            return Judged("holds", solved=way if mode != "free" else None, **told)  # type: ignore[arg-type]
        worst = at
    if worst is None:
        return Judged("undecided", why=reason, **told)  # type: ignore[arg-type]
    return Judged("fails", at=worst, **told)  # type: ignore[arg-type]


def _compared(
    claim: Mapping[str, np.ndarray], mode: str, relation: str
) -> tuple[bool | None, tuple[float, float] | None]:
    """Whether a relation holds in a mode (None: nobody can tell), and both sides where it is broken most."""
    pairs = [(claim[f"{m}/left"], claim[f"{m}/right"]) for m in (mode, "many") if f"{m}/left" in claim]
    if mode != "free":
        pairs = pairs[:1]
    for left, right in pairs:
        usable = ~(np.isnan(left) | np.isnan(right))
        if usable.mean() < DEFINED:
            return None, None
        broken = np.where(usable, _broken(left, right, relation), 0.0)
        if broken.max(initial=0.0) > EQUAL:
            k = int(np.argmax(broken))
            return False, (float(left.flat[k]), float(right.flat[k]))
    return True, None


def _broken(left: np.ndarray, right: np.ndarray, relation: str) -> np.ndarray:
    """By how much a relation is broken, relative to the size of its sides."""
    with np.errstate(all="ignore"):
        gap = np.where(left == right, 0.0, left - right)
        scale = 1 + np.abs(left) + np.abs(right)
        relative = np.where(np.isfinite(scale), gap / scale, np.where(left == right, 0.0, np.sign(gap)))
    if relation in ("=", ":="):
        return np.asarray(np.abs(relative))
    return np.asarray(np.maximum(relative if relation in ("<=", "<") else -relative, 0.0))


def matches(observed: Values, expected: Values) -> bool:
    """Whether a side has the value of a reference formula, in one of the modes that both have."""
    modes = dict.fromkeys(name.split("/")[0] for name in expected if name.endswith("/value"))
    sought, found = (str(values.get("programme", "")) for values in (expected, observed))
    if found not in (sought, " ".join(TURNED[kind] for kind in sought.split())):
        return False
    # The largest of a thing is minus the smallest of minus it.
    return any(_same(observed, expected, mode, -1.0 if found != sought else 1.0) for mode in modes)


TURNED = {"max": "min", "min": "max", "sup": "inf", "inf": "sup", "argmax": "argmin", "argmin": "argmax"}


def _same(observed: Values, expected: Values, mode: str, sign: float) -> bool:
    # A side without unknowns has the same value however the task is solved.
    here = mode if f"{mode}/value" in observed else "free"
    if f"{here}/value" not in observed or f"{mode}/value" not in expected:
        return False
    a, b = observed[f"{here}/value"], sign * expected[f"{mode}/value"]
    axes_a, axes_b = (str(v[f"{m}/axes"]).split() for v, m in ((observed, here), (expected, mode)))
    if a.ndim - len(axes_a) != b.ndim - len(axes_b):
        return False
    every = sorted({*axes_a, *axes_b})
    a, b = _spread(a, axes_a, every), _spread(b, axes_b, every)
    try:
        a, b = np.broadcast_arrays(a, b)
    except ValueError:
        return False
    usable = ~(np.isnan(a) | np.isnan(b))
    if usable.mean() < DEFINED:
        return False
    return float(np.where(usable, _broken(a, b, "="), 0.0).max(initial=0.0)) <= EQUAL


def _spread(array: np.ndarray, axes: Sequence[str], every: Sequence[str]) -> np.ndarray:
    here = tuple(slice(None) if axis in axes else None for axis in every)
    return np.asarray(array[(slice(None), *here)])
