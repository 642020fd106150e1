"""Kind `expression`: a formula as the answer, compared with the reference's by its value on sampled worlds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from grader.checks.code import Code
from grader.checks.derivation import ends_of, lines_of, unjudged_of
from grader.maths import evaluated, judged, matches, observed_answer, trouble
from grader.model import Expected, Observation, Outcome, Values
from grader.values import under


@dataclass(frozen=True)
class Expression:
    """The formula that an answer ends with has the value of `answer`, in whatever form it is written.

    `also` are further answers that are right, such as another convention.
    """

    world: dict[str, Any]
    answer: str
    also: tuple[str, ...] = ()
    part: str = ""

    asks_reference: ClassVar[bool] = True
    reads_text: ClassVar[bool] = True
    searchable: ClassVar[bool] = False

    def told(self, *, reference: bool) -> dict[str, Any]:
        return {"part": self.part, "world": self.world} | ({"formulas": self._formulas()} if reference else {})

    def _formulas(self) -> dict[str, str]:
        return {f"answer.{k}": text for k, text in enumerate((self.answer, *self.also))}

    def problems(self) -> Iterator[tuple[str, str]]:
        """What is wrong with the item's formulas: the field and a sentence."""
        for name, what in trouble(self._formulas(), self.world):
            k = int(name.partition(".")[2]) if name.startswith("answer.") else None
            yield "world" if k is None else f"also.{k - 1}" if k else "answer", what

    @staticmethod
    def probe(code: Code, call: Mapping[str, Any], given: Values) -> Values:  # noqa: ARG004 - there are no inputs
        if "formulas" in call:
            return evaluated(call["formulas"], call["world"], call["seed"])
        return observed_answer(code.answer(call["part"]), call["world"], call["seed"])

    def compare(self, expected: Expected, observed: Observation) -> Outcome:
        claims = judged(observed.values)
        evidence = (lines_of(observed.values, claims),)
        ends = ends_of(observed.values)
        answers = [under(name, expected.values) for name in self._formulas()]
        right = [any(matches(side, answer) for answer in answers) for side in ends]
        unjudged = unjudged_of(observed.values, claims)
        if right and right[-1]:
            return Outcome(1.0, "the formula has the right value", evidence)
        if any(right):
            told = "a right formula is there, but the answer goes on"
            return Outcome(None, f"A person decides: {told}.", evidence, "goes_on")
        if unjudged or not ends or any("why" in side for side in ends):
            told = unjudged or "no formula was found" if not ends else unjudged or "a formula could not be evaluated"
            return Outcome(None, f"A person decides: {told}.", evidence, "undecided")
        return Outcome(0.0, "the formula does not have the right value", evidence, "wrong_formula")
