"""What was handed in stands beside the verdict: the definition that was asked for, highlighted, and the answer as written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from test_report import EVIL, Page, a_grade, a_rubric

from grader.checks import KINDS
from grader.checks.asserts import Asserts
from grader.checks.cells import Cells
from grader.checks.choice import Choice
from grader.checks.close import Close
from grader.checks.code import Call
from grader.checks.derivation import Derivation, Milestone
from grader.checks.draws import Draws
from grader.checks.expression import Expression
from grader.checks.gradient import Gradient
from grader.checks.module import Class, Module
from grader.checks.number import Number
from grader.checks.training import Training
from grader.checks.written import Written
from grader.model import Check, Fact, Item, Outcome
from grader.pieces import CUT, MAX_TEXT, Piece, definitions, pieces
from grader.report import student_page
from grader.report.aims import AIMS, aim
from grader.report.code import highlighted
from grader.run import write_again
from grader.store import Store

WRONG = Outcome(0.0, "differs", (), "sign")
SOURCE = b"""\
import torch

@torch.no_grad()
def kl(mu):
    return mu

if True:
    def kl(mu):
        # the second one counts
        return -mu
else:
    beta: float = 3
try:
    half = lambda x: x / 2
except Exception:
    pass

class Net:
    def forward(self, x):
        return x
"""


@pytest.mark.parametrize(
    ("name", "line", "text"),
    [
        pytest.param(
            "kl", 8, "    def kl(mu):\n        # the second one counts\n        return -mu", id="the-last-one"
        ),
        pytest.param("half", 14, "    half = lambda x: x / 2", id="assigned"),
        pytest.param("beta", 12, "    beta: float = 3", id="with-a-type"),
        pytest.param("Net.forward", 19, "    def forward(self, x):\n        return x", id="method"),
        pytest.param("Net", 18, "class Net:\n    def forward(self, x):\n        return x", id="class"),
    ],
)
def test_a_definition_is_found_where_it_counts(name: str, line: int, text: str) -> None:
    assert definitions({"b.py": SOURCE, "c.py": b"kl = 1"}, [name]) == {name: Piece(text, "b.py", line)}


def test_a_definition_has_its_decorators() -> None:
    source = b"import torch\n\n@torch.no_grad()\n@twice\ndef kl(mu):\n    return mu\n"
    (found,) = definitions({"a.py": source}, ["kl"]).values()
    assert found == Piece("@torch.no_grad()\n@twice\ndef kl(mu):\n    return mu", "a.py", 3)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        pytest.param(b"def f(x):\n    return (x\n\ndef kl(mu):\n    a =\n\n    b\n\nx = 1\n", "def kl(mu):\n    a =\n\n    b", id="no-python"),
        pytest.param(b"class kl:\n  x = \n# end\nkl()", "class kl:\n  x = \n# end", id="a-class"),
        pytest.param(b"\xff\x00def kl(mu):\n  pass", None, id="no-text"),
        pytest.param(b"(" * 10_000, None, id="deep"),
        pytest.param(b"def kl(): pass\n" + b"#" * 400_001, None, id="large"),
        pytest.param(b"", None, id="empty"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_python_is_looked_through_by_its_lines(source: bytes, text: str | None) -> None:
    found = definitions({"a.py": source}, ["kl"])
    assert (found["kl"].text if found else None) == text


def test_long_code_is_cut_and_says_so() -> None:
    (found,) = definitions({"a.py": b"def kl(mu):\n" + b"    x = 1\n" * 2000}, ["kl"]).values()
    assert found.text.endswith(CUT)
    assert len(found.text) < MAX_TEXT + 40


def test_an_item_shows_the_first_name_that_is_there_and_text_its_part() -> None:
    code = {"old": Piece("1", "a.py", 1), "kl": Piece("2", "a.py", 2)}
    asks = Item("1", "KL", "close", Close(Call("new", ("x",), also=("kl", "old"))), 1.0)
    assert pieces(asks, code, {}) == (Piece("2", "a.py", 2),)
    assert pieces(asks, {}, {}) == ()
    number = Item("2", "How many", "number", Number("3", part="2"), 1.0)
    assert pieces(number, code, {"2": "three"}) == (Piece("three"),)
    assert pieces(number, code, {"2": "  \n"}) == ()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("def f(x):", '<span class="k">def</span> <span class="d">f</span>(x):', id="names"),
        pytest.param("# <b>", '<span class="c"># &lt;b&gt;</span>', id="comment"),
        pytest.param("x = 'a<'+1", "x = <span class=\"s\">&#39;a&lt;&#39;</span>+<span class=\"m\">1</span>", id="values"),
        pytest.param("\u202ex \x1b[31m", "x", id="unseen"),
        pytest.param("a\n\n  b\n", "a\n\n  b", id="layout"),
    ],
)  # fmt: skip
def test_code_is_highlighted_and_escaped(text: str, shown: str) -> None:
    assert str(highlighted(text)).rstrip() == shown


def test_code_is_shown_once_and_answers_that_evidence_holds_are_not_shown_again() -> None:
    kl = Piece("def kl(mu):\n    return mu", "a.py", 3)
    written = Outcome(None, "A person reads it.", (Fact("answer", "It is so."),))
    outcomes = a_grade(WRONG, WRONG, written, Outcome(1.0, "agrees"))
    handed = {"1a": (kl,), "1b": (kl,), "1c": (Piece("It is so.\n"),), "1d": (Piece("x = 3"),)}
    html = student_page(a_rubric(*[2.0] * 4), outcomes, handed=handed)
    assert html.count('<pre class="source"') == 1
    assert 'The code, <code>a.py</code>, line 3: <a href="#item-1.1">see 1a</a>' in html
    assert '<details class="handed" open><summary>The code, <code>a.py</code>, line 3</summary>' in html
    assert '<details class="handed"><summary>The answer as it was written</summary>' in html
    assert html.count("It is so.") == 1
    html = student_page(a_rubric(2.0, 2.0), a_grade(Outcome(1.0, "agrees"), WRONG), handed={"1a": (kl,), "1b": (kl,)})
    assert '<a href="#item-1.2">see 1b</a>' in html  # with the first that is not right


def test_nothing_that_was_handed_in_to_a_hidden_item_is_shown_to_the_student() -> None:
    rubric = a_rubric(2.0)
    (question,) = rubric.questions
    closed = tuple(replace(each, visibility="hidden") for each in question.items)
    rubric = replace(rubric, questions=(replace(question, items=closed),))
    handed = {"1a": (Piece("def kl(): 'mine'", "a.py", 1),)}
    assert "mine" in student_page(rubric, a_grade(WRONG), handed=handed)
    assert "mine" not in student_page(rubric, a_grade(WRONG), handed=handed, hidden=False)


def test_hostile_code_and_file_names_stay_text() -> None:
    html = student_page(a_rubric(2.0), a_grade(WRONG), handed={"1a": (Piece(EVIL, EVIL, 1), Piece(EVIL))})
    page = Page(html)
    assert "alert(1)" in page.text()
    assert not page.all("script")
    assert not page.all("img")


def test_every_kind_says_what_gives_the_points() -> None:
    assert AIMS.keys() == KINDS.keys() - {"written"}


CALL = Call("kl", ("mu", "logvar"))
WORLD = {"scalars": {"a": "real"}}


@pytest.mark.parametrize(
    ("kind", "check", "said"),
    [
        pytest.param("close", Close(CALL), "`kl(mu, logvar)` returns what the solution returns, for each of 2 inputs", id="close"),
        pytest.param("gradient", Gradient(CALL, ("mu", "logvar")), "the gradient of `kl(mu, logvar)` with respect to `mu` and `logvar` is that of the solution, for each of 2 inputs", id="gradient"),
        pytest.param("draws", Draws(CALL, "law"), "the samples of `kl(mu, logvar)` follow the right law, are new in each call and follow torch's seed alone", id="draws"),
        pytest.param("module", Module(Class("Net"), verify="layers"), "a module `Net` has the right layers in the right order", id="module"),
        pytest.param("choice", Choice({"1": ("x",), "2": ("y",)}, "1"), "the right one of 2 options is chosen, and no other", id="choice"),
        pytest.param("number", Number("3"), "the right number", id="number"),
        pytest.param("number", Number("3", rtol=0.01), "the right number, within 1 % of it", id="number-about"),
        pytest.param("cells", Cells("11"), "all of the right pixels, and no others", id="cells"),
        pytest.param("expression", Expression(WORLD, "a"), "a formula with the right value, in whatever form, with nothing left to be worked out", id="expression"),
        pytest.param("expression", Expression(WORLD, "a", up_to="factor"), "a formula with the right value, up to a positive factor, in whatever form, with nothing left to be worked out", id="expression-up-to"),
        pytest.param("derivation", Derivation(WORLD, "a"), "each step holds, and the derivation arrives where it must", id="derivation"),
        pytest.param("derivation", Derivation(WORLD, "a", milestones=(Milestone("a", "A"),), least_steps=2), "each step holds, and the derivation arrives where it must, in at least 2 different steps, by way of what was looked for", id="derivation-steps"),
        pytest.param("training", Training("task", "vae"), "after 400 training steps the model reaches, on images that it never saw, what right runs reach", id="training"),
        pytest.param("asserts", Asserts("test_x.py"), "the tests pass that the solution passes; each counts for itself", id="asserts"),
        pytest.param("asserts", Asserts("test_x.py", credit="all"), "the tests pass that the solution passes; it is all or nothing", id="asserts-all"),
        pytest.param("written", Written(), "", id="written"),
    ],
)  # fmt: skip
def test_what_gives_the_points_is_a_sentence(kind: str, check: Check, said: str) -> None:
    given = {"0/mu": np.zeros(1), "1/mu": np.zeros(1)}
    assert aim(Item("1", "One", kind, check, 1.0, given=given)) == said


def test_what_was_handed_in_is_there_again_when_the_pages_are_written_again(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.write_grade(a_grade(WRONG), "work")
        store.keep_code("work", definitions({"a.py": b"def total(x): return x"}, ["total"]))
        rubric = a_rubric(2.0)
        (question,) = rubric.questions
        asks = Item("1a", "Total", "close", Close(Call("total", ("x",))), 2.0)
        write_again(replace(rubric, questions=(replace(question, items=(asks,)),)), ["ada"], store)
    html = (tmp_path / "ada" / "report.html").read_text()
    assert '<span class="k">return</span> x' in html
    assert "For all points</span> <code>total(x)</code> returns what the solution returns, for the input." in html
