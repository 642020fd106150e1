"""The results folder: what is damaged is noticed, what is whole is never lost, one process writes at a time."""

import json
import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from course_tools import MEAN, RIGHT, grade, outcomes, reports, write_course, write_students

from grader.model import CourseError, Observation, Review, UsageError
from grader.store import Store, StoreError

SEEN = Observation("ok", {"0/out": np.array([1.0, 2.0])}, "said", "printed")
REVIEW = {"student": "ada", "item": "2", "credit": 0.5, "comment": "Half\u2028of it.", "by": "a tutor", "at": "today"}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A course with its results; tests take copies."""
    home = write_course(tmp_path_factory.mktemp("graded"))
    write_students(home / "sums", ada=RIGHT, bob=MEAN)
    assert grade("sums", "--workers", 1, cwd=home).returncode == 0
    return home


@pytest.fixture
def home(graded, tmp_path):
    return Path(shutil.copytree(graded, tmp_path / "home"))


def test_what_is_kept_comes_back(tmp_path):
    with Store(tmp_path) as store:
        store.keep("abcd", SEEN)
        kept = store.kept("abcd")
    assert (kept.status, kept.detail, kept.printed) == ("ok", "said", "printed")
    np.testing.assert_array_equal(kept.values["0/out"], SEEN.values["0/out"])


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: data[:-1], id="shorter"),
        pytest.param(lambda data: data[: len(data) // 2], id="half"),
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda data: bytes(len(data)), id="zeros"),
        pytest.param(lambda data: data[:40] + bytes([data[40] ^ 1]) + data[41:], id="one-bit"),
    ],
)
def test_a_torn_observation_counts_as_absent(tmp_path, damage):
    with Store(tmp_path) as store:
        store.keep("abcd", SEEN)
        path = tmp_path / ".observations" / "ab" / "cd"
        path.write_bytes(damage(path.read_bytes()))
        assert store.kept("abcd") is None


def test_torn_observations_are_asked_for_again(home):
    before = reports(home / "results" / "sums")
    for path in (home / "results" / "sums" / ".observations").glob("*/*"):
        path.write_bytes(path.read_bytes()[:-1])
    done = grade("sums", cwd=home)
    assert (done.returncode, done.stderr) == (0, "sums: 2 students × 2 items: 0 kept, 4 to run\n")
    assert reports(home / "results" / "sums") == before


def test_a_corrupted_grade_stops_rescore_with_one_sentence_and_nothing_changes(home):
    path = home / "results" / "sums" / "ada" / "grade.json"
    path.write_text(path.read_text()[:-20])
    before = reports(home / "results" / "sums")
    done = grade("rescore", "results/sums", cwd=home)
    sentence = "results/sums/ada/grade.json can't be read (JSONDecodeError); remove it and run grade again"
    assert (done.returncode, done.stderr, done.stdout) == (1, f"grade: {sentence}\n", "")
    assert reports(home / "results" / "sums") == before


def test_a_corrupted_grade_is_made_again_by_grade(home):
    before = reports(home / "results" / "sums")
    (home / "results" / "sums" / "ada" / "grade.json").write_text("{")
    assert grade("sums", cwd=home).returncode == 0
    assert reports(home / "results" / "sums") == before


def reviews(folder, *lines):
    (folder / "reviews.jsonl").write_bytes(b"".join(lines))
    return Store(folder).reviews()


def line(**changed):
    return json.dumps(REVIEW | changed, ensure_ascii=False).encode() + b"\n"


def test_reviews_come_back_in_order_whatever_signs_are_in_them(tmp_path):
    found = reviews(tmp_path, line(), b"\n", line(credit=1, comment="ü"))
    assert found == [Review(**REVIEW), Review(**REVIEW | {"credit": 1.0, "comment": "ü"})]


def test_a_torn_last_review_is_passed_over(tmp_path):
    assert reviews(tmp_path, line(), line()[:-9]) == [Review(**REVIEW)]
    assert reviews(tmp_path, line(comment="é").partition("é".encode())[0] + b"\xc3") == []


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        pytest.param(b"{\n", "this line is not JSON: Expecting property name enclosed in double quotes", id="no-json"),
        pytest.param(b'"\xff"\n', "this line is not JSON: 'utf-8' codec can't decode byte 0xff", id="no-utf-8"),
        pytest.param(b"[]\n", "this line is not a review: it is not an object with keys", id="a-list"),
        pytest.param(b'{"credit": 1}\n', "this line is not a review: it lacks 'student'", id="no-student"),
        pytest.param(line(credit=1.5), "this line is not a review: credit is 1.5, must be in 0..1", id="too-much"),
        pytest.param(line(credit="1"), "this line is not a review: credit is '1', must be in 0..1", id="text"),
        pytest.param(line(credit=float("nan")), "this line is not a review: credit is nan, must be in 0..1", id="nan"),
        pytest.param(line(credit=2)[:-1], "this line is not a review: credit is 2, must be in 0..1", id="last-but-whole"),
    ],
)  # fmt: skip
def test_a_bad_review_is_told_with_file_and_line(tmp_path, bad, said):
    with pytest.raises(CourseError) as caught:
        reviews(tmp_path, line(), bad)
    assert str(caught.value).startswith(f"{tmp_path / 'reviews.jsonl'}:2: {said}")


@pytest.mark.parametrize("command", [["sums"], ["rescore", "results/sums"]], ids=["grade", "rescore"])
def test_a_bad_review_stops_the_command_before_anything_is_written(home, command):
    results = home / "results" / "sums"
    (results / "reviews.jsonl").write_bytes(line(credit=2))
    (results / "index.html").write_text("as before")
    before = reports(results)
    done = grade(*command, cwd=home)
    said = "grade: results/sums/reviews.jsonl:1: this line is not a review: credit is 2, must be in 0..1\n"
    assert done.returncode == 2
    assert done.stderr.endswith(said)
    assert "Error" not in done.stderr
    assert reports(results) == before


def test_one_process_writes_at_a_time(tmp_path):
    with Store(tmp_path):
        with (
            pytest.raises(UsageError, match=r"another grade is writing to .*; wait for it, or give --out DIR"),
            Store(tmp_path),
        ):
            pytest.fail("two wrote at once")
        assert Store(tmp_path).grades() == {}  # reading needs no lock
    with Store(tmp_path):
        pass


@contextmanager
def read_only(folder):
    """The folder as one that can't be written to; root needs a file system that is read-only."""
    folder.mkdir(parents=True)
    if os.geteuid() != 0:
        folder.chmod(0o555)
        yield "Permission denied"
        folder.chmod(0o755)
        return
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "ro,size=1m", "none", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a read-only file system can't be mounted here")
    try:
        yield "Read-only file system"
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("below", ["", "sums"])
def test_a_results_folder_that_can_not_be_written_is_told_with_status_1(home, below):
    with read_only(home / "locked") as why:
        done = grade("sums", "--out", home / "locked" / below, cwd=home)
    folder = str(home / "locked" / below).rstrip("/")
    assert done.returncode == 1
    assert done.stderr == f"grade: can't write to {folder}: {why}; what was graded before is kept\n"


@pytest.mark.parametrize("out", ["rubrics/sums.yaml", "rubrics/sums.yaml/deeper"])
def test_a_file_in_the_place_of_the_results_is_told_and_not_touched(home, out):
    before = (home / "rubrics" / "sums.yaml").read_bytes()
    done = grade("sums", "--out", out, cwd=home)
    assert done.returncode == 1
    assert done.stderr == f"grade: can't write to {out}: a file is in the way; what was graded before is kept\n"
    assert (home / "rubrics" / "sums.yaml").read_bytes() == before


def test_half_a_file_is_never_seen_and_none_is_left(tmp_path, monkeypatch):
    with Store(tmp_path) as store:
        store.write_text("index.html", "whole")
        monkeypatch.setattr(Path, "replace", fails)
        with pytest.raises(
            StoreError, match=r"can't write .*index.html: the disk is full; what was graded before is kept"
        ):
            store.write_text("index.html", "half")
    assert (tmp_path / "index.html").read_text() == "whole"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".gitignore", ".lock", ".observations", "index.html"]


def fails(*_):
    raise OSError(28, "No space left on device")


def test_grades_come_back_as_they_were_kept(graded):
    store = Store(graded / "results" / "sums")
    kept = store.grades()
    assert list(kept) == ["ada", "bob"]
    mean, _ = kept["bob"]
    assert mean.outcomes["1"].note == outcomes(store.folder, "bob")["1"]["note"] == "mean"
    assert all(isinstance(evidence, tuple) for evidence in (mean.remarks, mean.outcomes["1"].evidence))
