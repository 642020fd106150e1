"""What stands between brackets, bars, and in tables; and chains of relations."""

from __future__ import annotations

from typing import cast

from grader.maths.derivatives import Derivatives
from grader.maths.lex import Token
from grader.maths.spelling import spelt
from grader.maths.tree import Apply, Cases, Chain, Function, Matrix, Multiply, Node, Power, Relation, Symbol, Tuple


class Brackets(Derivatives):
    """Reads brackets, absolute values, norms, matrices, cases and chains."""

    def bracket(self) -> Node:
        start = self.at
        opening = self.take()
        saved = (self.bar, self.double)
        self.bar = opening.text == "\\{" and self.bars[start] == 1
        self.double = False
        if self.at == self.match[start]:
            raise self.fail("nothing stands in the bracket", opening)
        if self.peek().kind == "text":
            # Words in brackets are a remark, and no factor.
            raise self.unexpected()
        entries = [self._argument()]
        if opening.text == "\\{" and self.peek().kind in {":", "bar", "mid"}:
            self.bar, self.double = saved
            return self._set(entries[0], start)
        while self.peek().kind in {",", ";"}:
            self.take()
            entries.append(self._argument())
        if self.at != self.match[start]:
            raise self.unexpected()
        closing = self.take()
        self.bar, self.double = saved
        return self._closed(opening, closing, entries, start)

    def _set(self, node: Node, start: int) -> Node:
        """`\\{x : f(x) > 0\\}`, whose elements only its condition tells."""
        end = self.match[start]
        given = self.conditions(self.at + 1, end)
        self.at = end + 1
        return Apply("set", (node,), given, span=self.span(start))

    def _closed(self, opening: Token, closing: Token, entries: list[Node], start: int) -> Node:
        span = self.span(start)
        if opening.text == "\\langle" and len(entries) == 1:
            return Apply("mean", (entries[0],), span=span)
        if opening.text == "\\langle":
            if len(entries) != 2:
                raise self.fail("an inner product needs two vectors; it stands", opening)
            turned = Function("transpose", entries[0], span=entries[0].span)
            return Multiply((turned, entries[1]), span=span)
        if len(entries) > 1:
            return Tuple(tuple(entries), span=span)
        if isinstance(entries[0], Chain) and opening.text == "\\{":
            return Apply("set", (entries[0],), span=span)
        if isinstance(entries[0], Chain) or {opening.text, closing.text} in ({"(", "]"}, {"[", ")"}):
            raise self.fail("a bracket with a condition in it is not understood; it stands", opening)
        if opening.text in {"\\lfloor", "\\lceil"}:
            return Function("floor" if opening.text == "\\lfloor" else "ceil", entries[0], span=span)
        return entries[0]

    def absolute(self) -> Node:
        """`|a|`, or `||a||` typed with four bars."""
        start = self.at
        token = self.take()
        double = self.peek().kind == "bar" and (not token.role or self._paired())
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

    def _paired(self) -> bool:
        """Whether the bar here, the second of two that open, is closed together with the first: those of a norm."""
        depth, i = 1, self.at
        while depth > 0 and self.tokens[i].kind != "end":
            bar = self.tokens[i].kind == "bar"
            depth += bar * (1 if self.tokens[i].role == "open" else -1)
            i += 1
            if depth == 1 and bar and self.tokens[i - 1].role != "open":
                return self.tokens[i].kind == "bar" and self.tokens[i].role != "open"
        return False

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
        norm: Node = Function("norm", node, span=self.span(start))
        if low and self.label(*low) not in {"2", "F"}:
            norm = Apply(spelt("norm", self.label(*low)), (node,), span=self.span(start))
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
                if self.peek().kind in {"amp", "newline", "closing"} or not rows[-1]:
                    raise self.fail("an entry of the matrix is left empty; it stands", self.peek())
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
            words = ""
            while self.peek().kind in {"amp", "text", ",", "quad", "period"}:
                words += self.take().text if self.peek().kind == "text" else self.take().text[:0]
            if self.peek().kind not in {"newline", "closing", "}"}:
                condition = self.chain()
            elif self.peek().kind == "newline" and words:
                condition = Symbol("".join(filter(str.isalpha, words)) or "\\dots", known=False)
            while self.peek().kind in {"newline", ",", ";", "period", "text"}:
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
            self._noted()
        sides = [self._side_of(start)]
        while self.peek().kind == "rel" and not self.says_in_words():
            relations.append(cast(Relation, self.take().text))
            self._noted()
            sides.append(self._side_of(self.at - 1))
        return Chain(tuple(sides), tuple(relations), opened, span=self.span(start))

    def says_in_words(self) -> bool:
        """Whether a relation stands here with nothing but words behind it: `n = \\text{the number of samples}`."""
        i = self.at + 1
        while self.tokens[i].kind == "text":
            i += 1
        return self.peek().kind == "rel" and i > self.at + 1 and self.tokens[i].kind in {"end", "quad", "period", ","}

    def _noted(self) -> None:
        """Reads past words between a relation and its side, and keeps them: `= \\text{(Jensen)} …`."""
        while self.peek().kind == "text":
            self.notes.append(self.take().text)

    def _side_of(self, before: int) -> Node:
        if not self.starts() and self.peek().text not in {"+", "-"} and self.tokens[before].kind in {"rel", "text"}:
            raise self.fail("nothing stands behind the relation", self.tokens[before])
        return self.expression()
