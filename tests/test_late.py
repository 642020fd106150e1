"""The late policy and visibility: what a rubric may say of them, what being late takes, and what everyone is told."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from course_tools import RUBRIC, grade, write_course, write_students
from hypothesis import given
from hypothesis import strategies as st

from grader.checks.written import Written
from grader.grade import final, score
from grader.late import deducted, idle_extensions, lateness
from grader.model import CourseError, Grade, Handed, Item, Late, Outcome, Question, Rubric
from grader.report import class_page, gradebook, student_page
from grader.report.words import duration, late_words
from grader.rubric import load_rubric, rubric_schema
from grader.store import Store

DUE = datetime(2026, 11, 20, 23, 59, tzinfo=UTC)
TENTH = Late(percent=10)


def homework(late: Late | None, *, points: float = 40) -> Rubric:
    check = Written("a")
    items = (Item("a", "A part", "written", check, points / 2), Item("b", "B part", "written", check, points / 2))
    return Rubric("hw", "Homework", (Question("1", "All", items),), Path("hw.yaml"), late=late)


def handed(hours: float | None, **more: Any) -> Handed:
    when = None if hours is None else DUE + timedelta(hours=hours)
    return Handed(when=when, due=DUE, **more)


def graded(hours: float | None, *got: float | None, **more: Any) -> Grade:
    outcomes = {item: Outcome(credit, "it is so") for item, credit in zip("ab", got or (1.0, 1.0), strict=True)}
    return Grade("ada", outcomes, handed=handed(hours, **more))


def said(late: Late, hours: float | None, *got: float | None, **more: Any) -> str:
    return late_words(homework(late), graded(hours, *got, **more))


# --- what it takes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("late", "hours", "taken"),
    [
        pytest.param(TENTH, -1, 0, id="in-time"),
        pytest.param(TENTH, 0, 0, id="at-the-deadline"),
        pytest.param(TENTH, 1 / 3600, 4, id="a-second"),
        pytest.param(TENTH, 24, 4, id="a-day"),
        pytest.param(TENTH, 24.01, 8, id="a-day-and-a-bit"),
        pytest.param(TENTH, 2400, 40, id="never-more-than-there-is"),
        pytest.param(Late(points=3), 26, 6, id="points"),
        pytest.param(Late(points=3, grace_minutes=30), 0.5, 0, id="within-grace"),
        pytest.param(Late(points=3, grace_minutes=30), 24.5, 3, id="days-begin-after-the-grace"),
        pytest.param(Late(points=3, cap=2), 100, 6, id="cap"),
        pytest.param(Late(points=3, closes=2), 48, 6, id="not-yet-closed"),
        pytest.param(Late(points=3, closes=2), 48.01, 40, id="closed"),
        pytest.param(Late(points=3, closes=2, cap=1), 49, 40, id="closed-beyond-the-cap"),
        pytest.param(Late(closes=0), 0.01, 40, id="closes-at-once"),
        pytest.param(Late(closes=0, grace_minutes=5), 0.05, 0, id="grace-before-closing"),
        pytest.param(Late(percent=10, extensions={"ada": 2}), 47, 0, id="extension"),
        pytest.param(Late(percent=10, extensions={"ada": 2}), 49, 4, id="after-the-extension"),
        pytest.param(Late(percent=10, extensions={"1001": 2}), 47, 0, id="extension-by-account"),
        pytest.param(Late(percent=10, extensions={"bob": 1.5}), 36, 0, id="extension-of-a-groups-member"),
        pytest.param(Late(percent=10, extensions={"eve": 9}), 36, 8, id="extension-of-another"),
    ],
)
def test_what_being_late_takes_of_forty_points(late: Late, hours: float, taken: float) -> None:
    total = score(homework(late), graded(hours, account="1001", members=("bob",)))
    assert (total.points, total.maximum) == (40, 40)
    assert total.deducted == pytest.approx(taken)
    assert final(total) == pytest.approx(40 - taken)


def test_lateness_takes_no_more_than_was_reached_and_changes_no_credit() -> None:
    rubric, late = homework(TENTH), graded(49, 0.5, None)
    assert score(rubric, late) == replace(score(rubric, graded(-1, 0.5, None)), deducted=10)
    assert {item: outcome.credit for item, outcome in late.outcomes.items()} == {"a": 0.5, "b": None}


@pytest.mark.parametrize(
    ("rubric", "told"),
    [
        pytest.param(homework(None), handed(99), id="no-policy"),
        pytest.param(homework(TENTH), Handed(), id="nothing-known"),
        pytest.param(homework(TENTH), handed(None), id="no-time"),
        pytest.param(homework(TENTH), Handed(when=DUE), id="no-deadline"),
        pytest.param(homework(TENTH), handed(-1, late=True), id="in-time-and-marked-by-the-platform"),
        pytest.param(homework(Late(percent=1, extensions={"ada": 9})), Handed(when=DUE, due=datetime.max), id="end-of-time"),
    ],
)  # fmt: skip
def test_who_is_not_known_to_be_late_loses_nothing(rubric: Rubric, told: Handed) -> None:
    assert lateness(rubric, "ada", told) is None


def test_the_rubrics_deadline_counts_where_the_platform_names_none() -> None:
    rubric = homework(Late(percent=10, due=DUE))
    after = lateness(rubric, "ada", Handed(when=DUE + timedelta(hours=1)))
    extended = lateness(rubric, "ada", Handed(when=DUE + timedelta(hours=1), due=DUE + timedelta(days=1)))
    assert after is not None
    assert (after.due, after.past, after.begun) == (DUE, timedelta(hours=1), 1)
    assert extended is None


def test_a_mark_without_a_time_is_known_and_takes_nothing() -> None:
    late = lateness(homework(TENTH), "ada", Handed(late=True, due=DUE))
    assert late is not None
    assert (late.past, late.taken, deducted(late, 40)) == (None, 0, 0)


@pytest.mark.parametrize(
    ("when", "due"),
    [
        pytest.param(datetime(2026, 11, 21, 0, 59), datetime(2026, 11, 20, 23, 59), id="both-local"),
        pytest.param(datetime(2026, 11, 21, 0, 59), datetime(2026, 11, 20, 23, 59, tzinfo=UTC), id="local-when"),
        pytest.param(datetime(2026, 11, 21, 0, 59, tzinfo=UTC), datetime(2026, 11, 20, 23, 59), id="local-due"),
        pytest.param(
            datetime(2026, 11, 20, 18, 59, tzinfo=timezone(timedelta(hours=-6))), DUE, id="offsets-that-differ"
        ),
    ],
)
def test_times_with_and_without_offsets_compare(when: datetime, due: datetime) -> None:
    late = lateness(homework(TENTH), "ada", Handed(when=when, due=due))
    assert late is not None
    assert late.past == timedelta(hours=1)


HOURS = st.floats(-1000, 1000, allow_nan=False)


@given(
    st.builds(
        Late,
        grace_minutes=st.floats(0, 600),
        percent=st.floats(0, 100),
        cap=st.none() | st.integers(1, 9),
        closes=st.none() | st.integers(0, 9),
    ),
    HOURS,
    HOURS,
)
def test_who_comes_later_never_loses_less(late: Late, one: float, other: float) -> None:
    early, later = (score(homework(late), graded(hours)).deducted for hours in sorted((one, other)))
    assert 0 <= early <= later <= 40
    assert early == 0 or max(one, other) > 0


# --- what is said of it ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("late", "hours", "sentence"),
    [
        pytest.param(TENTH, -1, "", id="in-time"),
        pytest.param(TENTH, 26, "Handed in 26 h after the deadline; 2 days begun × 10 % = 8 of 40 points.", id="percent"),
        pytest.param(Late(points=1), 0.5, "Handed in 30 min after the deadline; 1 day begun × 1 point = 1 of 40 points.", id="points"),
        pytest.param(
            Late(percent=10, cap=3), 121, "Handed in 5 d 1 h after the deadline; 6 days begun, at most 3 count: 3 × 10 % = 12 of 40 points.", id="cap"
        ),
        pytest.param(
            Late(percent=10, grace_minutes=90), 1, "Handed in 1 h after the deadline; that is within the grace of 1 h 30 min, nothing is deducted.", id="grace"
        ),
        pytest.param(
            Late(percent=10, grace_minutes=15),
            1,
            "Handed in 1 h after the deadline; 1 day begun after the grace of 15 min × 10 % = 4 of 40 points.",
            id="after-the-grace",
        ),
        pytest.param(
            Late(percent=10, closes=3), 80, "Handed in 3 d 8 h after the deadline; nothing counts that comes more than 3 days late.", id="closed"
        ),
        pytest.param(Late(closes=0), 1, "Handed in 1 h after the deadline; nothing counts that comes after it.", id="closed-at-once"),
        pytest.param(
            Late(percent=10, extensions={"ada": 1}),
            25,
            "Handed in 1 h after the deadline, which was extended by 1 day; 1 day begun × 10 % = 4 of 40 points.",
            id="extension",
        ),
        pytest.param(Late(points=0), 1, "Handed in 1 h after the deadline; nothing is deducted.", id="free"),
    ],
)  # fmt: skip
def test_lateness_is_told_with_its_arithmetic(late: Late, hours: float, sentence: str) -> None:
    assert said(late, hours) == sentence


def test_a_deduction_that_is_more_than_was_reached_is_told() -> None:
    assert said(TENTH, 26, 0.25, 0.0).endswith("= 8 of 40 points, of which the 5 that were reached are taken.")
    assert said(TENTH, 26, 0.0, 0.0).endswith("= 8 of 40 points, and none were reached.")


def test_a_mark_without_a_time_is_told() -> None:
    assert late_words(homework(TENTH), graded(None, late=True)) == (
        "The platform marks it late and does not say by how much; nothing is deducted."
    )


@pytest.mark.parametrize(
    ("time", "words"),
    [
        pytest.param(timedelta(seconds=0.1), "1 s", id="less-than-a-second"),
        pytest.param(timedelta(minutes=40), "40 min", id="minutes"),
        pytest.param(timedelta(hours=26), "26 h", id="hours"),
        pytest.param(timedelta(hours=24, seconds=1), "24 h 1 s", id="a-second-that-begins-a-day"),
        pytest.param(timedelta(hours=26, minutes=3, seconds=9), "26 h 3 min", id="two-units"),
        pytest.param(timedelta(hours=71), "71 h", id="hours-up-to-72"),
        pytest.param(timedelta(days=3), "3 d", id="days"),
        pytest.param(timedelta(days=5, minutes=1), "5 d 1 min", id="a-minute-that-begins-a-day"),
    ],
)
def test_a_time_is_told_in_units_that_a_person_reads(time: timedelta, words: str) -> None:
    assert duration(time) == words


def test_the_page_shows_the_points_what_is_taken_and_what_is_left() -> None:
    page = student_page(homework(TENTH), graded(26, 1.0, 0.5))
    assert "<strong>22</strong> of 40 points" in page
    shown = ["<li>30 points for the items</li>", "<li>− 8: Handed in 26 h after the deadline; ", "<li>= 22 points</li>"]
    assert [line for line in shown if line not in page] == []
    assert "Deadline 2026-11-20 23:59:00+00:00, handed in 2026-11-22 01:59:00+00:00." in page
    assert '<p class="points">20<span class="of"> / 20</span>' in page


def test_the_page_of_who_is_in_time_says_nothing_of_it() -> None:
    assert "late" not in student_page(homework(TENTH), graded(-1)).partition("</style>")[2].casefold()


def test_the_class_page_shows_totals_after_the_policy() -> None:
    grades = [graded(26), replace(graded(None, late=True), student="bob")]
    page = class_page(homework(TENTH), grades)
    assert '<span class="value">32</span> <span class="of">late: −8</span>' in page
    assert '<span class="value">40</span> <span class="of">late, by how much is not known</span>' in page
    assert "<strong>36</strong> mean of 40 points" in page


def test_the_table_has_columns_for_lateness_where_there_is_a_policy() -> None:
    grades = [
        graded(26, 1.0, None),
        replace(graded(-1), student="bob"),
        replace(graded(None, late=True), student="eve"),
    ]
    rows = list(csv.DictReader(io.StringIO(gradebook(homework(TENTH), grades))))
    names = ("points", "undecided", "hours late", "deducted", "total")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("20", "20", "26", "8", "12"),
        ("40", "0", "", "0", "40"),
        ("40", "0", "?", "0", "40"),
    ]
    assert "late" not in gradebook(homework(None), grades)


# --- what the rubric may say -------------------------------------------------------------------------------------


def loaded(folder: Path, top: str = "", item: str = "") -> Rubric:
    text = RUBRIC.replace("questions:", f"{top}questions:", 1)
    text = text.replace("points: 2", f"points: 2{item}")
    home = write_course(folder, rubrics={"sums": text})
    return load_rubric(home / "rubrics" / "sums.yaml", home)


def test_a_rubric_says_all_of_the_policy(tmp_path: Path) -> None:
    keys = "due: 2026-11-20 23:59, grace_minutes: 15, percent: 10, cap: 3, closes: 7, extensions: {ada: 2, 0042: 1.5}"
    rubric = loaded(tmp_path, f"late: {{{keys}}}\nruns_per_day: 5\n", ", visibility: after_published, public: true")
    assert rubric.late == Late(datetime(2026, 11, 20, 23, 59), 15, 0, 10, 3, 7, {"ada": 2, "0042": 1.5})
    assert rubric.runs_per_day == 5
    assert [(item.visibility, item.public) for item in rubric.items] == [("visible", False), ("after_published", True)]


def test_a_rubric_need_not_say_anything_of_it(tmp_path: Path) -> None:
    rubric = loaded(tmp_path)
    assert (rubric.late, rubric.runs_per_day) == (None, None)


@pytest.mark.parametrize(
    ("due", "read"),
    [
        pytest.param("2026-11-20T23:59:30", datetime(2026, 11, 20, 23, 59, 30), id="seconds"),
        pytest.param("2026-11-20 23:59+01:00", datetime(2026, 11, 20, 22, 59, tzinfo=UTC), id="offset"),
        pytest.param("'2026-11-20T23:59Z'", DUE, id="quoted"),
    ],
)
def test_a_deadline_may_have_seconds_and_an_offset(tmp_path: Path, due: str, read: datetime) -> None:
    late = loaded(tmp_path, f"late: {{due: {due}, percent: 10}}\n").late
    assert late is not None
    assert late.due == read


MOMENT = "wanted are a date and a time, such as 2026-11-20 23:59 or 2026-11-20T23:59Z, got"
WRONG = [
    pytest.param("late:\n", "4: `late` must be keys with values, got nothing", id="empty"),
    pytest.param("late: 3\n", "4: `late` must be keys with values, got 3", id="a-number"),
    pytest.param("late: {percnt: 10}\n", "4: unknown key `percnt` in `late`; did you mean `percent`?", id="typo"),
    pytest.param("lat: {percent: 10}\n", "4: unknown key `lat`; did you mean `late`?", id="typo-of-late"),
    pytest.param(
        "late: {percent: 10, points: 1}\n", "4: `late` takes `points` or `percent` for each day, not both", id="two-prices"
    ),
    pytest.param(
        "late:\n  due: 2026-11-20 23:59\n",
        "4: `late` says what a day costs with `points` or `percent`, or with `closes` when nothing counts any more",
        id="no-price",
    ),
    pytest.param("late: {percent: 101}\n", "4: `late.percent` must be at most 100, got 101", id="percent"),
    pytest.param("late: {points: -1}\n", "4: `late.points` must be at least 0, got -1", id="points"),
    pytest.param("late: {points: 1, cap: 0}\n", "4: `late.cap` must be at least 1, got 0", id="cap"),
    pytest.param("late: {closes: 1.5}\n", "4: `late.closes` must be a whole number, got 1.5", id="closes"),
    pytest.param("late: {closes: 1, grace_minutes: x}\n", "4: `late.grace_minutes` must be a number, got 'x'", id="grace"),
    pytest.param(
        "late:\n  closes: 1\n  extensions: {ada: -1}\n", "6: `late.extensions.ada` must be at least 0, got -1", id="extension"
    ),
    pytest.param("late: {points: 1, due: 2026-11-20}\n", f"4: `late.due`: {MOMENT} '2026-11-20'", id="date-alone"),
    pytest.param("late: {points: 1, due: 20261120}\n", f"4: `late.due`: {MOMENT} '20261120'", id="digits"),
    pytest.param("late: {points: 1, due: 2026-13-20 23:59}\n", f"4: `late.due`: {MOMENT} '2026-13-20 23:59'", id="no-such-month"),
    pytest.param("late: {points: 1, due: 0001-01-01 00:00}\n", f"4: `late.due`: {MOMENT} '0001-01-01 00:00'", id="long-ago"),
    pytest.param("runs_per_day: 0\n", "4: `runs_per_day` must be at least 1, got 0", id="no-runs"),
    pytest.param("runs_per_day: many\n", "4: `runs_per_day` must be a whole number, got 'many'", id="many-runs"),
]  # fmt: skip
WRONG_ITEMS = [
    pytest.param(
        ", visibility: hiden",
        "12: item 2: `visibility` must be one of visible, hidden, after_due_date, after_published, got 'hiden'; did you mean `hidden`?",
        id="visibility",
    ),
    pytest.param(", public: maybe", "12: item 2: `public` must be true or false, got 'maybe'", id="public"),
    pytest.param(", visiblity: hidden", "12: item 2: unknown key `visiblity`; did you mean `visibility`?", id="typo"),
]


@pytest.mark.parametrize(("top", "told"), WRONG)
def test_a_wrong_policy_is_told_with_its_line(tmp_path: Path, top: str, told: str) -> None:
    with pytest.raises(CourseError) as raised:
        loaded(tmp_path, top)
    assert str(raised.value) == f"rubrics/sums.yaml:{told}"


@pytest.mark.parametrize(("item", "told"), WRONG_ITEMS)
def test_a_wrong_visibility_is_told_with_its_line(tmp_path: Path, item: str, told: str) -> None:
    with pytest.raises(CourseError) as raised:
        loaded(tmp_path, item=item)
    assert str(raised.value) == f"rubrics/sums.yaml:{told}"


@pytest.mark.parametrize(
    ("top", "right"),
    [
        pytest.param("late: {due: '2026-11-20 23:59', percent: 10, extensions: {ada: 1}}\nruns_per_day: 2\n", True, id="right"),
        pytest.param("late: {due: 'tomorrow', percent: 10}\n", False, id="no-time"),
        pytest.param("late: {percnt: 10}\n", False, id="typo"),
        pytest.param("runs_per_day: 0\n", False, id="no-runs"),
    ],
)  # fmt: skip
def test_editors_know_the_keys_of_the_policy(top: str, right: bool) -> None:
    text = RUBRIC.replace("questions:", f"{top}questions:").replace(
        "points: 2", "points: 2, visibility: hidden, public: true"
    )
    assert jsonschema.Draft202012Validator(rubric_schema()).is_valid(yaml.safe_load(text)) is right


def test_an_extension_that_is_nobodys_is_found() -> None:
    late = Late(percent=1, extensions={"ada": 1, "1002": 1, "carl": 1, "adaa": 2})
    students = [("ada", Handed()), ("bob", Handed(account="1002", members=("carl",)))]
    assert idle_extensions(late, students) == ["adaa"]
    assert idle_extensions(None, students) == []


# --- kept, and read again ----------------------------------------------------------------------------------------


def test_how_it_was_handed_in_is_kept_with_the_grade(tmp_path: Path) -> None:
    told = Handed(
        "canvas", "1001", "Ada Example", ("bob", "carl"), DUE, datetime(2026, 1, 2), True, 3, "adaexample_1001_5"
    )
    with Store(tmp_path) as store:
        store.write_grade(replace(graded(0), handed=told), "w")
        store.write_grade(Grade("bob", {}), "w")
        kept = store.grades()
    assert kept["ada"][0].handed == told
    assert kept["bob"][0].handed == Handed()
    assert "handed" not in json.loads((tmp_path / "bob" / "grade.json").read_text())


def test_a_kept_time_that_is_none_is_told(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.write_grade(graded(0), "w")
        path = tmp_path / "ada" / "grade.json"
        path.write_text(path.read_text().replace("2026-11-20T23:59:00", "soon"))
        with pytest.raises(Exception, match=r"grade.json can't be read \(ValueError\); remove it and run grade again"):
            store.grades()


def test_a_policy_that_is_added_later_is_applied_by_rescore(tmp_path: Path) -> None:
    write_students(write_course(tmp_path) / "sums", ada="def total(x):\n    return x.sum()\n")
    assert grade("sums", cwd=tmp_path).returncode == 0
    path = tmp_path / "results" / "sums" / "ada" / "grade.json"
    told = json.loads(path.read_text())
    told["handed"] = {"platform": "moodle", "when": "2026-11-21T12:00:00", "account": "1001"}
    path.write_text(json.dumps(told))
    rubric = RUBRIC.replace(
        "questions:", "late: {due: 2026-11-20 23:59, percent: 25, extensions: {eve: 1}}\nquestions:"
    )
    (tmp_path / "rubrics" / "sums.yaml").write_text(rubric)
    done = grade("rescore", "results/sums", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "grade: sums.yaml: an extension is for `eve`, who has no grade\n")
    assert "2.5" in done.stdout
    page = (tmp_path / "results" / "sums" / "ada" / "report.html").read_text("utf-8")
    assert "<strong>2.5</strong> of 6 points" in page
    assert "1 day begun × 25 % = 1.5 of 6 points." in page
    assert json.loads(path.read_text())["handed"]["account"] == "1001"
