"""Kind `expression`: a formula as the answer, compared with the reference's by its value on sampled worlds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from grader.checks.code import Code
from grader.checks.derivation import bounded, ends_of, lines_of, unjudged_of
from grader.maths import Judged, UpTo, evaluated, judged, likely, matches, observed_answer, trouble
from grader.model import Expected, Lines, Observation, Outcome, Values
from grader.values import under


@dataclass(frozen=True)
class Expression:
    """The formula that an answer ends with has the value of `answer`, in whatever form it is written.

    `also` are further answers that are right, such as another convention. `up_to` is `constant` where any number may
    be added and `factor` where any positive number may be multiplied, the same one in all worlds; what a constant may
    depend on is a scalar with one value in all of them. `scanned` answers may be misread: what one misread character
    explains goes to a person.
    """

    world: dict[str, Any]
    answer: str
    also: tuple[str, ...] = ()
    part: str = ""
    up_to: UpTo = ""
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
            return evaluated(call["formulas"], call["world"], call["seed"], slips=call["formulas"])
        return observed_answer(bounded(code.answer(call["part"])), call["world"], call["seed"])

    def compare(self, expected: Expected, observed: Observation) -> Outcome:
        claims = judged(observed.values)
        evidence = (lines_of(observed.values, claims),)
        ends = ends_of(observed.values)
        answers = [under(name, expected.values) for name in self._formulas()]
        right = [any(matches(side, answer, self.up_to) for answer in answers) for side in ends]
        unjudged = unjudged_of(observed.values, claims)
        last = max((k for k, side in enumerate(ends) if right[k] or self._restates(side, answers)), default=-1)
        if any(right) and not _goes_on(observed.values, claims, 1 + last):
            return Outcome(1.0, "the formula has the right value", evidence)
        if any(right):
            told = "a right formula is there, but the answer goes on"
            return Outcome(None, f"A person decides: {told}.", evidence, "goes_on")
        valued = [side for side in ends if "why" not in side]
        undecided = unjudged or _unvalued(observed.values, claims)
        if undecided or not valued:
            told = undecided or "no formula was found"
            return Outcome(None, f"A person decides: {told}.", evidence, "undecided")
        return self._wrong(valued[-1], answers, evidence)

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


def _unvalued(values: Values, claims: list[Judged]) -> str:
    """That an end has no value, in words; what a function of the student's own is, `h(t) = …`, needs none."""
    defined = {claim.right for claim in claims if claim.verdict == "defines"}
    found = any(int(k) not in defined and f"side/{k}/why" in values for k in values["ends"])
    return "a formula could not be evaluated" if found else ""


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
