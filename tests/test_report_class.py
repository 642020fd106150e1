"""The class page: how hard items are, whether they tell strong from weak students, and which mistakes are common."""

from __future__ import annotations

import math
import re
from itertools import cycle, islice

import pytest
from test_report import Page, a_grade, a_rubric

from grader.model import Grade, Outcome
from grader.report import class_page
from grader.report.spread import difficulty, discrimination

SIGN, HALF = Outcome(0.0, "the sign is wrong", (), "sign"), Outcome(0.5, "a mean", (), "mean_for_sum")
GOOD, OPEN = Outcome(1.0, "agrees"), Outcome(None, "a person reads it", (), "written")


def a_class(count: int, *rows: tuple[Outcome, ...]) -> list[Grade]:
    """As many students, who have these outcomes in turn."""
    return [a_grade(*row, student=f"s{k:02d}") for k, row in enumerate(islice(cycle(rows), count))]


@pytest.mark.parametrize(
    ("rows", "value"),
    [
        pytest.param([(GOOD, GOOD), (SIGN, SIGN)], 1.0, id="the-strong-get-it"),
        pytest.param([(GOOD, SIGN), (SIGN, GOOD)], -1.0, id="the-weak-get-it"),
        pytest.param([(GOOD, GOOD), (GOOD, SIGN), (SIGN, GOOD), (SIGN, SIGN)], 0.0, id="unrelated"),
        pytest.param([(GOOD, GOOD), (GOOD, SIGN)], math.nan, id="everybody-gets-it"),
        pytest.param([(GOOD, GOOD), (SIGN, GOOD)], math.nan, id="all-others-are-alike"),
        pytest.param([(GOOD, GOOD), (SIGN, OPEN)], None, id="too-few-are-decided"),
    ],
)
def test_discrimination_is_the_correlation_with_the_rest(rows: list[tuple[Outcome, ...]], value: float | None) -> None:
    rubric = a_rubric(2.0, 3.0)
    assert discrimination(rubric.items[0], rubric.items, a_class(24, *rows)) == pytest.approx(value, nan_ok=True)


def test_difficulty_is_the_mean_of_what_is_decided() -> None:
    (item,) = a_rubric(2.0).items
    assert difficulty(item, a_class(4, (GOOD,), (OPEN,), (HALF,), (OPEN,))) == 0.75
    assert difficulty(item, a_class(4, (OPEN,))) is None


@pytest.mark.parametrize(
    ("count", "rows", "cells"),
    [
        pytest.param(20, [(GOOD, GOOD), (SIGN, HALF)], [["2", "50 %", "1.00"], ["2", "75 %", "1.00"]], id="twenty"),
        pytest.param(20, [(GOOD, GOOD), (GOOD, SIGN)], [["2", "100 %", "no spread"], ["2", "50 %", "no spread"]], id="no-spread"),
        pytest.param(19, [(GOOD, GOOD), (SIGN, HALF)], [["2", "53 %"], ["2", "76 %"]], id="nineteen"),
        pytest.param(20, [(OPEN, OPEN)], [["2", "", ""], ["2", "", ""]], id="nothing-is-decided"),
    ],
)  # fmt: skip
def test_the_class_page_shows_both_from_twenty_students_on(
    count: int, rows: list[tuple[Outcome, ...]], cells: list[list[str]]
) -> None:
    html = class_page(a_rubric(), a_class(count, *rows))
    labels = "points|mean|tells"
    found = re.findall(rf'data-label="(?:{labels})">([^<]*)<', html)
    wide = len(cells[0])
    assert [found[k : k + wide] for k in range(0, len(found), wide)] == cells
    few = "how well an item tells strong from weak students is shown from 20 students on"
    assert (few in Page(html).text()) is (count < 20)


def test_common_mistakes_are_listed_with_who_made_them() -> None:
    grades = a_class(6, (SIGN, HALF), (SIGN, GOOD), (GOOD, HALF), (SIGN, HALF))
    html = class_page(a_rubric(), [*grades, a_grade(GOOD, Outcome(0.0, "once", (), "once"), student="zoe")])
    section = html[html.index('id="mistakes"') : html.index('id="items"')]
    assert re.findall('<span class="count">([^<]*)</span> <span class="number">([^<]*)</span>.*?<code>([^<]*)</code>', section) == [
        ("5", "1a", "sign"), ("4", "1b", "mean_for_sum")
    ]  # fmt: skip
    assert re.findall("<bdi>(.*?)</bdi>", section) == ["s00", "s01", "s03", "s04", "s05", "s00", "s02", "s03", "s04"]
    assert "One of them was told: The sign is wrong." in section
    assert 'id="mistakes"' not in class_page(a_rubric(), a_class(1, (SIGN, HALF)))
