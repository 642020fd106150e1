"""Names with their labels, indices, primes and arguments, resolved with the notation; divergences and Gaussians."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterator

from grader.maths.cursor import Cursor
from grader.maths.lex import Token
from grader.maths.shapes import is_matrix
from grader.maths.spelling import Range, Resolved, Scripts, spelt
from grader.maths.symbols import DIVERGENCES
from grader.maths.tree import (
    FUNCTIONS,
    Apply,
    Chain,
    Constant,
    Derivative,
    Function,
    Node,
    Number,
    Power,
    Symbol,
    Tuple,
)

_FONT = re.compile(r"\\(?:mathbf|vec|underline)\{(.*)\}\Z")


class Names(Cursor):
    """Reads names and what is attached to them."""

    @abstractmethod
    def special(self, token: Token, start: int) -> Node | None:
        """A divergence or a Gaussian that a name begins; None if it is just a name."""

    def scripts(self) -> Scripts:
        """Everything below and above the name just read."""
        found = Scripts()
        while True:
            token = self.peek()
            if token.kind == "prime":
                self.at += 1
                found.primes += 1
            elif token.kind == "_" and found.below is None:
                self.at += 1
                found.below = self.script()
            elif token.kind == "^":
                self.at += 1
                self._above(found, token)
            elif token.kind in {"_"}:
                raise self.fail("two indices stand side by side", token)
            else:
                return found

    def _above(self, found: Scripts, token: Token) -> None:
        low, high = self.script()
        kinds = [t.kind for t in self.tokens[low:high]]
        texts = [t.text for t in self.tokens[low:high]]
        if kinds and all(kind == "prime" for kind in kinds):
            found.primes += len(kinds)
        elif kinds and (
            all(kind == "star" or text == "*" for kind, text in zip(kinds, texts, strict=True)) or texts == ["+"]
        ):
            found.star = self.label(low, high)
        elif kinds and kinds[0] == "open" and texts[0] == "(" and self.match[low] == high - 1 and not self.plain:
            found.raised = (low + 1, high - 1)
        elif found.above is not None:
            raise self.fail("two exponents stand side by side", token)
        else:
            found.above, found.stop = (low, high), self.tokens.index(token, max(low - 3, 0), low)

    def within(self, low: int, high: int) -> Node:
        """The expression that some tokens make, all of them."""
        with self.only(low, high):
            node = self.expression()
            if self.at != high:
                raise self.unexpected()
        return node

    def listed(self, low: int, high: int) -> tuple[Node, ...]:
        """The expressions between commas that some tokens make; indices side by side (`x_{ij}`) are several."""
        parts, start, depth = [], low, 0
        for i in range(low, high):
            kind = self.tokens[i].kind
            depth += (kind in {"{", "open"}) - (kind in {"}", "close"})
            if kind == "," and depth == 0:
                parts.append((start, i))
                start = i + 1
        parts.append((start, high))
        return tuple(node for part in parts for node in self._entry(*part))

    def _entry(self, low: int, high: int) -> tuple[Node, ...]:
        inner = self.tokens[low:high]
        if len(inner) > 1 and all(t.kind == "name" and t.text in self.notation.indices for t in inner):
            return tuple(Symbol(t.text, span=(t.start, t.end)) for t in inner)
        colon = next((i for i in range(low, high) if self.tokens[i].kind == ":"), None)
        if colon is not None:
            return (Tuple((self.within(low, colon), self.within(colon + 1, high))),)
        return (self.within(low, high),)

    def has(self, name: str) -> str | None:
        """The declared name that a spelling stands for, directly or as an alias."""
        if name in self.declared or self.local.get(name, 0) > 0:
            return name
        return self.notation.aliases.get(name)

    def resolve(self, base: str, scripts: Scripts) -> Resolved:
        """The name that a base with its labels is: as written, as an alias, without silent labels, with indices."""
        label = self.label(*scripts.below) if scripts.below else ""
        raised = f"({self.label(*scripts.raised)})" if scripts.raised else ""
        above = scripts.star or raised
        bases = [base]
        while fitting := _FONT.match(bases[-1]):
            bases.append(fitting[1])
        for one in bases:
            found = self._lookup(one, label, above, scripts)
            if found is not None:
                return found
        return self._unknown(base, label, above, scripts)

    def _lookup(self, base: str, label: str, above: str, scripts: Scripts) -> Resolved | None:
        whole = self.has(spelt(base, label, above))
        if whole is not None:
            return Resolved(whole)
        silent = self.notation.silent
        kept = ",".join(part for part in label.split(",") if part not in silent) if label else ""
        shown = "" if above in silent else above
        if kept != label or shown != above:
            whole = self.has(spelt(base, kept, shown))
            if whole is not None:
                return Resolved(whole)
            if label in silent:
                label, scripts = (
                    "",
                    Scripts(above=scripts.above, star=shown, raised=scripts.raised),
                )
            above = shown
        if not label and not scripts.raised:
            return None
        return self._indexed(base, above, scripts)

    def _indexed(self, base: str, above: str, scripts: Scripts) -> Resolved | None:
        """A declared name whose scripts are indices, the first of them perhaps still a label (`\\mu_{q,i}`)."""
        star = "" if scripts.raised else above
        low, high = scripts.below or (0, 0)
        raised = scripts.raised
        for name, start in self._splits(base, star, low, high):
            counted = (start >= high or self._counts(name, start, high)) and (not raised or self._counts(name, *raised))
            if counted and (start < high or raised):
                below = self.listed(start, high) if start < high else ()
                return Resolved(name, below + (self.listed(*raised) if raised else ()))
        return None

    def _splits(self, base: str, star: str, low: int, high: int) -> Iterator[tuple[str, int]]:
        """The declared names that a base makes with none, the first or all of its labels, and where indices begin."""
        comma = next((i for i in range(low, high) if self.tokens[i].kind == ","), high)
        cuts = [(low, low), (comma, comma + 1), (low + 1, low + 1), (high, high)]
        for cut, rest in cuts if high > low else cuts[:1]:
            name = self.has(spelt(base, self.label(low, cut), star))
            if name is not None and rest <= high:
                yield name, rest

    def _counts(self, name: str, low: int, high: int) -> bool:
        """Whether a script is an index: made of indices, variables and numbers only."""
        notation = self.notation
        if all(t.kind == "number" for t in self.tokens[low:high]) and notation.takes_arguments(name):
            return False
        for i in range(low, high):
            token = self.tokens[i]
            if token.kind in {"name", "word"} and (i == low or self.tokens[i - 1].kind != "_"):
                text = self.notation.aliases.get(token.text, token.text)
                bound = self.local.get(text, 0) > 0
                if text not in notation.indices | notation.variables | notation.scalars and not bound:
                    return False
            elif token.kind not in {"number", "op", ",", "open", "close", "_", "{", "}", "prime", "dots", "name", ":"}:
                return False
        return high > low

    def _unknown(self, base: str, label: str, above: str, scripts: Scripts) -> Resolved:
        if scripts.below and not above and label.isalnum() and self._loose(base, scripts.below):
            return Resolved(base, self.listed(*scripts.below), known=False)
        return Resolved(spelt(base, label, above), known=False)

    def _loose(self, base: str, below: Range) -> bool:
        """Whether an unknown name has an index rather than a label: one that counts here."""
        names = [t for t in self.tokens[below[0] : below[1]] if t.kind in {"name", "word"}]
        counting = [t.text in self.notation.indices or self.local.get(t.text, 0) > 0 for t in names]
        return bool(names) and all(counting) and self.has(base) is None

    def name(self) -> Node:
        """A name with all that is attached to it: a symbol, an application, a divergence, perhaps to a power."""
        start = self.at
        token = self.take()
        if token.kind == "word" or token.text in _SPECIAL or token.text[0] == "\\":
            special = self.special(token, start)
            if special is not None:
                return special
        scripts = self.scripts()
        return self.named(token, scripts, start)

    def named(self, token: Token, scripts: Scripts, start: int) -> Node:
        """What a base with its scripts is, its arguments and exponent included."""
        found = self.resolve(token.text, scripts)
        if scripts.primes and scripts.below is None:
            primed = self.has(token.text + "'" * scripts.primes)
            if primed is not None:
                found, scripts.primes = Resolved(primed), 0
        if not found.known:
            constant = self._constant(token, scripts, start)
            if constant is not None:
                return self.raised(constant, scripts.above, start)
        if self._called(token, found):
            return self.raised(self._apply(found, scripts, start), scripts.above, start)
        end = self.tokens[scripts.stop - 1].end if scripts.above else self.span(start)[1]
        span = (self.tokens[start].start, end)
        node = Symbol(found.name, found.indices, scripts.primes, found.known, span=span)
        return self.raised(node, scripts.above, start)

    def _constant(self, token: Token, scripts: Scripts, start: int) -> Node | None:
        if scripts.below or scripts.star or scripts.raised or scripts.primes:
            return None
        if token.text == "\\pi":
            return Constant("pi", span=self.span(start))
        return Constant("e", span=self.span(start)) if token.text == "e" else None

    def _called(self, token: Token, found: Resolved) -> bool:
        """Whether the bracket that follows holds the arguments of this name."""
        opening = self.peek()
        if opening.kind != "open" or opening.text not in {"(", "[", "\\{"}:
            return False
        if found.known and found.name not in FUNCTIONS:
            return opening.text != "\\{" and self.notation.takes_arguments(found.name) and not self._a_factor()
        if found.name in FUNCTIONS:
            return True
        base = self.has(token.text)
        if base is not None and not self.notation.takes_arguments(base):
            return False
        if base is not None or token.kind == "word":
            return True
        return found.name in self.notation.own or self._arguments_inside(token)

    def _a_factor(self) -> bool:
        """Whether the bracket here holds a sum of logarithms, as in `q (\\log q - \\log p)`: no argument."""
        depth = 0
        seen: set[str] = set()
        for i in range(self.at + 1, self.match[self.at]):
            kind, text = self.tokens[i].kind, self.tokens[i].text
            depth += (kind in {"{", "open"}) - (kind in {"}", "close"})
            if depth == 0 and kind == ",":
                return False
            if depth == 0:
                seen.add("+" if kind == "op" and text in {"+", "-"} else text if kind == "fn" else "")
        return {"+", "log"} <= seen

    def _arguments_inside(self, token: Token) -> bool:
        low, high = self.at + 1, self.match[self.at]
        if self.bars[self.at] % 2 or self.doubles[self.at] % 2:
            return True
        depth = 0
        for i in range(low, high):
            kind = self.tokens[i].kind
            depth += (kind in {"{", "open"}) - (kind in {"}", "close"})
            if depth == 0 and kind in {",", "mid", ";"}:
                return True
        return self.tokens[low].kind == "name" and self._single(token, low, high)

    def _single(self, token: Token, low: int, high: int) -> bool:
        """Whether one declared name stands alone between brackets: a variable, or anything behind a capital letter.

        In square brackets any name may stand, declared or not: `R[T]` is a functional.
        """
        texts = [t.text for t in self.tokens[low:high]]
        if any(t.kind not in {"name", "_", "{", "}", "prime", "word", "number"} for t in self.tokens[low:high]):
            return False
        if len(texts) > 1 and texts[1] not in {"_", "'"}:
            return False
        if self.peek().text == "[":
            return True
        name = self.has(texts[0]) or self.has(self.label(low, high))
        capital = token.text.strip("\\{}").removeprefix("mathcal{").removeprefix("mathbb{")[:1].isupper()
        ranging = (
            name in self.notation.variables or self.local.get(name or "", 0) > 0 or texts[0] in self.notation.silent
        )
        return ranging or (capital and name is not None)

    def _apply(self, found: Resolved, scripts: Scripts, start: int) -> Node:
        arguments, given = self.arguments()
        if found.name in FUNCTIONS and found.name not in self.declared:
            if len(arguments) != 1 or given or scripts.primes:
                raise self.fail(f"{found.name} takes one argument; another number stands", self.tokens[start])
            return Function(found.name, arguments[0], span=self.span(start))
        derived = scripts.primes and found.name in self.notation.functions and len(arguments) == 1 and not given
        name = found.name if derived else found.name + "'" * scripts.primes
        known = found.known and (not scripts.primes or bool(derived))
        node = Apply(name, arguments, given, found.indices, known, span=self.span(start))
        return Derivative(node, arguments[0], scripts.primes, span=self.span(start)) if derived else node

    def arguments(self) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
        """What stands in the bracket here, before and after the bar; silent names behind `;` are left out."""
        opening, saved = self.at, (self.bar, self.double)
        self.take()
        end = self.match[opening]
        self.bar = bool(self.bars[opening] % 2)
        self.double = bool(self.doubles[opening] % 2)
        before: list[Node] = []
        after: list[Node] = []
        target = before
        while self.at < end:
            token = self.peek()
            listed = self.tokens[self.at - 1].kind in {",", ";"}
            if token.kind in {"bar", "mid", "dbar"} and target is before and before and not listed:
                target = after
                self.bar = self.double = False
                self.take()
            elif token.kind == ";" and before:
                target = after
                self.take()
            elif token.kind == "," and target and not listed:
                self.take()
            elif token.kind in {",", ";", "mid"}:
                raise self.fail("an argument is missing", token)
            else:
                target.append(self._argument(silent=self.tokens[self.at - 1].kind == ";" or bool(after)))
                self._between(end)
        self.take()
        self.bar, self.double = saved
        if not before:
            raise self.fail("an argument is missing in the bracket", self.tokens[opening])
        return tuple(before), tuple(a for a in after if not self._is_silent(a))

    def _between(self, end: int) -> None:
        if self.at != end and self.peek().kind not in {",", ";", "bar", "mid", "dbar"}:
            raise self.unexpected()

    def _is_silent(self, node: Node) -> bool:
        return isinstance(node, Symbol) and node.name in self.notation.silent and self.has(node.name) is None

    def _argument(self, *, silent: bool = False) -> Node:
        token = self.peek()
        following = self.peek(1).kind
        if silent and token.text in self.notation.silent and following in {",", ";", "close"}:
            self.take()
            return Symbol(token.text, known=False, span=(token.start, token.end))
        if token.kind == "dots":
            self.take()
            return Symbol("\\dots", span=(token.start, token.end))
        if token.text == "*" and following in {",", ";", "close", "bar", "mid"}:
            self.take()
            return Symbol("\\cdot", span=(token.start, token.end))
        start = self.at
        side = self.expression()
        if self.peek().kind != "rel":
            return side
        sides, relations = [side], []
        while self.peek().kind == "rel":
            relations.append(self.take().text)
            sides.append(self.expression())
        return Chain(tuple(sides), tuple(relations), span=self.span(start))  # type: ignore[arg-type]

    def raised(self, base: Node, above: Range | None, start: int) -> Node:
        """A base with its exponent: a transpose, an inverse, or a power."""
        if above is None:
            return base
        low, high = above
        if low == high:
            raise self.fail("an exponent is missing", self.tokens[low])
        inner = self.tokens[low:high]
        span = self.span(start)
        turned = inner[-1].kind == "top" or (inner[-1].text == "T" and self._turns(base))
        minus = len(inner) == 2 and inner[0].text == "-"
        if turned and (len(inner) == 1 or minus):
            inverse = Function("inverse", base, span=span) if minus else base
            return Function("transpose", inverse, span=span)
        if minus and inner[1].text == "1" and is_matrix(base, self.notation):
            return Function("inverse", base, span=span)
        return Power(base, self.within(low, high), span=span)

    def _turns(self, base: Node) -> bool:
        return not isinstance(base, Number | Constant) and self.has("T") not in self.notation.scalars


_SPECIAL = frozenset(["D", "H", "W", "N"]) | frozenset(DIVERGENCES)
