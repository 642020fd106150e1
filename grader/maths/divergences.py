"""Kullback–Leibler and Jensen–Shannon divergences, Wasserstein distances, entropies and Gaussians, in all spellings."""

from __future__ import annotations

import re

from grader.maths.lex import Token
from grader.maths.names import Names
from grader.maths.spelling import spelt
from grader.maths.symbols import DIVERGENCES
from grader.maths.tree import Apply, Divergence, Gaussian, Node, Symbol

_PLAIN_FONT = re.compile(r"\\(?:mathbb|mathcal|mathbf)\{(\w+)\}\Z")


_NORMAL = "\\mathcal{N}"


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
        mine = whole in self.notation.own or whole in self.declared or whole in self.notation.aliases
        doubled = base == "D" and self._doubled()
        counted = whole == "N" and whole in self.notation.scalars and self._lists()
        if mine and not doubled and not counted:
            self.at = at
            return None
        kind = DIVERGENCES.get(spelt(base, label)) or (DIVERGENCES.get(base) if label in self.notation.silent else None)
        if base == "D" and not label and self._doubled():
            kind = "KL"
        opening = self.peek()
        if kind and opening.kind == "open" and opening.text in {"(", "[", "\\{"}:
            made = self._divergence(kind, start)
            if made is not None:
                return made
        if kind in {"KL", "JSD"} and opening.kind != "open":
            return Symbol(kind, known=False, span=self.span(start))
        called = opening.kind == "open" and (self._arguments_inside(token) or text == _NORMAL)
        if base == "N" and not label and called:
            return self._gaussian(start)
        self.at = at
        return None

    def _doubled(self) -> bool:
        return self.peek().kind == "open" and (
            self.doubles[self.at] % 2 == 1 or (self.bars[self.at] == 2 and self.two_bars(self.at))
        )

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
                self.at = opening
                before, after = self.arguments()
                self.bar, self.double = saved
                return Apply("H", before, after, span=self.span(start))
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
        if len(both) == 1 and self.tokens[start].text == _NORMAL:
            # A normal law whose mean and variance one function gives; no factor stands here.
            return Apply(_NORMAL, both, known=False, span=self.span(start))
        if len(both) == 3 and len(before) in {1, 3}:
            return Gaussian(both[0], both[1], both[2], span=self.span(start))
        if len(both) == 2 and len(before) in {1, 2}:
            return Gaussian(None, both[0], both[1], span=self.span(start))
        raise self.fail("a Gaussian needs its mean and its variance; they were not found", opening)
