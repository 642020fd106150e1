"""Sums, products and single factors: brackets, bars, fractions, functions, matrices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from grader.maths.brackets import Brackets
from grader.maths.cursor import DEPTH
from grader.maths.lex import Token
from grader.maths.shapes import shape
from grader.maths.spelling import Scripts
from grader.maths.tree import (
    Add,
    Big,
    Constant,
    Divide,
    Function,
    Multiply,
    Negative,
    Node,
    Number,
    Power,
    Span,
    Symbol,
    children,
)

_CONTINUED = frozenset(["exp", "sqrt", "det", "abs", "norm"])
_DIGITS = 100


class Terms(Brackets):
    """Reads everything that stands between two relations."""

    def expression(self) -> Node:
        """A sum of terms, from here to what can't belong to it."""
        start = self.at
        if self.tokens[start].kind != "op":
            self.leading = start
        terms = [self._term()]
        while True:
            token = self.peek()
            if token.kind != "op" or token.text not in {"+", "-"}:
                break
            terms.append(self._term())
        if len(terms) == 1:
            return terms[0]
        flat: list[Node] = []
        for term in terms:
            flat.extend(term.terms if isinstance(term, Add) else (term,))
        flat = self._widened(flat)
        return flat[0] if len(flat) == 1 else Add(tuple(flat), span=self.span(start))

    def _widened(self, terms: list[Node]) -> list[Node]:
        """The terms, where `\\sum_j a_j + b_j` sums both: nothing else says what the second j is."""
        found: list[Node] = []
        for term in terms:
            wider = self._wider(found[-1], term) if found else None
            if wider is None:
                found.append(term)
            else:
                found[-1] = wider
        return found

    def _wider(self, before: Node, term: Node) -> Node | None:
        """The term before with this one under its sum, if that sum is open and counts what is free in this one."""
        if isinstance(before, Negative):
            inner = None if isinstance(term, Negative) else self._wider(before.body, term)
            return inner and Negative(inner, span=(before.span[0], term.span[1]))
        if isinstance(before, Multiply):
            inner = self._wider(before.factors[-1], term)
            return inner and Multiply((*before.factors[:-1], inner), span=(before.span[0], term.span[1]))
        if not isinstance(before, Big) or len(before.over) != 1 or before.kind != "sum":
            return None
        name = before.over[0].name
        counts = name in self.notation.indices and not self.local.get(name, 0) and name in _free_indices(term)
        if not counts or set(")]") & set(self.text[before.span[1] : term.span[0]]):
            return None
        body = before.body.terms if isinstance(before.body, Add) else (before.body,)
        return replace(before, body=Add((*body, term)), span=(before.span[0], term.span[1]))

    def _term(self) -> Node:
        start = self.at
        negative = False
        while self.peek().kind == "op" and self.peek().text in {"+", "-"}:
            negative ^= self.take().text == "-"
        if not self.starts():
            before = self.tokens[self.at - 1] if self.at > start else None
            if before is not None:
                raise self.fail(f"something is missing behind the {before.text}", before)
            raise self.unexpected()
        node = self.product()
        return Negative(node, span=self.span(start)) if negative else node

    def product(self, *, bare: bool = False) -> Node:
        """A product of factors; `bare` is the argument of a function without brackets."""
        start = self.at
        factors = [self.factor()]
        while True:
            token = self.peek()
            if token.kind == "op" and token.text in {"*", "odot", "/"}:
                self.take()
                other = self._signed()
                if token.text == "/":
                    self.slashes += 1
                    if self.slashes > DEPTH:
                        raise self.fail(f"more than {DEPTH} slashes stand in the formula; it goes too far", token)
                    factors = [Divide(_multiplied(factors, self.span(start)), other, span=self.span(start))]
                else:
                    self._times(factors, other, elementwise=token.text == "odot")
            elif token.kind == "{" and self.peek(1).kind == "}":
                self.at += 2
            elif self.starts() and not (bare and self._stops(factors)):
                factors.append(self.factor())
            else:
                return _multiplied(factors, self.span(start))

    def _signed(self) -> Node:
        start = self.at
        negative = False
        while self.peek().kind == "op" and self.peek().text in {"+", "-"}:
            negative ^= self.take().text == "-"
        node = self.factor()
        return Negative(node, span=self.span(start)) if negative else node

    def _times(self, factors: list[Node], other: Node, *, elementwise: bool) -> None:
        """Entry by entry, a product with a vector is that with its diagonal matrix."""
        if elementwise and shape(factors[-1], self.notation) == "column":
            factors[-1] = Function("diag", factors[-1], span=factors[-1].span)
        factors.append(other)

    def _stops(self, factors: list[Node]) -> bool:
        """Whether the argument of a function without brackets ends before what follows."""
        token = self.peek()
        if token.kind == "fn":
            return token.text not in _CONTINUED
        if token.kind in {"big", "int"}:
            one = factors[0]
            return len(factors) > 1 or not (isinstance(one, Divide) and isinstance(one.top, Number))
        return token.kind in {"ext", "nabla"} or token.text in {"\\mathbb{E}", "KL", "JSD"}

    def starts(self) -> bool:
        """Whether a factor can begin here."""
        token = self.tokens[self.at]
        kind = token.kind
        if kind == "bar":
            return token.role == "open" or (not self.bar and not token.role)
        if kind == "dbar":
            return token.role == "open" or (not self.double and not token.role)
        return kind in _HANDLERS

    def factor(self) -> Node:
        """One factor with its exponent."""
        start = self.at
        token = self.tokens[start]
        handler = _HANDLERS.get(token.kind)
        if handler is None:
            raise self.unexpected()
        self.depth += 1
        if self.depth > DEPTH:
            raise self.fail(f"the formula is nested more than {DEPTH} deep; it goes too far", token)
        node = handler(self)
        while self.peek().kind in {"^", "bang", "_"}:
            node = self._behind(node, start)
        self.depth -= 1
        return node

    def _behind(self, node: Node, start: int) -> Node:
        token = self.take()
        if token.kind == "bang":
            if isinstance(node, Function) and node.name == "factorial":
                raise self.fail("two factorial signs stand side by side", token)
            return Function("factorial", node, span=self.span(start))
        if token.kind == "_":
            raise self.fail("an index stands behind what takes none", token)
        node = self.raised(node, self.script(), start)
        if self.peek().kind == "^":
            raise self.fail("two exponents stand side by side", self.peek())
        return node

    def _number(self) -> Node:
        token = self.take()
        if len(token.text) > _DIGITS:
            raise self.fail(f"a number has more than {_DIGITS} digits; it stands", token)
        return Number(Fraction(token.text), span=(token.start, token.end))

    def _constant_sign(self) -> Node:
        token = self.take()
        return Constant("infinity", span=(token.start, token.end))

    def _dots(self) -> Node:
        token = self.take()
        return Symbol("\\dots", known=False, span=(token.start, token.end))

    def _group(self) -> Node:
        """Braces: a name in them is the name, `{}` is nothing, anything else is a bracket."""
        start, inner = self.at, self.peek(1)
        if self.match[start] == start + 2 and inner.kind in {"name", "word"} and self.peek(3).kind in _ATTACHED:
            self.at += 3
            return self.named(inner, self.scripts(), start)
        return self.braced()

    def _fraction(self) -> Node:
        start = self.at
        self.take()
        derivative = self.derivative(start)
        if derivative is not None:
            return derivative
        return Divide(self._argument_of(start), self._argument_of(start), span=self.span(start))

    def _argument_of(self, start: int) -> Node:
        """What a command acts on: braces, or one sign."""
        token = self.peek()
        if token.kind == "{":
            return self.braced()
        if token.kind in {"name", "word"}:
            self.take()
            return self._symbol(token)
        if token.kind not in _HANDLERS or token.kind == "open":
            raise self.fail("a fraction or root lacks what it acts on; it stands", self.tokens[start])
        return self._number() if token.kind == "number" else self.factor()

    def _symbol(self, token: Token) -> Node:
        found = self.resolve(token.text, Scripts())
        constant = self._constant(token, Scripts(), self.at - 1) if not found.known else None
        return constant or Symbol(found.name, found.indices, 0, found.known, span=(token.start, token.end))

    def _binomial(self) -> Node:
        """n over k, as the quotient of factorials that it is."""
        start = self.at
        self.take()
        n, k = self._argument_of(start), self._argument_of(start)
        span = self.span(start)
        rest = Add((n, Negative(k, span=k.span)), span=span)
        parts = (Function("factorial", k, span=k.span), Function("factorial", rest, span=span))
        return Divide(Function("factorial", n, span=n.span), Multiply(parts, span=span), span=span)

    def _function(self) -> Node:
        """A standard function; without brackets it takes the whole product that follows."""
        start = self.at
        token = self.take()
        name = token.text
        if token.role == "degree":
            return self._root(start)
        low, high = self.limits()
        base = self._base(name, low, token) if low else None
        if high and self.label(*high) == "-1":
            raise self.fail(f"the inverse of {name} is not known; it stands", token)
        if high and [t.kind for t in self.tokens[slice(*high)]] == ["prime"]:
            raise self.fail(f"{name} with a prime is not understood; it stands", token)
        name = base if isinstance(base, str) else name
        body = self._taken(name, start)
        node: Node = Function(name, body, span=self.span(start))
        if isinstance(base, Node):
            node = Divide(node, Function("log", base, span=base.span), span=self.span(start))
        return Power(node, self.within(*high), span=self.span(start)) if high else node

    def _base(self, name: str, low: tuple[int, int], token: Token) -> str | Node | None:
        label = self.label(*low)
        if name != "log":
            raise self.fail(f"{name} takes no index; one stands", token)
        known = {"2": "log2", "10": "log10", "e": "log"}
        return known.get(label) or self.within(*low)

    def _root(self, start: int) -> Node:
        low = self.at + 1
        high = self.match[self.at]
        degree = self.within(low, high)
        self.at = high + 1
        body = self._argument_of(start)
        span = self.span(start)
        return Power(body, Divide(Number(Fraction(1), span=span), degree, span=span), span=span)

    def _taken(self, name: str, start: int) -> Node:
        opening = self.peek()
        if name == "sqrt" and opening.kind != "open":
            return self._argument_of(start)
        if opening.kind == "{":
            return self.braced()
        if opening.kind == "open" and opening.text in {"(", "[", "\\{"}:
            return self.bracket()
        negative = False
        while self.peek().kind == "op" and self.peek().text in {"+", "-"}:
            negative ^= self.take().text == "-"
        if not self.starts():
            raise self.fail(f"{name} lacks its argument; it stands", self.tokens[start])
        body = self.product(bare=True)
        return Negative(body, span=body.span) if negative else body

    def _commented(self) -> Node:
        """A formula with a brace above or below it, and what the brace says, which is no part of it."""
        start = self.at
        self.take()
        node = self._argument_of(start)
        while self.peek().kind in {"_", "^"}:
            self.take()
            self.script()
        return node


def _multiplied(factors: list[Node], span: Span) -> Node:
    if len(factors) == 1:
        return factors[0]
    flat: list[Node] = []
    for factor in factors:
        flat.extend(factor.factors if isinstance(factor, Multiply) else (factor,))
    return Multiply(tuple(flat), span=span)


_ATTACHED = frozenset({"_", "^", "prime", "open"})
_HANDLERS: dict[str, Callable[[Terms], Node]] = {
    "name": Terms.name,
    "word": Terms.name,
    "number": Terms._number,
    "constant": Terms._constant_sign,
    "dots": Terms._dots,
    "{": Terms._group,
    "open": Terms.bracket,
    "bar": Terms.absolute,
    "dbar": Terms.norm,
    "frac": Terms._fraction,
    "binom": Terms._binomial,
    "fn": Terms._function,
    "big": Terms.big,
    "int": Terms.integral,
    "ext": Terms.extremum,
    "nabla": Terms.gradient,
    "under": Terms._commented,
    "begin": Terms.table,
    "cases": Terms.old_cases,
}


def _free_indices(node: Node) -> set[str]:
    """The names that stand as an index in a tree, and that no sum within it binds."""
    found = {i.name for i in getattr(node, "indices", ()) if isinstance(i, Symbol)}
    for child in children(node):
        found |= _free_indices(child)
    return found - ({bound.name for bound in node.over} if isinstance(node, Big) else set())
