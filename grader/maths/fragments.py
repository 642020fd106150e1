"""What might be missing in a side of a claim: what stands in the sides around it, and what the homework talks about.

A student who loses a factor or a term mostly had it in the line before, or it is a density or a scalar of the task. So
these are gathered, the plainest first, and a few things made of them: a logarithm, another name in it, two together.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, islice, product

import numpy as np

from grader.maths.edits_named import renamed
from grader.maths.scope import Scope
from grader.maths.setting import ANY, Head, Setting
from grader.maths.slips import ONE, TWO, ZERO, About, Missing, densities, size, unsigned
from grader.maths.tree import (
    Add,
    Apply,
    Big,
    Bound,
    Constant,
    Divergence,
    Divide,
    Expectation,
    Extremum,
    Function,
    Gaussian,
    Multiply,
    Negative,
    Node,
    Power,
    Symbol,
    rebuilt,
    walk,
)
from grader.maths.values import Value

MOST = 160
"""Things that might be missing, of which the values are found."""
KEPT = 90
KEPT_IN_SEARCH = 14
"""How many are tried; few where an extremum is looked for in each of them."""
LONGEST = 16
"""Nodes of the largest thing that is looked for."""
WHOLES = 40
VARIABLES = 8
PAIRED = 7
SHORT = 14
"""Nodes of the largest thing that is tried with another name in it."""
LOGGED = (Apply, Divide, Power, Add)
PARTS = (Symbol, Apply, Add, Multiply, Divide, Power, Function, Big, Expectation, Divergence, Gaussian)

Found = tuple[int, Node]
"""How far-fetched a thing is, and the thing."""


def about(told: Setting, side: Node, beside: Node, near: Sequence[Node] = ()) -> About:
    """What is known around a side, before any value is: `beside` is the other side, `near` stand before and after."""
    parts = list(dict.fromkeys(part for node in (beside, side, *near) for part in walk(node)))
    wholes = [part for part in parts if isinstance(part, Big | Function | Power | Expectation)]
    return About(told, _variables(told, parts), tuple(wholes[:WHOLES]))


def _variables(told: Setting, parts: Sequence[Node]) -> tuple[Symbol, ...]:
    """The variables of the homework, also with the indices and primes with which they occur."""
    written = [part for part in parts if isinstance(part, Symbol) and part.name in told.spaces]
    return tuple(dict.fromkeys([*map(Symbol, told.spaces), *written]))[:VARIABLES]


def with_missing(known: About, node: Node, beside: Node, found: Sequence[Found], scope: Scope, most: int) -> About:
    """The same with what has a value in the scope and might be missing, `most` things in a group.

    Raises Undecided where the side or the one beside it has no value.
    """
    side, other = scope.value(node), scope.value(beside)
    memory = scope.memory
    axes = {*side.axes, *other.axes}
    for inner, _ in memory.found.values() if memory else ():
        axes.update(inner.axes)
    numbers: list[Found] = []
    columns: list[Found] = []
    seen: set[object] = set()
    for cost, thing in found:
        value = scope.value_or_none(thing)
        if value is None or not set(value.axes) <= axes or _says_nothing(value) or _is_whole(value, other):
            continue
        key = (value.axes, value.matrix, np.round(value.array.real, 9).tobytes())
        if key not in seen:
            seen.add(key)
            (columns if value.matrix else numbers).append((cost, thing))
    kept = KEPT_IN_SEARCH if any(isinstance(part, Extremum) for part in walk(node)) else KEPT
    groups = [*_groups(numbers[:kept], most, matrix=False), *_groups(columns[:kept], most, matrix=True)]
    return replace(known, missing=tuple(groups), open=frozenset(side.axes) - frozenset(other.axes))


def _groups(found: Sequence[Found], most: int, *, matrix: bool) -> Iterator[Missing]:
    for start in range(0, len(found), most):
        part = found[start : start + most]
        yield Missing(tuple(node for _, node in part), tuple(cost for cost, _ in part), matrix)


def _says_nothing(value: Value) -> bool:
    """Whether it is 0 or 1 wherever it has a value."""
    array = value.array[np.isfinite(value.array)]
    return bool(np.all(array == 0) or np.all(array == 1))


def _is_whole(value: Value, other: Value) -> bool:
    """Whether it is all of the other side, or minus that: then it says nothing of this one."""
    if value.matrix != other.matrix or set(value.axes) != set(other.axes):
        return False
    a, b = value.array, other.on(value.axes)
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-9) or np.allclose(a, -b, rtol=1e-9))


def possible(told: Setting, side: Node, beside: Node, near: Sequence[Node] = ()) -> list[Found]:
    """What might be missing in a side, the plainest first."""
    found: dict[Node, int] = {}
    for cost, node in _all(told, side, beside, near):
        if node not in (ONE, ZERO) and cost < found.get(node, 99):
            found[node] = cost
    return sorted(((cost, node) for node, cost in found.items()), key=_cost)[:MOST]


def _all(told: Setting, side: Node, beside: Node, near: Sequence[Node]) -> Iterator[Found]:
    parts = [*_parts(beside), *_parts(side)]
    yield from parts
    yield from ((cost + 1, node) for other in near for cost, node in _parts(other))
    used = _names((side, beside, *near))
    names = [(size(node) + (0 if name in used else 2), node) for name, node in _named(told)]
    yield from names
    if any(isinstance(part, Constant) for node in (side, beside) for part in walk(node)):
        yield 2, Constant("pi")
    plain = sorted(((cost, node) for node, cost in {n: c for c, n in (*parts, *names)}.items()), key=_cost)
    logs = [(cost + 1, Function("log", node)) for cost, node in plain if isinstance(node, LOGGED)]
    yield from logs
    yield from ((cost + 1, other) for cost, node in plain if cost <= SHORT for other in _renamed(node, told))
    yield from _primed(plain, side)
    yield from _paired([(c, n) for c, n in plain if not isinstance(n, Symbol) or n.name in used], logs)


def _cost(found: Found) -> int:
    return found[0]


def _paired(plain: Sequence[Found], logs: Sequence[Found]) -> Iterator[Found]:
    """Two things together, such as a sum of two densities; twice a scalar, and its square."""
    scalars = [(cost, node) for cost, node in plain if isinstance(node, Symbol)][:PAIRED]
    applied = [(cost, node) for cost, node in plain if isinstance(node, Apply) and cost <= PAIRED][:PAIRED]
    for cost, node in scalars:
        yield cost + 2, Multiply((TWO, node))
        yield cost + 2, Power(node, TWO)
    for (first, a), (second, b) in (*combinations(scalars, 2), *combinations(applied, 2)):
        for made in (Add((a, b)), Add((a, Negative(b))), Add((b, Negative(a)))):
            yield first + second + 2, made
        if isinstance(a, Apply) and isinstance(b, Apply) and a.arguments == b.arguments:
            for divergence in (Divergence("KL", a, b), Divergence("KL", b, a), Divergence("JSD", a, b)):
                yield first + second + 2, divergence
    small = [one for one in plain if isinstance(one[1], Apply | Add | Symbol)][:PAIRED]
    for (cost, thing), (more, log) in product(small, logs[:PAIRED]):
        yield cost + more + 1, Multiply((thing, log))


def _primed(plain: Sequence[Found], side: Node) -> Iterator[Found]:
    """Densities and functions at the primed variables of a side: what is known at z may be missing where z' stands."""
    primed = {part.name for part in walk(side) if isinstance(part, Bound | Symbol) and part.copy}
    for cost, node in plain:
        inside = (*node.arguments, *node.given) if isinstance(node, Apply) else ()
        if primed & {part.name for part in inside if isinstance(part, Symbol)}:
            yield cost, _with_primes(node, primed)


def _with_primes(node: Node, names: Container[str]) -> Node:
    new = rebuilt(node, lambda child: _with_primes(child, names))
    return replace(new, copy=1) if isinstance(new, Symbol) and new.name in names else new


def _parts(node: Node) -> Iterator[Found]:
    """The parts of a side that have a value, also without their primes: what is summed over z' may be missing at z."""
    for part in islice(walk(node), 200):
        bare = unsigned(part)
        if isinstance(bare, PARTS) and (cost := size(bare)) <= LONGEST:
            yield cost, bare
            plain = _without_primes(bare)
            if plain is not bare:
                yield cost, plain
        if isinstance(part, Extremum):
            yield from ((1, Symbol(bound.name)) for bound in part.over)
        if isinstance(part, Divide) and size(part.bottom) < 6:
            yield size(part.bottom) + 1, Divide(ONE, part.bottom)


def _without_primes(node: Node) -> Node:
    new = rebuilt(node, _without_primes)
    return replace(new, copy=0) if isinstance(new, Symbol) and new.copy else new


def _named(told: Setting) -> Iterator[tuple[str, Node]]:
    """What the homework talks about, at its own variables."""
    for name in (*told.scalars, *told.vectors):
        yield name, Symbol(name)
    for name, space in told.spaces.items():
        if space.kind != "finite":
            yield name, Symbol(name)
    for head in (*told.densities, *told.functions, *told.definitions):
        if head.own != ANY:
            yield head.name, _at_its_own(head) if head.variables else Symbol(head.name)
    for name, own in told.joints.items():
        yield name, Apply(name, tuple(map(Symbol, own)))
        for k, variable in enumerate(own):
            rest = tuple(map(Symbol, (*own[:k], *own[k + 1 :])))
            yield name, Apply(name, (Symbol(variable),), rest)
            yield name, Apply(name, (Symbol(variable),))
    for name in told.pushforwards:
        how = next((how for head, how in told.functions.items() if head.name == told.pushforwards[name][1]), "")
        yield name, Apply(name, (Symbol(how.removeprefix("to ").strip()),))


def _at_its_own(head: Head) -> Node:
    own, given = (tuple(map(Symbol, part)) for part in (head.own, head.given))
    return Apply(head.name, own, given)


def _names(nodes: Sequence[Node]) -> set[str]:
    parts = [part for node in nodes for part in walk(node)]
    return {p.name for p in parts if isinstance(p, Symbol)} | {p.function for p in parts if isinstance(p, Apply)}


def _renamed(node: Node, told: Setting) -> Iterator[Node]:
    """A part with one name in it for another of its kind: (z − μ_p)² where (z − μ_q)² stands."""
    inside = _names((node,))
    for group in (told.scalars, densities(told)):
        for old in inside & set(group):
            for new in group:
                if new not in inside:
                    yield renamed(node, {old: new})
                elif new != old:
                    yield from _at_one_place(node, old, new)


def _at_one_place(node: Node, old: str, new: str) -> Iterator[Node]:
    """The last of several places only: log(q/p) is made of log(q/q) by nobody, but q log p of q log q."""
    if isinstance(node, Multiply | Big | Expectation):
        inner = node.factors[-1] if isinstance(node, Multiply) else node.body
        changed = renamed(inner, {old: new}) if not isinstance(node, Big) or not isinstance(inner, Multiply) else None
        if changed is None:
            yield from (replace(node, body=one) for one in _at_one_place(inner, old, new))  # type: ignore[arg-type]
        elif isinstance(node, Multiply):
            yield Multiply((*node.factors[:-1], changed))
        else:
            yield replace(node, body=changed)
