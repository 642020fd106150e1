"""Kind `number`: a number in a written answer, read by a small reader of our own.

Grammar, on text and LaTeX alike; nothing is ever evaluated by Python:

    sum     = product (("+" | "-") product)*
    product = sign power (("*" | "·" | "/") sign power  |  power that begins with a function, constant or bracket)*
    power   = atom ["%"] ["^" exponent]
    atom    = digits | π | e | ∞ | √ atom | \\frac atom atom | function [brackets | power] | brackets

What can be read in two ways (`log 2π`, `1 2/3`, `0,5`) is not read at all: a person decides.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from grader.checks.code import Code, Unread
from grader.checks.diagnose import number
from grader.checks.written import claim, plain
from grader.model import Expected, Fact, Observation, Outcome, Values

MAX_LENGTH = 300
MAX_DEPTH = 25
MAX_SIZE = 1e300


@dataclass(frozen=True)
class Number:
    """A number, within |observed − answer| ≤ atol + rtol·|answer|. `answer` is written as a student would write it."""

    answer: str
    part: str = ""
    rtol: float = 1e-6
    atol: float = 1e-9

    def __post_init__(self) -> None:
        try:
            read_number(self.answer)
        except Unread as error:
            raise ValueError(f"answer {self.answer!r} is not read as a number: {error}") from None

    asks_reference: ClassVar[bool] = False
    reads_text: ClassVar[bool] = True
    searchable: ClassVar[bool] = False

    def told(self, *, reference: bool) -> dict[str, Any]:  # noqa: ARG002 - both are asked alike
        return {"part": self.part}

    @staticmethod
    def probe(code: Code, call: Mapping[str, Any], given: Values) -> Values:  # noqa: ARG004 - there are no inputs
        return {"value": np.array(read_number(code.answer(call["part"])), np.float64)}

    def compare(self, expected: Expected, observed: Observation) -> Outcome:  # noqa: ARG002 - the answer is in the rubric
        value = observed.values.get("value", np.array(np.nan))
        got = float(value) if value.shape == () and value.dtype.kind in "fiu" else math.nan
        want = read_number(self.answer)
        evidence = (Fact("read as", number(got)),)
        if self._agrees(got, want):
            return Outcome(1.0, f"{number(got)} is right", evidence)
        named = next((slip for slip in _slips(want) if self._agrees(got, slip[0])), None)
        if named is None and abs(got - want) <= 0.01 * abs(want) < math.inf:
            sentence = f"the answer was read as {number(got)}, which is near, but rounded too far"
            return Outcome(0.0, sentence, evidence, "rounded")
        if named is None:
            return Outcome(0.0, f"the answer was read as {number(got)}, which is not right", evidence, "wrong_value")
        return Outcome(0.0, f"the answer was read as {number(got)}: {named[1]}", evidence, named[2])

    def _agrees(self, got: float, want: float) -> bool:
        if math.isinf(want) or math.isinf(got):
            return got == want
        return abs(got - want) <= self.atol + self.rtol * abs(want)


def _slips(want: float) -> Iterator[tuple[float, str, str]]:
    """Known wrong values: (value, what it is, note)."""
    if want == 0:
        return
    yield -want, "the sign is wrong", "sign"
    if math.isinf(want):
        return
    for factor in (2.0, 0.5, 3.0, 4.0, 0.25, 10.0, 0.1, 100.0, 0.01):
        yield want * factor, f"off by a factor: it is {number(factor)} times the right value", "factor"
        yield -want * factor, f"the sign is wrong, and it is off by a factor of {number(factor)}", "factor"
    yield 1 / want, "it is one divided by the right value", "reciprocal"
    yield -1 / want, "the sign is wrong, and it is one divided by the right value", "reciprocal"
    for base, words in ((2.0, "base 2"), (10.0, "base 10")):
        yield want / math.log(base), f"the logarithm is taken to {words} instead of the natural one", "log_base"
    if abs(want) < 100:
        yield math.exp(want), "a logarithm is missing", "missing_log"
        yield math.exp(-want), "a logarithm is missing, and the sign before it", "missing_log"
    if want > 0:
        yield want * want, "it is the square of the right value", "squared"
        yield math.sqrt(want), "it is the square root of the right value", "square_root"


# ---- which part of a text is the number


SEGMENT = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$|\\\((.+?)\\\)|\\\[(.+?)\\\]", re.DOTALL)
EQUALS = re.compile(r"=|≈|≃|\\(?:approx|simeq|doteq|to|rightarrow|equiv|coloneqq)(?![A-Za-z])|→|≡")
BREAKS = re.compile(r"[;\n?]|\\\\|⇒|∴|[,.:](?=\s|\Z)|\\(?:Rightarrow|implies|therefore|because|newline)(?![A-Za-z])")
RELATION = re.compile(r"[<>≤≥≠∈±~∼∝]|\\(?:leq?|geq?|neq?|in|pm|sim|propto|lt|gt)(?![A-Za-z])")
KNOWN = "infinity|infinite|infty|inf|log|ln|sqrt|exp|pi|percent"
WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")
NUMERIC = r"[\d∞π½¼¾]|\\(?:pi|infty)(?![A-Za-z])|\b(?:infinity|infinite|infty|inf|pi|e)\b"
DECIMAL = re.compile(r"[-+]?\s*\d*\.\d+")
DENIAL = re.compile(
    r"(?:\b(?:not|never|cannot|than|least|most|except|non)\b|n['’]t\b|nonzero)[^.,;:\n]*?[\d∞π]|\bnon-?(?:zero|infinite)",
    re.IGNORECASE,
)
COMMANDS = re.compile(
    "[dt]?frac|sqrt|log|ln|exp|pi|infty|cdot|times|div|approx|simeq|doteq|to|[Rr]ightarrow|equiv|coloneqq|boxed"
    "|implies|therefore|because|newline|leq?|geq?|neq?|in|pm|sim|propto|lt|gt|[lr]brace"
)


def read_number(text: str) -> float:
    """The one number that a text states, ±inf included. Raises `Unread` if there is none, or more than one."""
    whole = plain(text)
    stated = claim(whole)
    if DENIAL.search(stated):
        raise Unread("the answer denies or compares a number")
    values = _stated(stated) or _stated(whole)
    if not values:
        raise Unread("no number was recognised in the answer")
    if len(values) > 1:
        told = ", ".join(number(v) for v in values[:4])
        raise Unread(f"the answer contains more than one number: {told}")
    return values[0]


def _stated(text: str) -> list[float]:
    """The different numbers that a text states. Raises `Unread` for what looks like a number and can't be read."""
    values: list[float] = []
    for piece in _pieces(text):
        value = _value(piece)
        if value is not None and not any(_same(value, other) for other in values):
            values.append(value)
    return values


def _same(a: float, b: float) -> bool:
    return a == b or abs(a - b) <= 1e-9 * max(abs(a), abs(b))


Chain = tuple[str, ...]
"""The sides of the equals signs of one clause."""


def _pieces(text: str) -> Iterator[Chain]:
    """Formulas, clause by clause, and what is left of the prose when its words are taken out."""
    text = re.sub(r"\\(?:begin|end)\{[a-z*]+\}|&", " ", text)
    prose = []
    position = 0
    for match in SEGMENT.finditer(text):
        prose.append(text[position : match.start()])
        position = match.end()
        inside = next(g for g in match.groups() if g is not None)
        # A display over several lines is one chain: only its end counts.
        yield from _clauses(_unworded(re.sub(r"\\\\|\n", " ", inside), formula=True))
    prose.append(text[position:])
    for part in prose:
        yield from _clauses(_unworded(part.replace("!", ". "), formula=_is_bare_formula(part)))


def _is_bare_formula(text: str) -> bool:
    """Whether a text is LaTeX without dollar signs."""
    prose = re.sub(r"\\text\{[^}]*\}", "", text)
    return "\\" in text and not re.search(r"(?<![\\A-Za-z])[A-Za-z]{4,}(?![A-Za-z])", prose)


def _unworded(text: str, *, formula: bool) -> str:
    """The text with a clause border in place of every word of prose, and `‽v` in place of every variable."""
    text = re.sub(r"\\(?:text|mbox|textrm)\s*\{\s*\}", " ", text)
    text = re.sub(r"\\(?:text|mbox|textrm)\s*\{([^{}]*)\}", r" \1 ;", text)
    text = re.sub(r"\b(?:np|numpy|math|torch)\.(?=[a-z])", "", text)
    text = re.sub(r"\b(?:minus|negative)\s+(?=[\d.\\√π∞i])", "-", text)
    # "- 2" at the start of a line is a list item or a negative number: nobody can know.
    text = re.sub(r"(?m)^\s*[-+]\s+(?=[\d.\\√π∞i])", " ‽ ", text)
    text = re.sub(r"(?<=\d)–(?=\d)", " ‽ ", text).replace("–", "-")
    text = re.sub(r"[α-ορ-ωΑ-Ω]", " ‽v ", text)
    text = re.sub(r"\\([A-Za-z]+)", lambda m: m.group() if COMMANDS.fullmatch(m.group(1)) else " ‽v ", text)

    if not formula:
        # Words in brackets, and words joined to a number by a hyphen, are asides.
        text = re.sub(rf"\(([^()]*\b(?!(?:{KNOWN})\b)[A-Za-z]{{2,}}[^()]*)\)", r" ; \1 ; ", text)
        text = re.sub(rf"(?<=\d)-(?!(?:{KNOWN})\b)(?=[A-Za-z])", " ; ", text)

    def kept(match: re.Match[str]) -> str:
        word = match.group()
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        scientific = word in ("e", "E") and re.match(r"\d", before) and re.match(r"[-+]?\d", text[match.end() :])
        euler = word == "e" and (formula or after == "^")
        if scientific or euler or before in ("\\", "‽") or re.fullmatch(KNOWN, word, re.IGNORECASE):
            return word
        attached = bool(re.match(r"[\d^_(=+*/]", after)) or bool(re.match(r"[\d^_)+*/]", before))
        return " ‽v " if formula or attached or (len(word) == 1 and word not in "aAI") else " ; "

    return WORD.sub(kept, text)


def _clauses(text: str) -> Iterator[Chain]:
    for clause in BREAKS.split(text):
        yield tuple(re.sub(r"^[,:]\s|[.,:]+$", "", part.strip()).strip() for part in EQUALS.split(clause))


def _value(chain: Chain) -> float | None:
    """The number that a chain ends with, or None. Raises `Unread` for what only begins like a number."""
    value = _side(chain[-1])
    for side in reversed(chain[:-1]):
        if value is None or not DECIMAL.fullmatch(chain[-1]):
            break
        # −log 4 ≈ −1.386: the last number is a rounding of the one that is meant.
        try:
            exact = _side(side)
        except Unread:
            break
        if exact is None or abs(exact - value) > 10.0 ** -len(chain[-1].partition(".")[2]):
            break
        return exact
    return value


def _side(side: str) -> float | None:
    if RELATION.search(side) or not re.search(NUMERIC, side):
        return None
    if re.search(r"‽\s*v", side):
        return None  # a formula with a variable in it is not a number
    if "‽" in side:
        raise Unread("a dash could be a minus sign, a list or a range")
    return Reader(side).value()


# ---- the reader


FRACTIONS = {"½": 0.5, "¼": 0.25, "¾": 0.75}
POWERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
LEXEME = re.compile(
    r"\s*(?:(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)|(?P<command>\\[A-Za-z]+|\\%)|(?P<word>[A-Za-z]+)"
    r"|(?P<power>[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)|(?P<sign>\*\*|\S))"
)
NAMES = {"infinity": "∞", "infinite": "∞", "infty": "∞", "inf": "∞", "pi": "π", "ln": "log", "cdot": "*", "times": "*"}
NAMES |= {"dfrac": "frac", "tfrac": "frac", "percent": "%", "div": "/", "lbrace": "(", "rbrace": ")"}
FUNCTIONS = ("log", "exp", "sqrt", "√")
OPENING = {"(": ")", "{": "}", "[": "]"}
STARTS = (*FUNCTIONS, *OPENING, "π", "e", "∞", "frac")


class Reader:
    """Reads one expression from its first sign to its last. Raises `Unread` for anything else."""

    def __init__(self, text: str) -> None:
        if len(text) > MAX_LENGTH:
            raise Unread(f"a formula has {len(text)} characters, too many for a number")
        self.tokens = list(_lex(text))
        self.position = 0
        self.depth = 0
        self.infinite = "∞" in self.tokens

    def value(self) -> float:
        """The number that the whole text is."""
        value = self.sum()
        if self.peek():
            raise Unread(f"“{self.peek()}” can't be read as part of a number")
        if math.isinf(value) and not self.infinite:
            raise Unread("the number is too large to be read")
        return value

    def peek(self) -> str:
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def take(self, *wanted: str) -> str:
        token = self.peek()
        if not token or (wanted and token not in wanted):
            raise Unread(f"expected {' or '.join(wanted) or 'a number'}, got {f'“{token}”' if token else 'the end'}")
        self.position += 1
        return token

    def sum(self) -> float:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unread("a formula is nested too deeply to be read")
        value = self.product()
        while self.peek() in ("+", "-"):
            plus = self.take() == "+"
            other = self.product()
            value = _bounded(value + other if plus else value - other)
        self.depth -= 1
        return value

    def product(self) -> float:
        value, open_function = self.signed()
        while True:
            token = self.peek()
            if token not in ("*", "·", "/", *STARTS):
                return value
            if open_function:
                raise Unread("a function without brackets is followed by more: where does its argument end?")
            if token in STARTS:
                # 1 2/3 and 1\frac23 are sums to some and products to others.
                if token == "frac" and _is_number(self.tokens[self.position - 1]):
                    raise Unread("a number is followed by a fraction: a sum or a product?")
                other, open_function = self.power()
                value = _bounded(value * other)
                continue
            operator = self.take()
            other, open_function = self.signed()
            if operator == "/" and self.peek() in STARTS:
                raise Unread("a division is followed by a product without a sign: what is divided?")
            value = _divided(value, other) if operator == "/" else _bounded(value * other)

    def signed(self) -> tuple[float, bool]:
        sign = 1.0
        for _ in range(3):
            if self.peek() not in ("+", "-"):
                break
            sign = -sign if self.take() == "-" else sign
        value, open_function = self.power()
        return sign * value, open_function

    def power(self) -> tuple[float, bool]:
        """A power, and whether it ends with a function whose argument has no brackets."""
        value, open_function = self.atom()
        if self.peek() == "%":
            self.take()
            value /= 100
        if self.peek() in ("^", "**"):
            if open_function:
                raise Unread("a power follows a function without brackets: a power of what?")
            self.take()
            value = _power(value, self.exponent())
            if self.peek() in ("^", "**"):
                raise Unread("a power of a power needs brackets")
        return value, open_function

    def exponent(self) -> float:
        if self.peek() in OPENING:
            return self.brackets()
        sign = -1.0 if self.peek() == "-" and self.take() else 1.0
        return sign * self.atom()[0]

    def brackets(self) -> float:
        opened = self.take(*OPENING)
        value = self.sum()
        self.take(OPENING[opened])
        return value

    def atom(self) -> tuple[float, bool]:
        token = self.peek()
        if token in OPENING:
            return self.brackets(), False
        self.take()
        if _is_number(token):
            return _bounded(float(token)), False
        constants = {"π": math.pi, "e": math.e, "∞": math.inf, **FRACTIONS}
        if token in constants:
            return constants[token], False
        if token == "frac":
            return _divided(self.argument(), self.argument()), False
        if token == "boxed":
            return self.brackets(), False
        if token in FUNCTIONS:
            return self.function(token)
        raise Unread(f"“{token}” can't be read as part of a number")

    def argument(self) -> float:
        """A group in braces, or one digit as in \\frac12."""
        token = self.peek()
        if not _is_number(token):
            if token in ("{", "(", "π", "e", "∞"):
                return self.atom()[0]
            raise Unread("a fraction lacks its numerator or denominator")
        if len(token) > 1:
            # TeX takes one digit only; what is left goes on as a number of its own.
            self.tokens[self.position : self.position + 1] = [token[0], token[1:]]
        return float(self.take())

    def function(self, name: str) -> tuple[float, bool]:
        base = math.e
        if name == "log" and self.peek() == "_":
            self.take()
            base = self.argument() if self.peek() != "{" else self.brackets()
        root = 2.0
        if name == "sqrt" and self.peek() == "[":
            root = self.brackets()
        if self.peek() in OPENING:
            value, bare = self.brackets(), False
            # log (2)^2 could be the square of the logarithm or the logarithm of the square.
            if self.peek() in ("^", "**"):
                raise Unread("a power follows a function: of its argument or of its value?")
        else:
            value, bare = self.bare(), name in ("log", "exp")
        return _applied(name, value, base, root), bare

    def bare(self) -> float:
        """The argument of a function without brackets: one power, which is no function itself."""
        if self.peek() in FUNCTIONS or self.peek() in ("+", "-"):
            raise Unread("a function without brackets is followed by another function or sign")
        return self.power()[0]


def _is_number(token: str) -> bool:
    return token[:1].isdecimal() or (token[:1] == "." and len(token) > 1)


def _lex(text: str) -> Iterator[str]:
    position = 0
    text = text.strip()
    while position < len(text):
        match = LEXEME.match(text, position)
        if match is None:
            raise Unread(f"“{text[position]}” can't be read as part of a number")
        position = match.end()
        kind, token = str(match.lastgroup), match.group(str(match.lastgroup))
        if kind == "power":
            yield from ("^", "(", *_signed_digits(token.translate(POWERS)), ")")
        elif kind in ("command", "word"):
            name = token.removeprefix("\\")
            yield NAMES.get(name.lower(), name.lower() if kind == "word" and name != "E" else name)
        else:
            yield token


def _signed_digits(text: str) -> tuple[str, ...]:
    return ("-", text[1:]) if text.startswith("-") else (text,)


def _bounded(value: float) -> float:
    if math.isnan(value):
        raise Unread("the formula has no value")
    if MAX_SIZE < abs(value) < math.inf:
        raise Unread("the number is too large to be read")
    return value


def _divided(a: float, b: float) -> float:
    if b == 0:
        raise Unread("the formula divides by zero")
    return _bounded(a / b)


def _power(base: float, exponent: float) -> float:
    if base < 0 and exponent != int(exponent if math.isfinite(exponent) else 0):
        raise Unread("the formula has no real value")
    if base == 0 and exponent < 0:
        raise Unread("the formula divides by zero")
    try:
        return _bounded(float(base**exponent))
    except OverflowError:
        raise Unread("the number is too large to be read") from None


def _applied(name: str, value: float, base: float, root: float) -> float:
    if name == "exp":
        return _power(math.e, value)
    if name == "log":
        if value <= 0 or base <= 0 or base == 1 or math.isinf(base):
            raise Unread("the formula takes the logarithm of a number that has none")
        return math.log(value) / math.log(base)
    if value < 0 or root == 0:
        raise Unread("the formula has no real value")
    return _power(value, 1 / root)
