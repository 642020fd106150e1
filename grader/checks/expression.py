"""Kind `expression`: a formula as the answer, compared with the reference's by its value on sampled worlds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from grader.checks.alike import alike
from grader.checks.code import Code
from grader.checks.derivation import bounded, lines_of, unjudged_of
from grader.checks.seen import ends_of, offers_choice, with_choice
from grader.maths import (
    Judged,
    UpTo,
    evaluated,
    judged,
    likely,
    matches,
    may_be_open,
    meanings,
    observed_answer,
    similar,
    trouble,
)
from grader.model import Expected, Lines, Observation, Outcome, Values
from grader.values import under


@dataclass(frozen=True)
class Expression:
    """The formula that an answer ends with has the value of `answer`, in whatever form it is written.

    `also` are further answers that are right, such as another convention. `up_to` is `constant` where any number may
    be added and `factor` where any positive number may be multiplied, the same one in all worlds; what a constant may
    depend on is a scalar with one value in all of them. What is to be worked out must not be left in the formula,
    unless it is left in `answer`, and no name of `without` may occur. `scanned` answers may be misread: what one
    misread character explains goes to a person.
    """

    world: dict[str, Any]
    answer: str
    also: tuple[str, ...] = ()
    part: str = ""
    up_to: UpTo = ""
    without: tuple[str, ...] = ()
    scanned: bool = False

    asks_reference: ClassVar[bool] = True
    reads_text: ClassVar[bool] = True
    searchable: ClassVar[bool] = False

    def told(self, *, reference: bool) -> dict[str, Any]:
        world = {**self.world, "scanned": True} if self.scanned else self.world
        return {"part": self.part, "world": world} | ({"formulas": self._formulas()} if reference else {})

    def _formulas(self) -> dict[str, str]:
        return {f"answer.{k}": text for k, text in enumerate((self.answer, *self.also))}

    def problems(self) -> Iterator[tuple[str, str]]:
        """What is wrong with the item's formulas: the field and a sentence."""
        formulas = self._formulas()
        for name, what in trouble(formulas, self.world, ends=frozenset(formulas)):
            k = int(name.partition(".")[2])
            yield (f"also.{k - 1}", f"`also[{k - 1}]`: {what}") if k else ("answer", f"`answer`: {what}")
            formulas = {}
        for k, name in enumerate(self.without):
            if not any(meanings([name], self.world).values()):
                near = similar(name, self.world)
                meant = f"; did you mean `{near}`?" if near else ""
                yield f"without.{k}", f"`without`: `{name}` is not declared in its world{meant}"
        if self.up_to and formulas:
            yield from self._constant(evaluated(formulas, self.world, 0))

    def _constant(self, values: Values) -> Iterator[tuple[str, str]]:
        for k in range(1 + len(self.also)):
            if np.ptp(values[f"answer.{k}/free/value"]) == 0:
                key = f"also.{k - 1}" if k else "answer"
                yield key, f"`up_to`: it is one number in all worlds, so that up to a {self.up_to} any would do"

    @staticmethod
    def probe(code: Code, call: Mapping[str, Any], given: Values) -> Values:  # noqa: ARG004 - there are no inputs
        if "formulas" in call:
            found = evaluated(call["formulas"], call["world"], call["seed"], slips=call["formulas"])
            sorts = {name: may_be_open(text, call["world"]) for name, text in call["formulas"].items()}
            return {**found, **{f"open/{name}": np.array(" ".join(each)) for name, each in sorts.items()}}
        text = bounded(code.answer(call["part"]))
        return with_choice(observed_answer(text, call["world"], call["seed"]), text)

    def compare(self, expected: Expected, observed: Observation) -> Outcome:
        outcome = self._judged(expected, observed)
        return outcome if outcome.credit == 1.0 else replace(outcome, alike=alike(observed.values, whole=False))

    def _judged(self, expected: Expected, observed: Observation) -> Outcome:
        claims = judged(observed.values)
        evidence = (lines_of(observed.values, claims),)
        ends = ends_of(observed.values)
        answers = [under(name, expected.values) for name in self._formulas()]
        right = [any(matches(side, answer, self.up_to) for answer in answers) for side in ends]
        unjudged = unjudged_of(observed.values, claims)
        if any(right):
            credit, sentence, note = self._right(observed.values, expected.values, right)
            return Outcome(credit, sentence, evidence, note)
        valued = [side for side in ends if "why" not in side]
        undecided = unjudged or _unvalued(observed.values, claims)
        if undecided or not valued:
            told = undecided or "no formula was found"
            return Outcome(None, f"A person decides: {told}.", evidence, "undecided")
        return self._wrong(valued[-1], answers, evidence)

    def _right(self, values: Values, expected: Values, right: Sequence[bool]) -> tuple[float | None, str, str]:
        """Credit, sentence and note where a right formula is there; a person decides if there may be another, too."""
        ends, claims = ends_of(values), judged(values)
        answers = [under(name, expected) for name in self._formulas()]
        last = max(k for k, side in enumerate(ends) if right[k] or self._restates(side, answers))
        chosen = max(k for k, hit in enumerate(right) if hit)
        if _goes_on(values, claims, 1 + last):
            return None, "A person decides: a right formula is there, but the answer goes on.", "goes_on"
        if not all(right) and _offers_others(values, claims, right, chosen):
            told = "the answer offers more than one formula, of which not all are right"
            return None, f"A person decides: {told}.", "two_answers"
        left = self._left(ends[chosen], expected)
        if left:
            return 0.0, f"the formula has the right value, but {left}", "not_worked_out"
        return 1.0, "the formula has the right value", ""

    def _left(self, side: Values, expected: Values) -> str:
        """What is left to be worked out in a right formula, in words."""
        there = [name for name in self.without if name in str(side.get("names", "")).split("\n")]
        if there:
            return f"`{there[0]}` must not occur in it"
        open_ = set(str(side.get("open", "")).split()) & LEFT.keys()
        right = [name for name in self._formulas() if matches(side, under(name, expected), self.up_to)]
        more = [open_ - set(str(expected.get(f"open/{name}", "")).split()) for name in right]
        least = min(more, key=len, default=None)
        return f"{LEFT[min(least)]} is still to be worked out" if least else ""

    def _restates(self, side: Values, answers: Sequence[Values]) -> bool:
        """Whether a side is a right formula behind other extrema: `max g`, where g was asked for and told before."""
        plain = [{**side, "programme": answer.get("programme", np.array(""))} for answer in answers]
        return any(matches(*pair, self.up_to) for pair in zip(plain, answers, strict=True))

    def _wrong(self, side: Values, answers: Sequence[Values], evidence: tuple[Lines, ...]) -> Outcome:
        """No credit, with the likeliest slip; what one misread character explains is a person's to decide."""
        slips = likely(side, answers)
        if slips and slips[0].note == "reading":
            return Outcome(None, f"A person decides: {slips[0].said}", evidence, "reading")
        named = f": {slips[0].said}" if slips else ""
        note = slips[0].note if slips else "wrong_formula"
        return Outcome(0.0, f"the formula does not have the right value{named}", evidence, note)


LEFT = {
    "extremum": "a maximum or minimum",
    "limit": "a derivative or limit",
    "mean": "an expectation, integral or divergence",
    "name": "what its name stands for",
}
"""What a right formula may leave to be worked out, in words."""


def _unvalued(values: Values, claims: list[Judged]) -> str:
    """That an end has no value, in words; what a function of the student's own is, `h(t) = …`, needs none."""
    defined = {claim.right for claim in claims if claim.verdict == "defines"}
    found = any(int(k) not in defined and f"side/{k}/why" in values for k in values["ends"])
    return "a formula could not be evaluated" if found else ""


def _offers_others(values: Values, claims: list[Judged], right: Sequence[bool], chosen: int) -> bool:
    """Whether a wrong formula stands beside the right one without a relation, or an `or` stands between two."""
    related = {side for claim in claims for side in (claim.left, claim.right)}
    ends = [int(k) for k in values["ends"]]
    here = values[f"side/{ends[chosen]}/line"]
    wrong = [end for end, hit in zip(ends, right, strict=True) if not hit and f"side/{end}/free/value" in values]
    beside = [end for end in wrong if end not in related and values[f"side/{end}/line"] == here]
    return bool(beside) or offers_choice(values)


def _goes_on(values: Values, claims: list[Judged], start: int) -> bool:
    """Whether another answer may follow the right one: whether some end is more than a remark about it.

    A remark is a name in a sentence, a definition, or a claim that is true or that nothing judges (`z_m ~ q`).
    """
    for end in (int(k) for k in values["ends"][start:]):
        mine = [claim for claim in claims if claim.right == end]
        alone = bool(values.get(f"line/{int(values[f'side/{end}/line'])}/alone", np.array(True)))
        if any(claim.verdict in ("fails", "undecided") for claim in mine) or (alone and not mine):
            return True
    return False
