"""How slips in arithmetic are undone: signs, terms, factors, fractions, numbers, functions and brackets.

Each rule takes a node and the one above it, and gives what may have been meant in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import islice

from grader.maths.slips import (
    ONE,
    TWO,
    About,
    Change,
    Edits,
    Missing,
    plus,
    product,
    signed,
    size,
    times,
    total,
    unsigned,
    with_for,
    without,
)
from grader.maths.tree import (
    Add,
    Apply,
    Big,
    Constant,
    Divide,
    Expectation,
    Extremum,
    Function,
    Multiply,
    Negative,
    Node,
    Number,
    Power,
    Symbol,
    walk,
)

Rule = Callable[[Node, Node | None, About], Iterator[Change]]
SUMS = (Big, Expectation)


# --- what is missing ----------------------------------------------------------------------------------------------


def missing(node: Node, parent: Node | None, known: About) -> Iterator[Edits]:
    """A factor, a divisor or a term that was lost, whatever it was: each of the known ones is tried."""
    if isinstance(node, Number) and isinstance(parent, Power | Multiply):
        return
    for group in known.missing:
        if _takes_factor(parent):
            yield _lost_factor(node, parent, group, known)
            yield (
                _lost_factor(node, parent, group, known, behind=True)
                if group.matrix
                else _lost_divisor(node, group, known)
            )
        if not isinstance(parent, Add | Negative):
            yield _lost_term(node, group, turned=False)
            yield _lost_term(node, group, turned=True)


def _takes_factor(parent: Node | None) -> bool:
    """Whether a factor here is not also one of the node above."""
    return not isinstance(parent, Multiply | Divide | Negative)


def _lost_factor(node: Node, parent: Node | None, group: Missing, known: About, *, behind: bool = False) -> Edits:
    def told(k: int) -> Change:
        factor = group.nodes[k]
        new = Multiply((node, factor)) if behind else times(factor, node)
        if _weighs(factor, parent):
            return new, "weight", ("with the weight {} in the sum", factor), 2
        if is_share(factor, known):
            return new, "mean", ("with a further factor {}", factor), 2
        return new, "missing_factor", ("with a further factor {}", factor), 2 + group.sizes[k]

    tree = Multiply((node, group.choices) if behind else (group.choices, node))
    return Edits(tree, len(group.nodes), told, group.matrix)


def _weighs(factor: Node, parent: Node | None) -> bool:
    """Whether a factor is a density of what a sum is over: Σ f where Σ q f is meant."""
    if not (isinstance(parent, Big) and isinstance(factor, Apply)):
        return False
    over = {bound.name for bound in parent.over}
    return any(isinstance(a, Symbol) and a.name in over for a in factor.arguments)


def _lost_divisor(node: Node, group: Missing, known: About) -> Edits:
    def told(k: int) -> Change:
        bottom = group.nodes[k]
        new = Divide(node, bottom)
        if isinstance(node, Big) and _counts(bottom, known):
            return new, "mean", ("with the mean for the sum (1/{})", bottom), 2
        return new, "denominator", ("with {} below {}", bottom, node), 2 + group.sizes[k]

    return Edits(Divide(node, group.choices), len(group.nodes), told)


def _lost_term(node: Node, group: Missing, *, turned: bool) -> Edits:
    def told(k: int) -> Change:
        term = group.nodes[k]
        said = f"with a further term {'−' if turned else ''}{{}}"
        return plus(node, Negative(term) if turned else term), "missing_term", (said, term), 2 + group.sizes[k]

    choices = Negative(group.choices) if turned else group.choices
    return Edits(Add((node, choices)), len(group.nodes), told, group.matrix)


def is_share(node: Node, known: About) -> bool:
    """Whether a factor is the 1/K of a mean."""
    return isinstance(node, Divide) and node.top == ONE and _counts(node.bottom, known)


def _counts(node: Node, known: About) -> bool:
    return isinstance(node, Symbol) and isinstance(known.told.scalars.get(node.name), int)


# --- terms and factors --------------------------------------------------------------------------------------------


def _sign(node: Node, parent: Node | None, _known: About) -> Iterator[Change]:
    inside = isinstance(parent, Function) and parent.name == "exp"
    if isinstance(node, Negative):
        yield node.body, "sign", ("with the other sign of {}", node.body), 1
    elif parent is None or inside or isinstance(parent, Add | Big | Expectation):
        yield Negative(node), "sign", ("with the other sign of {}", node), 1
    elif (isinstance(parent, Power) and node is parent.exponent) or isinstance(parent, Multiply):
        yield Negative(node), "sign", ("with the other sign of {}", node), 2


def _terms(node: Node, parent: Node | None, _known: About) -> Iterator[Change]:
    """A term too much, the signs of several turned, or a lost 1 or ½."""
    if isinstance(node, Add):
        for k, term in enumerate(node.terms):
            rest = total(without(node.terms, k))
            yield rest, "extra_term", ("without the term {}", term), 1 + size(term)
        for k in range(1, len(node.terms)):
            turned = (*node.terms[:k], *map(signed, node.terms[k:]))
            yield Add(turned), "sign", ("with the other sign of all from {} on", node.terms[k]), 2
    around = parent is None or isinstance(parent, Big | Expectation | Function | Divide | Power)
    if isinstance(node, Add) or (around and not isinstance(node, Number)):
        for term in (ONE, Divide(ONE, TWO)):
            yield plus(node, term), "missing_term", ("with a further term {}", term), 2 + size(term)
            yield plus(node, Negative(term)), "missing_term", ("with a further term −{}", term), 2 + size(term)


def _doubled(node: Node, parent: Node | None, _known: About) -> Iterator[Change]:
    exponent = isinstance(parent, Power) and node is parent.exponent
    inside = isinstance(parent, Function) and parent.name != "log"
    if isinstance(parent, Add | Big | Expectation) or exponent or inside:
        inner = unsigned(node)
        half = Negative(Divide(inner, TWO)) if isinstance(node, Negative) else Divide(inner, TWO)
        yield times(TWO, node), "factor", ("with twice {}", inner), 3
        yield half, "factor", ("with half of {}", inner), 3


def _factors(node: Node, _parent: Node | None, known: About) -> Iterator[Change]:
    """A factor too much."""
    if isinstance(node, Multiply):
        for k, factor in enumerate(node.factors):
            note = "mean" if is_share(factor, known) else "extra_factor"
            yield product(without(node.factors, k)), note, ("without the factor {}", factor), 1 + size(factor)


def _fraction(node: Node, _parent: Node | None, _known: About) -> Iterator[Change]:
    if not isinstance(node, Divide):
        return
    yield Divide(node.bottom, node.top), "upside_down", ("with {} the other way up", node), 2
    yield node.top, "extra_denominator", ("without {} below the line", node.bottom), 1 + size(node.bottom)
    if isinstance(node.bottom, Multiply):
        for k, factor in enumerate(node.bottom.factors):
            below = Divide(node.top, product(without(node.bottom.factors, k)))
            yield below, "extra_denominator", ("without {} below the line", factor), 1 + size(factor)
    if isinstance(node.top, Multiply):
        last = node.top.factors[-1]
        moved = Divide(product(node.top.factors[:-1]), times(last, node.bottom))
        yield moved, "denominator", ("with {} below the line", last), 2


def _complement(node: Node, parent: Node | None, _known: About) -> Iterator[Change]:
    if isinstance(node, Add) and len(node.terms) == 2 and node.terms[0] == ONE and isinstance(node.terms[1], Negative):
        inner = node.terms[1].body
        yield inner, "complement", with_for(inner, node), 2
    if isinstance(node, Apply | Symbol) and not isinstance(parent, Negative):
        other = Add((ONE, Negative(node)))
        yield other, "complement", with_for(other, node), 3


def _operation(node: Node, _parent: Node | None, _known: About) -> Iterator[Change]:
    if isinstance(node, Add) and len(node.terms) == 2 and not isinstance(node.terms[1], Negative):
        yield Multiply(node.terms), "operation", ("with a product for the sum {}", node), 3
    if isinstance(node, Multiply) and len(node.factors) == 2:
        yield Add(node.factors), "operation", ("with a sum for the product {}", node), 3
        yield Divide(*node.factors), "operation", ("with a quotient for the product {}", node), 3
    if isinstance(node, Divide):
        yield Multiply((node.top, node.bottom)), "operation", ("with a product for {}", node), 3
    if isinstance(node, Extremum):
        turned = {"sup": "inf", "inf": "sup", "max": "min", "min": "max", "argmax": "argmin", "argmin": "argmax"}
        other = turned[node.kind]
        yield replace(node, kind=other), "extremum", f"with {other} for {node.kind}", 1  # type: ignore[arg-type]


# --- numbers, exponents and functions -----------------------------------------------------------------------------


def number(node: Node, parent: Node | None, _known: About) -> Iterator[Change]:
    """Another number, such as one off, or another exponent."""
    if not isinstance(node, Number):
        return
    value = node.value
    others = [Fraction(0), Fraction(1), Fraction(2), value + 1, value - 1, 2 * value, value / 2]
    for other in dict.fromkeys(others):
        if other != value and other >= 0:
            if isinstance(parent, Power) and node is parent.exponent:
                power = replace(parent, exponent=Number(other)) if other != 1 else parent.base
                yield Number(other), "exponent", with_for(power, parent), 1
            else:
                yield Number(other), "number", with_for(Number(other), node), 1


def _constant(node: Node, _parent: Node | None, _known: About) -> Iterator[Change]:
    if isinstance(node, Constant) and node.name in ("pi", "e"):
        yield TWO, "number", ("with 2 for {}", node), 2


def _exponent(node: Node, parent: Node | None, known: About) -> Iterator[Change]:
    if isinstance(node, Power):
        yield node.base, "exponent", with_for(node.base, node), 2
        if node.exponent == TWO and isinstance(node.base, Function) and node.base.name == "log":
            inner = Function("log", Power(node.base.body, TWO))
            yield inner, "brackets", with_for(inner, node), 2
    inside = isinstance(parent, Power) and parent.base is node
    if not inside and _is_squared_often(node, known):
        square = Power(node, TWO)
        yield square, "exponent", with_for(square, node), 2
    if (isinstance(parent, Multiply) and not isinstance(node, Number)) or isinstance(node, Function):
        below = Power(node, Number(Fraction(-1)))
        yield below, "exponent", with_for(below, node), 3
    if isinstance(node, Multiply) and isinstance(node.factors[-1], Symbol):
        square = Power(node, TWO)
        yield square, "brackets", with_for(square, node), 3
    for whole in known.wholes:
        if isinstance(whole, Power) and whole.base == node:
            yield whole, "exponent", with_for(whole, node), 2


def _is_squared_often(node: Node, known: About) -> bool:
    if isinstance(node, Symbol):
        return node.name in {*known.told.scalars, *known.told.vectors}
    return isinstance(node, Add) or (isinstance(node, Function) and node.name in NORMS)


LOGGED = (Apply, Divide, Big, Expectation, Symbol, Power, Number, Constant, Multiply, Function)
NORMS = ("norm", "abs")
REMOVED = {"log": "log", "exp": "exp", "sqrt": "root", "transpose": "transpose", "inverse": "inverse", "det": "det"}


def _function(node: Node, parent: Node | None, known: About) -> Iterator[Change]:
    if isinstance(node, Function) and node.name in REMOVED:
        yield node.body, REMOVED[node.name], (f"without {node.name} of {{}}", node.body), 1
    small = isinstance(node, Number) and node.value <= 1
    if isinstance(node, LOGGED) and not isinstance(parent, Function) and not small:
        yield Function("log", node), "log", ("with log of {}", node), 2
    if isinstance(node, Function) and node.name in ("det", "abs"):
        yield Function("sqrt", node), "root", ("with the root of {}", node), 2
    if isinstance(parent, Divide) and parent.bottom is node:
        yield Function("sqrt", node), "root", ("with the root of {}", node), 2
    if parent is None or isinstance(parent, Multiply | Add):
        yield Function("exp", node), "exp", ("with exp of {}", node), 3
    for whole in known.wholes:
        if isinstance(whole, Function) and whole.body == node and whole.name in REMOVED:
            yield whole, REMOVED[whole.name], with_for(whole, node), 2


def _matrix(node: Node, parent: Node | None, known: About) -> Iterator[Change]:
    if isinstance(node, Symbol) and not (isinstance(parent, Function) and parent.name in ("transpose", "inverse")):
        if node.name in known.told.matrices or node.name in known.told.vectors:
            yield Function("transpose", node), "transpose", ("with the transpose of {}", node), 2
        if node.name in known.told.matrices:
            yield Function("inverse", node), "inverse", ("with the inverse of {}", node), 2
    if isinstance(node, Function) and node.name in ("transpose", "inverse"):
        other = "inverse" if node.name == "transpose" else "transpose"
        yield Function(other, node.body), other, (f"with the {other} of {{}}", node.body), 2
    if isinstance(node, Multiply) and _is_matrix(node, known):
        for k, (a, b) in enumerate(zip(node.factors, node.factors[1:], strict=False)):
            new = Multiply((*node.factors[:k], b, a, *node.factors[k + 2 :]))
            yield new, "order", ("with {} before {}", b, a), 3
        yield Function("inverse", node), "inverse", ("with the inverse of {}", node), 2


def _is_matrix(node: Node, known: About) -> bool:
    names = {*known.told.matrices, *known.told.vectors}
    return any(isinstance(p, Symbol) and p.name in names for p in islice(walk(node), 24))


# --- brackets -----------------------------------------------------------------------------------------------------


def _brackets(node: Node, _parent: Node | None, _known: About) -> Iterator[Change]:
    """What belongs inside a bracket or a logarithm, and what does not."""
    if isinstance(node, Multiply):
        yield from _log_takes(node.factors, Multiply)
        yield from _opened(node)
    if isinstance(node, Function) and node.name == "log":
        yield from _out_of_log(node)
    if isinstance(node, Divide) and isinstance(node.top, Function) and node.top.name == "log":
        closed = Function("log", Divide(node.top.body, node.bottom))
        yield closed, "brackets", ("with {} inside the logarithm", node.bottom), 3
    if isinstance(node, Add):
        yield from _log_takes(node.terms, Add)
        yield from _product_takes(node)
        yield from _sum_gives(node)


def _opened(node: Multiply) -> Iterator[Change]:
    for k, factor in enumerate(node.factors):
        if isinstance(factor, Add):
            first = product((*node.factors[:k], factor.terms[0], *node.factors[k + 1 :]))
            opened = Add((first, *factor.terms[1:]))
            yield opened, "brackets", ("without the brackets in {}", node), 3


def _out_of_log(node: Function) -> Iterator[Change]:
    body = node.body
    parts = body.factors if isinstance(body, Multiply) else body.terms if isinstance(body, Add) else ()
    join, rest_of = (Multiply, product) if isinstance(body, Multiply) else (Add, total)
    for k, part in enumerate(parts):
        opened = join((part, Function("log", rest_of(without(parts, k)))))
        yield opened, "brackets", ("with {} outside the logarithm", part), 3
    if isinstance(body, Divide):
        top = Function("log", body.top)
        yield Divide(top, body.bottom), "brackets", ("with {} outside the logarithm", body.bottom), 3
        both = Divide(top, Function("log", body.bottom))
        yield both, "log_of_quotient", with_for(both, node), 3


def _log_takes(parts: tuple[Node, ...], join: type[Add] | type[Multiply]) -> Iterator[Change]:
    """The rest of a sum or product inside a logarithm, and the one before it."""
    for k, part in enumerate(parts):
        if not (isinstance(part, Function) and part.name == "log" and k + 1 < len(parts)):
            continue
        inner = Function("log", join((part.body, *parts[k + 1 :])))
        closed = inner if k == 0 else join((*parts[:k], inner))
        yield closed, "brackets", ("with {} inside the logarithm", parts[k + 1]), 3
        if k and join is Add:
            one = Function("log", Add((part.body, parts[k - 1])))
            left = total((*parts[: k - 1], one, *parts[k + 1 :]))
            yield left, "brackets", ("with {} inside the logarithm", parts[k - 1]), 3


def _product_takes(node: Add) -> Iterator[Change]:
    """a·b + c for a·(b + c), −a + b for −(a + b), and a sum or expectation that reaches over the next term."""
    for k, term in enumerate(node.terms[:-1]):
        rest = node.terms[k + 1 :]
        inner = unsigned(term)
        closed = _reaching(inner, rest)
        if closed is not None:
            new = Negative(closed) if isinstance(term, Negative) else closed
            yield total((*node.terms[:k], new)), "brackets", ("with brackets around all from {} on", inner), 3
        if isinstance(term, Negative):
            whole = Negative(Add((inner, *rest)))
            yield total((*node.terms[:k], whole)), "brackets", ("with the minus before all from {} on", inner), 3


def _reaching(node: Node, rest: tuple[Node, ...]) -> Node | None:
    """A product, fraction or sum whose last part takes up the rest, too."""
    if isinstance(node, Multiply):
        return product((*node.factors[:-1], Add((node.factors[-1], *rest))))
    if isinstance(node, Divide):
        return Divide(Add((node.top, *rest)), node.bottom)
    return replace(node, body=Add((node.body, *rest))) if isinstance(node, SUMS) else None


def _sum_gives(node: Add) -> Iterator[Change]:
    for k, term in enumerate(node.terms):
        if isinstance(term, SUMS) and isinstance(term.body, Add):
            first = replace(term, body=term.body.terms[0])
            opened = Add((*node.terms[:k], first, *term.body.terms[1:], *node.terms[k + 1 :]))
            yield opened, "brackets", ("with {} outside", term.body.terms[1]), 3


ARITHMETIC: tuple[Rule, ...] = (
    _sign,
    number,
    _constant,
    _exponent,
    _function,
    _fraction,
    _terms,
    _doubled,
    _factors,
    _matrix,
    _brackets,
    _complement,
    _operation,
)
