"""Written answers for a proof: the right one of an item, and single slips in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from grader.checks.cells import Cells, listed, one_cell, read_cells
from grader.checks.choice import Choice
from grader.checks.derivation import Derivation
from grader.checks.expression import Expression
from grader.checks.number import Number as NumberCheck
from grader.checks.number import read_number
from grader.maths.answer import alternatives, lines
from grader.maths.raw import Unreadable
from grader.maths.read import read
from grader.maths.setting import Setting, setting
from grader.maths.tree import (
    Add,
    Apply,
    Big,
    Bound,
    Chain,
    Derivative,
    Divergence,
    Divide,
    Extremum,
    Function,
    Gaussian,
    Limit,
    Multiply,
    Negative,
    Node,
    Number,
    Power,
    Row,
    Symbol,
    children,
    rebuilt,
)
from grader.maths.write import latex
from grader.model import Item

CLOSED = (Bound, Derivative, Extremum, Limit)
"""Nodes in which a slip may rightly change nothing, or whose numbers are places."""


@dataclass(frozen=True)
class Slip:
    """A wrong answer: its text, what was done, and, of formulas, both sides in LaTeX to be told apart."""

    text: str
    said: str
    right: str = ""
    wrong: str = ""


def right_answer(item: Item) -> str:
    """The answer of the rubric as a student would write it; "" where the rubric holds none."""
    check = item.check
    if isinstance(check, Expression):
        return displayed_one(alternatives(check.answer)[0])
    if isinstance(check, Derivation):
        return check.solution
    if isinstance(check, NumberCheck | Cells):
        return check.answer
    return f"({check.answer})" if isinstance(check, Choice) else ""


def slips(item: Item) -> Iterator[Slip]:
    """Single slips in the right answer of an item."""
    check = item.check
    if isinstance(check, Expression):
        yield from _of_formula(alternatives(check.answer)[0], setting(check.world))
    elif isinstance(check, Derivation) and check.solution:
        yield from _of_derivation(check.solution, setting(check.world))
    elif isinstance(check, NumberCheck):
        yield from _of_number(check.answer)
    elif isinstance(check, Choice):
        for label in check.options:
            if label != check.answer:
                yield Slip(f"({label})", "another option")
    elif isinstance(check, Cells):
        yield from _of_cells(check)


def displayed_one(text: str) -> str:
    """A formula as an answer of one display."""
    return f"$$\n{text}\n$$"


def _of_number(answer: str) -> Iterator[Slip]:
    value = read_number(answer)
    changed = {"the sign": -value, "1 more": value + 1, "1 less": value - 1, "twice": 2 * value, "half": value / 2}
    if value > 0:
        changed |= {"one divided by it": 1 / value, "its square": value * value}
    if value == float("inf"):
        changed = {"the sign": -value, "0": 0.0, "1": 1.0}
    seen = {value}
    for said, wrong in changed.items():
        if wrong not in seen:
            seen.add(wrong)
            text = {float("inf"): "∞", float("-inf"): "-∞"}.get(wrong, f"{wrong:.12f}".rstrip("0").rstrip("."))
            yield Slip(text, f"another number: {said}")


def _of_cells(check: Cells) -> Iterator[Slip]:
    cells = read_cells(check.answer, check.size)
    rows, columns = check.size
    every = [(r, c) for r in range(1, rows + 1) for c in range(1, columns + 1)]
    for cell in every:
        said = "a pixel lost" if cell in cells else "a pixel too much"
        yield Slip(listed(cells ^ {cell}), said)
    if check.centre:
        row, column = one_cell(check.centre)
        turned = frozenset((2 * row - r, 2 * column - c) for r, c in cells)
        if turned != cells and turned <= set(every):
            yield Slip(listed(turned), "mirrored")


def _of_formula(text: str, told: Setting) -> Iterator[Slip]:
    try:
        node = read(text, told.notation())
    except Unreadable:
        return
    for wrong, said in changed(node, told):
        new = latex(wrong)
        yield Slip(displayed_one(new), said, text, new)


def _of_derivation(solution: str, told: Setting) -> Iterator[Slip]:
    """One side of one claim changed; the rest of the answer stays as it is written."""
    for line in lines(solution, told):
        if line.row is None or solution.count(line.text) != 1:
            continue
        for chain, side in _sides(line.row):
            here = latex(side)
            for wrong, said in changed(side, told):
                at = side.span
                new = f"{line.text[: at[0]]} {latex(wrong)} {line.text[at[1] :]}"
                if len(chain.sides) > 1 or chain.open:
                    yield Slip(solution.replace(line.text, new), said, here, latex(wrong))


def _sides(row: Row) -> Iterator[tuple[Chain, Node]]:
    for chain in row.chains:
        for side in chain.sides:
            if side.span[1] > side.span[0]:
                yield chain, side


def changed(node: Node, told: Setting) -> Iterator[tuple[Node, str]]:
    """All formulas with one slip, and what it is."""
    yield Negative(node), "sign of the whole"
    yield from _within(node, told)


def _within(node: Node, told: Setting) -> Iterator[tuple[Node, str]]:
    if isinstance(node, CLOSED):
        return
    yield from _here(node, told)
    for child in children(node):
        if isinstance(node, Symbol) or (isinstance(node, Power) and child is node.exponent and _small(child)):
            continue
        for wrong, said in _within(child, told):
            yield rebuilt(node, lambda c, old=child, new=wrong: new if c is old else c), said  # type: ignore[misc]


def _small(node: Node) -> bool:
    return isinstance(node, Number)


def _here(node: Node, told: Setting) -> Iterator[tuple[Node, str]]:
    if isinstance(node, Symbol) and node.name in told.scalars:
        yield from ((replace(node, name=name), "another scalar") for name in told.scalars if name != node.name)
    elif isinstance(node, Function) and node.name in FORGOTTEN:
        if not _is_notation(node, told):
            yield node.body, f"{node.name} lost"
    elif isinstance(node, Big) and node.kind == "product":
        yield replace(node, kind="sum"), "sum for product"
    elif isinstance(node, Apply) and node.given and node.function in told.joints:
        # Of a density that is no part of a joint one, nobody has said what the turned one is.
        yield replace(node, arguments=node.given, given=node.arguments), "conditioning turned"
    elif type(node) in RULES:
        yield from RULES[type(node)](node)


def _is_notation(node: Function, told: Setting) -> bool:
    """Whether it is the transpose of a vector: a product of two is read as the inner one, with it or without."""
    return node.name == "transpose" and isinstance(node.body, Symbol) and node.body.name in told.vectors


def _of_product(node: Multiply) -> Iterator[tuple[Node, str]]:
    for k in range(len(node.factors)):
        yield _joined(Multiply, (*node.factors[:k], *node.factors[k + 1 :])), "a factor lost"


def _of_negative(node: Negative) -> Iterator[tuple[Node, str]]:
    yield node.body, "sign"


def _of_fraction(node: Divide) -> Iterator[tuple[Node, str]]:
    yield Divide(node.bottom, node.top), "fraction upside down"
    yield node.top, "a denominator lost"


def _of_power(node: Power) -> Iterator[tuple[Node, str]]:
    yield node.base, "an exponent lost"
    if isinstance(node.exponent, Number) and node.exponent.value > 1:
        yield replace(node, exponent=Number(node.exponent.value + 1)), "another exponent"


def _of_one_number(node: Number) -> Iterator[tuple[Node, str]]:
    yield Number(node.value + 1), "another number"


def _of_divergence(node: Divergence) -> Iterator[tuple[Node, str]]:
    if node.right is not None:
        yield replace(node, left=node.right, right=node.left), "arguments exchanged"


def _of_gaussian(node: Gaussian) -> Iterator[tuple[Node, str]]:
    yield replace(node, mean=node.variance, variance=node.mean), "mean and variance exchanged"


def _of_sum(node: Add) -> Iterator[tuple[Node, str]]:
    for k, term in enumerate(node.terms):
        before, after = node.terms[:k], node.terms[k + 1 :]
        turned = term.body if isinstance(term, Negative) else Negative(term)
        yield Add((*before, turned, *after)), "sign of a term"
        yield _joined(Add, (*before, *after)), "a term lost"
        inner = term.body if isinstance(term, Negative) else term
        twice = Multiply((Number(Fraction(2)), inner))
        yield Add((*before, Negative(twice) if isinstance(term, Negative) else twice, *after)), "a term doubled"


def _joined(kind: type[Add] | type[Multiply], parts: tuple[Node, ...]) -> Node:
    return parts[0] if len(parts) == 1 else kind(parts)


RULES: Mapping[type[Node], Callable[[Any], Iterator[tuple[Node, str]]]] = {
    Add: _of_sum,
    Multiply: _of_product,
    Negative: _of_negative,
    Divide: _of_fraction,
    Power: _of_power,
    Number: _of_one_number,
    Divergence: _of_divergence,
    Gaussian: _of_gaussian,
}
FORGOTTEN = frozenset({"log", "exp", "sqrt", "inverse", "transpose", "det"})
