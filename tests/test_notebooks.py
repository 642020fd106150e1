"""Notebooks as students hand them in: what of them is graded, what a mark changes, and what happens when all runs."""

import json
import os
from pathlib import Path

import jsonschema
import pytest
from course_tools import grade, outcomes, put, write_course

from grader.intake.folders import read
from grader.intake.notebooks import Notebook, code_cells, defined_in, read_notebook, to_run
from grader.intake.rerun import with_running_notebooks
from grader.model import Submission

HAS = "def total(x):\n    return x.sum()"


def book(*cells, version=4, **metadata):
    """A notebook in bytes; a cell is its code, or (code, tags)."""
    pairs = [(cell, []) if isinstance(cell, str) else cell for cell in cells]
    made = [
        {"cell_type": "code", "metadata": {"tags": tags}, "source": source, "outputs": [], "execution_count": None}
        for source, tags in pairs
    ]
    return json.dumps({"nbformat": version, "nbformat_minor": 5, "metadata": metadata, "cells": made}).encode()


def module(*cells, **metadata):
    """The notebook as read, its module run here: only for cells that the test itself has written."""
    found = read_notebook(book(*cells, **metadata), "x.ipynb")
    assert isinstance(found, Notebook)
    space = {"__name__": "x"}
    exec(compile(found.code, "x.py", "exec", dont_inherit=True), space)
    return found, space


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param(["%matplotlib inline\n!pip install torch\n" + HAS], id="magics"),
        pytest.param(["%%time\n" + HAS], id="timed"),
        pytest.param(["%%capture out\n" + HAS], id="captured"),
        pytest.param(["from google.colab import drive\ndrive.mount('/content/drive')\n" + HAS], id="drive mounted"),
        pytest.param([HAS, "model = Net()\nfor step in range(10**9):\n    model(step)"], id="top-level training"),
        pytest.param(["while True:\n    pass", HAS], id="endless loop"),
        pytest.param([HAS, "total(", "1/0"], id="a cell that is broken and one that raises"),
        pytest.param(["import sys\nsys.path.append('/content')\nsys.path.insert(0, '..')\n" + HAS], id="path edited"),
        pytest.param([HAS + "\nprint 'loss', 3"], id="Python 2 print"),
        pytest.param([HAS + "\nfor k in range(3):\n    print 'loss %d' % k,"], id="Python 2 print in a loop"),
        pytest.param([HAS + "\nimport sys\nprint >>sys.stderr, 'done'"], id="Python 2 print to a file"),
        pytest.param([HAS + "\nif True: print 'one'"], id="Python 2 print after a colon"),
        pytest.param(["import asyncio\nawait asyncio.sleep(0)\n" + HAS], id="top-level await"),
        pytest.param(["def total(x, power=POWER):\n    return x.sum()**power", "POWER = 1"], id="constant after its use"),
        pytest.param(["class A(Base):\n    pass\n" + HAS, "class Base:\n    pass"], id="base class after its use"),
        pytest.param(["def total(x: np.ndarray):\n    return x.sum()", "import numpy as np"], id="import after its use"),
    ],
)  # fmt: skip
def test_a_definition_is_found_whatever_stands_around_it(cells):
    np = pytest.importorskip("numpy")
    _, space = module(*cells)
    assert space["total"](np.array([1.0, 2.0])) == 3.0


def test_a_byte_order_mark_and_error_outputs_change_nothing():
    raw = json.loads(book(HAS))
    raw["cells"][0]["outputs"] = [{"output_type": "error", "ename": "E", "evalue": "", "traceback": ["boom"]}]
    found = read_notebook(b"\xef\xbb\xbf" + json.dumps(raw).encode(), "x.ipynb")
    assert found == Notebook(f"# cell 1\n{HAS}\n".encode())


def test_old_prints_are_told():
    found, _ = module(HAS + "\nprint 'x'")
    assert found.remarks == ("cell 1 of `x.ipynb` has `print` as in Python 2, which was read as a call",)


def test_text_that_looks_like_an_old_print_does_not_make_a_broken_cell_python():
    found = read_notebook(book('s = """\nprint it\n"""\nx = = 1'), "x.ipynb")
    assert found.remarks == ("cell 1 of `x.ipynb` was left out: line 4 is not valid Python (invalid syntax)",)


def test_a_later_definition_of_the_same_name_wins_over_one_that_had_to_wait():
    _, space = module("def f(n=N):\n    return 'first'", "def f():\n    return 'second'\nN = 3")
    assert space["f"]() == "second"


def test_what_waits_in_vain_is_told():
    found, _ = module("def f(n=N):\n    return n", "N = load()")
    assert found.remarks == (
        "`f` in cell 1 of `x.ipynb` was left out: its definition needs `N`, which is not run here",
    )


# --- globals that are not there


def test_globals_that_only_dropped_code_would_have_made_are_told():
    found, space = module("model = Net()\nfor step in range(3):\n    pass", "def loss(x):\n    return model(x) + step")
    assert found.remarks == ("functions of `x.ipynb` use globals that are not run here: `model`, `step`",)
    assert space["__not_run__"] == ("model", "step")


def test_methods_and_inner_functions_are_looked_at_too():
    found, _ = module("net = Net()\nclass A:\n    def f(self):\n        return lambda x: net(x)")
    assert found.remarks == ("functions of `x.ipynb` use a global that is not run here: `net`",)


def test_many_missing_globals_are_one_remark():
    names = [f"n{k}" for k in range(8)]
    found, _ = module("\n".join(f"{name} = load()" for name in names), f"def f():\n    return {'+'.join(names)}")
    assert found.remarks == (
        "functions of `x.ipynb` use globals that are not run here: `n0`, `n1`, `n2`, `n3`, `n4` and 3 more",
    )


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param(["model = Net()\ndef f(model):\n    return model(1)"], id="parameter"),
        pytest.param(["model = Net()\ndef f():\n    model = 1\n    return model"], id="local"),
        pytest.param(["model = Net()\ndef f():\n    return 1"], id="not used"),
        pytest.param(["model = Net()", "model = 3", "def f():\n    return model"], id="defined elsewhere"),
        pytest.param(["def f():\n    return typo"], id="nobody has ever made it"),
    ],
)
def test_only_what_is_really_missing_is_told(cells):
    found, space = module(*cells)
    assert found.remarks == ()
    assert "__not_run__" not in space


# --- globals that the course gives


def test_what_the_course_gives_is_not_missing():
    cells = ["device = pick()", "def loss(x, net=model):\n    return net(x).to(device)"]
    found = read_notebook(book(*cells), "x.ipynb", frozenset({"model", "device"}))
    assert found == Notebook(f"# cell 2\n{cells[1]}\n".encode())
    assert read_notebook(book(*cells), "x.ipynb", frozenset({"device"})).remarks == (
        "`loss` in cell 2 of `x.ipynb` was left out: its definition needs `model`, which is not run here",
    )


@pytest.mark.parametrize(
    ("source", "names"),
    [
        pytest.param(b"import torch\n\nx = y = 3\n\ndef test_f(f):\n    z = 1\n", {"torch", "x", "y", "test_f"}, id="plain"),
        pytest.param(b"for k in range(3):\n    w = k\n__all__ = []\n", {"k", "w"}, id="loop"),
        pytest.param(b"x = = 1", set(), id="no-python"),
    ],
)  # fmt: skip
def test_the_names_that_a_course_gives_are_those_of_its_file(source, names):
    assert defined_in(source) == names


GIVEN = """\
import torch

weights = torch.ones(3)
scale = 1.0


def total(x):
    return x.sum()


def test_total(function):
    assert function(weights) == 3
"""
TAKES = """\
scale = load("scale.pt")
def total(x, weights=weights):
    return (x * scale).sum() + 0 * weights.sum()
"""


@pytest.fixture(scope="module")
def given_course(tmp_path_factory):
    """A course with globals.py, and students: one who takes what it gives, and others."""
    top = tmp_path_factory.mktemp("given")
    write_course(top / "course", globals=GIVEN)
    put(top / "sums" / "takes" / "sums.ipynb", book(TAKES, "test_total(total)"))
    put(top / "sums" / "own" / "sums.py", "scale = 2.0\n\ndef total(x):\n    return (x * scale).sum()\n")
    put(top / "sums" / "nothing" / "sums.py", "y = total\n")
    put(top / "sums" / "misses" / "sums.ipynb", book("rate = load()", "def total(x):\n    return rate * x.sum()"))
    done = grade("sums", "--course", "course", "--out", "out", cwd=top)
    assert done.returncode == 0, done.stderr
    return top / "out"


@pytest.mark.parametrize(
    ("student", "credit", "said"),
    [
        pytest.param("takes", 1.0, "", id="a notebook takes names that only the course makes"),
        pytest.param("own", 0.0, "", id="its own definition comes before the course's"),
        pytest.param("nothing", 0.0, "no `total` was found; your files define nothing", id="what the course gives is no answer"),
        pytest.param(
            "misses", 0.0, "NameError: name 'rate' is not defined: your function uses the global `rate`, which is not run here", id="missing"
        ),
    ],
)  # fmt: skip
def test_a_course_gives_globals_and_nothing_else(given_course, student, credit, said):
    found = outcomes(given_course, student)["1"]
    assert found["credit"] == credit
    assert said in found["sentence"]


def test_a_missing_global_is_told_before_anything_fails(given_course):
    told = {
        name: json.loads((given_course / name / "grade.json").read_text())["remarks"] for name in ("misses", "takes")
    }
    assert told == {"misses": ["functions of `sums.ipynb` use a global that is not run here: `rate`"], "takes": []}


def test_a_file_of_the_course_that_raises_is_told_to_its_author(tmp_path):
    write_course(tmp_path, globals="import math\n\nscale = math.sqrt(-1)\n")
    put(tmp_path / "sums" / "ada" / "sums.py", HAS)
    done = grade("sums", cwd=tmp_path)
    assert done.returncode == 2
    assert "the reference gave no answer (crashed): globals.py, line 3: ValueError: " in done.stderr


# --- marks


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("# grade: keep\nscale = int('3') if print() is None else 0", id="comment"),
        pytest.param("scale = list(map(int, '3'))[0]  \n  #grade:KEEP please", id="comment below"),
        pytest.param(("scale = list(map(int, '3'))[0]", ["grade: keep"]), id="tag"),
        pytest.param(("scale = list(map(int, '3'))[0]", ["grade-keep"]), id="tag with a dash"),
        pytest.param("# grade: keep\nimport asyncio\nasync def f():\n    return 3\nscale = await f()", id="await"),
        pytest.param("# grade: keep\nfrom google.colab import drive\ndrive.mount('/x')\nscale = list('3')[0] and 3", id="drive"),
        pytest.param("# grade: keep\n%matplotlib inline\nscale = 3\nfor x in get_ipython().history(): pass", id="magic"),
        pytest.param("%%time\n# grade: keep\nscale = 1\nfor k in range(2):\n    scale += 1", id="loop"),
    ],
)  # fmt: skip
def test_a_cell_that_is_marked_to_be_kept_runs_whole(cell):
    found, space = module(cell, "def f():\n    return scale")
    assert space["f"]() == 3
    assert found.remarks == ()


@pytest.mark.parametrize("cell", ["# grade: skip\ndef f(): return 2", ("def f(): return 2", ["grade: skip"])])
def test_a_cell_that_is_marked_to_be_skipped_defines_nothing(cell):
    found, space = module("def f(): return 1", cell)
    assert space["f"]() == 1
    assert found.remarks == ()
    assert json.loads(code_cells(book(cell), "x.ipynb"))["cells"][0]["source"] == ""


def test_a_kept_cell_that_raises_or_exits_loses_only_itself(capsys):
    _, space = module("# grade: keep\nx = 1\n1/0\nx = 2", "# grade: keep\nraise SystemExit", HAS)
    assert space["x"] == 1
    assert "total" in space
    assert capsys.readouterr().out.splitlines()[0] == "cell 1 ended: ZeroDivisionError: division by zero"


def test_a_mark_in_a_string_or_a_tag_that_is_no_text_marks_nothing():
    raw = json.loads(book("x = '# grade: skip'"))
    raw["cells"][0]["metadata"]["tags"] = [3, None]
    assert read_notebook(json.dumps(raw).encode(), "x.ipynb") == Notebook(b"# cell 1\nx = '# grade: skip'\n")
    raw["cells"][0]["metadata"] = []
    assert isinstance(read_notebook(json.dumps(raw).encode(), "x.ipynb"), Notebook)


def test_text_cells_of_the_course_are_no_answers():
    cells = [
        {"cell_type": "markdown", "metadata": {"tags": ["question"]}, "source": "Show (a)."},
        {"cell_type": "markdown", "metadata": {}, "source": "# a\nmine"},
    ]
    found = read_notebook(json.dumps({"nbformat": 4, "cells": cells}).encode(), "x.ipynb")
    assert found == Notebook(b"", ("# a\nmine",))


# --- the whole notebook


def test_with_its_wish_in_the_metadata_every_cell_runs():
    _, space = module("x = [1]", "for k in range(3):\n    x.append(k)", "1/0", HAS, gradebound={"run": 5})
    assert space["x"] == [1, 0, 1, 2]
    assert "total" in space


@pytest.mark.parametrize("seconds", [0, -1, 1e9, True, "5", None, float("nan")])
def test_a_wish_without_a_sensible_limit_is_none(seconds):
    _, space = module("x = [1]", "x.append(2)", gradebound={"run": seconds})
    assert space["x"] == [1]


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff", b'{"cells": 3}'])
def test_what_is_no_notebook_is_left_as_it_is(data):
    assert to_run(data, 1.0) == data


def test_a_link_is_not_followed_to_run_what_it_leads_to(tmp_path):
    put(tmp_path / "real.ipynb", book(HAS))
    (tmp_path / "link.ipynb").symlink_to(tmp_path / "real.ipynb")
    os.mkfifo(tmp_path / "pipe.ipynb")
    files = {name: tmp_path / name for name in ("real.ipynb", "link.ipynb", "pipe.ipynb")}
    (tmp_path / "copies").mkdir()
    [found] = with_running_notebooks([Submission("ada", files)], 1.0, tmp_path / "copies")
    assert {name for name, path in found.files.items() if path != files[name]} == {"real.ipynb"}
    assert b"SECONDS = 1.0" in read(found).sources["real.py"]


def test_a_whole_notebook_runs_in_the_box_and_ends_whatever_is_in_it(tmp_path):
    home = write_course(tmp_path / "course")
    work = [
        "from google.colab import drive\ndrive.mount('/content')",
        "import torch\nscale = torch.rand(1) * 0 + 1",
        "while True:\n    try:\n        pass\n    except Exception:\n        pass",
        "import time\ntime.sleep(1000)",
        "exit()",
        "def total(x):\n    return (x * scale).sum()",
    ]
    put(tmp_path / "sums" / "ada" / "sums.ipynb", book(*work))
    grade("sums", "--course", home, "--out", "taken", cwd=tmp_path)
    said = outcomes(tmp_path / "taken", "ada")["1"]["sentence"]
    assert "name 'scale' is not defined" in said
    done = grade("sums", "--course", home, "--out", "run", "--run-notebook", cwd=tmp_path)
    assert done.returncode == 0
    assert outcomes(tmp_path / "run", "ada")["1"]["credit"] == 1.0


SAMPLES = Path(__file__).parents[2] / "shared" / "data" / "platform_samples"


needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"sample notebooks are not at {SAMPLES}")
SCHEMA = SAMPLES.parents[1] / "schemas" / "gradescope_results.schema.json"


@needs_samples
def test_every_sample_notebook_can_be_asked_to_run():
    for path in sorted(SAMPLES.rglob("*.ipynb")):
        found = read_notebook(to_run(path.read_bytes(), 2.0), path.name)
        assert isinstance(found, Notebook), path
        compile(found.code, path.name, "exec", dont_inherit=True)


PROBLEM = """\
homework: ps1
title: Squares
limits: {cpu_seconds: 4, idle_seconds: 4}
questions:
  - id: "1"
    title: Problem 1
    items:
"""
TESTED = {"correct_squares": "squares", "squares_invalid_input": "squares", "correct_sum_of_squares": "sum_of_squares"}


def graded_cells(path):
    """The tests of an nbgrader notebook by their id, and all code of its solution."""
    cells = [cell for cell in json.loads(path.read_bytes())["cells"] if cell["cell_type"] == "code"]
    texts = {cell["metadata"].get("nbgrader", {}).get("grade_id"): "".join(cell["source"]) for cell in cells}
    return {name: texts[name] for name in TESTED}, "\n\n".join(texts[name] for name in ("squares", "sum_of_squares"))


@pytest.fixture(scope="module")
def squares(tmp_path_factory):
    """A course out of a notebook of nbgrader's: its tests, its solution, and a part for a person."""
    tmp_path = tmp_path_factory.mktemp("squares")
    tests, solution = graded_cells(SAMPLES / "nbgrader" / "submitted" / "hacker" / "ps1" / "problem1.ipynb")
    rows = "".join(
        f"      - {{id: {name}, title: T, kind: asserts, points: 1, file: {name}.py, names: [{asked}], credit: all}}\n"
        for name, asked in TESTED.items()
    )
    rows += "      - {id: c, title: T, kind: written, points: 1}\n"
    put(tmp_path / "rubrics" / "ps1.yaml", PROBLEM + rows)
    put(tmp_path / "reference" / "ps1" / "problem1.py", solution)
    for name, text in tests.items():
        put(tmp_path / "reference" / "ps1" / "asserts" / f"{name}.py", text)
    return tmp_path


@needs_samples
def test_an_nbgrader_class_is_graded_with_the_tests_of_its_notebook(squares):
    done = grade(SAMPLES / "nbgrader" / "submitted", "--course", ".", "--out", "out", cwd=squares)
    assert done.returncode == 0, done.stderr
    found = {student: outcomes(squares / "out", student) for student in ("hacker", "bitdiddle")}
    assert [found["hacker"][name]["credit"] for name in TESTED] == [1.0, 1.0, 1.0]
    # He has commented the tests of his notebook out, which is no help here.
    assert [found["bitdiddle"][name]["credit"] for name in TESTED] == [0.0, 1.0, 0.0]
    assert [found[student]["c"]["credit"] for student in found] == [None, None]


@needs_samples
@pytest.mark.parametrize("whole", [pytest.param([], id="taken"), pytest.param(["--run-notebook"], id="run")])
def test_every_edge_notebook_of_nbgrader_ends_in_a_valid_result(squares, tmp_path, whole):
    edge = sorted((SAMPLES / "nbgrader" / "edge_notebooks").glob("*.ipynb"))
    assert len(edge) == 14
    for path in edge:
        put(tmp_path / "ps1" / path.stem / path.name, path.read_bytes())
    done = grade("ps1", "--course", squares, "--rubric", "ps1", "--out", "out", *whole, cwd=tmp_path, timeout=300)
    assert done.returncode == 0, done.stderr
    defs = json.loads(SCHEMA.read_text("utf-8"))["$defs"]
    for path in edge:
        results = json.loads((tmp_path / "out" / path.stem / "results.json").read_text())
        jsonschema.validate(results, {"$ref": "#/$defs/emitted", "$defs": defs})
        right = {item for item, outcome in outcomes(tmp_path / "out", path.stem).items() if outcome["credit"] == 1.0}
        assert right == (set(TESTED) if path.stem == "test-with-output" else set())
