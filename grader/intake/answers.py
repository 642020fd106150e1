"""Written answers: the text of each part of the homework, and what is left over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader.intake.contents import Certain, Parts
from grader.intake.macros import with_macros
from grader.intake.remarks import remarks
from grader.intake.segments import Segment, segments

MAX_PARTS = 500
"""More parts than any homework has; what would be a further one is unplaced."""


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

    `certain` tells whose answer a text certainly is, where `parts` don't: a label that is wrong is recognised by it.
    """
    return split_all([text], parts, certain)


def split_all(texts: Iterable[str], parts: Sequence[str] = (), certain: Certain | None = None) -> Answers:
    """As `split_answers`, over the texts of a notebook's cells: a part stays open from one text to the next."""
    texts = list(texts)
    found = segments(texts, parts)
    certain = certain or (parts.certain if isinstance(parts, Parts) else None)
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
    """The segments, where a text that stands under no part, or under a label used twice, is that of a part without any.

    It must be certain of that part and of no other, and be the only one that is. Of two under one label, the other must
    as certainly be that label's own: what could be its own label's answer stays where it is.
    """
    filled = {piece.part for piece in found if piece.part and piece.text.strip()}
    times = Counter((piece.part, piece.label) for piece in found if piece.part and piece.text.strip())
    loose = {
        k: set(certain(piece.text)) & set(parts)
        for k, piece in enumerate(found)
        if piece.text.strip() and (times[piece.part, piece.label] > 1 if piece.part else not piece.quiet)
    }
    own = {(found[k].part, found[k].label) for k, those in loose.items() if those == {found[k].part}}
    claims = Counter(part for those in loose.values() for part in those)
    moved = list(found)
    for k, those in loose.items():
        free = len(those) == 1 and not those & filled and claims[next(iter(those))] == 1
        if free and (not found[k].part or (found[k].part, found[k].label) in own):
            _move(moved, k, next(iter(those)))
    return moved


def _move(pieces: list[Segment], k: int, part: str) -> None:
    """Makes a segment that of a part, with the label of the heading that it stands under."""
    before = pieces[k - 1] if k else None
    label = pieces[k].label
    if before is not None and before.why == "unknown" and not before.text.strip():
        label = before.label
        pieces[k - 1] = replace(before, why="", quiet=True)
    pieces[k] = replace(pieces[k], part=part, label=label, why="content")
