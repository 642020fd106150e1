"""The file of decisions: nothing acknowledged is lost, nothing torn counts, and what is in force follows from its lines."""

import errno
import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace

import numpy as np
import pytest
from course_tools import RIGHT, grade, outcomes, put, write_course, write_students
from review_tools import MEAN_OUTCOME, lines, write_results, written

from grader.decisions import Decision, Row, Split, Undo, credit, entry, fold, line, reviews, saw
from grader.model import CourseError, Fact, Outcome, Pictures, Review
from grader.review.desk import Desk
from grader.review.groups import Choice, based, cases_of, grouped
from grader.review.ledger import Ledger
from grader.rubric import find_rubric, load_rubric
from grader.store import Store, StoreError

ONE = Decision("d1", ("ada",), "2", 0.5, "Half of it.", "TA 1", "noon", base=0.5, saw="abc", before={"ada": None})
ROW = Row("r1", "2/r", "2", "names no reason", -1.0, 2.0, "TA 1", "noon")
OLD = {"student": "ada", "item": "2", "credit": 0.5, "comment": "Half.", "by": "a tutor", "at": "today"}


def rubric_of(home):
    return load_rubric(find_rubric(home, "sums", None), home)


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(ONE, id="decision"),
        pytest.param(replace(ONE, students=("ada", "bob"), rows=("2/r",), why="x\ny\u2028z", before={}), id="group"),
        pytest.param(replace(ONE, students=("\udcff",)), id="a-name-that-is-no-utf-8"),
        pytest.param(ROW, id="row"),
        pytest.param(replace(ROW, text=""), id="dropped-row"),
        pytest.param(Split("s1", "2", ("ada", "bob"), "TA 1", "noon"), id="split"),
        pytest.param(Undo("u1", "d1", "TA 1", "noon"), id="undo"),
    ],
)
def test_a_line_says_all_of_its_entry_and_is_one_line(told):
    assert line(told).count(b"\n") == 1
    assert entry(json.loads(line(told)), 1) == told


def test_lines_written_by_hand_count_as_they_always_did():
    assert reviews([entry(OLD, 1)]) == [Review("ada", "2", 0.5, "Half.", "a tutor", "today")]
    assert fold([entry(OLD, 7)]).decisions["ada", "2"].id == "line 7"


def test_a_group_is_one_line_and_a_review_for_each_student(tmp_path):
    with Store(tmp_path) as store:
        Ledger(store).append(lambda _: replace(ONE, students=("ada", "bob")))
    assert len(lines(tmp_path)) == 1
    assert [(each.student, each.credit) for each in store.reviews()] == [("ada", 0.5), ("bob", 0.5)]


def test_a_changed_row_changes_every_decision_that_names_it():
    first = replace(ONE, base=1.0, rows=("2/r",))
    other = replace(first, id="d2", students=("bob",))
    untouched = replace(ONE, id="d3", students=("cem",))
    now = [ROW, first, other, untouched]
    assert [each.credit for each in reviews(now)] == [0.5, 0.5, 0.5]
    now.append(replace(ROW, id="r2", points=-2.0))
    assert [each.credit for each in reviews(now)] == [0.0, 0.0, 0.5]
    assert reviews(now)[0].comment == "names no reason (-2)\nHalf of it."


@pytest.mark.parametrize(
    ("base", "points", "given"),
    [(1.0, 1.0, 1.0), (0.0, -1.0, 0.0), (0.5, 0.5, 0.75), (None, -1.0, 0.5)],
    ids=["never-above", "never-below", "sum", "as-written"],
)
def test_points_stay_within_the_item(base, points, given):
    rows = {ROW.name: replace(ROW, points=points)}
    assert credit(replace(ONE, base=base, rows=(ROW.name,)), rows) == given


def test_what_is_undone_does_not_count_and_the_decision_before_it_does_again():
    later = replace(ONE, id="d2", credit=1.0, base=1.0)
    undo = Undo("u1", "d2", "TA 1", "noon")
    assert fold([ONE, later, undo]).decisions["ada", "2"] == ONE
    assert fold([ONE, later, undo, Undo("u2", "u1", "TA 1", "noon")]).decisions["ada", "2"] == later


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        pytest.param({"row": "r", "points": "1", "of": 2}, "points is '1', must be a number", id="points"),
        pytest.param({**OLD, "students": []}, "students is [], must be a list of names", id="nobody"),
        pytest.param({**OLD, "before": 3}, "before is 3, must say what each student had", id="before"),
        pytest.param({**OLD, "base": True}, "base is True, must be a number", id="base"),
        pytest.param({"undo": "x"}, "it lacks 'by'", id="undo"),
        pytest.param({**OLD, "rows": 3}, "this line is not a review: ", id="rows"),
    ],
)
def test_a_bad_line_is_told_with_file_and_line(tmp_path, bad, said):
    (tmp_path / "reviews.jsonl").write_text(json.dumps(bad) + "\n")
    with pytest.raises(CourseError) as caught:
        Store(tmp_path).reviews()
    assert str(caught.value).startswith(f"{tmp_path / 'reviews.jsonl'}:1: this line is not a review: ")
    assert said in str(caught.value)


def test_a_torn_last_line_is_moved_aside_before_the_next_is_written(tmp_path):
    (tmp_path / "reviews.jsonl").write_bytes(line(ONE) + line(ONE)[:-20])
    ledger = Ledger(Store(tmp_path))
    assert len(ledger.read().entries) == 1
    ledger.append(lambda _: replace(ONE, id="d2"))
    assert [each["id"] for each in lines(tmp_path)] == ["d1", "d2"]
    assert (tmp_path / "reviews.torn").read_bytes() == line(ONE)[:-20] + b"\n"


def test_a_whole_last_line_without_its_end_is_kept(tmp_path):
    (tmp_path / "reviews.jsonl").write_text(json.dumps(OLD))
    Ledger(Store(tmp_path)).append(lambda _: ONE)
    assert [each["by"] for each in lines(tmp_path)] == ["a tutor", "TA 1"]


def test_a_full_disk_is_told_and_leaves_no_half_line(tmp_path, monkeypatch):
    ledger = Ledger(Store(tmp_path))
    ledger.append(lambda _: ONE)
    whole = os.write

    def full(file, data):
        whole(file, data[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(StoreError) as caught:
        ledger.append(lambda _: replace(ONE, id="d2"))
    path = tmp_path / "reviews.jsonl"
    assert str(caught.value) == f"not saved: can't write {path}: the disk is full; what was decided before is kept"
    assert path.read_bytes() == line(ONE)


def test_two_writers_lose_nothing_and_each_sees_what_the_other_has_written(tmp_path):
    ledgers = [Ledger(Store(tmp_path)) for _ in range(2)]
    seen = {0: [], 1: []}

    def write(who):
        for number in range(40):

            def make(decided, number=number):
                seen[who].append(len(decided.entries))
                return replace(ONE, id=f"{who}-{number}")

            ledgers[who].append(make)

    threads = [threading.Thread(target=write, args=(who,)) for who in seen]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each["id"] for each in lines(tmp_path)) == sorted(f"{who}-{k}" for who in seen for k in range(40))
    assert sorted(seen[0] + seen[1]) == list(range(80))  # no two were based on the same state


WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from grader.decisions import Decision
from grader.review.ledger import Ledger
from grader.store import Store
ledger, start = Ledger(Store(Path(sys.argv[1]))), int(sys.argv[2])
one = Decision("", tuple(f"student {k}" for k in range(300)), "2", 0.5, "x" * 3000, "TA 1", "noon")
for number in range(start, start + 10**6):
    ledger.append(lambda _: replace(one, id=f"d{number}"))
    print(number, flush=True)
"""


def test_nothing_acknowledged_is_lost_when_the_writer_is_killed(tmp_path):
    told = []
    for round_ in range(6):
        command = [sys.executable, "-c", WRITER, str(tmp_path), str(1000 * round_)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            told += [writer.stdout.readline().strip() for _ in range(5 + round_)]
            writer.send_signal(signal.SIGKILL)
            told += writer.stdout.read().split()
    kept = {each.id for each in Ledger(Store(tmp_path)).read().entries}
    assert len(told) > 30
    assert {f"d{number}" for number in told} <= kept


def test_equal_results_are_one_group_and_the_same_text_up_to_white_space_is_equal(tmp_path):
    results = write_results(
        tmp_path, ada="It is a\nsum.", bob="It  is a sum. ", cem="Else.", dea=(MEAN_OUTCOME, "Else."),
        eva=(replace(MEAN_OUTCOME, evidence=(Fact("largest difference", "4"),)), "More."),
    )  # fmt: skip
    groups = Desk(rubric_of(tmp_path), Store(results)).now().groups
    found = {(g.item.id, frozenset(c.student for c in g.cases)) for g in groups}
    assert found == {
        ("2", frozenset({"ada", "bob"})), ("2", frozenset({"cem", "dea"})), ("2", frozenset({"eva"})),
        ("1", frozenset({"ada", "bob", "cem"})), ("1", frozenset({"dea", "eva"})),
    }  # fmt: skip
    assert [g.waits for g in groups] == [True, True, True, False, False]
    assert [len(g.cases) for g in groups] == [2, 2, 1, 3, 2]


@pytest.mark.parametrize(
    ("other", "same"),
    [
        pytest.param(written("It is  a sum."), True, id="white-space"),
        pytest.param(written("It is a Sum."), False, id="a-letter"),
        pytest.param(replace(written("It is a sum."), note="unread"), False, id="note"),
        pytest.param(Outcome(0.0, "A person reads this answer."), False, id="verdict"),
    ],
)
def test_what_was_decided_on_is_equal_up_to_white_space_only(other, same):
    assert (saw(written("It is a sum.")) == saw(other)) is same


def test_pictures_that_differ_are_not_decided_together():
    shown = [Outcome(None, "look", (Pictures("digits", {"a": np.full((1, 2, 2), k, np.uint8)}),)) for k in (0, 1)]
    assert saw(shown[0]) != saw(shown[1])


def test_unread_answers_are_told_apart_by_what_was_written():
    outcome = Outcome(None, "a person reads this: no number was recognised in the answer", (), "unread")
    assert saw(outcome, "about two") != saw(outcome, "about three")


def test_split_students_are_a_group_of_their_own(tmp_path):
    results = write_results(tmp_path, ada="Same.", bob="Same.", cem="Same.")
    desk = Desk(rubric_of(tmp_path), Store(results))
    desk.ledger.append(lambda _: Split("s1", "2", ("bob",), "TA 1", "noon"))
    assert [len(g.cases) for g in desk.now().groups if g.waits] == [2, 1]


def test_a_decision_whose_result_has_changed_waits_again(tmp_path):
    results = write_results(tmp_path, ada="Same.", bob="Same.")
    desk = Desk(rubric_of(tmp_path), Store(results))
    group = desk.now().groups[0]
    desk.ledger.append(lambda _: replace(ONE, students=("ada", "bob"), saw=group.cases[0].saw))
    assert [g.waits for g in desk.now().groups] == [False, False]
    write_results(tmp_path, bob="Another answer.")
    flagged = [g for g in desk.now().groups if g.changed]
    assert [[c.student for c in g.cases] for g in flagged] == [["bob"]]
    assert Choice(show="changed").takes(flagged[0], {"bob": "Student 1"})


def test_what_a_decision_is_based_on_changes_with_results_and_decisions_only(tmp_path):
    results = write_results(tmp_path, ada="Same.", bob="Same.")
    rubric, store = rubric_of(tmp_path), Store(results)
    cases = [c for g, _ in store.grades().values() for c in cases_of(rubric, g, {}) if c.item.id == "2"]
    nothing = based(cases, fold([]))
    assert based(cases[::-1], fold([ROW])) == nothing
    assert based(cases, fold([ONE])) != nothing
    assert based([replace(cases[0], saw="x"), cases[1]], fold([])) != nothing
    assert len(grouped(rubric, cases, fold([]))) == 1


def test_grade_keeps_decisions_and_says_what_has_changed_under_them(tmp_path):
    home = write_course(tmp_path)
    write_students(home / "sums", ada=RIGHT)
    assert grade("sums", "--workers", 1, cwd=home).returncode == 0
    results = home / "results" / "sums"
    desk = Desk(rubric_of(home), Store(results))
    case = next(c for c in desk.now().cases if c.item.id == "2")
    assert case.answer.strip() == "All entries are added up."
    assert [piece.text for c in desk.now().cases for piece in c.code] == [RIGHT.strip()]
    assert '<span class="k">return</span> x.sum()' in (results / "ada" / "report.html").read_text()
    desk.ledger.append(lambda _: replace(ONE, saw=case.saw))
    assert "changed since" not in grade("sums", "--workers", 1, cwd=home).stderr
    put(home / "sums" / "ada" / "answers.md", "# 2\nSomething else.\n")
    done = grade("sums", "--workers", 1, cwd=home)
    assert done.stderr.endswith(
        "grade: item 2: 1 result that a person has decided on changed since; the decisions stand, "
        "grade review results/sums shows them\n"
    )
    assert outcomes(results, "ada")["2"]["credit"] is None  # what the grader says is kept apart from what people say
    assert "ada,4,1," in (results / "grades.csv").read_text()
