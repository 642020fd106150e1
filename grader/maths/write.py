"""A tree on paper: LaTeX that reads back as the same tree, and MathML for the report.

One walk decides where brackets stand, for both: a bracket stands where the reader would otherwise group differently.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from grader.maths.pens import Latex, MathML, Pen, parts
from grader.maths.tree import (
    Add,
    Apply,
    Big,
    Bound,
    Cases,
    Chain,
    Constant,
    Derivative,
    Divergence,
    Divide,
    Expectation,
    Extremum,
    Function,
    Gaussian,
    Limit,
    Matrix,
    Multiply,
    Negative,
    Node,
    Number,
    Power,
    Row,
    Symbol,
    Tuple,
)

_GREEDY = (Extremum, Limit)


def latex(node: Node | Row) -> str:
    """Canonical LaTeX: read again with the same notation, it is the same tree."""
    writer = _Writer(Latex())
    return (writer.line(node) if isinstance(node, Row) else writer.whole(node)).strip()


def mathml(node: Node | Row) -> str:
    """A `<math>` element in MathML Core, safe to put into a page."""
    writer = _Writer(MathML())
    inner = writer.line(node) if isinstance(node, Row) else writer.whole(node)
    return f'<math display="block"><mrow>{inner}</mrow></math>'


class _Writer:
    def __init__(self, pen: Pen) -> None:
        self.pen = pen
        self.spaced = isinstance(pen, Latex)

    def line(self, row: Row) -> str:
        """A row: its chains, an arrow or a gap between them, and its remark."""
        made: list[str] = []
        for chain, implied in zip(row.chains, row.implied, strict=True):
            if implied:
                made.append(self.pen.sign("implies"))
            elif made:
                made += [self.pen.sign(","), self.pen.sign("quad")]
            made.append(self.whole(chain))
        if row.remark:
            made.append(self.pen.text(row.remark))
        return self.pen.row(*made)

    def whole(self, node: Node) -> str:
        """A node where a whole side may stand."""
        if isinstance(node, Add):
            return self._sum(node)
        if isinstance(node, Extremum | Limit):
            return self._greedy(node, self.whole if isinstance(node, Extremum) else self.term)
        if isinstance(node, Chain):
            return self._chain(node)
        return self.term(node)

    def term(self, node: Node) -> str:
        """A node where a term of a sum may stand."""
        if isinstance(node, Negative):
            return self.pen.row(self.pen.sign("-"), self._positive(node.body))
        return self._positive(node)

    def _positive(self, node: Node) -> str:
        if isinstance(node, Multiply):
            return self._product(node)
        if _open_ended(node) and not isinstance(node, _GREEDY) and not _bare(node):
            return self.bare(node)
        return self.factor(node)

    def factor(self, node: Node) -> str:
        """A node where a factor may stand."""
        if isinstance(node, Add | Negative | Multiply | Extremum | Limit | Chain) or _open_ended(node):
            return self.pen.fenced("(", self.whole(node) if not _bare(node) else self.bare(node))
        return self.bare(node)

    def base(self, node: Node) -> str:
        """A node below an exponent."""
        if isinstance(node, Symbol) and not parts(node.name)[2]:
            return self.bare(node)
        if (isinstance(node, Number) and node.value >= 0) or isinstance(
            node, Constant | Apply | Expectation | Divergence
        ):
            return self.bare(node)
        if isinstance(node, Function) and node.name not in {"transpose", "inverse", "factorial"}:
            return self.bare(node)
        if isinstance(node, Matrix | Tuple | Gaussian):
            return self.bare(node)
        return self.pen.fenced("(", self.whole(node) if not _bare(node) else self.bare(node))

    def bare(self, node: Node) -> str:
        """A node without brackets around it."""
        return _WRITE[type(node)](self, node)

    def _sum(self, node: Add) -> str:
        made: list[str] = []
        for n, term in enumerate(node.terms):
            if n and not isinstance(term, Negative):
                made.append(self.pen.sign("+"))
            made.append(self.term(term))
        return self.pen.row(*made)

    def _product(self, node: Multiply) -> str:
        made: list[str] = []
        last = len(node.factors) - 1
        for n, factor in enumerate(node.factors):
            ends = n == last and _open_ended(factor) and not isinstance(factor, _GREEDY) and not _bare(factor)
            here = self.bare(factor) if ends else self.factor(factor)
            if n:
                made.append(self._between(node.factors[n - 1], factor, here))
            made.append(here)
        return self.pen.row(*made)

    def _between(self, left: Node, right: Node, here: str) -> str:
        first = right
        while isinstance(first, Power):
            first = first.base
        if isinstance(first, Number) or (isinstance(first, Function) and isinstance(first.body, Number)):
            return self.pen.sign("*")
        if isinstance(left, Symbol | Constant):
            return self.pen.apart(here)
        return ""

    def _chain(self, node: Chain) -> str:
        made: list[str] = []
        relations = list(node.relations)
        for n, side in enumerate(node.sides):
            if (n or node.open) and relations:
                made.append(self.pen.sign(relations.pop(0)))
            made.append(self.whole(side))
        return self.pen.row(*made)

    def _number(self, node: Number) -> str:
        return self.pen.number(_digits(node.value))

    def _constant(self, node: Constant) -> str:
        return self.pen.sign(node.name)

    def _symbol(self, node: Symbol) -> str:
        if node.name == "\\dots":
            return self.pen.sign("dots")
        return self.pen.name(node.name, node.copy, self._list(node.indices))

    def _list(self, nodes: tuple[Node, ...], sign: str = ",") -> str:
        made: list[str] = []
        for n, node in enumerate(nodes):
            made += [self.pen.sign(sign)] * (n > 0) + [self.whole(node)]
        return self.pen.row(*made) if made else ""

    def _apply(self, node: Apply) -> str:
        inner = self._list(node.arguments)
        if node.given:
            inner = self.pen.row(inner, self.pen.sign("|"), self._list(node.given))
        primes = len(node.function) - len(node.function.rstrip("'"))
        name = self.pen.name(node.function.rstrip("'"), primes, self._list(node.indices))
        return self.pen.row(name.rstrip(), self.pen.fenced("(", inner))

    def _divide(self, node: Divide) -> str:
        return self.pen.fraction(self.whole(node.top), self.whole(node.bottom))

    def _power(self, node: Power) -> str:
        exponent = self.whole(node.exponent)
        if isinstance(node.exponent, Symbol) and exponent.strip() == "T":
            exponent = self.pen.row(exponent, self.pen.apart("("))
        return self.pen.script(self.base(node.base), "", exponent)

    def _function(self, node: Function) -> str:
        name = node.name
        if name in {"abs", "norm", "floor", "ceil"}:
            return self.pen.fenced(name, self.whole(node.body))
        if name == "transpose":
            return self.pen.script(self.base(node.body), "", self.pen.sign("top"))
        if name == "inverse":
            return self.pen.script(self.base(node.body), "", self.pen.row(self.pen.sign("-"), self.pen.number("1")))
        if name == "factorial":
            return self.pen.row(self.base(node.body), self.pen.sign("!"))
        if name == "sqrt":
            return self.pen.root(self.whole(node.body))
        inner = self._list(node.body.entries) if isinstance(node.body, Tuple) else self.whole(node.body)
        return self.pen.row(self.pen.word(name), self.pen.fenced("(", inner))

    def _tuple(self, node: Tuple) -> str:
        return self.pen.fenced("(", self._list(node.entries))

    def _bound(self, bound: Bound, *, high: bool) -> str:
        """A bound variable under its operator; with `high` its upper limit stands here, too."""
        name = self.pen.name(bound.name, bound.copy, self._list(bound.indices))
        if bound.unequal is not None:
            return self.pen.row(name, self.pen.sign("!="), self.whole(bound.unequal))
        if bound.low is None:
            return name
        low = self.whole(bound.low)
        if high and bound.high is not None:
            return self.pen.row(low, self.pen.sign("<="), name, self.pen.sign("<="), self.whole(bound.high))
        return self.pen.row(name, self.pen.sign("="), low)

    def _bounds(self, over: tuple[Bound, ...], *, high: bool) -> str:
        made: list[str] = []
        for n, bound in enumerate(over):
            made += [self.pen.sign(",")] * (n > 0) + [self._bound(bound, high=high)]
        return self.pen.row(*made) if made else ""

    def _big(self, node: Big) -> str:
        if node.kind == "integral" and node.over:
            return self._integral(node)
        one = len(node.over) == 1 and node.over[0].high is not None
        high = self.whole(node.over[0].high) if one and node.over[0].high is not None else ""
        below = self._bounds(node.over, high=not one)
        return self.pen.row(self.pen.limits(self.pen.sign(node.kind), below, high), self._operand(node.body))

    def _operand(self, node: Node) -> str:
        return self.factor(node) if isinstance(node, Negative) else self._positive(node)

    def _integral(self, node: Big) -> str:
        first = node.over[0]
        low = self.whole(first.low) if first.low is not None else ""
        high = self.whole(first.high) if first.high is not None else ""
        sign = self.pen.script(self.pen.sign("i" * (min(len(node.over), 3) - 1) + "integral"), low, high)
        ends: list[str] = []
        for bound in node.over:
            ends += [self.pen.sign("d"), self.pen.name(bound.name, bound.copy, self._list(bound.indices))]
        return self.pen.row(sign, " " * self.spaced, self.whole(node.body), *ends)

    def _expectation(self, node: Expectation) -> str:
        made: list[str] = []
        for n, bound in enumerate(node.over):
            made += [self.pen.sign(",")] * (n > 0) + [self._copies(bound)]
        if node.under is not None:
            made += [self.pen.sign("~")] * bool(made) + [self.whole(node.under)]
        operator = self.pen.sign("mean") if node.kind == "mean" else self.pen.word("Var")
        body = self._list(node.body.entries) if isinstance(node.body, Tuple) else self.whole(node.body)
        below = self.pen.row(*made) if made else ""
        return self.pen.row(self.pen.script(operator, below, ""), self.pen.fenced("[", body))

    def _copies(self, bound: Bound) -> str:
        if bound.low is None or bound.high is None:
            return self._bound(bound, high=False)
        first, last = (self.pen.name(bound.name, 0, self.whole(end)) for end in (bound.low, bound.high))
        return self.pen.row(first, self.pen.sign(","), self.pen.sign("dots"), self.pen.sign(","), last)

    def _divergence(self, node: Divergence) -> str:
        sign = "||" if node.kind == "KL" else ","
        right = () if node.right is None else (self.pen.sign(sign), self.whole(node.right))
        return self.pen.row(self.pen.word(node.kind), self.pen.fenced("(", self.pen.row(self.whole(node.left), *right)))

    def _gaussian(self, node: Gaussian) -> str:
        at = () if node.at is None else (self.whole(node.at), self.pen.sign(";"))
        inner = self.pen.row(*at, self.whole(node.mean), self.pen.sign(","), self.whole(node.variance))
        return self.pen.row(self.pen.sign("normal"), self.pen.fenced("(", inner))

    def _derivative(self, node: Derivative) -> str:
        order = self.pen.number(str(node.order)) if node.order > 1 else ""
        if node.gradient:
            sign = self.pen.script(self.pen.sign("nabla"), self.whole(node.by), order)
            return self.pen.row(sign, " " * self.spaced, self._operand(node.body))
        mark = self.pen.sign("partial")
        top = self.pen.row(self.pen.script(mark, "", order) if order else mark, self.whole(node.body))
        by = self.pen.script(self.base(node.by), "", order) if order else self._positive(node.by)
        return self.pen.fraction(top, self.pen.row(mark, by))

    def _greedy(self, node: Node, body: Callable[[Node], str]) -> str:
        assert isinstance(node, Extremum | Limit)
        if isinstance(node, Limit):
            below = self.pen.row(self._bound(node.over, high=False), self.pen.sign("to"), self.whole(node.to))
            return self.pen.row(self.pen.limits(self.pen.word("lim"), below, ""), self._operand(node.body))
        below = self._bounds(node.over, high=True)
        inner = body(node.body)
        return self.pen.row(self.pen.limits(self.pen.word(node.kind), below, ""), inner)

    def _extremum(self, node: Node) -> str:
        return self._greedy(node, self.whole)

    def _matrix(self, node: Matrix) -> str:
        return self.pen.table([[self.whole(cell) for cell in row] for row in node.rows], "pmatrix")

    def _cases(self, node: Cases) -> str:
        rows = [
            [self.whole(value), self.whole(condition) if condition is not None else self.pen.text("otherwise")]
            for value, condition in node.branches
        ]
        return self.pen.table(rows, "cases")


def _bare(node: Node) -> bool:
    """Whether a node is an integral over nothing named, which would take the dx of another."""
    return isinstance(node, Big) and node.kind == "integral" and not node.over


def _open_ended(node: Node) -> bool:
    """Whether a node written without brackets would take what follows it as its own."""
    if isinstance(node, Big):
        return node.kind != "integral" or not node.over
    return isinstance(node, Extremum | Limit) or (isinstance(node, Derivative) and node.gradient)


def _digits(value: Fraction) -> str:
    """A decimal number, exactly; what has none is shown as a fraction of integers."""
    if value.denominator == 1:
        return str(value.numerator)
    for places in range(1, 101):
        scaled = value * 10**places
        if scaled.denominator == 1:
            digits = str(abs(scaled.numerator)).rjust(places + 1, "0")
            return ("-" if value < 0 else "") + f"{digits[:-places]}.{digits[-places:]}"
    return f"{value.numerator}/{value.denominator}"


_WRITE: dict[type[Node], Callable[[_Writer, Any], str]] = {
    Add: _Writer._sum,
    Negative: _Writer.term,
    Multiply: _Writer._product,
    Chain: _Writer._chain,
    Number: _Writer._number,
    Constant: _Writer._constant,
    Symbol: _Writer._symbol,
    Apply: _Writer._apply,
    Divide: _Writer._divide,
    Power: _Writer._power,
    Function: _Writer._function,
    Tuple: _Writer._tuple,
    Big: _Writer._big,
    Expectation: _Writer._expectation,
    Divergence: _Writer._divergence,
    Gaussian: _Writer._gaussian,
    Derivative: _Writer._derivative,
    Extremum: _Writer._extremum,
    Limit: _Writer._extremum,
    Matrix: _Writer._matrix,
    Cases: _Writer._cases,
}
