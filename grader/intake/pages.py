"""What belongs to the pages of a document and to nobody's answer: headers, page numbers, the commands of a layout."""

from __future__ import annotations

import re
from collections.abc import Sequence

MAX_HEADER = 60
FRONT_LINES = 4
"""Lines of a title block: homework, name, date."""

_PAGE = re.compile(
    r"\s*(?:[-–—]\s*)?(?:page|p\.|pg\.?)\s*\d{1,3}(?:\s*(?:of|/)\s*\d{1,3})?\s*(?:[-–—]\s*)?", re.IGNORECASE
)
_BARE_NUMBER = re.compile(r"\s*[-–—]?\s*\d{1,3}\s*[-–—]?\s*")
_LAYOUT = re.compile(
    r"\s*(?:\\(?:newpage|clearpage|pagebreak|maketitle|bigskip|medskip|noindent|vfill|centering|hrule)\b(?:\[\d\])?"
    r"|\\(?P<what>begin|end)\s*\{(?:document|enumerate|itemize|description|center|solution|answer|proof|problem|question|exercise|task|questions|parts|subparts)\*?\}(?:\s*\[[^\]]*\])?"
    r"|\\setcounter\s*\{\w+\}\s*\{\d+\}|\f)+\s*"
)
_OPENS = re.compile(
    r"\\begin\s*\{(?:enumerate|itemize|description|center|solution|answer|proof|problem|question|exercise|task|questions|parts|subparts)"
)
_CLOSES = re.compile(
    r"\\end\s*\{(?:document|enumerate|itemize|description|center|solution|answer|proof|problem|question|exercise|task|questions|parts|subparts)"
)
_PREAMBLE = re.compile(
    r"\s*\\(?:documentclass|usepackage|begin\s*\{document\}|title|author|(?:re|provide)?newcommand|DeclareMath)"
)


def furniture(lines: Sequence[str], first: int) -> frozenset[int]:
    """The numbers of the lines that are headers or footers of pages. The first heading stands at line `first`.

    A header is a short line that stands above the first heading and again later; a number alone is that of a page
    only beside a header, for elsewhere it may be the answer.
    """
    title = {_bare(line) for line in lines[: min(first, 40)] if _may_be_header(line)}
    found = {
        n for n, line in enumerate(lines) if _PAGE.fullmatch(line) or (n >= first and title and _is_header(line, title))
    }
    numbers: set[int] = set()
    for n in found:
        for step in (-1, 1):
            beside = n + step
            while 0 <= beside < len(lines) and abs(beside - n) < 3 and not lines[beside].strip():
                beside += step
            if 0 <= beside < len(lines) and _BARE_NUMBER.fullmatch(lines[beside]):
                numbers.add(beside)
    return frozenset(found | {n for n in numbers if n >= first})


def _bare(line: str) -> str:
    return " ".join(re.sub(r"\d+", "#", line.strip(" \t#*_")).split()).casefold()


def _may_be_header(line: str) -> bool:
    return bool(
        0 < len(line.strip()) <= MAX_HEADER and re.search(r"[^\W\d_]{2}", line) and not re.search(r"[$\\`=]", line)
    )


def _is_header(line: str, title: set[str]) -> bool:
    return len(line) <= 2 * MAX_HEADER and _may_be_header(line) and _bare(line) in title


def is_front_matter(lines: Sequence[str]) -> bool:
    """Whether the lines above the first part are only a title, a name and a date, or what LaTeX wants first."""
    if any(map(_PREAMBLE.match, lines)):
        return True
    written = [line for line in lines if line.strip() and not _LAYOUT.fullmatch(line)]
    return len(written) <= FRONT_LINES and all(len(line) <= 80 and not re.search(r"[$\\]", line) for line in written)


def without_layout(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """(commands of layout at the end, the lines without them): a list that goes on in the next part ends in none.

    An environment that the lines open themselves keeps its end.
    """
    kept = list(lines)
    open_here = sum(bool(_OPENS.search(line)) - bool(_CLOSES.search(line)) for line in kept)
    bare: list[str] = []
    while kept and (
        not kept[-1].strip() or (_LAYOUT.fullmatch(kept[-1]) and (not _CLOSES.search(kept[-1]) or open_here < 0))
    ):
        line = kept.pop()
        if line.strip():
            bare.insert(0, line)
            open_here -= bool(_OPENS.search(line)) - bool(_CLOSES.search(line))
    while kept and _LAYOUT.fullmatch(kept[0]) and not any(map(str.strip, kept[1:])):
        bare.insert(0, kept.pop(0))
    return bare, kept
