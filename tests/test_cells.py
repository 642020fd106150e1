"""Kind `cells`: pixels that are listed or drawn, what can't be read with certainty, and which mistake a set shows."""

import contextlib

import numpy as np
import pytest
from soon import soon

from grader.checks import KINDS
from grader.checks.cells import Cells, Known, read_cells
from grader.checks.code import Code, Unread
from grader.model import Expected, Grid, Observation
from grader.rubric import rubric_schema

SIZE = (5, 5)
AA = "11, 12, 13, 14, 15, 21, 22, 23, 31"
AB = "11, 12, 13, 14, 15, 21, 22, 23, 24, 31, 32"
BB = "11, 12, 13, 14, 15, 21, 22, 23, 24, 31, 32, 33"


def shown(text, centre=(3, 3)):
    """The pixels that a text is read as, as digits."""
    return " ".join(f"{row}{column}" for row, column in sorted(read_cells(text, SIZE, centre)))


def spaced(cells):
    return cells.replace(",", "")


LISTS = [
    pytest.param(AA, AA, id="digits"),
    pytest.param("$11, 12, 13, 14, 15, 21, 22, 23, 31$", AA, id="in-dollars"),
    pytest.param("$\\{11, 12, 13, 14, 15, 21, 22, 23, 31\\}$", AA, id="set-braces"),
    pytest.param("11,12,13,14,15\n21,22,23\n31", AA, id="a-line-for-each-row"),
    pytest.param("- 11, 12, 13, 14, 15\n- 21, 22, 23\n- 31", AA, id="a-bullet-for-each-row"),
    pytest.param("11 12 13 14 15 21 22 23 31", AA, id="spaces"),
    pytest.param("11; 12; 13; 14; 15; 21; 22; 23; and 31.", AA, id="semicolons"),
    pytest.param("(1,1), (1,2), (1,3), (1,4), (1,5), (2,1), (2,2), (2,3), (3,1)", AA, id="pairs"),
    pytest.param("{(1, 1), (1, 2), (1, 3), (1, 4), (1, 5), (2, 1), (2, 2), (2, 3), (3, 1)}", AA, id="set-of-pairs"),
    pytest.param(
        r"$x_{11}, x_{12}, x_{13}, x_{14}, x_{15}, x_{21}, x_{22}, x_{23}, x_{31}$", AA, id="names-with-indices"
    ),
    pytest.param(
        r"$x_{1,1}, x_{1,2}, x_{1,3}, x_{1,4}, x_{1,5}, x_{2,1}, x_{2,2}, x_{2,3}, x_{3,1}$",
        AA,
        id="indices-with-commas",
    ),
    pytest.param("11–15, 21–23, 31", AA, id="ranges-with-a-dash"),
    pytest.param("11-15, 21-23, 31", AA, id="ranges-with-a-hyphen"),
    pytest.param("11 to 15, 21 to 23 and 31", AA, id="ranges-in-words"),
    pytest.param(r"$11, \ldots, 15, 21, \dots, 23, 31$", AA, id="ranges-with-dots"),
    pytest.param("row 1: all; row 2: 1–3; row 3: 1", AA, id="by-rows"),
    pytest.param("Row 1: all\nRow 2: 1, 2, 3\nRow 3: 1", AA, id="by-rows-on-lines"),
    pytest.param("row 1: columns 1 to 5; row 2: columns 1 to 3; row 3: column 1; rows 4-5: none", AA, id="by-columns"),
    pytest.param("Row 1: 11, 12, 13, 14, 15\nRow 2: 21, 22, 23\nRow 3: 31", AA, id="row-labels-before-pixels"),
    pytest.param(r"$\{11,12,13,14,15\} \cup \{21,22,23\} \cup \{31\}$", AA, id="union"),
    pytest.param(f"The receptive field of pixel 33 is {AA}.", AA, id="the-output-pixel-is-no-member"),
    pytest.param(f"$RF(33) = \\{{{AA}\\}}$", AA, id="field-of-the-output-pixel"),
    pytest.param(f"**{AA}**", AA, id="bold"),
    pytest.param(BB, BB, id="the-output-pixel-as-a-member"),
    pytest.param(f"9 pixels: {AA}", AA, id="with-their-number"),
]
TABLE = """
|   | 1 | 2 | 3 | 4 | 5 |
|---|---|---|---|---|---|
| 1 | x | x | x | x | x |
| 2 | x | x | x |   |   |
| 3 | x |   |   |   |   |
| 4 |   |   |   |   |   |
| 5 |   |   |   |   |   |
"""
BARE_TABLE = """
| x | x | x | x | x |
|---|---|---|---|---|
| x | x | x | . | . |
| x | . | . | . | . |
| . | . | . | . | . |
| . | . | . | . | . |
"""
HEADLESS = """
| | | | | |
|-|-|-|-|-|
|1|1|1|1|1|
|1|1|1|0|0|
|1|0|0|0|0|
|0|0|0|0|0|
|0|0|0|0|0|
"""
GRIDS = [
    pytest.param("xxxxx\nxxx..\nx....\n.....\n.....", id="signs-side-by-side"),
    pytest.param("```\nx x x x x\nx x x . .\nx . . . .\n. . . . .\n. . . . .\n```", id="code-block"),
    pytest.param("11111\n11100\n10000\n00000\n00000", id="zeros-and-ones"),
    pytest.param("1 1 1 1 1\n1 1 1 0 0\n1 0 0 0 0\n0 0 0 0 0\n0 0 0 0 0", id="zeros-and-ones-apart"),
    pytest.param("[[1,1,1,1,1],\n[1,1,1,0,0],\n[1,0,0,0,0],\n[0,0,0,0,0],\n[0,0,0,0,0]]", id="python-lists"),
    pytest.param("■■■■■\n■■■□□\n■□□□□\n□□□□□\n□□□□□", id="squares"),
    pytest.param("⬛⬛⬛⬛⬛\n⬛⬛⬛⬜⬜\n⬛⬜⬜⬜⬜\n⬜⬜⬜⬜⬜\n⬜⬜⬜⬜⬜", id="emoji-squares"),
    pytest.param(TABLE, id="markdown-table-with-numbers"),
    pytest.param(BARE_TABLE, id="markdown-table-whose-head-is-a-row"),
    pytest.param(HEADLESS, id="markdown-table-with-an-empty-head"),
    pytest.param(
        r"$$\begin{pmatrix} 1&1&1&1&1\\ 1&1&1&0&0\\ 1&0&0&0&0\\ 0&0&0&0&0\\ 0&0&0&0&0 \end{pmatrix}$$", id="matrix"
    ),
    pytest.param(
        "\\begin{array}{|c|c|c|c|c|}\\hline 1&1&1&1&1\\\\\\hline 1&1&1&0&0\\\\\\hline 1&0&0&0&0\\\\\\hline"
        " 0&0&0&0&0\\\\\\hline 0&0&0&0&0\\\\\\hline\\end{array}",
        id="array-with-lines",
    ),
    pytest.param(
        r"\begin{tabular}{ccccc} x&x&x&x&x\\ x&x&x& & \\ x& & & & \\ & & & & \\ & & & & \end{tabular}", id="tabular"
    ),
    pytest.param(
        r"$\begin{matrix}\blacksquare&\blacksquare&\blacksquare&\blacksquare&\blacksquare\\"
        r"\blacksquare&\blacksquare&\blacksquare&\square&\square\\ \blacksquare&\square&\square&\square&\square\\"
        r"\square&\square&\square&\square&\square\\ \square&\square&\square&\square&\square\end{matrix}$",
        id="matrix-of-squares",
    ),
    pytest.param(
        "The field is drawn below, and 33 is the output.\n\nxxxxx\nxxx..\nx....\n.....\n.....", id="with-words"
    ),
    pytest.param(f"{AA}\n\nxxxxx\nxxx..\nx....\n.....\n.....", id="drawn-and-listed"),
]
UNSURE = [
    pytest.param("All pixels above and left of it.", "no pixels were recognised in the answer", id="words-only"),
    pytest.param("11 to 31", "it is not clear which pixels lie from 11 to 31", id="range-over-rows"),
    pytest.param("15–11", "it is not clear which pixels lie from 15 to 11", id="range-backwards"),
    pytest.param("11, 12, 16", "the image has no pixel 16", id="outside"),
    pytest.param("00, 01, 02", "the image has no pixel 00", id="counted-from-zero"),
    pytest.param("all but 33: 11, 12, 13", "the answer lists pixels together with a denial", id="denial"),
    pytest.param(
        "First I thought 11, 12, 13, but it is\nwith the second layer 21, 22", "a denial", id="two-lists-and-a-denial"
    ),
    pytest.param(
        "Layer 1 sees 22, 23, 24.\nLayer 2 sees 11, 12, 13.",
        "the answer names more than one set of pixels",
        id="two-sets",
    ),
    pytest.param("row 7: all", "the image has no row 7", id="no-such-row"),
    pytest.param("row 1: 1–9", "the image has no column 9", id="no-such-column"),
    pytest.param("row 1: all, and 21", "some pixels by rows and others in another way", id="rows-and-pixels"),
    pytest.param("xxx\nx..\n...", "a grid of 3 rows of 3 is drawn, and the image has 5 rows of 5", id="small-grid"),
    pytest.param("xxxxx\nxxx..\nx....", "a grid of 3 rows of 5 is drawn", id="half-a-grid"),
    pytest.param("x1x1x\nxxx..\nx....\n.....\n.....", "and it is not clear what they mean", id="two-marks"),
    pytest.param("ooooo\nooo..\no....\n.....\n.....", "and it is not clear what they mean", id="circles-and-dots"),
    pytest.param(
        "xxxxx\nxxx..\nx....\n.....\n.....\n\nand\n\nxxxxx\nxxxx.\nxx...\n.....\n.....",
        "the answer draws more than one grid",
        id="two-grids",
    ),
    pytest.param(
        f"{AB}\n\nxxxxx\nxxx..\nx....\n.....\n.....",
        "the answer draws one set of pixels and lists another",
        id="drawn-and-listed-otherwise",
    ),
    pytest.param(
        r"\begin{pmatrix}1&2&1&1&1\\1&1&1&0&0\\1&0&0&0&0\\0&0&0&0&0\\0&0&0&0&0\end{pmatrix}",
        "the sign “2” in the drawn grid is not known",
        id="strange-sign",
    ),
    pytest.param("11, 12, 2, 31", "the number 2 in the list is no pixel", id="one-digit"),
    pytest.param("112, 13", "the number 112 in the list is no pixel", id="three-digits"),
]


@pytest.mark.parametrize(("text", "cells"), LISTS)
def test_listed_pixels_are_read(text, cells):
    assert shown(text) == spaced(cells)


@pytest.mark.parametrize("text", GRIDS)
def test_a_drawn_grid_is_read(text):
    assert shown(text) == spaced(AA)


@pytest.mark.parametrize(("text", "why"), UNSURE)
def test_what_is_not_certain_is_left_to_a_person(text, why):
    with pytest.raises(Unread, match=why):
        read_cells(text, SIZE, (3, 3))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("11, " * 20_000, id="many-pixels"),
        pytest.param("|" * 50_000, id="bars"),
        pytest.param("(1," * 20_000, id="open-brackets"),
        pytest.param("\\begin{array}" * 5_000, id="open-arrays"),
        pytest.param("row 1: " + "1, " * 20_000, id="long-row"),
        pytest.param("x x x x x\n" * 10_000, id="many-rows"),
        pytest.param("1 " * 40_000, id="digits-apart"),
        pytest.param("{" * 40_000, id="braces"),
    ],
)
def test_hostile_text_is_read_or_refused_soon(text):
    with soon(), contextlib.suppress(Unread):
        read_cells(text, SIZE, (3, 3))


CHECK = Cells(
    answer=AB,
    centre="33",
    known={"type_a_twice": Known(AA, "these are the pixels with masks of type A in both layers")},
)
MISTAKES = [
    pytest.param(
        AA,
        "type_a_twice",
        "pixels 24, 32 are missing: these are the pixels with masks of type A in both layers",
        id="a-known-set",
    ),
    pytest.param(
        BB,
        "centre_seen",
        "pixel 33 must not be in it: the output pixel does not see itself, because a mask of type A hides it",
        id="centre-seen",
    ),
    pytest.param(
        ", ".join(f"{r}{c}" for r in range(1, 6) for c in range(1, 6)),
        "symmetric",
        "the field is symmetric, as without masks",
        id="symmetric",
    ),
    pytest.param(
        f"{AB}, 34, 41",
        "future",
        "pixels 34, 41 must not be in it: 2 of them lie after the output pixel, which no mask lets through",
        id="future",
    ),
    pytest.param("11, 12, 13", "too_small", "the field is larger than this", id="too-small"),
    pytest.param(
        f"{AB}, 25", "too_large", "pixel 25 must not be in it: the masks let fewer pixels through", id="too-large"
    ),
    pytest.param("11, 12, 25", "wrong_cells", "pixel 25 must not be in it; pixels", id="wrong"),
]


def answered(check, text):
    told = check.told(reference=False) | {"part": "4"}
    values = check.probe(Code({}, {"4": text}, {}), told, {})
    return check.compare(Expected({}, {}), Observation("ok", values))


def test_the_right_pixels_get_full_credit():
    outcome = answered(CHECK, AB)
    assert (outcome.credit, outcome.sentence) == (1.0, "all 11 pixels are right, and no other is named")


@pytest.mark.parametrize(("text", "note", "sentence"), MISTAKES)
def test_a_wrong_set_gets_no_credit_and_its_mistake_is_named(text, note, sentence):
    outcome = answered(CHECK, text)
    assert (outcome.credit, outcome.note) == (0.0, note)
    assert sentence in outcome.sentence


def test_a_centre_that_is_left_out_is_named():
    outcome = answered(Cells(answer=BB, centre="33"), AB)
    assert outcome.note == "centre_lost"
    assert "pixel 33 is missing: with masks of type B only, the output pixel sees itself" in outcome.sentence


def test_wrong_pixels_are_shown_in_a_grid():
    grid = next(
        e for e in answered(CHECK, "11, 12, 13, 14, 15, 21, 22, 23, 24, 31, 25").evidence if isinstance(e, Grid)
    )
    assert grid.label == "the pixels as they were read, around 33"
    assert grid.cells[1] == ("right", "right", "right", "right", "illegal")
    assert grid.cells[2] == ("right", "lost", "centre", "unused", "unused")


def test_what_the_box_claims_must_be_a_grid_of_the_right_size():
    for claimed in (np.zeros((5, 4), bool), np.zeros((5, 5)), np.array("x")):
        outcome = CHECK.compare(Expected({}, {}), Observation("ok", {"cells": claimed}))
        assert (outcome.credit, outcome.sentence) == (None, "A person decides: the pixels did not come through.")


def test_the_box_is_not_told_the_answer():
    assert CHECK.told(reference=False) == {"part": "", "size": [5, 5], "centre": "33"}


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        pytest.param({"answer": "left"}, "answer 'left' is not read as pixels: no pixels were recognised", id="answer"),
        pytest.param({"answer": AA, "centre": "11, 12"}, "centre must be one pixel, got '11, 12'", id="centre"),
        pytest.param({"answer": AA, "size": (5, 12)}, "size must be two numbers from 1 to 9, got", id="size"),
        pytest.param(
            {"answer": AA, "known": {"a": Known("77", "")}}, "known.a.cells '77' is not read as pixels", id="known"
        ),
    ],
)
def test_a_course_author_hears_what_is_wrong(wrong, complaint):
    with pytest.raises(ValueError, match=complaint):
        Cells(**wrong)


def test_the_kind_is_there_for_rubrics():
    assert KINDS["cells"] is Cells
    assert "cells item" in str(rubric_schema())
