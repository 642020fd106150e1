"""The pages on pairs of submissions: a list of pairs, and for each the two side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from grader.report.pages import TEMPLATES
from grader.report.words import block, line, plural
from grader.similar.pairs import Coder, Found, Pair, Passage

HERE = Path(__file__).parent / "templates"
MOST_LINES = 3_000
"""Lines of one submission that a page shows."""
MOST_WIDE = 300


def index(homework: str, found: Found) -> str:
    """The list of pairs. `pair-1.html` and so on are expected beside it."""
    rows = [
        {
            "href": f"pair-{number}.html",
            "names": [line(one.student, 80) for one in (pair.left, pair.right)],
            "share": f"{pair.share:.0%}",
            "passages": len(pair.passages),
            "where": line(pair.where, 200),
        }
        for number, pair in enumerate(found.pairs, 1)
    ]
    return _render(
        "similar.html.j2",
        title=line(homework, 80),
        rows=rows,
        students=plural(found.students, "student"),
        alike=found.alike,
        said=[line(sentence) for sentence in found.said],
    )


def pair_page(homework: str, pair: Pair, number: int) -> str:
    """Two submissions side by side, with the passages that both have marked."""
    left = [(one.left.file, one.left_lines) for one in pair.passages]
    right = [(one.right.file, one.right_lines) for one in pair.passages]
    return _render(
        "pair.html.j2",
        title=line(homework, 80),
        number=number,
        share=f"{pair.share:.0%}",
        passages=[_passage(k, one) for k, one in enumerate(pair.passages, 1)],
        sides=[
            {"side": "left", "student": line(pair.left.student, 80), "files": list(_files(pair.left, left))},
            {"side": "right", "student": line(pair.right.student, 80), "files": list(_files(pair.right, right))},
        ],
    )


def _passage(number: int, one: Passage) -> Mapping[str, Any]:
    names = (line(one.left.name, 80), line(one.right.name, 80))
    return {"number": number, "names": names, "lines": (one.left_lines, one.right_lines), "words": one.words}


Marks = Sequence[tuple[str, tuple[int, int]]]


def _files(one: Coder, marks: Marks) -> Iterator[Mapping[str, Any]]:
    """The files in which passages stand, by lines: number, text, and the passages that the line belongs to."""
    left = MOST_LINES
    for name, source in one.sources.items():
        mine = [(number, span) for number, (file, span) in enumerate(marks, 1) if file == name]
        if not mine:
            continue
        lines = source.decode("utf-8", "replace").split("\n")
        rows = []
        for place, text in enumerate(lines[:left], 1):
            within = [number for number, (first, last) in mine if first <= place <= last]
            first = [number for number, span in mine if span[0] == place]
            rows.append({"place": place, "text": block(text, MOST_WIDE), "within": within, "first": first})
        yield {"name": line(name, 80), "rows": rows, "more": max(0, len(lines) - left)}
        left -= len(rows)


def _render(template: str, **view: Any) -> str:
    return _environment().get_template(template).render(view)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader([HERE, TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["style"] = Markup((TEMPLATES / "style.css").read_text(encoding="utf-8"))
    return environment
