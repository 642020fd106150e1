"""The tree that a formula is read into: our own frozen nodes, each with its place in the text.

Nothing here evaluates or prints. Two trees are equal if they say the same, wherever it stood: places don't compare.
Names are canonical: the notation's, after aliases and silent labels; `P_\\theta(x|z)` and `p(x \\mid z)` are one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from typing import Any, Literal

Span = tuple[int, int]
"""Where a node stands in the text as handed in: first character and one past the last."""


@dataclass(frozen=True)
class Node:
    """A part of a formula."""

    span: Span = field(default=(0, 0), compare=False, kw_only=True)


@dataclass(frozen=True)
class Number(Node):
    """A number, kept exactly: `0.5` is one half."""

    value: Fraction


@dataclass(frozen=True)
class Constant(Node):
    """π, e or ∞."""

    name: Literal["pi", "e", "infinity"]


@dataclass(frozen=True)
class Symbol(Node):
    """A name without arguments: a variable, scalar, vector, or a function or density whose arguments are left out.

    `indices` are those of `x_i` or `\\lambda_x`; labels such as in `\\mu_q` belong to the name. `copy` counts primes:
    `z'` is another value of the variable z.
    """

    name: str
    indices: tuple[Node, ...] = ()
    copy: int = 0
    known: bool = True


@dataclass(frozen=True)
class Apply(Node):
    """A function, density or functional with its arguments: `G(z)`, `q(z|x)`, `R_1[T]`. `given` stand after the bar."""

    function: str
    arguments: tuple[Node, ...]
    given: tuple[Node, ...] = ()
    indices: tuple[Node, ...] = ()
    known: bool = True


@dataclass(frozen=True)
class Add(Node):
    """A sum of at least two terms; a difference has a `Negative` among them."""

    terms: tuple[Node, ...]


@dataclass(frozen=True)
class Negative(Node):
    """Minus something."""

    body: Node


@dataclass(frozen=True)
class Multiply(Node):
    """A product of at least two factors. Of vectors and matrices it is the matrix product, in this order."""

    factors: tuple[Node, ...]


@dataclass(frozen=True)
class Divide(Node):
    """A fraction, or a quotient written with a slash."""

    top: Node
    bottom: Node


@dataclass(frozen=True)
class Power(Node):
    """A base with an exponent."""

    base: Node
    exponent: Node


@dataclass(frozen=True)
class Function(Node):
    """A standard function of one argument, named as in FUNCTIONS."""

    name: str
    body: Node


FUNCTIONS = frozenset(
    [
        "log",
        "log2",
        "log10",
        "exp",
        "sqrt",
        "sin",
        "cos",
        "tan",
        "tanh",
        "sinh",
        "cosh",
        "sigmoid",
        "softplus",
        "abs",
        "norm",
        "det",
        "trace",
        "transpose",
        "inverse",
        "diag",
        "sign",
        "floor",
        "ceil",
        "factorial",
        "max",
        "min",
    ]
)
"""`norm` is the Euclidean one; `max` and `min` have a `Tuple` as body."""


@dataclass(frozen=True)
class Tuple(Node):
    """Several things in a list: `\\max(a, b)`, or the pair that a function is given."""

    entries: tuple[Node, ...]


@dataclass(frozen=True)
class Bound(Node):
    """A variable that a sum, an integral, an expectation or an extremum binds.

    `\\sum_{k=1}^K` has both limits; `\\sum_z`, `\\int … dz` and `\\int_z` have none; `\\int_a^b … du` has both;
    `\\sum_{z' \\neq z}` has `unequal`.
    """

    name: str
    low: Node | None = None
    high: Node | None = None
    unequal: Node | None = None
    copy: int = 0
    indices: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Big(Node):
    """A sum, product or integral over bound variables."""

    kind: Literal["sum", "product", "integral"]
    over: tuple[Bound, ...]
    body: Node


@dataclass(frozen=True)
class Expectation(Node):
    """E or Var of the body. `under` is the density as written (None if none was), `over` the variables if named."""

    kind: Literal["mean", "variance"]
    over: tuple[Bound, ...]
    under: Node | None
    body: Node


@dataclass(frozen=True)
class Divergence(Node):
    """KL, JSD, W1, entropy or cross entropy of densities. `right` is None for the entropy of one density."""

    kind: Literal["KL", "JSD", "W1", "H"]
    left: Node
    right: Node | None = None


@dataclass(frozen=True)
class Gaussian(Node):
    """`N(z; m, v)` as a value, or `N(m, v)` as the density of the variable at hand (`at` is None)."""

    at: Node | None
    mean: Node
    variance: Node


@dataclass(frozen=True)
class Derivative(Node):
    """The derivative of the body by `by`, taken `order` times. `gradient` is ∇ of vectors (∇² at order 2)."""

    body: Node
    by: Node
    order: int = 1
    gradient: bool = False


@dataclass(frozen=True)
class Extremum(Node):
    """sup, inf, max, min, argmax or argmin of the body over bound variables."""

    kind: Literal["sup", "inf", "max", "min", "argmax", "argmin"]
    over: tuple[Bound, ...]
    body: Node


@dataclass(frozen=True)
class Limit(Node):
    """The limit of the body as a variable goes to a point."""

    over: Bound
    to: Node
    body: Node


@dataclass(frozen=True)
class Matrix(Node):
    """A matrix or vector written out in rows."""

    rows: tuple[tuple[Node, ...], ...]


@dataclass(frozen=True)
class Cases(Node):
    """Values with their conditions; the last condition may be None (otherwise)."""

    branches: tuple[tuple[Node, Node | None], ...]


Relation = Literal["=", "<=", ">=", "<", ">", "!=", "~=", ":=", "~", "in", "proportional"]


@dataclass(frozen=True)
class Chain(Node):
    """Sides that are related one after the other: `a = b \\le c` has three sides and two relations.

    `open` is True for a row of a display that begins with its relation: it goes on from the side before it.
    """

    sides: tuple[Node, ...]
    relations: tuple[Relation, ...]
    open: bool = False


@dataclass(frozen=True)
class Row:
    """One row of a display: chains (between them `\\Rightarrow`, a comma, words), and where it stands.

    `implied` tells for each chain whether an implication arrow stands before it. `remark` is text in the row.
    """

    chains: tuple[Chain, ...]
    implied: tuple[bool, ...]
    span: Span
    text: str
    remark: str = ""


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below one, in reading order."""
    for f in fields(node):
        yield from _nodes(getattr(node, f.name))


def _nodes(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for entry in value:
            yield from _nodes(entry)


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, outer ones first."""
    pending = [node]
    while pending:
        here = pending.pop()
        yield here
        pending.extend(reversed(list(children(here))))


def rebuilt(node: Node, change: Callable[[Node], Node]) -> Node:
    """The node with `change` applied to each node directly below it."""
    changed: dict[str, Any] = {
        f.name: _changed(getattr(node, f.name), change) for f in fields(node) if f.name != "span"
    }
    return replace(node, **changed)


def _changed(value: object, change: Callable[[Node], Node]) -> object:
    if isinstance(value, Node):
        return change(value)
    return tuple(_changed(entry, change) for entry in value) if isinstance(value, tuple) else value
