"""What a scan may have made of a line: trees in which one plausible misreading of a character is taken back.

Only few are offered, the likeliest first, for with many of them some wrong step would come out right. None is ever
taken for what was written: a person is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import islice

from grader.maths.setting import Setting
from grader.maths.slips import Wrap, places
from grader.maths.tree import (
    Add,
    Apply,
    Big,
    Divide,
    Function,
    Multiply,
    Negative,
    Node,
    Number,
    Power,
    Symbol,
    rebuilt,
)

READINGS = 6
LOOKALIKES = {"p": "q", "q": "p", "u": "v", "v": "u", "z": "2", "l": "1", "s": "5", "S": "5", "b": "6", "O": "0"}
TWO = Number(Fraction(2))


def misreadings(node: Node, told: Setting) -> list[Node]:
    """At most six other trees: roots and noise first, then digits, then letters from the end of the line."""
    found: list[Node] = []
    for other in islice(_all(node, told), 40):
        if other != node and other not in found:
            found.append(other)
        if len(found) == READINGS:
            break
    return found


def _all(node: Node, told: Setting) -> Iterator[Node]:
    yield _rooted(node)
    every = list(places(node))
    yield from (wrap(new) for part, _, wrap in every for new in _noise(part, node))
    yield from _each(every, told, first=True)
    yield from _each(every[::-1], told, first=False)


def _each(every: list[tuple[Node, Node | None, Wrap]], told: Setting, *, first: bool) -> Iterator[Node]:
    for part, parent, wrap in every:
        for new in _digits(part, parent) if first else _letters(part, told):
            yield wrap(new)


def _rooted(node: Node) -> Node:
    r"""`\sqrt{2\pi}\sigma^2` read as `\sqrt{2\pi\sigma^2}` wherever it stands: one hand wrote the line."""
    new = rebuilt(node, _rooted)
    if not isinstance(new, Multiply):
        return new
    for k, (root, square) in enumerate(zip(new.factors, new.factors[1:], strict=False)):
        if isinstance(root, Function) and root.name == "sqrt" and isinstance(square, Power) and square.exponent == TWO:
            inner = root.body.factors if isinstance(root.body, Multiply) else (root.body,)
            whole = Function("sqrt", Multiply((*inner, square)))
            rest = (*new.factors[:k], whole, *new.factors[k + 2 :])
            return rest[0] if len(rest) == 1 else Multiply(rest)
    return new


def _noise(part: Node, whole: Node) -> Iterator[Node]:
    """What a scan adds at the end of a row: a last factor, a denominator, or a last term."""
    if isinstance(part, Divide) and _ends_with(whole, part):
        yield part.top
    if isinstance(part, Multiply) and _ends_with(whole, part):
        rest = part.factors[:-1]
        yield rest[0] if len(rest) == 1 else Multiply(rest)


def _ends_with(node: Node, part: Node) -> bool:
    """Whether the line ends with this part."""
    while node is not part:
        if isinstance(node, Add):
            node = node.terms[-1]
        elif isinstance(node, Multiply):
            node = node.factors[-1]
        elif isinstance(node, Negative | Big):
            node = node.body
        else:
            return False
    return True


def _digits(part: Node, parent: Node | None) -> Iterator[Node]:
    if isinstance(part, Symbol) and LOOKALIKES.get(part.name, "").isdigit() and not part.indices and not part.known:
        yield Number(Fraction(int(LOOKALIKES[part.name])))
    if isinstance(part, Symbol) and len(part.indices) == 1 and not part.known:
        # A subscript that slid down: `\\sigma_2` for σ².
        yield Power(replace(part, indices=()), part.indices[0])
    if isinstance(part, Multiply):
        for k, (base, number) in enumerate(zip(part.factors, part.factors[1:], strict=False)):
            if isinstance(number, Number) and isinstance(base, Symbol):
                rest = (*part.factors[:k], Power(base, number), *part.factors[k + 2 :])
                yield rest[0] if len(rest) == 1 else Multiply(rest)
    if isinstance(part, Number) and part.value in (0, 1, 7) and not isinstance(parent, Power):
        yield from (Number(Fraction(value)) for value in {0: (6,), 1: (7,), 7: (1,)}[int(part.value)])


def _letters(part: Node, told: Setting) -> Iterator[Node]:
    if isinstance(part, Symbol):
        names = [*told.scalars, *told.vectors, *(h.name for h in told.densities)]
        yield from (replace(part, name=other) for other in names if _alike(part.name, other))
    if isinstance(part, Apply):
        functions = dict.fromkeys([*told.joints, *(h.name for h in told.densities), *told.pushforwards])
        yield from (replace(part, function=other) for other in functions if _alike(part.function, other))


def _alike(name: str, other: str) -> bool:
    """Whether two names differ in one letter that is easily taken for the other, such as μ_p and μ_q."""
    if len(name) != len(other):
        return False
    differing = [(a, b) for a, b in zip(name, other, strict=True) if a != b]
    return len(differing) == 1 and LOOKALIKES.get(differing[0][0]) == differing[0][1]
