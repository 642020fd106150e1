"""Trees that differ from one by a single slip undone: what a student probably meant, the smallest repairs first.

A slip is what happens to a hand that writes: a sign is turned, a term lost, σ written for σ². Each rule below undoes
one kind of it at one place. Nothing here knows what is right: whether a repaired tree has the right value is found by
evaluating it. Off by a constant or a factor is not a slip of the tree and stands in `offsets`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from itertools import islice
from typing import Any

from grader.maths.plain import plain
from grader.maths.setting import Setting
from grader.maths.tree import (
    Add,
    Apply,
    Big,
    Bound,
    Constant,
    Derivative,
    Divergence,
    Divide,
    Expectation,
    Extremum,
    Function,
    Gaussian,
    Multiply,
    Negative,
    Node,
    Number,
    Power,
    Symbol,
    walk,
)

MOST = 320
"""Repaired trees of one side at most; a count, so that it is the same on every machine."""
RAW = 4000
ZERO, ONE, TWO = (Number(Fraction(n)) for n in range(3))


Wrap = Callable[[Node], Node]
Said = str | tuple[Any, ...]
"""How a repair is told: words, or words with places for the formulas that follow them."""


@dataclass(frozen=True)
class Slip:
    """A repair: `new` in its place makes the whole tree. `note` is its short name, `size` how much it changes."""

    new: Node
    wrap: Wrap
    note: str
    words: Said
    size: int

    @property
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
class About:
    """What the rules know of a side: the names of the homework, and what stands in the sides around it.

    `terms`, `factors` and `weights` (densities) are what might be missing here, `wholes` what it may be missing from.
    """

    told: Setting
    terms: tuple[Node, ...] = ()
    factors: tuple[Node, ...] = ()
    weights: tuple[Apply, ...] = ()
    wholes: tuple[Node, ...] = ()


Change = tuple[Node, str, Said, int]


def about(told: Setting, *others: Node) -> About:
    """What stands in other sides, the shortest first, each once."""
    parts = [part for other in others for part in walk(other)]
    terms = [t for p in parts if isinstance(p, Add) for t in p.terms] + list(others)
    factors = [f for p in parts if isinstance(p, Multiply) for f in p.factors]
    factors += [p.bottom for p in parts if isinstance(p, Divide)] + [p for p in parts if isinstance(p, Symbol)]
    scalars = [f for f in factors if not (isinstance(f, Symbol) and f.name in told.spaces)]
    names = {head.name for head in told.densities} | set(told.joints) | set(told.pushforwards)
    wholes = [p for p in parts if isinstance(p, Add | Multiply | Divide | Big | Function | Power | Expectation)]
    weights = [p for p in parts if isinstance(p, Apply) and p.function in names]
    return About(told, _short(terms, 12), _short(scalars, 12), tuple(dict.fromkeys(weights))[:6], tuple(wholes[:40]))


def _short(nodes: list[Node], most: int) -> tuple[Node, ...]:
    unsigned = (node.body if isinstance(node, Negative) else node for node in nodes)
    return tuple(sorted(dict.fromkeys(n for n in unsigned if n not in (ONE, ZERO)), key=size)[:most])


LARGEST = 300


def is_large(node: Node) -> bool:
    """Whether a tree has more nodes than a person would look through for a slip."""
    return sum(1 for _ in islice(walk(node), LARGEST + 1)) > LARGEST


def size(node: Node) -> int:
    """How many nodes a tree has, 60 at most."""
    return sum(1 for _ in islice(walk(node), 60))


def undone(node: Node, known: About, most: int = MOST) -> list[Slip]:
    """The repairs of one slip each, the smallest first."""
    return sorted(islice(_all(node, known), RAW), key=lambda slip: slip.size)[:most]


def _all(node: Node, known: About) -> Iterator[Slip]:
    for new, note, said, much in _everywhere(node, known):
        yield Slip(new, _itself, note, said, much)
    for part, parent, wrap in places(node):
        for rule in NAMING if _is_name(part, parent) else RULES:
            for new, note, said, much in rule(part, parent, known):
                yield Slip(new, wrap, note, said, much)


def _is_name(part: Node, parent: Node | None) -> bool:
    """Whether a node only says of which variable or under which density something is: there stands no value."""
    if isinstance(part, Bound) or isinstance(parent, Symbol | Bound):
        return True
    if isinstance(parent, Apply):
        return isinstance(part, Symbol)
    return (isinstance(parent, Expectation) and part is parent.under) or (
        isinstance(parent, Derivative) and part is parent.by
    )


def _itself(node: Node) -> Node:
    return node


def places(node: Node) -> Iterator[tuple[Node, Node | None, Wrap]]:
    """Every node of a tree with the one above it, and what makes the whole tree with another node in its place."""
    pending: list[tuple[Node, Node | None, Wrap]] = [(node, None, _itself)]
    while pending:
        here, parent, wrap = pending.pop()
        yield here, parent, wrap
        pending.extend(reversed([(child, here, _within(here, wrap, put)) for child, put in _children(here)]))


def _within(here: Node, wrap: Wrap, put: Callable[[Node, Node], Node]) -> Wrap:
    return lambda new: wrap(put(here, new))


def _children(node: Node) -> Iterator[tuple[Node, Callable[[Node, Node], Node]]]:
    for f in fields(node):
        value = getattr(node, f.name)
        if isinstance(value, Node):
            yield value, _put(f.name, None)
        elif isinstance(value, tuple):
            for k, entry in enumerate(value):
                if isinstance(entry, Node):
                    yield entry, _put(f.name, k)


def _put(key: str, k: int | None) -> Callable[[Node, Node], Node]:
    def put(node: Node, new: Node) -> Node:
        if k is None:
            return replace(node, **{key: new})  # type: ignore[arg-type]
        old = getattr(node, key)
        return replace(node, **{key: (*old[:k], new, *old[k + 1 :])})

    return put


# --- how a repair is told -----------------------------------------------------------------------------------------


def _with(new: Node, old: Node) -> Said:
    return "with {} for {}", new, old


def _signed(node: Node) -> Node:
    return node.body if isinstance(node, Negative) else Negative(node)


def _without(nodes: tuple[Node, ...], k: int) -> tuple[Node, ...]:
    return nodes[:k] + nodes[k + 1 :]


def _total(terms: tuple[Node, ...]) -> Node:
    return terms[0] if len(terms) == 1 else Add(terms)


def _product(factors: tuple[Node, ...]) -> Node:
    return ONE if not factors else factors[0] if len(factors) == 1 else Multiply(factors)


def _times(factor: Node, node: Node) -> Node:
    if isinstance(node, Negative):
        return Negative(_times(factor, node.body))
    return Multiply((factor, *(node.factors if isinstance(node, Multiply) else (node,))))


# --- terms and factors --------------------------------------------------------------------------------------------


def _sign(node: Node, parent: Node | None, _known: About) -> Iterator[Change]:
    inside = isinstance(parent, Function) and parent.name == "exp"
    if isinstance(node, Negative):
        yield node.body, "sign", ("with the other sign of {}", node.body), 1
    elif parent is None or inside or isinstance(parent, Add | Big | Expectation):
        yield Negative(node), "sign", ("with the other sign of {}", node), 1
    elif (isinstance(parent, Power) and node is parent.exponent) or isinstance(parent, Multiply):
        yield Negative(node), "sign", ("with the other sign of {}", node), 2


def _terms(node: Node, parent: Node | None, known: About) -> Iterator[Change]:
    """A term too much, lost, doubled or halved."""
    if isinstance(node, Add):
        for k, term in enumerate(node.terms):
            yield (
                _total(_without(node.terms, k)),
                "extra_term",
                ("without the term {}", term),
                1 + size(term),
            )
        rest = node.terms
        for k in range(1, len(rest)):
            turned = (*rest[:k], *map(_signed, rest[k:]))
            yield Add(turned), "sign", ("with the other sign of all from {} on", rest[k]), 2
    if isinstance(node, Add) or parent is None or isinstance(parent, Big | Expectation | Function):
        here = node.terms if isinstance(node, Add) else (node,)
        for term in (*known.terms, ONE, Divide(ONE, TWO)):
            yield Add((*here, term)), "missing_term", ("with a further term {}", term), 2 + size(term)
            yield Add((*here, Negative(term))), "missing_term", ("with a further term −{}", term), 2 + size(term)


def _doubled(node: Node, parent: Node | None, _known: About) -> Iterator[Change]:
    inner = node.body if isinstance(node, Negative) else node
    exponent = isinstance(parent, Power) and node is parent.exponent
    if (
        isinstance(parent, Add | Big | Expectation)
        or exponent
        or (isinstance(parent, Function) and parent.name != "log")
    ):
        yield _times(TWO, node), "factor", ("with twice {}", inner), 3
        yield _halved(node), "factor", ("with half of {}", inner), 3


def _halved(node: Node) -> Node:
    return Negative(Divide(node.body, TWO)) if isinstance(node, Negative) else Divide(node, TWO)


def _factors(node: Node, parent: Node | None, known: About) -> Iterator[Change]:
    """A factor too much, or lost."""
    if isinstance(node, Multiply):
        for k, factor in enumerate(node.factors):
            note = "mean" if _is_share(factor, known) else "extra_factor"
            yield _product(_without(node.factors, k)), note, ("without the factor {}", factor), 1 + size(factor)
    if parent is None or isinstance(parent, Add | Negative | Big | Function | Expectation | Divide):
        for factor in known.factors:
            yield _times(factor, node), "missing_factor", ("with a further factor {}", factor), 2 + size(factor)
            if not isinstance(factor, Number):
                below = Divide(node, factor)
                yield below, "denominator", ("with {} below {}", factor, node), 2 + size(factor)


def _is_share(node: Node, known: About) -> bool:
    """Whether a factor is the 1/K of a mean."""
    return isinstance(node, Divide) and node.top == ONE and _counts(node.bottom, known)


def _counts(node: Node, known: About) -> bool:
    return isinstance(node, Symbol) and isinstance(known.told.scalars.get(node.name), int)


def _fraction(node: Node, _parent: Node | None, _known: About) -> Iterator[Change]:
    if not isinstance(node, Divide):
        return
    yield Divide(node.bottom, node.top), "upside_down", ("with {} the other way up", node), 2
    yield node.top, "extra_denominator", ("without {} below the line", node.bottom), 1 + size(node.bottom)
    if isinstance(node.bottom, Multiply):
        for k, factor in enumerate(node.bottom.factors):
            below = Divide(node.top, _product(_without(node.bottom.factors, k)))
            yield below, "extra_denominator", ("without {} below the line", factor), 1 + size(factor)
    if isinstance(node.top, Multiply):
        last = node.top.factors[-1]
        moved = Divide(_product(node.top.factors[:-1]), _times(last, node.bottom))
        yield moved, "denominator", ("with {} below the line", last), 2


def _restored(node: Node, _parent: Node | None, known: About) -> Iterator[Change]:
    """What stands whole on the other side, and here without one of its parts."""
    for whole in known.wholes:
        note = _lacks(node, whole)
        if note == "missing_factor" and isinstance(whole, Multiply) and any(_is_share(f, known) for f in whole.factors):
            note = "mean"
        if note:
            # A lone name or number stands in many things, and lacks none of them.
            yield whole, note, _with(whole, node), 4 if isinstance(node, Number | Symbol) else 2


def _lacks(node: Node, whole: Node) -> str:
    """What a node lacks beside a whole, or nothing if it is not just one thing."""
    if isinstance(whole, Add):
        return "missing_term" if _one_less(node, node.terms if isinstance(node, Add) else (), whole.terms) else ""
    if isinstance(whole, Multiply):
        factors = node.factors if isinstance(node, Multiply) else ()
        return "missing_factor" if _one_less(node, factors, whole.factors) else ""
    if isinstance(whole, Divide):
        return "denominator" if whole.top == node else ""
    if isinstance(whole, Power):
        return "exponent" if whole.base == node else ""
    if isinstance(whole, Big | Expectation | Function) and whole.body == node:
        return REMOVED.get(whole.name, "") if isinstance(whole, Function) else "sum"
    return ""


def _one_less(node: Node, here: tuple[Node, ...], there: tuple[Node, ...]) -> bool:
    if len(there) == 2:
        return node in there
    return len(here) == len(there) - 1 and any(here == _without(there, k) for k in range(len(there)))


def _mean(node: Node, _parent: Node | None, known: About) -> Iterator[Change]:
    if isinstance(node, Big) and node.kind == "sum" and len(node.over) == 1:
        for name, count in known.told.scalars.items():
            if isinstance(count, int):
                yield Divide(node, Symbol(name)), "mean", ("with the mean for the sum (1/{})", Symbol(name)), 3


# --- numbers, exponents and functions -----------------------------------------------------------------------------


def _number(node: Node, parent: Node | None, _known: About) -> Iterator[Change]:
    if not isinstance(node, Number):
        return
    value = node.value
    others = [Fraction(0), Fraction(1), Fraction(2), value + 1, value - 1, 2 * value, value / 2]
    for other in dict.fromkeys(others):
        if other != value and other >= 0:
            if isinstance(parent, Power) and node is parent.exponent:
                power = replace(parent, exponent=Number(other)) if other != 1 else parent.base
                yield Number(other), "exponent", _with(power, parent), 1
            else:
                yield Number(other), "number", _with(Number(other), node), 1


def _exponent(node: Node, parent: Node | None, known: About) -> Iterator[Change]:
    if isinstance(node, Power):
        yield node.base, "exponent", _with(node.base, node), 2
        if node.exponent == TWO and isinstance(node.base, Function) and node.base.name == "log":
            inner = Function("log", Power(node.base.body, TWO))
            yield inner, "brackets", _with(inner, node), 2
    plain_scalar = isinstance(node, Symbol) and node.name in {*known.told.scalars, *known.told.vectors}
    inside = isinstance(parent, Power) and parent.base is node
    if not inside and (plain_scalar or isinstance(node, Add) or (isinstance(node, Function) and node.name in NORMS)):
        square = Power(node, TWO)
        yield square, "exponent", _with(square, node), 2
    if isinstance(node, Multiply) and isinstance(node.factors[-1], Symbol):
        square = Power(node, TWO)
        yield square, "brackets", _with(square, node), 3


LOGGED = (Apply, Divide, Big, Symbol, Power, Number, Constant, Multiply, Function)
NORMS = ("norm", "abs")
REMOVED = {"log": "log", "exp": "exp", "sqrt": "root", "transpose": "transpose", "inverse": "inverse", "det": "det"}


def _function(node: Node, parent: Node | None, _known: About) -> Iterator[Change]:
    if isinstance(node, Function) and node.name in REMOVED:
        yield node.body, REMOVED[node.name], (f"without {node.name} of {{}}", node.body), 1
    in_log = isinstance(parent, Function)
    small = isinstance(node, Number) and node.value <= 1
    if isinstance(node, LOGGED) and not in_log and not small:
        yield Function("log", node), "log", ("with log of {}", node), 2
    if isinstance(node, Function) and node.name in ("det", "abs"):
        yield Function("sqrt", node), "root", ("with the root of {}", node), 2
    if isinstance(parent, Divide) and parent.bottom is node:
        yield Function("sqrt", node), "root", ("with the root of {}", node), 2
    if parent is None or isinstance(parent, Multiply | Add):
        yield Function("exp", node), "exp", ("with exp of {}", node), 3


def _matrix(node: Node, parent: Node | None, known: About) -> Iterator[Change]:
    if isinstance(node, Symbol) and not (isinstance(parent, Function) and parent.name in ("transpose", "inverse")):
        if node.name in known.told.matrices or node.name in known.told.vectors:
            yield Function("transpose", node), "transpose", ("with the transpose of {}", node), 2
        if node.name in known.told.matrices:
            yield Function("inverse", node), "inverse", ("with the inverse of {}", node), 2
    if isinstance(node, Function) and node.name in ("transpose", "inverse"):
        other = "inverse" if node.name == "transpose" else "transpose"
        yield Function(other, node.body), other, (f"with the {other} of {{}}", node.body), 2
    if isinstance(node, Multiply):
        for k in range(len(node.factors) - 1):
            a, b = node.factors[k : k + 2]
            if any(_is_matrix(p, known) for p in (a, b)):
                new = Multiply((*node.factors[:k], b, a, *node.factors[k + 2 :]))
                yield new, "order", ("with {} before {}", b, a), 3
        if _is_matrix(node, known):
            yield Function("inverse", node), "inverse", ("with the inverse of {}", node), 2


def _is_matrix(node: Node, known: About) -> bool:
    names = {*known.told.matrices, *known.told.vectors}
    return any(isinstance(p, Symbol) and p.name in names for p in islice(walk(node), 12))


def _brackets(node: Node, _parent: Node | None, _known: About) -> Iterator[Change]:
    """What belongs inside a bracket or a logarithm, and what does not."""
    opened: Node
    if isinstance(node, Multiply):
        yield from _log_takes(node.factors, Multiply)
        for k, factor in enumerate(node.factors):
            if isinstance(factor, Add):
                first = _product((*node.factors[:k], factor.terms[0], *node.factors[k + 1 :]))
                opened = Add((first, *factor.terms[1:]))
                yield opened, "brackets", ("without the brackets in {}", node), 3
    if isinstance(node, Function) and node.name == "log" and isinstance(node.body, Multiply | Divide | Add):
        body = node.body
        inner = body.factors if isinstance(body, Multiply) else body.terms if isinstance(body, Add) else ()
        for k, part in enumerate(inner):
            rest = _without(inner, k)
            if isinstance(body, Multiply):
                opened = Multiply((part, Function("log", _product(rest))))
            else:
                opened = Add((part, Function("log", _total(rest))))
            yield opened, "brackets", ("with {} outside the logarithm", part), 3
        if isinstance(body, Divide):
            opened = Divide(Function("log", body.top), body.bottom)
            yield opened, "brackets", ("with {} outside the logarithm", body.bottom), 3
            both = Divide(Function("log", body.top), Function("log", body.bottom))
            yield both, "log_of_quotient", ("with {} for {}", both, node), 3
    if isinstance(node, Divide) and isinstance(node.top, Function) and node.top.name == "log":
        closed = Function("log", Divide(node.top.body, node.bottom))
        yield closed, "brackets", ("with {} inside the logarithm", node.bottom), 3
    if isinstance(node, Add):
        yield from _log_takes(node.terms, Add)
        yield from _product_takes(node)


def _log_takes(parts: tuple[Node, ...], join: Callable[[tuple[Node, ...]], Node]) -> Iterator[Change]:
    for k, part in enumerate(parts):
        if isinstance(part, Function) and part.name == "log" and k + 1 < len(parts):
            inner = Function("log", join((part.body, *parts[k + 1 :])))
            closed = inner if k == 0 else join((*parts[:k], inner))
            yield closed, "brackets", ("with {} inside the logarithm", parts[k + 1]), 3
            if k and join is not Multiply:
                one = Function("log", join((part.body, parts[k - 1])))
                left = (*parts[: k - 1], one, *parts[k + 1 :])
                yield (
                    left[0] if len(left) == 1 else join(left),
                    "brackets",
                    ("with {} inside the logarithm", parts[k - 1]),
                    3,
                )


def _product_takes(node: Add) -> Iterator[Change]:
    """a·b + c for a·(b + c), −a + b for −(a + b), and a sum or expectation that reaches over the next term."""
    for k, term in enumerate(node.terms[:-1]):
        rest = node.terms[k + 1 :]
        inner = term.body if isinstance(term, Negative) else term
        closed: Node | None = None
        if isinstance(inner, Multiply):
            closed = _product((*inner.factors[:-1], Add((inner.factors[-1], *rest))))
        elif isinstance(inner, Divide):
            closed = Divide(Add((inner.top, *rest)), inner.bottom)
        elif isinstance(inner, Big | Expectation):
            closed = replace(inner, body=Add((inner.body, *rest)))
        if closed is not None:
            new = Negative(closed) if isinstance(term, Negative) else closed
            yield _total((*node.terms[:k], new)), "brackets", ("with brackets around all from {} on", inner), 3
        if isinstance(term, Negative):
            whole = Negative(Add((inner, *rest)))
            yield _total((*node.terms[:k], whole)), "brackets", ("with the minus before all from {} on", inner), 3
    for k, term in enumerate(node.terms):
        if isinstance(term, Big | Expectation) and isinstance(term.body, Add):
            first = replace(term, body=term.body.terms[0])
            opened = Add((*node.terms[:k], first, *term.body.terms[1:], *node.terms[k + 1 :]))
            yield opened, "brackets", ("with {} outside", term.body.terms[1]), 3


def _complement(node: Node, parent: Node | None, _known: About) -> Iterator[Change]:
    if isinstance(node, Add) and len(node.terms) == 2 and node.terms[0] == ONE and isinstance(node.terms[1], Negative):
        inner = node.terms[1].body
        yield inner, "complement", _with(inner, node), 2
    if isinstance(node, Apply | Symbol) and not isinstance(parent, Negative):
        other = Add((ONE, Negative(node)))
        yield other, "complement", _with(other, node), 3


def _operation(node: Node, _parent: Node | None, _known: About) -> Iterator[Change]:
    if isinstance(node, Add) and len(node.terms) == 2 and not isinstance(node.terms[1], Negative):
        yield Multiply(node.terms), "operation", ("with a product for the sum {}", node), 3
    if isinstance(node, Multiply) and len(node.factors) == 2:
        yield Add(node.factors), "operation", ("with a sum for the product {}", node), 3
        yield Divide(*node.factors), "operation", ("with a quotient for the product {}", node), 3
    if isinstance(node, Divide):
        yield Multiply((node.top, node.bottom)), "operation", ("with a product for {}", node), 3
    if isinstance(node, Big) and node.kind in ("sum", "product"):
        other = "product" if node.kind == "sum" else "sum"
        yield replace(node, kind=other), "sum_for_product", f"with a {other} for the {node.kind}", 2  # type: ignore[arg-type]
    if isinstance(node, Extremum):
        turned = {"sup": "inf", "inf": "sup", "max": "min", "min": "max", "argmax": "argmin", "argmin": "argmax"}
        other = turned[node.kind]
        yield replace(node, kind=other), "extremum", f"with {other} for {node.kind}", 1  # type: ignore[arg-type]


# --- densities and sums -------------------------------------------------------------------------------------------


def _divergence(node: Node, _parent: Node | None, _known: About) -> Iterator[Change]:
    if isinstance(node, Divergence) and node.right is not None:
        turned = replace(node, left=node.right, right=node.left)
        yield turned, "kl_arguments", f"with the arguments of {node.kind} exchanged", 1
        for kind in ("KL", "JSD", "H"):
            if kind != node.kind:
                yield replace(node, kind=kind), "other_divergence", f"with {kind} for {node.kind}", 2


def _conditioning(node: Node, _parent: Node | None, known: About) -> Iterator[Change]:
    if not isinstance(node, Apply) or node.function not in _densities(known):
        return
    own, given = node.arguments, node.given
    others: list[tuple[tuple[Node, ...], tuple[Node, ...], str]] = []
    if given:
        others = [(given, own, "conditioning"), ((*own, *given), (), "joint"), (own, (), "marginal")]
        others.append((given, (), "marginal"))
    elif len(own) == 2:
        others = [(own[:1], own[1:], "joint"), (own[1:], own[:1], "joint"), (own[:1], (), "marginal")]
        others.append((own[1:], (), "marginal"))
    else:
        everything = [Symbol(v) for v in known.told.spaces]
        missing = [v for v in everything if v not in own]
        for variable in missing:
            others += [(own, (variable,), "conditional"), ((*own, variable), (), "joint")]
            others += [((variable,), own, "conditional"), ((variable,), (), "marginal")]
    for arguments, after, note in others:
        new = replace(node, arguments=arguments, given=after)
        yield new, note, _with(new, node), 1


def _densities(known: About) -> dict[str, None]:
    told = known.told
    return dict.fromkeys([*told.joints, *(h.name for h in told.densities), *told.pushforwards])


def _exchanged(node: Node, _parent: Node | None, known: About) -> Iterator[Change]:
    """One name for another at one place: μ_p for μ_q, q for p."""
    told = known.told
    if isinstance(node, Apply) and node.function in (names := _densities(known)):
        for other in names:
            if other != node.function:
                for new in (replace(node, function=other), *_declared(node, other, known)):
                    yield new, "other_density", _with(new, node), 1
    elif isinstance(node, Apply) and node.function in {h.name for h in told.functions}:
        for head in told.functions:
            if head.name != node.function:
                yield (new := replace(node, function=head.name)), "other_name", _with(new, node), 1
    elif isinstance(node, Constant) and node.name in ("pi", "e"):
        yield TWO, "number", ("with 2 for {}", node), 2


def _renamed(node: Node, _parent: Node | None, known: About) -> Iterator[Change]:
    told = known.told
    if isinstance(node, Symbol):
        for group in (told.scalars, told.vectors, told.matrices, _densities(known), {h.name: 0 for h in told.arrays}):
            for other in group if node.name in group else ():
                if other != node.name:
                    yield (new := replace(node, name=other)), "other_name", _with(new, node), 1


def _declared(node: Apply, other: str, known: About) -> Iterator[Node]:
    """The other density at the arguments that it is declared with, such as p(z) for q(z|x)."""
    if node.given:
        yield replace(node, function=other, given=())
    for head in known.told.densities:
        if head.name == other and head.own == tuple(a.name for a in node.arguments if isinstance(a, Symbol)):
            yield replace(node, function=other, given=tuple(Symbol(v) for v in head.given))


def _everywhere(node: Node, known: About) -> Iterator[Change]:
    """Two names that are exchanged in the whole side."""
    told = known.told
    used = {p.name for p in walk(node) if isinstance(p, Symbol)} | {
        p.function for p in walk(node) if isinstance(p, Apply)
    }
    groups = [list(told.scalars), list(_densities(known)), list(told.vectors)]
    for group in groups:
        for k, first in enumerate(group):
            for second in group[k + 1 :]:
                if first in used or second in used:
                    new = _swapped(node, {first: second, second: first})
                    said = ("with {} and {} exchanged", Symbol(first), Symbol(second))
                    yield new, "exchanged", said, 3


def _swapped(node: Node, names: dict[str, str]) -> Node:
    from grader.maths.tree import rebuilt

    new = rebuilt(node, lambda child: _swapped(child, names))
    if isinstance(new, Symbol) and new.name in names:
        return replace(new, name=names[new.name])
    if isinstance(new, Apply) and new.function in names:
        return replace(new, function=names[new.function])
    return new


def _expectation(node: Node, _parent: Node | None, known: About) -> Iterator[Change]:
    if isinstance(node, Expectation) and node.under is not None:
        for other in _densities(known):
            if isinstance(node.under, Apply):
                new: Node = replace(node.under, function=other)
                short: Node = replace(node.under, function=other, given=())
                choices = [new, short]
            else:
                choices = [Symbol(other)]
            for choice in choices:
                if choice != node.under:
                    said = ("with the expectation under {}", choice)
                    yield replace(node, under=choice), "expectation", said, 1
        yield node.body, "expectation", "without the expectation", 2
        if node.kind == "variance":
            yield replace(node, kind="mean"), "expectation", "with the mean for the variance", 1


def _weight(node: Node, _parent: Node | None, known: About) -> Iterator[Change]:
    """Σ f where Σ q f is meant."""
    if isinstance(node, Big) and node.kind in ("sum", "integral"):
        over = {bound.name for bound in node.over}
        for weight in known.weights:
            if any(isinstance(a, Symbol) and a.name in over for a in weight.arguments):
                new = replace(node, body=_times(weight, node.body))
                yield new, "weight", ("with the weight {} in the sum", weight), 2
        yield node.body, "sum", f"without the {'sum' if node.kind == 'sum' else 'integral'}", 2


def _summed(node: Node, parent: Node | None, known: About) -> Iterator[Change]:
    """A sum over a variable or an index that stands free here."""
    around = parent is None or isinstance(parent, Add | Negative | Function | Expectation)
    if not around or not isinstance(node, Apply | Function | Divide | Multiply | Negative | Power):
        return
    told = known.told
    inside = {part.name for part in walk(node) if isinstance(part, Symbol)}
    for name in (*told.spaces, *told.indices):
        if name in inside:
            summed = Big("sum", (Bound(name),), node)
            yield summed, "sum", ("with the sum over {}", Symbol(name)), 3


def _jensen(node: Node, _parent: Node | None, _known: About) -> Iterator[Change]:
    if isinstance(node, Function) and node.name == "log":
        body = node.body
        if isinstance(body, Expectation | Big):
            inside = _logged(body.body, body)
            yield replace(body, body=inside), "jensen", "with the logarithm inside the expectation", 3
    if isinstance(node, Expectation) and isinstance(node.body, Function) and node.body.name == "log":
        yield Function("log", replace(node, body=node.body.body)), "jensen", "with the logarithm outside", 3
    if isinstance(node, Big) and isinstance(node.body, Multiply):
        last = node.body.factors[-1]
        if isinstance(last, Function) and last.name == "log":
            inner = replace(node, body=Multiply((*node.body.factors[:-1], last.body)))
            yield Function("log", inner), "jensen", "with the logarithm outside the sum", 3
    if isinstance(node, Big) and isinstance(node.body, Function) and node.body.name == "log":
        yield Function("log", replace(node, body=node.body.body)), "jensen", "with the logarithm outside the sum", 3


def _logged(body: Node, around: Node) -> Node:
    if isinstance(around, Big) and isinstance(body, Multiply):
        return Multiply((body.factors[0], Function("log", _product(body.factors[1:]))))
    return Function("log", body)


def _index(node: Node, _parent: Node | None, known: About) -> Iterator[Change]:
    if isinstance(node, Bound):
        for key in ("low", "high"):
            limit = getattr(node, key)
            for step in (1, -1) if limit is not None else ():
                new = _shifted(limit, step)
                yield _put(key, None)(node, new), "index", ("with {} for {} as a limit", new, limit), 1
    if isinstance(node, Symbol):
        for k, index in enumerate(node.indices):
            for step in (1, -1):
                new = replace(node, indices=(*node.indices[:k], _shifted(index, step), *node.indices[k + 1 :]))
                yield new, "index", _with(new, node), 1
        for other in known.told.indices if node.name in known.told.indices else ():
            if other != node.name:
                yield (turned := replace(node, name=other)), "index", _with(turned, node), 1


def _variable(node: Node, _parent: Node | None, known: About) -> Iterator[Change]:
    told = known.told
    if isinstance(node, Bound) and node.name in told.spaces:
        new: Node = replace(node, copy=0 if node.copy else 1)
        yield new, "bound_variable", "with another name for the bound variable", 2
    if isinstance(node, Symbol) and (node.name in told.spaces or node.name in told.copies):
        new = replace(node, copy=0 if node.copy else 1)
        yield new, "bound_variable", _with(new, node), 1
        for other in told.spaces:
            if other != node.name:
                yield (turned := replace(node, name=other)), "other_name", _with(turned, node), 1


def _shifted(node: Node, step: int) -> Node:
    if isinstance(node, Number):
        return Number(node.value + step)
    return Add((node, ONE)) if step > 0 else Add((node, Negative(ONE)))


def _gaussian(node: Node, _parent: Node | None, _known: About) -> Iterator[Change]:
    if isinstance(node, Gaussian):
        yield replace(node, variance=Power(node.variance, TWO)), "exponent", "with the variance squared", 2
        yield replace(node, mean=node.variance, variance=node.mean), "exchanged", "with mean and variance exchanged", 2
    if isinstance(node, Derivative) and node.order == 2:
        yield replace(node, order=1), "order_of_derivative", "with the first derivative", 1
    if isinstance(node, Derivative) and node.order == 1:
        yield replace(node, order=2), "order_of_derivative", "with the second derivative", 1


Rule = Callable[[Node, Node | None, About], Iterator[Change]]
NAMING: tuple[Rule, ...] = (_conditioning, _exchanged, _renamed, _index, _variable, _number)
RULES: tuple[Rule, ...] = (
    _sign,
    _number,
    _divergence,
    _conditioning,
    _exchanged,
    _renamed,
    _exponent,
    _function,
    _fraction,
    _expectation,
    _index,
    _variable,
    _terms,
    _doubled,
    _factors,
    _restored,
    _mean,
    _matrix,
    _brackets,
    _complement,
    _operation,
    _weight,
    _summed,
    _jensen,
    _gaussian,
)
