"""`grade diff`: who changed between two results folders, in which item, and why."""

import csv
import json
import shutil
from dataclasses import replace

import pytest
from course_tools import RUBRIC, grade, put, write_course

from grader.model import Grade, Outcome
from grader.rubric import load_rubric
from grader.run import write_student
from grader.store import Store

DECISION = (
    '{"student": "ada", "item": "2", "credit": 0.5, "comment": "brief", "by": "kim", "at": "2026-01-05T10:00:00Z"}\n'
)


RIGHT = Outcome(1.0, "all cases agree")
MEAN = Outcome(0.0, "a mean where a sum was asked for", (), "mean")
READ = Outcome(None, "a person reads this answer", (), "written")


def results(folder, home, **students):
    """A results folder: what each student got for item 1, and the digest of his work."""
    rubric = load_rubric(home / "rubrics" / "sums.yaml", home)
    with Store(folder) as store:
        for student, (outcome, work) in students.items():
            grade = Grade(student, {"1": outcome, "2": READ})
            store.write_grade(grade, work)
            write_student(rubric, grade, store)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Runs of one class, with what can change between two: work, points, judgement, a decision, who is there."""
    home = write_course(tmp_path_factory.mktemp("diff"))
    results(home / "a", home, ada=(RIGHT, "1"), bob=(MEAN, "1"), cyd=(MEAN, "1"), dan=(RIGHT, "1"), eve=(RIGHT, "1"))
    put(home / "b" / "reviews.jsonl", DECISION)
    results(home / "b", home, ada=(RIGHT, "1"), bob=(RIGHT, "2"), cyd=(MEAN, "1"), dan=(RIGHT, "2"), fay=(MEAN, "1"))
    put(home / "rubrics" / "sums.yaml", RUBRIC.replace("kind: close, points: 4", "kind: close, points: 6"))
    half = replace(MEAN, credit=0.5)
    results(home / "c", home, ada=(RIGHT, "1"), bob=(RIGHT, "2"), cyd=(half, "1"), dan=(RIGHT, "2"), fay=(half, "1"))
    put(home / "c" / "reviews.jsonl", DECISION)
    return home


def test_a_difference_says_who_changed_in_which_item_and_why(home):
    done = grade("diff", "a", "b", cwd=home)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "ada: +1 points\n"
        "  2: ? of 2 → 1 of 2, a person decides → partly; a person has decided\n"
        "    a person reads this answer\n"
        "bob: +4 points\n"
        "  1: 0 of 4 → 4 of 4, wrong → right, mean → –; handed in anew\n"
        "    all cases agree\n"
        "only in the first: eve\n"
        "only in the second: fay\n"
        "2 students changed, 2 the same\n"
    )


def test_a_changed_rubric_is_told_from_changed_work(home):
    said = grade("diff", "b", "c", cwd=home).stdout
    assert "  1: 4 of 4 → 6 of 6; the item's points have changed\n" in said
    assert "  1: 0 of 4 → 3 of 6, wrong → partly; the item's points have changed\n" in said
    assert "handed in anew" not in said
    assert "5 students changed, 0 the same\n" in said


def test_the_table_holds_points_verdict_and_note_of_both(home):
    done = grade("diff", "a", "b", "--csv", "-", cwd=home)
    rows = list(csv.DictReader(done.stdout.splitlines()))
    assert [(row["student"], row["item"]) for row in rows] == [("ada", "2"), ("bob", "1")]
    bob = rows[1]
    assert [bob[name] for name in ("points a", "points b", "of a", "of b")] == ["0", "4", "4", "4"]
    assert [bob[name] for name in ("verdict a", "verdict b", "note a", "note b")] == ["wrong", "right", "mean", ""]
    assert bob["why"] == "handed in anew"
    assert rows[0]["points a"] == ""


def test_the_table_is_written_beside_what_is_said(home):
    done = grade("diff", "a", "b", "--csv", "changes.csv", cwd=home)
    assert done.stdout.endswith("2 students changed, 2 the same\n")
    assert (home / "changes.csv").read_text("utf-8").count("\n") == 3


def test_nothing_changed_between_a_run_and_itself(home):
    assert grade("diff", "a", "a", cwd=home).stdout == "0 students changed, 5 the same\n"


def test_a_decision_that_was_taken_back_an_item_that_is_new_and_one_that_is_gone(home, tmp_path):
    shutil.copytree(home / "b", tmp_path / "d")
    (tmp_path / "d" / "reviews.jsonl").unlink()
    path = tmp_path / "d" / "bob" / "results.json"
    told = json.loads(path.read_text("utf-8"))
    told["tests"][0]["extra_data"]["item"] = "9"
    path.write_text(json.dumps(told), "utf-8")
    said = grade("diff", home / "b", tmp_path / "d", cwd=home).stdout
    assert "  2: 1 of 2 → ? of 2, partly → a person decides; a person's decision was taken back\n" in said
    assert "  9: not there → ? of 4, – → not graded, our fault; the rubric has a new item\n" in said
    assert "  1: 4 of 4 → not there, right → –; the rubric has this item no more\n" in said


def test_the_same_work_judged_in_another_way_and_lateness_are_said(home, tmp_path):
    shutil.copytree(home / "a", tmp_path / "d")
    path = tmp_path / "d" / "cyd" / "grade.json"
    path.write_text(path.read_text("utf-8").replace('"note": "mean"', '"note": "factor"'), "utf-8")
    path = tmp_path / "d" / "dan" / "results.json"
    told = json.loads(path.read_text("utf-8"))
    told["extra_data"]["deducted"] = 1.5
    path.write_text(json.dumps(told), "utf-8")
    said = grade("diff", home / "a", tmp_path / "d", cwd=home).stdout
    assert "cyd: the same points\n  1: mean → factor; the same work is judged in another way\n" in said
    assert "dan: −1.5 points\n  late: 0 → −1.5; lateness takes another amount\n" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("{", "a/ada/results.json can't be read; `grade rescore` writes it again", id="no-json"),
        pytest.param(
            '{"tests": [{}]}', "a/ada/results.json can't be read; `grade rescore` writes it again", id="other"
        ),
        pytest.param("[" * 100_000, "a/ada/results.json can't be read; `grade rescore` writes it again", id="deep"),
    ],
)
def test_a_result_that_is_no_result_gets_one_sentence(home, tmp_path, text, said):
    shutil.copytree(home / "a", tmp_path / "a")
    put(tmp_path / "a" / "ada" / "results.json", text)
    done = grade("diff", "a", home / "b", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, f"grade: {said}\n")


def test_a_folder_without_grades_is_said(home):
    done = grade("diff", "a", "rubrics", cwd=home)
    assert (done.returncode, done.stderr) == (
        2,
        "grade: rubrics holds no grades; give the results folder of a homework\n",
    )
