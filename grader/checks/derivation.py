"""Kind `derivation`: a derivation in LaTeX, judged line by line on sampled worlds.

The box reads the formulas and evaluates both sides of every claim; the reference evaluates what it must arrive at and
its milestones on the same worlds. Here the numbers are compared. What can't be read or decided never costs a point.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from grader.checks.alike import alike
from grader.checks.code import Code, Unread
from grader.checks.diagnose import number
from grader.checks.seen import COMMENT, Seen, of_ends, seen, with_choice
from grader.maths import (
    MAX_ANSWER,
    NOT_DECLARED,
    Judged,
    Statement,
    alternatives,
    displayed,
    evaluated,
    judged,
    likely,
    observed_answer,
    shown,
    statement,
    trouble,
)
from grader.model import Evidence, Expected, Fact, Line, Lines, LineVerdict, Observation, Outcome, Table, Values
from grader.values import cases, under

MOST_STEPS = 50
SIGNS = {"=": "=", ">=": r"\ge", "<=": r"\le"}


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
    a formula or a relation between two, `milestones` what must occur on the way, each matched by value. `least_steps`
    is how many different steps make a derivation. `solution` is a right derivation, which must pass. `scanned` answers
    may be misread: a line that holds once a misread character is put right goes to a person.
    """

    world: dict[str, Any]
    ends: str
    part: str = ""
    milestones: tuple[Milestone, ...] = ()
    weights: Weights = field(default_factory=Weights)
    least_steps: int = 1
    solution: str = ""
    scanned: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.least_steps <= MOST_STEPS:
            raise ValueError(f"least_steps must be from 1 to {MOST_STEPS}, got {self.least_steps}")

    asks_reference: ClassVar[bool] = True
    reads_text: ClassVar[bool] = True
    searchable: ClassVar[bool] = False

    def told(self, *, reference: bool) -> dict[str, Any]:
        world = {**self.world, "scanned": True} if self.scanned else self.world
        told = {"part": self.part, "world": world}
        return told | ({"formulas": self._formulas(), "relations": self._relations()} if reference else {})

    def _relations(self) -> dict[str, str]:
        return {str(k): one.relation for k, one in enumerate(self._statements()) if one.relation}

    def _statements(self) -> list[Statement]:
        return [statement(text) for text in alternatives(self.ends)]

    def _formulas(self) -> dict[str, str]:
        """What the reference evaluates: the last sides, each way to put it an alternative, and the first sides."""
        found = {"ends": r"\text{ or }".join(one.right for one in self._statements())}
        found |= {f"start.{k}": one.left for k, one in enumerate(self._statements()) if one.relation}
        return found | {f"milestone.{k}": m.formula for k, m in enumerate(self.milestones)}

    def problems(self) -> Iterator[tuple[str, str]]:
        """What is wrong with the item's formulas: the field and a sentence."""
        try:
            formulas = self._formulas()
        except ValueError as error:
            yield "ends", f"`ends`: {error}"
            return
        found = False
        for name, what in trouble(formulas, self.world, ends=frozenset({"ends"})):
            found = True
            kind, _, k = name.partition(".")
            here = f"milestones[{k}].formula" if kind == "milestone" else "ends"
            yield f"milestones.{k}.formula" if kind == "milestone" else "ends", f"`{here}`: {what}"
        if found:
            return
        expected = self._evaluated(formulas, 0)
        for one in self._statements():
            yield from self._unsaid(one, expected) if one.relation else ()
        if self.solution:
            yield from self._unproved(expected)

    def _evaluated(self, formulas: Mapping[str, str], seed: int) -> Values:
        found = evaluated(formulas, self.world, seed)
        return {**found, **of_ends(found, formulas, self._relations(), self.world, seed)}

    def _unsaid(self, one: Statement, expected: Values) -> Iterator[tuple[str, str]]:
        """What is wrong with a relation that is to be shown: it must hold, and be told from its reverse."""
        relation = SIGNS[one.relation]
        text = f"{one.left} {relation} {one.right}"
        claims = [judged(self._observed(f"{one.left} {sign} {one.right}")) for sign in (relation, "=")]
        here, equal = (found[-1] if found else None for found in claims)
        if here is None or here.verdict == "undecided":
            yield "ends", f"`ends`: `{text}` can't be decided: {here.why if here else 'it says nothing'}"
        elif here.verdict != "holds":
            yield "ends", f"`ends`: `{text}` does not hold{_sides_told(here)}"
        elif one.relation != "=" and equal and equal.verdict == "holds" and equal.solved is None:
            yield "ends", f"`ends`: both sides of `{text}` are equal in every world, which hides a wrong direction"
        elif _seen(self._observed(text), expected).arrival != "yes":
            yield "ends", f"`ends`: `{text}` would not be recognised in an answer"

    def _observed(self, text: str) -> Values:
        return observed_answer(displayed(text), self.world, 0, parts=bool(self.milestones), slips=False)

    def _unproved(self, expected: Values) -> Iterator[tuple[str, str]]:
        """What the given solution lacks: it must be read whole, hold step by step, and reach all that is looked for."""
        values = self._observed(self.solution)
        yield from self._doubtful(values)
        if any(str(line["why"]) for line in cases(under("line", values)).values()):
            return  # where it arrives can't be said before all of it is read
        found = _seen(values, expected)
        for k, hit in enumerate(found.reached):
            if not hit:
                what = "nothing in the solution has this value"
                yield f"milestones.{k}.formula", f"`milestones[{k}].formula`: {what}"
        if found.arrival != "yes":
            what = ": ".join(filter(None, ("it does not arrive at `ends`", COMMENT[found.arrival])))
            yield "solution", f"`solution`: {what}"
        elif not found.related:
            yield "solution", "`solution`: none of its steps has to do with `ends` or a milestone"
        elif found.steps < self.least_steps:
            what = f"the solution has {found.steps} different steps, fewer than are asked for"
            yield "least_steps", f"`least_steps`: {what}"

    def _doubtful(self, values: Values) -> Iterator[tuple[str, str]]:
        """Lines of the given solution that can't be read, and steps that do not hold or can't be decided."""
        places = shown(displayed(self.solution), self.world)
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

    @staticmethod
    def probe(code: Code, call: Mapping[str, Any], given: Values) -> Values:  # noqa: ARG004 - there are no inputs
        if "formulas" in call:
            found = evaluated(call["formulas"], call["world"], call["seed"], slips=("ends",))
            return {**found, **of_ends(found, call["formulas"], call["relations"], call["world"], call["seed"])}
        text = bounded(code.answer(call["part"]))
        return with_choice(observed_answer(text, call["world"], call["seed"]), text)

    def compare(self, expected: Expected, observed: Observation) -> Outcome:
        values = observed.values
        claims = judged(values)
        found = _seen(values, expected.values)
        credit = self._credit(found)
        evidence: tuple[Evidence, ...] = (lines_of(values, claims), self._looked_for(found))
        standing = _standing(claims, values)
        unjudged = unjudged_of(values, standing)
        # A line that is not judged may be a remark; q(x|z), where there is but q(z|x), is a slip in most.
        slipped = any(claim.verdict == "undecided" and NOT_DECLARED in claim.why for claim in standing)
        if unjudged and (slipped or (credit < 1.0 and not found.whole(self.least_steps))):
            told = _summary(found.steps, list(found.failed))
            same = alike(values, whole=True)
            return Outcome(None, f"A person decides: {unjudged}; {told}.", evidence, "undecided", same)
        loose = [claim.line + 1 for claim in standing if claim.relation == "proportional"]
        if loose and found.arrival != "yes" and not (found.steps or found.failed):
            told = f"line {loose[0]} leaves a factor open, and nothing else is claimed"
            same = alike(values, whole=True)
            return Outcome(None, f"A person decides: {told}.", evidence, "undecided", same)
        if found.arrival == "both":
            same = alike(values, whole=True)
            return Outcome(None, f"A person decides: {COMMENT['both']}.", evidence, "two_ends", same)
        sentence, note = self._said(found)
        if note == "does_not_arrive" and found.arrival == "no":
            sentence += _why_not(values, expected.values)
        if unjudged and credit == 1.0:
            evidence = (*evidence, Fact("not judged by the grader", unjudged))
        return Outcome(credit, sentence, evidence, note)

    def _credit(self, found: Seen) -> float:
        marks = [(m.weight, float(hit)) for m, hit in zip(self.milestones, found.reached, strict=True)]
        # Truth is not proof: steps that hold count as far as they go the way that is to be gone.
        way = [mark for mark, given in zip(marks, found.given, strict=True) if not given]
        enough = (found.steps + len(found.failed) - 1) / (self.least_steps - 1) if self.least_steps > 1 else 1.0
        steps = found.steps / (found.steps + len(found.failed)) if found.steps else 0.0
        steps *= _mean(way) * min(1.0, max(0.0, enough)) * found.related
        ends = float(found.arrival == "yes")
        return _mean([(self.weights.steps, steps), (self.weights.ends, ends), *marks])

    def _said(self, found: Seen) -> tuple[str, str]:
        if found.failed:
            first = found.failed[0]
            end = "it does not arrive where it must" if found.arrival in ("no", "open") else COMMENT[found.arrival]
            return "; ".join(filter(None, (_failure(first), end))), first.note or "wrong_step"
        missing = [m.title for m, hit in zip(self.milestones, found.reached, strict=True) if not hit]
        if found.arrival == "bound":
            held = f"{_count(found.steps)} hold" if found.steps else "what is shown holds"
            return f"{held}, but an equality is asked for, and only an inequality is shown", "only_a_bound"
        if not found.steps:
            end = "the end is right, but " if found.arrival == "yes" else ""
            same = "no step is shown: both sides of what is claimed are the same but for their arrangement"
            return end + (same if found.same else "no step is shown that could be checked"), "no_steps"
        held = _count(found.steps)
        if found.arrival != "yes":
            end = "it does not arrive at what is asked for"
            return f"{held} hold, but {': '.join(filter(None, (end, COMMENT[found.arrival])))}", "does_not_arrive"
        if not found.related:
            return f"{held} hold, but none of them has to do with what is asked for", "beside_the_point"
        if missing:
            told = "; ".join(missing)
            return f"{held} hold and the end is right; what is missing: {told}", "missing_milestone"
        if found.steps < self.least_steps:
            told = f"at least {self.least_steps} different steps are asked for"
            return f"{held} hold and the end is right, but {told}", "too_few_steps"
        return f"{held} hold, and it arrives where it must", ""

    def _looked_for(self, found: Seen) -> Table:
        milestones = zip(self.milestones, found.reached, strict=True)
        rows = [(m.title, "reached" if hit else "not found") for m, hit in milestones]
        why = "" if found.failed and found.arrival == "open" else COMMENT[found.arrival]
        arrived = "yes" if found.arrival == "yes" else ": ".join(filter(None, ("no", why)))
        rows.append(("arrives where it must", arrived))
        if self.least_steps > 1:
            rows.append((f"different steps that hold, at least {self.least_steps}", str(found.steps)))
        return Table("what was looked for", ("", ""), tuple(rows))


def _standing(claims: list[Judged], values: Values) -> list[Judged]:
    return [claim for claim in claims if _stands(claim, values)]


def _mean(parts: list[tuple[float, float]]) -> float:
    """The mean of shares by their weights; 1 of none."""
    total = sum(weight for weight, _ in parts)
    return sum(weight * share for weight, share in parts) / total if total else 1.0


def _seen(values: Values, expected: Values) -> Seen:
    return seen(values, _standing(judged(values), values), expected)


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
    return {1: "the one step that is shown does", 2: "both steps"}.get(held, f"all {held} steps")


def _summary(held: int, failed: list[Judged]) -> str:
    told = "1 step holds" if held == 1 else f"{held} steps hold"
    fails = f"{len(failed)} {'does' if len(failed) == 1 else 'do'} not"
    return f"{told}, {fails}: {_failure(failed[0])}" if failed else told


def _failure(claim: Judged) -> str:
    named = f": {claim.slip}" if claim.slip else ""
    return f"the step in line {claim.line + 1} does not hold{named}{_sides_told(claim)}"


def _sides_told(claim: Judged) -> str:
    if claim.at is None:
        return ""
    left, right = _both(claim.at)
    return f" (in one world the left side is {left}, the right side {right})"


def _stands(claim: Judged, values: Values) -> bool:
    """Whether a claim counts: what fails within a sentence may be a condition or an assumption."""
    alone = bool(values.get(f"line/{claim.line}/alone", np.array(True)))
    return alone or claim.verdict == "holds"


def unjudged_of(values: Values, claims: list[Judged]) -> str:
    """What nobody has judged yet, in words; nothing if all is judged."""
    lines = cases(under("line", values))
    unread = [int(key) + 1 for key in lines if str(lines[key].get("why", "")) and bool(lines[key]["alone"])]
    open_ones = [claim for claim in claims if claim.verdict == "undecided"]
    explained = [claim for claim in open_ones if claim.why.startswith(READ_AS) or NOT_DECLARED in claim.why]
    undecided = sorted({claim.line + 1 for claim in open_ones} - {claim.line + 1 for claim in explained})
    told = []
    if unread:
        told.append(f"line {', '.join(map(str, sorted(unread)))} could not be read")
    if undecided:
        told.append(f"line {', '.join(map(str, undecided))} could not be decided")
    reasons = {claim.why: claim.line + 1 for claim in reversed(explained)}
    told += [f"line {line}: {why}" for why, line in reversed(reasons.items())]
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
    words = [why] if why else _words(mine, failed, values)
    words += [f"read with a change: {line['read_as']}"] if str(line.get("read_as", "")) else []
    sides = _both(failed.at) if failed and failed.at else ("", "")
    said = "; ".join(dict.fromkeys(filter(None, words)))
    return Line(str(line.get("mathml", "")), str(line["text"]), verdict, said, *sides)


def _words(mine: list[Judged], failed: Judged | None, values: Values) -> list[str]:
    """What is said of the claims of a line; of one that fails only why its first wrong step does."""
    if failed is None:
        return [_told(claim, values) for claim in mine]
    more = sum(claim.verdict == "fails" and _stands(claim, values) for claim in mine) - 1
    further = f"{more} more {'step does' if more == 1 else 'steps do'} not hold" if more else ""
    return [_told(failed, values), further]


def _both(at: tuple[float, float]) -> tuple[str, str]:
    """Both sides as they are shown; one that is rounding beside the other is 0."""
    left, right = (0.0 if abs(value) <= 1e-12 * abs(other) else value for value, other in (at, at[::-1]))
    return number(left), number(right)


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
