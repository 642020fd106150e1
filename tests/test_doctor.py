"""The doctor says what is true, and a run that would not be safe is refused."""

import pytest
from course_tools import RIGHT, grade, write_course, write_students

from grader.box import zygote
from grader.box.canary import NAMES
from grader.cli import main


def test_the_doctor_lists_every_layer_and_every_attempt(tmp_path):
    write_course(tmp_path)
    done = grade("doctor", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    for word in ("bubblewrap", "uid drop", "Landlock", "seccomp", "limits", "torch", "GPU"):
        assert word in done.stdout
    for attempt in (*NAMES, f"reads {tmp_path}/reference", f"writes to {tmp_path}/rubrics"):
        assert f"✓ {attempt}: held" in done.stdout
    assert done.stdout.endswith("Grading is safe here.\n")


def test_a_canary_makes_at_least_twenty_attempts():
    assert len(NAMES) >= 20
    assert len(set(NAMES)) == len(NAMES)


@pytest.fixture
def hole(tmp_path, monkeypatch):
    """A course that lies where student code may read: as if it were installed beside torch."""
    write_course(tmp_path)
    write_students(tmp_path / "sums", ada=RIGHT)
    allowed = zygote.readable()
    monkeypatch.setattr(zygote, "readable", lambda: (*allowed, str(tmp_path)))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_doctor_says_what_got_through(hole, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["doctor"])
    said = capsys.readouterr().out
    assert ended.value.code == 3
    assert f"✗ reads {hole}/reference: GOT THROUGH" in said
    assert f"✓ writes to {hole}/reference: held" in said
    assert "Grading is refused here: the wall does not hold: student code reads " in said


def test_a_run_that_could_leak_an_answer_is_refused(hole, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["sums"])
    said = capsys.readouterr().err
    assert ended.value.code == 3
    assert (
        f"grade: the wall does not hold on this machine: student code reads {hole}/rubrics; reads {hole}/reference"
        in said
    )
    assert not (hole / "results" / "sums" / "ada").exists()


def test_an_explicit_word_of_trust_overrides_the_refusal(hole, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["sums", "--i-trust-these-submissions"])
    assert ended.value.code == 0
    assert "none required" in (hole / "results" / "sums" / "ada" / "report.html").read_text()
