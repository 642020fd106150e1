"""Sums, integrals, expectations and divergences: contractions of axes with the weights of their spaces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import reduce

import numpy as np

from grader.maths.arithmetic import determinant, divided, exp, inverted, log, root, transposed
from grader.maths.lookup import constant, densities, head_of, integer, place
from grader.maths.scope import Scope
from grader.maths.tree import (
    Apply,
    Big,
    Bound,
    Constant,
    Divergence,
    Expectation,
    Gaussian,
    Multiply,
    Node,
    Number,
    Power,
    Symbol,
    children,
    walk,
)
from grader.maths.values import Undecided, Value, add, contracted, elementwise, multiply, number

MAX_TERMS = 64


def big(node: Big, scope: Scope) -> Value:
    """A sum, product or integral; one that names no variable is over the only one that there is."""
    if not node.over:
        axes = [axis for axis in scope.value(node.body).axes if axis in scope.world.weights]
        over = (Bound(axes[0]),) if len(axes) == 1 else _over_own(node.body, scope)
        return _reduced(node.kind, over, node.body, scope)
    return _reduced(node.kind, node.over, node.body, scope)


def _over_own(body: Node, scope: Scope) -> tuple[Bound, ...]:
    """What `\\sum q` is over: the variables of the first density or function in it."""
    for part in walk(body):
        if isinstance(part, Apply) and all(isinstance(a, Symbol) for a in part.arguments):
            return tuple(Bound(a.name, copy=a.copy, indices=a.indices) for a in part.arguments if isinstance(a, Symbol))
        if isinstance(part, Symbol) and scope.of(part.name) is None and part.name not in scope.world.setting.spaces:
            return tuple(Bound(v) for v in head_of(part.name, scope).own)
    raise Undecided("it is not said what a sum or an integral is over")


def _reduced(kind: str, over: tuple[Bound, ...], body: Node, scope: Scope) -> Value:
    if not over:
        return scope.value(body)
    first, rest = over[0], over[1:]
    setting = scope.world.setting
    place_of = Symbol(first.name, first.indices, first.copy)
    if first.name in setting.spaces and first.low is None and isinstance(place(place_of, scope), str):
        inner = _reduced(kind, rest, body, _unbound(scope, first.name))
        return over_space(kind, first, inner, scope)
    if kind == "integral":
        return _over_reals(first, lambda s: _reduced(kind, rest, body, s), scope)
    if kind == "product" and not rest and isinstance(body, Multiply):
        inside, outside = _split(body.factors, first.name)
        if outside:
            return multiply(_reduced(kind, over, inside, scope), reduce(multiply, map(scope.value, outside)))
    terms = [
        _reduced(kind, rest, body, replace(scope, bound={**scope.bound, first.name: k})) for k in _range(first, scope)
    ]
    if not terms:
        return number(1.0 if kind == "product" else 0.0, scope.world.count)
    return reduce(multiply if kind == "product" else add, terms)


def _split(factors: tuple[Node, ...], index: str) -> tuple[Node, tuple[Node, ...]]:
    """The factors that a product sign reaches, and those behind them that it can't mean: `∏_k q(h_k) log Σ_j w_j`.

    A constant may well be meant in every factor.
    """
    last = max((k for k, factor in enumerate(factors) if _occurs(index, factor)), default=len(factors) - 1) + 1
    varying = any(isinstance(part, Apply | Big) for factor in factors[last:] for part in walk(factor))
    last = last if varying else len(factors)
    return factors[0] if last == 1 else Multiply(factors[:last]), factors[last:]


def _unbound(scope: Scope, name: str) -> Scope:
    return replace(scope, real={k: v for k, v in scope.real.items() if k != name})


def over_space(kind: str, bound: Bound, inner: Value, scope: Scope) -> Value:
    axis = place(Symbol(bound.name, bound.indices, bound.copy), scope)
    if not isinstance(axis, str):
        raise Undecided("a sum binds a single point")
    weights = scope.world.weights[bound.name]
    if kind == "product":
        if axis not in inner.axes:
            raise Undecided("a product over a variable that does not occur in it")
        at = 1 + inner.axes.index(axis)
        return Value(inner.array.prod(axis=at), tuple(a for a in inner.axes if a != axis), inner.matrix)
    if bound.unequal is not None:
        other = place(bound.unequal, scope)
        if not isinstance(other, str):
            raise Undecided("a sum leaves out something that is no variable")
        size = weights.shape[1]
        inner = multiply(inner, Value(np.tile(1 - np.eye(size), (scope.world.count, 1, 1)), (axis, other)))
    return contracted(inner, axis, weights)


def _range(bound: Bound, scope: Scope) -> range:
    """The whole numbers that an index runs through."""
    if bound.low is None and bound.high is None:
        if bound.name not in scope.world.setting.indices:
            raise Undecided(f"it is not said what `{bound.name}` runs over")
        return range(1, scope.world.setting.indices[bound.name] + 1)
    low = 1 if bound.low is None else integer(bound.low, scope)
    high = scope.world.setting.indices.get(bound.name, 0) if bound.high is None else integer(bound.high, scope)
    if high - low + 1 > MAX_TERMS:
        raise Undecided(f"a sum has more than {MAX_TERMS} terms")
    return range(low, high + 1)


NODES, NODE_WEIGHTS = np.polynomial.legendre.leggauss(48)


def _over_reals(bound: Bound, body: Callable[[Scope], Value], scope: Scope) -> Value:
    """A definite integral over a real variable, by Gauss and Legendre's rule."""
    if bound.low is None or bound.high is None:
        raise Undecided(f"it is not said what `{bound.name}` runs over")
    if scope.world.precise:
        raise Undecided("an integral over an interval is not known to so many digits")
    low, high = scope.value(bound.low), scope.value(bound.high)
    if not (np.all(np.isfinite(low.array)) and np.all(np.isfinite(high.array))):
        raise Undecided("an integral over an infinite interval of a variable that is not declared on the line")
    half = elementwise(lambda a, b: (b - a) / 2, low, high)
    middle = elementwise(lambda a, b: (b + a) / 2, low, high)
    axis = f"\3{bound.name}"
    nodes, weights = (np.tile(row, (scope.world.count, 1)) for row in (NODES, NODE_WEIGHTS))
    value = body(scope.with_real(bound.name, add(middle, multiply(half, Value(nodes, (axis,))))))
    return contracted(multiply(value, half), axis, weights)


def expectation(node: Expectation, scope: Scope) -> Value:
    node, scope = _of_copies(node, scope)
    over, density = _measure(node, scope)
    for bound in over:
        scope = _unbound(scope, bound.name)
    mean = _mean(node.body, over, density, scope)
    if node.kind == "mean":
        return mean
    square = _mean(Power(node.body, Number(Fraction(2))), over, density, scope)
    return add(square, multiply(mean, mean).map(np.negative))


def _of_copies(node: Expectation, scope: Scope) -> tuple[Expectation, Scope]:
    """The expectation with the copies named that it is over, where copies of a variable are declared.

    `E_q[…]` of something that depends on h_1, …, h_K is over all of them. In `E_{h_j ~ q}[w_j]` one copy is meant,
    no matter which, unless only a sum over j occurs in it.
    """
    copies = scope.world.setting.copies
    if not copies:
        return node, scope
    under = node.under
    named = [a for a in under.arguments if isinstance(a, Symbol)] if isinstance(under, Apply) else []
    named = [a for a in named if a.name in copies and a.indices]
    if not node.over and isinstance(under, Apply) and named:
        over = tuple(Bound(a.name, indices=a.indices) for a in named)
        node = replace(node, over=over, under=Apply(under.function, (Symbol(named[0].name),), under.given))
    counting = [Symbol(name) for name in scope.world.setting.indices]
    for index in [i for bound in node.over if bound.name in copies for i in bound.indices] if node.over else counting:
        if not node.over and not _occurs(str(getattr(index, "name", "")), node.body):
            continue
        if isinstance(index, Symbol) and _is_free_index(index, scope):
            if not _occurs(index.name, node.body):
                return node, scope
            scope = replace(scope, bound={**scope.bound, index.name: 1})
    if not node.over:
        axes = _free_axes(node.body, scope)
        found = [(v, k) for v, count in copies.items() for k in range(1, count + 1) if f"{v}_{k}" in axes]
        node = replace(node, over=tuple(Bound(v, indices=(Number(Fraction(k)),)) for v, k in found))
    return node, scope


def _free_axes(body: Node, scope: Scope) -> tuple[str, ...]:
    return scope.value(body).axes


def _occurs(index: str, node: Node) -> bool:
    """Whether an index stands in a tree where no sum binds it."""
    if isinstance(node, Big) and any(bound.name == index for bound in node.over):
        return False
    return (isinstance(node, Symbol) and node.name == index) or any(_occurs(index, child) for child in children(node))


def _mean(body: Node, over: tuple[Bound, ...], density: Node, scope: Scope) -> Value:
    value = multiply(scope.value(density), scope.value(body))
    for bound in reversed(over):
        value = over_space("sum", bound, value, scope)
    return value


def _measure(node: Expectation, scope: Scope) -> tuple[tuple[Bound, ...], Node]:
    """The variables that an expectation binds, and the density as a tree of them."""
    under = node.under
    if under is None and scope.world.setting.expectation:
        under = Symbol(scope.world.setting.expectation)
    if under is None:
        raise Undecided("it is not said under which density the expectation is taken")
    if isinstance(under, Gaussian):
        if not node.over:
            raise Undecided("it is not said which variable the expectation is over")
        return node.over, Gaussian(Symbol(node.over[0].name), under.mean, under.variance)
    name = under.function if isinstance(under, Apply) else under.name if isinstance(under, Symbol) else ""
    own = _own(under, name, scope)
    over = node.over or tuple(Bound(s.name, copy=s.copy, indices=s.indices) for s in own)
    copied = any(bound.name in scope.world.setting.copies and (bound.indices or bound.high) for bound in over)
    if len(own) == 1 and (len(over) > 1 or copied):
        # h_1, …, h_K ~ q(h|x): independent copies.
        given = under.given if isinstance(under, Apply) else tuple(Symbol(v) for v in head_of(name, scope).given)
        copies = _filled(tuple(b for bound in over for b in _unrolled(bound, scope)), scope)
        factors = [Apply(name, (Symbol(b.name, b.indices, b.copy),), given) for b in copies]
        return copies, Multiply(tuple(factors)) if len(factors) > 1 else factors[0]
    if len(over) == 1 and over[0].indices and own and not own[0].indices and isinstance(under, Apply):
        first = over[0]
        return over, Apply(name, (Symbol(first.name, first.indices, first.copy),), under.given)
    if isinstance(under, Symbol):
        head = head_of(name, scope)
        arguments = tuple(Symbol(b.name, b.indices, b.copy) for b in over)
        return over, Apply(name, arguments, tuple(Symbol(v) for v in head.given))
    return over, under


def _unrolled(bound: Bound, scope: Scope) -> tuple[Bound, ...]:
    """The copies that a bound variable names: `h_{1:K}` all of them, `h_j` too where nothing binds j yet."""
    if bound.low is not None and bound.high is not None:
        every = range(integer(bound.low, scope), integer(bound.high, scope) + 1)
    elif any(isinstance(i, Symbol) and _is_free_index(i, scope) for i in bound.indices):
        every = range(1, scope.world.setting.copies.get(bound.name, 0) + 1)
    else:
        return (bound,)
    return tuple(Bound(bound.name, indices=(Number(Fraction(k)),)) for k in every)


def _is_free_index(index: Symbol, scope: Scope) -> bool:
    return index.name not in scope.bound and index.name in scope.world.setting.indices


def _filled(copies: tuple[Bound, ...], scope: Scope) -> tuple[Bound, ...]:
    r"""All copies between the first and the last: `h_1, \ldots, h_K` names two and means every one."""
    numbers = [integer(bound.indices[0], scope) for bound in copies if len(bound.indices) == 1]
    if len(numbers) < len(copies) or len({bound.name for bound in copies}) > 1:
        return copies
    every = range(min(numbers), max(numbers) + 1)
    return tuple(Bound(copies[0].name, indices=(Number(Fraction(k)),)) for k in every)


def _own(under: Node, name: str, scope: Scope) -> tuple[Symbol, ...]:
    if isinstance(under, Apply):
        own = [a for a in under.arguments if isinstance(a, Symbol)]
        if len(own) < len(under.arguments):
            raise Undecided("an expectation is under a density of something that is no variable")
        return tuple(own)
    return tuple(Symbol(v) for v in head_of(name, scope).own)


def divergence(node: Divergence, scope: Scope) -> Value:
    over = _divergence_variables(node, scope)
    left = scope.value(_at_hand(node.left, over))
    right = left if node.right is None else scope.value(_at_hand(node.right, over))

    def total(value: Value) -> Value:
        for axis in over:
            value = contracted(value, axis, scope.world.weights[_space(axis, scope)])
        return value

    if node.kind == "H":
        return total(multiply(left, right.map(log))).map(np.negative)
    if node.kind == "KL":
        return total(_kl(left, right))
    if node.kind == "JSD":
        middle = elementwise(lambda a, b: (a + b) / 2, left, right)
        return total(elementwise(lambda a, b: (a + b) / 2, _kl(left, middle), _kl(right, middle)))
    raise Undecided(f"{node.kind} has no value here")


def _space(axis: str, scope: Scope) -> str:
    """The space of an axis that may have primes or an index."""
    bare = axis.rstrip("'")
    names = [name for name in scope.world.weights if bare == name or bare.startswith(f"{name}_")]
    if not names:
        raise Undecided("it is not clear which variable the divergence is over")
    return max(names, key=len)


def _kl(left: Value, right: Value) -> Value:
    return multiply(left, elementwise(lambda a, b: log(divided(a, b)), left, right))


def _at_hand(node: Node, over: tuple[str, ...]) -> Node:
    """A normal density without its variable is that of the variable at hand."""
    if isinstance(node, Gaussian) and node.at is None:
        return replace(node, at=Symbol(over[0]))
    return node


def _divergence_variables(node: Divergence, scope: Scope) -> tuple[str, ...]:
    """The variables that are summed over: those that the densities are of, not those that they are given."""
    sides = [side for side in (node.left, node.right) if side is not None]
    own: dict[str, None] = {}
    given: set[str] = set()
    for side in sides:
        for part in walk(side):
            if isinstance(part, Apply) and part.function in densities(scope):
                own |= dict.fromkeys(str(place(a, scope)) for a in part.arguments if isinstance(a, Symbol))
                given |= {str(place(a, scope)) for a in part.given if isinstance(a, Symbol)}
            elif isinstance(part, Symbol) and part.name in densities(scope) and not part.indices:
                head = head_of(part.name, scope)
                own |= dict.fromkeys(head.own)
                given |= set(head.given)
    found = tuple(v for v in own if v not in given)
    if not found:
        if all(isinstance(side, Gaussian) for side in sides):
            lines = tuple(n for n, space in scope.world.setting.spaces.items() if space.kind == "line")
            if len(lines) == 1:
                return lines
        raise Undecided("it is not clear which variable the divergence is over")
    return found


def gaussian(node: Gaussian, scope: Scope) -> Value:
    if node.at is None:
        lines = [n for n, space in scope.world.setting.spaces.items() if space.kind == "line"]
        if len(lines) != 1:
            raise Undecided("it is not said of which variable the normal density is")
        return gaussian(replace(node, at=Symbol(lines[0])), scope)
    at, mean, variance = (scope.value(part) for part in (node.at, node.mean, node.variance))
    if not at.matrix:
        return elementwise(
            lambda z, m, v, pi: divided(exp(divided(-((z - m) ** 2), 2 * v)), root(2 * pi * v)),
            at,
            mean,
            variance,
            constant(Constant("pi"), scope),
        )
    size = at.array.shape[-2]
    if not variance.matrix:
        variance = Value(variance.array[..., None, None] * np.eye(size), variance.axes, True)
    gap = add(
        at,
        (mean if mean.matrix else Value(mean.array[..., None, None] * np.ones((size, 1)), mean.axes, True)).map(
            np.negative
        ),
    )
    square = multiply(multiply(transposed(gap), inverted(variance)), gap)
    return elementwise(lambda s, d: np.exp(-s / 2) / np.sqrt((2 * np.pi) ** size * d), square, determinant(variance))
