"""How slips in names, densities, sums and expectations are undone: one name for another, a condition, Jensen's bound.

Each rule takes a node and the one above it, and gives what may have been meant in its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from grader.maths.edits import ARITHMETIC, Rule, number
from grader.maths.slips import (
    ONE,
    About,
    Change,
    densities,
    product,
    put,
    times,
    with_for,
)
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
    rebuilt,
    walk,
)

# --- names ----------------------------------------------------------------------------------------------------------


def exchanged(node: Node, known: About) -> Iterator[Change]:
    """The whole side with two names exchanged in it."""
    told = known.told
    parts = list(walk(node))
    used = {p.name for p in parts if isinstance(p, Symbol)} | {p.function for p in parts if isinstance(p, Apply)}
    for group in (list(told.scalars), list(densities(told)), list(told.vectors)):
        for k, first in enumerate(group):
            for second in group[k + 1 :]:
                if first in used or second in used:
                    new = renamed(node, {first: second, second: first})
                    yield new, "exchanged", ("with {} and {} exchanged", Symbol(first), Symbol(second)), 3


def renamed(node: Node, names: dict[str, str]) -> Node:
    """The tree with other names in it."""
    new = rebuilt(node, lambda child: renamed(child, names))
    if isinstance(new, Symbol) and new.name in names:
        return replace(new, name=names[new.name])
    if isinstance(new, Apply) and new.function in names:
        return replace(new, function=names[new.function])
    return new


def _other_name(node: Node, _parent: Node | None, known: About) -> Iterator[Change]:
    """One name for another at one place: μ_p for μ_q, q for p."""
    told = known.told
    if isinstance(node, Symbol):
        arrays = {head.name: 0 for head in told.arrays}
        for group in (told.scalars, told.vectors, told.matrices, densities(told), arrays):
            for other in group if node.name in group else ():
                if other != node.name:
                    yield (turned := replace(node, name=other)), "other_name", with_for(turned, node), 1
    elif isinstance(node, Apply) and node.function in (names := densities(told)):
        for other in names:
            if other != node.function:
                for new in (replace(node, function=other), *_declared(node, other, known)):
                    yield new, "other_density", with_for(new, node), 1
    elif isinstance(node, Apply) and node.function in {h.name for h in told.functions}:
        for head in told.functions:
            if head.name != node.function:
                yield (new := replace(node, function=head.name)), "other_name", with_for(new, node), 1


def _declared(node: Apply, other: str, known: About) -> Iterator[Apply]:
    """The other density at the arguments that it is declared with, such as p(z) for q(z|x)."""
    if node.given:
        yield replace(node, function=other, given=())
    for head in known.told.densities:
        if head.name == other and head.own == tuple(a.name for a in node.arguments if isinstance(a, Symbol)):
            yield replace(node, function=other, given=tuple(Symbol(v) for v in head.given))


def _index(node: Node, _parent: Node | None, known: About) -> Iterator[Change]:
    if isinstance(node, Bound):
        for key in ("low", "high"):
            limit = getattr(node, key)
            for step in (1, -1) if limit is not None else ():
                new = _shifted(limit, step)
                yield put(key, None)(node, new), "index", ("with {} for {} as a limit", new, limit), 1
    if isinstance(node, Symbol):
        for k, index in enumerate(node.indices):
            for step in (1, -1):
                other = replace(node, indices=(*node.indices[:k], _shifted(index, step), *node.indices[k + 1 :]))
                yield other, "index", with_for(other, node), 1
        for name in known.told.indices if node.name in known.told.indices else ():
            if name != node.name:
                yield (turned := replace(node, name=name)), "index", with_for(turned, node), 1


def _shifted(node: Node, step: int) -> Node:
    if isinstance(node, Number):
        return Number(node.value + step)
    return Add((node, ONE)) if step > 0 else Add((node, Negative(ONE)))


def _variable(node: Node, _parent: Node | None, known: About) -> Iterator[Change]:
    told = known.told
    if isinstance(node, Bound) and node.name in told.spaces:
        bound = replace(node, copy=0 if node.copy else 1)
        yield bound, "bound_variable", "with another name for the bound variable", 2
    if isinstance(node, Symbol) and (node.name in told.spaces or node.name in told.copies):
        new = replace(node, copy=0 if node.copy else 1)
        yield new, "bound_variable", with_for(new, node), 1
        for other in told.spaces:
            if other != node.name:
                yield (turned := replace(node, name=other)), "other_name", with_for(turned, node), 1


# --- densities ------------------------------------------------------------------------------------------------------


def _divergence(node: Node, _parent: Node | None, _known: About) -> Iterator[Change]:
    if isinstance(node, Divergence) and node.right is not None:
        turned = replace(node, left=node.right, right=node.left)
        yield turned, "kl_arguments", f"with the arguments of {node.kind} exchanged", 1
        for kind in ("KL", "JSD", "H"):
            if kind != node.kind:
                yield replace(node, kind=kind), "other_divergence", f"with {kind} for {node.kind}", 2


def _conditioning(node: Node, _parent: Node | None, known: About) -> Iterator[Change]:
    if isinstance(node, Apply) and node.function in densities(known.told):
        for arguments, after, note in _conditioned(node, known):
            new = replace(node, arguments=arguments, given=after)
            yield new, note, with_for(new, node), 1


def _conditioned(node: Apply, known: About) -> Iterator[tuple[tuple[Node, ...], tuple[Node, ...], str]]:
    """What else a density may be of, and given what."""
    own, given = node.arguments, node.given
    if given:
        yield given, own, "conditioning"
        yield (*own, *given), (), "joint"
        yield own, (), "marginal"
        yield given, (), "marginal"
    elif len(own) == 2:
        for one, other in (own, own[::-1]):
            yield (one,), (other,), "joint"
            yield (one,), (), "marginal"
    else:
        for variable in known.variables:
            if variable not in own:
                yield own, (variable,), "conditional"
                yield (*own, variable), (), "joint"
                yield (variable,), own, "conditional"
                yield (variable,), (), "marginal"


def _expectation(node: Node, _parent: Node | None, known: About) -> Iterator[Change]:
    if not isinstance(node, Expectation) or node.under is None:
        return
    for other in densities(known.told):
        choices: list[Node] = [Symbol(other)]
        if isinstance(node.under, Apply):
            choices = [replace(node.under, function=other), replace(node.under, function=other, given=())]
        for choice in choices:
            if choice != node.under:
                said = ("with the expectation under {}", choice)
                yield replace(node, under=choice), "expectation", said, 1
    yield node.body, "expectation", "without the expectation", 2
    if node.kind == "variance":
        yield replace(node, kind="mean"), "expectation", "with the mean for the variance", 1


def _gaussian(node: Node, _parent: Node | None, _known: About) -> Iterator[Change]:
    if isinstance(node, Gaussian):
        squared = Power(node.variance, Number(Fraction(2)))
        yield replace(node, variance=squared), "exponent", "with the variance squared", 2
        yield replace(node, mean=node.variance, variance=node.mean), "exchanged", "with mean and variance exchanged", 2
    if isinstance(node, Derivative) and node.order in (1, 2):
        order, said = (1, "first") if node.order == 2 else (2, "second")
        yield replace(node, order=order), "order_of_derivative", f"with the {said} derivative", 1


# --- sums and expectations ------------------------------------------------------------------------------------------


def _sum(node: Node, _parent: Node | None, known: About) -> Iterator[Change]:
    """A sum too much, or a product or a sum for a mean."""
    if not isinstance(node, Big):
        return
    if node.kind != "product":
        yield node.body, "sum", f"without the {node.kind}", 2
    if node.kind != "integral":
        other = "product" if node.kind == "sum" else "sum"
        yield replace(node, kind=other), "sum_for_product", f"with a {other} for the {node.kind}", 2  # type: ignore[arg-type]
    if node.kind == "sum" and len(node.over) == 1:
        for name, count in known.told.scalars.items():
            if isinstance(count, int):
                yield Divide(node, Symbol(name)), "mean", ("with the mean for the sum (1/{})", Symbol(name)), 2


def _lost_sum(node: Node, parent: Node | None, known: About) -> Iterator[Change]:
    """A sum over what stands free here, or one of those and of the expectations in the sides around it."""
    around = parent is None or isinstance(parent, Add | Negative | Function | Multiply | Expectation | Big)
    if not around or isinstance(node, Number | Bound):
        return
    inside = {part.name for part in walk(node) if isinstance(part, Symbol)}
    for name in (*known.told.spaces, *known.told.indices):
        if name in inside:
            summed = Big("sum", (Bound(name),), node)
            yield summed, "sum", ("with the sum over {}", Symbol(name)), 1 if name in known.open else 3
    for whole in known.wholes:
        if isinstance(whole, Big | Expectation) and not _same_kind(whole, node, parent):
            over = {bound.name for bound in whole.over}
            size = 1 if over & known.open else 3
            if isinstance(whole, Big) and (over & inside or whole.body == node):
                shown = Symbol(whole.over[0].name) if whole.over else node
                yield replace(whole, body=node), "sum", (f"with the {whole.kind} over {{}}", shown), size
            elif isinstance(whole, Expectation) and whole.under is not None:
                said = ("with the expectation under {}", whole.under)
                yield replace(whole, body=node), "expectation", said, size


def _same_kind(whole: Big | Expectation, node: Node, parent: Node | None) -> bool:
    """Whether the same is already summed over here."""
    near = [part for part in (node, parent) if isinstance(part, Big | Expectation)]
    return any(replace(part, body=ONE) == replace(whole, body=ONE) for part in near)


def _jensen(node: Node, _parent: Node | None, _known: About) -> Iterator[Change]:
    if isinstance(node, Function) and node.name == "log" and isinstance(node.body, Expectation | Big):
        body = node.body
        inside = replace(body, body=_logged(body.body, body))
        yield inside, "jensen", "with the logarithm inside the expectation", 3
    if not isinstance(node, Expectation | Big):
        return
    inner = node.body
    where = "outside" if isinstance(node, Expectation) else "outside the sum"
    if isinstance(inner, Function) and inner.name == "log":
        yield Function("log", replace(node, body=inner.body)), "jensen", f"with the logarithm {where}", 3
    elif isinstance(node, Big) and isinstance(inner, Multiply):
        last = inner.factors[-1]
        if isinstance(last, Function) and last.name == "log":
            weighted = replace(node, body=Multiply((*inner.factors[:-1], last.body)))
            yield Function("log", weighted), "jensen", f"with the logarithm {where}", 3


def _logged(body: Node, around: Node) -> Node:
    if isinstance(around, Big) and isinstance(body, Multiply):
        return times(body.factors[0], Function("log", product(body.factors[1:])))
    return Function("log", body)


NAMING: tuple[Rule, ...] = (_conditioning, _other_name, _index, _variable, number)
RULES: tuple[Rule, ...] = (
    *ARITHMETIC,
    _divergence,
    _conditioning,
    _other_name,
    _expectation,
    _index,
    _variable,
    _sum,
    _lost_sum,
    _jensen,
    _gaussian,
)
