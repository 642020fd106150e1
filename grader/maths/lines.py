"""Whether a line of plain text is a formula: signs and names only, no sentence and no code."""

from __future__ import annotations

import re

from grader.maths.symbols import DIVERGENCES, EXTREMA, FUNCTIONS, GREEK, MEANS, VARIANCES
from grader.maths.tree import Span

_LABEL = re.compile(
    r"\s*(?:(?:[-*+•>]|#+)\s+)*(?:(?:\(?(?:\d{1,2}|[a-k]|[ivx]{1,4})[.)](?:\s*\(?[a-k]\)|[a-k][.)])?(?=\s|$)|\*\*[^*]{1,20}\*\*)\s*)*"
)
_NOT = re.compile(
    r"https?:|\\(?:newcommand|renewcommand|providecommand|def|let|usepackage|documentclass|DeclareMath\w*|input|include\w*|"
    r"section|subsection|item|begin|end|title|author|caption|label|ref)(?![a-zA-Z])|==|\"|;\s*$|\breturn\b|\w\.\w+\(|\bself\b|[`$]|^\s*[#@|]"
)
_SIGN = re.compile(
    r"[=≥≤≈∝<>∫Σ∑∏∇≠∼∈]|\\(?:geq?|leq?|approx|propto|int|sum|prod|neq?|equiv|sim|in|frac|log)(?![a-zA-Z])|~"
)
_CLAIM = re.compile(
    r"[=≥≤≈∝≠]|[<>]|\\(?:geq?|leq?|approx|propto|neq?|equiv)(?![a-zA-Z])|^\s*(?:[∫Σ∑∏]|\\(?:int|sum|frac|log)|(?:min|max|sup|inf)_\S)"
)
_SAID = re.compile(
    r"\\(?:text|mathrm|operatorname\*?|mathcal|mathbb|mathbf|hat|tilde|bar|textrm|mbox)\s*\{[^{}]*\}|\\[A-Za-z]+|_\{[^{}]*\}|_[A-Za-z]+|\^\{[^{}]*\}"
)
_SPOKEN = frozenset(
    [
        "sum",
        "prod",
        "int",
        "integral",
        "infinity",
        "inf",
        "partial",
        "dx",
        "dz",
        "du",
        "dy",
        "dt",
        "const",
        "with",
        "and",
        "for",
        "where",
        "if",
        "otherwise",
        "Undefined",
    ]
)
_KNOWN = frozenset(FUNCTIONS) | EXTREMA | frozenset(DIVERGENCES) | MEANS | VARIANCES | GREEK | _SPOKEN | {"ELBO", "arg"}


def formula_in(line: str) -> Span | None:
    """Where in a line its formula stands, without a list mark or a lead such as `Thus:`; None if the line is none."""
    if len(line) > 2_000 or not _SIGN.search(line):
        return None
    m = _LABEL.match(line)
    start = m.end() if m else 0
    lead = re.match(r"[A-Za-z][A-Za-z ,']{2,40}:\s+", line[start:])
    start += lead.end() if lead else 0
    end = len(line.rstrip())
    body = line[start:end]
    if _NOT.search(body) or not _CLAIM.search(body) or not re.search(r"[\w∞]\s*\W|\W\s*\w", body):
        return None
    words = re.findall(r"[A-Za-z]{2,}", _SAID.sub(" ", body))
    strange = [word for word in words if word not in _KNOWN and (len(word) > 2 or word.lower() in _COMMON)]
    return None if strange or body[-1:] == ":" else (start, end)


_COMMON = frozenset(
    [
        "is",
        "to",
        "of",
        "in",
        "so",
        "we",
        "if",
        "as",
        "be",
        "by",
        "it",
        "no",
        "on",
        "or",
        "at",
        "an",
        "am",
        "do",
        "he",
        "my",
        "up",
        "us",
    ]
)
