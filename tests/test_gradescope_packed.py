"""A packed rubric asks and judges as the whole one does, and holds nothing of the solution."""

import ast
import math
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from course_tools import grade, put, write_course

from grader import grade as spine
from grader.autograde import SMALL, packed_of, small_cases
from grader.checks.training import Training
from grader.gradescope.pack import PACKED, UV, contents, write_zip
from grader.gradescope.packed import Packed, dump, load, smallest, without_answers
from grader.model import Expected, Item, Late, Observation, Question, Rubric, UsageError
from grader.rubric import load_rubric

ROOT = Path(__file__).parents[1]
HOMEWORKS = sorted(path.stem for path in (ROOT / "rubrics").glob("*.yaml"))
BARE = Path("rubric.gbd")

THEORY = r"""
homework: theory
title: Theory
worlds:
  line: {scalars: {t: real}}
late: {due: "2026-11-20 23:59", percent: 10, extensions: {ada: 2}}
runs_per_day: 3
questions:
  - id: "1"
    title: Formulas
    items:
      - {id: "1", title: A square, kind: expression, points: 2, world: line, answer: "(t + 31)^2", also: ["t^2 + 62 t + 961"], visibility: hidden}
      - id: "2"
        title: A derivation
        kind: derivation
        points: 2
        world: line
        ends: "t^2 + 74 t + 1369"
        milestones: [{formula: "t (t + 37) + 37 (t + 37)", title: the product is expanded}]
      - {id: "3", title: Why, kind: written, points: 1, model_answer: Because a square is never negative.}
      - {id: "4", title: Which, kind: choice, points: 1, options: {a: [first], b: [second]}, answer: b}
      - {id: "5", title: How much, kind: number, points: 1, answer: "41"}
"""


@pytest.fixture(scope="module")
def theory(tmp_path_factory):
    folder = write_course(tmp_path_factory.mktemp("theory"), rubrics={"theory": THEORY})
    rubric = load_rubric(folder / "rubrics" / "theory.yaml", folder)
    return rubric, packed_of(rubric)


@pytest.fixture(scope="module")
def sums(tmp_path_factory):
    folder = write_course(tmp_path_factory.mktemp("sums"))
    rubric = load_rubric(folder / "rubrics" / "sums.yaml", folder)
    return rubric, packed_of(rubric), folder


def unasked(rubric):
    return Packed(rubric, {item.id: Expected(item.given, {}) for item in rubric.items})


@pytest.mark.parametrize("homework", HOMEWORKS)
def test_a_packed_homework_asks_the_same_under_the_same_keys(homework):
    rubric = load_rubric(ROOT / "rubrics" / f"{homework}.yaml", ROOT)
    packed = load(dump(unasked(rubric)), BARE).rubric
    for item, other in zip(rubric.items, packed.items, strict=True):
        assert spine.key(other, "work") == spine.key(item, "work")
        assert other.check == without_answers(item.check)
        assert other == replace(item, check=other.check, given=other.given, recipe=None, mistakes=())
        assert all(np.array_equal(other.given[name], array) for name, array in item.given.items())
    assert packed.reference == {}
    assert packed == replace(rubric, reference={}, path=BARE, questions=packed.questions)


def test_gates_travel_with_a_training_item_open_sides_and_all():
    check = Training(
        "Net", "vae", gates={"elbo": (20.5, 25.25), "mmd": (-math.inf, 0.25)}, band={"step": (1.0, 2.0)}, stale="old"
    )
    item = Item("1", "T", "training", check, 2.0, given={"train": np.zeros((2, 8, 8), np.uint8)})
    rubric = Rubric("digits", "Digits", (Question("1", "Q", (item,)),), BARE)
    found = load(dump(unasked(rubric)), BARE).rubric.items[0]
    assert found.check == check
    assert spine.key(found, "work") == spine.key(item, "work")


def test_the_policy_travels_with_the_rubric(theory):
    rubric, packed = theory
    found = load(dump(packed), BARE).rubric
    assert found.late == rubric.late == Late(rubric.late.due, percent=10.0, extensions={"ada": 2.0})
    assert found.runs_per_day == 3
    assert [item.visibility for item in found.items] == ["hidden", *["visible"] * 4]


ANSWERS = {
    "1": [("$(t + 31)^2$", 1.0), ("$t^2 + 961 + 62 t$", 1.0), ("$(t - 31)^2$", 0.0)],
    "2": [("$(t + 37)^2 = t (t + 37) + 37 (t + 37) = t^2 + 74 t + 1369$", 1.0), ("$(t + 37)^2 = t^2 + 1369$", None)],
    "3": [("Because it is one.", None)],
    "4": [("(b)", 1.0), ("(a)", 0.0)],
    "5": [("41", 1.0), ("40", 0.0)],
}


@pytest.mark.parametrize(
    ("item", "text"), [pytest.param(item, text, id=f"{item}-{text}") for item in ANSWERS for text, _ in ANSWERS[item]]
)
def test_a_packed_item_judges_as_the_whole_one(theory, zygote, item, text):
    from grader.box.sandbox import Box
    from grader.model import Limits, Work

    rubric, packed = theory
    loaded = load(dump(packed), BARE)
    whole, other = ({each.id: each for each in found.items}[item] for found in (rubric, loaded.rubric))
    with Box(zygote, Work(answers={item: text}), [], Limits()) as box:
        observed = box.ask(spine.request(whole))
        assert box.ask(spine.request(other)).status == observed.status == "ok"
    judged = spine.judge(other, loaded.expected[item], observed)
    assert judged == spine.judge(whole, packed.expected[item], observed)
    credit = dict(ANSWERS[item])[text]
    assert judged.credit == credit or (item == "2" and credit is None and 0 <= judged.credit < 1)


@pytest.mark.parametrize(
    "secret",
    ["(t + 31)^2", "t^2 + 62 t + 961", "t^2 + 74 t + 1369", "t (t + 37)", "Because a square is never negative"],
)
def test_no_answer_of_a_theory_item_is_in_the_zip(theory, tmp_path, secret):
    _, packed = theory
    assert [name for name, data in contents(packed, tmp_path) if secret.encode() in data] == []


def test_no_line_of_the_reference_is_in_the_zip(tmp_path):
    rubric = load_rubric(ROOT / "rubrics" / "vae_gan_duality.yaml", ROOT)
    put(tmp_path / "requirements.txt", "# nothing more\n\neinops==0.8.1  # for the adapters\n")
    write_zip(packed_of(rubric), tmp_path, tmp_path / "autograder.zip")
    with zipfile.ZipFile(tmp_path / "autograder.zip") as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    ours = b"\n".join(data for name, data in inside.items() if name.startswith("grader/"))
    lines = {
        line.strip()
        for path in (ROOT / "reference" / "vae_gan_duality").glob("*.py")
        if path.name != "asking.py"
        for line in without_docstrings(path.read_text()).splitlines()
    }
    telling = [line for line in lines if len(line) > 8 and line.encode() not in ours]
    assert len(telling) > 10
    assert [line for line in telling for data in inside.values() if line.encode() in data] == []
    assert b"einops==0.8.1" in inside["requirements.txt"]
    assert b"extra ==" not in inside["requirements.txt"]
    assert b"torch>=" in inside["requirements.txt"]
    assert re.search(rb"^torch==", inside["requirements.lock"], re.M)
    assert f"uv=={UV}".encode() in inside["setup.sh"]


def without_docstrings(source):
    """The statements of a file; the docstrings of mistakes are sentences that students read."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module) and ast.get_docstring(node):
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


def test_files_of_the_zip_may_be_read_by_their_owner_only(sums, tmp_path):
    _, packed, folder = sums
    write_zip(packed, folder, tmp_path / "autograder.zip")
    with zipfile.ZipFile(tmp_path / "autograder.zip") as archive:
        modes = {entry.filename: entry.external_attr >> 16 & 0o777 for entry in archive.infolist()}
    assert modes[PACKED] == modes["begun.json"] == 0o600
    assert modes["setup.sh"] == modes["run_autograder"] == 0o755
    assert not any("__pycache__" in name or name.startswith("/") or ".." in name for name in modes)


def test_equal_homeworks_make_equal_zips(sums, tmp_path):
    _, packed, folder = sums
    for name in ("a.zip", "b.zip"):
        write_zip(packed, folder, tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(lambda data: data[:-1], id="cut-short"),
        pytest.param(lambda data: data[:100] + b"x" + data[101:], id="changed"),
        pytest.param(lambda data: data[:0], id="empty"),
    ],
)
def test_a_damaged_file_is_told(sums, harm):
    _, packed, _ = sums
    with pytest.raises(UsageError, match=r"^rubric.gbd is damaged: it is not as `grade pack` wrote it; pack"):
        load(harm(dump(packed)), BARE)


def test_a_file_of_another_version_is_told(sums, monkeypatch):
    _, packed, _ = sums
    monkeypatch.setattr("grader.gradescope.packed.FORM", 999)
    data = dump(packed)
    monkeypatch.undo()
    with pytest.raises(
        UsageError, match=r"rubric.gbd was packed by another version of Gradebound \(ValueError\); pack"
    ):
        load(data, BARE)


def test_a_zip_that_can_not_be_written_is_told(sums, tmp_path):
    _, packed, folder = sums
    with pytest.raises(UsageError, match=r"nowhere/a.zip can't be written: No such file or directory"):
        write_zip(packed, folder, tmp_path / "nowhere" / "a.zip")


def test_small_cases_are_the_same_each_time_and_begin_with_the_smallest(sums):
    item = sums[0].items[0]
    first, again = small_cases(item), small_cases(item)
    assert 10 < len(first) <= SMALL
    assert all(np.array_equal(a["x"], b["x"]) for a, b in zip(first, again, strict=True))
    assert first[0]["x"].shape == (1, 1)
    assert max(case["x"].size for case in first) > 4


def test_the_smallest_small_case_that_differs_is_found(sums):
    _, packed, _ = sums
    found = load(dump(packed), BARE)
    item = found.rubric.items[0]

    def mean(given):
        return Observation("ok", {"0/out": np.asarray(given["0/x"].mean())})

    case = smallest(mean, item, found.small["1"])
    assert case["given/x"].size == 2
    assert float(case["expected/out"]) == pytest.approx(float(case["given/x"].sum()))
    assert float(case["observed/out"]) == pytest.approx(float(case["given/x"].mean()))


def test_where_a_student_gives_no_answer_no_small_case_is_shown(sums):
    _, packed, _ = sums
    item = packed.rubric.items[0]
    crashed = Observation("crashed")
    assert smallest(lambda _: crashed, item, packed.small["1"]) == {}


def test_the_command_says_what_it_has_made(sums, tmp_path):
    _, _, folder = sums
    done = grade("pack", "sums", "--course", folder, "-o", "out.zip", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"out\.zip: sums, 2 items, \d\.\d MB; upload it as it is\n", done.stdout)
    assert zipfile.is_zipfile(tmp_path / "out.zip")
