"""Formulas in what people write: comments, rows, hints, questions and model answers, on every page that shows them."""

import re

import pytest
from course_tools import write_course
from review_tools import decide, filled, groups, reviewing, write_results
from soon import soon

from grader.report.comments import MAX_FORMULA, MOST, answered, commented

HALF = "<math><mrow><mfrac><mn>1</mn><mn>2</mn></mfrac></mrow></math>"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param(r"the factor $\frac12$ is missing", f"the factor {HALF} is missing", id="inline"),
        pytest.param(r"the factor \(\frac12\) is missing", f"the factor {HALF} is missing", id="brackets"),
        pytest.param(r"$$\frac12$$", HALF.replace("<math>", '<math displaystyle="true">'), id="display"),
        pytest.param(r"\[\frac12\]", HALF.replace("<math>", '<math displaystyle="true">'), id="display-brackets"),
        pytest.param("it costs $5 and $6", "it costs $5 and $6", id="prices"),
        pytest.param(r"\$5$", r"\$5$", id="escaped"),
        pytest.param(r"$\frac{1$", r"<code>$\frac{1$</code>", id="can-not-be-read"),
        pytest.param("`a $x$`", "<code>a $x$</code>", id="code"),
        pytest.param("one\ntwo $", "one\ntwo $", id="lines"),
        pytest.param("<b>&$", "&lt;b&gt;&amp;$", id="markup"),
    ],
)  # fmt: skip
def test_formulas_in_a_text_are_set_and_all_else_stays(text, shown):
    assert str(commented(text)) == shown


@pytest.mark.parametrize(
    "text",
    [
        r"$\text{<img src=x onerror=alert(1)>}$",
        r"$\href{javascript:alert(1)}{x}$",
        r"$\style{x:expression(alert(1))}{x}$",
        "$<script>alert(1)</script>$",
        "$\"'<svg onload=alert(1)>$",
        "`<script>alert(1)</script>`",
        r"\(\unicode{<script>}\)",
    ],
)
def test_a_formula_brings_no_markup_of_its_own(text):
    assert set(re.findall(r"<(\w+)", str(commented(text)))) <= {
        "math",
        "mrow",
        "mtext",
        "mo",
        "mi",
        "mn",
        "code",
        "msup",
    }
    assert not re.search(r"<[^>]*(?:href|on\w+|style)\s*=", str(commented(text)))


def test_long_and_many_formulas_stay_as_they_are_written():
    assert str(commented(f"${'x' * (MAX_FORMULA + 1)}$")).startswith("<code>$xxx")
    assert str(commented("$x$ " * (MOST + 5))).count("<math>") == MOST
    with soon():
        commented("$" * 40_000)
        commented("$x" * 20_000)
        commented("`$\\(\\[" * 8_000)
        commented(f"${'(' * 599}$ " * 40)


def test_a_model_answer_of_formulas_is_set_with_the_names_of_its_world():
    world = {"scalars": {"a": "real"}, "spaces": {"x": 5}, "densities": {"p(x)": "free"}}
    assert "<mfrac>" in answered(r"\frac{p(x)}{a}", world)
    assert answered("A text with 5 < 6.", None) == "A text with 5 &lt; 6."


def test_formulas_are_set_in_comments_rows_and_questions_on_all_pages(tmp_path):
    home = write_course(tmp_path)
    rubric = home / "rubrics" / "sums.yaml"
    text = rubric.read_text().replace("title: Reason\n", 'title: Reason\n    text: "Why $\\\\frac12$?"\n')
    rubric.write_text(
        text.replace("kind: written,", 'kind: written, hint: "$\\\\frac12$ helps", model_answer: "$\\\\frac12$",')
    )
    results = write_results(home, ada="It is so.")
    with reviewing(home) as server:
        (address,) = groups(server)
        row = {"row": "", "text:": r"no $\frac12$", "points:": "1"}
        assert server.post("/row", filled(server.get(address)[2], **row))[2].count(HALF) == 4  # asked, model, hint, row
        status, _, _ = decide(
            server,
            address,
            rows=re.search(r'name="rows" value="([^"]+)"', server.get(address)[2])[1],
            comment=r"also $\frac12$",
        )
        assert status == 303
        (again,) = groups(server, "?show=decided")
        page = server.get(again)[2]
        assert f"no {HALF} (+1)\nalso {HALF}</p>" in page
        assert 'maxlength="10000" data-key="c">also $\\frac12$</textarea>' in page
    report = (results / "ada" / "report.html").read_text()
    assert f"no {HALF} (+1)\nalso {HALF}</p>" in report
    assert f"Why {HALF}?" in report
