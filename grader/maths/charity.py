"""Other ways to read a formula, for the noise of scans: each changes one thing in the text, and says what.

Only texts are changed here, by rule; whether a changed text reads better is for the reader to find.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from grader.maths.notation import Notation

Variant = tuple[str, str]
_LABELS = ("\\theta", "\\phi", "\\omega", "\\vartheta", "\\varphi")
_SHOWN = {"\\theta": "θ", "\\phi": "φ", "\\omega": "ω", "\\vartheta": "θ", "\\varphi": "φ"}
_NAME = re.compile(
    r"(\\(?:mathcal|mathbf|mathrm|mathbb|mathsf)\s*\{?\s*([A-Za-z])\s*\}?)|(?<![A-Za-z\\])([A-Za-z])(?![A-Za-z])"
)
_CLOSES = {"(": ")", "[": "]", "{": "}"}
_MINUS = re.compile(r"-\s*(?=\\(?:int|sum)(?![A-Za-z])|[∫Σ∑])")
_SLASH = re.compile(r"(?<=/)\s*(\d+\s*(?:\\[A-Za-z]+|[A-Za-zα-ω])(?:_\{?\w+\}?)?(?:\^\{?\w\}?|²)?)(?![\w{(])")
_SQUARED = re.compile(r"(\\log|\\ln|\blog|\bln)\s*(\((?:[^()]|\([^()]*\))*\)\s*(?:\^\{?\d\}?|²))")


def variants(text: str, notation: Notation, unknown: Sequence[str]) -> Iterator[Variant]:
    """Changed texts with what was changed, the likeliest first. `unknown` are names of the plain reading, if any."""
    seen = {text}
    for rule in _RULES:
        for changed, said in rule(text, notation, unknown):
            if changed not in seen:
                seen.add(changed)
                yield changed, said


def _replaced(pattern: str, new: str, text: str) -> str:
    return re.sub(pattern, lambda _: new, text)


def _zero(text: str, notation: Notation, _unknown: Sequence[str]) -> Iterator[Variant]:
    """`p_0` where a scan lost the bar of θ."""
    for label in _LABELS:
        if label in notation.silent:
            changed = _replaced(r"_\s*(?:0(?![\d.])|\{\s*[0Oo]\s*\}|[Oo](?![a-z]))", f"_{{{label}}}", text)
            yield changed, f"the label 0 was read as {_SHOWN[label]}"


def _case(text: str, notation: Notation, unknown: Sequence[str]) -> Iterator[Variant]:
    """An unknown letter that is known in the other case, or in another font."""
    for m in _NAME.finditer(text):
        written, letter = m[0], m[2] or m[3]
        if m[2] is None and unknown and not any(name.startswith(written) for name in unknown):
            continue
        if notation.has(written.replace(" ", "")) or written in notation.aliases:
            continue
        for other in (letter, letter.swapcase(), f"\\mathcal{{{letter}}}", f"\\mathcal{{{letter.upper()}}}"):
            usable = other not in notation.indices and (notation.has(other) or other in notation.aliases)
            if other != written and usable:
                pattern = re.escape(written) + (r"(?![A-Za-z])" if m[2] is None else "")
                pattern = (r"(?<![A-Za-z\\{])" if m[2] is None else "") + pattern
                yield _replaced(pattern, f"{other} ", text), f"{written} was read as {other}"
                break


def _brackets(text: str, _notation: Notation, _unknown: Sequence[str]) -> Iterator[Variant]:
    """Brackets and braces that a scan lost or doubled, put right at the end, or taken out."""
    opened, extra = _unbalanced(text)
    if extra is not None:
        yield text[:extra] + text[extra + 1 :], f"a closing bracket at character {extra + 1} was left out"
    if opened:
        missing = "".join(_CLOSES[text[i]] for i in reversed(opened))
        kind = "brace" if missing[0] == "}" else "bracket"
        for place in _ends(text, opened[-1]):
            shown = "the end" if place == len(text) else f"character {place + 1}"
            yield text[:place] + missing + text[place:], f"a closing {kind} was added at {shown}"
        last = opened[-1]
        yield text[:last] + text[last + 1 :], f"an opening {kind} at character {last + 1} was left out"


def _unbalanced(text: str) -> tuple[list[int], int | None]:
    opened: list[int] = []
    for i, sign in enumerate(text):
        if i and text[i - 1] == "\\":
            continue
        if sign in _CLOSES:
            opened.append(i)
        elif sign in _CLOSES.values():
            if not opened or _CLOSES[text[opened[-1]]] != sign:
                return opened if opened and _CLOSES[text[opened[-1]]] != sign else [], i
            opened.pop()
    return opened, None


def _ends(text: str, opened: int) -> list[int]:
    """Where a bracket may have been closed: at the end, or before the next relation."""
    relation = re.compile(r"=|\\(?:ge|le|geq|leq)(?![A-Za-z])|\\\\").search(text, opened)
    return [relation.start()] * (relation is not None) + [len(text)] if relation else [len(text)]


def _minus(text: str, _notation: Notation, _unknown: Sequence[str]) -> Iterator[Variant]:
    """A minus that was meant for all that follows on its side."""
    m = _MINUS.search(text)
    if m is None:
        return
    end = re.compile(r"=|\\(?:ge|le|geq|leq|Rightarrow)(?![A-Za-z])").search(text, m.end())
    stop = end.start() if end else len(text)
    if re.search(r"[+-]", text[m.end() : stop]):
        changed = f"{text[: m.end()]}({text[m.end() : stop]}){text[stop:]}"
        yield changed, f"the minus at character {m.start() + 1} was read as one before all that follows on its side"


def _slash(text: str, _notation: Notation, _unknown: Sequence[str]) -> Iterator[Variant]:
    for m in _SLASH.finditer(text):
        yield f"{text[: m.start(1)]}({m[1]}){text[m.end(1) :]}", f"all of {m[1]} was read as standing below the line"


def _square(text: str, _notation: Notation, _unknown: Sequence[str]) -> Iterator[Variant]:
    for m in _SQUARED.finditer(text):
        yield f"{text[: m.start(2)]}({m[2]}){text[m.end(2) :]}", "the exponent was read as belonging to the bracket"


Rule = Callable[[str, Notation, Sequence[str]], Iterator[Variant]]
_RULES: tuple[Rule, ...] = (_brackets, _zero, _case, _minus, _slash, _square)
