"""The pages and the grade book: what a person reads, and what a hostile student can't do to it."""

from __future__ import annotations

import base64
import csv
import io
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from soon import soon

from grader.model import Evidence, Fact, Grade, Grid, Item, Outcome, Plot, Question, Review, Rubric, Table
from grader.report import charts, class_page, gradebook, student_page, words

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u202etxt.exe"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
VOID = {"meta", "img", "source", "br", "link", "input"}


class Page(HTMLParser):
    """A page as its tags with attributes, the text under each tag, and the tags that are still open."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: dict[str, list[str]] = {}
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in self.open:
            self.texts.setdefault(tag, []).append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def text(self, tag: str = "body") -> str:
        return " ".join(" ".join(self.texts.get(tag, [])).split())


def item(label: str, points: float = 2.0, *, title: str = "", hint: str = "check the sign") -> Item:
    check: Any = None  # no page asks what a check is
    return Item(label, title or f"title of {label}", "close", check, points, hint)


def a_rubric(*points: float) -> Rubric:
    items = tuple(item(f"1{chr(97 + k)}", value) for k, value in enumerate(points or (2.0, 2.0)))
    return Rubric("kl", "Gaussian KL", (Question("1", "The KL", items, "Write `kl(mu, logvar)`."),), Path("kl.yaml"))


def a_grade(*outcomes: Outcome, student: str = "ada", **more: Any) -> Grade:
    return Grade(student, {f"1{chr(97 + k)}": outcome for k, outcome in enumerate(outcomes)}, **more)


def evidence_of(*evidence: Evidence) -> Grade:
    return a_grade(Outcome(0.0, "wrong", evidence, "sign"))


PLOT = Plot(
    "loss",
    "line",
    {"yours": ((0.0, 1.0, 2.0), (3.0, float("nan"), 1.0)), "limit": ((0.0, 2.0), (2.0, 2.0))},
    "step",
    "nats",
)
MASK = Grid("what (1, 1) depends on", (("right", "illegal"), ("lost", "centre"), ("unused", "unused")))
PAGES = {
    "student": student_page(a_rubric(), a_grade(Outcome(1.0, "agrees"), Outcome(0.0, "differs", (PLOT, MASK)))),
    "nothing": student_page(a_rubric(), Grade("ada", {})),
    "class": class_page(a_rubric(), [a_grade(Outcome(0.0, "differs", (), "sign"), student="a/b ü?")]),
    "nobody": class_page(a_rubric(), []),
}


@pytest.mark.parametrize("html", [pytest.param(html, id=name) for name, html in PAGES.items()])
def test_page_has_one_heading_landmarks_policy_and_no_script(html: str) -> None:
    page = Page(html)
    assert page.open == []
    assert html.startswith("<!doctype html>")
    assert page.all("html") == [{"lang": "en"}]
    assert [len(page.all(tag)) for tag in ("h1", "title", "header", "main", "footer")] == [1] * 5
    assert page.text("title")
    assert page.all("meta")[1] == {"http-equiv": "Content-Security-Policy", "content": POLICY}
    assert not {"script", "link", "iframe", "object", "form", "base"} & {tag for tag, _ in page.tags}
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]


@pytest.mark.parametrize("html", [pytest.param(html, id=name) for name, html in PAGES.items()])
def test_page_asks_nothing_of_the_network(html: str) -> None:
    page = Page(html)
    for _, attributes in page.tags:
        for name in ("src", "srcset"):
            assert attributes.get(name, "data:image/svg+xml;base64,").startswith("data:image/svg+xml;base64,")
        assert re.match(r"#|[^:/]+/report\.html|$", attributes.get("href", ""))
    assert "http:" not in html
    assert "https:" not in html
    assert "@import" not in html
    assert "url(" not in html


@pytest.mark.parametrize("html", [pytest.param(html, id=name) for name, html in PAGES.items()])
def test_tables_have_captions_and_headings_and_ids_are_unique(html: str) -> None:
    page = Page(html)
    assert len(page.all("caption")) == len(page.all("table"))
    assert all("scope" in attributes for attributes in page.all("th"))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    pointed = [attributes["aria-labelledby"] for _, attributes in page.tags if "aria-labelledby" in attributes]
    pointed += [link["href"][1:] for link in page.all("a") if link["href"].startswith("#")]
    assert set(pointed) <= set(ids)


@pytest.mark.parametrize(
    ("outcome", "word", "sign"),
    [
        pytest.param(Outcome(1.0, "agrees"), "right", "✓", id="right"),
        pytest.param(Outcome(0.5, "half of it"), "partly", "◐", id="partly"),
        pytest.param(Outcome(0.0, "differs"), "wrong", "✗", id="wrong"),
        pytest.param(Outcome(None, "a person reads it", (), "written"), "a person decides", "?", id="person"),
        pytest.param(Outcome(None, "the box was lost", (), "lost"), "not graded, our fault", "!", id="ours"),
    ],
)
def test_verdict_is_a_word_and_a_sign(outcome: Outcome, word: str, sign: str) -> None:
    html = student_page(a_rubric(2.0), a_grade(outcome))
    assert (
        f'<span class="sign" aria-hidden="true">{sign}</span>{word}</span> {words.sentence(outcome.sentence)}' in html
    )


def test_item_without_outcome_is_our_fault_and_says_so() -> None:
    text = Page(student_page(a_rubric(1.0), Grade("ada", {}))).text()
    assert "This item was not graded, and that is our fault, not yours: a person will look at it." in text
    assert "Until a person has decided, its 1 point is neither won nor lost." in text
    assert "1 point of the 1 are not decided yet: a person will look at them. They are not lost." in text


def test_points_of_items_question_and_homework_are_shown() -> None:
    html = student_page(
        a_rubric(2.0, 1.0, 1.5), a_grade(Outcome(0.5, "half"), Outcome(1 / 3, "a third"), Outcome(None, "?"))
    )
    text = Page(html).text()
    assert "1.33 of 4.5 points" in text
    assert "1 The KL 1.33 + ? / 4.5" in text
    assert "1a title of 1a 1 / 2 points" in text
    assert "1b title of 1b 0.33 / 1 points" in text
    assert "1c title of 1c – / 1.5 points" in text


@pytest.mark.parametrize(
    ("credit", "shown"),
    [
        pytest.param(0.0, True, id="wrong"),
        pytest.param(0.5, True, id="partly"),
        pytest.param(1.0, False, id="right"),
        pytest.param(None, False, id="undecided"),
    ],
)
def test_hint_is_for_what_is_not_right(credit: float | None, shown: bool) -> None:
    html = student_page(a_rubric(2.0), a_grade(Outcome(credit, "said")))
    assert ("check the sign" in html) is shown


def test_remarks_prints_and_reviews_are_shown() -> None:
    review = Review("ada", "1a", 0.5, "The idea\nis right.", "M. Lehrer", "2025-05-18 12:24")
    grade = a_grade(
        Outcome(0.5, "differs"),
        remarks=("`big.bin` has 300 MB and was left out",),
        printed={"1a": "epoch 1", "": "loading"},
        reviews={"1a": review},
    )
    page = Page(student_page(a_rubric(2.0), grade, layers="namespaces, seccomp"))
    assert "About your files big.bin has 300 MB and was left out." in page.text("header")
    assert page.texts["pre"] == ["loading", "epoch 1"]
    assert "What your code printed while it was loaded" in page.text("summary")
    assert "Decided by M. Lehrer, 2025-05-18 12:24 The idea is right." in page.text()
    assert "Your code ran in a closed box, kept shut by: namespaces, seccomp." in page.text("footer")


def test_written_answer_keeps_its_lines() -> None:
    html = student_page(a_rubric(2.0), evidence_of(Fact("your answer", "first line\nsecond <b>line</b>")))
    assert '<div class="prose">first line\nsecond &lt;b&gt;line&lt;/b&gt;</div>' in html


def test_evidence_table_and_grid_are_tables_of_words() -> None:
    table = Table("a failing input", ("", "value"), (("mu", "[0]"), ("got", "−1")))
    page = Page(student_page(a_rubric(2.0), evidence_of(table, MASK)))
    text = page.text()
    assert "a failing input value mu [0] got −1" in text
    assert "1 illegal, at (row, column) (0, 1); 1 lost, at (row, column) (1, 0)." in text
    assert "0 ● right ✗ illegal 1 ○ lost + centre 2 · unused · unused".replace(" ", "") in text.replace(" ", "")
    assert "✗ used, but must not be (illegal)" in text
    assert "○ not used, but should be (lost)" in text


def test_large_tables_say_what_is_left_out() -> None:
    rows = tuple((str(k), "x") for k in range(300))
    text = Page(student_page(a_rubric(2.0), evidence_of(Table("many", ("k", "v"), rows)))).text()
    assert "Only 100 of 300 rows and 2 of 2 columns." in text
    grid = Grid("big", (("unused",) * 50,) * 3)
    assert "Only 3 of 3 rows and 40 of 50 columns." in Page(student_page(a_rubric(2.0), evidence_of(grid))).text()


def test_plot_is_a_picture_for_light_and_dark_with_its_content_in_words() -> None:
    page = Page(student_page(a_rubric(2.0), evidence_of(PLOT)))
    (light,), (dark,) = page.all("img"), page.all("source")
    assert light["alt"] == (
        "loss: line plot, x is step and y is nats. yours: 2 points, x from 0 to 2, y between 1 and 3, 1 not finite; "
        "limit: 2 points, x from 0 to 2, y between 2 and 2."
    )
    assert dark["media"] == "screen and (prefers-color-scheme: dark)"
    assert dark["srcset"] != light["src"]
    for address in (light["src"], dark["srcset"]):
        root = ElementTree.fromstring(base64.b64decode(address.partition(",")[2]))
        assert root.tag.endswith("svg")
        assert {"yours", "limit", "step", "nats"} <= {
            "".join(node.itertext()) for node in root.iter() if "text" in node.tag
        }


@pytest.mark.parametrize("style", ["line", "scatter", "steps"])
def test_equal_plots_are_equal_bytes_and_hostile_labels_stay_text(style: Any) -> None:
    plot = Plot(
        EVIL, style, {EVIL: ((0.0, 1.0), (0.0, 1.0)), "_$x_{": ((0.0,), (0.0,)), "none": ((), ())}, "$\\frac{", EVIL
    )
    assert charts.draw(plot) == charts.draw(plot)
    svg = base64.b64decode(charts.draw(plot).light.partition(",")[2]).decode()
    assert not {"script", "img"} & {node.tag.rpartition("}")[2] for node in ElementTree.fromstring(svg).iter()}
    assert "$x_{" in svg
    assert "\\frac{" in svg


def test_long_series_are_thinned() -> None:
    xs = tuple(map(float, range(5000)))
    assert len(charts.draw(Plot("long", "line", {"a": (xs, xs)})).light) < 20_000


def test_matplotlib_is_imported_only_for_a_plot() -> None:
    code = "import sys, grader.report, grader.gradescope.results; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_strangers_text_is_escaped_and_stripped_everywhere() -> None:
    outcome = Outcome(0.0, f"raises {EVIL} `{EVIL}`", (Fact(EVIL, EVIL), Table(EVIL, (EVIL,), ((EVIL,),))), EVIL)
    grade = a_grade(outcome, student=EVIL, remarks=(EVIL,), printed={"1a": EVIL, EVIL: EVIL})
    for html in (student_page(a_rubric(2.0), grade, layers=EVIL), class_page(a_rubric(2.0), [grade])):
        page = Page(html)
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
        assert not page.all("script")
        assert not page.all("img")
        assert "\u202e" not in html


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("a\u202eb\u2066c\u200fd", "abcd", id="direction"),
        pytest.param("\x1b[31mred\x1b[0m\x00\x07", "red", id="terminal"),
        pytest.param("\x1b]0;title\x07after", "after", id="terminal-title"),
        pytest.param("a\u200b\ufeff\u00adb", "ab", id="no-width"),
        pytest.param("lone \ud800", "lone �", id="surrogate"),
        pytest.param("Z" + "\u0300" * 500, "Z" + "\u0300" * 3, id="piled-marks"),
        pytest.param("one\r\ntwo\rthree\u2028four", "one two three four", id="line-breaks"),
        pytest.param("Müller-Ng\u0303 \u0627\u0628 👩\u200d🔬", "Müller-Ng\u0303 \u0627\u0628 👩\u200d🔬", id="honest"),
    ],
)
def test_text_is_made_fit_to_show(text: str, shown: str) -> None:
    assert words.line(text) == shown


def test_long_text_is_shortened_and_says_so() -> None:
    assert words.line("x" * 50, 10) == "x" * 9 + "…"
    assert words.block("x" * 1_000_010, 10) == "x" * 10 + "\n[… 1,000,000 more characters are not shown]"
    html = student_page(a_rubric(2.0), a_grade(Outcome(0.0, "no"), student="s" * 9999, printed={"1a": "p" * 5000}))
    assert "[… 1,000 more characters are not shown]" in html
    assert "s" * 120 not in html


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("the sign is wrong", "The sign is wrong.", id="plain"),
        pytest.param("a person looks!", "A person looks!", id="ended"),
        pytest.param("`mu` is unused", "`mu` is unused.", id="code"),
        pytest.param("x is 3", "x is 3.", id="symbol"),
        pytest.param("", "", id="empty"),
    ],
)
def test_sentence_has_a_capital_and_a_full_stop(text: str, said: str) -> None:
    assert words.sentence(text) == said


def a_class() -> list[Grade]:
    sign, half = Outcome(0.0, "the sign is wrong", (), "sign"), Outcome(0.5, "a mean", (), "mean_for_sum")
    good, open_ = Outcome(1.0, "agrees"), Outcome(None, "a person reads it", (), "written")
    return [
        a_grade(good, good, student="zoe"),
        a_grade(sign, half, student="Éva"),
        a_grade(sign, open_, student="eve #1/2"),
        a_grade(Outcome(0.0, "no"), student="Bob"),
    ]


def test_class_page_lists_students_by_name_and_links_them() -> None:
    links = [a for a in Page(class_page(a_rubric(), a_class())).all("a") if "#" not in a["href"]]
    assert [a["href"] for a in links] == [
        "Bob/report.html",
        "%C3%89va/report.html",
        "eve%20%231%2F2/report.html",
        "zoe/report.html",
    ]


def test_class_page_shows_points_per_question_total_and_undecided() -> None:
    html = class_page(a_rubric(), a_class())
    rows = [re.sub("<[^>]+>", "|", row) for row in re.findall('<tr><th scope="row"><a.*?</tr>', html)]
    assert [[cell for cell in row.split("|") if cell] for row in rows] == [
        ["Bob", "0", " + ?", "0", "2"],
        ["Éva", "1", "1"],
        ["eve #1/2", "0", " + ?", "0", "2"],
        ["zoe", "4", "4"],
    ]
    assert "1.25 mean of 4 points" in Page(html).text()
    assert "2 with something undecided" in Page(html).text()


def test_class_page_counts_notes_and_names_their_students() -> None:
    html = class_page(a_rubric(), a_class())
    assert '<code>sign</code> <span class="count">2</span></summary>' in html
    assert '<code>no note</code> <span class="count">1</span></summary>' in html
    assert '<a href="%C3%89va/report.html#item-1.1"><bdi>Éva</bdi></a>, ' in html
    counts = re.findall('data-label="([^"]+)">(\\d+)<', html)
    assert counts[6:] == [
        ("points", "2"),
        ("right", "1"),
        ("partly", "1"),
        ("wrong", "0"),
        ("a person decides", "1"),
        ("not graded, our fault", "1"),
    ]


def test_class_page_says_who_waits_for_a_person() -> None:
    html = class_page(a_rubric(), a_class())
    section = html[html.index('id="person"') : html.index('id="items"')]
    assert re.findall("<bdi>(.*?)</bdi>", section) == ["Bob", "eve #1/2"]
    done = class_page(a_rubric(2.0), [a_grade(Outcome(1.0, "agrees"))])
    assert "Nothing: every item of every student is decided." in done


def test_class_page_says_how_many_are_not_graded_yet() -> None:
    assert "4 of 6 students are graded so far; 2 are not on this page." in class_page(a_rubric(), a_class(), expected=6)
    assert "so far" not in class_page(a_rubric(), a_class(), expected=4)
    assert "Nobody is graded yet." in class_page(a_rubric(), [])


@pytest.mark.parametrize(
    ("maximum", "reached", "bars"),
    [
        pytest.param(4.0, (0.0, 0.5, 1.0), {"0 – 0.5": 1, "2 – 2.5": 1, "3.5 – 4": 1}, id="small"),
        pytest.param(25.0, (0.99, 1.0), {"22.5 – 25": 2}, id="last-bin-holds-the-maximum"),
        pytest.param(7.0, (1.0,), {"6 – 7": 1}, id="whole-points"),
        pytest.param(0.0, (1.0,), {"0 – 0": 1}, id="no-points"),
    ],
)
def test_histogram_counts_every_student_once(maximum: float, reached: tuple[float, ...], bars: dict[str, int]) -> None:
    grades = [a_grade(Outcome(credit, "said"), student=str(k)) for k, credit in enumerate(reached)]
    html = class_page(a_rubric(maximum), grades)
    found = re.findall(r'<tr><th scope="row">([\d.]+ – [\d.]+)</th>.*?<span class="count">(\d+)<', html)
    assert len(found) <= 12
    assert {bar: int(count) for bar, count in found if count != "0"} == bars


def test_gradebook_has_a_row_a_student_and_blanks_for_the_undecided() -> None:
    text = gradebook(a_rubric(), a_class())
    assert text.startswith("student,1a,1b,question 1,points,maximum,undecided\r\n")
    rows = {row[0]: row[1:] for row in csv.reader(io.StringIO(text, newline=""))}
    assert rows["eve #1/2"] == ["0", "", "0", "0", "4", "2"]
    assert rows["Éva"] == ["0", "1", "1", "1", "4", "0"]
    assert "ada,,,,0,4,4\r\n" in gradebook(a_rubric(), [Grade("ada", {})])


@pytest.mark.parametrize(
    "name",
    [pytest.param(start + "HYPERLINK(1)", id=repr(start)) for start in ("=", "+", "-", "@", "\t=", " =", "\r=", "＝")],
)
def test_gradebook_cell_is_never_a_formula(name: str) -> None:
    rows = list(csv.reader(io.StringIO(gradebook(a_rubric(2.0), [Grade(name, {})]), newline="")))
    assert rows[1][0].startswith("'")


def test_gradebook_name_with_quotes_commas_and_breaks_stays_one_cell() -> None:
    rows = list(csv.reader(io.StringIO(gradebook(a_rubric(2.0), [Grade('a",\r\nb\0', {})]), newline="")))
    assert [row[0] for row in rows] == ["student", 'a", b']


def test_colours_have_contrast_in_light_and_dark() -> None:
    css = (Path(words.__file__).parent / "templates" / "style.css").read_text(encoding="utf-8")
    light, dark, *_ = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", part)) for part in css.split("@media"))
    assert light.keys() == dark.keys()
    text = [(ink, ground) for ink in ("ink", "quiet", "link") for ground in ("paper", "card", "wash")]
    text += [
        (v, ground) for v in ("right", "partly", "wrong", "person", "ours") for ground in ("paper", "card", f"{v}-wash")
    ]
    text += [("paper", "wrong"), ("paper", "ink"), ("ink", "person-wash"), ("person", "wash")]
    for theme, ground in ((light, "light"), (dark, "dark")):
        for ink, under in text:
            assert contrast(theme[ink], theme[under]) >= 4.5, f"{ground}: {ink} on {under}"
    for light_colour, dark_colour in charts.DARK.items():
        least = {charts.INK: 4.5, charts.FAINT: 4.5, charts.RULE: 1.0}.get(light_colour, 3.0)
        assert contrast(light_colour, light["card"]) >= least
        assert contrast(dark_colour, dark["card"]) >= least


def contrast(a: str, b: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2, relative luminance)."""
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_class_of_500_is_rendered_soon() -> None:
    rubric = a_rubric(*[1.0] * 20)
    said = (Outcome(1.0, "agrees"), Outcome(0.0, "differs", (), "sign"), Outcome(None, "a person reads it"))
    grades = [a_grade(*(said[(k + j) % 3] for j in range(20)), student=f"s{k:03d}") for k in range(500)]
    class_page(rubric, grades[:1])
    with soon():
        html = class_page(rubric, grades)
    assert html.count('#item-1.1"') == 333
