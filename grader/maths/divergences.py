"""Kullback–Leibler and Jensen–Shannon divergences, Wasserstein distances, entropies and Gaussians, in all spellings."""

from __future__ import annotations

import re
from itertools import pairwise

from grader.maths.lex import Token
from grader.maths.names import Names
from grader.maths.spelling import spelt
from grader.maths.symbols import DIVERGENCES
from grader.maths.tree import Divergence, Gaussian, Node, Symbol

_PLAIN_FONT = re.compile(r"\\(?:mathbb|mathcal|mathbf)\{(\w+)\}\Z")


class Divergences(Names):
    """Reads the names that stand for something of the field, unless the notation declares them otherwise."""

    def special(self, token: Token, start: int) -> Node | None:
        """Divergences and Gaussians, unless the notation declares the name otherwise."""
        label = ""
        text = token.text
        plain = _PLAIN_FONT.match(text)
        base = plain[1] if plain else text
        at = self.at
        if self.peek().kind == "_":
            self.at += 1
            low, high = self.script()
            label = self.label(low, high)
        whole = spelt(text, label if label not in self.notation.silent else "")
        mine = whole in self.notation.own
        if (mine or whole in self.declared or whole in self.notation.aliases) and not (base == "D" and self._doubled()):
            self.at = at
            return None
        kind = DIVERGENCES.get(spelt(base, label)) or (DIVERGENCES.get(base) if label in self.notation.silent else None)
        if base == "D" and not label and self._doubled():
            kind = "KL"
        opening = self.peek()
        if kind and opening.kind == "open" and opening.text in {"(", "[", "\\{"}:
            made = self._divergence(kind, start)
            if made is not None:
                return self.raised(made, self.scripts().above, start)
        if kind in {"KL", "JSD"} and opening.kind != "open":
            return Symbol(kind, known=False, span=self.span(start))
        if base == "N" and not label and opening.kind == "open" and self._arguments_inside(token):
            made = self._gaussian(start)
            return self.raised(made, self.scripts().above, start)
        self.at = at
        return None

    def _doubled(self) -> bool:
        return self.peek().kind == "open" and (
            self.doubles[self.at] % 2 == 1 or (self.bars[self.at] == 2 and self._double_bar(self.at))
        )

    def _double_bar(self, opening: int) -> bool:
        low, high = opening + 1, self.match[opening]
        bars = [i for i in range(low, high) if self.tokens[i].kind == "bar"]
        return any(j == i + 1 and i > low for i, j in pairwise(bars))

    def _divergence(self, kind: str, start: int) -> Node | None:
        opening, saved = self.at, (self.bar, self.double)
        end = self.match[opening]
        self.take()
        self.bar = self.double = True
        left = self._argument()
        right: Node | None = None
        if self.at != end:
            divider = self.take()
            if divider.kind in {"bar", "mid"} and self.peek().kind in {"bar", "mid"}:
                self.take()
            elif divider.kind not in {"bar", "mid", "dbar", ",", ";", ":"}:
                self.at -= 1
                raise self.unexpected()
            if kind == "H" and divider.kind in {"bar", "mid"}:
                raise self.fail("a conditional entropy is not known", divider)
            right = self._argument()
        if self.at != end:
            raise self.unexpected()
        self.take()
        self.bar, self.double = saved
        if right is None and kind != "H":
            raise self.fail(f"{kind} needs two densities; one stands", self.tokens[opening])
        return Divergence(kind, left, right, span=self.span(start))  # type: ignore[arg-type]

    def _gaussian(self, start: int) -> Node:
        opening = self.tokens[self.at]
        before, after = self.arguments()
        both = before + after
        if len(both) == 3 and len(before) in {1, 3}:
            return Gaussian(both[0], both[1], both[2], span=self.span(start))
        if len(both) == 2 and len(before) in {1, 2}:
            return Gaussian(None, both[0], both[1], span=self.span(start))
        raise self.fail("a Gaussian needs its mean and its variance; they were not found", opening)
