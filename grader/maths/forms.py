"""How a formula is put, beside what it is worth: its form, and what is left in it to be worked out.

The form is what remains when all is taken away that changes nothing: the order of terms, what cancels, own names. Two
sides of one form differ in their arrangement only, so that a claim between them, though true, is no step. Nothing is
expanded: (a + b)² and a² + 2ab + b² are two forms.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from fractions import Fraction

from grader.maths.scope import Formula
from grader.maths.setting import ANY, Head, Setting
from grader.maths.steps import named
from grader.maths.tree import (
    Add,
    Apply,
    Big,
    Constant,
    Derivative,
    Divergence,
    Divide,
    Expectation,
    Extremum,
    Function,
    Limit,
    Multiply,
    Negative,
    Node,
    Number,
    Power,
    Symbol,
    children,
    walk,
)

NUMBER = "#"
"""What the form of a formula begins with in which no name occurs."""
ARITHMETIC = (Number, Constant, Add, Negative, Multiply, Divide, Power, Function)
HIGHEST = 16
"""The highest power that is carried out; a higher one stays as it is written."""
LONG = 2000
"""Bits of a number beyond which it stays as it is written."""

Term = tuple[Fraction, Mapping[str, int]]
"""A number, times whole powers of things that are not taken apart."""
ONE: Term = (Fraction(1), {})
NOTHING: Term = (Fraction(0), {})


def forms(nodes: Iterable[Node], own: Mapping[Head, Formula]) -> list[str]:
    """The form of each formula as a short text; `own` is what the answer says that its own names are."""
    former = _Former({head.name: formula for head, formula in own.items() if not formula.indices})
    return [(NUMBER if former.is_number(node) else "") + _written(former.term(node)) for node in nodes]


OPEN = {Extremum: "extremum", Derivative: "limit", Limit: "limit", Expectation: "mean", Divergence: "mean"}
"""What is left to be worked out, by its sort; a sum or an integral over a space is a `mean`, too."""


def left_open(node: Node, told: Setting, declared: Mapping[Head, Formula], within: Mapping[Head, Formula]) -> str:
    """The sorts of what is left to be worked out in a formula.

    `name` if it is nothing but a name that is `declared` by a formula, `unknown` if it has what the task solves for.
    What the names of `within` stand for counts as if it were written out.
    """
    unknowns = told.unknown_names()
    bare = node.body if isinstance(node, Negative) else node
    found = {"name"} if _name(bare) in {head.name for head in declared} else set()
    for root in _written_out(node, within):
        found |= {"unknown"} if named(root, unknowns) else set()
        for here in walk(root):
            if type(here) in OPEN or (isinstance(here, Big) and any(bound.name in told.spaces for bound in here.over)):
                found.add(OPEN.get(type(here), "mean"))
    return " ".join(sorted(found))


def names_of(node: Node, within: Mapping[Head, Formula]) -> list[str]:
    """The names in a formula, those included that occur in what the names of `within` stand for."""
    names = (_name(part) for root in _written_out(node, within) for part in walk(root))
    return list(dict.fromkeys(filter(None, names)))


def _written_out(node: Node, within: Mapping[Head, Formula]) -> Iterator[Node]:
    """A formula and the formulas that its names stand for, each once."""
    names = {head.name: formula.body for head, formula in within.items()}
    pending = [node]
    while pending:
        root = pending.pop()
        yield root
        pending += [names.pop(_name(part)) for part in walk(root) if _name(part) in names]


@dataclass
class _Former:
    own: Mapping[str, Formula]
    terms: dict[str, Term] = field(default_factory=dict)
    """The terms of own names, each found once."""
    numbers: dict[str, bool] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)
    """Own names that are just looked into: one that is told by itself stays a name."""

    def is_number(self, node: Node) -> bool:
        body = self._body(node)
        if body is None:
            return isinstance(node, ARITHMETIC) and all(map(self.is_number, children(node)))
        name = _name(node)
        if name not in self.numbers:
            self.open.add(name)
            self.numbers[name] = self.is_number(body)
            self.open.discard(name)
        return self.numbers[name]

    def term(self, node: Node) -> Term:
        match node:
            case Number():
                return _product([(node.value, {})])
            case Negative():
                return _product([(Fraction(-1), {}), self.term(node.body)])
            case Add():
                return _sum([self.term(term) for term in node.terms])
            case Multiply():
                return _product([self.term(factor) for factor in node.factors])
            case Divide():
                bottom = self.term(node.bottom)
                return _product([self.term(node.top), _power(bottom, -1)]) if bottom[0] else self._thing(node)
            case Power():
                return self._raised(node)
            case Function():
                known = {"log": (ONE, NOTHING), "exp": (NOTHING, ONE)}.get(node.name)
                return known[1] if known and self.term(node.body) == known[0] else self._thing(node)
        return self._named(node)

    def _raised(self, node: Power) -> Term:
        base, (exponent, rest) = self.term(node.base), self.term(node.exponent)
        whole = not rest and exponent.denominator == 1 and abs(exponent) <= HIGHEST
        return _power(base, int(exponent)) if whole and (base[0] or exponent > 0) else self._thing(node)

    def _named(self, node: Node) -> Term:
        body = self._body(node)
        if body is None:
            return self._thing(node)
        name = _name(node)
        if name not in self.terms:
            self.open.add(name)
            self.terms[name] = self.term(body)
            self.open.discard(name)
        return self.terms[name]

    def _body(self, node: Node) -> Node | None:
        """What the answer says that a name is, where it stands as it stood there."""
        name = _name(node)
        if name not in self.own or name in self.open:
            return None
        head, body = self.own[name].head, self.own[name].body
        if isinstance(node, Symbol):
            return body if not node.indices and not node.copy and head.own in ((), ANY) else None
        assert isinstance(node, Apply)
        given = (*node.arguments, *node.given)
        plain = all(isinstance(a, Symbol) and not a.indices and not a.copy for a in given)
        same = plain and tuple(map(_name, given)) == head.variables
        return body if same or head.own == ANY else None

    def _thing(self, node: Node) -> Term:
        return Fraction(1), {_digest(self._told(node)): 1}

    def _told(self, node: Node) -> str:
        """A node that is not taken apart, with the forms of what stands in it."""
        inner = (self._inner(getattr(node, f.name)) for f in fields(node) if f.name not in ("span", "known"))
        return f"{type(node).__name__}({';'.join(inner)})"

    def _inner(self, value: object) -> str:
        if isinstance(value, Node):
            return _written(self.term(value))
        return f"[{','.join(map(self._inner, value))}]" if isinstance(value, tuple) else repr(value)


def _name(node: Node) -> str:
    return node.name if isinstance(node, Symbol) else node.function if isinstance(node, Apply) else ""


def _sum(terms: list[Term]) -> Term:
    """Equal things are gathered; what is left of several is a thing of its own, times the number of its first."""
    found: dict[str, Term] = {}
    for number, things in terms:
        key = _keyed(things)
        found[key] = (found.get(key, NOTHING)[0] + number, things)
    left = [(key, term) for key, term in sorted(found.items()) if term[0]]
    if len(left) < 2:
        return _product([term for _, term in left]) if left else NOTHING
    first = left[0][1][0]
    return _product([(first, {_digest("+".join(f"{_figures(term[0] / first)}*{key}" for key, term in left)): 1})])


def _product(terms: list[Term]) -> Term:
    number, things = Fraction(1), dict[str, int]()
    for factor, powers in terms:
        number *= factor
        for thing, power in powers.items():
            things[thing] = things.get(thing, 0) + power
        if max(number.numerator.bit_length(), number.denominator.bit_length()) > LONG:
            things[_digest(_figures(number))] = 1
            number = Fraction(1)
    return (number, {thing: power for thing, power in things.items() if power}) if number else NOTHING


def _power(term: Term, exponent: int) -> Term:
    number, things = term
    return _product([(number**exponent, {thing: power * exponent for thing, power in things.items()})])


def _keyed(things: Mapping[str, int]) -> str:
    return "*".join(f"{thing}^{power}" for thing, power in sorted(things.items()))


def _written(term: Term) -> str:
    return _digest(f"{_figures(term[0])}*{_keyed(term[1])}")


def _figures(number: Fraction) -> str:
    """In base 16, for Python refuses to write long numbers in base 10."""
    return f"{number.numerator:x}/{number.denominator:x}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
