"""MathML from the box on a page: what is listed is shown, what is hostile is text or nothing, and lines can be broken."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from soon import soon

from grader.maths.notation import Notation
from grader.maths.read import read_row
from grader.maths.write import mathml
from grader.model import Grade, Item, Line, Lines, Outcome, Question, Rubric
from grader.report import student_page, words
from grader.report.formulas import ATTRIBUTES, ELEMENTS, MAX_DEPTH, formula

NOTATION = Notation(variables=frozenset({"x", "z"}), densities=frozenset({"p", "q"}), scalars=frozenset({"a", "b"}))


class Tags(HTMLParser):
    """What a browser makes of markup: each start tag with its attributes, the end tags, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.starts: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.open: list[str] = []
        self.text = ""
        self.other: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.starts.append((tag, attrs))
        if tag != "wbr":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.other.append(data)

    def handle_decl(self, decl: str) -> None:
        self.other.append(decl)

    def handle_pi(self, data: str) -> None:
        self.other.append(data)

    def unknown_decl(self, data: str) -> None:
        self.other.append(data)


HOSTILE = [
    pytest.param("<math><script>alert(1)</script></math>", id="script"),
    pytest.param("<math><mi><script>alert(1)</script></mi></math>", id="script-in-a-name"),
    pytest.param("<math><SCRIPT>alert(1)</SCRIPT></math>", id="script-in-capitals"),
    pytest.param("<math><mi onclick=\"alert(1)\">x</mi></math>", id="event"),
    pytest.param("<math><mi onclick='alert(1)'>x</mi></math>", id="event-in-single-quotes"),
    pytest.param("<math><mi onclick=alert(1)>x</mi></math>", id="event-without-quotes"),
    pytest.param("<math><mi/onclick=\"alert(1)\">x</mi></math>", id="event-after-a-slash"),
    pytest.param("<math><mi\nonclick=\"alert(1)\">x</mi></math>", id="event-on-a-line"),
    pytest.param("<math onload=\"alert(1)\"><mi>x</mi></math>", id="event-on-the-root"),
    pytest.param("<math href=\"javascript:alert(1)\"><mi>x</mi></math>", id="link-on-the-root"),
    pytest.param("<math><mrow href=\"javascript:alert(1)\"><mi>x</mi></mrow></math>", id="link"),
    pytest.param("<math><mi xlink:href=\"javascript:alert(1)\">x</mi></math>", id="link-of-a-namespace"),
    pytest.param("<math><maction actiontype=\"statusline#http://x\"><mi>x</mi></maction></math>", id="action"),
    pytest.param("<math><a href=\"javascript:alert(1)\">x</a></math>", id="anchor"),
    pytest.param("<math><mtext><img src=\"x\" onerror=\"alert(1)\"></mtext></math>", id="picture-in-text"),
    pytest.param("<math><mtext><b>x</b></mtext></math>", id="html-in-text"),
    pytest.param("<math><mtext></mtext><mglyph src=\"http://x/y.png\"></mglyph></math>", id="glyph"),
    pytest.param("<math><annotation-xml encoding=\"text/html\"><b>x</b></annotation-xml></math>", id="annotation"),
    pytest.param("<math><semantics><mi>x</mi></semantics></math>", id="semantics"),
    pytest.param("<math><svg><mi>x</mi></svg></math>", id="svg"),
    pytest.param("<math><foreignObject>x</foreignObject></math>", id="foreign-object"),
    pytest.param("<math><style>*{display:none}</style></math>", id="style-element"),
    pytest.param("<math><mi style=\"background:url(http://x)\">x</mi></math>", id="style"),
    pytest.param("<math style=\"position:fixed;inset:0\"><mi>x</mi></math>", id="style-on-the-root"),
    pytest.param("<math><mi class=\"verdict right\">x</mi></math>", id="class"),
    pytest.param("<math><mi id=\"item-1.1\">x</mi></math>", id="id"),
    pytest.param("<math><mspace width=\"9999999px\"/></math>", id="wide-space"),
    pytest.param("<math><mi mathvariant=\"javascript:alert(1)\">x</mi></math>", id="value-that-is-not-listed"),
    pytest.param("<math xmlns=\"http://www.w3.org/1999/xhtml\"><mi>x</mi></math>", id="namespace"),
    pytest.param("<math><h:script xmlns:h=\"http://www.w3.org/1999/xhtml\">x</h:script></math>", id="prefix"),
    pytest.param("<math><mi><![CDATA[<script>alert(1)</script>]]></mi></math>", id="cdata"),
    pytest.param("<math><mi><!-- --><b>x</b></mi></math>", id="comment"),
    pytest.param("<math><mi><!--></mi><script>alert(1)</script>--></mi></math>", id="comment-that-ends-early"),
    pytest.param("<math><?xml-stylesheet href=\"x\"?><mi>x</mi></math>", id="instruction"),
    pytest.param("<!DOCTYPE math [<!ENTITY e \"x\">]><math><mi>&e;</mi></math>", id="doctype"),
    pytest.param("<math><mi>&lt;script&gt;alert(1)&lt;/script&gt;</mi></math>", id="escaped-script"),
    pytest.param("<math><mi>&#60;script&#62;alert(1)</mi></math>", id="numbered-entities"),
    pytest.param("<math><mi>&lt;img src=x onerror=alert(1)&gt;</mi></math>", id="escaped-picture"),
    pytest.param("<math><mi>\"' onclick=alert(1)</mi></math>", id="quotes"),
    pytest.param("<math><mi>x\x00</mi><m\x00i>y</m\x00i></math>", id="nul"),
    pytest.param("<math><mrow><mi>x</mrow></mi></math>", id="crossed"),
    pytest.param("<math><mrow><mi>x</mi></math>", id="unclosed"),
    pytest.param("<math><mi>x</mi></mrow></math>", id="closed-and-never-opened"),
    pytest.param("<math><mi>x</mi></math></article><script>alert(1)</script>", id="goes-on-behind"),
    pytest.param("<math><mi>x</mi></math><mi>y</mi>", id="two-roots"),
    pytest.param("<math><mi>x</mi></math>text", id="text-behind"),
    pytest.param("<math><math><mi>x</mi></math></math>", id="math-in-math"),
    pytest.param("<mathx><mi>x</mi></mathx>", id="another-root"),
    pytest.param("<math", id="never-ends"),
    pytest.param("<math>" + "<mrow>" * 100_000, id="100000-opened"),
    pytest.param("<math>" + "<mrow>" * 6_000 + "</mrow>" * 6_000 + "</math>", id="6000-nested"),
    pytest.param("<math" + ' a="b"' * 16_000, id="many-attributes-and-no-end"),
    pytest.param("<math>" + "<mi " * 24_000, id="many-tags-and-no-end"),
    pytest.param("<math>" + "<mi" + " " * 90_000, id="spaces"),
    pytest.param("<math><mi>" + "&" * 90_000 + "</mi></math>", id="ampersands"),
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_mathml_is_shown_as_listed_elements_and_text_or_not_at_all(text):
    with soon():
        found = formula(text)
    if found is None:
        return
    seen = Tags(str(found))
    assert seen.open == []
    assert seen.other == []
    for tag, attributes in seen.starts:
        assert tag in ELEMENTS | {"wbr"}
        assert all(value in ATTRIBUTES[name] for name, value in attributes)


@pytest.mark.parametrize(
    "name",
    ["script", "event-without-quotes", "picture-in-text", "annotation", "svg", "crossed", "unclosed", "two-roots", "text-behind", "math-in-math", "goes-on-behind", "100000-opened", "6000-nested", "cdata", "doctype"],
)  # fmt: skip
def test_what_does_not_nest_or_is_not_listed_is_no_formula(name):
    [text] = [case.values[0] for case in HOSTILE if case.id == name]
    assert formula(text) is None


def test_an_escaped_script_stays_text():
    seen = Tags(str(formula("<math><mi>&lt;script&gt;alert(1)&lt;/script&gt;</mi></math>")))
    assert [tag for tag, _ in seen.starts] == ["math", "mi"]
    assert seen.text == "<script>alert(1)</script>"


def test_entities_are_taken_back_once():
    assert str(formula("<math><mo>&amp;lt;</mo></math>")).count("&amp;lt;") == 1


def test_the_deepest_formula_that_is_shown():
    deep = "<mrow>" * (MAX_DEPTH - 1)
    assert formula(f"<math>{deep}{deep.replace('<', '</')}</math>") is not None
    deep += "<mrow>"
    assert formula(f"<math>{deep}{deep.replace('<', '</')}</math>") is None


def test_every_formula_of_the_writer_is_shown():
    for text in (r"\log p(x) = \sum_z p(x|z) q(z) + 1", r"\frac{a^2}{\sqrt{b}} \ge 0", r"\max(a, b) \Rightarrow a = b"):
        assert formula(mathml(read_row(text, NOTATION))) is not None


def pieces(text: str) -> list[str]:
    found = formula(mathml(read_row(text, NOTATION)))
    assert found is not None
    return [re.sub(r"<[^>]*>|\u2062", "", piece) for piece in str(found).split("<wbr>")]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param(r"a = b = 1", ["a", "=b", "=1"], id="relations"),
        pytest.param(r"a + b - 1", ["a", "+b", "−1"], id="sums"),
        pytest.param(r"-a + b", ["−a", "+b"], id="a-leading-sign-stays"),
        pytest.param(r"a (b + 1)", ["a(b+1)"], id="not-in-brackets"),
        pytest.param(r"\frac{a + 1}{b}", ["a+1b"], id="not-in-a-fraction"),
        pytest.param(r"a^{b + 1}", ["ab+1"], id="not-in-an-exponent"),
    ],
)
def test_a_line_may_be_broken_before_its_relations_and_signs_only(text, wanted):
    assert pieces(text) == wanted


def test_every_piece_of_a_broken_line_is_a_formula_of_its_own():
    found = str(formula(mathml(read_row(r"a = \sum_z p(z) + b \ge 1", NOTATION))))
    for piece in found.split("<wbr>"):
        seen = Tags(piece)
        assert seen.open == []
        assert seen.starts[0] == ("math", [("displaystyle", "true")])


LINES = Lines(
    "your lines as they were read",
    (
        Line("<math><mi>a</mi></math>", "a &= b", "holds"),
        Line("<math><mi>c</mi></math>", "c", "fails", "it would hold with `b` for c", "1.5", "−2"),
        Line("<math><mi>d</mi></math>", "d", "fails", "", "3", "4"),
        Line("", r"\frac{<b>}{", "unread", "an opening brace is never closed"),
        Line("<math><script>alert(1)</script></math>", "e = <script>alert(1)</script>", "undecided", "`e` is no name of this question"),
        Line("<math><mi>f</mi></math>", "f := 1", "defines", "gives `f` its meaning"),
    ),
)  # fmt: skip


def page(*evidence: Any) -> str:
    check: Any = None  # no page asks what a check is
    item = Item("a", "Bound", "derivation", check, 2.0)
    rubric = Rubric("bound", "Bound", (Question("a", "Bound", (item,)),), Path("bound.yaml"))
    return student_page(rubric, Grade("ada", {"a": Outcome(0.5, "the step in line 2 does not hold", evidence)}))


def rows_of(html: str) -> list[str]:
    return re.findall(r'<li class="(?:right|wrong|unsure|plain).*?</li>', html, re.DOTALL)


def test_only_the_first_step_that_fails_is_marked_as_the_first():
    rows = rows_of(page(LINES))
    assert ["The first step that does not hold." in row for row in rows] == [False, True, False, False, False, False]
    assert ["Does not hold." in row for row in rows] == [False, False, True, False, False, False]
    assert 'class="wrong first"' in rows[1]


def test_both_sides_of_a_failing_step_are_shown():
    row = rows_of(page(LINES))[1]
    assert "<dt>left side in one world</dt><dd>1.5</dd>" in row
    assert "<dt>right side</dt><dd>−2</dd>" in row
    assert "It would hold with <code>b</code> for c." in row


def test_an_unread_line_is_shown_as_text_with_its_reason():
    row = rows_of(page(LINES))[3]
    assert r"<code>\frac{&lt;b&gt;}{</code>" in row
    assert "<strong>Could not be read.</strong> An opening brace is never closed." in row


def test_a_formula_that_is_not_safe_is_shown_as_text():
    row = rows_of(page(LINES))[4]
    assert "<code>e = &lt;script&gt;alert(1)&lt;/script&gt;</code>" in row
    assert "<script" not in page(LINES)


def test_a_line_that_holds_says_so_to_a_screen_reader_only():
    assert '<span class="unseen">holds</span>' in rows_of(page(LINES))[0]


def test_an_answer_without_formulas_says_so():
    assert "<p>No formula was found in this answer.</p>" in page(Lines("your lines", ()))
    assert words.evidence_text(Lines("your lines", ())) == "your lines:\n  No formula was found in this answer."


def test_the_text_of_a_derivation_reads_like_its_page():
    assert words.evidence_text(LINES) == (
        "your lines as they were read:\n"
        "  1 ✓ a = b\n"
        "  2 ✗ c\n"
        "      Does not hold: it would hold with `b` for c. In one world the left side is 1.5, the right side −2.\n"
        "  3 ✗ d\n"
        "      Does not hold. In one world the left side is 3, the right side 4.\n"
        "  4 ? \\frac{<b>}{\n"
        "      Could not be read: an opening brace is never closed.\n"
        "  5 ? e = <script>alert(1)</script>\n"
        "      Could not be decided: `e` is no name of this question.\n"
        "  6 ≔ f := 1\n"
        "      Gives `f` its meaning."
    )


def test_more_lines_than_are_shown_are_counted():
    many = Lines("your lines", tuple(Line("", f"a = {k}", "holds") for k in range(words.MAX_LINES + 5)))
    assert words.evidence_text(many).endswith(f"\nOnly {words.MAX_LINES} of {words.MAX_LINES + 5} lines.")
    assert f"Only {words.MAX_LINES} of {words.MAX_LINES + 5} lines." in page(many)
