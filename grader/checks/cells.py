"""Kind `cells`: a set of pixels of a small image, listed or drawn in a written answer.

The box reads the answer; nothing in it knows which pixels are right. Listed: `11, 12, 13`, `(1,1), (1,2)`, `x_{11}`,
ranges `11–15`, `row 1: all; row 2: 1 to 4`. Drawn: a markdown table, rows of x/1/■ and ./0/□, or a LaTeX matrix of 0
and 1. What can be read in two ways, or not whole, is not read at all: a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from grader.checks.code import Code, Unread
from grader.checks.written import MAX_ANSWER, plain
from grader.model import Expected, Fact, Grid, Observation, Outcome, Values

Cell = tuple[int, int]
"""Row and column, counted from 1."""
MAX_TABLES = 50
LARGEST = 9
"""Rows and columns, for pixels are written as two digits."""


@dataclass(frozen=True)
class Known:
    """A wrong set of pixels that shows what was mistaken, and the sentence that says so."""

    cells: str
    sentence: str


@dataclass(frozen=True)
class Cells:
    """A set of pixels, such as a receptive field. `answer` lists them as a student would, `11, 12, 13`.

    `size` is how many rows and columns the image has, `centre` the pixel whose field it is, after which in raster
    order no pixel may be in it. `known` are wrong sets that show a mistake, by its note.
    """

    answer: str
    size: tuple[int, int] = (5, 5)
    centre: str = ""
    known: dict[str, Known] = field(default_factory=dict)
    part: str = ""

    def __post_init__(self) -> None:
        if not all(1 <= side <= LARGEST for side in self.size):
            raise ValueError(f"size must be two numbers from 1 to {LARGEST}, got {self.size}")
        known = [(f"known.{note}.cells", one.cells) for note, one in self.known.items()]
        for name, text in (("answer", self.answer), ("centre", self.centre), *known):
            try:
                found = read_cells(text, self.size) if text else frozenset()
            except Unread as error:
                raise ValueError(f"{name} {text!r} is not read as pixels: {error}") from None
            if name == "centre" and len(found) > 1:
                raise ValueError(f"centre must be one pixel, got {text!r}")

    asks_reference: ClassVar[bool] = False
    reads_text: ClassVar[bool] = True
    searchable: ClassVar[bool] = False

    def told(self, *, reference: bool) -> dict[str, Any]:  # noqa: ARG002 - both are asked alike
        return {"part": self.part, "size": list(self.size), "centre": self.centre}

    @staticmethod
    def probe(code: Code, call: Mapping[str, Any], given: Values) -> Values:  # noqa: ARG004 - there are no inputs
        rows, columns = call["size"]
        centre = one_cell(call["centre"]) if call["centre"] else None
        found = read_cells(code.answer(call["part"]), (rows, columns), centre)
        drawn = np.zeros((rows, columns), bool)
        for row, column in found:
            drawn[row - 1, column - 1] = True
        return {"cells": drawn}

    def compare(self, expected: Expected, observed: Observation) -> Outcome:  # noqa: ARG002 - the answer is in the rubric
        drawn = observed.values.get("cells", np.zeros(0, bool))
        if drawn.shape != tuple(self.size) or drawn.dtype != bool:
            return Outcome(None, "A person decides: the pixels did not come through.", (), "undecided")
        wanted = read_cells(self.answer, self.size)
        found = frozenset((int(r) + 1, int(c) + 1) for r, c in np.argwhere(drawn))
        evidence = (self._grid(wanted, found), Fact("read as", listed(found)))
        if found == wanted:
            return Outcome(1.0, f"all {len(wanted)} pixels are right, and no other is named", evidence)
        sentence, note = self._mistake(wanted, found)
        return Outcome(0.0, sentence, evidence, note)

    def _mistake(self, wanted: frozenset[Cell], found: frozenset[Cell]) -> tuple[str, str]:
        """The sentence and the note of a wrong set, by what sets it apart from the right one."""
        more, less = found - wanted, wanted - found
        told = "; ".join(filter(None, (_told("must not be in it", more), _told("is missing", less))))
        for note, known in self.known.items():
            if found == read_cells(known.cells, self.size):
                return f"{told}: {known.sentence}", note
        centre = one_cell(self.centre) if self.centre else None
        if centre and more == {centre}:
            return f"{told}: the output pixel does not see itself, because a mask of type A hides it", "centre_seen"
        if centre and less == {centre}:
            return f"{told}: with masks of type B only, the output pixel sees itself", "centre_lost"
        if centre and len(found) > 1 and found - {centre} == _mirrored(found, centre) - {centre} and more:
            return f"{told}: the field is symmetric, as without masks", "symmetric"
        future = frozenset(cell for cell in more if centre and cell > centre)
        if future:
            return f"{told}: {_named(future)} after the output pixel, which no mask lets through", "future"
        if not more:
            return f"{told}: the field is larger than this", "too_small"
        if not less:
            return f"{told}: the masks let fewer pixels through", "too_large"
        return told, "wrong_cells"

    def _grid(self, wanted: frozenset[Cell], found: frozenset[Cell]) -> Grid:
        names = {(True, True): "right", (False, True): "illegal", (True, False): "lost", (False, False): "unused"}
        rows, columns = self.size
        cells = [
            tuple(names[(r, c) in wanted, (r, c) in found] for c in range(1, columns + 1)) for r in range(1, rows + 1)
        ]
        if self.centre:
            row, column = one_cell(self.centre)
            if cells[row - 1][column - 1] == "unused":
                line = list(cells[row - 1])
                line[column - 1] = "centre"
                cells[row - 1] = tuple(line)
        return Grid(f"the pixels as they were read{f', around {self.centre}' if self.centre else ''}", tuple(cells))


def listed(cells: frozenset[Cell]) -> str:
    """The pixels as two digits each, in raster order."""
    return ", ".join(f"{row}{column}" for row, column in sorted(cells)) or "none"


def one_cell(text: str) -> Cell:
    """The pixel that two digits name."""
    row, column = re.findall(r"\d", text)
    return int(row), int(column)


def _told(what: str, cells: frozenset[Cell]) -> str:
    if not cells:
        return ""
    if len(cells) == 1:
        return f"pixel {listed(cells)} {what}"
    return f"pixels {listed(cells)} {what.replace('is ', 'are ')}"


def _named(cells: frozenset[Cell]) -> str:
    return f"{'it lies' if len(cells) == 1 else f'{len(cells)} of them lie'}"


def _mirrored(cells: frozenset[Cell], centre: Cell) -> frozenset[Cell]:
    return frozenset((2 * centre[0] - row, 2 * centre[1] - column) for row, column in cells)


# --- reading


def read_cells(text: str, size: tuple[int, int], centre: Cell | None = None) -> frozenset[Cell]:
    """The pixels that a text lists or draws. Raises `Unread`, which says why, where that is not certain.

    `centre` is the output pixel, which a text may name as such without saying that it is in the set.
    """
    text = text[:MAX_ANSWER]
    if text.count("\\begin") > MAX_TABLES:
        raise Unread(f"the answer has more than {MAX_TABLES} tables")
    drawings = _drawings(text, size)
    if len(set(drawings)) > 1:
        raise Unread("the answer draws more than one grid")
    rest = _without_drawings(text) if drawings else text
    said = _listed(rest, size, centre, strict=not drawings)
    if drawings and said and said != drawings[0]:
        raise Unread("the answer draws one set of pixels and lists another")
    if drawings:
        return drawings[0]
    if said is None:
        raise Unread("no pixels were recognised in the answer")
    return said


MARKED = frozenset("xX1■█▪⬛●✓✔✗✘*#×🟩🟦🟥")
EMPTY = frozenset(".0□▫⬜○·-_–oO") | {""}
_AMBIGUOUS = frozenset("oO")
_LATEX = {"\\blacksquare": "■", "\\square": "□", "\\Box": "□", "\\bullet": "●", "\\circ": "○", "\\checkmark": "✓"}
_LATEX |= {"\\times": "x", "\\cdot": "·", "\\ast": "*"}
_ENVIRONMENT = re.compile(
    r"\\begin\{(?P<kind>array|tabular|[pbvBV]?matrix|smallmatrix)\}(?:\s*\[\w\])?(?:\s*\{(?P<columns>[^{}]*)\})?(?P<body>.*?)\\end\{(?P=kind)\}",
    re.DOTALL,
)


def _drawings(text: str, size: tuple[int, int]) -> list[frozenset[Cell]]:
    """All grids that are drawn in a text. Raises `Unread` for one of another size, or with signs of two meanings."""
    found = [_drawn(_latex_rows(m["body"]), size) for m in _ENVIRONMENT.finditer(text)]
    rest = _ENVIRONMENT.sub("\n", text)
    for block in _blocks(rest):
        rows = [_row(line) for line in block]
        found.append(_drawn([row for row in rows if row], size))
    return found


def _latex_rows(body: str) -> list[list[str]]:
    body = re.sub(r"\\(?:hline|toprule|midrule|bottomrule|cline\{[^}]*\})", "", body)
    for command, sign in _LATEX.items():
        body = re.sub(re.escape(command) + r"(?![A-Za-z])", sign, body)
    body = re.sub(r"\\(?:mathbf|text|mathrm|textbf|boxed|color\{\w+\}|fbox)\s*\{([^{}]*)\}", r"\1", body)
    lines = re.split(r"\\\\(?:\s*\[[^\]]*\])?", body)
    return [[cell.strip(" \n\t$") for cell in line.split("&")] for line in lines if line.strip()]


def _blocks(text: str) -> Iterator[list[str]]:
    """Lines one after the other that may be rows of a grid, at least two."""
    block: list[str] = []
    for line in [*text.splitlines(), ""]:
        if _is_row(line):
            block.append(line)
        else:
            if len([one for one in block if _row(one)]) > 1:
                yield block
            block = []


_RULE = re.compile(r"[\s|:+=-]*\Z")


def _is_row(line: str) -> bool:
    cells = _row(line)
    if not line.strip():
        return False
    if _RULE.match(line) and "-" in line and "|" in line:
        return True
    known = MARKED | EMPTY | set("12345")
    return len(cells) > 2 and all(cell in known for cell in cells)


def _row(line: str) -> list[str]:
    """The cells of a drawn row: between bars, between spaces, or one sign each."""
    line = line.strip().strip("`$")
    if not line or (_RULE.match(line) and "|" in line):
        return []
    line = re.sub(r"\*\*(.+?)\*\*", r"\1", line)
    if "|" in line:
        return [cell.strip() for cell in line.strip("|").split("|")]
    line = line.strip("[](){},;")
    if re.search(r"[\s,;&]", line):
        return [cell for cell in re.split(r"[\s,;&]+", line) if cell]
    return list(line)


def _drawn(rows: list[list[str]], size: tuple[int, int]) -> frozenset[Cell]:
    """The marked cells of a grid, whose first row and column may number it."""
    height, width = size
    if len(rows) == height + 1 and _numbers(rows[0][-width:], width):
        rows = rows[1:]
    if all(len(row) == width + 1 for row in rows) and _numbers([row[0] for row in rows], height):
        rows = [row[1:] for row in rows]
    if len(rows) == height + 1 and all(not cell for cell in rows[0]):
        rows = rows[1:]  # the empty head that markdown asks for
    if len(rows) != height or any(len(row) != width for row in rows):
        shown = f"{len(rows)} rows" + (f" of {len(rows[0])}" if rows and len({len(r) for r in rows}) == 1 else "")
        raise Unread(f"a grid of {shown} is drawn, and the image has {height} rows of {width}")
    signs = {cell for row in rows for cell in row}
    strange = sorted(signs - MARKED - EMPTY)
    if strange:
        raise Unread(f"the sign “{strange[0][:20]}” in the drawn grid is not known")
    marks, blanks = signs & MARKED, signs & EMPTY - {""}
    if len(marks) > 1 or len(blanks) > 1 or (blanks & _AMBIGUOUS and not marks & set("xX×")):
        raise Unread(
            f"the drawn grid has the signs {' '.join(sorted(signs - {''}))}, and it is not clear what they mean"
        )
    return frozenset((r, c) for r, row in enumerate(rows, 1) for c, cell in enumerate(row, 1) if cell in MARKED)


def _numbers(cells: list[str], count: int) -> bool:
    return cells == [str(k) for k in range(1, count + 1)]


def _without_drawings(text: str) -> str:
    text = _ENVIRONMENT.sub("\n", text)
    return "\n".join(line for line in text.splitlines() if not _is_row(line))


_PAIR = r"\(\s*(\d)\s*,\s*(\d)\s*\)"
_TOKEN = re.compile(
    rf"{_PAIR}"
    r"|(?:[a-zA-Z]\s*_\s*)?(?:\{\s*)?(?<![\d.])(\d)\s*,?(?<!,)(\d)(?![\d.]*\d)(?:\s*\})?"
    r"|[a-zA-Z]\s*_\s*\{\s*(\d)\s*,\s*(\d)\s*\}"
)
_TO = re.compile(r"[^\S\n]*(?:–|—|-+|\.\.\.?|…|\\(?:ldots|dots|cdots)|to|bis|through|until)\s*,?\s*\Z")
_DOTS = re.compile(r"\s*,?\s*(?:\.\.\.?|…|\\(?:ldots|dots|cdots))\s*,?\s*\Z")
_BETWEEN = re.compile(r"[\s,;&{}\\$.\[\]()+∪]*(?:and|und|\\(?:cup|text)|union)?[\s,;{}\\$.\[\]()]*\Z")
_ROW = re.compile(
    r"\brows?\s+(\d)(?:\s*(?:–|-|to|and)\s*(\d))?\s*(?::|=|,|are|is|\()?\s*(?:columns?|cols?\.?|pixels?)?\s*"
    r"(all(?:\s+of\s+(?:it|them))?|every(?:thing)?|complete(?:ly)?|entire(?:ly)?|full(?:y)?|none|nothing|empty"
    r"|(?:\d(?!\d)(?:\s*(?:–|-|to|,|and)\s*)?)+)",
    re.IGNORECASE,
)
_ALL = frozenset({"all", "every", "complete", "entire", "full"})
_DENIAL = re.compile(
    r"\b(?:not|no|without|except|excluding|never|but|nor|neither)\b|\\setminus|∖|\\notin|∉", re.IGNORECASE
)


def _listed(text: str, size: tuple[int, int], centre: Cell | None, *, strict: bool) -> frozenset[Cell] | None:
    """The pixels that a text names; None if it names none. Raises `Unread` for what is not certain.

    Beside a drawing (not `strict`) a text may mention single pixels without listing the set.
    """
    cleaned = _cleaned(text)
    if centre is not None:
        cleaned = _without_output(cleaned, centre)
    by_row = _by_rows(cleaned, size)
    if by_row is not None:
        return by_row
    runs = list(_runs(cleaned, size))
    if strict and runs:
        _complain_of_other_numbers(cleaned)
    if not strict:
        runs = [run for run in runs if len(run) > 2]
    sets = list(dict.fromkeys(frozenset(run) for run in runs))
    if not sets:
        return None
    if _DENIAL.search(cleaned):
        raise Unread("the answer lists pixels together with a denial")
    if len(sets) > 1:
        # A list over several lines, `row 1: 11, 12`, is one; a list and a mention of another set are not.
        lines = [line for line in cleaned.splitlines() if _TOKEN.search(line)]
        if any(_words(line) for line in lines):
            raise Unread("the answer names more than one set of pixels")
        return frozenset().union(*sets)
    return sets[0]


def _cleaned(text: str) -> str:
    text = re.sub(r"(?m)^[ \t]*(?:[-*+•]|\\item)[ \t]+", "", plain(text))
    text = re.sub(r"\\(?:text|mathrm|mathbf|textbf|mathit|operatorname)\s*\{([^{}]*)\}", r" \1 ", text)
    return re.sub(r"\\[{}]", lambda m: m[0][1], text)


def _without_output(text: str, centre: Cell) -> str:
    """The text without mentions of the output pixel as such: `The field of pixel 33 is …`."""
    row, column = centre
    name = rf"(?:[a-z]\s*_\s*)?\{{?\(?\s*{row}\s*,?\s*{column}\s*\)?\}}?"
    before = r"\b(?:of|for|at|around)\s+(?:the\s+)?(?:output\s+)?(?:pixel|position|unit|entry)?\s*"
    text = re.sub(rf"(?i){before}\$?{name}\$?(?!\d)", " ", text)
    field_of = r"\b(?:RF|R|receptive\s+field)\s*_?\s*"
    return re.sub(rf"(?i){field_of}\(?\s*\$?{name}\$?\s*\)?\s*(?=[=:])", " ", text)


def _by_rows(text: str, size: tuple[int, int]) -> frozenset[Cell] | None:
    """`row 1: all; row 2: 1 to 4`, if every pixel is told in this way."""
    found: set[Cell] = set()
    matches = list(_ROW.finditer(text))
    if not matches:
        return None
    for m in matches:
        first = int(m[1])
        last = int(m[2] or m[1])
        columns = _columns(m[3].lower(), size[1])
        if not 1 <= first <= last <= size[0]:
            raise Unread(f"the image has no row {last}")
        found |= {(row, column) for row in range(first, last + 1) for column in columns}
    rest = _ROW.sub(" ", text)
    if re.search(r"\d", rest) or _DENIAL.search(rest):
        raise Unread("the answer tells some pixels by rows and others in another way")
    return frozenset(found)


def _columns(text: str, width: int) -> list[int]:
    if text.split(maxsplit=1)[0].removesuffix("ly").removesuffix("thing") in _ALL:
        return list(range(1, width + 1))
    if text in ("none", "nothing", "empty"):
        return []
    found: list[int] = []
    for m in re.finditer(r"(\d)(?:\s*(?:–|-|to)\s*(\d))?", text):
        found += range(int(m[1]), int(m[2] or m[1]) + 1)
    if any(not 1 <= column <= width for column in found):
        raise Unread(f"the image has no column {max(found)}")
    return found


def _runs(text: str, size: tuple[int, int]) -> Iterator[list[Cell]]:
    """Pixels that are listed one after the other, with nothing but commas between them; ranges are filled."""
    run: list[Cell] = []
    end = 0
    for m in _TOKEN.finditer(text):
        digits = [g for g in m.groups() if g is not None]
        cell = (int(digits[0]), int(digits[1]))
        between = text[end : m.start()]
        if run and (_DOTS.match(between) or _TO.match(between)):
            run += _range(run[-1], cell, size)
        elif run and _BETWEEN.match(between):
            run.append(cell)
        else:
            if run:
                yield run
            run = [cell]
        if not (1 <= cell[0] <= size[0] and 1 <= cell[1] <= size[1]):
            raise Unread(f"the image has no pixel {cell[0]}{cell[1]}")
        end = m.end()
    if run:
        yield run


_LABELLED = re.compile(
    r"[A-Za-z^_{}]+\s*\d+(?:\.\d+)*\s*:?|\d+\s*[x×]\s*\d+|\d+(?=[\s~-]*[A-Za-z])|\d+\s*\\times\s*\d+"
)
"""Numbers that are no pixels: `row 1`, `3×3`, `9 pixels`."""


def _complain_of_other_numbers(text: str) -> None:
    for line in text.splitlines():
        m = re.search(r"\d+", _LABELLED.sub(" ", _TOKEN.sub(" ", line))) if _TOKEN.search(line) else None
        if m is not None:
            raise Unread(f"the number {m[0][:9]} in the list is no pixel")


def _range(first: Cell, last: Cell, size: tuple[int, int]) -> list[Cell]:
    """The pixels from one to another in the same row; over several rows it is not clear which are meant."""
    if first[0] != last[0] or last[1] <= first[1] or last[1] > size[1]:
        raise Unread(f"it is not clear which pixels lie from {first[0]}{first[1]} to {last[0]}{last[1]}")
    return [(first[0], column) for column in range(first[1] + 1, last[1] + 1)]


def _words(line: str) -> bool:
    """Whether a line has words beside its pixels, other than a label such as `row 1`."""
    rest = re.sub(r"(?i)\b(?:row|line|and)\s*\d?\s*:?", " ", _TOKEN.sub(" ", line))
    return re.search(r"[A-Za-z]{2,}", rest) is not None
