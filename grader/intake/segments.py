"""A text cut into pieces: what stands under which heading.

Where it is known what was asked, the headings are those marks of the text that agree best with it (see `order`).
Where it is not, they are what markdown or LaTeX says is one, and a label in bold at the beginning of a line.

No text is ever lost: a line is the heading of a part, or in the answer to a part, or unplaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from grader.intake.headings import BOLD_LEVEL, Mark, marks
from grader.intake.labels import ORNAMENT, POINTS, is_roman
from grader.intake.order import Placed, Tree, placed, tree
from grader.intake.pages import furniture, is_front_matter, without_layout

MAX_TITLE = 100
"""Characters of a question's title; what is longer was written to be read."""

_ITEM = re.compile(r"(?<=[^\s\\])[ \t]*(?=\\item\b)")
"""Where an item of LaTeX begins within a line."""


@dataclass(frozen=True)
class Segment:
    """A piece of the text as it stands: its heading as written, the text under it, and the part, "" if unplaced.

    `label` is what the heading says, `why` how it was read where that is not what it says. `above` is the question, of
    a text that stands under it and under none of its parts; `quiet` pieces hold nothing that anybody would miss.
    """

    part: str
    head: str
    text: str
    label: str = ""
    why: str = ""
    above: str = ""
    quiet: bool = False


def segments(texts: Sequence[str], parts: Sequence[str] = ()) -> list[Segment]:
    """All pieces of the texts, in order; together they hold every line that is not blank exactly once."""
    lines, breaks = _lines(texts)
    if not parts:
        return list(_nested_segments(lines, [mark for mark in marks(lines, breaks) if mark.explicit]))
    known = tree(tuple(parts))
    return list(_asked(lines, placed(marks(lines, breaks, known.endings), known, len(lines)), known))


def has_headings(text: str) -> bool:
    """Whether anything in a text looks like the heading of a part."""
    return any(mark.label for mark in marks(*_lines([text])))


def _lines(texts: Sequence[str]) -> tuple[list[str], frozenset[int]]:
    """The lines of all texts, an empty one between them, and the numbers of those that begin a text."""
    lines: list[str] = []
    breaks = []
    for text in texts:
        breaks.append(len(lines))
        plain = re.sub(r"\r\n?", "\n", text)
        lines += [*_trimmed(_ITEM.sub("\n", plain).split("\n")), ""]
    return lines, frozenset(breaks)


# --- where the parts are known


def _asked(lines: list[str], chain: Sequence[Placed], known: Tree) -> Iterator[Segment]:
    first = chain[0].mark.line if chain else len(lines)
    # A page's header and footer are the page's, and in the middle of nobody's answer.
    pages = furniture(lines, first)
    front = _trimmed(lines[:first])
    if front:
        # A homework with one part needs no heading.
        single = known.nodes[known.single_part()].part if not chain else ""
        yield Segment(single, "", "\n".join(front), quiet=not chain or is_front_matter(front))
    for place, following in zip(chain, [*chain[1:], None][: len(chain)], strict=True):
        end = following.mark.line if following else len(lines)
        body = range(place.mark.end, end)
        yield from _piece(lines, place, [n for n in body if n not in pages], known, following)
        loose = [lines[n] for n in body if n in pages]
        if loose:
            yield Segment("", "", "\n".join(loose), quiet=True)


def _piece(
    lines: list[str], place: Placed, body: Sequence[int], known: Tree, following: Placed | None
) -> Iterator[Segment]:
    """What stands under one heading, and the commands of layout at its end."""
    layout, text = without_layout([lines[n] for n in body])
    mark, node = place.mark, known.only_part(place.node)
    part = known.nodes[node].part if node else ""
    rest = _answer_in(mark, is_part=bool(part), alone=not any(map(str.strip, text)))
    head = [lines[mark.line][: mark.column] if rest else lines[mark.line], *lines[mark.line + 1 : mark.end]]
    piece = Segment(part, "\n".join(head), "", mark.label, place.why)
    if part:
        yield replace(piece, text="\n".join(_trimmed([*([rest] if rest else []), *text])))
    else:
        goes_on = following is not None and bool(known.below[following.node, place.node])
        title = len(rest) <= MAX_TITLE and not re.search(r"[$=]", rest) and goes_on
        above = known.nodes[place.node].name if place.node else ""
        yield replace(piece, text=rest, above=above, quiet=title)
        yield Segment("", "", "\n".join(_trimmed(text)), above=above, why="unknown" if place.why == "unknown" else "")
    if layout:
        yield Segment("", "\n".join(layout), "", quiet=True)


def _answer_in(mark: Mark, *, is_part: bool, alone: bool) -> str:
    """What of a heading's line is text to be read, and no title. `alone`: nothing stands under it."""
    rest = mark.rest.strip()
    if not POINTS.sub("", rest).strip(ORNAMENT + "-–—\\"):
        return ""
    return "" if mark.title and is_part and not alone else rest


# --- where nothing is known


def _nested_segments(lines: list[str], found: Sequence[Mark]) -> Iterator[Segment]:
    """The pieces of a text by its certain headings alone: letters go under numbers, deeper headings under higher."""
    ends = [mark.line for mark in found] + [len(lines)]
    yield Segment("", "", "\n".join(_trimmed(lines[: ends[0]])))
    stack: list[tuple[int, str]] = []
    for mark, following, end in zip(found, [*found[1:], None][: len(found)], ends[1:], strict=True):
        part = _nested(stack, mark.level, mark.label)
        body = "\n".join(_trimmed(lines[mark.end : end]))
        bare = POINTS.sub("", mark.rest).strip(ORNAMENT[:-1] + "-–—")
        rest = mark.rest.strip() if bare else ""
        if mark.title and (body or (following and _is_below(following, stack))):
            # A heading with nothing under it may hold the answer itself: "c) True".
            rest = ""
        apart = "\n\n" if mark.level < BOLD_LEVEL else "\n"
        head = lines[mark.line][: mark.column] if rest else lines[mark.line]
        yield Segment(part, head, apart.join(filter(None, [rest, body])), mark.label)


def _nested(stack: list[tuple[int, str]], level: int, name: str) -> str:
    """The full label of a heading under those that are open; the stack is brought up to date."""
    first, *others = name.split(".")
    if first.isdigit() and others:
        stack.clear()
    while stack and not _goes_under(stack[-1], level, first):
        stack.pop()
    full = f"{stack[-1][1]}.{name}" if stack else name
    done = stack[-1][1].count(".") + 1 if stack else 0
    atoms = full.split(".")
    stack.extend((level, ".".join(atoms[: n + 1])) for n in range(done, len(atoms)))
    return full


def _goes_under(top: tuple[int, str], level: int, first: str) -> bool:
    """Whether a label that begins with `first` is a part of the open label `top`: letters go under numbers."""
    top_level, top_label = top
    last, first = top_label.split(".")[-1].split("-")[0], first.split("-", 1)[0]
    if level <= top_level and (level < top_level or first.isdigit()):
        return False
    if last.isdigit() or first.isdigit():
        return True
    # After h comes the letter i, unless a deeper heading says that it is the numeral.
    return is_roman(first) and (level > top_level or (len(first) > 1 and not is_roman(last)))


def _is_below(following: Mark, stack: list[tuple[int, str]]) -> bool:
    """Whether the next heading is a part of the open one, which is then a title and holds no answer."""
    above = stack[-1][1]
    return _nested(list(stack), following.level, following.label).startswith(above + ".")


def _trimmed(lines: Sequence[str]) -> list[str]:
    """The lines without blank ones at either end."""
    first, last = 0, len(lines)
    while first < last and not lines[first].strip():
        first += 1
    while last > first and not lines[last - 1].strip():
        last -= 1
    return list(lines[first:last])
