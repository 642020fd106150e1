"""Whose answer a text is, told by its formulas alone: for texts that stand under no part, or under a label used twice.

Nothing is evaluated here, outside of the box. Formulas are cut into runs of three signs, whatever they are typed with,
and compared with those of the reference answers. Only what speaks for one part of the homework, and next to nothing
for any other, is said to be certain; prose, numbers and choices never are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

LONGEST = 20_000
"""Characters of a text that are looked at."""
RUN = 3
LEAST = 12.0
"""How many runs that no other part has must speak for a part, each shared one counted by its share."""
COVERED = 0.3
"""The share of a text's runs that must be in the part's reference."""
RIVAL = 0.2
"""The most that may speak for any other part, as a share of what speaks for the first."""

Certain = Callable[[str], Collection[str]]
"""Text of an answer → the parts whose answer it certainly contains."""

_SIGN = re.compile(r"\\([A-Za-z]+)|([A-Za-z]+)|(\d+)|\\?([|=+*/^<>()\[\]-])|(\n\s*\n)")
_DIVERGENCE = re.compile(r"D ?_ ?\{? ?(?:\\(?:text|mathrm|operatorname) ?\{ ?)?(KL|JSD|JS)[ }]{0,4}")
_LAYOUT = frozenset(
    [
        *("left", "right", "middle", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "quad", "qquad"),
        *("displaystyle", "limits", "nolimits", "nonumber", "notag", "begin", "end", "text", "mathrm", "mathbb"),
        *("mathcal", "mathbf", "boldsymbol", "operatorname", "hspace", "theta", "phi", "omega", "psi", "vartheta"),
        *("varphi", "item", "section", "textbf", "label", "tag", "cdot", "boxed", "underbrace", "rm", "cal", "bf"),
    ]
)
"""What says how a formula looks, and labels of densities that students write or leave out."""
_SAME = {
    "dfrac": "frac",
    "tfrac": "frac",
    "ln": "log",
    "mid": "|",
    "vert": "|",
    "lvert": "|",
    "geq": "ge",
    "leq": "le",
    "P": "p",
    "Q": "q",
    "Rightarrow": "=",
    "implies": "=",
    "iff": "=",
}
_WORDS = frozenset(["log", "exp", "ln", "KL", "JSD", "JS", "max", "min", "sup", "inf", "det", "dx", "dz", "du", "tr"])
"""Runs of letters that are signs of a formula, and no prose."""


class Parts(tuple[str, ...]):
    """The labels of the parts that are asked for, in order; `certain` tells whose answer a text certainly is."""

    certain: Certain | None

    def __new__(cls, labels: Iterable[str], certain: Certain | None = None) -> Parts:
        found = super().__new__(cls, labels)
        found.certain = certain
        return found


@dataclass(frozen=True)
class Contents:
    """The runs of signs of each part's reference, and in how many parts each of them stands."""

    runs: Mapping[str, frozenset[str]]
    parts_with: Mapping[str, int] = field(default_factory=dict)

    def certain(self, text: str) -> frozenset[str]:
        """The one part whose answer a text certainly is; none where that is not certain."""
        found = _runs(text)
        if not found:
            return frozenset()
        spoken = sorted(((self.speaks(found, part), part) for part in self.runs), reverse=True)
        (most, first), (rival, _) = [*spoken, (0.0, ""), (0.0, "")][:2]
        covered = len(found & self.runs.get(first, frozenset())) / len(found)
        sure = most >= LEAST and covered >= COVERED and rival <= RIVAL * most
        return frozenset({first}) if sure else frozenset()

    def speaks(self, found: frozenset[str], part: str) -> float:
        """How much the runs of a text speak for a part."""
        return sum(1.0 / self.parts_with[run] ** 2 for run in found & self.runs[part])


def contents(references: Mapping[str, Iterable[str]]) -> Contents:
    """What the reference answers of the parts contain: part → formulas."""
    runs = {part: frozenset().union(*map(_runs, texts)) for part, texts in references.items()}
    return Contents(runs, Counter(run for one in runs.values() for run in one))


def _runs(text: str) -> frozenset[str]:
    """All runs of signs of the formulas in a text; words end them."""
    signs: list[str] = []
    found: set[str] = set()
    for m in _SIGN.finditer(_DIVERGENCE.sub(r" \1 ", text[:LONGEST])):
        sign = _sign(m)
        if sign == "":
            continue
        signs = [] if sign == " " else [*signs[1 - RUN :], sign]
        if len(signs) == RUN:
            found.add(" ".join(signs))
    return frozenset(found)


def _sign(m: re.Match[str]) -> str:
    """A sign as it counts; "" for layout, a space for what ends a run."""
    command, letters, number, sign = m[1], m[2], m[3], m[4]
    if command:
        return "" if command in _LAYOUT else _SAME.get(command, command)
    if letters:
        return _SAME.get(letters, letters) if len(letters) == 1 or letters in _WORDS else " "
    return number or sign or " "
