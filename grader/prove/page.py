"""A proof as a page for the instructor, in the look of the reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from grader.prove import words
from grader.prove.lab import Tried
from grader.prove.proof import Proof
from grader.report.pages import TEMPLATES

HERE = Path(__file__).parent / "templates"
MOST_COSTS = 200
"""Rows of the table of costs, the cheapest mistakes first."""


def page(proof: Proof) -> str:
    """The HTML page of a proof."""
    view = {
        "title": proof.rubric.title,
        "headline": words.headline(proof),
        "percent": f"{proof.percent:.1f}",
        "proof": proof,
        "words": words,
        "survivors": [_survivor(one) for one in proof.survivors],
        "unfair": [words.refusal(one) for one in proof.unfair],
        "costs": list(_costs(proof)),
        "equivalents": [one.variant.diff for one in proof.wrong if one.verdict == "equivalent"],
    }
    return _environment().get_template("prove.html.j2").render(view)


def _survivor(one: Tried) -> Mapping[str, Any]:
    return {"name": one.variant.name, "items": ", ".join(one.outcomes), "diff": list(_diff(one.variant.diff))}


def _diff(text: str) -> Iterator[tuple[str, str]]:
    """The lines of a diff with what they are: `old`, `new` or nothing."""
    for line in text.splitlines():
        heads = line.startswith(("---", "+++", "@@"))
        yield ("" if heads else {"-": "old", "+": "new"}.get(line[:1], "")), line


def _costs(proof: Proof) -> Iterator[tuple[str, str, str, str]]:
    """What each mistake costs, the cheapest shares first."""
    found = sorted(proof.weights.costs, key=lambda row: (row[2] / (row[3] or 1), row[0], row[1]))
    for owner, slip, lost, stake in found[:MOST_COSTS]:
        yield owner, slip, f"{lost:g}", f"{stake:g}"


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
