"""Single slips made in a right formula, each with the names under which a diagnosis may call it.

Written without a look at how slips are undone: each rule takes a tree and gives trees in which one thing is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from fractions import Fraction

from grader.maths.setting import Setting
from grader.maths.tree import (
    Add,
    Apply,
    Big,
    Bound,
    Derivative,
    Divergence,
    Divide,
    Expectation,
    Function,
    Gaussian,
    Multiply,
    Negative,
    Node,
    Number,
    Power,
    Symbol,
)


@dataclass(frozen=True)
class Mutant:
    """A wrong tree, the slip that made it, and the notes that name this slip."""

    node: Node
    slip: str
    names: frozenset[str]


NAMES = {
    "sign of a term": "sign complement brackets",
    "term lost": "missing_term constant term complement",
    "term doubled": "factor extra_factor extra_term missing_term number",
    "term halved": "factor extra_denominator number missing_factor",
    "factor lost": "missing_factor factor weight number mean exponent",
    "factor doubled": "exponent extra_factor factor",
    "exponent lost": "exponent missing_factor factor",
    "exponent for none": "exponent extra_factor factor",
    "exponent off by one": "number exponent missing_factor extra_factor factor",
    "log lost": "log jensen",
    "log too much": "log jensen",
    "exp lost": "exp log",
    "root lost": "root",
    "fraction upside down": "upside_down",
    "denominator lost": "denominator missing_factor factor mean",
    "bracket lost": "brackets",
    "another number": "number exponent constant factor missing_term extra_term term missing_factor complement",
    "another density": "other_density exchanged conditioning joint marginal conditional",
    "densities exchanged": "exchanged other_density kl_arguments",
    "another scalar": "other_name exchanged factor term",
    "conditioning turned": "conditioning joint marginal conditional",
    "condition lost": "conditional joint marginal conditioning other_density",
    "condition for comma": "joint conditional marginal conditioning",
    "arguments exchanged": "kl_arguments exchanged",
    "expectation under another": "expectation exchanged other_density",
    "weight lost": "weight missing_factor",
    "sum lost": "sum",
    "transpose lost": "transpose",
    "inverse lost": "inverse",
    "determinant lost": "det",
    "index off by one": "index number",
    "sum for product": "sum_for_product",
    "complement lost": "complement",
    "sum for mean": "mean denominator missing_factor factor",
    "mean and variance": "exchanged",
    "argument of another": "other_name bound_variable",
}


def mutants(node: Node, told: Setting) -> Iterator[Mutant]:
    """All trees with one slip."""
    for slip, new in _everywhere(node, told):
        yield Mutant(new, slip, frozenset(NAMES[slip].split()))


def _everywhere(node: Node, told: Setting) -> Iterator[tuple[str, Node]]:
    if isinstance(node, Bound):
        return
    yield from _here(node, told)
    for f in fields(node):
        value = getattr(node, f.name)
        if isinstance(node, Derivative | Symbol) and f.name in ("by", "indices"):
            continue
        if isinstance(value, Node):
            for slip, new in _everywhere(value, told):
                yield slip, replace(node, **{f.name: new})
        elif isinstance(value, tuple) and value and isinstance(value[0], Node):
            for k, entry in enumerate(value):
                for slip, new in _everywhere(entry, told):
                    yield slip, replace(node, **{f.name: (*value[:k], new, *value[k + 1 :])})


def _here(node: Node, told: Setting) -> Iterator[tuple[str, Node]]:
    if isinstance(node, Add):
        yield from _in_sum(node)
    elif isinstance(node, Multiply):
        yield from _in_product(node)
    elif isinstance(node, Function):
        yield from _in_function(node)
    elif isinstance(node, Power):
        yield "exponent lost", node.base
        if isinstance(node.exponent, Number) and node.exponent.value > 1:
            yield "exponent off by one", replace(node, exponent=Number(node.exponent.value + 1))
    elif isinstance(node, Divide):
        yield "fraction upside down", Divide(node.bottom, node.top)
        yield ("sum for mean" if node.top == Number(Fraction(1)) else "denominator lost"), node.top
    elif isinstance(node, Number):
        yield "another number", Number(node.value + 1)
        if node.value == 1:
            yield "another number", Number(Fraction(0))
        if node.value == 2:
            yield "another number", Number(Fraction(4))
    else:
        yield from _in_name(node, told)


def _in_sum(node: Add) -> Iterator[tuple[str, Node]]:
    for k, term in enumerate(node.terms):
        before, after = node.terms[:k], node.terms[k + 1 :]
        turned = term.body if isinstance(term, Negative) else Negative(term)
        yield "sign of a term", Add((*before, turned, *after))
        rest = (*before, *after)
        yield "term lost", rest[0] if len(rest) == 1 else Add(rest)
        doubled = Number(Fraction(2))
        inner, wrap = (term.body, Negative) if isinstance(term, Negative) else (term, lambda x: x)
        yield "term doubled", Add((*before, wrap(Multiply((doubled, inner))), *after))
        yield "term halved", Add((*before, wrap(Divide(inner, doubled)), *after))
    if node.terms[0] == Number(Fraction(1)) and len(node.terms) == 2 and isinstance(node.terms[1], Negative):
        yield "complement lost", node.terms[1].body


def _in_product(node: Multiply) -> Iterator[tuple[str, Node]]:
    for k, factor in enumerate(node.factors):
        rest = (*node.factors[:k], *node.factors[k + 1 :])
        yield "factor lost", rest[0] if len(rest) == 1 else Multiply(rest)
        if isinstance(factor, Add) and k == len(node.factors) - 1:
            first = Multiply((*node.factors[:k], factor.terms[0]))
            yield "bracket lost", Add((first, *factor.terms[1:]))
    if isinstance(node.factors[0], Symbol):
        yield "factor doubled", Multiply((node.factors[0], *node.factors))


def _in_function(node: Function) -> Iterator[tuple[str, Node]]:
    lost = {"log": "log", "exp": "exp", "sqrt": "root", "transpose": "transpose", "inverse": "inverse"}
    lost["det"] = "determinant"
    if node.name in lost:
        yield f"{lost[node.name]} lost", node.body


def _in_name(node: Node, told: Setting) -> Iterator[tuple[str, Node]]:
    names = [*told.joints, *(head.name for head in told.densities), *told.pushforwards]
    if isinstance(node, Apply) and node.function in names:
        yield from _in_density(node, list(dict.fromkeys(names)))
    elif isinstance(node, Symbol) and node.name in told.scalars:
        yield "exponent for none", Power(node, Number(Fraction(2)))
        for other in told.scalars:
            if other != node.name and type(told.scalars[other]) is type(told.scalars[node.name]):
                yield "another scalar", replace(node, name=other)
    elif isinstance(node, Divergence) and node.right is not None:
        yield "arguments exchanged", replace(node, left=node.right, right=node.left)
    elif isinstance(node, Gaussian):
        yield "mean and variance", replace(node, mean=node.variance, variance=node.mean)
    elif isinstance(node, Expectation) and isinstance(node.under, Apply | Symbol):
        here = node.under.function if isinstance(node.under, Apply) else node.under.name
        for other in dict.fromkeys(names):
            if other != here:
                key = "function" if isinstance(node.under, Apply) else "name"
                yield "expectation under another", replace(node, under=replace(node.under, **{key: other}))
    elif isinstance(node, Big):
        yield from _in_big(node, names)


def _in_density(node: Apply, names: list[str]) -> Iterator[tuple[str, Node]]:
    for other in names:
        if other != node.function:
            yield "another density", replace(node, function=other)
    if node.given:
        yield "conditioning turned", replace(node, arguments=node.given, given=node.arguments)
        yield "condition lost", replace(node, given=())
    elif len(node.arguments) == 2:
        yield "condition for comma", replace(node, arguments=node.arguments[:1], given=node.arguments[1:])


def _in_big(node: Big, names: list[str]) -> Iterator[tuple[str, Node]]:
    if node.kind in ("sum", "integral"):
        yield "sum lost", node.body
        if isinstance(node.body, Multiply):
            first = node.body.factors[0]
            if isinstance(first, Apply) and first.function in names:
                rest = node.body.factors[1:]
                yield "weight lost", replace(node, body=rest[0] if len(rest) == 1 else Multiply(rest))
    if node.kind == "product":
        yield "sum for product", replace(node, kind="sum")
    if len(node.over) == 1 and isinstance(node.over[0].low, Number):
        low = Number(node.over[0].low.value + 1)
        yield "index off by one", replace(node, over=(replace(node.over[0], low=low),))


RELATIONS = {
    "<=": [(">=", "relation turned"), ("=", "equality for a bound")],
    ">=": [("<=", "relation turned"), ("=", "equality for a bound")],
}
"""What a relation is mistaken for; both are named `relation` or `jensen`."""
