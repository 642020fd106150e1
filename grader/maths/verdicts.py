"""What the observed numbers say of each claim: it holds, it fails in a world that can be shown, or nobody can tell.

Runs outside the box and is pure. A right step's sides differ by rounding only, 2e-11 at most of |a| + |b| + 1 where it
was measured, so that 1e-8 is a safe bound; a wrong one differs in nearly every world, and 72 are asked.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from grader.maths.offsets import offset
from grader.model import Values
from grader.values import beneath, cases, under

EQUAL = 1e-8
DEFINED = 0.5
"""The share of worlds in which both sides must have a value, or nobody can tell."""
EXACT = 1e-18
"""With sixty digits, the largest gap of equal sides relative to their own size."""
DOUBTFUL = 1e-5
"""Below this gap of floats, only sixty digits can say that two sides differ."""
FEW = np.arange(0, 72, 6)
"""The worlds, of the 72 for equalities, in which repaired variants of a side are evaluated."""
NAMED = 3
"""Likely slips that are kept of each claim or answer."""
Verdict = Literal["holds", "fails", "undecided", "defines", "unjudged"]
UpTo = Literal["", "constant", "factor"]
UNJUDGED = {
    "~": "says what follows which law",
    "in": "says where something lies",
    "~=": "says that it is an approximation",
}
UNJUDGED |= {"proportional": "leaves a factor open", "!=": "says that two things differ"}


@dataclass(frozen=True)
class Judged:
    """The verdict on one claim. `at` are both sides where they differ most, `solved` the way to solve it, if any.

    `slip` says what would mend it, `note` is the slip's short name, `others` are the notes of the next likely ones.
    """

    verdict: Verdict
    line: int
    left: int
    right: int
    relation: str
    why: str = ""
    slip: str = ""
    note: str = ""
    others: tuple[str, ...] = ()
    at: tuple[float, float] | None = None
    solved: int | None = None


@dataclass(frozen=True)
class Candidate:
    """A slip that would explain what is wrong: `size` tells how much would have to change."""

    size: int
    note: str
    said: str

    @property
    def line(self) -> str:
        return f"{self.size}\t{self.note}\t{self.said}"


def first_three(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The likeliest slips, each once, the smallest first."""
    found: dict[str, Candidate] = {}
    for candidate in sorted(candidates, key=lambda c: c.size):
        found.setdefault(candidate.said, candidate)
    return list(found.values())[:NAMED]


def _candidates(lines: str) -> list[Candidate]:
    """Candidates as they were sent; what is none is left out, for they come from the student's box."""
    parts = (line.split("\t") for line in lines.splitlines())
    return [Candidate(int(p[0]), p[1], p[2]) for p in parts if len(p) == 3 and p[0].isdecimal()]


def judged(observed: Values) -> list[Judged]:
    """The verdict on every claim of an answer, under the one way to solve the task that explains most of them."""
    claims = cases(under("claim", observed))
    asked = [claims[key] for key in sorted(claims, key=int)]
    solved = {name.split("/")[0] for claim in asked for name in claim if name.startswith("solved.")}
    ways: list[int | None] = [*sorted(int(mode.partition(".")[2]) for mode in solved)]
    verdicts = [[_judged(claim, way) for claim in asked] for way in (ways or [None])]
    return max(verdicts, key=lambda under_way: sum(v.verdict == "holds" for v in under_way))


def _judged(claim: Mapping[str, np.ndarray], way: int | None) -> Judged:
    relation = str(claim["relation"])
    told = {"line": int(claim["row"]), "left": int(claim["left"]), "right": int(claim["right"]), "relation": relation}
    if "defines" in claim:
        return Judged("defines", why=str(claim["defines"]), **told)  # type: ignore[arg-type]
    if "trivial" in claim:
        return Judged("unjudged", why="says that a thing is itself", **told)  # type: ignore[arg-type]
    if relation in UNJUDGED:
        return Judged("unjudged", why=UNJUDGED[relation], **told)  # type: ignore[arg-type]
    tried = [mode for mode in ("free", f"solved.{way}") if f"{mode}/left" in claim]
    if not tried:
        return Judged("undecided", why=str(claim.get("why", "it has no value")), **told)  # type: ignore[arg-type]
    worst: tuple[float, float] | None = None
    reason = ""
    for mode in tried:
        held, at, what = _compared(claim, mode, relation)
        if held is None:
            reason = what
            continue
        if held:
            return Judged("holds", solved=way if mode != "free" else None, **told)  # type: ignore[arg-type]
        worst = at
    if worst is None:
        return Judged("undecided", why=reason, **told)  # type: ignore[arg-type]
    if "supposed/left" in claim and _compared(claim, "supposed", relation)[0]:
        return Judged("unjudged", why="holds where two densities are supposed to be equal", **told)  # type: ignore[arg-type]
    if "reading" in claim:
        return Judged("undecided", why=str(claim["reading"]), **told)  # type: ignore[arg-type]
    slips = _candidates(str(claim.get("slip", "")))
    slip, note = (slips[0].said, slips[0].note) if slips else ("", "")
    others = tuple(c.note for c in slips[1:])
    return Judged("fails", at=worst, slip=slip, note=note, others=others, **told)  # type: ignore[arg-type]


def holds(claim: Mapping[str, np.ndarray], relation: str) -> bool:
    """Whether a relation holds in one of the modes that were observed."""
    modes = (name.removesuffix("/left") for name in claim if name.endswith("/left") and name != "many/left")
    return any(_compared(claim, mode, relation)[0] for mode in modes)


def _compared(
    claim: Mapping[str, np.ndarray], mode: str, relation: str
) -> tuple[bool | None, tuple[float, float] | None, str]:
    """Whether a relation holds in a mode (None: nobody can tell, and why), and both sides where it is broken most."""
    pairs = [(claim[f"{m}/left"], claim[f"{m}/right"]) for m in (mode, "many") if f"{m}/left" in claim]
    if mode != "free":
        pairs = pairs[:1]
    for left, right in pairs:
        gap = broken(left, right, relation)
        if gap is None:
            return None, None, "it has no value in most worlds"
        widest, k = float(gap.max(initial=0.0)), int(np.argmax(gap)) if gap.size else 0
        exact = claim.get(f"{mode}/exact")
        if exact is None and relation in ("=", ":=") and EQUAL < widest < DOUBTFUL:
            return None, None, "its sides differ so little that it may be rounding"
        if float(exact) > EXACT if exact is not None else widest > EQUAL:
            return False, (float(left.flat[k]), float(right.flat[k])), ""
    return True, None, ""


def broken(left: np.ndarray, right: np.ndarray, relation: str) -> np.ndarray | None:
    """By how much a relation is broken in each world and entry, or None if it has no value in most."""
    usable = ~(np.isnan(left) | np.isnan(right))
    return None if usable.mean() < DEFINED else np.where(usable, _broken(left, right, relation), 0.0)


def likely(side: Values, answers: Iterable[Values]) -> list[Candidate]:
    """The slips that would explain a wrong final answer: how its value is related to a right one, and its repairs."""
    found: list[Candidate] = []
    scalars = {name: np.asarray(value) for name, value in under("scalars", side).items()}
    for answer in answers:
        pair = _pair(side, answer)
        if _exchanged(side, answer):
            return [Candidate(0, "extrema", "the maxima and minima before it are not those that are asked for")]
        related = offset(*pair, scalars) if pair else None
        if related is not None:
            said = f"the answer is {related.said}" if related.said.startswith("off by") else related.said
            found.append(Candidate(related.size, related.note, said))
        found += _repaired(side, answer) + _slipped(side, answer)
    return first_three(found)


def _exchanged(side: Values, answer: Values) -> bool:
    """Whether only the extrema before a formula are wrong: their kinds, their order, or that they are missing."""
    sought, found = (str(values.get("programme", "")) for values in (answer, side))
    return found != sought and _same(side, answer, "free", 1.0)


def _pair(side: Values, answer: Values) -> tuple[np.ndarray, np.ndarray] | None:
    """A side's value and a reference's, as (worlds, entries), where unknowns are free."""
    if "free/value" not in side or "free/value" not in answer:
        return None
    a, b = side["free/value"], answer["free/value"]
    axes_a, axes_b = (str(values["free/axes"]).split() for values in (side, answer))
    if a.ndim - len(axes_a) != b.ndim - len(axes_b):
        return None
    every = sorted({*axes_a, *axes_b})
    try:
        a, b = np.broadcast_arrays(_spread(a, axes_a, every), _spread(b, axes_b, every))
    except ValueError:
        return None
    return a.reshape(a.shape[0], -1), b.reshape(b.shape[0], -1)


def _repaired(side: Values, answer: Values) -> list[Candidate]:
    """The variants of a side that have the value of a reference formula."""
    told = under("variants", side)
    lines = _candidates(str(told.get("said", "")))
    if not lines or "free/value" not in answer or answer["free/value"].shape[0] <= FEW[-1]:
        return []
    expected = {"free/value": answer["free/value"][FEW], "free/axes": answer["free/axes"]}
    seen = [{"free/value": value, "free/axes": told["axes"]} for value in told["each"][: len(lines)]]
    return [line for line, one in zip(lines, seen, strict=False) if _same(one, expected, "free", 1.0)]


def _slipped(side: Values, answer: Values) -> list[Candidate]:
    """The slips that make a side of a reference formula."""
    told = under("slipped", answer)
    if "said" not in told or "free/value" not in side or side["free/value"].shape[0] <= FEW[-1]:
        return []
    observed = {"free/value": side["free/value"][FEW], "free/axes": side["free/axes"]}
    made = [{"free/value": value, "free/axes": told["axes"]} for value in told["each"]]
    lines = _candidates(str(told["said"]))
    return [line for line, one in zip(lines, made, strict=True) if _same(observed, one, "free", 1.0)]


def _broken(left: np.ndarray, right: np.ndarray, relation: str) -> np.ndarray:
    """By how much a relation is broken, relative to the size of its sides."""
    with np.errstate(all="ignore"):
        gap = np.where(left == right, 0.0, left - right)
        scale = 1 + np.abs(left) + np.abs(right)
        relative = np.where(np.isfinite(scale), gap / scale, np.where(left == right, 0.0, np.sign(gap)))
    if relation in ("=", ":="):
        return np.asarray(np.abs(relative))
    return np.asarray(np.maximum(relative if relation in ("<=", "<") else -relative, 0.0))


def matches(observed: Values, expected: Values, up_to: UpTo = "") -> bool:
    """Whether a side has the value of a reference formula, or of one of its alternatives, in a mode that both have.

    A formula that depends on the unknowns is compared where they are free: at the solution much vanishes. Up to a
    constant, the difference may be one number in all worlds; up to a factor, the quotient one positive number.
    """
    return any(_matches(observed, one, up_to) for one in (expected, *cases(under("or", expected)).values()))


def _matches(observed: Values, expected: Values, up_to: UpTo) -> bool:
    sought, found = (str(values.get("programme", "")) for values in (expected, observed))
    if found not in (sought, " ".join(TURNED[kind] for kind in sought.split())):
        return False
    # The largest of a thing is minus the smallest of minus it.
    return any(_same(observed, expected, mode, -1.0 if found != sought else 1.0, up_to) for mode in _modes(expected))


def _modes(expected: Values) -> list[str]:
    """The modes in which a reference formula is compared."""
    values = (name.rpartition("/")[0] for name in expected if name.endswith("/value"))
    modes = [mode for mode in dict.fromkeys(values) if "/" not in mode]
    free = beneath("free", under("free", expected))
    fixed = all(_same(beneath("free", under(mode, expected)), free, "free", 1.0) for mode in modes)
    # A logarithm of a multiplier has a value under one convention for its sign only.
    valued = np.mean(~np.isnan(expected["free/value"])) >= DEFINED
    return ["free"] if valued and not fixed else modes


TURNED = {"max": "min", "min": "max", "sup": "inf", "inf": "sup", "argmax": "argmin", "argmin": "argmax"}


def _same(observed: Values, expected: Values, mode: str, sign: float, up_to: UpTo = "") -> bool:
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
    b = _fitted(a, b, usable, up_to)
    return float(np.where(usable, _broken(a, b, "="), 0.0).max(initial=0.0)) <= EQUAL


def _fitted(a: np.ndarray, b: np.ndarray, usable: np.ndarray, up_to: UpTo) -> np.ndarray:
    """b with the one number added, or times the one positive number, that brings it to a in all worlds if any does."""
    with np.errstate(all="ignore"):
        apart = float(np.median((a - b)[usable]))
        quotients = (a / b)[usable & (b != 0)]
    if up_to == "constant":
        return b + apart if math.isfinite(apart) else b
    factor = float(np.median(quotients)) if up_to == "factor" and quotients.size else 1.0
    return b * factor if 0 < factor < math.inf else b


def _spread(array: np.ndarray, axes: Sequence[str], every: Sequence[str]) -> np.ndarray:
    here = tuple(slice(None) if axis in axes else None for axis in every)
    return np.asarray(array[(slice(None), *here)])
