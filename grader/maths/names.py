"""Names with their labels, indices, primes and arguments, resolved with the notation; divergences and Gaussians."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterator
from itertools import pairwise

from grader.maths.cursor import Cursor, name_end
from grader.maths.lex import Token
from grader.maths.shapes import is_matrix
from grader.maths.spelling import KEPT, Range, Resolved, Scripts, spelt
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

_DRESSED = re.compile(r"\\(?:mathbf|vec|underline|hat|tilde|bar)\{(.*)\}\Z")
FONT = re.compile(r"\\(?:mathbf|vec|underline)\{(.*)\}\Z")


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
        place = self.at - 1
        low, high = self.script()
        kinds = [t.kind for t in self.tokens[low:high]]
        texts = [t.text for t in self.tokens[low:high]]
        if kinds and all(kind == "prime" for kind in kinds):
            found.primes += len(kinds)
        elif kinds and (
            all(kind == "star" or text == "*" for kind, text in zip(kinds, texts, strict=True))
            or texts in (["+"], *([name] for name in self.unsaid))
            or kinds[0] == "rel"
            or (kinds in (["word"], ["text"]) and self.tokens[max(place - 1, 0)].text != "e")
            or self._listed_above(low, high)
        ):
            found.star = self.label(low, high)
        elif kinds and kinds[0] == "open" and texts[0] == "(" and self.match[low] == high - 1 and not self.plain:
            found.raised = (low + 1, high - 1)
        elif found.above is not None:
            raise self.fail("two exponents stand side by side", token)
        else:
            found.above, found.stop = (low, high), place

    def _listed_above(self, low: int, high: int) -> bool:
        """Whether a comma stands in a superscript, which then is a label and no exponent."""
        i = low
        while i < high and self.tokens[i].kind != ",":
            i = self.match.get(i, i) + 1
        return i < high

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
        if len(inner) == 1 and inner[0].kind == "word" and set(inner[0].text) <= self.notation.indices:
            return tuple(Symbol(letter, span=(inner[0].start, inner[0].end)) for letter in inner[0].text)
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
        while fitting := FONT.match(bases[-1]):
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
        if self.tokens[low].kind == "_":
            return False
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
        if self._inverse(found, scripts):
            # `g^{-1}(y)`, the inverse of a function and no reciprocal
            name = f"{found.name}^{{-1}}"
            scripts.above, found = None, Resolved(name, found.indices, name in self.declared)
        if not found.known:
            constant = self._constant(token, scripts, start)
            called = token.text in {"\\pi", "e"} and self.peek().kind == "open" and (self._lists() or self._moves())
            if constant is not None and not called:
                return self.raised(constant, scripts.above, start)
        rooted = scripts.above is not None and self.tokens[scripts.above[0]].text == "-"
        if self._called(token, found, rooted=rooted) and (
            found.known or not self._reciprocal(scripts) or self._moves()
        ):
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

    def _sums(self) -> bool:
        """Whether the bracket here holds a sum or a difference: behind `S^{-1/2}` it is a factor."""
        depth = 0
        for i in range(self.at + 1, self.match[self.at]):
            kind = self.tokens[i].kind
            depth += (kind in {"{", "open"}) - (kind in {"}", "close"})
            if depth == 0 and kind == "op" and self.tokens[i].text in {"+", "-"}:
                return True
        return False

    def _called(self, token: Token, found: Resolved, *, rooted: bool = False) -> bool:
        """Whether the bracket that follows holds the arguments of this name; `rooted` if its exponent is negative."""
        opening = self.peek()
        if opening.kind != "open" or opening.text not in {"(", "[", "\\{"}:
            return False
        if found.known and found.name not in FUNCTIONS:
            if opening.text == "\\{":
                return False
            if self.notation.takes_arguments(found.name):
                return not self._a_factor() and not (rooted and self._sums())
            counts = found.name in self.notation.indices and self._wraps()
            return self._lists() or self._moves() or counts
        if found.name in FUNCTIONS:
            return True
        base = self.has(token.text)
        if "|" in found.name:
            return self._lists() or self._moves()
        if base is not None and not self.notation.takes_arguments(base):
            alone = self._alone(self.at + 1, self.match[self.at])
            return opening.text != "\\{" and (self._lists() or self._moves() or alone)
        if token.text == "\\delta" and self.tokens[self.at + 1].kind == "name":
            return True
        if base is not None or token.kind == "word" or token.text in _ORDERS:
            return True
        if token.text in INDICATORS and self.indicates():
            return True
        behind = self.tokens[min(self.match[self.at] + 1, len(self.tokens) - 1)]
        functional = opening.text == "[" and behind.text == "(" and not behind.spaced
        return functional or found.name in self.notation.own or self._arguments_inside(token)

    def maps(self, node: Node) -> bool:
        """Whether a node is a function, with arguments or without: no vector, whose transpose is its own."""
        if isinstance(node, Apply):
            return True
        notation = self.notation
        own = notation.vectors | notation.matrices | notation.variables | notation.scalars
        return isinstance(node, Symbol) and self.bare(node.name) not in own

    def _inverse(self, found: Resolved, scripts: Scripts) -> bool:
        """Whether a function with the exponent −1 stands before its arguments."""
        if self.peek().kind != "open" or not self._reciprocal(scripts):
            return False
        if not found.known:
            return self._moves() or self._wraps()
        return found.name in self.notation.functions and not self._a_factor()

    def _reciprocal(self, scripts: Scripts) -> bool:
        return scripts.above is not None and [t.text for t in self.tokens[slice(*scripts.above)]] == ["-", "1"]

    def _a_factor(self) -> bool:
        """Whether the bracket here holds a sum with logarithms of densities, as in `q (\\log q - 1)`: no argument."""
        depth = 0
        seen: set[str] = set()
        for i in range(self.at + 1, self.match[self.at]):
            kind, text = self.tokens[i].kind, self.tokens[i].text
            depth += (kind in {"{", "open"}) - (kind in {"}", "close"})
            if kind == "name" and self.notation.takes_arguments(self.bare(text)):
                seen.add("density")
            if depth == 0:
                seen.add("+" if kind == "op" and text in {"+", "-"} else text if kind == "fn" else "")
        return {"+", "log", "density"} <= seen and not self._lists()

    def _arguments_inside(self, token: Token) -> bool:
        if self._lists() or self._wraps():
            return True
        low, high = self.at + 1, self.match[self.at]
        return self.tokens[low].kind == "name" and (self._derived() or self._single(token, low, high))

    def _derived(self) -> bool:
        """Whether the name before the bracket here stands directly behind a ∇, which derives no product of names."""
        i = self.at - 2
        if self.tokens[i].kind == "}":
            i = next((k for k, end in self.match.items() if end == i), i)
        if self.tokens[i - 1].kind == "_":
            i -= 2
        return i >= 0 and self.tokens[i].kind == "nabla"

    def _wraps(self) -> bool:
        """Whether all that the bracket here holds is one name with its arguments, as no factor would: `d(e(x))`."""
        low, high = self.at + 1, self.match[self.at]
        if self.peek().text != "(" or self.tokens[low].kind not in {"name", "nabla"}:
            return False
        inner = name_end(self.tokens, low)
        if self.tokens[low].kind == "nabla":
            return name_end(self.tokens, inner) == high
        takes = self.notation.takes_arguments(self.bare(self.tokens[low].text)) or not self.has(self.tokens[low].text)
        return takes and self.tokens[inner].text == "(" and self.match[inner] == high - 1

    def indicates(self) -> bool:
        """Whether the braces here hold a condition: those of `1\\{x > 0\\}`."""
        inside = range(self.at + 1, self.match.get(self.at, self.at))
        return self.peek().text == "\\{" and any(self.tokens[i].kind == "rel" for i in inside)

    def _lists(self) -> bool:
        """Whether the bracket here holds several things, or one with a condition: no factor, whatever stands before."""
        opening = self.peek()
        if opening.kind != "open" or opening.text not in {"(", "["}:
            return False
        if self.bars[self.at] % 2 or self.doubles[self.at] % 2:
            return True
        if self.bars[self.at] == 2 and self.two_bars(self.at):
            return True
        depth = 0
        for i in range(self.at + 1, self.match[self.at]):
            kind = self.tokens[i].kind
            depth += (kind in {"{", "open"}) - (kind in {"}", "close"})
            if depth == 0 and kind in {",", "mid", ";", "rel"}:
                return True
        return False

    def _moves(self) -> bool:
        """Whether a variable, an index or 0 stands alone in the bracket here: `x(t)` moves with t, is no product."""
        low, high = self.at + 1, self.match[self.at]
        if self.peek().text != "(" or self.tokens[low].text == "0":
            return self.peek().text == "(" and high == low + 1
        if not self._alone(low, high):
            return False
        name = self.bare(self.tokens[low].text)
        moving = name in self.notation.variables | self.notation.indices | self.notation.silent
        return moving or self.local.get(name, 0) > 0

    def _alone(self, low: int, high: int) -> bool:
        """Whether some tokens are one name with its scripts."""
        return self.tokens[low].kind == "name" and name_end(self.tokens, low) == high

    def bare(self, name: str) -> str:
        """The declared name that a spelling stands for, in any font and below any accent; itself if there is none."""
        inner, found = name, self.has(name)
        while found is None and (fitting := _DRESSED.match(inner)):
            inner = fitting[1]
            found = self.has(inner)
        return found or name

    def _single(self, token: Token, low: int, high: int) -> bool:
        """Whether one declared name stands alone between brackets: a variable, or anything behind a capital letter.

        In square brackets any name may stand, declared or not: `R[T]` is a functional.
        """
        texts = [t.text for t in self.tokens[low:high]]
        if not self._alone(low, high):
            return False
        if self.peek().text == "[" or token.text in self.notation.silent:
            return True
        name = self.bare(texts[0]) if len(texts) == 1 else self.has(self.label(low, high)) or self.bare(texts[0])
        capital = token.text.strip("\\{}").removeprefix("mathcal{").removeprefix("mathbb{")[:1].isupper()
        ranging = name in self.notation.variables | self.notation.indices or self.local.get(name, 0) > 0
        return ranging or texts[0] in self.notation.silent or (capital and self.has(name) is not None)

    def _apply(self, found: Resolved, scripts: Scripts, start: int) -> Node:
        square = self.peek().text == "["
        arguments, given = self.arguments()
        if square and self.peek().text == "(":
            # `R[f](x)`, a functional whose value is a function
            given += self.arguments()[0]
        if found.name in FUNCTIONS and found.name not in self.declared:
            if len(arguments) != 1 or given or scripts.primes:
                raise self.fail(f"{found.name} takes one argument; another number stands", self.tokens[start])
            return Function(found.name, arguments[0], span=self.span(start))
        derived = scripts.primes and found.name in self.notation.functions and len(arguments) == 1 and not given
        name = found.name if derived else found.name + "'" * scripts.primes
        known = (found.known and (not scripts.primes or bool(derived))) or name in KEPT
        node = Apply(name, arguments, given, found.indices, known, span=self.span(start))
        return Derivative(node, arguments[0], scripts.primes, span=self.span(start)) if derived else node

    def arguments(self) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
        """What stands in the bracket here, before and after the bar; silent names behind `;` are left out."""
        opening, saved = self.at, (self.bar, self.double)
        self.take()
        end = self.match[opening]
        twice = self.bars[opening] == 2 and self.two_bars(opening)
        self.bar = bool(self.bars[opening] % 2) or twice
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
                if twice:
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

    def two_bars(self, opening: int) -> bool:
        """Whether two bars stand side by side in a bracket: `D(q || p)`."""
        low, high = opening + 1, self.match[opening]
        bars = [i for i in range(low, high) if self.tokens[i].kind == "bar"]
        return any(j == i + 1 and i > low and j < high - 1 for i, j in pairwise(bars))

    def _between(self, end: int) -> None:
        if self.at != end and self.peek().kind not in {",", ";", "bar", "mid", "dbar"}:
            raise self.unexpected()

    def _is_silent(self, node: Node) -> bool:
        silent = isinstance(node, Symbol) and not node.indices and node.name in self.notation.silent
        unsaid = silent and isinstance(node, Symbol) and self.has(node.name) is None
        return unsaid and isinstance(node, Symbol) and node.name not in self.ranging

    def _argument(self, *, silent: bool = False) -> Node:
        token = self.peek()
        following = self.peek(1).kind
        if silent and token.text in self.notation.silent and following in {",", ";", "close"}:
            self.take()
            return Symbol(token.text, known=False, span=(token.start, token.end))
        if token.kind == "dots":
            self.take()
            return Symbol("\\dots", span=(token.start, token.end))
        if token.kind == "text" and following in {",", ";", "close", "bar", "mid"}:
            # An event in words, of which nothing tells how likely it is.
            self.take()
            return Symbol("".join(filter(str.isalnum, token.text)), known=False, span=(token.start, token.end))
        if (token.text == "*" or token.kind == "period") and following in {",", ";", "close", "bar", "mid"}:
            self.take()
            return Symbol("\\cdot", span=(token.start, token.end))
        start = self.at
        side = self.expression()
        closed = self.match.get(start) == self.at - 1 and token.text == "\\{"
        if closed and self.tokens[start - 1].text in {"(", "[", ",", ";"} and not isinstance(side, Apply | Tuple):
            # `q(z; \\{z_i\\})`, a set of things and none of them
            side = Apply("set", (side,), span=self.span(start))
        if self.peek().kind != "rel":
            return side
        sides, relations = [side], []
        while self.peek().kind == "rel":
            relations.append(self.take().text)
            sides.append(self.expression())
        if len(sides) == 2 and sides[0] == sides[1] and token.text in self.notation.aliases:
            # `p(X = x)` is p(x); in `P(X \\le x)` the X is a thing of its own.
            if relations == ["="]:
                return sides[1]
            sides[0] = Symbol(token.text, known=False, span=sides[0].span)
        return Chain(tuple(sides), tuple(relations), span=self.span(start))  # type: ignore[arg-type]

    def conditions(self, low: int, high: int) -> tuple[Node, ...]:
        """What some tokens say between commas and colons, each with its relations."""
        found, start, i = [], low, low
        while i < high:
            if self.tokens[i].kind in {",", ":", ";", "bar", "mid"}:
                found.append((start, i))
                start = i + 1
            i = self.match.get(i, i) + 1
        return tuple(self._condition(*part) for part in [*found, (start, high)])

    def _condition(self, low: int, high: int) -> Node:
        """What some tokens say, as an expression or with relations in it."""
        with self.only(low, high):
            node = self._argument()
            if self.at != high:
                raise self.unexpected()
        return node

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


_ORDERS = frozenset(["O", "o", "\\mathcal{O}"])
INDICATORS = frozenset(["\\mathbb{1}", "\\mathbf{1}", "\\mathbb{I}", "I"])
_SPECIAL = frozenset(["D", "d", "H", "W", "N"]) | frozenset(DIVERGENCES)
