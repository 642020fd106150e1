"""A written answer, in markdown or LaTeX → the formulas in it, in order, each with its place.

A display is cut into its rows; a row that only goes on (it begins with an operator, or a bracket is still open) belongs
to the one before it, and a relation left at the end of a row begins the next one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from grader.maths.lines import formula_in
from grader.maths.tree import Span


@dataclass(frozen=True)
class Formula:
    """A formula as written, where it stands in the answer, whether it stands alone, and the words before it."""

    text: str
    span: Span
    alone: bool
    words: str = ""


def rows(text: str) -> list[Formula]:
    """The formulas of a written answer in their order: rows of displays, inline ones, and plain lines that are one."""
    found: list[Formula] = []
    position = 0
    for start, inner, end, kind in _blocks(text):
        found += _plain(text, position, start)
        position = end
        if kind == "code":
            continue
        words = _words(text, start, found[-1].span[1] if found else 0)
        if kind == "inline":
            pieces = [_trimmed(text, inner)]
        else:
            pieces = [_trimmed(text, piece) for piece in _pieces(text, inner)]
        for piece in pieces:
            if piece[0] < piece[1]:
                found.append(Formula(text[slice(*piece)], piece, kind != "inline", words))
                words = ""
    return found + _plain(text, position, len(text))


_OPENING = re.compile(
    r"(?P<fence>^[ \t]*(?:```+|~~~+))|(?P<ticks>`+)|(?P<escaped>\\[\\$`])"
    r"|(?P<two>\$\$)|(?P<one>\$)|(?P<square>\\\[)|(?P<round>\\\()"
    r"|\\begin\{(?P<env>equation|align|alignat|gather|multline|eqnarray|displaymath|math|flalign|aligned|split|gathered)"
    r"(?P<star>\*?)\}|(?P<comment>^[ \t]*%[^\n]*)|\\begin\{(?P<verbatim>verbatim|lstlisting|minted)\}",
    re.MULTILINE,
)
_CLOSING = {"two": "$$", "square": "\\]", "round": "\\)"}
Block = tuple[int, Span, int, str]


def _blocks(text: str) -> Iterator[Block]:
    """Marked formulas and code, in order: where each begins, its inside, where it ends, and its kind."""
    position = 0
    missing: set[str] = set()
    while (m := _OPENING.search(text, position)) is not None:
        block = _block(text, m, missing)
        if block is None:
            position = m.end()
        else:
            yield block
            position = block[2]


def _block(text: str, m: re.Match[str], missing: set[str]) -> Block | None:
    kind = m.lastgroup if m.lastgroup != "star" else "env"
    start, low = m.span()
    if kind == "escaped":
        return None
    if kind == "comment":
        return start, (start, low), low, "code"
    if kind == "fence":
        return _fence(text, m, missing)
    if kind == "one":
        return _inline(text, low, missing)
    closing = _closing(m, kind or "")
    if closing in missing:
        return None
    high = text.find(closing, low)
    if high < 0 or (kind == "ticks" and "\n\n" in text[low:high]):
        missing.update({closing} if high < 0 else ())
        return None
    end = high + len(closing)
    alone = kind not in {"round", "ticks", "verbatim"}
    if kind == "env":
        return start, (start, end), end, "display"
    return start, (low, high), end, "display" if alone else "inline" if kind == "round" else "code"


def _closing(m: re.Match[str], kind: str) -> str:
    if kind == "env":
        return f"\\end{{{m['env']}{m['star']}}}"
    if kind == "verbatim":
        return f"\\end{{{m['verbatim']}}}"
    return m["ticks"] if kind == "ticks" else _CLOSING[kind]


def _fence(text: str, m: re.Match[str], missing: set[str]) -> Block | None:
    fence = m["fence"].strip()
    line = text.find("\n", m.end())
    high = text.find(f"\n{fence}", m.end()) if line >= 0 and fence not in missing else -1
    if high < 0:
        missing.add(fence)
        return None
    language = text[m.end() : line].strip().lower()
    end = high + 1 + len(fence)
    inner = (line + 1, max(high, line + 1))
    formula = language in {"math", "latex", "tex"} and "$" not in text[slice(*inner)]
    return m.start(), inner, end, "display" if formula else "code"


def _inline(text: str, low: int, missing: set[str]) -> Block | None:
    if "$" in missing:
        return None
    high = low
    while True:
        high = text.find("$", high)
        if high < 0:
            missing.add("$")
            return None
        if text[high - 1] != "\\" or text[high - 2 : high] == "\\\\":
            break
        high += 1
    inner = text[low:high]
    if not inner.strip() or "\n\n" in inner or text[high + 1 : high + 2].isdigit():
        return None
    ticked = inner[0] == inner[-1] == "`" and len(inner) > 2
    return low - 1, (low + ticked, high - ticked), high + 1, "inline"


_MARKS = re.compile(
    r"\\begin\{(?P<begin>[a-zA-Z]+)\*?\}|\\end\{(?P<end>[a-zA-Z]+)\*?\}|(?P<row>\\\\\*?(?:\s*\[[^\]\n]{0,12}(?:pt|em|ex|cm|mm)\])?)"
    r"|(?P<cell>(?<!\\)&)|(?P<escaped>\\[{}%&])|(?P<brace>[{}])|(?P<comment>(?<!\\)%[^\n]*)|(?P<cr>\\(?:newline|cr)(?![a-zA-Z]))"
)
_LAYOUTS = frozenset(
    [
        "aligned",
        "align",
        "alignat",
        "alignedat",
        "equation",
        "eqnarray",
        "gather",
        "gathered",
        "multline",
        "split",
        "displaymath",
        "math",
        "flalign",
    ]
)


def _pieces(text: str, inner: Span) -> list[Span]:
    """The rows of a display, those put together that belong together."""
    cut = _cut(text, inner)
    return _joined(text, _relations_moved(text, [piece for piece in cut if text[slice(*piece)].strip()]))


def _cut(text: str, inner: Span) -> list[Span]:
    pieces: list[Span] = []
    cells: list[int] = []
    depth = 0
    start = inner[0]
    columns = "eqnarray" not in text[inner[0] : inner[0] + 40]
    outer = re.match(r"\s*\\begin\{array\}\s*(\{[^{}]*\})", text[inner[0] : inner[1]])
    stop = text.rfind("\\end{array}", *inner) if outer else inner[1]
    stop = inner[1] if stop < 0 else stop
    start += outer.end() if outer else 0
    for m in _MARKS.finditer(text, start, stop):
        kind = m.lastgroup
        if kind in {"begin", "end"}:
            depth += (m[kind] not in _LAYOUTS) * (1 if kind == "begin" else -1)
        elif kind == "brace":
            depth += 1 if m[0] == "{" else -1
        elif depth == 0 and kind == "cell":
            cells.append(m.start())
        elif depth == 0 and kind in {"row", "cr"}:
            pieces += _columns(text, (start, m.start()), cells) if columns else [(start, m.start())]
            start, cells = m.end(), []
    return pieces + (_columns(text, (start, stop), cells) if columns else [(start, stop)])


_RELATION = r"(?:=|<|>|:=|[≥≤≈∝]|\\(?:geq?|leq?|geqslant|leqslant|approx|equiv|propto|coloneqq|simeq)(?![a-zA-Z]))"
_ONLY_RELATION = re.compile(rf"\s*{_RELATION}?\s*\Z")


def _columns(text: str, piece: Span, cells: list[int]) -> list[Span]:
    """Equations side by side in one row: every second `&` divides them, unless it only frames a relation."""
    if len(cells) < 2 or any(_ONLY_RELATION.match(text[a + 1 : b]) for a, b in pairwise(cells)):
        return [piece]
    edges = [piece[0], *cells[1::2], piece[1]]
    return list(pairwise(edges))


_TRAILING = re.compile(rf"{_RELATION}(?:\s|&|\\[,;:! ]|\\q?quad)*\Z")
_SPACE = (
    r"(?:\s|&|\\q?quad(?![a-zA-Z])|\\[,;:! ]|\\(?:left|right)\.|\{\}"
    r"|\\[hv]space\*?\{[^}]*\}|\\[hv]?phantom\{[^}]*\}|~)*"
)
_GOES_ON = re.compile(rf"{_SPACE}(?:([+−-])|\\(?:cdot|times|pm|right)(?![a-zA-Z])|[*/)])")
_UNFINISHED = re.compile(rf"(?:[+*/−-]|\\(?:cdot|times)){_SPACE}\Z")
_ANY_RELATION = re.compile(_RELATION)


def _relations_moved(text: str, pieces: list[Span]) -> list[Span]:
    moved: list[Span] = []
    carried = -1
    for n, (begin, end) in enumerate(pieces):
        start = begin if carried < 0 else carried
        carried = -1
        m = _TRAILING.search(text[max(start, end - 60) : end]) if n < len(pieces) - 1 else None
        if m is not None:
            carried = max(start, end - 60) + m.start()
            moved.append((start, carried))
        else:
            moved.append((start, end))
    return [piece for piece in moved if text[slice(*piece)].strip(" &\n\t")]


def _joined(text: str, pieces: list[Span]) -> list[Span]:
    found: list[Span] = []
    n = 0
    while n < len(pieces):
        start, end = pieces[n]
        if found and _continues(text, (start, end), found[-1], pieces[0]):
            found[-1] = (found[-1][0], end)
            n += 1
            continue
        last = _balanced(text, pieces, n)
        found.append((start, pieces[last][1]))
        n = last + 1
    return found


def _continues(text: str, piece: Span, before: Span, first: Span) -> bool:
    here = text[slice(*piece)]
    if _UNFINISHED.search(text[max(before[0], before[1] - 60) : before[1]]):
        return True
    m = _GOES_ON.match(here)
    if m is None:
        return False
    if m[1] in {None, "+"} or not _ANY_RELATION.search(re.sub(r"[_^]\{[^{}]*\}", "", here)):
        return True
    return "&" in m[0] and not re.match(r"(?:\s|\\begin\{\w+\*?\})*&", text[slice(*first)])


def _balanced(text: str, pieces: list[Span], n: int) -> int:
    """The row at which brackets opened in row n are all closed; n itself if they never are, or soon enough."""
    height = 0
    for last in range(n, min(n + 4, len(pieces))):
        here = re.sub(r"\\(?:left|right)\s*\.", "", text[slice(*pieces[last])])
        height += len(re.findall(r"[(\[]|\\\{", here)) - len(re.findall(r"[)\]]|\\\}", here))
        if height <= 0:
            return last
    return n


_ENVIRONMENTS = "|".join(sorted(_LAYOUTS))
_EDGES_LEFT = re.compile(r"(?:\s|&|\\begin\{(?:" + _ENVIRONMENTS + r")\*?\}(?:\[[tbc]\])?(?:\{\d+\})?)*")
_EDGES_RIGHT = re.compile(r"(?:\s|&|\\end\{(?:" + _ENVIRONMENTS + r")\*?\}|\\(?:nonumber|notag)\b)*\Z")


def _trimmed(text: str, piece: Span) -> Span:
    """The piece without spaces and layout commands at its ends."""
    left = _EDGES_LEFT.match(text, *piece)
    start = left.end() if left else piece[0]
    inside = text[start : piece[1]]
    low = max(0, len(inside) - 200)
    right = _EDGES_RIGHT.search(inside[low:])
    return start, start + (low + right.start() if right else len(inside))


def _words(text: str, start: int, after: int) -> str:
    line = max(text.rfind("\n", 0, start) + 1, after)
    return text[line:start].strip().lstrip("$").strip()


def _plain(text: str, low: int, high: int) -> list[Formula]:
    """Whole lines between two marked places that are formulas without dollar signs."""
    found: list[Formula] = []
    position = low
    for line in text[low:high].splitlines(keepends=True):
        start, end = position, position + len(line)
        position = end
        whole = (start == 0 or text[start - 1] == "\n") and (end == len(text) or text[end - 1] == "\n")
        place = formula_in(line) if whole else None
        if place is not None:
            span = (start + place[0], start + place[1])
            found.append(Formula(text[slice(*span)], span, True, line[: place[0]].strip()))
    return found
