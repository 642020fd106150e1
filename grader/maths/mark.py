"""A place in a formula, shown: the line that it stands in, and carets below the place."""

from __future__ import annotations

from grader.maths.tree import Span

WIDE = 100
"""Characters of a line that are shown; of a longer one, those around the place."""


def marked(text: str, span: Span) -> tuple[str, str]:
    """The line in which a place begins and, of the same length at most, the carets below it.

    A place beyond the end (something is missing there) is marked behind the last character.
    """
    low = max(0, min(span[0], len(text)))
    start = text.rfind("\n", 0, low) + 1
    end = text.find("\n", low)
    line = text[start : end if end >= 0 else len(text)].replace("\t", " ")
    at = low - start
    wide = max(1, min(span[1], start + len(line)) - low)
    if len(line) > WIDE:
        cut = max(0, min(at - WIDE // 3, len(line) - WIDE))
        before, behind = "…" if cut else "", "…" if cut + WIDE < len(line) else ""
        line, at = f"{before}{line[cut : cut + WIDE]}{behind}", at - cut + len(before)
    return line, " " * at + "^" * min(wide, max(1, len(line) - at))


def caret(text: str, span: Span) -> str:
    """What ends a complaint: the formula's line and the carets, each on a line of its own, four spaces in."""
    line, mark = marked(text, span)
    return f"\n    {line}\n    {mark}"
