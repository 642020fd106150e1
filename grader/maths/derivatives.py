"""Derivatives and gradients."""

from __future__ import annotations

from grader.maths.bigs import Bigs
from grader.maths.tree import Apply, Derivative, Function, Node, Number, Power, Symbol, Tuple, walk

_ENTRIES = frozenset("ijkld")
"""Indices that count entries; another one may well be the time, as in `\\partial_t p_t`."""
_DIVERGING = frozenset({"nabla", "name", "word", "open", "{"})


class Derivatives(Bigs):
    """Reads fractions of differentials, and ∇."""

    def derivative(self, start: int) -> Node | None:
        """A fraction of differentials that begins here, behind `\\frac`; None if it is none."""
        if self.peek().kind != "{" or not self._differs(self.at + 1):
            return None
        top, end = self.at, self.match[self.at]
        if self.tokens[end + 1].kind != "{" or not self._differs(end + 2):
            return None
        self.at = top + 2
        order = self._order()
        inner = self.within(self.at, end) if self.at < end else None
        self.at = end + 2
        low, close = self.at, self.match[end + 1]
        by: list[tuple[Node, int]] = []
        while self.at < close:
            if not self._differs(self.at):
                raise self.unexpected()
            self.take()
            by.append(self._by(close, order))
        self.at = close + 1
        if sum(times for _, times in by) != order:
            raise self.fail("the orders of a derivative above and below differ; it stands", self.tokens[low])
        alone = inner is None and self.peek().kind in {"rel", "end", "arrow", "quad", ","}
        operand = Symbol("\\cdot", known=False, span=self.span(start)) if alone else None
        node = inner if inner is not None else operand or self._operand(start)
        place = self._place(inner)
        if isinstance(node, Symbol) and place is not None and [one for one, _ in by] == [place]:
            node = Apply(node.name, (place,), (), node.indices, node.known, span=self.span(start))
            place = None
        for one, times in reversed(by):
            node = Derivative(node, one, times, span=self.span(start))
        return node if place is None else Apply("at", (node,), (place,), span=self.span(start))

    def _place(self, inner: Node | None) -> Node | None:
        """Where `\\frac{df}{dx}(a)` is taken; None if no single name stands in brackets behind the derivative."""
        opening = self.at
        if inner is not None and self._lists():
            arguments, given = self.arguments()
            return Tuple(arguments + given, span=self.span(opening))
        if not isinstance(inner, Symbol) or self.peek().text != "(":
            return None
        if not self._alone(opening + 1, self.match[opening]):
            return None
        self.at = self.match[opening] + 1
        return self.within(opening + 1, self.match[opening])

    def _differs(self, at: int) -> bool:
        """Whether a d, a ∂ or the δ of a functional derivative stands here."""
        text = self.tokens[at].text
        return text == "d" or (text == "\\delta" and self.has(text) is None)

    def _operand(self, start: int) -> Node:
        if not self.starts() and self.peek().text not in {"+", "-"}:
            raise self.fail("a derivative lacks what is derived; it stands", self.tokens[start])
        return self.body()

    def _order(self) -> int:
        if self.peek().kind != "^":
            return 1
        token = self.take()
        low, high = self.script()
        if high - low != 1 or self.tokens[low].kind != "number" or not 0 < int(self.tokens[low].text) < 10:
            raise self.fail("the order of a derivative is not a small number; it stands", token)
        return int(self.tokens[low].text)

    def _by(self, close: int, order: int) -> tuple[Node, int]:
        if self.at >= close:
            raise self.unexpected()
        node = self.factor()
        if isinstance(node, Power) and isinstance(node.exponent, Number) and 1 < node.exponent.value <= order:
            return node.base, int(node.exponent.value)
        return node, 1

    def partial(self) -> Node:
        """`\\partial_t f`, the derivative by t."""
        start = self.at
        token = self.take()
        low, high = self.limits()
        order = int(self.tokens[high[0]].text) if high and self.tokens[high[0]].text in {"2", "3"} else 1
        if not low or (high and (order == 1 or high[1] != high[0] + 1)):
            raise self.fail("a derivative does not say by what; it stands", token)
        if not self.starts() and self.peek().text not in {"+", "-"}:
            raise self.fail("a derivative lacks what is derived; it stands", self.tokens[start])
        body, by = self.body(tight=True), self.within(*low)
        if isinstance(by, Symbol) and by.name in self.notation.indices & _ENTRIES - self.notation.variables:
            return self._by_entry(body, by, start)
        return Derivative(body, by, order, span=self.span(start))

    def _by_entry(self, body: Node, index: Symbol, start: int) -> Node:
        """`\\partial_i f(x)`, the derivative by the i-th entry of the one thing that is derived by."""
        called = {part.arguments for part in walk(body) if isinstance(part, Apply)}
        only = next(iter(called)) if len(called) == 1 else ()
        if len(only) == 1 and isinstance(only[0], Symbol) and not only[0].indices:
            entry = Symbol(only[0].name, (index,), only[0].copy, only[0].known, span=index.span)
            return Derivative(body, entry, span=self.span(start))
        return Apply("partial", (body,), (index,), span=self.span(start))

    def gradient(self) -> Node:
        """∇ of what follows; ∇² at order 2. Without anything to derive it is an unknown name."""
        start = self.at
        self.take()
        low, high = self.limits()
        order = 1
        if high:
            order = 2 if self.label(*high) == "2" else 0
        if order == 0:
            raise self.fail("the order of a gradient is not understood; it stands", self.tokens[start])
        if self.peek().text == "*" and self.peek(1).kind in _DIVERGING and order == 1:
            self.take()
            return Apply(
                "divergence", (self.product(tight=True),), self.listed(*low) if low else (), span=self.span(start)
            )
        if not self.starts():
            name = "\\nabla" if order == 1 else "\\nabla^2"
            return Symbol(name, known=False, span=self.span(start))
        named = self.listed(*low) if low else ()
        by = Tuple(named, span=named[0].span) if len(named) > 1 else named[0] if named else None
        node, turned = self._upright(self.product(tight=True))
        if by is None:
            called = [part.arguments for part in walk(node) if isinstance(part, Apply)]
            if order == 1 and isinstance(node, Symbol) and node.name in self.notation.variables:
                raise self.fail("a gradient does not say with respect to what; it stands", self.tokens[start])
            if not called:
                return Apply("grad" if order == 1 else "laplacian", (node,), span=self.span(start))
            alone = isinstance(node, Apply) and len(node.arguments) == 1
            if not alone and (len(called[0]) > 1 or any(arguments != called[0] for arguments in called)):
                return Apply("grad", (node,), span=self.span(start))
            by = called[0][0]
        made = Derivative(node, by, order, gradient=True, span=self.span(start))
        return Function("transpose", made, span=made.span) if turned else made

    def _upright(self, node: Node) -> tuple[Node, bool]:
        """What a ∇ derives without the transpose behind it, which is the gradient's: `\\nabla f(x)^\\top`."""
        if isinstance(node, Function) and node.name == "log":
            inner, turned = self._upright(node.body)
            return (Function("log", inner, span=node.span), True) if turned else (node, False)
        if isinstance(node, Function) and node.name == "transpose" and self.maps(node.body):
            return node.body, True
        return node, False
