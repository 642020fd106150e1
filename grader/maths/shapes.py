"""Whether a part of a formula is a scalar, a column, a row or a matrix, as far as its names tell."""

from __future__ import annotations

from typing import Literal

from grader.maths.notation import Notation
from grader.maths.tree import Add, Divide, Function, Multiply, Negative, Node, Power, Symbol

Shape = Literal["scalar", "column", "row", "matrix"]
_TURNED: dict[Shape, Shape] = {"scalar": "scalar", "column": "row", "row": "column", "matrix": "matrix"}


def shape(node: Node, notation: Notation) -> Shape:
    """The shape of a node; what is not declared counts as a scalar."""
    if isinstance(node, Symbol):
        if node.name in notation.matrices:
            return "matrix" if not node.indices else "scalar"
        return "column" if node.name in notation.vectors and not node.indices else "scalar"
    if isinstance(node, Negative):
        return shape(node.body, notation)
    if isinstance(node, Add):
        return shape(node.terms[0], notation)
    if isinstance(node, Divide):
        return shape(node.top, notation)
    if isinstance(node, Power):
        return shape(node.base, notation)
    if isinstance(node, Function):
        if node.name in {"diag", "inverse"}:
            return "matrix"
        return _TURNED[shape(node.body, notation)] if node.name == "transpose" else "scalar"
    return _product(node, notation) if isinstance(node, Multiply) else "scalar"


def _product(node: Multiply, notation: Notation) -> Shape:
    found: Shape = "scalar"
    for factor in node.factors:
        other = shape(factor, notation)
        if found == "scalar":
            found = other
        elif other != "scalar":
            tall = found in {"column", "matrix"}
            wide = other in {"row", "matrix"}
            found = "matrix" if tall and wide else "column" if tall else "row" if wide else "scalar"
    return found


def is_matrix(node: Node, notation: Notation) -> bool:
    """Whether a node is a matrix, so that its power −1 is an inverse."""
    return shape(node, notation) == "matrix"
