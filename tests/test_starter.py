"""What students begin with holds nothing of a solution, is graded with 0 points and a clear sentence, and can be
checked at home."""

import ast
import dataclasses
import json
import re
import shutil
from pathlib import Path

import nbformat
import numpy as np
import pytest
import yaml
from course_tools import INPUTS, RIGHT, RUBRIC, grade, outcomes, put, write_course

from grader.gradescope.packed import load
from grader.home import CHECK
from grader.intake import split_answers
from grader.model import CourseError
from grader.rubric import load_rubric
from grader.starter import FILES, NOTEBOOK, TESTS, headings, names_asked, starter, written_parts

ROOT = Path(__file__).parents[1]
HOMEWORKS = sorted(path.stem for path in (ROOT / "rubrics").glob("*.yaml"))


def rubric_of(homework):
    return load_rubric(ROOT / "rubrics" / f"{homework}.yaml", ROOT)


@pytest.fixture(scope="module", params=HOMEWORKS)
def made(request):
    rubric = rubric_of(request.param)
    return rubric, starter(rubric)


def code_of(files):
    """All code that students get: the files and the notebooks' code cells."""
    texts = [content.decode() for name, content in files.items() if name.endswith(".py") and name.startswith(FILES)]
    for name, content in files.items():
        if name.endswith(".ipynb"):
            texts += [cell["source"] for cell in json.loads(content)["cells"] if cell["cell_type"] == "code"]
    return texts


# --- nothing of a solution


def test_no_line_of_a_body_is_in_it(made):
    rubric, files = made
    bodies = set()
    for source in rubric.reference.values():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef):
                inner = [s for s in node.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
                for statement in inner:
                    bodies |= set(ast.get_source_segment(source.decode(), statement).split("\n"))
    lines = {line.strip() for line in bodies} - {"", ")", "]", "}"}
    given = {line.strip() for text in code_of(files) for line in text.split("\n")}
    assert given & lines == set()


def plain(text):
    """A formula as it would look without the habits of those who wrote it: code and prose then read alike."""
    for sign, ours in (("−", "-"), ("·", ""), ("²", "**2"), (".square()", "**2"), ("½", "0.5")):
        text = text.replace(sign, ours)
    text = re.sub(r"\b(torch|math|F|nn)\.|[\s`]", "", text)
    return text.replace("**2", "²").replace("*", "")


def expressions(source):
    """What a solution computes: its expressions of two operations or more on two names or more."""
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef):
            for node in (node for statement in function.body for node in ast.walk(statement)):
                inner = list(ast.walk(node)) if isinstance(node, ast.BinOp) else []
                names = {each.id for each in inner if isinstance(each, ast.Name)}
                if len(names) > 1 and sum(isinstance(each, ast.BinOp | ast.UnaryOp | ast.Call) for each in inner) > 1:
                    yield ast.unparse(node)


def test_no_expression_of_a_solution_is_in_it(made):
    rubric, files = made
    # With a public item that goes through an adapter, all adapters go out.
    adapters = any(item.public and item.check.told(reference=False).get("through") for item in rubric.items)
    told = [content.decode() for name, content in files.items() if not name.startswith(TESTS)]
    told.append(rubric.asking["asking.py"].decode() if adapters else "")
    asked = plain("".join(question.text for question in rubric.questions))
    given = plain("\n".join(told))
    for name, source in rubric.reference.items():
        if name != "mistakes.py":
            for expression in expressions(source):
                assert plain(expression) not in given or plain(expression) in asked, expression


@pytest.mark.parametrize(
    ("code", "prose"),
    [
        ("(1 - alpha) * mua + alpha * mub", "The point (1 − alpha)·mua + alpha·mub between"),
        ("0.5 * (s - 1).square()", "it is ½ (s − 1)²"),
        ("x + torch.exp(y) * z", "that is x + exp(y)·z"),
    ],
)
def test_a_formula_is_recognised_in_prose(code, prose):
    assert plain(code) in plain(prose)
    assert list(expressions(f"def f():\n    return {code}")) or code.startswith("0.5")


def test_no_answer_of_the_rubric_is_in_it(made):
    rubric, files = made
    told = b"\n".join(files.values()).decode()
    asked = " ".join(question.text for question in rubric.questions)
    for item in rubric.items:
        for field in ("model_answer", "solution", "ends"):
            answer = str(getattr(item.check, field, "") or "")
            assert len(answer) < 12 or answer not in told, item.id
        for milestone in getattr(item.check, "milestones", ()):
            assert len(milestone.formula) < 12 or milestone.formula not in told or milestone.formula in asked
        assert not item.hint or item.hint not in told


def test_every_function_that_is_asked_for_is_there_with_its_signature(made):
    rubric, files = made
    theirs = {}
    for source in rubric.reference.values():
        theirs |= {n.name: n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    given = {n.name: n for text in code_of(files) for n in ast.parse(text).body if hasattr(n, "name")}
    for name in {name for item in rubric.items for name in names_asked(item)}:
        assert type(given[name]) is type(theirs[name])
        if isinstance(theirs[name], ast.FunctionDef):
            assert ast.dump(given[name].args) == ast.dump(theirs[name].args)


def test_all_code_of_it_can_be_imported(made):
    _, files = made
    for text in code_of(files):
        compile(text, "starter", "exec", dont_inherit=True)
    for name, content in files.items():
        if name.endswith(".py") and name.startswith(FILES):
            alone = not any(f"import {Path(other).stem}" in content.decode() for other in files)
            if alone:
                exec(compile(content, name, "exec", dont_inherit=True), {"__name__": "starter"})


# --- headings and the notebook


def test_the_segmenter_reads_the_headings_back(made):
    rubric, files = made
    parts = written_parts(rubric)
    if not parts:
        assert f"{FILES}/answers.md" not in files
        return
    text = files[f"{FILES}/answers.md"].decode()
    assert split_answers(text, parts).parts == {}
    filled = text
    for part in parts:
        heading = headings(parts)[part]
        assert heading in filled
        filled = filled.replace(f"{heading}\n", f"{heading}\nmine is {part}\n", 1)
    assert split_answers(filled, parts).parts == {part: f"mine is {part}" for part in parts}


def test_the_notebook_is_valid_and_has_a_heading_for_each_written_part(made):
    rubric, files = made
    text = files[f"{NOTEBOOK}/{rubric.homework}.ipynb"].decode()
    book = nbformat.reads(text, as_version=4)
    nbformat.validate(book)
    own = [cell.source for cell in book.cells if cell.cell_type == "markdown" and "tags" not in cell.metadata]
    assert [source.strip() for source in own] == list(headings(written_parts(rubric)).values())


# --- what comes along


def marked(tmp_path, source, name="total"):
    rubric = RUBRIC.replace("name: total", f"name: {name}")
    home = write_course(tmp_path / "course", rubrics={"sums": rubric}, sums=source, mistakes="")
    return starter(load_rubric(home / "rubrics" / "sums.yaml", home))[f"{FILES}/sums.py"].decode()


SOURCE = '''\
"""The solution."""

from __future__ import annotations

import math
import torch as t
from torch.special import xlogy
from typing import Literal

SIZE = (2, 3)
SECRET = math.sqrt(2)


def total(x, size=SIZE, how: Literal["sum"] = "sum") -> t.Tensor:
    """The sum of all entries.

    x: (B, D). Safe form: xlogy, which
    never overflows.
    Returns: a scalar.

    Source: a book.
    """
    return _helper(x) + xlogy(x, x).sum()


def _helper(x):
    return x.sum()


def shown(x):  # starter: keep
    """Prints x."""
    print(x)  # as it is


# starter: empty
def unasked(x):
    return SECRET * x
'''

SKELETON = '''\
"""Sums"""


from __future__ import annotations
import math
import torch as t
from typing import Literal


SIZE = (2, 3)


def total(x, size=SIZE, how: Literal['sum']='sum') -> t.Tensor:
    """The sum of all entries.

    x: (B, D).
    Returns: a scalar.
    """
    raise NotImplementedError("`total` is not written yet")


def shown(x):
    """Prints x."""
    print(x)  # as it is


def unasked(x):
    raise NotImplementedError("`unasked` is not written yet")
'''


def test_signatures_constants_and_marked_helpers_come_along_and_nothing_else(tmp_path):
    assert marked(tmp_path, SOURCE) == SKELETON


CLASSES = '''\
from dataclasses import dataclass
import functools
import torch
from torch import nn


class Base(nn.Module):
    """A base."""

    width = 3

    @property
    def size(self):
        return 3

    def _secret(self):
        return 4


@dataclass(frozen=True)
class Sizes:
    height: int
    width: int = 3


class Net(Base):
    def __init__(self, sizes: Sizes):
        super().__init__()
        self.sizes = sizes

    @functools.cache
    @staticmethod
    def double(x):
        return 2 * x

    def half(self, x):  # starter: keep
        return x / 2

    def _loss(self, x):  # starter: empty
        return x.mean()
'''


def test_a_class_keeps_its_bases_and_public_methods_without_their_bodies(tmp_path):
    source = CLASSES + "\n\ndef total(x, net: Net):\n    return net(x)\n"
    made = marked(tmp_path, source)
    for text in ("class Base(nn.Module):", "class Net(Base):", "height: int", "def __init__(self, sizes: Sizes):"):
        assert text in made
    for text in ('"`Net._loss` is not written yet"', "@staticmethod\n    def double(x):", "return x / 2", "@property"):
        assert text in made
    for text in ("_secret", "functools.cache", "width = 3\n\n    @property", "2 * x", "x.mean()", "return 3"):
        assert text not in made


@pytest.mark.parametrize(
    ("source", "said"),
    [
        pytest.param(
            "def total(x):  # starter: keep\n    return helper(x)\n\n\ndef helper(x):\n    return x.sum()\n",
            "sums.py:1: `total` is kept and needs `helper`, which no student gets; mark that with `# starter: keep`, too",
            id="kept code without what it needs",
        ),
        pytest.param(
            "N = int('3')\n\n\ndef total(x, n=N):\n    return x.sum()\n",
            "sums.py:1: a signature needs `N`, which is computed; mark it with `# starter: keep`",
            id="computed default",
        ),
    ],
)
def test_what_can_not_be_taken_out_of_a_reference_is_told(tmp_path, source, said):
    with pytest.raises(CourseError) as error:
        marked(tmp_path, source)
    assert str(error.value) == said


# --- the real command


@pytest.mark.parametrize("homework", ["asserts_quiz", "vae_quiz", "cs236_bounds", "vae_gan_duality"])
def test_a_starter_is_graded_with_nothing_and_says_why(homework, tmp_path):
    done = grade("starter", homework, "-o", "starter", "--course", ROOT, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("read them before you hand it out.\n")
    arguments = ("--rubric", homework, "--course", ROOT, "--out", "results")
    done = grade("run", "starter", *arguments, cwd=tmp_path, timeout=300)
    assert done.returncode == 0, done.stderr
    for student in (FILES, NOTEBOOK):
        found = outcomes(tmp_path / "results", student)
        assert {outcome["credit"] for outcome in found.values()} == {0.0}
        said = [outcome["sentence"] for outcome in found.values()]
        clear = ("is not written yet", "no answer to part", "tests pass", "has no `")
        assert [text for text in said if not any(words in text for words in clear)] == []


def test_a_folder_that_holds_something_is_not_written_to(tmp_path):
    home = write_course(tmp_path / "course")
    put(tmp_path / "starter" / "mine.py", "x")
    done = grade("starter", "--course", home, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == "grade: starter is not empty; name a new folder with -o\n"
    assert [path.name for path in (tmp_path / "starter").iterdir()] == ["mine.py"]


# --- grade check


@pytest.mark.parametrize(
    ("homework", "student", "count"),
    [
        pytest.param("vae_gan", "correct", 11, id="vae_gan"),
        pytest.param("asserts_quiz", "correct", 1, id="asserts_quiz"),
    ],
)
def test_a_homework_of_this_repository_can_be_checked_at_home(homework, student, count, tmp_path):
    done = grade("starter", homework, "-o", "starter", "--course", ROOT, cwd=tmp_path, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")
    check = ("--with", tmp_path / "starter" / CHECK)
    mine = grade("check", ROOT / "submissions_example" / homework / student, *check, cwd=tmp_path, timeout=300)
    assert mine.stdout.endswith(f"\n{count} of {count} public items look as they should; this is no grade.\n")
    done = grade("check", cwd=tmp_path / "starter" / FILES, timeout=300)
    assert done.stdout.endswith(f"\n0 of {count} public items look as they should; this is no grade.\n")


@pytest.fixture(scope="module")
def public(tmp_path_factory):
    """The starter of a homework all of whose items are public, in a folder without the course."""
    top = tmp_path_factory.mktemp("home")
    told = yaml.safe_load(RUBRIC)
    told["questions"][0]["items"].append(
        {"id": "1.b", "title": "Gradient", "kind": "gradient", "points": 1, "call": {"name": "total", "arguments": ["x"]},
         "wrt": ["x"], "given": "numbers"}
    )  # fmt: skip
    told["questions"][0]["items"][0]["id"] = "1.a"
    for question in told["questions"]:
        for item in question["items"]:
            item["public"] = True
    told["questions"][1]["items"][0]["model_answer"] = "the secret answer"
    told["questions"][0]["items"][0]["hint"] = "the secret hint"
    rubric = yaml.safe_dump(told, sort_keys=False)
    home = write_course(top / "course", rubrics={"sums": rubric}, inputs=INPUTS)
    done = grade("starter", "-o", "starter", "--course", home, cwd=top)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"and {CHECK} for `grade check`" in done.stdout
    shutil.rmtree(home)
    return top / "starter"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        pytest.param(RIGHT, "it runs, and what it returns has the right form; whether it is right is not said here", id="right"),
        pytest.param("def total(x):\n    return -x.sum()\n", "whether it is right is not said here", id="wrong value"),
        pytest.param("def total(x):\n    return x.sum(1)\n", "✗ 1.a The sum of all entries: shape is (1,), expected (), for inputs of shape x (1, 1)", id="shape"),
        pytest.param("def total(x):\n    return x.sum().long()\n", "✗ 1.a The sum of all entries: dtype is int64, expected floating point numbers", id="dtype"),
        pytest.param("def total(x):\n    return 'a'\n", "✗ 1.a The sum of all entries: it returns a str, expected an array of shape ()", id="no array"),
        pytest.param("def total(x):\n    return x.detach().sum()\n", "✗ 1.b Gradient: no gradient reaches `x`", id="detached"),
        pytest.param("def total(x):\n    return y\n", "✗ 1.a The sum of all entries: it crashed: sums.py, line 2: NameError: name 'y' is not defined", id="raises"),
        pytest.param("def total(x):\n    assert x.shape[0] < 9\n    return x.sum()\n", "✗ 1.a The sum of all entries: it raises AssertionError", id="raises for one size"),
        pytest.param("def totals(x):\n    return x\n", "✗ 1.a The sum of all entries: no `total` was found; your files define totals", id="missing"),
        pytest.param("def total(x, y):\n    return x\n", "✗ 1.a The sum of all entries: it crashed: TypeError: takes (x, y), but is called with (x)", id="arguments"),
    ],
)  # fmt: skip
def test_a_student_is_told_how_his_answer_looks(public, tmp_path, source, said):
    put(tmp_path / "sums.py", source)
    put(tmp_path / "answers.md", "# 2\nBecause.\n")
    done = grade("check", ".", "--with", public / CHECK, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert said in done.stdout
    assert "✓ 2 Why it is a scalar: there is an answer; whether it is right is not said here" in done.stdout


def test_the_starter_itself_can_be_checked_where_it_lies(public):
    done = grade("check", cwd=public / FILES)
    assert "✗ 2 Why it is a scalar: no answer to part 2 was found; parts with an answer: none" in done.stdout
    assert "NotImplementedError: `total` is not written yet" in done.stdout
    assert done.stdout.endswith("\n0 of 3 public items look as they should; this is no grade.\n")


def test_no_value_of_the_reference_and_no_graded_input_is_in_the_file(public, tmp_path):
    data = (public / CHECK).read_bytes()
    for secret in (b"secret", b"x.sum()", b"mean"):
        assert secret not in data
    packed = load(data, public / CHECK)
    assert dict(packed.rubric.reference) == {}
    values = [array for want in packed.expected.values() for array in want.values.values()]
    assert values
    assert all(array.dtype.kind == "f" and not array.any() for array in values)
    home = write_course(tmp_path / "course")
    graded = load_rubric(home / "rubrics" / "sums.yaml", home).items[0].given
    asked = packed.rubric.items[0].given
    assert not np.array_equal(asked["7/x"], graded["7/x"])


def test_tests_of_public_items_come_along_and_others_do_not(tmp_path):
    rubric = rubric_of("asserts_quiz")
    first = rubric.questions[0]
    items = (dataclasses.replace(first.items[0], public=True), *first.items[1:])
    rubric = dataclasses.replace(rubric, questions=(dataclasses.replace(first, items=items), *rubric.questions[1:]))
    public = ["close_to.py", "log_mean_exp.py", "test_kl.py"]  # the second is public in the rubric itself
    assert [name for name in starter(rubric) if name.startswith(TESTS)] == [f"{TESTS}/{name}" for name in public]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["."], f"there is no {CHECK} in . or above it; name it with --with", id="no file"),
        pytest.param([".", "--with", "a.gbd"], "a.gbd is damaged: it is not as `grade pack` wrote it", id="damaged"),
        pytest.param([".", "--with", "none.gbd"], "none.gbd can't be read: No such file or directory", id="absent"),
        pytest.param(["two", "--with", "CHECK"], "two does not hold one student's work", id="two students"),
    ],
)
def test_what_can_not_be_checked_is_said_in_one_line(public, tmp_path, arguments, said):
    put(tmp_path / "a.gbd", "no")
    for name in ("ada", "bob"):
        put(tmp_path / "two" / name / "sums.py", RIGHT)
    done = grade("check", *(str(public / CHECK) if a == "CHECK" else a for a in arguments), cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"grade: {said}")
    assert done.stderr.count("\n") == 1
