"""Kind `asserts`: a course's own tests say what they say elsewhere, whatever the code beside them tries."""

import ast
import json
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
from box_tools import opened
from course_tools import grade, outcomes, put

from grader import grade as spine
from grader.box.sandbox import Box
from grader.box.zygote import Zygote
from grader.checks import testfile
from grader.checks.asserts import RESTS_ON, Asserts
from grader.intake import discover, read
from grader.model import CourseError, Expected, Limits, Observation, Table, Work
from grader.rubric import load_rubric
from grader.run import preload

SOLUTION = """\
import torch

def total(x):
    return x.sum()

def mean(x):
    return x.mean()
"""
PYTEST = """\
import unittest

import pytest
import torch
import sums
from sums import mean, total
from near import near

@pytest.fixture(scope="module")
def ones():
    return torch.ones(2, 3)

def test_total(ones):
    assert total(ones).item() == 6

@pytest.mark.parametrize("value", [1.0, 2.0])
def test_mean(value):
    near(mean(torch.full((4,), value)), value)

class TestFiles:
    def test_file(self, tmp_path):
        (tmp_path / "a.txt").write_text("6")
        assert total(torch.tensor([float((tmp_path / "a.txt").read_text())])) == pytest.approx(6)

def test_patched(monkeypatch, capsys, six):
    monkeypatch.setattr(sums, "total", lambda _: six)
    print(sums.total(None))
    assert capsys.readouterr().out == "6\\n"

def test_refuses_text():
    with pytest.raises(AttributeError):
        total("text")

class Old(unittest.TestCase):
    def test_case(self):
        self.assertEqual(mean(torch.zeros(2)).item(), 0)

@pytest.mark.skip(reason="needs a GPU")
def test_gpu(): ...

@pytest.mark.xfail(reason="an open question")
def test_open():
    assert False

test_total(torch.ones(2, 3))
"""
NEAR = "def near(observed, expected):\n    assert abs(float(observed) - expected) < 1e-6\n"
CONFTEST = "import pytest\n\n@pytest.fixture\ndef six():\n    return 6\n"
PLAIN = """\
import torch
from sums import *

x = torch.arange(4.0)
assert total(x) == 6, "0 + 1 + 2 + 3 is 6"
found = mean(x)
torch.testing.assert_close(found, torch.tensor(1.5))
if __name__ == "__main__":
    for k in (1, 2):
        assert mean(torch.full((k,), 3.0)) == 3
    print("all is well")
"""
OTTER = """\
from otter.test_files import test_case

OK_FORMAT = False
name = "q1"
points = 4

@test_case(points=1)
def check_total(total, env):
    assert total(env["torch"].ones(3)) == 3

@test_case(hidden=True)
def check_mean(mean):
    import torch
    assert mean(torch.ones(3)) == 1
"""
ALL = ["test_total", "test_mean[1.0]", "test_mean[2.0]", "TestFiles::test_file", "test_patched"]
ALL += ["test_refuses_text", "Old::test_case"]
ITEM = '      - {{id: "{id}", title: T, kind: asserts, points: 1, {keys}}}\n'
LIMITS = Limits(cpu_seconds=8, idle_seconds=3)


def course(folder, *items, top="", solution=SOLUTION, **asserts):
    """A course `sums` of asserts items, which are keys in YAML; `asserts` replaces the files of tests."""
    rows = "".join(ITEM.format(id=k, keys=keys) for k, keys in enumerate(items, 1))
    head = f'homework: sums\ntitle: Sums\n{top}questions:\n  - id: "1"\n    title: Q\n    items:\n'
    put(folder / "rubrics" / "sums.yaml", head + rows)
    put(folder / "reference" / "sums" / "sums.py", solution)
    files = {"test_sums": PYTEST, "near": NEAR, "conftest": CONFTEST, "plain": PLAIN, "q1": OTTER} | asserts
    for name, text in files.items():
        put(folder / "reference" / "sums" / "asserts" / f"{name}.py", text)
    return folder


def rubric_of(folder):
    return load_rubric(folder / "rubrics" / "sums.yaml", folder)


def complaints(folder):
    with pytest.raises(CourseError) as caught:
        rubric_of(folder)
    return str(caught.value)


@pytest.fixture(scope="module")
def warm():
    """A zygote that has what test files need, as a run of `grade` has it."""
    with Zygote(preload=Asserts.preload) as zygote:
        yield zygote


@pytest.fixture(scope="module")
def sums(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    items = ("file: test_sums.py", "file: plain.py", "file: q1.py", "file: test_sums.py, tests: [TestFiles, test_mean]")
    return rubric_of(course(folder, *items, top="limits: {cpu_seconds: 8, idle_seconds: 3}\n"))


def expected_of(zygote, rubric, item):
    names = ["total", "mean"]
    work = Work(rubric.reference, asking=rubric.asking)
    with Box(zygote, work, names, item.limits, reference=True) as box:
        return spine.expected(box.ask, item)


@pytest.fixture(scope="module")
def expected(warm, sums):
    return {item.id: expected_of(warm, sums, item) for item in sums.items}


def judged(zygote, rubric, expected, item, source, **files):
    """What a student gets on an item for one source, and for files beside it."""
    sources = {"sums.py": source.encode(), **{f"{name}.py": text.encode() for name, text in files.items()}}
    with Box(zygote, Work(sources, asking=rubric.asking), ["total", "mean"], item.limits) as box:
        return spine.judge(item, expected[item.id], box.ask(spine.request(item)))


def names_in(values):
    return [str(values[f"{k}/name"]) for k in range(len(values)) if f"{k}/name" in values]


def table(outcome):
    return {row[0]: row[1:] for e in outcome.evidence if isinstance(e, Table) for row in e.rows}


# --- what a test file may hold -----------------------------------------------------------------------------------


def test_the_solution_passes_everything_that_pytest_finds(expected):
    found = expected["1"].values
    assert names_in(found) == [*ALL, "test_gpu", "test_open"]
    assert [str(found[f"{k}/outcome"]) for k in range(9)] == ["passed"] * 7 + ["skipped"] * 2


def test_a_plain_file_is_one_test_per_statement_that_asserts(expected):
    assert names_in(expected["2"].values) == [
        "line 5: assert total(x) == 6, '0 + 1 + 2 + 3 is 6'",
        "line 7: torch.testing.assert_close(found, torch.tensor(1.5))",
        "line 9: for k in (1, 2): assert mean(torch.full((k,), 3.0)) == 3",
    ]


def test_an_otter_file_keeps_its_names_and_points(expected):
    found = expected["3"].values
    assert names_in(found) == ["q1 - 1", "q1 - 2"]
    assert [float(found[f"{k}/weight"]) for k in range(2)] == [1, 3]
    assert [bool(found[f"{k}/hidden"]) for k in range(2)] == [False, True]


def test_only_the_chosen_tests_are_run(expected):
    assert names_in(expected["4"].values) == ["test_mean[1.0]", "test_mean[2.0]", "TestFiles::test_file"]


@pytest.mark.parametrize("k", range(4))
def test_a_right_function_passes_under_any_file_name(warm, sums, expected, k):
    item = sums.items[k]
    work = Work({"my homework (2).py": SOLUTION.encode()}, asking=sums.asking)
    with Box(warm, work, ["total", "mean"], item.limits) as box:
        outcome = spine.judge(item, expected[item.id], box.ask(spine.request(item)))
    assert (outcome.credit, outcome.note) == (1.0, ""), outcome.sentence
    assert outcome.sentence.startswith("all ")
    assert RESTS_ON in outcome.evidence
    assert "these outcomes are what that process says of itself" in RESTS_ON.value


WRONG_MEAN = SOLUTION.replace("x.mean()", "x.sum()")
OTHERS = {
    "shares": ("1", WRONG_MEAN, 5 / 7, "test_mean", "5 of 7 tests pass; `test_mean[1.0]` fails: assert 3.0 < 1e-06"),
    "plain": (
        "2",
        WRONG_MEAN,
        1 / 3,
        "line_7",
        "3 tests passes; `line 7: torch.testing.assert_close(found, torch.tensor(1.5))` fails: Scalars are not close!",
    ),
    "otter_points": ("3", WRONG_MEAN, 1 / 4, "q1_2", "1 of 2 tests passes; `q1 - 2` fails: its message is not shown"),
    "missing_function": (
        "1",
        SOLUTION.partition("def mean")[0],
        4 / 7,
        "test_mean",
        "4 of 7 tests pass; `test_mean[1.0]` fails: no `mean` was found in what was handed in",
    ),
    "broken_halfway": (
        "1",
        SOLUTION.replace("def mean", "raise ValueError('half')\n\ndef mean"),
        4 / 7,
        "test_mean",
        "no `mean` was found in what was handed in; sums.py can't be imported: line 6: ValueError: half",
    ),
    "own_line": (
        "1",
        SOLUTION.replace("return x.mean()", "y = x / 2\n    return x.meen()"),
        4 / 7,
        "test_mean",
        "AttributeError: 'Tensor' object has no attribute 'meen' (sums.py, line 8)",
    ),
    "setup_failed": (
        "2",
        SOLUTION.replace("return x.mean()", "raise ValueError('no')"),
        1 / 3,
        "line_7",
        "NameError: name 'found' is not defined; before it, line 6 failed: ValueError: no (sums.py, line 7)",
    ),
    "exit_in_a_test": (
        "1",
        SOLUTION.replace("return x.mean()", "import sys; print('100 passed'); sys.exit(0)"),
        4 / 7,
        "test_mean",
        "`test_mean[1.0]` fails: it asked the whole program to end (SystemExit)",
    ),
    "interrupt": (
        "1",
        SOLUTION.replace("return x.mean()", "raise KeyboardInterrupt"),
        4 / 7,
        "test_mean",
        "it asked the whole program to end (KeyboardInterrupt)",
    ),
    "pytest_exit": (
        "1",
        SOLUTION.replace("return x.mean()", "import pytest; pytest.exit('done', 0)"),
        4 / 7,
        "test_mean",
        "it asked the whole program to end (Exit)",
    ),
    "skips": (
        "1",
        SOLUTION.replace("return x.mean()", "import pytest; pytest.skip('later')"),
        4 / 7,
        "test_mean",
        "4 of 7 tests pass; `test_mean[1.0]` was skipped: Skipped: later",
    ),
    "hangs_in_one": (
        "4",
        SOLUTION.replace(
            "return x.mean()",
            "while True:\n        try:\n            x + 1\n        except Exception:\n            pass",
        ),
        1 / 3,
        "test_mean",
        "`test_mean[1.0]` fails: stopped after 2 CPU seconds",
    ),
    "os_exit": (
        "1",
        SOLUTION.replace("return x.mean()", "import os; os._exit(0)"),
        0.0,
        "crashed",
        "it crashed: the process ended without an answer: ended by itself (exit status 0)",
    ),
    "exit_at_import": (
        "1",
        "import sys\nsys.exit('all tests passed')\n" + SOLUTION,
        0.0,
        "crashed",
        "it crashed: sums.py can't be imported: line 2: SystemExit: all tests passed",
    ),
    "patched_builtins": (
        "1",
        WRONG_MEAN + "import builtins\nbuiltins.abs = lambda _: 0\n",
        5 / 7,
        "test_mean",
        "5 of 7 tests pass",
    ),
    "sleeps": (
        "1",
        SOLUTION.replace("return x.mean()", "import time; time.sleep(60)"),
        0.0,
        "timeout",
        "it was stopped: ",
    ),
}


@pytest.mark.parametrize(("k", "source", "credit", "note", "told"), [pytest.param(*v, id=i) for i, v in OTHERS.items()])
def test_what_a_student_gets_and_hears(warm, sums, expected, k, source, credit, note, told):  # noqa: PLR0917
    item = next(item for item in sums.items if item.id == k)
    outcome = judged(warm, sums, expected, item, source)
    assert outcome.credit == pytest.approx(credit), outcome.sentence
    assert outcome.note == note
    assert told in outcome.sentence
    assert "Traceback" not in outcome.sentence


def test_a_table_says_what_became_of_every_test(warm, sums, expected):
    rows = table(judged(warm, sums, expected, sums.items[0], WRONG_MEAN))
    assert list(rows) == ALL
    assert rows["test_total"] == ("passed", "")
    assert rows["test_mean[2.0]"][0] == "failed"
    assert rows["test_mean[2.0]"][1].startswith("assert 6.0 < 1e-06 + where 6.0 = abs((8.0 - 2.0))")


IMPOSTOR = "def near(*_): ...\ndef main(*_, **__): return 0\ndef test_total(): ...\n"


@pytest.mark.parametrize("name", ["near", "conftest", "test_sums", "pytest", "_pytest", "unittest", "plain", "q1"])
def test_a_students_file_named_like_the_courses_is_not_used(warm, sums, expected, name):
    found = judged(warm, sums, expected, sums.items[0], WRONG_MEAN + f"import {name}\n", **{name: IMPOSTOR})
    assert found.credit == pytest.approx(5 / 7), found.sentence


def test_a_students_file_named_like_a_library_is_still_his_own(warm, sums, expected):
    work = Work({"pytest.py": SOLUTION.encode()}, asking=sums.asking)
    with Box(warm, work, ["total", "mean"], LIMITS) as box:
        outcome = spine.judge(sums.items[0], expected["1"], box.ask(spine.request(sums.items[0])))
    assert outcome.credit == 1.0, outcome.sentence


def test_functions_over_two_files_are_found(warm, sums, expected):
    first, second = SOLUTION.split("\n\n", 2)[1], "def mean(x):\n    return x.mean()\n"
    found = judged(warm, sums, expected, sums.items[0], first + "\n", other=second)
    assert found.credit == 1.0, found.sentence


def test_nothing_handed_in_is_missing(warm, sums, expected):
    with Box(warm, Work({"notes.txt": b""}, asking=sums.asking), ["total"], LIMITS) as box:
        outcome = spine.judge(sums.items[0], expected["1"], box.ask(spine.request(sums.items[0])))
    assert (outcome.credit, outcome.note) == (0.0, "missing")
    assert outcome.sentence == "nothing that could be tested was found: no Python file and no notebook"


def test_outcomes_are_claims_that_a_student_who_wants_to_can_forge(warm, sums, expected):
    """As with every runner of tests in the student's own process: this is why each outcome says what it rests on."""
    forged = "import torch\nclass Yes:\n    item = lambda s: s\n    __eq__ = __lt__ = lambda *_: True\n    __float__ = lambda s: 1.0\n"
    outcome = judged(warm, sums, expected, sums.items[2], forged + "def total(x): return Yes()\nmean = total\n")
    assert outcome.credit == 1.0
    assert RESTS_ON in outcome.evidence


def test_it_works_behind_every_layer_and_without_preloading(zygote, sums, expected):
    outcome = judged(zygote, sums, expected, sums.items[0], SOLUTION)
    assert outcome.sentence == "all 7 tests pass"


def test_the_pytest_of_the_box_writes_no_bytecode_and_no_cache(warm, sums):
    lister = (
        SOLUTION + "import pathlib\ndef total(x): raise ValueError(sorted(p.name for p in pathlib.Path().rglob('*')))\n"
    )
    item = sums.items[0]
    with Box(warm, Work({"sums.py": lister.encode()}, asking=sums.asking), ["total", "mean"], LIMITS) as box:
        told = str(box.ask(spine.request(item)).values["0/message"])
    assert "test_sums.py" in told
    assert "pycache" not in told
    assert ".pytest_cache" not in told


# --- comparing: claims about tests -------------------------------------------------------------------------------


FIELDS = {"name": "", "outcome": "", "message": "", "weight": 1.0, "hidden": False}


def values(*tests):
    rows = [{**FIELDS, **dict(zip(FIELDS, test, strict=False))} for test in tests]
    return {f"{k}/{key}": np.array(value) for k, row in enumerate(rows) for key, value in row.items()}


TWO = Expected({}, values(("a", "passed", ""), ("b", "passed", ""), ("gpu", "skipped", "no")))


def compared(check, *tests, known=TWO):
    return check.compare(known, Observation("ok", values(*tests)))


@pytest.mark.parametrize(
    ("tests", "credit", "told"),
    [
        pytest.param([("a", "passed"), ("b", "passed")], 1.0, "all 2 tests pass", id="all"),
        pytest.param([("a", "passed")], 0.5, "1 of 2 tests passes; `b` did not run", id="missing"),
        pytest.param([("b", "passed"), ("c", "passed")], 0.5, "1 of 2 tests passes; `a` did not run", id="unknown"),
        pytest.param([("a", "passed"), ("b", "PASSED ")], 0.5, "1 of 2 tests passes; `b` fails", id="other_word"),
        pytest.param([], 0.0, "0 of 2 tests pass; `a` did not run", id="nothing"),
    ],
)
def test_a_test_counts_only_if_the_solution_has_it_and_it_is_said_to_pass(tests, credit, told):
    outcome = compared(Asserts("t.py"), *tests)
    assert (outcome.credit, outcome.sentence) == (credit, told)


def test_a_claim_may_be_anything_and_is_never_an_error():
    strange = {"0/name": np.zeros((3, 3)), "0/outcome": np.array(1), "1": np.array("passed"), "2/name": np.array("a")}
    assert Asserts("t.py").compare(TWO, Observation("ok", strange)).credit == 0.0


def test_weights_are_the_rubrics_before_the_files():
    known = Expected({}, values(("a", "passed", "", 3.0), ("b", "passed", "", 1.0)))
    assert compared(Asserts("t.py"), ("a", "passed"), known=known).credit == 0.75
    assert compared(Asserts("t.py", weights={"a": 1}), ("a", "passed"), known=known).credit == 0.5
    assert compared(Asserts("t.py", weights={"*": 2, "a": 8}), ("a", "passed"), known=known).credit == 0.5
    assert compared(Asserts("t.py", credit="all"), ("a", "passed"), known=known).credit == 0.0


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        pytest.param({"seconds": 0}, "seconds must be positive, got 0", id="seconds"),
        pytest.param({"weights": {"a": -1}}, "weights must not be negative, got -1 for `a`", id="negative"),
        pytest.param(
            {"weights": {"a": 1}, "credit": "all"},
            "weights need `credit: each`; with `credit: all` every test has to pass",
            id="all",
        ),
    ],
)
def test_keys_that_contradict_each_other_are_refused(keys, told):
    with pytest.raises(ValueError, match=re.escape(told)):
        Asserts("t.py", **keys)


@pytest.mark.parametrize(
    ("name", "pattern", "named"),
    [
        pytest.param("test_a", "test_a", True, id="itself"),
        pytest.param("test_a[1.0-x]", "test_a", True, id="parameters"),
        pytest.param("TestA::test_b", "TestA", True, id="class"),
        pytest.param("TestA::test_b", "test_b", True, id="method"),
        pytest.param("test_kl_zero", "test_kl*", True, id="star"),
        pytest.param("q1 - 2", "q1 - ?", True, id="question_mark"),
        pytest.param("test_ab", "test_a", False, id="longer"),
        pytest.param("xtest_a", "test_a", False, id="inside"),
    ],
)
def test_a_pattern_names_a_test(name, pattern, named):
    assert testfile.matches(name, pattern) is named


@pytest.mark.parametrize(
    ("source", "style", "names"),
    [
        pytest.param(
            "def test_a(): ...\nclass TestB:\n    def test_c(self): ...\n",
            "pytest",
            ["test_a", "TestB::test_c"],
            id="pytest",
        ),
        pytest.param(
            "class Old(unittest.TestCase):\n    def test_a(self): ...\n", "pytest", ["Old::test_a"], id="unittest"
        ),
        pytest.param("from common_tests import *\n", "pytest", None, id="from_elsewhere"),
        pytest.param("class TestA(Base):\n    def test_a(self): ...\n", "pytest", None, id="inherits"),
        pytest.param("test = {'suites': []}\n", "otter", None, id="otter"),
        pytest.param("from otter.test_files import test_case\n", "otter", None, id="otter_functions"),
        pytest.param("x = f()\nassert x\nprint(x)\n", "plain", ["line 2: assert x"], id="plain"),
        pytest.param("def near(a):\n    assert a\nnear(f())\n", "plain", ["line 3: near(f())"], id="own_function"),
        pytest.param("f()\n", "plain", ["the whole file"], id="no_assert"),
        pytest.param("with g():\n    assert f()\n", "plain", ["line 1: with g(): assert f()"], id="block"),
        pytest.param(
            "def f():\n    def h():\n        assert 0\nh = 1\n", "plain", ["the whole file"], id="only_defined"
        ),
    ],
)
def test_the_style_and_the_tests_of_a_file_are_read_without_running_it(source, style, names):
    tree = ast.parse(source)
    assert testfile.style(tree) == style
    assert testfile.names(tree) == names


# --- what an author is told --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        pytest.param(
            "file: test_sms.py",
            "rubrics/sums.yaml:7: item 1: `file`: reference/sums/asserts/ has no test file `test_sms.py`; "
            "did you mean `test_sums.py`? there is conftest.py, near.py, plain.py, q1.py, test_sums.py",
            id="file",
        ),
        pytest.param(
            "file: test_sums.py, tests: [test_totl]",
            "rubrics/sums.yaml:7: item 1: `tests`: reference/sums/asserts/test_sums.py defines no test `test_totl`; "
            "did you mean `test_total`? there is ",
            id="test",
        ),
        pytest.param(
            "file: test_sums.py, weights: {test_men: 2}",
            "`weights`: reference/sums/asserts/test_sums.py defines no test `test_men`; did you mean `test_mean`?",
            id="weight",
        ),
        pytest.param("file: test_sums.py, credit: al", "did you mean `all`?", id="credit"),
        pytest.param("file: test_sums.py, seconds: -1", "seconds must be positive, got -1", id="seconds"),
    ],
)
def test_a_wrong_key_is_told_with_its_line(tmp_path, keys, told):
    assert told in complaints(course(tmp_path, keys))


def test_a_test_file_that_is_not_python_is_told_with_its_line(tmp_path):
    found = complaints(course(tmp_path, "file: plain.py", plain="x = 1\nassert (\n"))
    assert "reference/sums/asserts/plain.py:2: is not Python: '(' was never closed" in found


def test_a_test_file_named_like_the_solution_is_refused(tmp_path):
    found = complaints(course(tmp_path, "file: sums.py", sums="import sums\nassert sums.total\n"))
    assert "asserts/sums.py:1: has the name of a file of the solution; the tests could not import that one" in found


def test_a_preloaded_module_that_is_not_there_is_told(tmp_path):
    found = complaints(course(tmp_path, "file: plain.py", top="preload: [no_such_package.x]\n"))
    assert "rubrics/sums.yaml:3: `preload`: there is no module `no_such_package.x` where this runs" in found


def test_what_is_preloaded_is_what_the_rubric_and_its_kinds_need(tmp_path):
    rubric = rubric_of(course(tmp_path, "file: plain.py", top="preload: [scipy.stats]\n"))
    assert preload(rubric) == ("scipy.stats", *Asserts.preload)


def test_a_zygote_has_one_thread_after_preloading():
    """It asserts so itself, and would not start."""
    slow = ("matplotlib.pyplot", "scipy.stats", *Asserts.preload)
    asked = (
        "import sys\ndef f(x):\n    return float('scipy.stats' in sys.modules and 'matplotlib.pyplot' in sys.modules)\n"
    )
    with Zygote(preload=slow) as zygote, opened(zygote, asked) as box:
        call = {"names": ["f"], "orders": [["x"]], "aliases": {}, "dtype": "float32", "seed": 1}
        request = spine.Request("close", call, {"0/x": np.ones(1, np.float32)}, LIMITS)
        assert box.ask(request).values["0/out"] == 1.0


def test_a_module_that_can_not_be_preloaded_is_our_failure_with_its_name(tmp_path):
    with Zygote(preload=("no_such_package",)) as zygote, opened(zygote, SOLUTION) as box:
        found = box.ask(spine.Request("close", {}, {}, LIMITS))
    assert found.status == "lost"
    assert found.detail == "the box could not start: ModuleNotFoundError: No module named 'no_such_package'"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        pytest.param(
            {"test_sums": "from sums import total\ndef test_wrong():\n    assert total([]) == 0\n"},
            "it does not pass `test_wrong` of test_sums.py: AttributeError: 'list' object has no attribute 'sum' (sums.py, line 4)",
            id="fails",
        ),
        pytest.param(
            {"test_sums": "import pytest\n@pytest.mark.skip\ndef test_a(): ...\n"},
            "none of its tests ran: test_sums.py has only tests that are skipped",
            id="skipped",
        ),
        pytest.param(
            {"test_sums": "import no_such_thing\ndef test_a(): ...\n"},
            "the tests in test_sums.py could not be run: ModuleNotFoundError: No module named 'no_such_thing'",
            id="collected",
        ),
        pytest.param(
            {"test_sums": "def test_a():\n    while True: pass\n"},
            "it does not pass `test_a` of test_sums.py: stopped after 2 CPU seconds",
            id="hangs",
        ),
    ],
)
def test_a_solution_that_fails_the_courses_tests_is_the_courses_fault(warm, tmp_path, changed, told):
    rubric = rubric_of(course(tmp_path, "file: test_sums.py", **changed))
    with pytest.raises(CourseError) as caught:
        expected_of(warm, rubric, rubric.items[0])
    assert str(caught.value) == f"rubrics/sums.yaml:7: item 1: the reference gave no answer (crashed): {told}"


def test_the_whole_command_grades_with_tests_and_data_beside_them(tmp_path):
    reads = "import pathlib\nfrom sums import total\ndef test_data():\n    wanted = (pathlib.Path(__file__).parent / 'six.txt').read_text()\n    assert total([6]) == int(wanted)\n"
    course(tmp_path, "file: test_sums.py", test_sums=reads, solution="def total(x):\n    return sum(x)\n")
    put(tmp_path / "reference" / "sums" / "asserts" / "six.txt", "6")
    put(tmp_path / "sums" / "right" / "sums.py", "def total(x):\n    return x[0]\n")
    put(tmp_path / "sums" / "wrong" / "sums.py", "def total(x):\n    return 7\n")
    done = grade("sums", "--course", ".", "--out", "out", "--workers", 1, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert outcomes(tmp_path / "out", "right")["1"]["sentence"] == "`test_data` passes"
    assert outcomes(tmp_path / "out", "wrong")["1"]["sentence"] == "`test_data` fails: assert 7 == 6"


# --- notebooks that have to run ----------------------------------------------------------------------------------

SAMPLES = Path(__file__).parents[2] / "shared" / "data" / "platform_samples" / "otter"
QUESTIONS = ["q1", "q2", "q2b", "q3", "q4", "q6"]


def case_results(text):
    """(question, case number, passed) of all cases that a results file lists; None for a question that passed."""
    found = {}
    for question, block in re.findall(r"^(q\w+) results:(.*?)(?=^q\w+ results:|\Z)", text, re.M | re.S):
        cases = re.findall(r"^    \w+ - (\d+) result:\n        (✅|❌)", block, re.M)
        found[question] = {int(number): mark == "✅" for number, mark in cases} or None
    return found


def doctests(text):
    """The doctest text of every case that a results file shows, which it does where the case failed."""
    found = {}
    for question, number, block in re.findall(
        r"^    (q\w+) - (\d+) result:\n        ❌ Test case failed\n(.*?)\n        \*{9}", text, re.M | re.S
    ):
        lines = []
        for tried, wanted in re.findall(r"Trying:\n((?: {12}.*\n)+) {8}Expecting(.*(?:\n {12}.*)*)", block + "\n"):
            code = [line[12:] for line in tried.rstrip("\n").split("\n")]
            lines += [(">>> " if k == 0 else "... ") + line for k, line in enumerate(code)]
            lines += [line[12:] for line in wanted.split("\n")[1:]]
        found[question, int(number)] = "\n".join(lines)
    return found


def otter_course(folder):
    """The samples' tests, as far as their results show them, as a course; the notebook that passes is its solution."""
    shown = {}
    for path in sorted((SAMPLES / "results").glob("*.txt")):
        shown |= doctests(path.read_text("utf-8"))
    rows = ""
    for question in QUESTIONS:
        codes = [code for (name, _), code in sorted(shown.items()) if name == question]
        spec = {"name": question, "points": 1, "suites": [{"cases": [{"code": code} for code in codes]}]}
        put(folder / "reference" / "plots" / "asserts" / f"{question}.py", f"test = {spec!r}\n")
        rows += f"      - {{id: {question}, title: T, kind: asserts, points: 1, file: {question}.py, notebook: true}}\n"
    top = 'homework: plots\ntitle: Plots\npreload: [matplotlib.pyplot]\nquestions:\n  - id: "1"\n    title: Q\n    items:\n'
    put(folder / "rubrics" / "plots.yaml", top + rows)
    book = nbformat.read(SAMPLES / "notebooks" / "passesAll.ipynb", as_version=4)
    cells = [
        "\n".join(line for line in c.source.split("\n") if line[:1] != "%") for c in book.cells if c.cell_type == "code"
    ]
    put(folder / "reference" / "plots" / "plots.py", "\n# %%\n".join(cells))
    return len(shown)


@pytest.fixture(scope="module")
def otter(tmp_path_factory):
    if not SAMPLES.is_dir():
        pytest.skip(f"there is no {SAMPLES}: the samples of platforms lie beside the repository")
    folder = tmp_path_factory.mktemp("otter")
    assert otter_course(folder) == 16  # 4 + 4 + 3 + 2 + 1 + 2 cases: those of q7, which nobody fails, are nowhere shown
    for book in sorted((SAMPLES / "notebooks").glob("*.ipynb")) + sorted((SAMPLES / "network").glob("*.ipynb")):
        put(folder / "handed_in" / book.stem / book.name, book.read_bytes())
    done = grade("handed_in", "--course", ".", "--rubric", "plots", "--out", "out", cwd=folder, timeout=600)
    assert done.returncode == 0, done.stderr
    return folder / "out"


NAMES = sorted(path.stem for path in (SAMPLES / "notebooks").glob("*.ipynb"))


def test_all_sample_notebooks_are_there(otter):
    assert len(NAMES) == 14


@pytest.mark.parametrize("name", NAMES or ["passesAll"])
def test_an_otter_notebook_gets_what_otter_gave_it(otter, name):
    told = case_results((SAMPLES / "results" / f"{name}.txt").read_text("utf-8"))
    found = outcomes(otter, name)
    for question in QUESTIONS:
        cases = told[question] or {1: True}
        assert found[question]["credit"] == pytest.approx(sum(cases.values()) / len(cases)), (question, found[question])
        first = next((number for number, passed in sorted(cases.items()) if not passed), None)
        assert found[question]["note"] == ("" if first is None else f"{question}_{first}")
    failed = {re.sub(r"\D", "", question) for question in QUESTIONS if found[question]["credit"] != 1}
    assert failed == set(re.findall(r"\d", name.partition("fails")[2]))
    assert told["q7"] is None


def test_a_notebook_that_asks_the_network_loses_what_needs_it(otter):
    found = outcomes(otter, "network")
    assert {question: outcome["credit"] for question, outcome in found.items()} == {
        "q1": 1, "q2": 0, "q2b": 0, "q3": 0, "q4": 1, "q6": 1,
    }  # fmt: skip
    assert all(outcome["credit"] == 1 for outcome in outcomes(otter, "no_network").values())


LOG = """\
import otter
grader = otter.Notebook()
a, b, c = 1, 2, None
# %%
grader.check("q1"); grader.check("q2")
raise RuntimeError("a cell that fails loses only itself")
# %%
a, c, d = 2, 3, 4
grader.check("q3")
# %%
a = b = c = d = "changed later"
"""


def test_a_check_sees_what_is_defined_where_it_stands(warm, tmp_path):
    if not SAMPLES.is_dir():
        pytest.skip(f"there is no {SAMPLES}: the samples of platforms lie beside the repository")
    log = json.loads((SAMPLES / "expected_log_results.json").read_text())
    files = {}
    for name, question in log.items():
        cases = [{"code": case["body"], "points": case["points"]} for case in question["test_cases"]]
        files[name] = f"test = { {'name': name, 'points': None, 'suites': [{'cases': cases}]}!r}\n"
    keys = [f"file: {name}.py, notebook: true" for name in files]
    rubric = rubric_of(course(tmp_path, *keys, solution=LOG, **files))
    for item, (name, question) in zip(rubric.items, log.items(), strict=True):
        found = expected_of(warm, rubric, item).values
        passed = [case["passed"] for case in question["test_case_results"]]
        assert names_in(found) == [case["test_case"]["name"] for case in question["test_case_results"]]
        assert [str(found[f"{k}/outcome"]) == "passed" for k in range(len(passed))] == passed, name


def test_a_notebook_is_taken_whole_only_where_it_has_to_run(tmp_path):
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("%matplotlib inline\nx = f(2)\nx")])
    put(tmp_path / "ada" / "homework.ipynb", nbformat.writes(book))
    (submission,) = discover(tmp_path)
    assert list(read(submission).sources) == ["homework.py"]
    whole = read(submission, whole=True).sources
    assert list(whole) == ["homework.py", "homework.ipynb"]
    (cell,) = json.loads(whole["homework.ipynb"])["cells"]
    assert cell["source"].splitlines()[1:] == ["x = f(2)", "x"]
    assert "get_ipython()" in cell["source"]
