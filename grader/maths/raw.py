"""Raw tokens of a formula, macros expanded: what TeX's own mouth would see, each token with its place.

A macro's tokens all stand where it was called. Expansion is bounded, so that a macro that calls itself ends in a
sentence, not in an endless loop. Nothing is executed: `\\input` and `\\write18` are unknown commands like any other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace

from grader.maths.notation import Macro, Notation
from grader.maths.signs import COMBINING, LOWERED, RAISED, UNICODE
from grader.maths.tree import Span
from grader.model import GradeboundError

CHARACTERS = 8_000
TOKENS = 3_000
EXPANSIONS = 500


class Unreadable(GradeboundError):  # noqa: N818
    """A formula that can't be read whole: `what` was not understood, in words, and where it stands (`span`)."""

    def __init__(self, what: str, span: Span) -> None:
        super().__init__(what)
        self.what = what
        self.span = span


class Token:
    """A token: its kind, its text, where it stands, whether a space stands before it, and a kind's own remark."""

    __slots__ = ("end", "kind", "role", "spaced", "start", "text")

    def __init__(self, kind: str, text: str, start: int, end: int, spaced: bool = False, role: str = "") -> None:
        self.kind = kind
        self.text = text
        self.start = start
        self.end = end
        self.spaced = spaced
        self.role = role

    def turned(self, kind: str, text: str, role: str = "") -> Token:
        """The same place, read as something else."""
        return Token(kind, text, self.start, self.end, self.spaced, role)


def place(position: int) -> str:
    """A place as a person counts: the first character is 1."""
    return f"at character {position + 1}"


_RAW = re.compile(r"(\s+|(?<!\\)%[^\n]*)|\\([A-Za-z]+)|\\(.)|([0-9]+(?:\.[0-9]+)?|\.[0-9]+)|([A-Za-z]+)|(.)", re.DOTALL)
_KINDS = ("", "space", "command", "escape", "number", "letters", "sign")


def raw(text: str, at: Span | None = None) -> list[Token]:
    """The raw tokens of a text; all stand at `at` if it is given. Kinds: command, escape, number, letters, sign."""
    found: list[Token] = []
    spaced = False
    for m in _RAW.finditer(text):
        kind = _KINDS[m.lastindex or 0]
        if kind == "space":
            spaced = True
            continue
        start, end = at or m.span()
        value = m[m.lastindex or 0]
        if kind == "sign" and not value.isascii():
            _foreign(value, (start, end), spaced, found)
        else:
            found.append(Token(kind, value, start, end, spaced))
        spaced = False
    return found


def _foreign(sign: str, span: Span, spaced: bool, found: list[Token]) -> None:
    if sign in COMBINING and found and found[-1].kind in {"letters", "command"}:
        return _accented(COMBINING[sign], span, found)
    table, script = (RAISED, "^") if sign in RAISED else (LOWERED, "_")
    if sign in table:
        return _scripted(table[sign], script, span, found)
    meaning = UNICODE.get(sign)
    if meaning is None:
        usual = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", sign))
        if usual == sign or len(usual) > 4:
            raise Unreadable(f"the sign U+{ord(sign):04X} {place(span[0])} is not known", span)
        meaning = usual
    inner = raw(meaning, span)
    if inner:
        inner[0].spaced = spaced
    found.extend(inner)
    return None


def _accented(accent: str, span: Span, found: list[Token]) -> None:
    base = found.pop()
    if base.kind == "letters" and len(base.text) > 1:
        found.append(Token("letters", base.text[:-1], base.start, base.end - 1, base.spaced))
        base = Token("letters", base.text[-1], base.end - 1, base.end)
    found.append(Token("command", accent, base.start, span[1], base.spaced))
    found += [base.turned("sign", "{"), base, base.turned("sign", "}")]


def _scripted(value: str, script: str, span: Span, found: list[Token]) -> None:
    inner = raw(value, span)
    if len(found) > 2 and found[-1].role == script:
        last = found.pop()
        if inner[0].kind == found[-1].kind == "number":
            found[-1] = Token("number", found[-1].text + inner[0].text, found[-1].start, span[1])
        else:
            found += inner
        found.append(last)
        return
    start, end = span
    found += [Token("sign", script, start, end), Token("sign", "{", start, end), *inner]
    found.append(Token("sign", "}", start, end, role=script))


DEFINING = frozenset(
    ["newcommand", "renewcommand", "providecommand", "def", "gdef", "edef", "xdef", "let", "DeclareMathOperator"]
)
DEFINING |= {"DeclareRobustCommand", "DeclarePairedDelimiter", "newcommandx"}
Body = tuple[int, list[Token]]


class Stack:
    """Tokens still to be read, the next one last, with macros expanded as they come up."""

    def __init__(self, text: str, notation: Notation) -> None:
        if len(text) > CHARACTERS:
            message = f"the formula has {len(text)} characters; formulas of at most {CHARACTERS} are read"
            raise Unreadable(message, (CHARACTERS, len(text)))
        self.pending = raw(text)[::-1]
        self.length = len(text)
        self.macros: dict[str, Body | Macro] = dict(notation.macros)
        self.expansions = 0
        self._bounded()

    def _bounded(self) -> None:
        if len(self.pending) > TOKENS:
            where = (self.pending[0].start, self.length)
            raise Unreadable(f"the formula has more than {TOKENS} signs, too many to be read", where)

    def pop(self) -> Token:
        """The next token, after expanding macros and remembering definitions; kind `end` when there is none."""
        while self.pending:
            token = self.pending.pop()
            if token.kind != "command":
                return token
            if token.text in DEFINING:
                self._define(token)
            elif token.text in self.macros:
                self._expand(token)
            else:
                return token
        return Token("end", "", self.length, self.length)

    def look(self) -> Token:
        """The next token, left where it is."""
        token = self.pop()
        if token.kind != "end":
            self.pending.append(token)
        return token

    def group(self, after: Token) -> list[Token]:
        """The tokens of the next argument, in order, without its braces: a group or one token."""
        if not self.pending:
            what = f"\\{after.text}" if after.kind == "command" else after.text
            raise Unreadable(f"{what} {place(after.start)} lacks what it acts on", (after.start, after.end))
        first = self.pending.pop()
        if first.text != "{" or first.kind != "sign":
            if first.kind in {"number", "letters"} and len(first.text) > 1 and after.role != "whole":
                cut = first.start + 1 if first.end - first.start == len(first.text) else first.start
                self.pending.append(Token(first.kind, first.text[1:], cut, first.end))
                first = Token(first.kind, first.text[0], first.start, max(cut, first.start), first.spaced)
            return [first]
        found: list[Token] = []
        depth = 1
        while self.pending:
            token = self.pending.pop()
            if token.kind == "sign":
                depth += (token.text == "{") - (token.text == "}")
                if depth == 0:
                    return found
            found.append(token)
        raise Unreadable(f"an opening brace {place(first.start)} is never closed", (first.start, first.end))

    def option(self) -> list[Token] | None:
        """The tokens between square brackets, if such an option comes next."""
        if not self.pending or self.pending[-1].text != "[":
            return None
        first = self.pending.pop()
        found: list[Token] = []
        while self.pending:
            token = self.pending.pop()
            if token.text == "]" and token.kind == "sign":
                return found
            found.append(token)
        raise Unreadable(f"an opening bracket {place(first.start)} is never closed", (first.start, first.end))

    def push(self, tokens: list[Token]) -> None:
        """Puts tokens back, to be read next."""
        self.pending.extend(reversed(tokens))
        self._bounded()

    def _expand(self, call: Token) -> None:
        self.expansions += 1
        if self.expansions > EXPANSIONS:
            message = f"the macro \\{call.text} {place(call.start)} expands without end"
            raise Unreadable(message, (call.start, call.end))
        macro = self.macros[call.text]
        if isinstance(macro, Macro):
            macro = self.macros[call.text] = (macro.arguments, raw(macro.body))
        count, body = macro
        given = [self.group(call) for _ in range(count)]
        self.push(_substituted(body, given, call))

    def _define(self, command: Token) -> None:
        name, body = _definition(self, command)
        self.macros[name] = body


def _substituted(body: list[Token], given: list[list[Token]], call: Token) -> list[Token]:
    found: list[Token] = []
    hash_before = False
    for token in body:
        if hash_before:
            hash_before = False
            number = int(token.text[0]) if token.kind == "number" else 0
            if not 0 < number <= len(given):
                message = f"the macro \\{call.text} {place(call.start)} uses an argument that it does not take"
                raise Unreadable(message, (call.start, call.end))
            found += given[number - 1]
            if len(token.text) > 1:
                found.append(Token("number", token.text[1:], call.start, call.end))
        elif token.kind == "sign" and token.text == "#":
            hash_before = True
        else:
            found.append(Token(token.kind, token.text, call.start, call.end, token.spaced, token.role))
    return found


def _definition(stack: Stack, command: Token) -> tuple[str, Body]:
    """The name and the body that a defining command gives it."""
    pending = stack.pending
    whole = (command.start, command.end)
    if pending and pending[-1].text == "*":
        pending.pop()
    named = stack.group(command)
    if len(named) != 1 or named[0].kind != "command":
        raise Unreadable(f"\\{command.text} {place(command.start)} names no command", whole)
    name = named[0].text
    if command.text in {"def", "gdef", "edef", "xdef"}:
        return name, (_parameters(pending), stack.group(command))
    if command.text == "let":
        if pending and pending[-1].text == "=":
            pending.pop()
        meaning = stack.group(command)
        return name, stack.macros.get(meaning[0].text, (0, meaning)) if meaning[0].kind == "command" else (0, meaning)  # type: ignore[return-value]
    if command.text == "DeclareMathOperator":
        inner = [command.turned("sign", "{"), *stack.group(command), command.turned("sign", "}")]
        return name, (0, [command.turned("command", "operatorname"), *inner])
    if command.text == "DeclarePairedDelimiter":
        left, right = stack.group(command), stack.group(command)
        return name, (1, [*left, command.turned("sign", "#"), command.turned("number", "1"), *right])
    count, default = stack.option(), stack.option()
    if default is not None:
        raise Unreadable(f"the macro \\{name} {place(command.start)} has an argument that may be left out", whole)
    number = int(count[0].text) if count and count[0].text in "123456789" else 0
    return name, (number, stack.group(command))


def _parameters(pending: list[Token]) -> int:
    count = 0
    while len(pending) > 1 and pending[-1].text == "#":
        pending.pop()
        pending.pop()
        count += 1
    return count


_DEFINES = re.compile(r"\\(?:" + "|".join(sorted(DEFINING)) + r")(?![A-Za-z])")


def definitions(text: str) -> dict[str, Macro]:
    """The macros that an answer defines anywhere (`\\newcommand`, `\\def`, `\\DeclareMathOperator` …).

    A definition that can't be read is left out: the formula that uses it then says that the command is not known.
    """
    found: dict[str, Macro] = {}
    for m in _DEFINES.finditer(text[:200_000]):
        if len(found) >= 200:
            break
        part = text[m.start() : m.start() + 1_000]
        try:
            stack = Stack("", Notation())
            stack.pending = raw(part)[::-1]
            name, (count, body) = _definition(stack, stack.pending.pop())
        except Unreadable:
            continue
        found[name] = Macro(count, "".join(_spelt(token) for token in body))
    return found


def _spelt(token: Token) -> str:
    if token.kind == "command":
        return f"\\{token.text} "
    return f"\\{token.text}" if token.kind == "escape" else token.text


def with_macros(notation: Notation, text: str) -> Notation:
    """The notation with the macros that a student's answer defines; the course's own of the same name stay."""
    own = definitions(text)
    merged: Mapping[str, Macro] = {**own, **notation.macros}
    return replace(notation, macros=merged) if own else notation
