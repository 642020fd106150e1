"""A place in the tokens of a formula, and what has to be known before reading: which brackets belong together,
how many bars stand between them, and which `dx` closes which integral.

Reading goes forward only: what a bracket or a bar means is settled here by one look over all tokens, so that no
formula is ever read twice and hostile ones cost no more than their length.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager

from grader.maths.lex import Token, Unreadable, place, tokens
from grader.maths.notation import Notation
from grader.maths.symbols import OPEN
from grader.maths.tree import Bound, Node, Span

DEPTH = 60
_CLOSERS = {"}": "brace", "close": "bracket"}


def integrals(found: list[Token]) -> list[Token]:
    """The tokens with each `d` of a differential told apart from a factor d.

    An integral whose dx stands behind its body gets the role `closed`; one whose dx stands inside a fraction gets the
    variable's tokens moved to its front.
    """
    if not any(token.kind == "int" for token in found):
        return found
    levels: list[list[list[int]]] = [[]]
    last: list[int] | None = None
    moved: dict[int, tuple[int, int]] = {}
    for i, token in enumerate(found):
        kind = token.kind
        if kind in {"{", "open", "begin"}:
            levels.append([])
        elif kind in {"}", "close", "closing"} and len(levels) > 1:
            levels.pop()
        elif kind == "int":
            levels[-1].append([i, int(token.role)])
        elif kind in {"rel", "arrow", "quad"}:
            levels[-1].clear()
        elif _differential(found, i):
            if levels[-1]:
                last = _closed(found, i, levels[-1])
            elif last is not None and found[i - 1].role == "by" and not levels[-1]:
                token.kind, token.role = "differential", "extra"
            elif len(levels) > 1 and levels[-2] and _numerator(found, i):
                moved[levels[-2].pop()[0]] = (i, _name_end(found, i + 1))
            if token.kind == "differential":
                found[_name_end(found, i + 1) - 1].role = "by"
    return _moved(found, moved) if moved else found


def _closed(found: list[Token], i: int, waiting: list[list[int]]) -> list[int]:
    integral = waiting[-1]
    found[i].kind = "differential"
    found[integral[0]].role = "closed"
    integral[1] -= 1
    if integral[1] == 0:
        waiting.pop()
    return integral


def _differential(found: list[Token], i: int) -> bool:
    token, after = found[i], found[i + 1] if i + 1 < len(found) else None
    if token.text != "d" or token.kind != "name" or after is None or after.kind not in {"name", "word", "{"}:
        return False
    if i and found[i - 1].kind in {"_", "^"}:
        return False
    return token.role == "roman" or not after.spaced or (i > 0 and token.spaced)


def _name_end(found: list[Token], i: int) -> int:
    """One past the name that begins at a token, with its scripts."""
    i = _group_end(found, i)
    while found[i].kind in {"_", "^", "prime"}:
        i = i + 1 if found[i].kind == "prime" else _group_end(found, i + 1)
    return i


def _group_end(found: list[Token], i: int) -> int:
    if found[i].kind != "{":
        return min(i + 1, len(found) - 1)
    depth = 0
    while found[i].kind != "end":
        depth += (found[i].kind == "{") - (found[i].kind == "}")
        i += 1
        if depth == 0:
            break
    return min(i, len(found) - 1)


def _numerator(found: list[Token], i: int) -> bool:
    """Whether a token stands directly in a numerator, and not in that of a derivative."""
    depth, start = 0, i
    while start > 0 and depth >= 0:
        start -= 1
        depth += (found[start].kind == "}") - (found[start].kind == "{")
    end = _group_end(found, start)
    derivative = found[end].kind == "{" and found[end + 1].text == "d"
    return start > 0 and found[start - 1].kind == "frac" and not derivative


def _moved(found: list[Token], moved: dict[int, tuple[int, int]]) -> list[Token]:
    gone = {j for start, end in moved.values() for j in range(start, end)}
    fronts: dict[int, tuple[int, int]] = {}
    for i, places in moved.items():
        front = i + 1
        while found[front].kind in {"_", "^"}:
            front = _group_end(found, front + 1)
        fronts[front] = places
    made: list[Token] = []
    for i, token in enumerate(found):
        if i in fronts:
            start, end = fronts[i]
            made += [found[start].turned("differential", "d"), *found[start + 1 : end]]
        if i not in gone:
            made.append(token)
        elif i - 1 not in gone and found[i - 1].kind == "{" and found[_after(gone, i)].kind == "}":
            made.append(token.turned("number", "1"))
    return made


def _after(gone: set[int], i: int) -> int:
    while i in gone:
        i += 1
    return i


def _without_layout(found: list[Token]) -> list[Token]:
    """The tokens without the `&` and `\\\\` that no matrix needs, and without gaps inside a formula."""
    if not any(token.kind in _LAYOUT for token in found):
        return found
    made: list[Token] = []
    tables = depth = 0
    for i, token in enumerate(found):
        kind = token.kind
        tables += (kind in {"begin", "cases"}) - (kind == "closing")
        depth += (kind in {"open", "{"}) - (kind in {"close", "}"})
        if kind == "quad":
            after = next((t.kind for t in found[i + 1 : i + 40] if t.kind not in _LAYOUT), "end")
            if depth > 0 or not made or made[-1].kind in _UNFINISHED or after in _GOING_ON:
                continue
        if tables > 0 or kind not in {"amp", "newline"}:
            made.append(token)
    return made


_LAYOUT = frozenset({"amp", "newline", "quad"})
_UNFINISHED = frozenset({"op", "rel", "open", "{", "fn", "big", "int", "ext", "frac", "_", "^"})
_GOING_ON = frozenset({"op", "rel", "^", "_", "close", "}", "differential"})


class Cursor(ABC):
    """Where reading stands; what a bar would mean there; which names sums and integrals around it bind."""

    def __init__(self, text: str, notation: Notation) -> None:
        self.text = text
        self.notation = notation
        self.plain = "\\" not in text and "{" not in text
        self.tokens = integrals(_without_layout(tokens(text, notation)))
        self.at = 0
        self.depth = 0
        self.slashes = 0
        self.bar = False
        self.double = False
        self.leading = -1
        self.local: dict[str, int] = {}
        groups = (notation.variables, notation.indices, notation.densities, notation.functions, notation.scalars)
        self.declared = frozenset[str]().union(*groups, notation.vectors, notation.matrices)
        self.match: dict[int, int] = {}
        self.bars: dict[int, int] = {}
        self.doubles: dict[int, int] = {}
        self._pair()

    @abstractmethod
    def expression(self) -> Node:
        """A sum of terms, from here to what can't belong to it."""

    @abstractmethod
    def product(self, *, bare: bool = False) -> Node:
        """A product of factors; `bare` is the argument of a function without brackets."""

    @abstractmethod
    def factor(self) -> Node:
        """One factor with its exponent."""

    def _pair(self) -> None:
        opened: list[int] = []
        for i, token in enumerate(self.tokens):
            kind = token.kind
            if kind in {"{", "open"}:
                opened.append(i)
                self.bars[i] = self.doubles[i] = 0
            elif kind in _CLOSERS:
                if not opened:
                    what = f"a closing {_CLOSERS[kind]} {place(token.start)} was never opened"
                    raise Unreadable(what, (token.start, token.end))
                start = opened.pop()
                self._fits(self.tokens[start], token)
                self.match[start] = i
            elif kind == "bar" and token.role not in {"open", "close"} and opened:
                self.bars[opened[-1]] += 1
            elif kind == "dbar" and token.role not in {"open", "close"} and opened:
                self.doubles[opened[-1]] += 1
        if opened:
            token = self.tokens[opened[0]]
            bracket = "brace" if token.kind == "{" else "bracket"
            raise Unreadable(f"an opening {bracket} {place(token.start)} is never closed", (token.start, token.end))

    def _fits(self, opening: Token, closing: Token) -> None:
        wanted = "}" if opening.kind == "{" else OPEN[opening.text]
        interval = {opening.text, closing.text} in ({"(", "]"}, {"[", ")"})
        if closing.text != wanted and not interval:
            what = (
                f"the bracket {opening.text} {place(opening.start)} is closed by {closing.text} {place(closing.start)}"
            )
            raise Unreadable(what, (opening.start, closing.end))

    def peek(self, ahead: int = 0) -> Token:
        """A token from here on; the last one, of kind `end`, stands for all behind it."""
        i = self.at + ahead
        return self.tokens[i] if i < len(self.tokens) else self.tokens[-1]

    def take(self) -> Token:
        """The token here, and on to the next."""
        token = self.tokens[self.at]
        if token.kind != "end":
            self.at += 1
        return token

    def span(self, start: int) -> Span:
        """The place from a token to the last one read."""
        first, last = self.tokens[start], self.tokens[max(self.at - 1, start)]
        return (first.start, max(last.end, first.end))

    def fail(self, what: str, token: Token) -> Unreadable:
        """The complaint about a token, with its place: `what` goes on as "… at character n"."""
        return Unreadable(f"{what} {place(token.start)}", (token.start, max(token.end, token.start)))

    def unexpected(self) -> Unreadable:
        """The complaint that what stands here doesn't belong here."""
        token = self.peek()
        if token.kind == "end":
            return Unreadable("the formula ends where something is still missing", (token.start, token.end))
        shown = self.text[token.start : token.end].strip() or token.text
        return self.fail(f"{shown[:20]!s} is not understood", token)

    def label(self, low: int, high: int) -> str:
        """The spelling of some tokens as a label: canonical, without needless braces and spaces."""
        made = ""
        for token in self.tokens[low:high]:
            text = "*" if token.kind == "star" and token.text == "*" else token.text
            if made and text[:1].isalpha() and _ends_in_command(made):
                made += " "
            made += text
        return made

    def script(self) -> tuple[int, int]:
        """The tokens of the sub- or superscript that begins here, without braces; reading goes on behind it."""
        token = self.peek()
        if token.kind == "{":
            low, high = self.at + 1, self.match[self.at]
            self.at = high + 1
            while low < high and self.tokens[low].kind == "{" and self.match[low] == high - 1:
                low, high = low + 1, high - 1
            return low, high
        if token.kind in {"end", "}", "close", "^", "_", "amp", "rel", ","}:
            raise self.fail("an exponent or index is missing", token)
        if self.plain and token.kind == "open":
            low, high = self.at + 1, self.match[self.at]
            self.at = high + 1
            return low, high
        if token.kind == "op" and token.text == "-" and self.plain:
            self.at += 2
            return self.at - 2, self.at
        if token.kind in {"frac", "fn", "binom"}:
            low = self.at
            self.depth += 1
            self.factor()
            self.depth -= 1
            return low, self.at
        self.at += 1
        return self.at - 1, self.at

    @contextmanager
    def only(self, low: int, high: int) -> Iterator[None]:
        """Reads some tokens as if they were all, and comes back to where reading stood."""
        saved = (self.at, self.bar, self.double, self.tokens[high])
        self.at, self.bar, self.double = low, False, False
        self.tokens[high] = Token("end", "", saved[3].start, saved[3].start)
        yield
        self.at, self.bar, self.double, self.tokens[high] = saved

    def braced(self) -> Node:
        """The expression in the braces that begin here."""
        saved = (self.bar, self.double)
        opening = self.at
        self.take()
        if self.at == self.match[opening]:
            raise self.fail("nothing stands in the braces", self.tokens[opening])
        self.bar = self.double = False
        node = self.expression()
        if self.at != self.match[opening]:
            raise self.unexpected()
        self.take()
        self.bar, self.double = saved
        return node

    def bind(self, bounds: tuple[Bound, ...]) -> None:
        """Makes names known for as long as the body is read."""
        for bound in bounds:
            self.local[bound.name] = self.local.get(bound.name, 0) + 1

    def release(self, bounds: tuple[Bound, ...]) -> None:
        """Ends what `bind` began."""
        for bound in bounds:
            self.local[bound.name] -= 1


def _ends_in_command(text: str) -> bool:
    head, _, tail = text.rpartition("\\")
    return bool(tail) and tail.isalpha() and text[len(head)] == "\\" and len(head) < len(text) - 1
