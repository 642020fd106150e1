"""Kind `derivation`: a derivation in LaTeX, judged line by line on sampled worlds.

The box reads the formulas and evaluates both sides of every claim; the reference evaluates what it must arrive at and
its milestones on the same worlds. Here the numbers are compared. What can't be read or decided never costs a point.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from grader.checks.code import Code, Unread
from grader.checks.diagnose import number
from grader.maths import (
    MAX_ANSWER,
    Judged,
    displayed,
    evaluated,
    judged,
    likely,
    matches,
    observed_answer,
    shown,
    trouble,
)
from grader.model import Evidence, Expected, Fact, Line, Lines, LineVerdict, Observation, Outcome, Table, Values
from grader.values import cases, under


@dataclass(frozen=True)
class Milestone:
    """An expression that must occur, in whatever form: `formula`, what it shows, and its weight."""

    formula: str
    title: str
    weight: float = 1.0


@dataclass(frozen=True)
class Weights:
    """What each part of the judgement counts: that every step holds, and that the end is reached."""

    steps: float = 1.0
    ends: float = 1.0


@dataclass(frozen=True)
class Derivation:
    """A derivation holds step by step, passes its milestones and arrives where it must.

    `world` declares what the formulas talk about (a name under `worlds`). `ends` is what the derivation must arrive at,
    `milestones` what must occur on the way, each matched by value. `solution` is a right derivation, which must
    pass. `scanned` answers may be misread: a line that holds once a misread character is put right goes to a person.
    """

    world: dict[str, Any]
    ends: str
    part: str = ""
    milestones: tuple[Milestone, ...] = ()
    weights: Weights = field(default_factory=Weights)
    solution: str = ""
    scanned: bool = False

    asks_reference: ClassVar[bool] = True
    reads_text: ClassVar[bool] = True
    searchable: ClassVar[bool] = False

    def told(self, *, reference: bool) -> dict[str, Any]:
        world = {**self.world, "scanned": True} if self.scanned else self.world
        return {"part": self.part, "world": world} | ({"formulas": self._formulas()} if reference else {})

    def _formulas(self) -> dict[str, str]:
        return {"ends": self.ends} | {f"milestone.{k}": m.formula for k, m in enumerate(self.milestones)}

    def problems(self) -> Iterator[tuple[str, str]]:
        """What is wrong with the item's formulas: the field and a sentence."""
        found = list(trouble(self._formulas(), self.world, ends=frozenset({"ends"})))
        for name, what in found:
            k = name.partition(".")[2]
            yield f"milestones.{k}.formula" if k else name, f"`{f'milestones[{k}].formula' if k else name}`: {what}"
        if self.solution and not found:
            yield from self._unproved()

    def _unproved(self) -> Iterator[tuple[str, str]]:
        """What the given solution lacks: it must be read whole, hold step by step, and reach all that is looked for."""
        text = displayed(self.solution)
        values = observed_answer(text, self.world, 0, parts=bool(self.milestones), slips=False)
        expected = evaluated(self._formulas(), self.world, 0)
        places = shown(text, self.world)
        for key, line in cases(under("line", values)).items():
            here = f"`solution`: line {int(key) + 1}"
            if str(line["why"]):
                yield "solution", f"{here} can't be read: {line['why']}{places.unread.get(int(key), '')}"
            elif str(line["read_as"]):
                yield "solution", f"{here} is read only if it is changed: {line['read_as']}"
        for claim, place in zip(judged(values), places.claims, strict=True):
            if claim.verdict == "fails":
                yield "solution", f"`solution`: {_failure(claim)}{place}"
            elif claim.verdict == "undecided":
                yield "solution", f"`solution`: line {claim.line + 1} can't be decided: {claim.why}{place}"
        for k in range(len(self.milestones)):
            if not any(matches(side, under(f"milestone.{k}", expected)) for side in _sides(values)):
                what = "nothing in the solution has this value"
                yield f"milestones.{k}.formula", f"`milestones[{k}].formula`: {what}"
        if not any(matches(side, under("ends", expected)) for side in ends_of(values)):
            yield "solution", "`solution`: it does not arrive at `ends`"

    @staticmethod
    def probe(code: Code, call: Mapping[str, Any], given: Values) -> Values:  # noqa: ARG004 - there are no inputs
        if "formulas" in call:
            return evaluated(call["formulas"], call["world"], call["seed"], slips=("ends",))
        return observed_answer(bounded(code.answer(call["part"])), call["world"], call["seed"])

    def compare(self, expected: Expected, observed: Observation) -> Outcome:
        claims = judged(observed.values)
        standing = [claim for claim in claims if _stands(claim, observed.values)]
        held = sum(claim.verdict == "holds" for claim in standing)
        failed = [claim for claim in standing if claim.verdict == "fails"]
        arrived = any(
            matches(seen, under("ends", expected.values))
            for side in ends_of(observed.values)
            for seen in (side, under("read", side))
        )
        reached = [
            any(matches(side, under(f"milestone.{k}", expected.values)) for side in _sides(observed.values))
            for k in range(len(self.milestones))
        ]
        steps = held / (held + len(failed)) if held + len(failed) else 0.0
        credit = self._credit(steps, arrived, reached)
        evidence: tuple[Evidence, ...] = (lines_of(observed.values, claims), self._looked_for(reached, arrived))
        unjudged = unjudged_of(observed.values, standing)
        if unjudged and credit < 1.0 and (not arrived or not all(reached) or not held):
            return Outcome(None, f"A person decides: {unjudged}; {_summary(held, failed)}.", evidence, "undecided")
        sentence, note = self._said(held, failed, arrived, reached)
        if note == "does_not_arrive":
            sentence += _why_not(observed.values, expected.values)
        if unjudged and credit == 1.0:
            evidence = (*evidence, Fact("not judged by the grader", unjudged))
        return Outcome(credit, sentence, evidence, note)

    def _credit(self, steps: float, arrived: bool, reached: list[bool]) -> float:
        marks = [(m.weight, float(hit)) for m, hit in zip(self.milestones, reached, strict=True)]
        # Truth is not proof: steps that hold count as far as they go the way that is to be gone.
        gone = sum(weight * hit for weight, hit in marks) / sum(weight for weight, _ in marks) if marks else 1.0
        parts = [(self.weights.steps, steps * gone), (self.weights.ends, float(arrived)), *marks]
        total = sum(weight for weight, _ in parts)
        return round(sum(weight * share for weight, share in parts) / total, 6)

    def _said(self, held: int, failed: list[Judged], arrived: bool, reached: list[bool]) -> tuple[str, str]:
        if failed:
            first = failed[0]
            end = "" if arrived else "; it does not arrive where it must"
            return f"{_failure(first)}{end}", first.note or "wrong_step"
        missing = [m.title for m, hit in zip(self.milestones, reached, strict=True) if not hit]
        if not held:
            return "no step is shown that could be checked", "no_steps"
        if not arrived:
            return f"{_count(held)} hold, but it does not arrive at what is asked for", "does_not_arrive"
        if missing:
            told = "; ".join(missing)
            return f"{_count(held)} hold and the end is right; what is missing: {told}", "missing_milestone"
        return f"{_count(held)} hold, and it arrives where it must", ""

    def _looked_for(self, reached: list[bool], arrived: bool) -> Table:
        rows = [(m.title, "reached" if hit else "not found") for m, hit in zip(self.milestones, reached, strict=True)]
        rows.append(("arrives where it must", "yes" if arrived else "no"))
        return Table("what was looked for", ("", ""), tuple(rows))


def bounded(text: str) -> str:
    """The answer, which a person reads where it is too long to be judged."""
    if len(text) > MAX_ANSWER:
        raise Unread(f"the answer has {len(text):,} characters, more than {MAX_ANSWER:,} are not judged by the grader")
    return text


READ_AS = "read this line as"


def _why_not(observed: Values, expected: Values) -> str:
    """The slip that would explain a wrong end, behind the sentence that says so."""
    ends = [int(k) for k in observed.get("ends", np.zeros(0, int))]
    slips = likely(under(f"side/{ends[-1]}", observed), [under("ends", expected)]) if ends else []
    return f": {slips[0].said}" if slips else ""


def _count(held: int) -> str:
    return f"the one step that is shown does{'' if held else ' not'}" if held == 1 else f"all {held} steps"


def _summary(held: int, failed: list[Judged]) -> str:
    told = "1 step holds" if held == 1 else f"{held} steps hold"
    fails = f"{len(failed)} {'does' if len(failed) == 1 else 'do'} not"
    return f"{told}, {fails}: {_failure(failed[0])}" if failed else told


def _failure(claim: Judged) -> str:
    named = f": {claim.slip}" if claim.slip else ""
    where = ""
    if claim.at is not None:
        left, right = (number(value) for value in claim.at)
        where = f" (in one world the left side is {left}, the right side {right})"
    return f"the step in line {claim.line + 1} does not hold{named}{where}"


def _stands(claim: Judged, values: Values) -> bool:
    """Whether a claim counts: what fails within a sentence may be a condition or an assumption."""
    alone = bool(values.get(f"line/{claim.line}/alone", np.array(True)))
    return alone or claim.verdict == "holds"


def _sides(values: Values) -> list[Values]:
    sides = cases(under("side", values))
    return [sides[key] for key in sorted(sides, key=int)]


def ends_of(values: Values) -> list[Values]:
    sides = _sides(values)
    return [sides[int(k)] for k in values.get("ends", np.zeros(0, int)) if int(k) < len(sides)]


def unjudged_of(values: Values, claims: list[Judged]) -> str:
    """What nobody has judged yet, in words; nothing if all is judged."""
    lines = cases(under("line", values))
    unread = [int(key) + 1 for key in lines if str(lines[key].get("why", "")) and bool(lines[key]["alone"])]
    open_ones = [claim for claim in claims if claim.verdict == "undecided"]
    undecided = sorted({claim.line + 1 for claim in open_ones if not claim.why.startswith(READ_AS)})
    readings = {claim.line + 1: claim.why for claim in open_ones if claim.why.startswith(READ_AS)}
    told = []
    if unread:
        told.append(f"line {', '.join(map(str, sorted(unread)))} could not be read")
    if undecided:
        told.append(f"line {', '.join(map(str, undecided))} could not be decided")
    told += [f"line {line}: {reading}" for line, reading in readings.items()]
    return " and ".join(told)


def lines_of(values: Values, claims: list[Judged]) -> Lines:
    """Every formula as it was read, with what became of its claims."""
    lines = cases(under("line", values))
    found = []
    for key in sorted(lines, key=int):
        mine = [claim for claim in claims if claim.line == int(key)]
        found.append(_line(lines[key], mine, values))
    return Lines("your lines as they were read", tuple(found))


def _line(line: Mapping[str, Any], mine: list[Judged], values: Values) -> Line:
    """A line with the verdict on it; both sides of the first claim in it that fails."""
    why = str(line.get("why", ""))
    failed = next((claim for claim in mine if claim.verdict == "fails" and _stands(claim, values)), None)
    verdict: LineVerdict = "unread" if why else _worst(mine, values)
    words = [why] if why else [_told(claim, values) for claim in mine]
    words += [f"read with a change: {line['read_as']}"] if str(line.get("read_as", "")) else []
    sides = tuple(map(number, failed.at)) if failed and failed.at else ("", "")
    said = "; ".join(dict.fromkeys(filter(None, words)))
    return Line(str(line.get("mathml", "")), str(line["text"]), verdict, said, *sides)


def _worst(claims: list[Judged], values: Values) -> LineVerdict:
    order: tuple[LineVerdict, ...] = ("fails", "undecided", "holds", "defines", "unjudged")
    standing = [claim.verdict if _stands(claim, values) else "unjudged" for claim in claims]
    return next((verdict for verdict in order if verdict in standing), "")


def _told(claim: Judged, values: Values) -> str:
    if claim.verdict == "fails":
        return claim.slip if _stands(claim, values) else "taken as a condition, for it stands within a sentence"
    if claim.verdict == "holds" and claim.solved is not None:
        return "holds at the solution"
    if claim.verdict == "defines":
        return f"gives `{claim.why}` its meaning"
    return claim.why
