"""What platforms export becomes submissions: told apart by names, each student called the same in every download."""

from __future__ import annotations

import csv
import io
import json
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from course_tools import ANSWER, RIGHT, grade, outcomes, put, write_course
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from soon import soon

from grader.intake import collect, exports, homeworks, metadata, opened, read
from grader.intake.bundles import (
    Name,
    before_resubmission,
    blackboard,
    brightspace,
    canvas,
    classroom,
    moodle,
    parsed,
    titled,
)
from grader.intake.typed import form_text, html_text
from grader.model import Handed, Submission, UsageError

SAMPLES = Path(__file__).parents[2] / "shared" / "data" / "platform_samples"
EXPORTS = SAMPLES / "synthetic_exports"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"the samples are not at {SAMPLES}")


def vectors() -> list[Any]:
    table = SAMPLES / "vectors" / "bundle_names.tsv"
    if not table.is_file():
        return []
    with table.open(encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [pytest.param(row, id=row["name"]) for row in rows]


# Names as the platforms made them, copied here in spirit: they must hold without the samples, too.
OWN = [
    pytest.param("canvas", "annlee_1_2_hw1.py", False, Name("1", "annlee", "hw1.py", folder="annlee_1_2"), id="canvas"),
    pytest.param("canvas", "annlee_LATE_1_2_a_b.py", False, Name("1", "annlee", "a_b.py", late=True, folder="annlee_LATE_1_2"), id="canvas-late"),
    pytest.param("canvas", "annlee_1_text.html", False, Name("1", "annlee", "text.html", typed=True, folder="annlee_1"), id="canvas-typed"),
    pytest.param("canvas", "annlee_1_2_text.html", False, Name("1", "annlee", "text.html", folder="annlee_1_2"), id="canvas-own-page"),
    pytest.param("canvas", "LATE_anon_Ab3_2_x.py", False, Name("anon_Ab3", "", "x.py", late=True, folder="LATE_anon_Ab3_2"), id="canvas-blind"),
    pytest.param("canvas", "anon_Ab3_text.html", False, Name("anon_Ab3", "", "text.html", typed=True, folder="anon_Ab3"), id="canvas-blind-typed"),
    pytest.param("canvas", "annlee_1_2_hw1.py", True, None, id="canvas-folder"),
    pytest.param("canvas", "my_notes_2.py", False, None, id="no-canvas"),
    pytest.param("moodle", "Ann Lee_7_assignsubmission_file_", True, Name("7", "Ann Lee", folder="Ann Lee_7_assignsubmission_file_"), id="moodle"),
    pytest.param("moodle", "Ann Lee_7_assignsubmission_file", False, None, id="moodle-no-folder"),
    pytest.param("moodle", "Ann Lee_7_assignsubmission_file_x.py", True, None, id="moodle-no-file"),
    pytest.param("moodle", "Ann Lee_7_assignsubmission_onlinetext_onlinetext.html", False, Name("7", "Ann Lee", "onlinetext.html", typed=True, folder="Ann Lee_7_assignsubmission_onlinetext"), id="moodle-flat-text"),
    pytest.param("brightspace", "1-2 - A - B - Jan 2, 2025 1205 AM", True, Name("1", "A - B", when=datetime(2025, 1, 2, 0, 5), folder="1-2 - A - B - Jan 2, 2025 1205 AM"), id="brightspace-midnight"),
    pytest.param("brightspace", "1-2 - A - 2 janv. 2025 1205", True, Name("1", "A", folder="1-2 - A - 2 janv. 2025 1205"), id="brightspace-french"),
    pytest.param("brightspace", "1-2 - A - Feb 31, 2025 1205 AM", True, Name("1", "A", folder="1-2 - A - Feb 31, 2025 1205 AM"), id="brightspace-no-day"),
    pytest.param("brightspace", "1-2 - Ann", True, None, id="no-brightspace"),
    pytest.param("blackboard", "HW_1_ann_attempt_2025-01-02-03-04-05_x_attempt_1.py", False, Name("ann", "", "x_attempt_1.py", when=datetime(2025, 1, 2, 3, 4, 5), title="HW_1"), id="blackboard"),
    pytest.param("blackboard", "HW_ann_attempt_2025-01-02-03-04-05.txt", False, Name("ann", "", "", when=datetime(2025, 1, 2, 3, 4, 5), typed=True, title="HW"), id="blackboard-form"),
    pytest.param("blackboard", "HW_ann_attempt_2025-99-02-03-04-05_x.py", False, Name("ann", "", "x.py", title="HW"), id="blackboard-no-day"),
    pytest.param("blackboard", "ann_attempt_2025-01-02-03-04-05_x.py", False, None, id="no-blackboard"),
]  # fmt: skip


@pytest.mark.parametrize(("platform", "name", "folder", "said"), OWN)
def test_a_name_says(platform: Any, name: str, folder: bool, said: Name | None) -> None:
    assert parsed(platform, name, folder=folder) == said


@needs_samples
@pytest.mark.parametrize("row", vectors())
def test_a_vector_comes_out_as_written(row: dict[str, str]) -> None:
    top, _, inside = row["name"].partition("/")
    folder = bool(inside)
    name = parsed(row["platform"], top, folder=folder)  # type: ignore[arg-type]
    assert name is not None
    assert name.account == row["user_id"]
    assert name.name == (row["student_key"] if row["platform"] != "blackboard" else "")
    assert (inside or name.file) == row["filename"]
    assert name.late == (row["late"] == "1")
    if row["file_id"] and row["platform"] == "canvas":
        assert name.folder.endswith(f"_{row['file_id']}")
    if row["platform"] == "brightspace":
        assert f"-{row['file_id']} - " in name.folder


# --- names there and back

PERSON = st.text(
    st.characters(codec="utf-8", exclude_characters="/\0_", exclude_categories=("Cc", "Cs")), min_size=1, max_size=30
)
FILE = st.text(
    st.characters(codec="utf-8", exclude_characters="/\0", exclude_categories=("Cc", "Cs")), min_size=1, max_size=30
)
NUMBER = st.integers(1, 10**9)
WHEN = st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)).map(lambda when: when.replace(microsecond=0, fold=0))


@given(
    name=st.text(st.characters(categories=("Ll", "Lo", "Nd")), min_size=1, max_size=20),
    late=st.booleans(),
    user=NUMBER,
    file=NUMBER,
    own=FILE,
)
@example("wuli", True, 1, 2, "text.html")
@example("wuli", True, 1, 2, "3_LATE_4_5_x.py")
def test_canvas_there_and_back(name: str, late: bool, user: int, file: int, own: str) -> None:
    folder = f"{name}{'_LATE' if late else ''}_{user}_{file}"
    assert canvas(f"{folder}_{own}") == Name(str(user), name, own, late, folder=folder)


@given(who=st.from_regex(r"[A-Za-z0-9]{5}", fullmatch=True), late=st.booleans(), file=NUMBER, own=FILE)
def test_canvas_without_names_there_and_back(who: str, late: bool, file: int, own: str) -> None:
    folder = f"{'LATE_' if late else ''}anon_{who}_{file}"
    assert canvas(f"{folder}_{own}") == Name(f"anon_{who}", "", own, late, folder=folder)


@given(name=PERSON, user=NUMBER, own=FILE, end=st.sampled_from(["", "_"]))
def test_moodle_there_and_back(name: str, user: int, own: str, end: str) -> None:
    folder = f"{name}_{user}_assignsubmission_file"
    assert moodle(folder + end) == Name(str(user), name, folder=folder + end)
    assert moodle(f"{folder}_{own}") == Name(str(user), name, own, folder=folder)


@given(name=PERSON, user=NUMBER, box=NUMBER, when=WHEN)
def test_brightspace_there_and_back(name: str, user: int, box: int, when: datetime) -> None:
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    hour = f"{when.hour % 12 or 12}{when.minute:02} {'AP'[when.hour // 12]}M"
    folder = f"{user}-{box} - {name} - {months[when.month - 1]} {when.day}, {when.year} {hour}"
    assert brightspace(folder) == Name(str(user), name, when=when.replace(second=0), folder=folder)


@given(
    title=FILE.filter(lambda title: "_attempt_" not in title and title.strip("_")),
    users=st.lists(st.from_regex(r"[a-z][a-z0-9_.]{0,9}[a-z]", fullmatch=True), min_size=2, max_size=5, unique=True),
    when=WHEN,
    own=FILE,
)
def test_blackboard_there_and_back(title: str, users: list[str], when: datetime, own: str) -> None:
    # What all accounts begin with, up to a `_`, can't be told from the title; the forms tell it.
    assume(len({user.partition("_")[0] for user in users}) > 1)
    assume("attempt" not in "".join(users))
    found = titled(
        [name for user in users if (name := blackboard(f"{title}_{user}_attempt_{when:%Y-%m-%d-%H-%M-%S}_{own}"))]
    )
    assert found == [Name(user, "", own, when=when, title=title) for user in users]


@given(
    title=st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True),
    users=st.lists(st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True), min_size=1, max_size=5, unique=True),
)
def test_github_classroom_there_and_back(title: str, users: list[str]) -> None:
    assert classroom(f"{title}-submissions", [f"{title}-{user}" for user in users]) == {
        f"{title}-{user}": user for user in users
    }


def test_github_classroom_under_another_prefix() -> None:
    assert classroom("hw1-submissions", ["lab-a", "lab-b", "lab-c"]) == {"lab-a": "a", "lab-b": "b", "lab-c": "c"}
    assert classroom("hw1-submissions", ["ann", "bob", "carl"]) == {}
    assert classroom("hw1", ["hw1-a", "hw1-b"]) == {}


@given(
    stem=st.from_regex(r"[a-z_]{1,9}", fullmatch=True),
    number=st.integers(1, 99),
    ending=st.sampled_from(["", ".py", ".ipynb"]),
)
def test_a_resubmitted_name_there_and_back(stem: str, number: int, ending: str) -> None:
    assert before_resubmission(f"{stem}-{number}{ending}") == (f"{stem}{ending}", number + 1)
    assert before_resubmission(f"{stem}{ending}") == (f"{stem}{ending}", 1)


# --- each platform's export


def tree(root: Path, files: dict[str, str | bytes]) -> Path:
    for name, data in files.items():
        put(root / name, data)
    return root


def said(path: Path, **more: Any) -> tuple[str, ...]:
    return collect(path, **more).said


def students(path: Path, **more: Any) -> dict[str, list[str]]:
    return {one.student: list(one.files) for one in collect(path, **more).submissions}


def test_canvas_files_are_sorted_by_students(tmp_path: Path) -> None:
    tree(tmp_path, dict.fromkeys(["annlee_1_5_a.py", "annlee_1_6_b.py", "annlee_2_7_a.py", "index.html"], ""))
    assert students(tmp_path) == {"annlee_1": ["a.py", "b.py"], "annlee_2": ["a.py"]}
    assert said(tmp_path) == (f"{tmp_path.name} is read as an export of Canvas: 2 submissions",)


def test_canvas_number_of_a_resubmission_goes_where_others_have_none(tmp_path: Path) -> None:
    names = [
        "ann_1_5_hw1.ipynb",
        "bob_2_6_hw1-2.ipynb",
        "cat_3_7_lab-4.ipynb",
        "dan_4_8_total-1.py",
        "eve_5_9_hw1.ipynb",
        "eve_5_10_hw1-1.ipynb",
    ]
    tree(tmp_path, dict.fromkeys(names, ""))
    found = {one.handed.name: (list(one.files), one.handed.attempt) for one in collect(tmp_path).submissions}
    assert found == {
        "ann": (["hw1.ipynb"], 1),
        "bob": (["hw1.ipynb"], 3),
        "cat": (["lab-4.ipynb"], 1),
        "dan": (["total.py"], 1),
        "eve": (["hw1-1.ipynb", "hw1.ipynb"], 1),
    }


def test_what_was_typed_into_canvas_is_a_written_answer(tmp_path: Path) -> None:
    page = '<h2>a</h2><p>Since x &lt; 2,<br/>it holds that <img data-equation-content="x^2 &lt; 4"> &amp; so on.</p>'
    tree(tmp_path, {"ann_LATE_1_text.html": page, "bob_2_3_vae.py": "x = 1"})
    ann, _ = collect(tmp_path).submissions
    assert (ann.handed.late, list(ann.files), ann.handed.folder) == (True, ["answers.html"], "")
    assert read(ann).answers == {"a": "Since x < 2,\nit holds that $x^2 < 4$ & so on."}


def test_a_link_that_was_handed_in_is_said(tmp_path: Path) -> None:
    tree(tmp_path, {"ann_1_link.html": '<html><a href="https://example.org/hw?a=1&amp;b=2">x</a></html>'})
    (ann,) = collect(tmp_path).submissions
    assert read(ann).remarks == ("a link was handed in, which is not followed: https://example.org/hw?a=1&b=2",)


def test_moodle_text_and_files_of_a_student_are_one_submission(tmp_path: Path) -> None:
    top = "Ann Lee_7_assignsubmission_"
    tree(
        tmp_path,
        {
            f"{top}file/vae.py": "x = 1",
            f"{top}onlinetext/onlinetext.html": "<h3>a</h3><p>Because.</p>",
            "Bo_8_assignsubmission_file/x.py": "",
        },
    )
    ann, bo = collect(tmp_path).submissions
    assert (ann.student, list(ann.files), ann.handed.folder) == ("Ann Lee_7", ["vae.py", "answers.html"], f"{top}file")
    assert read(ann).answers == {"a": "Because."}
    assert bo.handed == Handed("moodle", "8", "Bo", folder="Bo_8_assignsubmission_file")


def test_moodle_without_folders_is_read_as_well(tmp_path: Path) -> None:
    tree(
        tmp_path,
        dict.fromkeys(
            [
                "A B_7_assignsubmission_file_a.py",
                "A B_7_assignsubmission_file_b.py",
                "A B_8_assignsubmission_file_a.py",
            ],
            "",
        ),
    )
    assert students(tmp_path) == {"A B_7": ["a.py", "b.py"], "A B_8": ["a.py"]}


def test_two_students_of_one_name_are_two_students(tmp_path: Path) -> None:
    tree(tmp_path, dict.fromkeys([f"Ann Lee_{k}_assignsubmission_file/vae.py" for k in (7, 8)], ""))
    assert list(students(tmp_path)) == ["Ann Lee_7", "Ann Lee_8"]


def test_names_are_in_nfc(tmp_path: Path) -> None:
    tree(tmp_path, {unicodedata.normalize("NFD", "José_7_assignsubmission_file/é.py"): ""})
    assert students(tmp_path) == {"José_7": ["é.py"]}


def test_of_brightspace_folders_the_newest_counts(tmp_path: Path) -> None:
    tree(
        tmp_path,
        {
            "1-9 - Ann Lee - May 18, 2025 1224 PM/vae.py": "old",
            "1-9 - Ann Lee - May 19, 2025 930 AM/vae.py": "new",
            "1-9 - Ann Lee - May 2, 2025 1130 PM/vae.py": "oldest",
            "index.html": "<html>",
        },
    )
    (ann,) = collect(tmp_path).submissions
    assert ann.student == "Ann Lee_1"
    assert read(ann).sources == {"vae.py": b"new"}
    assert read(ann).remarks == ("this is attempt 3, of 19 May 2025 09:30; earlier ones are not graded",)
    assert ann.handed == Handed(
        "brightspace",
        "1",
        "Ann Lee",
        (),
        datetime(2025, 5, 19, 9, 30),
        attempt=3,
        folder="1-9 - Ann Lee - May 19, 2025 930 AM",
    )


FORM = """Name: Ann Lee (a_lee)\r
Assignment: HW 1\r
Date Submitted: Friday, May 2, 2025 9:15:30 PM EDT\r
\r
Submission Field:\r
{}\r
\r
Comments:\r
There are no student comments for this assignment.\r
\r
Files:\r
\tOriginal filename: vae.py\r
"""


def test_blackboard_attempts_and_forms(tmp_path: Path) -> None:
    tree(
        tmp_path,
        {
            "HW_1_a_lee_attempt_2025-05-02-21-15-30_vae.py": "old",
            "HW_1_a_lee_attempt_2025-05-03-21-15-30_vae.py": "new",
            "HW_1_a_lee_attempt_2025-05-03-21-15-30.txt": FORM.format("<h3>a</h3><p>Because.</p>"),
            "HW_1_a_li_attempt_2025-05-02-21-15-30_vae.py": "x = 1",
            "HW_1_a_li_attempt_2025-05-02-21-15-30.txt": FORM.replace("Ann Lee (a_lee)", "An Li (a_li)").format(
                "There is no student submission text data for this assignment."
            ),
        },
    )
    found = collect(tmp_path, known=["HW_1", "x"])
    assert found.homework == "HW_1"
    lee, li = found.submissions
    assert (lee.student, lee.handed.name, lee.handed.attempt) == ("a_lee", "Ann Lee", 2)
    assert (read(lee).sources["vae.py"], read(lee).answers) == (b"new", {"a": "Because."})
    assert (li.student, list(li.files)) == ("a_li", ["vae.py"])


def test_github_classroom_folders_are_logins(tmp_path: Path) -> None:
    top = tree(
        tmp_path / "hw1-submissions", {"hw1-ann/vae.py": "", "hw1-bob-lee/a/vae.py": "", "hw1-ann/.git/config": ""}
    )
    assert students(top) == {"ann": ["vae.py"], "bob-lee": ["a/vae.py"]}
    assert collect(top, known=["hw1"]).homework == "hw1"
    assert collect(top).submissions[0].handed == Handed("github", "ann")


NBGRADER = {
    "submitted/ann/ps1/a.ipynb": "{}",
    "submitted/ann/ps1/timestamp.txt": "2015-02-02 14:58:23.948203 America/Los_Angeles\n",
    "submitted/bob/ps1/a.ipynb": "{}",
    "submitted/bob/ps2/a.ipynb": "{}",
    "submitted/bob/ps2/timestamp.txt": "2015-02-02 14:58:23 UTC",
}


def test_nbgrader_students_of_the_assignment_that_is_asked_for(tmp_path: Path) -> None:
    tree(tmp_path, NBGRADER | {"nbgrader_config.py": "", "source/ps1/a.ipynb": "{}"})
    for path in (tmp_path, tmp_path / "submitted"):
        found = collect(path, named="ps1")
        assert {one.student: list(one.files) for one in found.submissions} == {"ann": ["a.ipynb"], "bob": ["a.ipynb"]}
        assert found.submissions[0].handed.when == datetime(
            2015, 2, 2, 14, 58, 23, 948203, ZoneInfo("America/Los_Angeles")
        )
        assert found.homework == "ps1"
    assert list(students(tmp_path, known=["ps2"])) == ["bob"]
    with pytest.raises(UsageError) as error:
        collect(tmp_path / "submitted")
    assert str(error.value) == f"{tmp_path / 'submitted'} holds the assignments ps1, ps2; name one with --rubric"


@pytest.mark.parametrize(
    ("stamp", "when"),
    [
        ("2015-02-02 14:58:23 UTC", datetime(2015, 2, 2, 14, 58, 23, tzinfo=UTC)),
        ("2015-02-02T14:58:23+00:00", datetime(2015, 2, 2, 14, 58, 23, tzinfo=UTC)),
        ("2015-02-02 14:58:23 ../../etc/passwd", None),
        ("2015-02-02 14:58:23 No/Where", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_stamp_says_when(stamp: str, when: datetime | None) -> None:
    assert metadata.timestamp(stamp) == when


# --- Gradescope

PEOPLE = """\
---
submission_11:
  :submitters:
  - :name: Bob Lee
    :sid: '02'
    :email: bob@example.edu
  - :name: Ann Lee
    :sid: '01'
    :email: ann@example.edu
  :created_at: 2023-12-02 02:52:07.938335000 Z
  :results:
    tests:
    - name: q1
      output: "a
        :submitters: no"
      max_score: 5
  :history:
  - :submitters: []
    :created_at: 2023-12-01 06:59:12.419858000 Z
    :results:
      output: x
    :id: 9
  - :results:
      output: x
    :submitters: []
    :created_at: 2023-12-03 06:59:12.419858000 Z
    :id: 12
submission_13:
  :submitters:
  - :name: Carl
    :sid:
    :email:
  :created_at: nonsense
  :history: []
"""


LETTERS = st.text(st.characters(categories=("Lu", "Ll", "Lo")), min_size=1, max_size=20)


@settings(max_examples=25, deadline=None)
@given(
    people=st.dictionaries(NUMBER, LETTERS, min_size=1, max_size=4),
    when=WHEN.map(lambda when: when.replace(tzinfo=UTC)),
)
def test_gradescope_there_and_back(people: dict[int, str], when: datetime) -> None:
    told = {
        f"submission_{number}": {
            ":submitters": [{":name": name, ":sid": str(number), ":email": f"{number}@example.edu"}],
            ":created_at": when,
        }
        for number, name in people.items()
    }
    with tempfile.TemporaryDirectory() as folder:
        files = {f"submission_{number}/vae.py": "x = 1" for number in people}
        tree(Path(folder), files | {"submission_metadata.yml": yaml.safe_dump(told, allow_unicode=True)})
        found = collect(Path(folder)).submissions
    assert {one.handed.account: one.handed.name for one in found} == {
        f"{number}@example.edu": unicodedata.normalize("NFC", name) for number, name in people.items()
    }
    assert {one.handed.when for one in found} == {when}


@settings(max_examples=25, deadline=None)
@given(
    users=st.lists(st.from_regex(r"[a-z][a-z0-9_.-]{0,20}", fullmatch=True), min_size=1, max_size=4, unique=True),
    when=WHEN,
)
def test_nbgrader_there_and_back(users: list[str], when: datetime) -> None:
    files = {f"submitted/{user}/ps1/a.ipynb": "{}" for user in users}
    files |= {f"submitted/{user}/ps1/timestamp.txt": f"{when} UTC" for user in users}
    with tempfile.TemporaryDirectory() as folder:
        tree(Path(folder), files)
        found = collect(Path(folder))
    assert {one.student: one.handed.when for one in found.submissions} == dict.fromkeys(users, when.replace(tzinfo=UTC))
    assert found.homework == "ps1"


def test_a_group_is_one_submission_called_by_its_first_account(tmp_path: Path) -> None:
    tree(tmp_path, {"submission_metadata.yml": PEOPLE, "submission_11/vae.py": "x = 1", "submission_13/vae.py": ""})
    ann, carl = collect(tmp_path).submissions
    assert ann.student == "Ann Lee_ann@example.edu"
    assert ann.handed == Handed(
        "gradescope",
        "ann@example.edu",
        "Ann Lee",
        ("bob@example.edu",),
        datetime(2023, 12, 2, 2, 52, 7, 938335, UTC),
        attempt=2,
    )
    assert (carl.student, carl.handed.when) == ("Carl_Carl", None)


def test_gradescope_without_its_metadata_has_numbers_for_names(tmp_path: Path) -> None:
    tree(tmp_path, {"submission_11/vae.py": "", "submission_13/vae.py": ""})
    assert students(tmp_path) == {"11": ["vae.py"], "13": ["vae.py"]}
    assert said(tmp_path)[1:] == (
        "there is no submission_metadata.yml, so each student is called by the number of the submission",
    )


@pytest.mark.parametrize("text", ["a: [", "!!python/object/apply:os.system [true]", "[1, 2]", "- " * 5000 + "x", "\0"])
def test_metadata_that_is_damaged_is_said(tmp_path: Path, text: str) -> None:
    tree(tmp_path, {"submission_11/vae.py": "", "submission_metadata.yml": text})
    assert students(tmp_path) == {"11": ["vae.py"]}
    assert said(tmp_path)[1:] == (
        "submission_metadata.yml can't be read, so each student is called by the number of the submission",
    )


def test_what_metadata_and_folders_do_not_share_is_said(tmp_path: Path) -> None:
    tree(tmp_path, {"submission_metadata.yml": PEOPLE, "submission_11/vae.py": "", "submission_77/vae.py": ""})
    assert students(tmp_path) == {"77": ["vae.py"], "Ann Lee_ann@example.edu": ["vae.py"], "Carl_Carl": []}
    assert said(tmp_path)[1:] == (
        "`submission_13`: named in submission_metadata.yml, and not there",
        "`submission_77`: not named in submission_metadata.yml, so the number stands for the student",
    )


def test_one_account_in_two_submissions_is_graded_twice(tmp_path: Path) -> None:
    two = "\n".join(f"submission_{k}:\n  :submitters:\n  - :name: A\n    :email: a@b" for k in (1, 2))
    tree(tmp_path, {"submission_metadata.yml": two, "submission_1/x.py": "", "submission_2/x.py": ""})
    assert list(students(tmp_path)) == ["A_a@b", "A_a@b_2"]


def test_long_output_of_autograders_is_passed_over(tmp_path: Path) -> None:
    test = "\n".join(f'    - output: "{"x" * 70}\n        {"y" * 70}"' for _ in range(20))
    one = "submission_{0}:\n  :submitters:\n  - :email: s{0}@x\n  :results:\n    tests:\n" + test + "\n  :history: []\n"
    tree(tmp_path, {"submission_metadata.yml": "".join(one.format(k) for k in range(3000)), "submission_1/x.py": ""})
    with soon():
        assert len(collect(tmp_path).submissions) == 3000


# --- which platform


def test_a_majority_of_names_decides_and_the_rest_is_said(tmp_path: Path) -> None:
    names = ["Ann_1_assignsubmission_file/a.py", "Bob_2_assignsubmission_file/a.py", "carl/a.py", "loose.py"]
    tree(tmp_path / "hw", dict.fromkeys([*names, "Dan_3_assignsubmission_file/a.py"], ""))
    assert students(tmp_path / "hw") == {"Ann_1": ["a.py"], "Bob_2": ["a.py"], "Dan_3": ["a.py"], "carl": ["a.py"]}
    assert said(tmp_path / "hw") == (
        "3 of 5 names in hw could be Moodle's, and that decides how it is read",
        "hw is read as an export of Moodle: 4 submissions",
        "`loose.py`: not graded, for the name says nothing of a student",
        "`carl`: graded as plain folders, for the names are not its",
    )


def test_a_minority_of_names_changes_nothing_and_is_said(tmp_path: Path) -> None:
    tree(tmp_path / "hw", dict.fromkeys(["ann/a.py", "bob/a.py", "Carl_1_assignsubmission_file/a.py"], ""))
    assert list(students(tmp_path / "hw")) == ["Carl_1_assignsubmission_file", "ann", "bob"]
    assert said(tmp_path / "hw") == (
        f"{tmp_path / 'hw'} is read as folders of students, though 1 name could be Moodle's",
    )


def test_a_plain_folder_is_read_without_a_word(tmp_path: Path) -> None:
    tree(tmp_path, {"ann/vae.py": "", "bob/hw/vae.py": "", "README.md": "", "ann/.git/x": ""})
    found = collect(tmp_path, known=["vae"])
    assert (found.said, found.homework) == ((), tmp_path.name)
    assert found.submissions == [
        Submission("ann", {"vae.py": tmp_path / "ann/vae.py"}),
        Submission("bob", {"hw/vae.py": tmp_path / "bob/hw/vae.py"}),
    ]


def test_hidden_folders_are_said(tmp_path: Path) -> None:
    tree(tmp_path, {"ann/vae.py": "", ".bob/vae.py": "", ".git/config": "", ".hidden": ""})
    assert students(tmp_path) == {"ann": ["vae.py"]}
    assert said(tmp_path) == (f"`.bob` in {tmp_path}: hidden folders are not graded",)


def test_archives_alone_are_one_student_each(tmp_path: Path) -> None:
    tree(tmp_path, {"ann.zip": packed({"vae.py": "x = 1"}), "bob.tar.gz": "", "README.md": ""})
    assert students(tmp_path) == {"ann": ["ann.zip"], "bob": ["bob.tar.gz"]}
    assert read(collect(tmp_path).submissions[0]).sources == {"vae.py": b"x = 1"}


def test_archives_beside_folders_are_said(tmp_path: Path) -> None:
    tree(tmp_path, {"ann/vae.py": "", "bob.zip": ""})
    assert students(tmp_path) == {"ann": ["vae.py"]}
    assert said(tmp_path) == ("`bob.zip` beside the students' folders: not graded",)


def test_many_names_in_a_sentence_are_counted(tmp_path: Path) -> None:
    tree(tmp_path, {"ann/vae.py": "", **{f".{k}/x": "" for k in range(8)}})
    assert said(tmp_path) == (f"`.0`, `.1`, `.2`, `.3`, `.4` and 3 more in {tmp_path}: hidden folders are not graded",)


def test_a_link_among_a_platforms_folders_is_not_followed(tmp_path: Path) -> None:
    tree(
        tmp_path,
        {"secret/x.py": "", "hw/Ann_1_assignsubmission_file/a.py": "", "hw/Bo_3_assignsubmission_file/a.py": ""},
    )
    (tmp_path / "hw" / "Eve_2_assignsubmission_file").symlink_to(tmp_path / "secret")
    eve = {one.student: one for one in collect(tmp_path / "hw").submissions}["Eve_2_assignsubmission_file"]
    assert read(eve).sources == {}
    assert read(eve).remarks == (
        "`Eve_2_assignsubmission_file` is a symbolic link and was left out; hand in the file itself",
    )


def test_the_folder_around_an_export_is_looked_through(tmp_path: Path) -> None:
    tree(tmp_path, {"a/b/Ann_1_assignsubmission_file/a.py": ""})
    assert list(students(tmp_path)) == ["Ann_1"]


# --- archives


def packed(files: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("files", "who"),
    [
        pytest.param(["ann/x.py", "bob/x.py"], ["ann", "bob"], id="students"),
        pytest.param(["hw1/ann/x.py", "hw1/bob/x.py", "__MACOSX/hw1/ann/._x.py"], ["ann", "bob"], id="folder-around"),
        pytest.param(["a/hw1/ann/x.py", "a/hw1/bob/x.py"], ["ann", "bob"], id="two-folders-around"),
        pytest.param(["x.py", "data/y.csv"], ["hw1"], id="one-student"),
        pytest.param(["ann/x.py"], ["ann"], id="one-student-in-a-folder"),
        pytest.param(["ann-main/src/x.py", "ann-main/README.md"], ["ann-main"], id="one-student-deep"),
        pytest.param(["s/ann.zip", "s/bob.zip"], ["ann", "bob"], id="archives-in-a-folder"),
        pytest.param(["s/submission_1/x.py", "s/submission_2/x.py"], ["1", "2"], id="export"),
        pytest.param(["ann.zip", "bob.zip"], ["ann", "bob"], id="archives"),
    ],
)
def test_an_archive_is_read_as_the_folder_that_was_packed(tmp_path: Path, files: list[str], who: list[str]) -> None:
    put(tmp_path / "hw1.zip", packed(dict.fromkeys(files, "")))
    with opened(tmp_path / "hw1.zip") as top:
        found = collect(top.folder, ["hw1"], called=top.called)
    assert [one.student for one in found.submissions] == who
    assert found.homework == "hw1"


def test_an_archive_of_homeworks_is_read_as_a_folder_of_them(tmp_path: Path) -> None:
    put(tmp_path / "all.zip", packed({"all/vae/ann/x.py": "", "all/gan/ann/x.py": ""}))
    with opened(tmp_path / "all.zip") as top:
        assert list(homeworks(top.folder, {"vae", "gan", "quiz"})) == ["gan", "vae"]


def test_what_is_wrong_with_an_archive_names_it(tmp_path: Path) -> None:
    put(tmp_path / "hw1.zip", packed({"ann/x.py": "", "../x.py": ""}))
    with opened(tmp_path / "hw1.zip") as top:
        assert top.said == ("hw1.zip: `../x.py` has a name that leads out of the archive and was left out",)


def test_a_folder_is_opened_as_it_is(tmp_path: Path) -> None:
    with opened(tmp_path / "x.zip") as top:
        assert top == exports.Opened(tmp_path / "x.zip")


# --- text


@pytest.mark.parametrize(
    ("page", "text"),
    [
        pytest.param("plain", "plain", id="plain"),
        pytest.param("<p>a</p><p>b<br>c</p>", "a\n\nb\nc", id="paragraphs"),
        pytest.param("<ul><li>a</li><li>b</li></ul>", "- a\n\n- b", id="list"),
        pytest.param("<h1>2</h1>x", "# 2\n\nx", id="heading"),
        pytest.param("5<sup>2</sup> x<sub>i</sub>", "5^{2} x_{i}", id="powers"),
        pytest.param("a<script>alert(1)</script>b<style>p{}</style>c", "abc", id="scripts"),
        pytest.param("a &lt; b &amp; c &#x3b1;&nbsp;d", "a < b & c α d", id="entities"),
        pytest.param("if a < b and c > d", "if a < b and c > d", id="no-tag"),
        pytest.param("a<!-- b --> c", "a c", id="comment"),
        pytest.param("a\n  b", "a b", id="space"),
        pytest.param("<pre>a\n  b</pre>", "a\n  b", id="as-it-is"),
        pytest.param('<img alt="LaTeX: x_1">', "$x_1$", id="old-equation"),
        pytest.param("<p>$a$</p><script", "$a$\n\n<script", id="cut-off"),
        pytest.param("<td>a</td><td>b</td>", "a\tb", id="cells"),
    ],
)
def test_a_page_as_text(page: str, text: str) -> None:
    assert [line for line in html_text(page).split("\n") if line] == [line for line in text.split("\n") if line]


@pytest.mark.parametrize(
    "piece", ["<", "<!--", "<a ", "<!", "</", "&", "<![CDATA[", '<a b="', "<p>", "&#", "<pre>", "<script>"]
)
def test_a_page_of_broken_tags_ends(piece: str) -> None:
    with soon():
        html_text(piece * (1_000_000 // len(piece)))


def test_a_form_without_text_says_nothing() -> None:
    assert form_text(FORM.format("There is no student submission text data for this assignment.")) == ""
    assert form_text("no form") == ""


# --- the real command


@pytest.fixture
def course(tmp_path: Path) -> Path:
    home = write_course(tmp_path)
    (home / "hand").mkdir()
    return home


def repacked(export: Path) -> Iterator[tuple[str, bytes]]:
    """An export's files with work for the course in place of its notebooks, nested archives included."""
    with zipfile.ZipFile(export) as archive:
        for info in archive.infolist():
            data = archive.read(info)
            if info.filename.endswith(".zip"):
                yield info.filename, packed({"hw1/sums.py": RIGHT, "hw1/answers.md": ANSWER})
            elif info.filename.endswith(".ipynb"):
                cell = {"cell_type": "code", "source": RIGHT}
                yield (
                    info.filename,
                    json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}).encode(),
                )
            else:
                yield info.filename, data


@needs_samples
@pytest.mark.parametrize(
    ("platform", "right", "other"),
    [
        pytest.param(
            "Gradescope", ["Ada Example_ada@example.edu", "Chidi Example_chidi@example.edu"], [], id="gradescope"
        ),
        pytest.param(
            "Canvas",
            [
                "adaexample_1001",
                "anon_Zz9Yx",
                "anon_ab12C",
                "doe3jane_1004",
                "examplechidi_1003",
                "group7_1006",
                "obrienlukaszjosé_1002",
            ],
            ["wuli_1005"],
            id="canvas",
        ),
        pytest.param(
            "Moodle",
            ["Ada Example_1001", "José O'Brien-Łukasz_1002", "Participant_1004", "Team Rocket_77"],
            ["Chidi Example_1003"],
            id="moodle",
        ),
        pytest.param(
            "Brightspace",
            ["Ada Example_152711", "José María_123457", "Mary-Jane O'Connor_123456"],
            [],
            id="brightspace",
        ),
    ],
)
def test_an_export_is_graded(course: Path, platform: str, right: list[str], other: list[str]) -> None:
    source = next(EXPORTS.glob(f"{platform.lower()}*.zip"))
    put(course / "hand" / "sums.zip", packed(dict(repacked(source))))
    done = grade("hand/sums.zip", cwd=course)
    assert done.returncode == 0, done.stderr
    assert f"is read as an export of {platform}: {len(right) + len(other)} submissions" in done.stderr
    results = course / "results" / "sums"
    assert sorted(path.parent.name for path in results.glob("*/grade.json")) == sorted([*right, *other])
    assert {who: outcomes(results, who)["1"]["credit"] for who in right} == dict.fromkeys(right, 1.0)


def test_where_an_archive_is_unpacked_is_no_part_of_the_work(tmp_path: Path) -> None:
    path = put(tmp_path / "hw1.zip", packed({"ann_1_2_vae.py": "x = 1", "ann_1_3_a.zip": packed({"b.py": "y = 2"})}))
    works, places = [], []
    for _ in range(2):
        with opened(path) as top:
            works.append(read(collect(top.folder).submissions[0]))
            places.append(top.folder)
    assert places[0] != places[1]
    assert works[0] == works[1]
    assert works[0].sources["b.py"] == b"y = 2"


def test_a_class_zip_that_is_broken_is_one_line_with_status_2(course: Path) -> None:
    put(course / "hand" / "sums.zip", "PK no")
    done = grade("hand/sums.zip", cwd=course)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "grade: hand/sums.zip is damaged or no archive (File is not a zip file); download it again, or unpack it "
        "yourself and name the folder\n"
    )


def test_a_students_broken_zip_costs_nobody_else(course: Path) -> None:
    files = {"ann_1_2_sums.zip": b"PK no", "bob_2_3_sums.py": RIGHT}
    put(course / "hand" / "sums.zip", packed(files))
    done = grade("hand/sums.zip", cwd=course)
    assert done.returncode == 0
    results = course / "results" / "sums"
    assert outcomes(results, "bob_2")["1"]["credit"] == 1.0
    ann = json.loads((results / "ann_1" / "grade.json").read_text("utf-8"))
    assert ann["remarks"] == [
        "`sums.zip` is damaged or no archive (File is not a zip file) and could not be opened; nothing in it was read"
    ]
    assert ann["handed"]["account"] == "1"
    assert grade("rescore", "results/sums", cwd=course).returncode == 0
    assert json.loads((results / "bob_2" / "grade.json").read_text("utf-8"))["handed"]["name"] == "bob"
