"""Derivatives and gradients."""

from __future__ import annotations

from grader.maths.bigs import Bigs
from grader.maths.tree import Apply, Derivative, Node, Number, Power, Symbol


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
        node = inner if inner is not None else self._operand(start)
        for one, times in reversed(by):
            node = Derivative(node, one, times, span=self.span(start))
        return node

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
        if not self.starts():
            name = "\\nabla" if order == 1 else "\\nabla^2"
            return Symbol(name, known=False, span=self.span(start))
        by = self.within(*low) if low else None
        node = self.body()
        if by is None:
            inner = node
            if not (isinstance(inner, Apply) and len(inner.arguments) == 1):
                raise self.fail("a gradient does not say with respect to what; it stands", self.tokens[start])
            by = inner.arguments[0]
        return Derivative(node, by, order, gradient=True, span=self.span(start))
