"""Tokens of a formula, ready to be read: names, functions, relations, brackets, each with its place.

Layout commands are gone, fonts and accents belong to their names, words are told from products of letters.
"""

from __future__ import annotations

from collections.abc import Callable

from grader.maths.commands import COMMANDS, KNOWN_WORDS, LAYOUTS, MATRICES, SIGNS, SPOKEN
from grader.maths.fonts import Fonts
from grader.maths.notation import Notation
from grader.maths.raw import Stack, Token, Unreadable, definitions, place, with_macros
from grader.maths.symbols import (
    ACCENTS,
    DROPPED,
    EXTREMA,
    FONTS,
    FUNCTIONS,
    INTEGRALS,
    OLD_FONTS,
    ROMAN,
    SIZED,
    SPACES,
    TEXT,
    UNWRAPPED,
    WORDS,
    WRAPPERS,
)

__all__ = ["Token", "Unreadable", "definitions", "place", "tokens", "with_macros"]


def tokens(text: str, notation: Notation) -> list[Token]:
    """The tokens of a formula, closed by one of kind `end`.

    Raises Unreadable for a sign or a command that is not known, and where the formula is too long.
    """
    stack = Stack(text, notation)
    writer = _Lexer(stack, notation, plain="\\" not in text and "{" not in text)
    return writer.run()


class _Lexer(Fonts):
    def __init__(self, stack: Stack, notation: Notation, *, plain: bool) -> None:
        super().__init__(stack)
        self.plain = plain
        groups = (notation.variables, notation.indices, notation.densities, notation.functions)
        more = (notation.scalars, notation.vectors, notation.matrices, frozenset(notation.aliases))
        self.declared = frozenset[str]().union(*groups, *more)
        self.letters = {name for name in self.declared if len(name) == 1} | {"d", "e"}

    def run(self) -> list[Token]:
        stack, out, signs = self.stack, self.out, SIGNS
        while True:
            token = stack.pop()
            if token.kind == "sign":
                kind = signs.get(token.text)
                if kind is None or token.text in ":<>=-|.":
                    self._sign(token, kind)
                elif kind == "}" and self._alone():
                    del out[-2]
                else:
                    token.kind = kind
                    out.append(token)
            elif token.kind == "letters":
                self._letters(token)
            elif token.kind == "command":
                self._command(token)
            elif token.kind == "escape":
                self._escape(token)
            elif token.kind == "end":
                out.append(token)
                return out
            else:
                self._number(token)

    def _alone(self) -> bool:
        """Whether a name stands alone in braces that nothing needs: `{\\cal N}(0, 1)`."""
        kinds = [token.kind for token in self.out[-3:]]
        needless = len(kinds) == 2 or (len(kinds) == 3 and kinds[0] in {"op", "rel", "open", ",", "quad"})
        return needless and kinds[-2] == "{" and kinds[-1] in {"name", "word"}

    def _number(self, token: Token) -> None:
        """A number; of one that stands bare behind `^`, `_` or `\\frac`, TeX takes the first digit only."""
        last = [t.kind for t in self.out[-2:]]
        bare = last and (last[-1] in {"^", "_", "frac", "binom"} or last in (["frac", "number"], ["binom", "number"]))
        if bare and not self.plain and token.text.isdigit() and len(token.text) > 1:
            cut = token.start + 1 if token.end - token.start == len(token.text) else token.end
            self.out.append(Token("number", token.text[0], token.start, cut, token.spaced))
            token = Token("number", token.text[1:], min(cut, token.end), token.end)
            return self._number(token)
        self.out.append(token)
        return None

    def _sign(self, token: Token, kind: str | None) -> None:
        pending = self.stack.pending
        if token.text == "." and [later.text for later in pending[-2:]] == [".", "."]:
            del pending[-2:]
            self.out.append(token.turned("dots", "\\dots"))
            return
        pair = token.text + (pending[-1].text if pending else "")
        meaning = {":=": ":=", "<=": "<=", ">=": ">=", "==": "=", "=:": "=", "=>": "=>", "->": "=>"}.get(pair)
        if meaning:
            second = self.stack.pending.pop()
            made = Token("arrow" if meaning == "=>" else "rel", meaning, token.start, second.end, token.spaced)
            self.out.append(made)
        elif token.text in "~&":
            if token.text == "&":
                self.out.append(token.turned("amp", "&"))
            elif self.plain:
                self.out.append(token.turned("rel", "~"))
        elif kind is None:
            if token.text == "$":
                raise Unreadable(f"a dollar sign stands inside the formula {place(token.start)}", _span(token))
            if token.text == "\\":
                raise Unreadable(f"a lone backslash stands {place(token.start)}", _span(token))
            shown = token.text if token.text.isprintable() else f"U+{ord(token.text):04X}"
            raise Unreadable(f"the sign {shown} {place(token.start)} is not known", _span(token))
        else:
            self.out.append(token.turned(kind, token.text))

    def _letters(self, token: Token) -> None:
        word, after = token.text, self.out[-1].kind if self.out else ""
        if len(word) == 1:
            token.kind = "name"
            self.out.append(token)
        elif word in self.declared:
            self.out.append(token.turned("name", word))
        elif self.plain and word in SPOKEN:
            self._command(token.turned("command", SPOKEN[word]))
        elif word in KNOWN_WORDS and after not in {"_", "^"}:
            self.word(token, word)
        elif self._labels(word) or (len(word) > 2 and not set(word) <= self.letters):
            self.out.append(token.turned("word", word))
        else:
            fits = token.end - token.start == len(word)
            for i, letter in enumerate(word):
                start, end = (token.start + i, token.start + i + 1) if fits else (token.start, token.end)
                self.out.append(Token("name", letter, start, end, token.spaced and i == 0))

    def _labels(self, word: str) -> bool:
        """Whether letters are one label: in braces below a name, or bare and no product of known letters."""
        kinds = [token.kind for token in self.out[-2:]]
        bare = bool(kinds) and kinds[-1] == "_"
        return kinds == ["_", "{"] or (bare and (self.plain or (len(word) > 2 and not set(word[1:]) <= self.letters)))

    def word(self, token: Token, word: str) -> None:
        """A word whose meaning doesn't depend on how it is set: a function, a divergence, plain text."""
        if word in self.declared:
            self.out.append(token.turned("name", word))
        elif word in FUNCTIONS:
            self.out.append(token.turned("fn", FUNCTIONS[word]))
        elif word in EXTREMA:
            self.out.append(token.turned("ext", word))
        elif word in WORDS and word != "const":
            self.out.append(token.turned("text", word))
        else:
            self.out.append(token.turned("name" if len(word) == 1 else "word", word))

    def _escape(self, token: Token) -> None:
        sign = token.text
        if sign in "{}":
            self.out.append(token.turned("open" if sign == "{" else "close", f"\\{sign}"))
        elif sign == "|":
            self.out.append(token.turned("dbar", "||"))
        elif sign == "\\":
            self.stack.option() if self._spacing() else None
            self.out.append(token.turned("newline", "\\\\"))
        elif sign in "%$#&_":
            raise Unreadable(f"the sign {sign} {place(token.start)} has no meaning here", _span(token))
        elif sign not in ",;:!> \n\t\"'/()[]-.":
            raise Unreadable(f"the command \\{sign} {place(token.start)} is not known", _span(token))

    def _spacing(self) -> bool:
        pending = self.stack.pending
        return len(pending) > 2 and pending[-1].text == "[" and pending[-2].kind == "number" and not pending[-1].spaced

    def _command(self, token: Token) -> None:
        name = token.text
        known = COMMANDS.get(name)
        if name in {"Sigma", "Pi"} and token.end - token.start == 1 and not self._declares(f"\\{name}"):
            known = ("big", "sum" if name == "Sigma" else "product")
        if known is not None and f"\\{name}" not in self.declared:
            kind, text = known
            role = text if text in {"open", "close"} else ""
            self.out.append(token.turned(kind, text, role))
        elif f"\\{name}" in self.declared:
            self.out.append(token.turned("name", f"\\{name}"))
        elif name in INTEGRALS:
            self.out.append(token.turned("int", name, str(INTEGRALS[name])))
        else:
            for names, action in _ACTIONS:
                if name in names:
                    return action(self, token)
            raise Unreadable(f"the command \\{name} {place(token.start)} is not known", _span(token))
        return None

    def _declares(self, name: str) -> bool:
        return any(one.startswith(name) for one in self.declared)

    def _space(self, token: Token) -> None:
        stack = self.stack
        if token.text in {"left", "right", "middle"} | SIZED and stack.pending:
            following = stack.look()
            if following.text == "." and token.text in {"left", "right"}:
                stack.pop()
            elif following.text in {"|", "vert"} or (following.text in {"Vert"} and following.kind == "command"):
                stack.pop()
                role = {"left": "open", "right": "close", "middle": "middle"}.get(token.text, "")
                role = role or {"l": "open", "r": "close", "m": "middle"}.get(token.text[-1], "")
                double = following.text == "Vert" or following.kind == "escape"
                self.out.append(following.turned("dbar" if double else "bar", role or "|", role))

    def _dropped(self, token: Token) -> None:
        self.starred()
        for _ in range(DROPPED[token.text]):
            self.stack.option()
            self.stack.group(token)
        if token.text in WRAPPERS:
            self._wrapped(token)

    def _wrapped(self, token: Token) -> None:
        inner = self.stack.group(token)
        if token.text not in UNWRAPPED:
            inner = [token.turned("sign", "{"), *inner, token.turned("sign", "}")]
        self.stack.push(inner)

    def _substacked(self, token: Token) -> None:
        """Conditions one above the other are conditions with commas between them."""
        inner = self.stack.group(token)
        self.stack.push([t.turned("sign", ",") if t.kind == "escape" and t.text == "\\" else t for t in inner])

    def _root(self, token: Token) -> None:
        option = self.stack.option()
        self.out.append(token.turned("fn", "sqrt"))
        if option:
            self.stack.push([token.turned("sign", "["), *option, token.turned("sign", "]")])
            self.out[-1].role = "degree"

    def _environment(self, token: Token) -> None:
        name = "".join(t.text for t in self.stack.group(token)).rstrip("*")
        if token.text == "begin" and name == "array":
            self.stack.option()
            self.stack.group(token)
        if name in MATRICES:
            self.out.append(token.turned("begin" if token.text == "begin" else "closing", name))
        elif name not in LAYOUTS:
            raise Unreadable(f"the environment {name} {place(token.start)} is not known", _span(token))

    def _arg(self, token: Token) -> None:
        following = self.stack.pop()
        if following.text not in {"max", "min"}:
            raise Unreadable(f"\\arg {place(token.start)} lacks its \\max or \\min", _span(token))
        self.out.append(Token("ext", f"arg{following.text}", token.start, following.end, token.spaced))

    def _negated(self, token: Token) -> None:
        following = self.stack.pop()
        if following.text not in {"=", "equiv"}:
            raise Unreadable(f"the relation \\not{following.text} {place(token.start)} is not known", _span(token))
        self.out.append(Token("rel", "!=", token.start, following.end, token.spaced))


_ACTIONS: tuple[tuple[frozenset[str] | dict[str, str] | dict[str, int], Callable[[_Lexer, Token], None]], ...] = (
    (SPACES, _Lexer._space),
    (DROPPED, _Lexer._dropped),
    (WRAPPERS, _Lexer._wrapped),
    (OLD_FONTS, _Lexer.old_font),
    (ROMAN, _Lexer.upright),
    (TEXT, _Lexer.upright),
    (FONTS, _Lexer.font),
    (ACCENTS, _Lexer.accent),
    (frozenset({"underset", "overset", "stackrel"}), _Lexer.stacked),
    (frozenset({"substack"}), _Lexer._substacked),
    (frozenset({"sqrt"}), _Lexer._root),
    (frozenset({"begin", "end"}), _Lexer._environment),
    (frozenset({"arg"}), _Lexer._arg),
    (frozenset({"not"}), _Lexer._negated),
)


def _span(token: Token) -> tuple[int, int]:
    return (token.start, token.end)
