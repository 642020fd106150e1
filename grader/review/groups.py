"""What there is to decide: equal results in groups, in the order in which people decide them. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.decisions import Decided, Decision, credit, saw
from grader.model import Grade, Item, Outcome, Rubric
from grader.pieces import Piece, pieces
from grader.run import answer_to

MODEL_ANSWERS = ("model_answer", "solution", "answer", "ends")
"""The keys of the kinds under which a rubric holds a right answer."""


@dataclass(frozen=True)
class Case:
    """One item of one student, as the grader has judged it; `saw` is the digest of what a person decides on.

    `code` are the definitions that the item asks for, as they were handed in.
    """

    student: str
    item: Item
    outcome: Outcome
    answer: str
    saw: str
    code: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class Group:
    """Cases that are decided together: equal ones with the same decision, if there is one.

    `changed` if the result is another one than that which was decided on. `gives` is the credit in force.
    """

    id: str
    item: Item
    cases: tuple[Case, ...]
    decision: Decision | None
    changed: bool
    gives: float | None

    @property
    def waits(self) -> bool:
        """Whether a person has to look."""
        return self.changed or self.gives is None


@dataclass(frozen=True)
class Choice:
    """Which groups are shown: `show` is `waiting`, `all`, `decided` or `changed`; the others "" for any."""

    show: str = "waiting"
    item: str = ""
    note: str = ""
    student: str = ""

    def takes(self, group: Group, called: Mapping[str, str]) -> bool:
        """Whether a group is shown; `called` are the names under which the students are shown."""
        kinds = {"all": True, "decided": group.decision is not None, "changed": group.changed, "waiting": group.waits}
        return (
            kinds.get(self.show, group.waits)
            and self.item in ("", group.item.id)
            and self.note in ("", group.cases[0].outcome.note)
            and (not self.student or any(self._is(called[case.student]) for case in group.cases))
        )

    def _is(self, name: str) -> bool:
        return self.student.strip().casefold() in name.casefold()


def cases_of(
    rubric: Rubric, grade: Grade, answers: Mapping[str, str], code: Mapping[str, Piece] | None = None
) -> list[Case]:
    """The cases of one student; an item that the rubric has got since he was graded is none."""
    found = []
    for item in rubric.items:
        outcome = grade.outcomes.get(item.id)
        if outcome is not None:
            answer = answer_to(item, answers)
            shown = () if item.check.reads_text else pieces(item, code or {}, {})
            found.append(Case(grade.student, item, outcome, answer, saw(outcome, answer), shown))
    return found


def grouped(rubric: Rubric, cases: Iterable[Case], decided: Decided) -> list[Group]:
    """All groups: what waits for a person first, then by item as in the rubric, large ones before small ones."""
    found: dict[tuple[str, ...], list[Case]] = {}
    for case in cases:
        place = (case.student, case.item.id)
        decision = decided.decisions.get(place)
        key = (case.item.id, case.saw, decided.splits.get(place, ""), decision.id if decision else "")
        found.setdefault(key, []).append(case)
    groups = [_group(key, tuple(members), decided) for key, members in found.items()]
    order = {item.id: number for number, item in enumerate(rubric.items)}
    return sorted(groups, key=lambda each: (not each.waits, order[each.item.id], -len(each.cases), each.id))


def based(cases: Sequence[Case], decided: Decided) -> str:
    """The digest of what a decision on these cases would be based on: their results and what was decided on them."""
    parts = []
    for case in sorted(cases, key=lambda each: each.student):
        decision = decided.decisions.get((case.student, case.item.id))
        parts += [case.student, case.item.id, case.saw, decision.id if decision else ""]
    return _digest(parts)


def model_answer(item: Item) -> str:
    """The right answer as the rubric has it; "" where it is computed."""
    found = (str(getattr(item.check, name, "")) for name in MODEL_ANSWERS)
    answer = next((text for text in found if text.strip()), "")
    options = getattr(item.check, "options", {})
    return f"{answer}: {options[answer][0]}" if options.get(answer) else answer


def _group(key: tuple[str, ...], cases: tuple[Case, ...], decided: Decided) -> Group:
    first = cases[0]
    decision = decided.decisions.get((first.student, first.item.id))
    changed = decision is not None and decision.saw not in ("", first.saw)
    gives = credit(decision, decided.rows) if decision else first.outcome.credit
    return Group(_digest(key), first.item, cases, decision, changed, gives)


def _digest(parts: Iterable[str]) -> str:
    told = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(told).hexdigest()[:16]
