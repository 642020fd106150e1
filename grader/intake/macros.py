"""A student's own macros of LaTeX, which are defined once and used in every part."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

MAX_MACROS = 100
MAX_DEFINITION = 300

_DEFINITION = re.compile(
    r"^[ \t]*(?:\\(?:re|provide)?newcommand\*?\s*\{?|\\providecommand\*?\s*\{?|\\DeclareMathOperator\*?\s*\{?|\\def\s*)"
    rf"(?P<name>\\[A-Za-z]{{1,40}})[^\n]{{1,{MAX_DEFINITION}}}$",
    re.MULTILINE,
)


def with_macros(answers: Mapping[str, str], texts: Iterable[str]) -> dict[str, str]:
    """The answers, each with the definitions of the macros that it uses and does not define, one a line, above it.

    A macro that is used by another one is there too.
    """
    known = dict(_definitions(texts))
    return {part: _defined(text, known) for part, text in answers.items()} if known else dict(answers)


def _definitions(texts: Iterable[str]) -> list[tuple[str, str]]:
    return [(match["name"], match[0].strip()) for text in texts for match in _DEFINITION.finditer(text)][:MAX_MACROS]


def _defined(text: str, known: Mapping[str, str]) -> str:
    waiting, used = [text], dict[str, str]()
    while waiting:
        for name in re.findall(r"\\[A-Za-z]+", waiting.pop()):
            if name in known and name not in used and known[name] not in text:
                used[name] = known[name]
                waiting.append(known[name])
    return "\n".join([*(definition for name, definition in known.items() if name in used), text])
