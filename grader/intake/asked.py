"""Which parts a rubric asks for, as labels that written answers are headed with."""

from __future__ import annotations

from itertools import takewhile

from grader.intake.labels import label
from grader.model import Item, Rubric


def parts_asked(rubric: Rubric) -> tuple[str, ...]:
    """The labels of a rubric's parts, in order; none where nothing is asked for in writing.

    Parts that are answered in code are among them: their headings end the answer before, too.
    """
    if not any(item.check.reads_text for item in rubric.items):
        return ()
    return tuple(dict.fromkeys(filter(None, map(_part, rubric.items))))


def _part(item: Item) -> str:
    """The written part that an item reads; of an item that reads none, what its id begins with (`2.b.shape`: 2.b)."""
    if item.check.reads_text:
        return str(getattr(item.check, "part", ""))
    return ".".join(takewhile(lambda atom: label(atom) == atom.lower(), item.id.split(".")))
