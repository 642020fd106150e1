"""What a slip is, and where in a tree one can be undone.

A slip is what happens to a hand that writes: a sign is turned, a term lost, σ written for σ². It is undone by other
trees in one place. Nothing here knows what is right: whether a repaired tree has the right value is found by evaluating
it, all trees of one place at once. Off by a constant or a factor is not a slip of the tree and stands in `offsets`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import islice
from typing import Any

from grader.maths.choices import Choices
from grader.maths.plain import plain
from grader.maths.setting import Setting
from grader.maths.tree import (
    Add,
    Apply,
    Bound,
    Derivative,
    Divergence,
    Expectation,
    Function,
    Multiply,
    Negative,
    Node,
    Number,
    Symbol,
    Tuple,
    parts_of,
    walk,
)

ZERO, ONE, TWO = (Number(Fraction(n)) for n in range(3))
LARGEST = 300

Wrap = Callable[[Node], Node]
Said = str | tuple[Any, ...]
"""How a repair is told: words, or words with places for the formulas that follow them."""
Change = tuple[Node, str, Said, int]
"""A node for another, the short name of the slip that it undoes, how it is told, and how much it changes."""


@dataclass(frozen=True)
class Slip:
    """A repair: `new` in its place makes the whole tree. `note` is its short name, `size` how much it changes."""

    new: Node
    wrap: Wrap
    note: str
    words: Said
    size: int

    @cached_property
    def node(self) -> Node:
        """The whole repaired tree, which shares with the old one what did not change."""
        return self.wrap(self.new)

    @property
    def said(self) -> str:
        """Goes on from "it would hold …"."""
        if isinstance(self.words, str):
            return self.words
        return str(self.words[0]).format(*map(plain, self.words[1:]))


@dataclass(frozen=True)
class Missing:
    """What might be missing in a side: nodes of one shape (`matrix` or not), each with how far-fetched it is."""

    nodes: tuple[Node, ...]
    sizes: tuple[int, ...]
    matrix: bool = False

    @cached_property
    def choices(self) -> Choices:
        return Choices(self.nodes, (1,) * len(self.nodes))


@dataclass(frozen=True)
class About:
    """What the rules know of a side: the names of the homework, and what stands in the sides around it.

    `variables` are those of the homework's spaces, as they are written here. `wholes` are what a part of the side may
    be missing from, `open` the axes that it has and the other side has not.
    """

    told: Setting
    variables: tuple[Symbol, ...] = ()
    wholes: tuple[Node, ...] = ()
    missing: tuple[Missing, ...] = ()
    open: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Edits:
    """Trees that may stand in one place: all of them as one `tree`, and what the k-th alone changes."""

    tree: Node
    count: int
    told: Callable[[int], Change]
    matrix: bool = False

    @staticmethod
    def one(change: Change) -> Edits:
        return Edits(change[0], 1, lambda _: change)


@dataclass(frozen=True, eq=False)
class Place:
    """A node with the one above it. `put` makes what stands in `within` with another node in the place.

    That is the innermost place around it that has a value of its own, or None if this one has; and `wrap` makes the
    whole tree with another node in that one.
    """

    part: Node
    parent: Node | None
    put: Wrap
    wrap: Wrap
    within: Place | None = None

    def whole(self, new: Node) -> Node:
        """The whole tree with another node in this place."""
        return self.wrap(self.put(new))

    @property
    def is_name(self) -> bool:
        """Whether the node only says of which variable or under which density something is."""
        part, parent = self.part, self.parent
        if isinstance(part, Bound) or isinstance(parent, Symbol | Bound):
            return True
        if isinstance(parent, Apply):
            return isinstance(part, Symbol)
        return (isinstance(parent, Expectation) and part is parent.under) or (
            isinstance(parent, Derivative) and part is parent.by
        )


def places(node: Node) -> Iterator[Place]:
    """Every node of a tree, outer ones first."""
    pending = [Place(node, None, _itself, _itself)]
    while pending:
        here = pending.pop()
        yield here
        below = [_below(here, child, put) for child, put in _children(here.part)]
        pending.extend(reversed(below))


def _itself(node: Node) -> Node:
    return node


def _below(here: Place, child: Node, put: Callable[[Node, Node], Node]) -> Place:
    part = here.part
    if here.within is None and _holds_value(part, child):
        return Place(child, part, _itself, lambda new: here.wrap(put(part, new)))
    return Place(child, part, lambda new: here.put(put(part, new)), here.wrap, here.within or here)


def _holds_value(parent: Node, child: Node) -> bool:
    """Whether a child counts by its value alone, whatever it consists of."""
    if isinstance(child, Bound | Tuple) or isinstance(parent, Symbol | Apply | Divergence):
        return False
    if isinstance(parent, Function):
        return parent.name != "diag"
    return not (isinstance(parent, Expectation | Derivative) and child is not parent.body)


def _children(node: Node) -> Iterator[tuple[Node, Callable[[Node, Node], Node]]]:
    for name in parts_of(node):
        value = getattr(node, name)
        if isinstance(value, Node):
            yield value, put(name, None)
        elif isinstance(value, tuple):
            for k, entry in enumerate(value):
                if isinstance(entry, Node):
                    yield entry, put(name, k)


def put(key: str, k: int | None) -> Callable[[Node, Node], Node]:
    """What makes a node with another child under a key."""

    def changed(node: Node, new: Node) -> Node:
        if k is None:
            return replace(node, **{key: new})  # type: ignore[arg-type]
        old = getattr(node, key)
        return replace(node, **{key: (*old[:k], new, *old[k + 1 :])})

    return changed


def is_large(node: Node) -> bool:
    """Whether a tree has more nodes than a person would look through for a slip."""
    return sum(1 for _ in islice(walk(node), LARGEST + 1)) > LARGEST


def size(node: Node) -> int:
    """How many nodes a tree has, 60 at most."""
    return sum(1 for _ in islice(walk(node), 60))


# --- trees made of others -----------------------------------------------------------------------------------------


def with_for(new: Node, old: Node) -> Said:
    return "with {} for {}", new, old


def unsigned(node: Node) -> Node:
    return node.body if isinstance(node, Negative) else node


def signed(node: Node) -> Node:
    return node.body if isinstance(node, Negative) else Negative(node)


def without(nodes: tuple[Node, ...], k: int) -> tuple[Node, ...]:
    return nodes[:k] + nodes[k + 1 :]


def total(terms: tuple[Node, ...]) -> Node:
    return terms[0] if len(terms) == 1 else Add(terms)


def product(factors: tuple[Node, ...]) -> Node:
    return ONE if not factors else factors[0] if len(factors) == 1 else Multiply(factors)


def times(factor: Node, node: Node) -> Node:
    if isinstance(node, Negative):
        return Negative(times(factor, node.body))
    return Multiply((factor, *(node.factors if isinstance(node, Multiply) else (node,))))


def plus(node: Node, term: Node) -> Node:
    return Add((*(node.terms if isinstance(node, Add) else (node,)), term))


def densities(told: Setting) -> dict[str, None]:
    """The names of all densities."""
    return dict.fromkeys([*told.joints, *(head.name for head in told.densities), *told.pushforwards])
