"""What is kept is judged again without any student code; and nothing but the work and the rubric decides a grade."""

import csv
import json
import os
import shutil
import signal
from pathlib import Path

import jsonschema
import pytest
from course_tools import (
    MEAN,
    RIGHT,
    RUBRIC,
    grade,
    outcomes,
    put,
    reports,
    write_course,
    write_students,
)

from grader.box.sandbox import Zygote
from grader.cli import main

SCHEMA = Path(__file__).parents[2] / "shared" / "schemas" / "gradescope_results.schema.json"
NEAR = "def total(x):\n    return x.sum() + 0.01\n"
STUDENTS = {
    "ada": RIGHT,
    "bob": MEAN,
    "cyd": NEAR,
    "dan": "def total(x):\n    raise ValueError(x.shape)\n",
    "eve": None,
}
NO_PROCESS = """
import os, sys
STARTS = {"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.exec", "os.system"}
def hook(event, arguments):
    if event in STARTS:
        open(os.environ["STARTED"], "a").write(event)
        raise RuntimeError("no process may start here")
sys.addaudithook(hook)
"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A course with the results of one worker; tests take copies."""
    home = write_course(tmp_path_factory.mktemp("graded"))
    write_students(home / "sums", **STUDENTS)
    done = grade("sums", "--workers", 1, cwd=home)
    assert (done.returncode, done.stderr) == (0, "sums: 5 students × 2 items: 0 kept, 10 to run\n")
    return home


@pytest.fixture
def home(graded, tmp_path):
    return Path(shutil.copytree(graded, tmp_path / "home"))


@pytest.fixture
def unable(tmp_path):
    """An environment in which `grade` can't start any process at all, and the file that tells if it tried."""
    put(tmp_path / "hook" / "sitecustomize.py", NO_PROCESS)
    tried = tmp_path / "tried"
    return {"env": {**os.environ, "PYTHONPATH": str(tmp_path / "hook"), "STARTED": str(tried)}}, tried


def change(home, old, new):
    assert old in RUBRIC
    put(home / "rubrics" / "sums.yaml", RUBRIC.replace(old, new))


def credits_of(home):
    return {student: outcomes(home / "results" / "sums", student)["1"]["credit"] for student in STUDENTS}


def points_of(home):
    with (home / "results" / "sums" / "grades.csv").open(newline="") as file:
        return {row["student"]: float(row["points"]) for row in csv.DictReader(file)}


def test_the_students_got_what_the_rubric_says(graded):
    assert points_of(graded) == {"ada": 4, "bob": 0, "cyd": 0, "dan": 0, "eve": 0}


@pytest.mark.parametrize(
    ("old", "new", "points"),
    [
        pytest.param("points: 4", "points: 10", {"ada": 10, "bob": 0, "cyd": 0}, id="points"),
        pytest.param("given: numbers", "given: numbers, atol: 0.02", {"ada": 4, "bob": 0, "cyd": 4}, id="tolerance"),
        pytest.param("given: numbers", "given: numbers, partial: {mean: 0.25}", {"ada": 4, "bob": 1, "cyd": 0}, id="partial-credit"),
        pytest.param("title: The sum of all entries", "title: The sum", {"ada": 4, "bob": 0, "cyd": 0}, id="words-alone"),
    ],
)  # fmt: skip
def test_a_changed_rubric_is_rescored_without_any_process(home, unable, old, new, points):
    environment, tried = unable
    change(home, old, new)
    shutil.rmtree(home / "sums")
    done = grade("rescore", "results/sums", cwd=home, **environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert points_of(home) == points | {"dan": 0, "eve": 0}
    assert not tried.exists()


def test_rescore_does_not_look_at_the_submissions(home):
    change(home, "points: 4", "points: 8")
    write_students(home / "sums", ada=MEAN, bob=RIGHT, cyd=RIGHT)
    assert grade("rescore", "results/sums", cwd=home).returncode == 0
    assert points_of(home) == {"ada": 8, "bob": 0, "cyd": 0, "dan": 0, "eve": 0}


@pytest.fixture
def signals():
    """The command changes what a signal does; here it runs in the process of the tests."""
    before = {sign: signal.getsignal(sign) for sign in (signal.SIGINT, signal.SIGTERM)}
    yield
    for sign, handler in before.items():
        signal.signal(sign, handler)


@pytest.mark.parametrize("command", [["sums"], ["rescore", "results/sums"]], ids=["grade", "rescore"])
def test_with_everything_kept_no_box_is_started(home, monkeypatch, signals, command):
    started = []
    monkeypatch.setattr(Zygote, "_started", started.append)
    monkeypatch.chdir(home)
    with pytest.raises(SystemExit) as ended:
        main(command)
    assert ended.value.code == 0
    assert started == []


@pytest.mark.parametrize("command", [["sums"], ["rescore", "results/sums"]], ids=["grade", "rescore"])
def test_with_everything_kept_not_a_byte_changes_and_no_process_starts(home, unable, command):
    environment, tried = unable
    before = reports(home / "results" / "sums")
    done = grade(*command, cwd=home, **environment)
    assert done.returncode == 0
    assert done.stderr in ("", "sums: 5 students × 2 items: 10 kept, 0 to run\n")
    assert reports(home / "results" / "sums") == before
    assert not tried.exists()


def test_a_process_that_can_not_start_is_noticed_and_said_in_one_line(home, unable):
    environment, tried = unable
    shutil.rmtree(home / "results")
    done = grade("sums", cwd=home, **environment)
    assert tried.read_text().startswith("subprocess.Popen")
    assert done.returncode == 1
    first, second = done.stderr.splitlines()
    assert first == "sums: 5 students × 2 items: 0 kept, 10 to run"
    assert second.startswith("grade: our own failure, please report it: RuntimeError: no process may start here (")


def test_a_review_counts_from_the_next_rescore_on(home, unable):
    review = {"student": "ada", "item": "2", "credit": 0.5, "comment": "Half of it.", "by": "a tutor", "at": "today"}
    later = review | {"credit": 1, "comment": "All of it."}
    over = review | {"student": "bob", "item": "1", "credit": 0.5}
    lines = (review, over, later)
    put(home / "results" / "sums" / "reviews.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    done = grade("rescore", "results/sums", cwd=home, **unable[0])
    assert done.returncode == 0
    assert points_of(home) == {"ada": 6, "bob": 2, "cyd": 0, "dan": 0, "eve": 0}
    assert "All of it." in (home / "results" / "sums" / "ada" / "report.html").read_text()
    assert outcomes(home / "results" / "sums", "ada")["2"]["credit"] is None, "the machine's outcome stays what it was"


def test_a_new_question_has_to_be_asked_and_rescore_says_whom(home, unable):
    put(home / "rubrics" / "sums.yaml", f'{RUBRIC}      - {{id: "3", title: Another, kind: written, points: 1}}\n')
    done = grade("rescore", "results/sums", cwd=home, **unable[0])
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"grade: {student}: item 3 was never asked like this; run grade again" for student in STUDENTS
    ]
    assert points_of(home)["ada"] == 4
    done = grade("sums", "--dry-run", cwd=home)
    assert (done.returncode, done.stderr) == (0, "sums: 5 students × 3 items: 10 kept, 5 to run\n")


def test_neither_workers_nor_order_change_a_byte(graded, tmp_path):
    write_course(tmp_path)
    for student, source in reversed(STUDENTS.items()):
        write_students(tmp_path / "sums", **{student: source})
    done = grade("sums", "--workers", 2, "--out", tmp_path / "elsewhere", cwd=tmp_path)
    assert done.returncode == 0
    assert reports(tmp_path / "elsewhere") == reports(graded / "results" / "sums")


@pytest.mark.parametrize("student", STUDENTS)
def test_results_of_a_real_run_follow_the_schema(graded, student):
    if not SCHEMA.exists():
        pytest.skip(f"the schema {SCHEMA.name} is not beside this repository")
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    emitted = {"$schema": schema["$schema"], "$defs": schema["$defs"], "$ref": "#/$defs/emitted"}
    text = (graded / "results" / "sums" / student / "results.json").read_text(encoding="utf-8")
    jsonschema.Draft202012Validator(emitted).validate(json.loads(text, parse_constant=pytest.fail))
