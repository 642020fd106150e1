"""Which parts a rubric asks for, as labels that written answers are headed with."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import takewhile

from grader.intake.contents import Certain, Contents, Parts, contents
from grader.intake.labels import label
from grader.model import Item, Rubric


def parts_asked(rubric: Rubric) -> Parts:
    """The labels of a rubric's parts, in order; none where nothing is asked for in writing.

    Parts that are answered in code are among them: their headings end the answer before, too. What they are told by
    besides are the formulas of the reference answers.
    """
    if not any(item.check.reads_text for item in rubric.items):
        return Parts(())
    return Parts(dict.fromkeys(filter(None, map(_part, rubric.items))), _certain(rubric))


def _certain(rubric: Rubric) -> Certain:
    """What tells whose answer a text is; the references are looked at when it is first asked."""

    @cache
    def known() -> Contents:
        found: dict[str, list[str]] = {}
        for item in rubric.items:
            if item.check.reads_text and hasattr(item.check, "world"):
                found.setdefault(_part(item), []).extend(_formulas(item))
        return contents(found)

    return lambda text: known().certain(text)


def _formulas(item: Item) -> Iterator[str]:
    """The formulas of an item that is answered by formulas."""
    for name in ("answer", "ends", "solution"):
        yield str(getattr(item.check, name, ""))
    yield from map(str, getattr(item.check, "also", ()))
    yield from (str(milestone.formula) for milestone in getattr(item.check, "milestones", ()))


def _part(item: Item) -> str:
    """The written part that an item reads; of an item that reads none, what its id begins with (`2.b.shape`: 2.b)."""
    if item.check.reads_text:
        return str(getattr(item.check, "part", ""))
    return ".".join(takewhile(lambda atom: label(atom) == atom.lower(), item.id.split(".")))
