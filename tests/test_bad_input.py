"""Whatever students hand in, and whatever happens to a run: one clear sentence, the right status, nothing lost."""

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from course_tools import (
    GRADE,
    LIMITS,
    PATIENT,
    RIGHT,
    RUBRIC,
    alive,
    descendants,
    grade,
    outcomes,
    own_scratch,
    put,
    reports,
    running_in,
    started,
    wait_until,
    write_course,
    write_students,
)


def patient_course(folder):
    """A course in which no limit of time is met, however busy the machine is."""
    return write_course(folder, rubrics={"sums": RUBRIC.replace(LIMITS, PATIENT)})


# --- what students hand in -----------------------------------------------------------------------------------------

RIGHT_SENTENCE = "agrees with the reference in all "
FLOOD = "import os\n\n\ndef flood():\n    for _ in range(1024):\n        os.write(1, b'y' * (1 << 20))\n\n\n"
STUDENTS = {
    "right": RIGHT,
    "no_files": None,
    "latin_1": "# Größe\n".encode("latin-1") + RIGHT.encode(),
    "big_file": RIGHT,
    "own_names": None,
    "prints_a_gigabyte": FLOOD + "def total(x):\n    flood()\n    return x.sum()\n",
    "prints_a_gigabyte_at_import": FLOOD + "flood()\n\n\n" + RIGHT,
    "ten_gigabytes": "import torch\n\n\ndef total(x):\n    return torch.zeros(10 * 2**30 // 4)\n",
    "ten_gigabytes_lazily": "import torch\n\n\ndef total(x):\n    return torch.zeros(1).expand(10 * 2**30 // 4)\n",
    "nan": "def total(x):\n    return x.sum() * float('nan')\n",
    "subclass": "import torch\n\n\nclass Mine(torch.Tensor):\n    pass\n\n\ndef total(x):\n    return x.sum().as_subclass(Mine)\n",
    "generator": "def total(x):\n    yield x.sum()\n",
    "nothing": "def total(x):\n    x.sum()\n",
}
NAMES = {
    "index.html": "index.html_",
    "grades.csv": "grades.csv_",
    "..evil": "..evil",
    "a b": "a b",
    "ü": "ü",
    "u\u0308ber": "über",
    "new\nline": "new_line",
    "bell\a": "bell_",
    "<b>bold": "<b>bold",
    "=1+1": "=1+1",
    "-rf": "-rf",
    "l" * 200: f"{'l' * 30}…{'l' * 30}",
}
"""Folder → the student's name in the results."""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """The results of a class in which everyone is a trial, and the finished command."""
    home = patient_course(tmp_path_factory.mktemp("hostile"))
    write_students(home / "sums", **STUDENTS, **dict.fromkeys(NAMES, RIGHT))
    put(home / "sums" / "own_names" / "my homework é.py", RIGHT)
    with (home / "sums" / "big_file" / "weights.bin").open("wb") as file:
        file.truncate(300 << 20)
    scratch = own_scratch()
    done = grade("sums", cwd=home, env={**os.environ, "TMPDIR": str(scratch)}, timeout=120)
    yield home / "results" / "sums", done, list(scratch.iterdir())
    shutil.rmtree(scratch)


def test_a_class_of_trials_is_graded_to_its_end(hostile):
    results, done, left = hostile
    assert done.returncode == 0
    assert (
        done.stderr
        == f"sums: {len(STUDENTS) + len(NAMES)} students × 2 items: 0 kept, {2 * (len(STUDENTS) + len(NAMES))} to run\n"
    )
    assert len(list(results.glob("*/report.html"))) == len(STUDENTS) + len(NAMES)
    assert (results / "index.html").is_file()
    assert left == []


@pytest.mark.parametrize(
    ("student", "credit", "sentence"),
    [
        pytest.param("right", 1.0, RIGHT_SENTENCE, id="right"),
        pytest.param("no_files", 0.0, "no `total` was found; your files define nothing", id="no-files"),
        pytest.param("latin_1", 1.0, RIGHT_SENTENCE, id="not-utf-8"),
        pytest.param("big_file", 1.0, RIGHT_SENTENCE, id="300-MB-file"),
        pytest.param("own_names", 1.0, RIGHT_SENTENCE, id="spaces-and-accents"),
        pytest.param("prints_a_gigabyte", 1.0, RIGHT_SENTENCE, id="prints-1-GB"),
        pytest.param("prints_a_gigabyte_at_import", 1.0, RIGHT_SENTENCE, id="prints-1-GB-at-import"),
        pytest.param("ten_gigabytes", 0.0, "it crashed: sums.py, line 5: MemoryError: asked for 10.0 GiB", id="10-GB"),
        pytest.param("ten_gigabytes_lazily", 0.0, "it crashed: MemoryError: returned 10240 MiB in one array, the limit is 48 MiB", id="10-GB-lazily"),
        pytest.param("nan", 0.0, "1 of 1 entries not finite; the first is nan, expected ", id="nan"),
        pytest.param("subclass", 1.0, RIGHT_SENTENCE, id="subclass"),
        pytest.param("generator", 0.0, "returned a generator, expected an array of shape ()", id="generator"),
        pytest.param("nothing", 0.0, "returned nothing (None), expected an array of shape ()", id="nothing"),
    ],
)  # fmt: skip
def test_a_trial_ends_as_one_sentence_for_its_student(hostile, student, credit, sentence):
    outcome = outcomes(hostile[0], student)["1"]
    assert outcome["credit"] == credit
    assert outcome["sentence"].startswith(sentence)
    assert "\n" not in outcome["sentence"]


@pytest.mark.parametrize(
    ("student", "remarks"),
    [
        pytest.param("latin_1", ["`sums.py` is not in UTF-8 and was read as Latin-1; accents may be wrong"], id="not-utf-8"),
        pytest.param("big_file", ["`weights.bin` has 300 MB and was left out; the limit is 32 MB"], id="300-MB-file"),
        pytest.param("own_names", [], id="spaces-and-accents"),
    ],
)  # fmt: skip
def test_what_was_read_otherwise_than_handed_in_is_said(hostile, student, remarks):
    assert json.loads((hostile[0] / student / "grade.json").read_text())["remarks"] == remarks


def test_a_student_without_files_waits_for_no_person(hostile):
    outcome = outcomes(hostile[0], "no_files")["2"]
    assert outcome["credit"] == 0.0
    assert outcome["sentence"] == "no answer to part 2 was found; parts with an answer: none"


def test_of_a_flood_the_beginning_is_kept(hostile):
    results = hostile[0]
    printed = json.loads((results / "prints_a_gigabyte" / "grade.json").read_text())["printed"]
    assert printed == {"1": "y" * 4000}
    assert sum(path.stat().st_size for path in results.rglob("*") if path.is_file()) < 10 << 20


@pytest.mark.parametrize("student", NAMES.values())
def test_a_folder_may_have_any_name(hostile, student):
    results, done, _ = hostile
    assert outcomes(results, student)["1"]["credit"] == 1.0
    assert (results / student / "report.html").is_file()
    assert (results / student).parent == results
    assert student[:20] in done.stdout


# --- what happens to a run -----------------------------------------------------------------------------------------

# Slow enough to be caught in the search for its smallest failing input, which begins once its answer is kept.
SLOW_AND_WRONG = "import time\n\n\ndef total(x):\n    time.sleep(0.05)\n    return x.mean()\n"
CLASS = {"ada": RIGHT, "bob": SLOW_AND_WRONG, "cyd": f"# cyd\n{RIGHT}"}
HANGS = "def total(x):\n    while True:\n        pass\n"


@pytest.fixture
def scratch():
    folder = own_scratch()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """What the class gets if nothing happens."""
    home = patient_course(tmp_path_factory.mktemp("undisturbed"))
    write_students(home / "sums", **CLASS)
    assert grade("sums", "--workers", 1, cwd=home).returncode == 0
    return reports(home / "results" / "sums")


def running_run(home, scratch, *arguments):
    return started("sums", "--workers", 1, *arguments, cwd=home, env={**os.environ, "TMPDIR": str(scratch)})


def test_an_interrupted_run_keeps_what_is_graded_and_a_second_goes_on(tmp_path, scratch, undisturbed):
    write_students(patient_course(tmp_path) / "sums", **CLASS)
    results = tmp_path / "results" / "sums"
    with running_run(tmp_path, scratch) as running:
        # Two answers of the reference, ada's two with what confined her, and bob's first, whose search has then begun.
        wait_until(lambda: len(list(results.glob(".observations/*/[!.]*"))) == 6)
        below = descendants(running.pid)
        running.send_signal(signal.SIGINT)
        time.sleep(0.05)
        running.send_signal(signal.SIGINT)  # an impatient second one must not cut the tidying short
        said = running.communicate(timeout=10)[1]
    assert running.returncode == 130
    assert said.splitlines() == [
        "sums: 3 students × 2 items: 0 kept, 6 to run",
        "grade: interrupted; 1 of 3 students are graded and kept, run it again to go on",
    ]
    assert "ada" in (results / "index.html").read_text()
    assert (results / "grades.csv").read_text().splitlines()[1:] == ["ada,4,,4,,4,6,2"]
    assert below
    assert alive(below) == running_in(scratch) == list(scratch.iterdir()) == []
    done = grade("sums", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "sums: 3 students × 2 items: 3 kept, 3 to run\n")
    assert reports(results) == undisturbed


def test_ctrl_c_while_the_box_is_starting_is_obeyed_at_once(tmp_path, scratch):
    write_students(write_course(tmp_path) / "sums", ada=RIGHT)
    with running_run(tmp_path, scratch) as running:
        wait_until(lambda: list(scratch.iterdir()))
        running.send_signal(signal.SIGINT)
        before = time.monotonic()
        said = running.communicate(timeout=10)[1]
    assert time.monotonic() - before < 3
    assert running.returncode == 130
    assert said.splitlines()[-1] == "grade: interrupted"
    assert running_in(scratch) == list(scratch.iterdir()) == []


def test_a_student_who_never_ends_does_not_outlive_a_stopped_run(tmp_path, scratch):
    write_students(patient_course(tmp_path) / "sums", ada=RIGHT, bob=HANGS)
    results = tmp_path / "results" / "sums"
    with running_run(tmp_path, scratch) as running:
        wait_until(lambda: (results / "ada" / "results.json").exists() and len(running_in(scratch)) > 1)
        # While the first runs, a second one is sent away, and one that only asks is not.
        second = grade("sums", cwd=tmp_path)
        asked = grade("sums", "--dry-run", cwd=tmp_path)
        below = descendants(running.pid)
        running.send_signal(signal.SIGTERM)  # as a scheduler stops it
        running.communicate(timeout=10)
    assert second.returncode == 2
    assert second.stderr == "grade: another grade is writing to results/sums; wait for it, or give --out DIR\n"
    assert (asked.returncode, asked.stderr) == (0, "sums: 2 students × 2 items: 2 kept, 2 to run\n")
    assert running.returncode == 130
    assert below
    assert alive(below) == running_in(scratch) == []


def test_after_a_kill_no_student_lives_and_the_next_run_goes_on(tmp_path, scratch):
    write_students(write_course(tmp_path) / "sums", ada=RIGHT, bob=HANGS)
    results = tmp_path / "results" / "sums"
    with running_run(tmp_path, scratch) as running:
        wait_until(lambda: (results / "ada" / "results.json").exists() and len(running_in(scratch)) > 1)
        below = descendants(running.pid) | set(running_in(scratch))
        running.kill()
        running.communicate()
    wait_until(lambda: not alive(below) and not running_in(scratch), 5)
    before = (results / "ada" / "grade.json").read_bytes()
    done = grade("sums", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "sums: 2 students × 2 items: 2 kept, 2 to run\n")
    assert (results / "ada" / "grade.json").read_bytes() == before
    assert outcomes(results, "bob")["1"]["sentence"] == "it was stopped: it used more than 2 s of CPU time"


@pytest.fixture
def small_disk(tmp_path):
    """A results folder on a disk of 300 KiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    try:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "none", folder], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a small disk can't be mounted here")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_ends_the_run_with_one_sentence_and_what_was_graded_can_be_read(tmp_path, small_disk):
    students = [f"s{number:02}" for number in range(20)]
    write_students(write_course(tmp_path) / "sums", **{student: f"# {student}\n{RIGHT}" for student in students})
    done = grade("sums", "--workers", 1, "--out", small_disk, cwd=tmp_path)
    first, second = done.stderr.splitlines()
    assert done.returncode == 1
    assert first == "sums: 20 students × 2 items: 0 kept, 40 to run"
    assert second.startswith(f"grade: can't write {small_disk}/")
    assert second.endswith(": the disk is full; what was graded before is kept")
    graded = [student for student in students if (small_disk / student / "results.json").exists()]
    assert 0 < len(graded) < 20
    for student in graded:
        assert outcomes(small_disk, student)["1"]["credit"] == 1.0
        assert (small_disk / student / "report.html").read_text().rstrip().endswith("</html>")
    assert not list(small_disk.rglob("*.tmp"))
    # With room again, the next run goes on.
    shutil.copytree(small_disk, tmp_path / "large")
    again = grade("sums", "--dry-run", "--out", tmp_path / "large", cwd=tmp_path)
    kept = int(again.stderr.split(": ")[2].split()[0])
    assert kept >= 2 * len(graded)


def test_output_that_can_not_be_written_is_told_on_stderr(tmp_path):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [GRADE, "schema"], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert done.stderr.startswith("grade: No space left on device (")
    assert done.stderr.count("\n") == 1
