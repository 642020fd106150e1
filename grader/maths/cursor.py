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
        elif differs(found, i):
            if levels[-1]:
                last = _closed(found, i, levels[-1])
            elif last is not None and found[i - 1].role == "by" and not levels[-1]:
                token.kind, token.role = "differential", "extra"
            elif len(levels) > 1 and levels[-2] and _numerator(found, i):
                moved[levels[-2].pop()[0]] = (i, name_end(found, i + 1))
            if token.kind == "differential":
                found[name_end(found, i + 1) - 1].role = "by"
    return _moved(found, moved) if moved else found


def _closed(found: list[Token], i: int, waiting: list[list[int]]) -> list[int]:
    integral = waiting[-1]
    found[i].kind = "differential"
    found[integral[0]].role = "closed"
    integral[1] -= 1
    if integral[1] == 0:
        waiting.pop()
    return integral


def differs(found: list[Token], i: int) -> bool:
    """Whether the d of a differential stands at a token."""
    token, after = found[i], found[i + 1] if i + 1 < len(found) else None
    if token.text != "d" or token.kind != "name" or after is None or after.kind not in {"name", "word", "{"}:
        return False
    if i and found[i - 1].kind in {"_", "^"}:
        return False
    return token.role == "roman" or not after.spaced or (i > 0 and token.spaced)


def name_end(found: list[Token], i: int) -> int:
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


def _unroled(found: list[Token]) -> None:
    """Makes plain bars of those that open or close nothing: `p(x \\lvert z)` is written for `p(x | z)`."""
    levels: list[list[Token]] = [[]]
    for token in found:
        if token.kind in {"{", "open"}:
            levels.append([])
        elif token.kind in _CLOSERS or token.kind == "end":
            for bar in levels.pop() if len(levels) > 1 or token.kind == "end" else ():
                bar.role = ""
        elif token.kind in {"bar", "dbar"}:
            waiting = [bar for bar in levels[-1] if bar.kind == token.kind]
            if token.role == "open":
                levels[-1].append(token)
            elif waiting:
                levels[-1].remove(waiting[-1])
            elif token.role == "close":
                token.role = "" if len(levels) > 1 else "close"


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
            if depth > 0 or tables > 0 or not made or made[-1].kind in _UNFINISHED or after in _GOING_ON:
                continue
            if _operates(made):
                continue
        if kind == "amp" and not tables and depth == 0 and _is_gap(made, found, i):
            made.append(token.turned("quad", ""))
        elif tables > 0 or kind not in {"amp", "newline"}:
            made.append(token)
    return made


def _is_gap(before: list[Token], found: list[Token], i: int) -> bool:
    """Whether an `&` stands between two formulas of one row, and neither aligns a relation nor breaks a line."""
    after = next((t for t in found[i + 1 :] if t.kind not in _LAYOUT), None)
    whole = bool(before) and not _operates(before) and before[-1].kind in _WHOLE
    starts = after is not None and after.kind in _STARTING
    return whole and starts


def _operates(before: list[Token]) -> bool:
    """Whether the last token ends what stands below or above an operator."""
    i = len(before) - 1
    while i > 0 and (before[i].kind == "}" or before[i - 1].kind in {"_", "^"}):
        depth = 0
        while i > 0:
            depth += (before[i].kind == "}") - (before[i].kind == "{")
            if depth == 0:
                break
            i -= 1
        if before[i - 1].kind not in {"_", "^"}:
            return False
        i -= 2
    return before[i].kind in {"big", "ext", "int", "nabla", "partial"}


def _unbraced(found: list[Token]) -> list[Token]:
    """The tokens without needless braces around a function's name: `{\\mu_\\theta}(x)` is `\\mu_\\theta(x)`."""
    gone: set[int] = set()
    opened: list[int] = []
    last = -1
    for i, token in enumerate(found):
        if token.kind == "}" and opened:
            last = opened.pop()
        if token.kind != "{":
            continue
        opened.append(i)
        whole = i > 0 and found[i - 1].kind == "}" and last > 0 and found[last - 1].kind in {"}", "_", "^"}
        argued = i > 0 and found[i - 1].kind in _ARGUED and not whole
        if argued or found[i + 1].kind not in {"name", "word"}:
            continue
        end = name_end(found, i + 1)
        attached = {"open"} if end > i + 2 else {"open", "_", "prime"}
        called = found[end].kind == "}" and found[end + 1].kind in attached
        if called and not (i and found[i - 1].text == "sqrt") and not _raised(found[i + 1 : end]):
            gone |= {i, end}
    return [token for i, token in enumerate(found) if i not in gone] if gone else found


def _opened(found: list[Token]) -> list[Token]:
    """The tokens without braces around all that an integral or a bracket holds: `\\int {p(z) dz}`, `p({x|z})`."""
    gone: set[int] = set()
    for i, token in enumerate(found):
        if token.kind == "open" and found[i + 1].kind == "{":
            end = _group_end(found, i + 1)
            gone |= {i + 1, end - 1} if found[end].kind == "close" else set()
        if token.kind != "int":
            continue
        start = i + 1
        while found[start].kind in {"_", "^"}:
            start = _group_end(found, start + 1)
        end = _group_end(found, start) - 1
        if found[start].kind == "{" and any(differs(found, k) for k in _level(found, start, end)):
            gone |= {start, end}
    return [token for i, token in enumerate(found) if i not in gone] if gone else found


def _level(found: list[Token], start: int, end: int) -> Iterator[int]:
    """The places between two braces that stand in no braces or brackets of their own."""
    depth = 0
    for i in range(start + 1, end):
        depth += (found[i].kind in {"{", "open"}) - (found[i].kind in {"}", "close"})
        if depth == 0:
            yield i


def _lowered(found: list[Token], silent: frozenset[str]) -> list[Token]:
    """The tokens, where a bracket slipped into a silent label: `p_{\\theta(z|x)}` is `p_\\theta(z|x)`."""
    made = list(found)
    for i in range(1, len(found) - 4):
        below = (
            found[i - 1].kind in {"name", "word"}
            and [t.kind for t in found[i : i + 4]] == ["_", "{", "name", "open"]
            and found[i + 2].text in silent
        )
        end = _group_end(found, i + 1) if below else 0
        if below and found[end].kind != "open" and _closes(found, i + 3) == end - 2:
            made[i + 3 : end] = [found[end - 1], *found[i + 3 : end - 1]]
    return made


def _named_before(found: list[Token], i: int) -> str:
    """The name whose arguments open at a token, without its scripts."""
    i -= 1
    while i > 0 and (found[i].kind == "}" or found[i - 1].kind in {"_", "^"}):
        depth = 0
        while i > 0:
            depth += (found[i].kind == "}") - (found[i].kind == "{")
            if depth == 0:
                break
            i -= 1
        i -= 2
    return found[max(i, 0)].text


def _closes(found: list[Token], i: int) -> int:
    """Where the bracket that opens here is closed."""
    depth = 0
    while found[i].kind != "end":
        depth += (found[i].kind in {"{", "open"}) - (found[i].kind in {"}", "close"})
        if depth == 0:
            break
        i += 1
    return i


_WHOLE = frozenset({"name", "word", "number", "close", "}", "constant", "text"})
_STARTING = frozenset({"name", "word", "number", "big", "int", "ext", "fn", "frac", "text"})
_ARGUED = frozenset({"_", "^", "frac", "binom", "under", "}", "begin", "cases", "number"})
"""What takes braces for its own."""


def _raised(name: list[Token]) -> bool:
    depth = 0
    for token in name:
        depth += (token.kind == "{") - (token.kind == "}")
        if depth == 0 and token.kind == "^":
            return True
    return False


_AFTER = frozenset({"bar", "mid", ",", "close"})
_LAYOUT = frozenset({"amp", "newline", "quad"})
_UNFINISHED = frozenset({"op", "rel", "open", "{", "fn", "big", "int", "ext", "frac", "_", "^"})
_GOING_ON = frozenset({"op", "rel", "^", "_", "close", "}", "differential"})


class Cursor(ABC):
    """Where reading stands; what a bar would mean there; which names sums and integrals around it bind."""

    def __init__(self, text: str, notation: Notation) -> None:
        self.text = text
        self.notation = notation
        self.plain = "\\" not in text and "{" not in text
        self.tokens = integrals(_opened(_unbraced(_lowered(_without_layout(tokens(text, notation)), notation.silent))))
        self.at = 0
        self.depth = 0
        self.slashes = 0
        self.bar = False
        self.double = False
        self.leading = -1
        self.local: dict[str, int] = {}
        self.notes: list[str] = []
        groups = (notation.variables, notation.indices, notation.densities, notation.functions, notation.scalars)
        self.declared = frozenset[str]().union(*groups, notation.vectors, notation.matrices)
        self.unsaid = notation.silent - self.declared - frozenset(notation.aliases)
        self.ranging = self._ranging()
        self.match: dict[int, int] = {}
        self.bars: dict[int, int] = {}
        self.doubles: dict[int, int] = {}
        self.commas: dict[int, int] = {}
        self._pair()

    def _ranging(self) -> frozenset[str]:
        """The silent names that a density here is a density of, as ψ in `q(\\psi | w) q(w)`: there they are said."""
        found: set[str] = set()
        for i, token in enumerate(self.tokens[1:-2], 1):
            if token.kind != "open" or self.tokens[i + 1].text not in self.unsaid:
                continue
            after, density = self.tokens[name_end(self.tokens, i + 1)], _named_before(self.tokens, i)
            names = self.notation.densities | self.notation.functions
            if (density in names or self.notation.aliases.get(density) in names) and after.kind in _AFTER:
                found.add(self.tokens[i + 1].text)
        return frozenset(found)

    @abstractmethod
    def expression(self) -> Node:
        """A sum of terms, from here to what can't belong to it."""

    @abstractmethod
    def product(self, *, bare: bool = False, tight: bool = False) -> Node:
        """A product of factors; `bare` is the argument of a function without brackets, `tight` what a ∇ derives."""

    @abstractmethod
    def factor(self) -> Node:
        """One factor with its exponent."""

    def _pair(self) -> None:
        opened: list[int] = []
        waiting: dict[int, int] = {}
        _unroled(self.tokens)
        for i, token in enumerate(self.tokens):
            kind = token.kind
            if kind in {"{", "open"}:
                opened.append(i)
                self.bars[i] = self.doubles[i] = self.commas[i] = 0
            elif kind in _CLOSERS:
                if not opened:
                    what = f"a closing {_CLOSERS[kind]} {place(token.start)} was never opened"
                    raise Unreadable(what, (token.start, token.end))
                start = opened.pop()
                self._fits(self.tokens[start], token)
                self.match[start] = i
            elif kind == "," and opened:
                self.commas[opened[-1]] += 1
            elif kind == "bar" and self._takes_at(i, opened):
                continue
            elif kind == "bar" and token.role == "open" and opened:
                waiting[opened[-1]] = waiting.get(opened[-1], 0) + 1
            elif kind == "bar" and opened and waiting.get(opened[-1], 0):
                waiting[opened[-1]] -= 1
            elif kind == "bar" and token.role not in {"open", "close"} and opened:
                self.bars[opened[-1]] += 1
            elif kind == "dbar" and token.role not in {"open", "close"} and opened:
                self.doubles[opened[-1]] += 1
        if opened:
            token = self.tokens[opened[0]]
            bracket = "brace" if token.kind == "{" else "bracket"
            raise Unreadable(f"an opening {bracket} {place(token.start)} is never closed", (token.start, token.end))

    def _takes_at(self, i: int, opened: list[int]) -> bool:
        """Whether a bar is that of `f(x)|_{x=0}`: an index stands behind it, and it closes nothing."""
        first = not opened or self.bars[opened[-1]] % 2 == 0
        return self.tokens[i + 1].kind == "_" and self.tokens[i - 1].kind != "bar" and first and i > 0

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
