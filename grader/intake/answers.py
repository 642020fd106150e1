"""Written answers: the text of each part of the homework, and what is left over."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader.intake.macros import with_macros
from grader.intake.remarks import remarks
from grader.intake.segments import Segment, segments

MAX_PARTS = 500
"""More parts than any homework has; what would be a further one is unplaced."""

Certain = Callable[[str], Collection[str]]
"""Text of an answer → the parts whose answer it certainly contains."""


@dataclass(frozen=True)
class Answers:
    """Part → its text, the text that belongs to no part, and what a person should know about the reading.

    `stray` is what of the unplaced text may be an answer: all but titles and what a page has at its top and bottom.
    """

    parts: Mapping[str, str] = field(default_factory=dict)
    unplaced: str = ""
    stray: str = ""
    remarks: tuple[str, ...] = ()


def split_answers(text: str, parts: Sequence[str] = (), certain: Certain | None = None) -> Answers:
    """The written answers in a text. `parts` are the labels that the rubric asks for, in order, if it is known.

    `certain` tells which parts' answers a text certainly contains: a label that is wrong is recognised by it.
    """
    return split_all([text], parts, certain)


def split_all(texts: Iterable[str], parts: Sequence[str] = (), certain: Certain | None = None) -> Answers:
    """As `split_answers`, over the texts of a notebook's cells: a part stays open from one text to the next."""
    texts = list(texts)
    found = segments(texts, parts)
    if certain and parts:
        found = _by_content(found, parts, certain)
    answers: dict[str, list[str]] = {}
    unplaced: list[Segment] = []
    for piece in filter(lambda piece: piece.text.strip(), found):
        if piece.part and (piece.part in answers or len(answers) < MAX_PARTS):
            answers.setdefault(piece.part, []).append(piece.text)
        else:
            unplaced.append(piece)
    joined = {part: "\n\n".join(pieces) for part, pieces in answers.items()}
    left = "\n\n".join(piece.text for piece in unplaced)
    if not parts:
        return Answers(joined, left)
    stray = "\n\n".join(piece.text for piece in unplaced if not piece.quiet)
    return Answers(with_macros(joined, texts), left, stray, remarks(found))


def _by_content(found: list[Segment], parts: Sequence[str], certain: Certain) -> list[Segment]:
    """The segments, where one whose text certainly answers another part, and not its own, is that part's."""
    contained = [set(certain(piece.text)) & set(parts) if piece.text.strip() else set() for piece in found]
    homes = {piece.part for piece, parts_in in zip(found, contained, strict=True) if piece.part in parts_in}
    claimed = [next(iter(parts_in)) if len(parts_in) == 1 else "" for parts_in in contained]
    filled = {
        piece.part
        for piece, parts_in in zip(found, contained, strict=True)
        if piece.part and piece.text.strip() and not parts_in
    }
    moved = []
    for piece, claim in zip(found, claimed, strict=True):
        free = claim and claim not in homes and claim not in filled and claimed.count(claim) == 1
        moved.append(replace(piece, part=claim, why="content") if free and claim != piece.part else piece)
    return moved
