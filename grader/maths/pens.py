"""Two ways to put the parts of a formula on paper: LaTeX, and MathML Core for a page without scripts."""

from __future__ import annotations

import html
import re
from typing import Protocol

from grader.maths.signs import UNICODE

_SIGNS: dict[str, tuple[str, str]] = {
    "+": ("+", "+"),
    "-": ("-", "−"),
    "*": (" \\cdot ", "·"),
    ",": (", ", ","),
    ";": ("; ", ";"),
    "|": (" | ", "|"),
    "||": (" \\,\\|\\, ", "‖"),
    "=": (" = ", "="),
    "<=": (" \\le ", "≤"),
    ">=": (" \\ge ", "≥"),
    "<": (" < ", "&lt;"),
    ">": (" > ", "&gt;"),
    "!=": (" \\neq ", "≠"),
    "~=": (" \\approx ", "≈"),
    ":=": (" := ", "≔"),
    "~": (" \\sim ", "∼"),
    "in": (" \\in ", "∈"),
    "proportional": (" \\propto ", "∝"),
    "to": (" \\to ", "→"),
    "!": ("!", "!"),
    "implies": (" \\Rightarrow ", "⇒"),
    "sum": ("\\sum", "∑"),
    "product": ("\\prod", "∏"),
    "integral": ("\\int", "∫"),
    "iintegral": ("\\iint", "∬"),
    "iiintegral": ("\\iiint", "∭"),
    "nabla": ("\\nabla", "∇"),
    "partial": ("\\partial ", "∂"),
    "d": (" \\, \\mathrm{d}", "d"),
    "top": ("\\top", "⊤"),
    "mean": ("\\mathbb{E}", "𝔼"),
    "normal": ("\\mathcal{N}", "𝒩"),
    "dots": ("\\dots", "…"),
    "none": ("", ""),
    "quad": (" \\quad ", " "),
    "pi": ("\\pi", "π"),
    "e": ("e", "e"),
    "infinity": ("\\infty", "∞"),
}
_FENCES: dict[str, tuple[str, str, str, str]] = {
    "(": ("(", ")", "(", ")"),
    "[": ("[", "]", "[", "]"),
    "abs": ("|", "|", "|", "|"),
    "norm": ("\\|", "\\|", "‖", "‖"),
    "floor": ("\\lfloor", "\\rfloor", "⌊", "⌋"),
    "ceil": ("\\lceil", "\\rceil", "⌈", "⌉"),
}
_NATIVE = frozenset(
    ["log", "exp", "sin", "cos", "tan", "tanh", "sinh", "cosh", "det", "sup", "inf", "max", "min", "lim"]
)


_COMMAND_LAST = re.compile(r"(?:\\[A-Za-z]+|[_^][A-Za-z])\Z")


class Pen(Protocol):
    """What a formula is put together from; every part is text in the end."""

    def sign(self, key: str) -> str: ...
    def number(self, digits: str) -> str: ...
    def name(self, spelling: str, primes: int, indices: str) -> str: ...
    def word(self, word: str) -> str: ...
    def text(self, words: str) -> str: ...
    def row(self, *parts: str) -> str: ...
    def fenced(self, kind: str, inner: str) -> str: ...
    def fraction(self, top: str, bottom: str) -> str: ...
    def root(self, inner: str) -> str: ...
    def script(self, base: str, low: str, high: str) -> str: ...
    def limits(self, base: str, low: str, high: str) -> str: ...
    def table(self, rows: list[list[str]], kind: str) -> str: ...
    def apart(self, right: str) -> str: ...


class Latex:
    """LaTeX that reads back as the same tree."""

    def sign(self, key: str) -> str:
        return _SIGNS[key][0]

    def number(self, digits: str) -> str:
        return digits

    def name(self, spelling: str, primes: int, indices: str) -> str:
        base, label, above = parts(spelling)
        if len(base) > 1 and base.isalnum():
            base = f"\\mathrm{{{base}}}"
        below = ",".join(part for part in (label, indices) if part)
        low = "" if not below else f"_{below}" if _short(below) else f"_{{{below}}}"
        high = "" if not above else f"^{above}" if _short(above) else f"^{{{above}}}"
        return f"{base}{low}{high}" + "'" * primes

    def word(self, word: str) -> str:
        if word in _NATIVE:
            return f"\\{word}"
        if word.startswith("arg"):
            return f"\\arg\\{word[3:]}"
        named = {"log2": "\\log_2", "log10": "\\log_{10}", "trace": "\\operatorname{tr}", "W1": "W_1", "H": "H"}
        return named.get(word, f"\\operatorname{{{word}}}")

    def text(self, words: str) -> str:
        kept = re.sub(r"[^\w ,.;:()=-]", "", words)
        return f"\\text{{{kept}}}"

    def row(self, *parts: str) -> str:
        made = ""
        for part in parts:
            if part[:1].isalnum() and _COMMAND_LAST.search(made[-30:]):
                made += " "
            made += part
        return made

    def fenced(self, kind: str, inner: str) -> str:
        left, right, _, _ = _FENCES[kind]
        if "\\frac" in inner or "\\sum" in inner or "\\int" in inner or kind in {"abs", "norm"}:
            return f"\\left{left} {inner.strip()} \\right{right}"
        return self.row(left, inner.strip(), right)

    def fraction(self, top: str, bottom: str) -> str:
        return f"\\frac{{{top.strip()}}}{{{bottom.strip()}}}"

    def root(self, inner: str) -> str:
        return f"\\sqrt{{{inner.strip()}}}"

    def script(self, base: str, low: str, high: str) -> str:
        base = base.rstrip()
        low, high = low.strip(), high.strip()
        return base + (f"_{{{low}}}" if low else "") + (f"^{{{high}}}" if high else "")

    def limits(self, base: str, low: str, high: str) -> str:
        made = self.script(base, low, high)
        return made + " "

    def table(self, rows: list[list[str]], kind: str) -> str:
        inner = " \\\\ ".join(" & ".join(cell.strip() for cell in row) for row in rows)
        return f"\\begin{{{kind}}}{inner}\\end{{{kind}}}"

    def apart(self, right: str) -> str:
        """A mark that a bracket holds no arguments, where the two would read as a call."""
        return "{}" if right.startswith(("(", "\\left(", "[", "\\left[")) else ""


class MathML:
    """MathML Core."""

    def sign(self, key: str) -> str:
        shown = _SIGNS[key][1]
        if key in {"mean", "normal", "pi", "e", "infinity", "d", "top"}:
            return f"<mi>{shown}</mi>"
        if key == "quad":
            return '<mspace width="1em"></mspace>'
        return f"<mo>{shown}</mo>" if shown else ""

    def number(self, digits: str) -> str:
        return f"<mn>{digits}</mn>"

    def name(self, spelling: str, primes: int, indices: str) -> str:
        base, label, above = parts(spelling)
        below = "".join((_shown(label), "<mo>,</mo>" if label and indices else "", indices))
        high = _shown(above) + "<mo>′</mo>" * primes
        return self.script(_shown(base), below, high)

    def word(self, word: str) -> str:
        named = {"log2": ("log", "2"), "log10": ("log", "10"), "W1": ("W", "1")}
        if word in named:
            base, low = named[word]
            return f"<msub><mi>{base}</mi><mn>{low}</mn></msub>"
        return f"<mi>{'tr' if word == 'trace' else word}</mi>"

    def text(self, words: str) -> str:
        return f"<mtext> {html.escape(words)} </mtext>"

    def row(self, *parts: str) -> str:
        kept = [part for part in parts if part]
        return kept[0] if len(kept) == 1 else f"<mrow>{''.join(kept)}</mrow>"

    def fenced(self, kind: str, inner: str) -> str:
        _, _, left, right = _FENCES[kind]
        return f'<mrow><mo form="prefix">{left}</mo>{inner}<mo form="postfix">{right}</mo></mrow>'

    def fraction(self, top: str, bottom: str) -> str:
        return f"<mfrac>{self.row(top)}{self.row(bottom)}</mfrac>"

    def root(self, inner: str) -> str:
        return f"<msqrt>{inner}</msqrt>"

    def script(self, base: str, low: str, high: str) -> str:
        return self._placed(base, low, high, "sub", "sup")

    def limits(self, base: str, low: str, high: str) -> str:
        return self._placed(base, low, high, "under", "over")

    def _placed(self, base: str, low: str, high: str, below: str, above: str) -> str:
        low, high = (f"<mrow>{part}</mrow>" if part else "" for part in (low, high))
        tag = f"m{below if low else ''}{above if high else ''}"
        return f"<{tag}>{base}{low}{high}</{tag}>" if low or high else base

    def table(self, rows: list[list[str]], kind: str) -> str:
        cells = ("".join(f"<mtd>{cell}</mtd>" for cell in row) for row in rows)
        made = f"<mtable>{''.join(f'<mtr>{row}</mtr>' for row in cells)}</mtable>"
        return f'<mrow><mo form="prefix">{{</mo>{made}</mrow>' if kind == "cases" else self.fenced("(", made)

    def apart(self, right: str) -> str:  # noqa: ARG002
        return "<mo>\u2062</mo>"


_PARTS = re.compile(
    r"(?P<base>\\[A-Za-z]+\{(?:[^{}]|\{[^{}]*\})*\}|\\[A-Za-z]+|[A-Za-z0-9]+|.)(?P<rest>.*)\Z", re.DOTALL
)
_SCRIPT = re.compile(r"([_^])(?:\{((?:[^{}]|\{[^{}]*\})*)\}|(\\[A-Za-z]+|.))")


def parts(spelling: str) -> tuple[str, str, str]:
    """The base, the label below and the label above of a canonical name."""
    m = _PARTS.match(spelling)
    if m is None:
        return spelling, "", ""
    found = {sign: braced or single for sign, braced, single in _SCRIPT.findall(m["rest"])}
    primes = "'" * m["rest"].count("'")
    return m["base"] + primes, found.get("_", ""), found.get("^", "")


def _short(label: str) -> bool:
    return len(label) == 1 or re.fullmatch(r"\\[A-Za-z]+", label) is not None


_GREEK = {
    value.strip(): sign for sign, value in reversed(UNICODE.items()) if value.startswith("\\") and "{" not in value
}
_STYLED = re.compile(r"\\([a-z]+)\{(.*)\}\Z", re.DOTALL)
_OVER = {"hat": "^", "tilde": "~", "bar": "¯", "dot": "˙", "ddot": "¨", "vec": "→", "check": "ˇ", "underline": "_"}
_FIRSTS = {
    "mathbb": (0x1D538, 0x1D552),
    "mathcal": (0x1D49C, 0x1D4B6),
    "mathfrak": (0x1D504, 0x1D51E),
    "mathbf": (0x1D400, 0x1D41A),
}
_HOLES = {
    "mathbb": dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True)),
    "mathcal": dict(zip("BEFHILMRego", "ℬℰℱℋℐℒℳℛℯℊℴ", strict=True)),
}


def _shown(spelling: str) -> str:
    """The MathML of a base or a label."""
    if not spelling:
        return ""
    m = _STYLED.match(spelling)
    if m is not None:
        return _styled(m[1], m[2])
    if spelling in _GREEK:
        return f"<mi>{_GREEK[spelling]}</mi>"
    pieces = re.findall(r"\\[A-Za-z]+|[A-Za-z]+|[0-9.]+|.", spelling)
    if len(pieces) > 1:
        return "".join(_shown(piece) for piece in pieces if not piece.isspace())
    if spelling[0].isdigit():
        return f"<mn>{spelling}</mn>"
    plain = spelling.removeprefix("\\")
    tag = "mi" if plain[0].isalpha() else "mo"
    return f"<{tag}>{html.escape(plain)}</{tag}>"


def _styled(style: str, inner: str) -> str:
    if style in _OVER:
        return f"<mover>{_shown(inner)}<mo>{_OVER[style]}</mo></mover>"
    if style in _FIRSTS and len(inner) == 1 and inner.isascii() and inner.isalpha():
        big, small = _FIRSTS[style]
        sign = chr(big + ord(inner) - ord("A")) if inner.isupper() else chr(small + ord(inner) - ord("a"))
        return f"<mi>{_HOLES.get(style, {}).get(inner, sign)}</mi>"
    return _shown(inner)
