"""The words of the reports: verdicts, points, evidence as text, and strangers' text made fit to show.

Whatever a student can influence (names, what was printed, details) passes through `line` or `block` before it
is shown: they take out what can't be seen or turns a line around, and bound the length. Escaping for HTML is
the templates' work and comes on top.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from grader.model import Evidence, Fact, Grade, Grid, Item, Line, Lines, Outcome, Plot, Rubric, Table

NAME, SENTENCE, LABEL, CELL, VALUE, PRINTED = 120, 1_500, 200, 400, 20_000, 4_000
"""Longest texts, in characters: of a name, a sentence, a label, a cell, a fact's value, what was printed."""

MAX_ROWS, MAX_COLUMNS, MAX_SIDE = 100, 20, 40
"""Largest table, and longest side of a grid, that is shown."""

_TERMINAL = re.compile("\x1b\\[[0-?]{0,40}[ -/]{0,4}[@-~]|\x1b\\][^\x07\x1b]{0,400}(?:\x07|\x1b\\\\)?")
_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Controls, marks of direction, and characters without a width; the joiners of emoji and of Persian stay.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e0fff]"
)
_NO_TEXT = re.compile("[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_MARKS = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_ALIGNED = re.compile(r"(?<!\\)&")
_PILED = re.compile(f"({_MARKS}{{3}}){_MARKS}+")


@dataclass(frozen=True)
class Verdict:
    """How an item ended, as a word and a sign; `slug` is the same for style sheets and tags."""

    word: str
    sign: str
    slug: str


RIGHT = Verdict("right", "✓", "right")
PARTLY = Verdict("partly", "◐", "partly")
WRONG = Verdict("wrong", "✗", "wrong")
PERSON = Verdict("a person decides", "?", "person")
OURS = Verdict("not graded, our fault", "!", "ours")
VERDICTS = (RIGHT, PARTLY, WRONG, PERSON, OURS)

NOT_GRADED = "this item was not graded, and that is our fault, not yours: a person will look at it"

CELLS: Mapping[str, tuple[str, str]] = {
    "right": ("●", "used, and may be"),
    "illegal": ("✗", "used, but must not be (illegal)"),
    "lost": ("○", "not used, but should be (lost)"),
    "unused": ("·", "not used, and must not be"),
    "centre": ("+", "the pixel itself"),
}
"""Sign and meaning of each kind of cell in a `Grid`."""
LINE_VERDICTS = {
    "holds": ("right", "✓", "holds"),
    "fails": ("wrong", "✗", "does not hold"),
    "unread": ("unsure", "?", "could not be read"),
    "undecided": ("unsure", "?", "could not be decided"),
    "defines": ("plain", "≔", "gives a name"),
    "unjudged": ("plain", "", "not judged"),
    "": ("plain", "", ""),
}
"""Slug, sign and word for each verdict on a line of a derivation."""
MAX_LINES = 200
NO_LINES = "No formula was found in this answer."


def verdict(outcome: Outcome | None) -> Verdict:
    """The verdict that an outcome amounts to. An item without an outcome, or `lost`, is our fault."""
    if outcome is None or (outcome.credit is None and outcome.note == "lost"):
        return OURS
    if outcome.credit is None:
        return PERSON
    if outcome.credit >= 1.0:
        return RIGHT
    return PARTLY if outcome.credit > 0.0 else WRONG


def placed(rubric: Rubric) -> Iterator[tuple[str, Item]]:
    """Every item with its place, `2.3` for the third of the second question; pages make anchors of it."""
    for q, question in enumerate(rubric.questions, 1):
        for i, item in enumerate(question.items, 1):
            yield f"{q}.{i}", item


def told(grade: Grade, item: Item) -> str:
    """The sentence that the student reads on one item, with a capital and a full stop."""
    outcome = grade.outcomes.get(item.id)
    return sentence(outcome.sentence if outcome else "") or sentence(NOT_GRADED)


def points(value: float) -> str:
    """Points with two decimals at most: `3`, `2.5`, `0.33`."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if math.isfinite(value) else "?"


def counted(value: float) -> str:
    """`1 point`, `2.5 points`."""
    return f"{points(value)} {'point' if value == 1 else 'points'}"


def pending(item: Item) -> str:
    """What it means for a student's points that nobody has decided an item yet."""
    are = "is" if item.points == 1 else "are"
    return f"Until a person has decided, its {counted(item.points)} {are} neither won nor lost."


def plural(count: int, one: str) -> str:
    """`1 student`, `12 students`."""
    return f"{count} {one}{'' if count == 1 else 's'}"


def line(text: str, limit: int = SENTENCE) -> str:
    """A text on one line, fit to show, of at most `limit` characters."""
    text = " ".join(_shown(text[: 2 * limit + 200]).split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def block(text: str, limit: int = VALUE) -> str:
    """A text of several lines, fit to show; past `limit` characters it says how many were left out."""
    shown = _shown(text[: limit + 1]).strip("\n")
    left = len(text) - limit
    return shown if left <= 0 else f"{shown[:limit].rstrip()}\n[… {left:,} more characters are not shown]"


def paragraphs(text: str) -> str:
    """A text whose lines were broken for an editor, with its paragraphs on one line each; list entries keep theirs."""
    return re.sub(r"(?<!\n)\n(?!\n|\s*[-*•]\s|\s*\(?[A-Za-z0-9]{1,2}[.)]\s)", " ", block(text))


def sentence(text: str) -> str:
    """A sentence with its capital and full stop; one that begins with code or a symbol keeps its first letter."""
    text = line(text)
    first = text.partition(" ")[0].rstrip(",:;")
    if first.isascii() and first.isalpha() and (len(first) > 1 or first == "a"):
        text = text[0].upper() + text[1:]
    return text + "." if text and text[-1] not in ".!?…:" else text


def evidence_text(evidence: Evidence) -> str:
    """One piece of evidence as plain text, for readers that have no page."""
    match evidence:
        case Fact():
            value = block(evidence.value)
            return f"{line(evidence.label, LABEL)}:{_newline(value)}{value}"
        case Table():
            return f"{line(evidence.label, LABEL)}:\n{_table_text(evidence)}"
        case Grid():
            rows = "\n".join("  " + " ".join(CELLS[cell][0] for cell in row) for row in shown_cells(evidence))
            legend = "\n".join(f"  {sign} {meaning}" for sign, meaning in legend_of(evidence))
            return f"{line(evidence.label, LABEL)}: {grid_text(evidence)}\n{rows}\n{legend}"
        case Plot():
            return plot_text(evidence)
        case Lines():
            shown = [*map(_line_text, itertools.count(1), shown_lines(evidence)), left_out_lines(evidence)]
            return f"{line(evidence.label, LABEL)}:\n" + ("\n".join(filter(None, shown)) or f"  {NO_LINES}")


def _line_text(number: int, shown: Line) -> str:
    """A line of a derivation, and below it what there is to say of it; a step that holds says nothing."""
    _, sign, _ = LINE_VERDICTS[shown.verdict]
    said = line_words(shown)
    return f"{number:>3} {sign or '·'} {line_source(shown)}" + (f"\n      {said}" if said else "")


def line_source(shown: Line) -> str:
    """A line as it was written, without the marks at which a display is aligned."""
    return line(_ALIGNED.sub("", shown.text), CELL)


def line_words(shown: Line) -> str:
    """What a line's verdict is and why, as sentences; "" for one that just holds or that claims nothing."""
    slug, _, word = LINE_VERDICTS[shown.verdict]
    why = line(shown.words)
    parts = [word if slug in ("wrong", "unsure") else "", why]
    sides = f"in one world the left side is {line(shown.left, CELL)}, the right side {line(shown.right, CELL)}"
    parts = [": ".join(filter(None, parts)), sides if shown.left and shown.right else ""]
    return " ".join(map(sentence, filter(None, parts)))


def shown_lines(lines: Lines) -> tuple[Line, ...]:
    """The lines of a derivation that are shown."""
    return lines.lines[:MAX_LINES]


def left_out_lines(lines: Lines) -> str:
    """How many lines are not shown, in words; "" if none."""
    return f"Only {MAX_LINES} of {len(lines.lines)} lines." if len(lines.lines) > MAX_LINES else ""


def shown_rows(table: Table) -> tuple[tuple[str, ...], ...]:
    """The rows of a table that are shown, with their cells fit to show."""
    return tuple(tuple(line(cell, CELL) for cell in row[:MAX_COLUMNS]) for row in table.rows[:MAX_ROWS])


def shown_columns(table: Table) -> tuple[str, ...]:
    """The headings of a table, fit to show."""
    return tuple(line(column, LABEL) for column in table.columns[:MAX_COLUMNS])


def left_out(evidence: Table | Grid) -> str:
    """What of a table or grid is too large to be shown, in words; "" if nothing."""
    rows, columns, most, widest = (
        (len(evidence.rows), len(evidence.columns), MAX_ROWS, MAX_COLUMNS)
        if isinstance(evidence, Table)
        else (len(evidence.cells), max(map(len, evidence.cells), default=0), MAX_SIDE, MAX_SIDE)
    )
    if rows <= most and columns <= widest:
        return ""
    return f"Only {min(rows, most)} of {plural(rows, 'row')} and {min(columns, widest)} of {plural(columns, 'column')}."


def shown_cells(grid: Grid) -> tuple[tuple[str, ...], ...]:
    """The cells of a grid that are shown."""
    return tuple(row[:MAX_SIDE] for row in grid.cells[:MAX_SIDE])


def legend_of(grid: Grid) -> list[tuple[str, str]]:
    """Sign and meaning of the kinds of cell that occur in a grid."""
    there = {cell for row in grid.cells for cell in row}
    return [CELLS[kind] for kind in CELLS if kind in there]


def grid_text(grid: Grid) -> str:
    """What a grid shows in words: how many cells are illegal or lost, and where the first of them lie."""
    found = []
    for kind in ("illegal", "lost"):
        places = [f"({i}, {j})" for i, row in enumerate(grid.cells) for j, cell in enumerate(row) if cell == kind]
        if places:
            more = ", …" if len(places) > 8 else ""
            found.append(f"{len(places)} {kind}, at (row, column) {', '.join(places[:8])}{more}")
    return "; ".join(found) or "no cell is illegal or lost"


def plot_text(plot: Plot) -> str:
    """What a plot shows in words: what is drawn, and each series' number of points and ranges."""
    parts = [_series_text(line(name, LABEL), *series) for name, series in plot.series.items()]
    axes = [f"{axis} is {line(label, LABEL)}" for axis, label in (("x", plot.xlabel), ("y", plot.ylabel)) if label]
    head = f"{line(plot.label, LABEL)}: {plot.style} plot" + (f", {' and '.join(axes)}" if axes else "")
    return f"{head}. {'; '.join(parts) or 'no points'}."


def finite(xs: tuple[float, ...], ys: tuple[float, ...]) -> list[tuple[float, float]]:
    """The points of a series that can be drawn."""
    return [(x, y) for x, y in zip(xs, ys, strict=False) if math.isfinite(x) and math.isfinite(y)]


def _series_text(name: str, xs: tuple[float, ...], ys: tuple[float, ...]) -> str:
    drawn = finite(xs, ys)
    missing = min(len(xs), len(ys)) - len(drawn)
    words = f"{name}: {plural(len(drawn), 'point')}"
    if drawn:
        low, high = min(y for _, y in drawn), max(y for _, y in drawn)
        words += f", x from {_short(drawn[0][0])} to {_short(drawn[-1][0])}, y between {_short(low)} and {_short(high)}"
    return words + (f", {missing} not finite" if missing else "")


def _short(value: float) -> str:
    return f"{value:.4g}".replace("-", "−")


def _table_text(table: Table) -> str:
    rows = [row for row in (shown_columns(table), *shown_rows(table)) if any(row)]
    count = max(map(len, rows), default=0)
    widths = [min(30, max(len(row[k]) for row in rows if k < len(row))) for k in range(count)]
    lines = ["  " + "  ".join(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=False)).rstrip() for row in rows]
    return "\n".join([*lines, *([f"  {left_out(table)}"] if left_out(table) else [])])


def _newline(value: str) -> str:
    return "\n" if "\n" in value else " "


def _shown(text: str) -> str:
    text = _BREAKS.sub("\n", _TERMINAL.sub("", text))
    text = _UNSEEN.sub("", _NO_TEXT.sub("�", text))
    return _PILED.sub(r"\1", text)
