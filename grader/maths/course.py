"""What is wrong with a course's own formulas: each must be read, and have a value in nearly all worlds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from grader.maths.answer import Room, room
from grader.maths.read import read
from grader.maths.raw import Unreadable
from grader.maths.setting import setting
from grader.maths.steps import unknown
from grader.maths.tree import Apply, Symbol
from grader.maths.values import Undecided

DEFINED = 0.95


def trouble(formulas: Mapping[str, str], told: Any) -> Iterator[tuple[str, str]]:
    """The name of each formula that does not do, or `world`, and a sentence; the place is marked below it."""
    try:
        setting(told)
        space = room(told, 0)
    except ValueError as error:
        yield "world", f"`world`: {error}"
        return
    except Unreadable as error:
        yield "world", f"`world`: a formula can't be read: {error.what}"
        return
    except Undecided as error:
        yield "world", f"`world`: a formula has no value: {error}"
        return
    for name, text in formulas.items():
        what = _trouble(text, space)
        if what:
            yield name, f"`{name}`: {what}"


def _trouble(text: str, space: Room) -> str:
    try:
        node = read(text, space.told.notation())
    except Unreadable as error:
        return f"{error.what}{_caret(text, error.span)}"
    strange = unknown(node)
    if strange:
        part = strange[0]
        name = part.function if isinstance(part, Apply) else part.name if isinstance(part, Symbol) else "?"
        return f"`{name}` is not declared in its world{_caret(text, part.span)}"
    try:
        for mode in space.modes:
            value = space.scope(mode).value(node).array
            if np.isfinite(value).mean() < DEFINED:
                return "it has no value in many of the worlds"
    except Undecided as error:
        return str(error)
    return ""


def _caret(text: str, span: tuple[int, int]) -> str:
    """The formula with a mark under the place, on lines of their own."""
    if "\n" in text.strip() or len(text) > 160:
        return f", at character {span[0] + 1}"
    return f"\n    {text}\n    {' ' * span[0]}{'^' * max(1, span[1] - span[0])}"
