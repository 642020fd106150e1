"""What the command says to whom, and its exit status."""

import json
import os
import pty
import subprocess

import jsonschema
import pytest
import yaml
from course_tools import GRADE, REFERENCE, RIGHT, RUBRIC, grade, put, reports, write_course, write_students

COURSE = "a course is a folder with rubrics/ and reference/"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    home = write_course(tmp_path_factory.mktemp("course"))
    write_students(home / "sums", ada=RIGHT, bob=None)
    (home / "empty").mkdir()
    (home / "results").mkdir()
    put(home / "file", "x")
    put(home / "loose" / "readme.txt", "x")
    return home


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["empty"], "empty is empty: expected one folder per student", id="empty-folder"),
        pytest.param(["file"], "file is a file: expected a folder with one folder per student", id="a-file"),
        pytest.param(["absent"], "absent does not exist", id="absent"),
        pytest.param([""], "Invalid value for 'PATH': a path can't be empty", id="empty-path"),
        pytest.param(["a\nb"], "a_b does not exist", id="newline"),
        pytest.param(
            ["loose"],
            "loose holds no student folders: expected one folder per student, or the files of one student (.py, .ipynb, answers.md)",
            id="no-work",
        ),
        pytest.param(["rescor", "results"], "there is no command and no folder `rescor`; did you mean `grade rescore`?", id="misspelt-command"),
        pytest.param(["sums", "--worker", "2"], "No such option '--worker'. (", id="unknown-option"),
        pytest.param(["--bogus", "sums"], "No such option '--bogus'.", id="unknown-option-first"),
        pytest.param(["sums", "--workers", "0"], "Invalid value for '--workers': 0 is not in the range 1<=x<=64.", id="no-workers"),
        pytest.param(["sums", "--workers", "many"], "Invalid value for '--workers': 'many' is not a valid integer range.", id="no-number"),
        pytest.param(["sums", "empty"], "Got unexpected extra argument (empty)", id="two-paths"),
        pytest.param(["run"], "Missing argument 'PATH'.", id="no-path"),
        pytest.param(["sums", "--rubric"], "Option '--rubric' requires an argument.", id="option-without-value"),
        pytest.param(["sums", "--out", ""], "Invalid value for '--out': a path can't be empty", id="empty-out"),
        pytest.param(["sums", "--rubric", "sumz"], "no rubric `sumz`; did you mean `sums`? there are sums", id="unknown-rubric"),
        pytest.param(["sums", "--course", "empty"], f"empty is not a course: {COURSE}", id="no-course"),
        pytest.param(
            ["sums", "--out", "sums/results"],
            "the results folder sums/results lies in the submissions sums; give another one with --out",
            id="results-among-submissions",
        ),
        pytest.param(["rescore", "absent"], "absent holds no grades; give the results folder of a homework", id="rescore-absent"),
        pytest.param(["rescore", "sums"], "sums holds no grades; give the results folder of a homework", id="rescore-submissions"),
    ],
)  # fmt: skip
def test_what_can_not_be_done_is_said_in_one_line_with_status_2(course, arguments, said):
    done = grade(*arguments, cwd=course)
    assert done.returncode == 2
    assert done.stderr.startswith(f"grade: {said}")
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("rubrics", "files", "said"),
    [
        pytest.param({}, {}, "no rubric is named like the folder `sums`; there is no *.yaml in {home}/rubrics", id="no-rubric"),
        pytest.param(
            {"one": RUBRIC, "two": RUBRIC}, {}, "no rubric is named like the folder `sums`; there are one, two; name one with --rubric", id="two-rubrics"
        ),
        pytest.param({"sums": "homework: sums\ntitle: [1\nquestions: []\n"}, {}, "rubrics/sums.yaml:3: broken YAML: ", id="broken-yaml"),
        pytest.param({"sums": ""}, {}, "rubrics/sums.yaml:1: the file is empty", id="empty-rubric"),
        pytest.param({"sums": RUBRIC.replace("points: 4", "pionts: 4")}, {}, "rubrics/sums.yaml:8: item 1: ", id="unknown-key"),
        pytest.param(
            None,
            {"sums": REFERENCE.replace("total", "totals"), "mistakes": ""},
            "rubrics/sums.yaml:8: item 1: `call.name`: the reference has no `total`; did you mean `totals`? there is totals",
            id="function-that-the-reference-lacks",
        ),
        pytest.param(None, {"sums": "def total(x:\n"}, "reference/sums/sums.py:1: is not Python: '(' was never closed", id="broken-reference"),
        pytest.param(None, {"inputs": "import nothing_like_this\n"}, "reference/sums/inputs.py:1: raises ModuleNotFoundError: ", id="broken-inputs"),
    ],
)  # fmt: skip
def test_a_broken_course_is_told_with_its_line_before_anything_runs(tmp_path, rubrics, files, said):
    write_course(tmp_path, rubrics=rubrics, **files)
    write_students(tmp_path / "sums", ada=RIGHT)
    done = grade("sums", "--course", tmp_path, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("grade: " + said.format(home=tmp_path))
    assert not (tmp_path / "results").exists()


def test_outside_of_every_course_one_has_to_be_named(tmp_path):
    write_students(tmp_path / "sums", ada=RIGHT)
    done = grade("sums", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == f"grade: no course in {tmp_path} or above it: {COURSE}; name one with --course DIR\n"


def test_two_students_whose_names_differ_in_case_are_refused(tmp_path):
    write_students(write_course(tmp_path) / "sums", Ada=RIGHT, ada=RIGHT)
    done = grade("sums", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == "grade: two students have the same name: Ada and ada; rename one folder\n"


@pytest.mark.parametrize("word", ["--help", "-h"])
def test_help_is_asked_for_and_given(course, word):
    done = grade(word, cwd=course)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: grade [OPTIONS] COMMAND [ARGS]...")
    assert all(command in done.stdout for command in ("run", "rescore", "schema"))


def test_without_arguments_the_help_is_shown_with_status_2(course):
    done = grade(cwd=course)
    assert done.returncode == 2
    assert done.stdout.startswith("Usage: grade [OPTIONS] COMMAND [ARGS]...")


def test_schema_prints_a_schema_that_takes_a_real_rubric_and_refuses_a_misspelt_one(course):
    done = grade("schema", cwd=course)
    assert (done.returncode, done.stderr) == (0, "")
    schema = json.loads(done.stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate(yaml.safe_load(RUBRIC))
    assert not validator.is_valid(yaml.safe_load(RUBRIC.replace("points", "pionts")))


def test_a_schema_that_can_not_be_written_is_said_in_one_line_with_status_1(course):
    done = grade("schema", "--out", "absent/schema.json", cwd=course)
    assert (done.returncode, done.stderr) == (1, "grade: absent/schema.json: No such file or directory\n")


def test_a_reader_that_has_heard_enough_causes_no_noise(course):
    with subprocess.Popen([GRADE, "schema"], cwd=course, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 1


PLANNED = "sums: 2 students × 2 items: 0 kept, 4 to run\n"


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["sums"], id="named-like-the-folder"),
        pytest.param(["sums", "--rubric", "sums"], id="rubric-by-name"),
        pytest.param(["sums", "--rubric", "rubrics/sums.yaml"], id="rubric-by-path"),
        pytest.param(["run", "sums"], id="run-in-full"),
        pytest.param(["."], id="a-folder-of-homeworks"),
        pytest.param(["other", "--rubric", "sums"], id="a-folder-of-another-name"),
        pytest.param(["other"], id="the-only-rubric"),
    ],
)
def test_dry_run_says_what_would_run_and_leaves_nothing_behind(tmp_path, arguments):
    write_course(tmp_path)
    write_students(tmp_path / ("other" if arguments[0] == "other" else "sums"), ada=RIGHT, bob=None)
    before = sorted(tmp_path.rglob("*"))
    done = grade(*arguments, "--dry-run", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", PLANNED)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_course_elsewhere_is_taken_with_course(course, tmp_path):
    write_students(tmp_path / "sums", ada=RIGHT, bob=None)
    done = grade("sums", "--course", course, "--dry-run", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, PLANNED)


NAME = "[red] :smile:"


@pytest.fixture(scope="module")
def several(tmp_path_factory):
    """A course of two homeworks, each with a student whose name means something to a terminal."""
    home = tmp_path_factory.mktemp("several")
    write_course(home, rubrics={"sums": RUBRIC, "sums2": RUBRIC.replace("homework: sums", "homework: sums2")})
    for homework in ("sums", "sums2"):
        write_students(home / "handed_in" / homework, **{NAME: RIGHT})
    main, terminal = pty.openpty()
    with subprocess.Popen(
        [GRADE, "handed_in"], cwd=home, stdout=subprocess.PIPE, stderr=terminal, text=True
    ) as running:
        os.close(terminal)
        shown = b""
        while part := _read(main):
            shown += part
        said = running.stdout.read()
    os.close(main)
    return home, running.returncode, said, shown.decode()


def _read(main):
    try:
        return os.read(main, 1 << 16)
    except OSError:  # the other side of a terminal is closed
        return b""


def test_a_folder_of_homeworks_is_graded_each_into_its_own_results(several):
    home, status, said, _ = several
    assert status == 0
    for homework in ("sums", "sums2"):
        assert f"1 graded; 1 wait for a person: results/{homework}/index.html" in said
        assert set(reports(home / "results" / homework)) == {
            "index.html", "grades.csv", f"{NAME}/grade.json", f"{NAME}/report.html", f"{NAME}/results.json"
        }  # fmt: skip


def test_a_terminal_shows_progress_and_no_name_is_taken_for_a_colour(several):
    _, _, said, shown = several
    assert NAME in said
    assert NAME in shown
    assert "1/1" in shown
    assert "Traceback" not in shown


def test_trusted_submissions_are_graded_and_the_reports_say_so(tmp_path):
    write_course(tmp_path)
    write_students(tmp_path / "sums", ada=RIGHT)
    done = grade("sums", "--i-trust-these-submissions", cwd=tmp_path)
    assert done.returncode == 0
    page = (tmp_path / "results" / "sums" / "ada" / "report.html").read_text()
    assert "none required, because the submissions were said to be trusted" in page
