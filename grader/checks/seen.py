"""What a derivation shows, told from the values of its sides: its steps, what it passes, and whether it arrives.

True is not yet shown. A step counts if its sides differ in more than their arrangement, and once; something of the
answer must have to do with what is asked for; what is left as it was asked is no end; and of a relation that is to be
shown its reverse says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from grader.maths import (
    EQUALITIES,
    Judged,
    Said,
    Web,
    alternatives,
    matches,
    may_be_open,
    observed_answer,
    occurs,
    only_bounded,
    said,
    web,
)
from grader.model import Values
from grader.values import cases, under

COMMENT: Mapping[Said, str] = {
    "yes": "",
    "no": "",
    "both": "the answer ends in two ways that exclude each other",
    "changed": "the right end is there, and below it another one, which is wrong",
    "reversed": "the inequality points the wrong way",
    "equal": "an equality is written where only an inequality holds",
    "bound": "only an inequality is shown where an equality is asked for",
    "open": "what is asked for is restated, and not worked out",
}
"""What there is to say of an answer that does not arrive, beside that it does not."""


@dataclass(frozen=True)
class Seen:
    """What a derivation shows: how many different steps hold and which fail, whether it arrives, what it passes.

    `reached` and `given` tell of each milestone whether it occurs, and whether it stands in the end itself. `related`:
    whether one of the steps has to do with what is asked for. `same`: whether claims hold that are no steps.
    """

    steps: int
    failed: tuple[Judged, ...]
    arrival: Said
    reached: tuple[bool, ...]
    given: tuple[bool, ...]
    related: bool
    same: bool

    def whole(self, least: int) -> bool:
        """Whether nothing is missing."""
        return self.arrival == "yes" and all(self.reached) and self.related and self.steps >= max(1, least)


def of_ends(found: Values, formulas: Mapping[str, str], relations: Mapping[str, str], world: Any, seed: int) -> Values:
    """What is to be known of the ends: of each the relation that it is and what may be left to be worked out in it.

    Besides of each milestone what may be left in it (`unfinished/<k>`), and whether it stands in the ends themselves
    and so says nothing of the way to them (`given/<k>`).
    """
    told = {f"relation/{k}": np.array(relation) for k, relation in relations.items()}
    told |= {f"open/{k}": np.array(sorts) for k, sorts in enumerate(may_be_open(formulas["ends"], world))}
    texts = [*alternatives(formulas["ends"]), *(formulas[name] for name in formulas if name.startswith("start."))]
    sides = sides_of(observed_answer("\n\n".join(f"$${text}$$" for text in texts), world, seed, slips=False))
    for name, k in ((name, name.partition(".")[2]) for name in formulas if name.startswith("milestone.")):
        sorts = " ".join(may_be_open(formulas[name], world))
        told[f"unfinished/{k}"] = np.array(sorts)
        told[f"given/{k}"] = np.array(any(occurs(side, under(name, found), sorts.split()) for side in sides))
    return told


def seen(values: Values, claims: Sequence[Judged], expected: Values) -> Seen:
    """What an answer shows by the claims in it that count, where `expected` is what the reference evaluates."""
    sides = sides_of(values)
    goals = [name for name in cases(expected) if name.partition(".")[0] in ("ends", "start", "milestone")]
    count = sum(name.startswith("milestone") for name in goals)
    reached = tuple(_reached(sides, expected, k) for k in range(count))
    given = tuple(bool(expected.get(f"given/{k}", False)) for k in range(count))
    true = [claim for claim in claims if claim.verdict == "holds"]
    doing = [claim for claim in claims if claim.verdict in ("fails", "undecided") or _step(claim, sides)]
    lines = {claim.line for claim in doing} | {int(sides[claim.left].get("line", -1)) for claim in doing}
    near = [side for side in sides if int(side.get("line", -2)) in lines]
    related = any(occurs(side, under(goal, expected)) for side in near for goal in goals)
    arrival = _arrival(values, claims, expected)
    # Who shows a bound where an equality is asked for has gone a way with that, and not the one that was asked for.
    going = [claim for claim in true if arrival != "bound" or claim.relation in EQUALITIES]
    return Seen(
        steps=len({step for claim in going if (step := _step(claim, sides))}),
        failed=tuple(claim for claim in claims if claim.verdict == "fails"),
        arrival=arrival,
        reached=reached,
        given=given,
        related=related or any(claim.solved is not None for claim in doing),
        same=not all(_step(claim, sides) for claim in true),
    )


def _reached(sides: Sequence[Values], expected: Values, k: int) -> bool:
    sorts = str(expected.get(f"unfinished/{k}", "")).split()
    return any(occurs(side, under(f"milestone.{k}", expected), sorts) for side in sides)


def sides_of(values: Values) -> list[Values]:
    """The sides of an answer in their order, and behind them the expressions within them."""
    sides = cases(under("side", values))
    return [sides[key] for key in sorted(sides, key=int)]


def ends_of(values: Values) -> list[Values]:
    """The sides with which its chains end."""
    sides = sides_of(values)
    return [sides[k] for k in _ends(values, sides)]


def _ends(values: Values, sides: Sequence[Values]) -> list[int]:
    return [int(k) for k in values.get("ends", np.zeros(0, int)) if int(k) < len(sides)]


def _step(claim: Judged, sides: Sequence[Values]) -> frozenset[str]:
    """What tells a step from others: the forms of its sides; nothing of a claim that holds of itself, or of numbers."""
    forms = frozenset(str(sides[k].get("form", k)) for k in (claim.left, claim.right))
    trivial = len(forms) == 1 or all(form.startswith("#") for form in forms)
    return frozenset() if trivial or claim.verdict != "holds" else forms


def _arrival(values: Values, claims: Sequence[Judged], expected: Values) -> Said:
    """Whether the answer arrives at one of the ways to put the end, or what it says in place of one of them."""
    told = web(values, claims)
    relations = under("relation", expected)
    first = {name: value for name, value in under("ends", expected).items() if not name.startswith("or/")}
    found: Said = "no"
    for k, end in {"0": first, **cases(under("ends/or", expected))}.items():
        if k in relations:
            here = said(told, under(f"start.{k}", expected), str(relations[k]), end)
        else:
            here = _ended(values, told, end, str(expected.get(f"open/{k}", "")).split())
            here = _taken_back(values, claims, under("ends", expected)) or here if here == "yes" else here
        if here == "yes":
            return "yes"
        found = here if here != "no" else found
    return found


def _ended(values: Values, told: Web, end: Values, may_be_open: Sequence[str]) -> Said:
    """Whether a side at the end of a chain has the value of a formula, and is said to be equal to it.

    Somewhere that value must be worked out as far as the formula is, for to repeat the question is no end.
    """
    sides = sides_of(values)
    ends = _ends(values, sides)
    done = [side for side in told.sides if set(str(side["open"]).split()) <= set(may_be_open)]
    if not any(_is(sides[k], end) for k in ends):
        return "no"
    if not any(_is(side, end) for side in done):
        return "open"
    return "bound" if only_bounded(told, end) else "yes"


def _is(side: Values, formula: Values) -> bool:
    """Whether a side has the value of a formula, as it is written or as it may be meant."""
    return matches(side, formula) or matches(under("read", side), formula)


def _taken_back(values: Values, claims: Sequence[Judged], right: Values) -> Literal["", "both", "changed"]:
    """What another end says of one that is right: nothing, or that both are offered, or that the last word is wrong."""
    sides = sides_of(values)
    ends = _ends(values, sides)
    hits = {k for k in ends if _is(sides[k], right)}
    wrong = {*ends} - hits
    sound = {claim.right for claim in claims if claim.verdict in ("holds", "defines", "unjudged")}
    if offers_choice(values) and wrong - sound:
        return "both"
    # A chain that goes wrong on its way is a slip; one that is nothing but another end is another answer.
    begun = {claim.left for claim in claims} - {claim.right for claim in claims}
    other = [c for c in claims if c.verdict == "fails" and c.relation == "=" and c.right in wrong and c.left in begun]
    last = max((claim.right for claim in other if matches(sides[claim.left], right)), default=-1)
    return "" if last < 0 else "changed" if last > max(hits) else "both"


CHOICE = re.compile(
    r"\\(?:text|mbox|textrm|mathrm)\s*\{\s*or\b|"
    r"(?:\$|\\\]|\\\)|\\end\{[a-z*]+\})[\s,.;]*(?:or|or else|alternatively)\b[\s,:;]*(?:\$|\\\[|\\\(|\\begin\{)",
    re.IGNORECASE,
)
"""An `or` between two formulas."""


def with_choice(values: Mapping[str, np.ndarray], text: str) -> dict[str, np.ndarray]:
    """What an answer says, and whether there is an `or` between formulas of it."""
    return {**values, "choice": np.array(bool(CHOICE.search(text)))}


def offers_choice(values: Values) -> bool:
    """Whether an answer leaves it to the reader which of its formulas is meant."""
    return bool(values.get("choice", False))
