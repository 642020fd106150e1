"""What a person writes, with the LaTeX in it set as formulas: read as students' formulas are, and written as MathML.

What can't be read stands as it was written. Between dollar signs is a formula only if no space is at its inner ends
and no digit follows, so that prices stay prices.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from grader.maths import displayed, typeset
from grader.report.formulas import formula

FORMULA = re.compile(
    r"\$\$(?P<a>[^$]+)\$\$|\\\[(?P<b>.{1,2000}?)\\\]|\\\((?P<c>.{1,2000}?)\\\)|(?<!\\)\$(?P<d>[^\s$](?:[^$\n]*[^\s$\\])?)\$(?!\d)"
    r"|`(?P<code>[^`\n]+)`",
    re.DOTALL,
)
MAX_FORMULA = 600
MOST = 40
"""Characters of a formula, and formulas in one text, that are set; of more the source is shown."""


def commented(text: str, world: Mapping[str, Any] | None = None) -> Markup:
    """A text, escaped, with its formulas as MathML and what stands between backticks as code.

    `world` declares the names of an item's formulas, where it has some.
    """
    parts, at, count = [], 0, 0
    for found in FORMULA.finditer(text):
        parts.append(escape(text[at : found.start()]))
        at, count = found.end(), count + 1
        source = next(part for part in found.groups() if part is not None)
        code = found["code"] is not None
        shown = None if code or count > MOST else _set(source, world, inline=found["a"] is None and found["b"] is None)
        parts.append(shown or Markup("<code>{}</code>").format(source if code else found.group()))
    return Markup("").join([*parts, escape(text[at:])])


def answered(text: str, world: Mapping[str, Any] | None) -> Markup:
    """A right answer as the rubric has it, which is a formula throughout where the item has a world."""
    return commented(displayed(text) if world is not None else text, world)


def _set(source: str, world: Mapping[str, Any] | None, *, inline: bool) -> Markup | None:
    if len(source) > MAX_FORMULA:
        return None
    found = typeset(source, world) if world is not None else _typeset(source)
    return formula(found, inline=inline) if found else None


@lru_cache(1000)
def _typeset(source: str) -> str:
    return typeset(source, {})
