"""Fonts, accents, words and what is stacked: how the look of a name becomes part of it, or is left out."""

from __future__ import annotations

from abc import ABC, abstractmethod

from grader.maths.commands import STYLES
from grader.maths.raw import Stack, Token, Unreadable, place
from grader.maths.symbols import ACCENTS, EXTREMA, FONTS, GREEK, ROMAN, TEXT, WORDS

MARKS = 10


class Fonts(ABC):
    """Reads commands that dress names."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.out: list[Token] = []
        self.nested = 0

    @abstractmethod
    def word(self, token: Token, word: str) -> None:
        """Puts out a word whose meaning doesn't depend on how it is set."""

    def starred(self) -> None:
        """Reads past the star of `\\operatorname*`."""
        if self.stack.pending and self.stack.pending[-1].text == "*":
            self.stack.pending.pop()

    def upright(self, token: Token) -> None:
        self.starred()
        inner = self.stack.group(token)
        self._said(token, inner)

    def _said(self, token: Token, inner: list[Token]) -> None:
        """What is set upright: a name, a function, an operator of several letters, or words."""
        if not inner:
            return None
        word = "".join(t.text for t in inner if t.kind in {"letters", "number"} or t.text == "-")
        simple = all(t.kind in {"letters", "number", "escape"} or t.text in {"-", ".", "!"} for t in inner)
        made = Token("word", word, token.start, inner[-1].end, token.spaced)
        parts = [t.text for t in inner if t.kind == "letters"]
        if inner[0].kind == "command" and inner[0].text in {"arg", "max", "min", "sup", "inf", "lim"}:
            return self._command_word(made, inner)
        if not simple and token.text not in TEXT:
            self.stack.push([token.turned("sign", "{"), *inner, token.turned("sign", "}")])
            return None
        words = len(parts) > 1 and any(t.spaced for t in inner[1:])
        if "".join(parts) in EXTREMA or (words and "".join(parts) in {"argmax", "argmin"}):
            self.out.append(made.turned("ext", "".join(parts)))
        elif words or not simple or (word in WORDS and word != "const"):
            said = "".join((" " if t.spaced else "") + t.text for t in inner).strip()
            self.out.append(made.turned("text", said))
        elif word == "T":
            self.out.append(made.turned("top", "\\top"))
        elif len(word) == 1:
            self.out.append(made.turned("name", word, "roman"))
        elif word:
            self.word(made, word)
        return None

    def _command_word(self, made: Token, inner: list[Token]) -> None:
        word = "".join(t.text for t in inner if t.kind in {"letters", "command"})
        if word not in EXTREMA:
            raise Unreadable(f"the operator {word} {place(made.start)} is not known", (made.start, made.end))
        self.out.append(made.turned("ext", word))

    def font(self, token: Token) -> None:
        inner = self.stack.group(token)
        font = FONTS[token.text]
        if token.text == "vec":
            font = "vec"
        if len(inner) == 1 and inner[0].kind == "letters" and font in {"mathbb", "mathcal", "mathfrak"}:
            base = inner[0]
            made = Token("name", f"\\{font}{{{base.text}}}", token.start, base.end, token.spaced)
            self.out.append(made.turned("word", made.text) if len(base.text) > 1 else made)
        elif not self._decorated(token, inner, font):
            self.stack.push([token.turned("sign", "{"), *inner, token.turned("sign", "}")])

    def accent(self, token: Token) -> None:
        inner = self.stack.group(token)
        if not self._decorated(token, inner, ACCENTS[token.text]):
            label = "".join(t.text if t.kind != "command" else f"\\{t.text}" for t in inner)
            raise Unreadable(
                f"the accent over {label} {place(token.start)} is not understood", (token.start, token.end)
            )

    def _decorated(self, token: Token, inner: list[Token], mark: str) -> bool:
        """Puts a font or an accent on the first letter of a group; scripts in the group stay behind it."""
        styled = bool(inner) and inner[0].kind == "command" and inner[0].text in STYLES
        several = len(inner) > 1 and inner[1].text not in {"_", "^"} and bool(mark)
        if not inner or (several and not styled):
            return False
        first, rest = inner[0], inner[1:]
        if first.kind == "letters" and len(first.text) == 1:
            base = first.text
        elif first.kind == "command" and first.text in GREEK:
            base = f"\\{first.text}"
        elif first.kind == "command" and first.text in STYLES and mark:
            made = self._inside(inner)
            if made is None:
                return False
            base, rest = made
        else:
            return False
        text = f"\\{mark}{{{base}}}" if mark else base
        self.out.append(Token("name", text, token.start, inner[-1].end if not rest else first.end, token.spaced))
        self.stack.push(rest)
        return True

    def _inside(self, inner: list[Token]) -> tuple[str, list[Token]] | None:
        """The one name that a group with a font or accent of its own makes, and what follows it there."""
        self.nested += 1
        if self.nested > MARKS:
            raise Unreadable(
                f"accents and fonts are nested too deep {place(inner[0].start)}", (inner[0].start, inner[0].end)
            )
        height, kept = len(self.stack.pending), len(self.out)
        self.stack.push(inner[1:])
        (self.accent if inner[0].text in ACCENTS else self.font)(inner[0])
        left = self.stack.pending[height:]
        del self.stack.pending[height:]
        made = self.out[kept:]
        del self.out[kept:]
        self.nested -= 1
        return (made[0].text, left[::-1]) if len(made) == 1 and made[0].kind == "name" else None

    def stacked(self, token: Token) -> None:
        """`\\underset{θ}{\\max}` is `\\max_θ`; what stands over a relation only comments on it."""
        note, base = self.stack.group(token), self.stack.group(token)
        if token.text == "underset" and any(t.text.endswith(("max", "min", "sup", "inf", "lim")) for t in base):
            note = [token.turned("sign", "{"), *note, token.turned("sign", "}")]
            base = [*base, token.turned("sign", "_"), *note]
        defines = any(t.text in {"def", "Delta", "triangle", "Def"} for t in note)
        if defines and len(base) == 1 and base[0].text == "=":
            self.out.append(base[0].turned("rel", ":="))
        else:
            self.stack.push(base)

    def old_font(self, token: Token) -> None:
        """`{\\cal N}`: the font reaches to the end of its group."""
        depth, position = 0, len(self.stack.pending)
        while position > 0 and depth >= 0:
            position -= 1
            text = self.stack.pending[position].text
            depth += (text == "{") - (text == "}")
        inner = self.stack.pending[position + (depth < 0) :]
        del self.stack.pending[position + (depth < 0) :]
        self.stack.pending += [token.turned("sign", "}"), *inner, token.turned("sign", "{")]
        (self.upright if token.text in ROMAN else self.font)(token)
