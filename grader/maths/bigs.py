"""What binds variables: sums, products, integrals, expectations, suprema, limits.

How far a body reaches follows the field: a sum without brackets to the next + or − at its level, an integral to its
dx, a supremum that begins its side to the end of that side.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Literal, cast

from grader.maths.divergences import Divergences
from grader.maths.lex import Token
from grader.maths.names import FONT
from grader.maths.spelling import Range, Scripts
from grader.maths.symbols import INTEGRALS, MEANS, VARIANCES
from grader.maths.tree import (
    Add,
    Apply,
    Big,
    Bound,
    Constant,
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
_STYLED = ("\\mathbb{", "\\mathcal{", "\\mathbf{")
_COUNTED = frozenset({"<", "<=", ">", ">="})


class Bigs(Divergences):
    """Reads what binds variables."""

    def starts(self) -> bool:
        """Whether a factor can begin here."""
        raise NotImplementedError

    def body(self, *, tight: bool = False) -> Node:
        """What a sum without brackets sums: a product, perhaps with a sign before it."""
        start = self.at
        negative = False
        while self.peek().kind == "op" and self.peek().text in {"+", "-"}:
            negative ^= self.take().text == "-"
        node = self.product(tight=tight)
        return Negative(node, span=self.span(start)) if negative else node

    def limits(self) -> tuple[Range | None, Range | None]:
        """What stands below and above an operator, in any order."""
        found: dict[str, Range] = {}
        while self.peek().kind in {"_", "^"}:
            token = self.take()
            if token.kind in found:
                raise self.fail("two limits stand side by side", token)
            found[token.kind] = self.script()
        full = {kind: place for kind, place in found.items() if place[0] < place[1]}
        return full.get("_"), full.get("^")

    def big(self) -> Node:
        """A sum or product and its body."""
        start = self.at
        token = self.take()
        low, high = self.limits()
        if low and not high and self._restricted(low):
            return self._under_condition(token.text, low, False, start)
        over = self.bounds(*low) if low else ()
        if high:
            shared = len(over) > 1 and over[-1].low is not None and all(one.low is None for one in over[:-1])
            if len(over) != 1 and not shared:
                raise self.fail("an upper limit without a variable below stands", token)
            # `\\sum_{i,j=1}^n` counts both.
            top, low_end = self.within(*high), over[-1].low
            over = tuple(replace(one, low=low_end, high=top) for one in over)
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
                    start = self.at
                    found += self._pair_of(high) or [self._bound(high)]
                    if self.at == start:
                        raise self.unexpected()
        if not found:
            raise self.fail("the variable under the operator is missing", self.tokens[low])
        return tuple(found)

    def _pair_of(self, end: int) -> list[Bound]:
        """The variables of `(x, y) \\in D`; none if no such pair stands here."""
        closing = self.match.get(self.at, end)
        pair = self.peek().kind == "open" and closing + 1 < end and self.tokens[closing + 1].text == "in"
        if not pair:
            return []
        start = self.at
        entries = self.listed(start + 1, closing)
        self.at = end
        return [self._variable(entry, start) for entry in entries]

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
        first = sides[0]
        counts = isinstance(first, Symbol) and first.name in self.notation.indices and not first.indices
        if counts and len(sides) == 2 and relations[0] in _COUNTED:
            return self._counted(sides, relations[0], start)
        if relations in (["<="], ["<"], [">"], [">="]) and isinstance(sides[1], Number):
            relations = []
        if len(relations) == 2 and set(relations) <= {"<=", "<"}:
            bound = self._variable(sides[1], start)
            first, last = sides[0], sides[2]
            if relations[0] == "<":
                first = _plus(first, _one(first.span))
            if relations[1] == "<":
                last = _plus(last, Negative(_one(last.span), span=last.span))
            return Bound(bound.name, first, last, None, bound.copy, bound.indices, span=bound.span)
        bound = self._variable(sides[0], start)
        if not relations:
            return bound
        if relations == ["="]:
            return Bound(bound.name, sides[1], None, None, bound.copy, bound.indices, span=self.span(start))
        if relations == ["!="]:
            return Bound(bound.name, None, None, sides[1], bound.copy, bound.indices, span=self.span(start))
        raise self.fail("the condition under the operator is not understood; it stands", self.tokens[start])

    def _counted(self, sides: list[Node], relation: str, start: int) -> Bound:
        """`j < i` counts from 1 to i − 1; `t > 1` from 2 to as far as t goes."""
        bound, end = self._variable(sides[0], start), sides[1]
        if relation in {"<", ">"}:
            step = _one(end.span) if relation == ">" else Negative(_one(end.span), span=end.span)
            if isinstance(end, Number):
                end = Number(end.value + (1 if relation == ">" else -1), span=end.span)
            else:
                end = _plus(end, step)
        low, high = (_one(end.span), end) if relation in {"<", "<="} else (end, None)
        return Bound(bound.name, low, high, None, bound.copy, span=self.span(start))

    def _variable(self, node: Node, start: int) -> Bound:
        if isinstance(node, Function) and node.name == "transpose":
            node = node.body
        if isinstance(node, Symbol):
            spread = [i for i in node.indices if isinstance(i, Tuple)]
            if len(spread) == 1 and len(spread[0].entries) == 2:
                return Bound(node.name, *spread[0].entries, span=node.span)
            return Bound(node.name, copy=node.copy, indices=node.indices, span=node.span)
        if isinstance(node, Constant) and node.name in {"pi", "e"}:
            return Bound("\\pi" if node.name == "pi" else "e", span=node.span)
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
        if self.peek().kind == "{" and self.peek(1).kind == "}":
            self.at += 2
        wanted = INTEGRALS[token.text]
        if self.peek().kind == "differential":
            over = self._limited(self._differentials(wanted), low, high)
            self.bind(over)
            if self.peek().text == "*":
                self.take()
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
        while (found := self.has(text)) is None and (fitting := FONT.match(text)):
            text = fitting[1]
        return found or text

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
        text = token.text[token.text.find("{") + 1 :].rstrip("}") if token.text.startswith(_STYLED) else token.text
        own = token.text in self.declared or token.text in self.notation.aliases
        if not own and (text in MEANS or text in VARIANCES):
            blackboard = token.text.startswith("\\mathbb")
            opens = following.kind == "_" or (following.kind == "open" and following.text in _OPENINGS)
            opens = opens and not (token.text == "\\mathcal{E}" and self._conditioned(self.at + 1))
            if (opens or blackboard) and (text != "V" or blackboard) and not (text == "E" and self._energy()):
                return self._expectation("mean" if text in MEANS else "variance")
        return super().name()

    def _energy(self) -> bool:
        """Whether `E_\\theta(x)` begins here, the energy of x: nobody takes the mean of x over a parameter."""
        start, silent = self.at, False
        self.at += 1
        if self.tokens[start].text == "E" and self.peek().kind == "_":
            self.at += 1
            low, high = self.script()
            silent = self.label(low, high) in self.notation.silent and self.label(low, high) not in self.declared
        inside = self.tokens[self.at + 1 : self.match.get(self.at, self.at)] if self.peek().text == "(" else []
        self.at = start
        return silent and bool(inside) and all(t.kind in {"name", "_", "prime", ",", "number"} for t in inside)

    def _expectation(self, kind: Literal["mean", "variance"]) -> Node:
        start = self.at
        self.take()
        low, high = self.limits()
        if high and low:
            raise self.fail("something stands above an expectation", self.tokens[high[0]])
        if high and self.tokens[high[0]].kind == "number":
            raise self.fail("the power of an expectation stands before what it is of", self.tokens[high[0]])
        low = low or high
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

    def _conditioned(self, opening: int) -> bool:
        """Whether the bracket here holds a condition: `E[x | z]`, whose value nothing else tells."""
        if self.tokens[opening].kind != "open":
            return False
        return self.bars[opening] % 2 == 1 or any(t.kind == "mid" for t in self._level(opening))

    def _inside(self) -> Node:
        opening = self.at
        conditioned = self._conditioned(opening)
        before, after = self.arguments()
        if after and not conditioned:
            raise self.fail("a condition inside an expectation is not understood; it stands", self.tokens[opening])
        if conditioned:
            # `E[x | z]`: that z is given is kept, though no value comes of it.
            return Apply("given", before, after, span=self.span(opening))
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
                    if self.at == start:
                        raise self.unexpected()
        if waiting:
            found.append((tuple(waiting), None))
        if len(found) > 10:
            raise self.fail("an expectation is taken over more than ten densities; it stands", self.tokens[low])
        return found

    def _drawn(
        self, found: list[tuple[tuple[Bound, ...], Node | None]], waiting: list[Bound], start: int, high: int
    ) -> None:
        node = None if self.peek().text == "~" and waiting else self._joint()
        given = self._given(high) if node is not None and self.peek().kind in {"bar", "mid"} else ()
        if self.at < high and self.peek().text in {"~", "in"} and self.peek().kind == "rel":
            self.take()
            waiting += self._variables(node, start) if node is not None else ()
            over = tuple(waiting)
            waiting.clear()
            self.bind(over)
            found.append((over, self._from(over, given)))
            self.release(over)
        elif node is not None and self._ranges(node):
            waiting += self._variables(node, start)
        else:
            found.append(((), node))
        aside = self.peek().kind == "name" and bool(waiting)
        if self.at < high and self.peek().kind not in {",", "dots", ";"} and self.peek().text != "~" and not aside:
            raise self.unexpected()

    def _given(self, high: int) -> tuple[Node, ...]:
        """What stands between the bar and the `\\sim` of `z | x \\sim q`."""
        bar = self.at
        end = next((i for i in range(bar, high) if self.tokens[i].text == "~"), bar)
        if end == bar:
            raise self.unexpected()
        self.at = end
        return self.conditions(bar + 1, end)

    def _from(self, over: tuple[Bound, ...], given: tuple[Node, ...]) -> Node:
        """The density behind `\\sim`; of `z | x \\sim q` it is that of z given x."""
        start = self.at
        node = self.expression()
        if not given:
            return node
        if not isinstance(node, Symbol):
            raise self.fail("a condition stands before the density and not in it; it stands", self.tokens[start])
        names = tuple(Symbol(b.name, b.indices, b.copy, span=b.span) for b in over)
        return Apply(node.name, names, given, node.indices, node.known, span=node.span)

    def _joint(self) -> Node:
        start = self.at
        if self.peek().kind == "name" and self.peek(1).kind in {"rel", ",", "}", "_", "prime", "bar", "mid"}:
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
        ranging = self.notation.variables | self.notation.indices
        return isinstance(node, Symbol) and (node.name in ranging or followed)

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
        if low and (self._restricted(low) or any(t.kind == "dots" for t in self.tokens[slice(*low)])):
            return self._under_condition(token.text, low, leading, start)
        if low is None and self.peek().kind == "open" and token.text in {"max", "min"} and self._several():
            entries, _ = self.arguments()
            return Function(token.text, Tuple(entries, span=self.span(start)), span=self.span(start))
        if self.peek().kind == "period":
            self.take()
        over = self.bounds(*low) if low else ()
        self.bind(over)
        whole = leading and (self.peek().kind != "open" or self._reaches(over))
        node = self.expression() if whole else self.body()
        self.release(over)
        kind = cast("Literal['sup', 'inf', 'max', 'min', 'argmax', 'argmin']", token.text)
        return Extremum(kind, over, node, span=self.span(start))

    def _restricted(self, low: Range) -> bool:
        """Whether what is below an operator is more than variables with their limits: a norm, `x : …`, `z \\sim q`."""
        i, high = low
        fresh = True
        while i < high:
            kind, start = self.tokens[i].kind, i
            if kind in {":", "bar", "mid", "dbar"} or (kind == "rel" and self.tokens[i].text == "~"):
                return True
            i = self.match.get(i, i) + 1
            if fresh and kind == "open" and (i >= high or self.tokens[i].text not in {"in", "~"}):
                return start > low[0]
            if fresh and kind in {"name", "word"}:
                while i < high and self.tokens[i].kind in {"_", "^", "prime"}:
                    i += 1 if self.tokens[i].kind == "prime" else 2
                    i = self.match.get(i - 1, i - 1) + 1
                if i < high and self.tokens[i].kind not in {"rel", ",", ";", "dots", "top"} and start == low[0]:
                    return True
            fresh = kind in {",", ";"}
        return False

    def _under_condition(self, kind: str, low: Range, leading: bool, start: int) -> Node:
        """`\\sup_{\\|f\\|_L \\le 1} …`: no bound says it, so that the words for it are kept, and no value is found."""
        given = self.conditions(*low)
        node = self.expression() if leading and self.peek().kind != "open" else self.body()
        return Apply(kind, (node,), given, span=self.span(start))

    def _reaches(self, over: tuple[Bound, ...]) -> bool:
        """Whether the body of a supremum goes on behind the bracket here: what it binds stands there, too."""
        i = self.match[self.at] + 1
        if self.tokens[i].kind not in {"op", "^"}:
            return False
        names = {bound.name for bound in over}
        while self.tokens[i].kind not in {"end", "rel", "arrow", "quad", "text", ",", "close", "}"}:
            if self.tokens[i].kind == "name" and self.bare(self.tokens[i].text) in names:
                return True
            i += 1
        return False

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


def _plus(node: Node, other: Node) -> Node:
    return Add((*(node.terms if isinstance(node, Add) else (node,)), other), span=node.span)


def _one(span: tuple[int, int]) -> Number:
    """The one that is integrated in `∫ dx`, and from which is counted."""
    return Number(Fraction(1), span=span)
