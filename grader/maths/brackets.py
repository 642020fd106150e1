"""What stands between brackets, bars, and in tables; and chains of relations."""

from __future__ import annotations

from typing import cast

from grader.maths.derivatives import Derivatives
from grader.maths.lex import Token
from grader.maths.tree import Cases, Chain, Function, Matrix, Multiply, Node, Power, Relation, Tuple


class Brackets(Derivatives):
    """Reads brackets, absolute values, norms, matrices, cases and chains."""

    def bracket(self) -> Node:
        start = self.at
        opening = self.take()
        saved = (self.bar, self.double)
        self.bar = self.double = False
        if self.at == self.match[start]:
            raise self.fail("nothing stands in the bracket", opening)
        entries = [self._argument()]
        while self.peek().kind in {",", ";"}:
            self.take()
            entries.append(self._argument())
        if self.at != self.match[start]:
            raise self.unexpected()
        closing = self.take()
        self.bar, self.double = saved
        return self._closed(opening, closing, entries, start)

    def _closed(self, opening: Token, closing: Token, entries: list[Node], start: int) -> Node:
        span = self.span(start)
        if opening.text == "\\langle":
            if len(entries) != 2:
                raise self.fail("an inner product needs two vectors; it stands", opening)
            turned = Function("transpose", entries[0], span=entries[0].span)
            return Multiply((turned, entries[1]), span=span)
        if len(entries) > 1:
            return Tuple(tuple(entries), span=span)
        if isinstance(entries[0], Chain) or {opening.text, closing.text} in ({"(", "]"}, {"[", ")"}):
            raise self.fail("a bracket with a condition in it is not understood; it stands", opening)
        if opening.text in {"\\lfloor", "\\lceil"}:
            return Function("floor" if opening.text == "\\lfloor" else "ceil", entries[0], span=span)
        return entries[0]

    def absolute(self) -> Node:
        """`|a|`, or `||a||` typed with four bars."""
        start = self.at
        token = self.take()
        double = self.peek().kind == "bar" and not token.role
        if double:
            self.take()
        saved = (self.bar, self.double)
        self.bar, self.double = True, False
        node = self.expression()
        self.bar, self.double = saved
        for _ in range(1 + double):
            if self.peek().kind != "bar":
                raise self.fail("a bar is never closed; it stands", token)
            self.take()
        if double:
            return self._normed(node, start)
        return Function("abs", node, span=self.span(start))

    def norm(self) -> Node:
        start = self.at
        token = self.take()
        saved = (self.bar, self.double)
        self.bar, self.double = False, True
        node = self.expression()
        self.bar, self.double = saved
        if self.peek().kind != "dbar":
            raise self.fail("the bars of a norm are never closed; they stand", token)
        self.take()
        return self._normed(node, start)

    def _normed(self, node: Node, start: int) -> Node:
        low, high = self.limits()
        if low and self.label(*low) not in {"2", "F"}:
            raise self.fail(f"the norm with index {self.label(*low)} is not known; it stands", self.tokens[start])
        norm = Function("norm", node, span=self.span(start))
        return Power(norm, self.within(*high), span=self.span(start)) if high else norm

    def table(self) -> Node:
        start = self.at
        name = self.take().text
        if name in {"cases", "dcases", "rcases"}:
            node = self._cases(start)
        else:
            rows = self._rows()
            matrix = Matrix(tuple(tuple(row) for row in rows), span=self.span(start))
            node = Function("det", matrix, span=self.span(start)) if name == "vmatrix" else matrix
        if self.take().kind not in {"closing", "}"}:
            self.at -= 1
            raise self.unexpected()
        return node

    def _rows(self) -> list[list[Node]]:
        rows: list[list[Node]] = [[]]
        while self.peek().kind not in {"closing", "end"}:
            kind = self.peek().kind
            if kind == "newline":
                self.take()
                rows.append([])
            elif kind == "amp":
                self.take()
            else:
                rows[-1].append(self._argument())
        return [row for row in rows if row]

    def old_cases(self) -> Node:
        start = self.at
        self.take()
        if self.peek().kind != "{":
            raise self.unexpected()
        self.take()
        node = self._cases(start)
        if self.take().kind != "}":
            self.at -= 1
            raise self.unexpected()
        return node

    def _cases(self, start: int) -> Node:
        branches: list[tuple[Node, Node | None]] = []
        while self.peek().kind not in {"closing", "end", "}"}:
            value = self.expression()
            condition: Node | None = None
            while self.peek().kind in {"amp", "text", ",", "quad"}:
                self.take()
            if self.peek().kind not in {"newline", "closing", "}"}:
                condition = self.chain()
            while self.peek().kind in {"newline", ",", "period", "text"}:
                self.take()
            branches.append((value, condition))
        if not branches:
            raise self.fail("a distinction of cases has no case; it stands", self.tokens[start])
        return Cases(tuple(branches), span=self.span(start))

    def chain(self) -> Chain:
        """Sides and the relations between them, from here to what can't belong to them."""
        start = self.at
        relations: list[Relation] = []
        opened = self.peek().kind == "rel"
        if opened:
            relations.append(cast(Relation, self.take().text))
        sides = [self._side_of(start)]
        while self.peek().kind == "rel":
            relations.append(cast(Relation, self.take().text))
            sides.append(self._side_of(self.at - 1))
        return Chain(tuple(sides), tuple(relations), opened, span=self.span(start))

    def _side_of(self, before: int) -> Node:
        if not self.starts() and self.peek().text not in {"+", "-"} and self.tokens[before].kind == "rel":
            raise self.fail("nothing stands behind the relation", self.tokens[before])
        return self.expression()
