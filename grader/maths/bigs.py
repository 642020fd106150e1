"""What binds variables: sums, products, integrals, expectations, suprema, limits.

How far a body reaches follows the field: a sum without brackets to the next + or − at its level, an integral to its
dx, a supremum that begins its side to the end of that side.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Literal, cast

from grader.maths.divergences import Divergences
from grader.maths.lex import Token
from grader.maths.spelling import Range, Scripts
from grader.maths.symbols import INTEGRALS, MEANS, VARIANCES
from grader.maths.tree import (
    Big,
    Bound,
    Expectation,
    Extremum,
    Function,
    Limit,
    Negative,
    Node,
    Number,
    Symbol,
    Tuple,
)

_OPENINGS = ("(", "[", "\\{")


class Bigs(Divergences):
    """Reads what binds variables."""

    def starts(self) -> bool:
        """Whether a factor can begin here."""
        raise NotImplementedError

    def body(self) -> Node:
        """What a sum without brackets sums: a product, perhaps with a sign before it."""
        start = self.at
        negative = False
        while self.peek().kind == "op" and self.peek().text in {"+", "-"}:
            negative ^= self.take().text == "-"
        node = self.product()
        return Negative(node, span=self.span(start)) if negative else node

    def limits(self) -> tuple[Range | None, Range | None]:
        """What stands below and above an operator, in any order."""
        found: dict[str, Range] = {}
        while self.peek().kind in {"_", "^"}:
            token = self.take()
            if token.kind in found:
                raise self.fail("two limits stand side by side", token)
            found[token.kind] = self.script()
        return found.get("_"), found.get("^")

    def big(self) -> Node:
        """A sum or product and its body."""
        start = self.at
        token = self.take()
        low, high = self.limits()
        over = self.bounds(*low) if low else ()
        if high:
            if len(over) != 1:
                raise self.fail("an upper limit without a variable below stands", token)
            top = self.within(*high)
            over = (
                Bound(
                    over[0].name, over[0].low, top, over[0].unequal, over[0].copy, over[0].indices, span=over[0].span
                ),
            )
        kind = cast("Literal['sum', 'product']", token.text)
        return Big(kind, over, self._bound_body(over), span=self.span(start))

    def _bound_body(self, over: tuple[Bound, ...]) -> Node:
        self.bind(over)
        node = self.body()
        self.release(over)
        return node

    def bounds(self, low: int, high: int) -> tuple[Bound, ...]:
        """The variables that some tokens under an operator bind, with their limits."""
        found: list[Bound] = []
        with self.only(low, high):
            while self.at < high:
                if self.peek().kind in {",", ";"}:
                    self.take()
                elif self.peek().kind == "dots":
                    raise self.fail("an operator over a range of copies is not understood; it stands", self.peek())
                else:
                    found.append(self._bound(high))
        if not found:
            raise self.fail("the variable under the operator is missing", self.tokens[low])
        return tuple(found)

    def _range(self, found: list[Bound]) -> None:
        """`h_1, …, h_K`: copies of one variable, kept as its bound from 1 to K."""
        token = self.take()
        if self.peek().kind == ",":
            self.take()
        last = self._bound(self.at + 99)
        first = found.pop() if found else last
        if first.name != last.name or len(first.indices) != 1 or len(last.indices) != 1:
            raise self.fail("the range of copies is not understood; it stands", token)
        low, high = first.indices[0], last.indices[0]
        found.append(Bound(first.name, low, high, span=(first.span[0], last.span[1])))

    def _bound(self, end: int) -> Bound:
        start = self.at
        sides: list[Node] = [self._side(end)]
        relations: list[str] = []
        while self.at < end and self.peek().kind == "rel":
            if self.peek().text == "~":
                break
            relations.append(self.take().text)
            if relations[-1] == "in":
                return self._region(sides[0], end, start)
            sides.append(self._side(end))
        if self.at < end and self.peek().kind not in {",", "dots", ";", "rel", "end"}:
            raise self.unexpected()
        return self._related(sides, relations, start)

    def _side(self, end: int) -> Node:
        if self.at >= end:
            raise self.unexpected()
        return self.expression()

    def _related(self, sides: list[Node], relations: list[str], start: int) -> Bound:
        if relations in (["<="], ["<"], [">"], [">="]) and isinstance(sides[1], Number):
            relations = []
        if relations == ["<=", "<="]:
            bound = self._variable(sides[1], start)
            return Bound(bound.name, sides[0], sides[2], None, bound.copy, bound.indices, span=bound.span)
        bound = self._variable(sides[0], start)
        if not relations:
            return bound
        if relations == ["="]:
            return Bound(bound.name, sides[1], None, None, bound.copy, bound.indices, span=self.span(start))
        if relations == ["!="]:
            return Bound(bound.name, None, None, sides[1], bound.copy, bound.indices, span=self.span(start))
        raise self.fail("the condition under the operator is not understood; it stands", self.tokens[start])

    def _variable(self, node: Node, start: int) -> Bound:
        if isinstance(node, Function) and node.name == "transpose":
            node = node.body
        if isinstance(node, Symbol):
            spread = [i for i in node.indices if isinstance(i, Tuple)]
            if len(spread) == 1 and len(spread[0].entries) == 2:
                return Bound(node.name, *spread[0].entries, span=node.span)
            return Bound(node.name, copy=node.copy, indices=node.indices, span=node.span)
        raise self.fail("the variable under the operator is not understood; it stands", self.tokens[start])

    def _region(self, node: Node, end: int, start: int) -> Bound:
        """`z ∈ Z` ranges over the space of z; a set of numbers one after the other is a pair of limits."""
        bound = self._variable(node, start)
        opening, low = self.peek(), self.at
        depth = 0
        while self.at < end and not (depth == 0 and self.peek().kind in {",", ";"}):
            depth += (self.peek().kind in {"open", "{"}) - (self.peek().kind in {"close", "}"})
            self.take()
        if opening.text != "\\{" or self.tokens[self.at - 1].kind != "close":
            return bound
        entries = [e for e in self.listed(low + 1, self.at - 1) if not (isinstance(e, Symbol) and e.name == "\\dots")]
        dots = any(t.kind == "dots" for t in self.tokens[low : self.at])
        numbers = [e.value for e in entries if isinstance(e, Number)]
        near = len(numbers) == len(entries) and all(b - a == 1 for a, b in pairwise(numbers))
        if not dots and not near:
            raise self.fail("the set under the operator is not understood; it stands", opening)
        return Bound(bound.name, entries[0], entries[-1], None, bound.copy, bound.indices, span=self.span(start))

    def integral(self) -> Node:
        """An integral: its body reaches to its dx; without any, as far as that of a sum."""
        start = self.at
        token = self.take()
        low, high = self.limits()
        wanted = INTEGRALS[token.text]
        if self.peek().kind == "differential":
            over = self._limited(self._differentials(wanted), low, high)
            self.bind(over)
            node = self.body() if self.starts() or self.peek().text == "-" else _one(self.span(start))
            self.release(over)
        elif token.role == "closed":
            names = self._ahead()
            self.bind(names)
            node = self.expression()
            self.release(names)
            if self.peek().kind != "differential":
                raise self.unexpected()
            over = self._limited(self._differentials(wanted), low, high)
        else:
            over = self.bounds(*low) if low else ()
            node = self._bound_body(over)
        return Big("integral", over, node, span=self.span(start))

    def _ahead(self) -> tuple[Bound, ...]:
        """The variable of the dx that ends this integral, looked up before its body is read."""
        i, nested = self.at, 0
        while self.tokens[i].kind != "end":
            kind = self.tokens[i].kind
            if kind in {"{", "open"}:
                i = self.match[i]
            nested += kind == "int" and self.tokens[i].role == "closed"
            if kind == "differential":
                if nested == 0:
                    return (Bound(self._canonical(self.tokens[i + 1].text)),)
                nested -= 1
            i += 1
        return ()

    def _canonical(self, text: str) -> str:
        return self.has(text) or text

    def _differentials(self, wanted: int) -> tuple[Bound, ...]:
        found: list[Bound] = []
        while self.peek().kind == "differential" and (len(found) < wanted or self.peek().role == "extra"):
            self.take()
            start = self.at
            token = self.take()
            if token.kind == "{":
                token = self.take()
                self.take()
            found.append(self._variable(self._bare(token, start), start))
        return tuple(found)

    def _bare(self, token: Token, start: int) -> Node:
        """A name with its scripts and nothing else, even where a bracket follows."""
        scripts = self.scripts()
        found = self.resolve(token.text, Scripts(scripts.below, None, scripts.star, scripts.raised, 0))
        return Symbol(found.name, found.indices, scripts.primes, found.known, span=self.span(start))

    def _limited(self, over: tuple[Bound, ...], low: Range | None, high: Range | None) -> tuple[Bound, ...]:
        if low and high:
            first = over[0]
            bound = Bound(
                first.name, self.within(*low), self.within(*high), None, first.copy, first.indices, span=first.span
            )
            return (bound, *over[1:])
        if high:
            raise self.fail("an integral has an upper limit only; it stands", self.tokens[high[0]])
        return over

    def name(self) -> Node:
        """A name with all that is attached to it; `E` and `Var` begin expectations where nobody declared them."""
        token, following = self.peek(), self.peek(1)
        text = token.text.removeprefix("\\mathbb{").removeprefix("\\mathcal{").rstrip("}")
        own = token.text in self.declared or token.text in self.notation.aliases
        if not own and (text in MEANS or text in VARIANCES):
            blackboard = token.text.startswith("\\mathbb")
            opens = following.kind == "_" or (following.kind == "open" and following.text in _OPENINGS)
            if (opens or blackboard) and (text != "V" or blackboard):
                return self._expectation("mean" if text in MEANS else "variance")
        return super().name()

    def _expectation(self, kind: Literal["mean", "variance"]) -> Node:
        start = self.at
        self.take()
        low, _ = self.limits()
        groups = self._under(*low) if low else [((), None)]
        names = tuple(bound for over, _ in groups for bound in over)
        self.bind(names)
        opening = self.peek()
        bracket = opening.kind == "open" and opening.text in _OPENINGS
        node = self._inside() if bracket else self.body()
        self.release(names)
        for over, under in reversed(groups):
            node = Expectation(kind, over, under, node, span=self.span(start))
        return node

    def _inside(self) -> Node:
        opening = self.at
        if self.bars[opening] % 2 or any(t.kind == "mid" for t in self._level(opening)):
            raise self.fail("a condition inside an expectation is not understood; it stands", self.tokens[opening])
        before, after = self.arguments()
        if after:
            raise self.fail("a condition inside an expectation is not understood; it stands", self.tokens[opening])
        return before[0] if len(before) == 1 else Tuple(before, span=(before[0].span[0], before[-1].span[1]))

    def _level(self, opening: int) -> list[Token]:
        found: list[Token] = []
        i = opening + 1
        while i < self.match[opening]:
            token = self.tokens[i]
            if token.kind in {"open", "{"}:
                i = self.match[i]
            found.append(token)
            i += 1
        return found

    def _under(self, low: int, high: int) -> list[tuple[tuple[Bound, ...], Node | None]]:
        """What an expectation is taken over: `z \\sim q`, a density, or variables alone; several are nested."""
        found: list[tuple[tuple[Bound, ...], Node | None]] = []
        waiting: list[Bound] = []
        with self.only(low, high):
            while self.at < high:
                start = self.at
                if self.peek().kind in {",", ";"}:
                    self.take()
                elif self.peek().kind == "dots":
                    self._range(waiting)
                else:
                    self._drawn(found, waiting, start, high)
        if waiting:
            found.append((tuple(waiting), None))
        if len(found) > 10:
            raise self.fail("an expectation is taken over more than ten densities; it stands", self.tokens[low])
        return found

    def _drawn(
        self, found: list[tuple[tuple[Bound, ...], Node | None]], waiting: list[Bound], start: int, high: int
    ) -> None:
        node = None if self.peek().text == "~" and waiting else self._joint()
        if self.at < high and self.peek().text == "~":
            self.take()
            waiting += self._variables(node, start) if node is not None else ()
            over = tuple(waiting)
            waiting.clear()
            self.bind(over)
            found.append((over, self.expression()))
            self.release(over)
        elif node is not None and self._ranges(node):
            waiting += self._variables(node, start)
        else:
            found.append(((), node))
        if self.at < high and self.peek().kind not in {",", "dots", ";"} and self.peek().text != "~":
            raise self.unexpected()

    def _joint(self) -> Node:
        start = self.at
        if self.peek().kind == "name" and self.peek(1).kind in {"rel", ",", "}", "_", "prime"}:
            token = self.take()
            scripts = self.scripts()
            if self.peek().kind != "open":
                return self.named(token, scripts, start)
            self.at = start
        return self.expression()

    def _ranges(self, node: Node) -> bool:
        """Whether a symbol under an expectation is a variable rather than a density."""
        if isinstance(node, Tuple):
            return True
        followed = self.peek().kind in {",", "dots"} and self._draws()
        return isinstance(node, Symbol) and (node.name in self.notation.variables or followed)

    def _draws(self) -> bool:
        i = self.at
        while self.tokens[i].kind in {",", "dots", "name", "_", "number", "{", "}", "prime"}:
            i += 1
        return self.tokens[i].text == "~"

    def _variables(self, node: Node, start: int) -> tuple[Bound, ...]:
        entries = node.entries if isinstance(node, Tuple) else (node,)
        return tuple(self._variable(entry, start) for entry in entries)

    def extremum(self) -> Node:
        """A supremum, a maximum and the like; a limit; or the larger of several things in brackets."""
        start = self.at
        leading = self.leading == start
        token = self.take()
        low, high = self.limits()
        if high:
            raise self.fail("something stands above an extremum", self.tokens[high[0]])
        if token.text == "lim":
            return self._limit(low, start)
        if low is None and self.peek().kind == "open" and token.text in {"max", "min"} and self._several():
            entries, _ = self.arguments()
            return Function(token.text, Tuple(entries, span=self.span(start)), span=self.span(start))
        if self.peek().kind == "period":
            self.take()
        over = self.bounds(*low) if low else ()
        self.bind(over)
        whole = leading and self.peek().kind != "open"
        node = self.expression() if whole else self.body()
        self.release(over)
        kind = cast("Literal['sup', 'inf', 'max', 'min', 'argmax', 'argmin']", token.text)
        return Extremum(kind, over, node, span=self.span(start))

    def _several(self) -> bool:
        return any(token.kind == "," for token in self._level(self.at))

    def _limit(self, low: Range | None, start: int) -> Node:
        if low is None:
            raise self.fail("a limit does not say where its variable goes; it stands", self.tokens[start])
        arrow = next((i for i in range(*low) if self.tokens[i].kind == "arrow"), None)
        if arrow is None:
            raise self.fail("a limit does not say where its variable goes; it stands", self.tokens[start])
        over = self.bounds(low[0], arrow)
        to = self.within(arrow + 1, low[1])
        return Limit(over[0], to, self._bound_body(over), span=self.span(start))


def _one(span: tuple[int, int]) -> Number:
    """The one that is integrated in `∫ dx`."""
    return Number(Fraction(1), span=span)
