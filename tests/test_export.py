"""The way back: worksheets come out as they came in but for the grades, and zips as platforms take them back."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import pytest
from course_tools import RUBRIC, grade, put, write_course
from hypothesis import given
from hypothesis import strategies as st

from grader.checks.written import Written
from grader.cli import cli
from grader.export.cells import Sheet, read_sheet
from grader.export.feedback import feedback_zip
from grader.export.worksheet import PLATFORMS, Filled, fill, fresh
from grader.model import Grade, Handed, Item, Late, Outcome, Question, Rubric, UsageError
from grader.report import student_page
from grader.store import Store

CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,HW 1 (4600001),HW 2 (4600002),Current Score,Final Score\n"
    ",,,,,Manual Posting,,,\n"
    "    Points Possible,,,,,10.00,10.00,(read only),(read only)\n"
    '"Example, Ada",1001,06000001,ada,CS101-01,9.50,,95.00,47.50\n'
    '"O\'Brien-Łukasz, José",1002,06000002,jose,CS101-01,EX,N/A,,\n'
    '"Student, Test",1099,,0123abcd,CS101-01,,,,\n'
)
"""As the made-up gradebook beside the facts about platforms has it."""
MOODLE = (
    "Identifier,Full name,Email address,Status,Group,Grade,Maximum Grade,Feedback comments\n"
    'Participant 1001,Ada Example,ada@example.edu,"Submitted, late",Rockets,,10.00,"a\nb"\n'
    "Participant 1002,José O'Brien,jose@example.edu,Submitted,Rockets,,10.00,\n"
    "Participant 1003,Chidi Example,chidi@example.edu,No submission,,,10.00,\n"
)
BEWERTUNG = (
    "ID;Vollständiger Name;E-Mail-Adresse;Status;Bewertung;Bestwertung;Bewertung kann geändert werden\r\n"
    "Teilnehmer/in1001;Ada Example;ada@example.edu;Zur Bewertung;;10,00;Ja\r\n"
    "Teilnehmer/in1002;José O'Brien;jose@example.edu;Zur Bewertung;;10,00;Ja\r\n"
)
GRADESCOPE = (
    "First Name,Last Name,SID,Email,Sections,HW 1,HW 1 - Max Points,HW 1 - Lateness (H:M:S)\n"
    "Ada,Example,06000001,ada@example.edu,,,10.0,00:00:00\n"
    "José,O'Brien,06000002,jose@example.edu,,,10.0,00:00:00\n"
)
BRIGHTSPACE = (
    "OrgDefinedId,Username,Last Name,First Name,HW 1 Points Grade <Numeric MaxPoints:10 Weight:50>,End-of-Line Indicator\n"
    "#06000001,#ada,Example,Ada,,#\n"
    "#06000002,#jose,O'Brien,José,,#\n"
)
NBGRADER = (
    "assignment,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,max_score\n"
    "hw1,2015-02-02 22:58:23.9,ada,,,,1.5,0.0,,10.0\n"
    "hw2,2015-02-02 22:58:23.9,ada,,,,1.5,0.0,,10.0\n"
    "hw1,2015-02-01 17:28:58.7,jose,,,,3.0,0.0,,10.0\n"
)


def homework(late: Late | None = None, *, title: str = "HW 1") -> Rubric:
    check = Written("a")
    items = (Item("a", "A", "written", check, 8), Item("b", "B", "written", check, 2, visibility="hidden"))
    return Rubric("hw1", title, (Question("1", "All", items),), Path("hw1.yaml"), late=late)


def graded(student: str, credit: float | None = 1.0, **handed: Any) -> Grade:
    outcomes = {"a": Outcome(credit, "it is right"), "b": Outcome(0.5, "it is nearly right", note="nearly")}
    return Grade(student, outcomes, handed=Handed(**handed))


ADA = graded("ada_folder", 0.9, account="1001", name="Ada Example")
JOSE = graded("jose_folder", account="1002", name="José O'Brien")


def sheet(folder: Path, text: str | bytes) -> Sheet:
    return read_sheet(put(folder / "worksheet.csv", text))


def filled(folder: Path, text: str | bytes, platform: str, *grades: Grade, **more: Any) -> Filled:
    return fill(sheet(folder, text), platform, homework(), grades or (ADA, JOSE), **more)


# --- the cells ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "platform", "changes"),
    [
        pytest.param(CANVAS, "canvas", {"CS101-01,9.50,": "CS101-01,8.2,"}, id="canvas"),
        pytest.param(
            MOODLE, "moodle", {'late",Rockets,,': 'late",Rockets,8.2,', "Submitted,Rockets,,": "Submitted,Rockets,9,"}, id="moodle"
        ),
        pytest.param(
            BEWERTUNG,
            "moodle",
            {"ada@example.edu;Zur Bewertung;;": "ada@example.edu;Zur Bewertung;8,2;", "jose@example.edu;Zur Bewertung;;": "jose@example.edu;Zur Bewertung;9;"},
            id="moodle-in-german",
        ),
        pytest.param(
            GRADESCOPE, "gradescope", {"ada@example.edu,,,": "ada@example.edu,,8.2,", "jose@example.edu,,,": "jose@example.edu,,9,"}, id="gradescope"
        ),
        pytest.param(BRIGHTSPACE, "brightspace", {"Example,Ada,,": "Example,Ada,8.2,", "O'Brien,José,,": "O'Brien,José,9,"}, id="brightspace"),
        pytest.param("student,points\nAda Example,\njose_folder\n", "csv", {"jose_folder": "jose_folder,9"}, id="csv-with-a-short-row"),
        pytest.param('"name";"grade"\r"Ada Example";""\r', "csv", {'Example";""': 'Example";"8,2"'}, id="all-quoted-and-cr"),
        pytest.param("name|grade\nAda Example|0,5", "csv", {"0,5": "8,2"}, id="no-line-end-at-the-end"),
        pytest.param("sep=;\nname;grade\nAda Example;1.5\n", "csv", {";1.5": ";8.2"}, id="separator-told"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("codec", "bom"),
    [
        pytest.param("utf-8", b"", id="utf8"),
        pytest.param("utf-8", b"\xef\xbb\xbf", id="utf8-bom"),
        pytest.param("utf-16-le", b"\xff\xfe", id="utf16-le"),
        pytest.param("utf-16-be", b"\xfe\xff", id="utf16-be"),
    ],
)
def test_nothing_but_the_grades_is_changed(
    tmp_path: Path, text: str, platform: str, changes: dict[str, str], codec: str, bom: bytes
) -> None:
    done = filled(tmp_path, bom + text.encode(codec), platform, column="HW 1" if platform == "canvas" else "")
    want = text
    for old, new in changes.items():
        assert want.count(old) == 1
        want = want.replace(old, new)
    assert done.data == bom + want.encode(codec)
    assert done.written == len(changes)


def test_a_decimal_comma_between_commas_is_quoted(tmp_path: Path) -> None:
    text = 'name,grade,maximum\nAda Example,,"10,00"\nEve,"1,5","10,00"\n'
    assert filled(tmp_path, text, "csv", ADA).data.decode() == text.replace("Example,,", 'Example,"8,2",')


def test_a_worksheet_in_an_old_encoding_keeps_it(tmp_path: Path) -> None:
    for codec in ("cp1252", "latin-1"):
        name = "José\x81" if codec == "latin-1" else "José"
        text = f"name,grade\n{name},\n"
        done = filled(tmp_path, text.encode(codec), "csv", graded(name))
        assert done.data == f"name,grade\n{name},9\n".encode(codec)


CELL = st.text(st.sampled_from('ab,;\t"\r\n é=+1.5'), max_size=6)
TABLE = st.tuples(
    st.lists(st.tuples(CELL, CELL, st.sampled_from(["", "7", "1.25", "x"])), max_size=6),
    st.sampled_from(",;\t"),
    st.sampled_from(["\r\n", "\n", "\r"]),
    st.booleans(),
    st.sampled_from(
        [("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")]
    ),
)


def csv_cell(cell: str, delimiter: str, *, always: bool) -> str:
    """A cell as spreadsheets write it: quoted where it has to be, or always."""
    needed = any(sign in cell for sign in (delimiter, '"', "\r", "\n"))
    return '"' + cell.replace('"', '""') + '"' if needed or always else cell


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sheets")


@given(TABLE)
def test_any_worksheet_comes_back_as_it_was_but_for_the_grades(scratch: Path, table: Any) -> None:
    rows, delimiter, end, always, (codec, bom) = table

    def written(grades: Sequence[str]) -> bytes:
        whole = [("id", "remark", "points", "more")]
        whole += [(f"s{k}", a, got, b) for k, ((a, b, _), got) in enumerate(zip(rows, grades, strict=True))]
        lines = (delimiter.join(csv_cell(cell, delimiter, always=always) for cell in row) for row in whole)
        return bom + "".join(line + end for line in lines).encode(codec)

    grades = [graded(f"s{k}") for k in range(len(rows))]
    done = filled(scratch, written([got for _, _, got in rows]), "csv", *(grades or [graded("nobody")]))
    assert done.data == written(["9"] * len(rows))


@given(st.text(st.sampled_from('ab,"\r\n é'), max_size=25))
def test_cells_are_told_apart_as_pythons_csv_does(scratch: Path, text: str) -> None:
    whole = "x,y\n" + text
    try:
        read = sheet(scratch, whole)
    except UsageError:
        with pytest.raises(csv.Error):
            list(csv.reader(io.StringIO(whole, newline=""), strict=True))
        return
    rows = [row or [""] for row in csv.reader(io.StringIO(whole, newline=""))]
    assert [read.values(row) for row in range(len(read.rows))] == rows
    assert read.replaced({}) == whole.encode()


# --- what is no worksheet ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"", "holds no table of text; download the worksheet as CSV", id="empty"),
        pytest.param(b"a\0b,c\n", "holds no table of text; download the worksheet as CSV", id="nul"),
        pytest.param(b"PK\x03\x04rest", "is a file of a spreadsheet program; download the worksheet as CSV", id="xlsx"),
        pytest.param(b"\xff\xfea", "begins like UTF-16-LE and is not; download it again", id="half-a-character"),
        pytest.param(b'a,b\nc,"d\ne\n', ":2: a quotation mark is opened in this row and never closed", id="open-quote"),
        pytest.param(b"a,b\n" + b"a," * 1_000_000, "has more than 1,000,000 cells", id="many-cells"),
        pytest.param(b"a" * (16 << 20) + b"a", "has 16,777,217 bytes; a worksheet may have 16,777,216", id="large"),
    ],
)
def test_a_file_that_is_no_worksheet_is_told_in_a_line(tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        sheet(tmp_path, data)
    assert str(raised.value) == f"{tmp_path / 'worksheet.csv'}{'' if said[0] == ':' else ' '}{said}"


def test_a_folder_and_nothing_are_no_worksheets(tmp_path: Path) -> None:
    for path, said in ((tmp_path, "is not a file"), (tmp_path / "absent", "does not exist")):
        with pytest.raises(UsageError, match=said):
            read_sheet(path)


# --- the column --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "header"),
    [
        pytest.param("", "HW 1 (4600001)", id="by-the-homeworks-name"),
        pytest.param("HW 2", "HW 2 (4600002)", id="by-the-assignments-name"),
        pytest.param("4600002", "HW 2 (4600002)", id="by-its-id"),
        pytest.param("Section", None, id="any-other-is-not-a-persons"),
    ],
)
def test_the_column_is_found_or_named(tmp_path: Path, column: str, header: str | None) -> None:
    assert filled(tmp_path, CANVAS, "canvas", column=column).column == (header or column)


@pytest.mark.parametrize(
    ("text", "platform", "title", "column", "said"),
    [
        pytest.param(
            CANVAS.replace("HW 1", "Essay"), "canvas", "Sums", "",
            "which column takes the grades? name it with --column; there are `Essay (4600001)`, `HW 2 (4600002)`", id="two-fit",
        ),
        pytest.param(
            MOODLE.replace("Grade,", "Hodnocení,", 1), "moodle", "HW", "",
            "which column takes the grades? name it with --column; there are `Status`, `Hodnocení`, `Maximum Grade`, `Feedback comments`", id="none-fits",
        ),
        pytest.param(CANVAS, "canvas", "HW", "HW 3 (4600003)", "the worksheet has no column `HW 3 (4600003)`; did you mean `HW 2 (4600002)`? there are `Student`, `ID`, `SIS User ID`, `SIS Login ID`, `Section`, `HW 1 (4600001)`, `HW 2 (4600002)`, `Current Score`, `Final Score`", id="no-such"),
        pytest.param(CANVAS, "canvas", "HW", "ID", "the column `ID` says who a student is; it can't take grades", id="a-persons"),
        pytest.param("name,a,a\nAda,,\n", "csv", "HW", "a", "several columns are `a`: `a`, `a`; name one with its whole header", id="twice"),
        pytest.param("colour,points\nred,\n", "csv", "HW", "", "no column of the worksheet says who a student is; its columns are `colour`, `points`", id="nobody"),
        pytest.param('"",""\n', "csv", "HW", "", "the worksheet is empty", id="blank"),
    ],
)  # fmt: skip
def test_a_column_in_doubt_is_asked_for(
    tmp_path: Path, text: str, platform: str, title: str, column: str, said: str
) -> None:
    rubric = replace(homework(title=title), homework="none")
    with pytest.raises(UsageError) as raised:
        fill(sheet(tmp_path, text), platform, rubric, [ADA], column=column)
    assert str(raised.value) == said


# --- the rows ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "platform", "who", "row"),
    [
        pytest.param(MOODLE, "moodle", graded("x", account="1002"), 3, id="account"),
        pytest.param(MOODLE, "moodle", graded("Chidi@Example.edu"), 4, id="e-mail-as-the-folder"),
        pytest.param(MOODLE, "moodle", graded("x", account="jose@example.edu"), 3, id="e-mail-as-the-account"),
        pytest.param(MOODLE, "moodle", graded("Chidi Example"), 4, id="name-as-the-folder"),
        pytest.param(MOODLE, "moodle", graded("x", name="Jose\u0301  O'Brien"), 3, id="name-in-another-spelling-of-its-accent"),
        pytest.param(CANVAS, "canvas", graded("0123ABCD"), 6, id="login"),
        pytest.param(CANVAS, "canvas", graded("x", name="Ada Example"), 4, id="last-name-first"),
        pytest.param(CANVAS.replace("Student,ID", "Studierende,Kennung"), "canvas", graded("x", account="1099"), 6, id="canvas-in-german"),
        pytest.param(GRADESCOPE, "gradescope", graded("x", account="06000002"), 3, id="sid"),
        pytest.param(GRADESCOPE, "gradescope", graded("x", name="José O'Brien"), 3, id="first-and-last-name"),
        pytest.param(BRIGHTSPACE, "brightspace", graded("x", account="06000002"), 3, id="org-defined-id"),
        pytest.param(BRIGHTSPACE, "brightspace", graded("jose"), 3, id="username"),
        pytest.param(NBGRADER, "csv", graded("ada"), 2, id="nbgraders-row-of-this-homework"),
    ],
)  # fmt: skip
def test_a_students_row_is_found(tmp_path: Path, text: str, platform: str, who: Grade, row: int) -> None:
    done = filled(tmp_path, text, platform, who, column="HW 1" if platform == "canvas" else "")
    before, after = (list(csv.reader(io.StringIO(each, newline=""))) for each in (text, done.data.decode()))
    changed = [k + 1 for k, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
    assert (changed, done.lost) == ([row], ())


@pytest.mark.parametrize(
    ("text", "platform", "grades", "lost"),
    [
        pytest.param(MOODLE, "moodle", [graded("eve", account="9")], ["eve: is not in the worksheet"], id="absent"),
        pytest.param(MOODLE, "moodle", [graded("a\x1b[31mb")], ["ab: is not in the worksheet"], id="a-name-that-is-not-shown"),
        pytest.param("name,grade\nAda,\nAda,\n", "csv", [graded("Ada")], ["Ada: could be any of the rows 2, 3"], id="two-of-a-name"),
        pytest.param(
            MOODLE, "moodle", [graded("x", account="1001", name="Chidi Example")], ["x: has the id of row 2 and the name of row 4"], id="id-of-another"
        ),
        pytest.param(
            MOODLE, "moodle", [ADA, graded("twin", account="1001")],
            ["row 2 (Participant 1001) would take the grades of ada_folder and of twin; none was written"], id="two-for-a-row",
        ),
        pytest.param(
            MOODLE, "moodle", [graded("g", account="1001", members=("Chidi Example", "eve"))], ["g: eve of the group is not in the worksheet"], id="a-member"
        ),
    ],
)  # fmt: skip
def test_a_grade_without_a_place_is_told(
    tmp_path: Path, text: str, platform: str, grades: list[Grade], lost: list[str]
) -> None:
    assert list(filled(tmp_path, text, platform, *grades).lost) == lost


@pytest.mark.parametrize(
    ("who", "rows"),
    [
        pytest.param(graded("x", account="1001", members=("Chidi Example",)), [2, 4], id="members-by-name"),
        pytest.param(graded("team", members=("ada@example.edu", "jose@example.edu")), [2, 3], id="members-by-e-mail"),
        pytest.param(graded("Rockets_77", account="77", name="Rockets"), [2, 3], id="by-the-groups-name"),
    ],
)
def test_all_members_of_a_group_get_the_grade(tmp_path: Path, who: Grade, rows: list[int]) -> None:
    done = filled(tmp_path, MOODLE, "moodle", who)
    told = list(csv.reader(io.StringIO(done.data.decode(), newline="")))
    assert ([k + 1 for k, row in enumerate(told) if row[5] == "9"], done.lost) == (rows, ())


def test_rows_without_a_grade_are_told_one_by_one(tmp_path: Path) -> None:
    said = filled(tmp_path, CANVAS, "canvas", ADA).said
    assert said == (
        "row 5 (O'Brien-Łukasz, José) has no grade here",
        "row 6 (Student, Test) has no grade here",
    )


def test_points_that_wait_for_a_person_are_not_written_unless_asked_for(tmp_path: Path) -> None:
    waits = graded("x", None, account="1001")
    done = filled(tmp_path, MOODLE.replace(",,10.00", ",3,10.00", 1), "moodle", waits)
    assert (done.written, done.said[0]) == (
        0, "x: 8 points wait for a person, so no grade is written (--partial writes it)",
    )  # fmt: skip
    assert b'late",Rockets,3,10.00' in done.data
    assert b'late",Rockets,1,10.00' in filled(tmp_path, MOODLE, "moodle", waits, partial=True).data


def test_who_is_excused_in_canvas_stays_excused(tmp_path: Path) -> None:
    done = filled(tmp_path, CANVAS, "canvas", JOSE)
    assert done.data.decode() == CANVAS
    assert done.said[0] == "jose_folder: the worksheet says EX, which is left as it is"


def test_another_maximum_is_told(tmp_path: Path) -> None:
    for text, platform in (
        (CANVAS, "canvas"),
        (MOODLE, "moodle"),
        (GRADESCOPE, "gradescope"),
        (BRIGHTSPACE, "brightspace"),
    ):
        other = text.replace("10.0", "12.0").replace("MaxPoints:10", "MaxPoints:12")
        assert (
            "the worksheet's column is out of 12 points, the rubric out of 10" in filled(tmp_path, other, platform).said
        )
        assert not any("out of" in each for each in filled(tmp_path, text, platform).said)


def test_what_being_late_takes_is_taken(tmp_path: Path) -> None:
    late = replace(JOSE, handed=replace(JOSE.handed, when=datetime(2026, 1, 2), due=datetime(2026, 1, 1)))
    done = fill(sheet(tmp_path, MOODLE), "moodle", homework(Late(percent=25)), [late])
    assert b"Submitted,Rockets,6.5," in done.data


def test_a_fresh_table_holds_no_formula() -> None:
    text, said = fresh(homework(), [graded("=cmd", name="+A", account="@b"), graded("ada", None), ADA])
    assert list(csv.reader(io.StringIO(text))) == [
        ["student", "name", "account", "points", "maximum"],
        ["'=cmd", "'+A", "'@b", "9", "10"],
        ["ada", "", "", "", "10"],
        ["ada_folder", "Ada Example", "1001", "8.2", "10"],
    ]
    assert said == ["ada: 8 points wait for a person, so no grade is written (--partial writes it)"]


# --- the zip -----------------------------------------------------------------------------------------------------


def zipped(folder: Path, platform: str, *grades: Grade) -> tuple[list[str], list[str]]:
    path = folder / "feedback.zip"
    count, said = feedback_zip(platform, ((grade, f"<p>{grade.student}") for grade in grades), path)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    assert count == len([name for name in names if name != "index.html"])
    assert [each.name for each in folder.iterdir()] == ["feedback.zip"]
    return names, said


@pytest.mark.parametrize(
    ("platform", "handed", "name"),
    [
        pytest.param("canvas", {"platform": "canvas", "account": "1004", "folder": "doe3jane_LATE_1004_500005"}, "doe3jane_LATE_1004_500005_report.html", id="canvas"),
        pytest.param(
            "moodle", {"platform": "moodle", "folder": "José O'Brien_1002_assignsubmission_file_"}, "José O'Brien_1002_assignsubmission_file_/report.html", id="moodle"
        ),
        pytest.param(
            "moodle", {"platform": "moodle", "account": "1002", "name": "Jo_sé/x"}, "Jo sé x_1002_assignsubmission_file_/report.html", id="moodle-without-a-folder"
        ),
        pytest.param(
            "brightspace",
            {"platform": "brightspace", "folder": "152711-351765 - Ada Example - May 18, 2025 1224 PM"},
            "152711-351765 - Ada Example - May 18, 2025 1224 PM/report.html",
            id="brightspace",
        ),
        pytest.param("gradescope", {}, "ada/report.html", id="gradescope"),
        pytest.param("csv", {"platform": "moodle", "folder": "x"}, "ada/report.html", id="csv"),
    ],
)  # fmt: skip
def test_a_page_has_the_name_that_the_platform_knows(
    tmp_path: Path, platform: str, handed: dict[str, Any], name: str
) -> None:
    names, said = zipped(tmp_path, platform, graded("ada", **handed))
    assert (names[0], said) == (name, [])
    assert names[1:] == (["index.html"] if platform == "brightspace" else [])


@pytest.mark.parametrize(
    ("platform", "handed", "called"),
    [
        pytest.param("canvas", {"platform": "canvas"}, "Canvas", id="nothing-known"),
        pytest.param(
            "canvas",
            {"platform": "canvas", "account": "1005", "folder": "wuli_LATE_1005"},
            "Canvas",
            id="typed-text",
        ),
        pytest.param(
            "canvas", {"platform": "moodle", "account": "1", "folder": "x_1_2"}, "Canvas", id="of-another-platform"
        ),
        pytest.param("moodle", {"platform": "moodle", "account": "a1"}, "Moodle", id="no-moodle-id"),
        pytest.param("brightspace", {"platform": "brightspace", "folder": "../../etc"}, "Brightspace", id="a-way-out"),
        pytest.param(
            "canvas", {"platform": "canvas", "account": "1", "folder": "..\\x_1_2"}, "Canvas", id="a-way-out-on-windows"
        ),
    ],
)
def test_a_page_without_a_name_is_told(tmp_path: Path, platform: str, handed: dict[str, Any], called: str) -> None:
    said = f"ada: no name is known under which {called} takes the page back, so it is not in the zip"
    assert zipped(tmp_path, platform, graded("ada", **handed)) == ([], [said])


def test_two_pages_of_one_name_are_told(tmp_path: Path) -> None:
    grades = [graded(name, platform="canvas", account="1", folder="Doe_1_2") for name in ("ada", "bob")]
    assert zipped(tmp_path, "canvas", *grades) == (
        ["Doe_1_2_report.html"], ["bob: has the same name in the zip as ada, so the page is not in it"],
    )  # fmt: skip


def test_the_same_pages_make_the_same_zip(tmp_path: Path) -> None:
    assert zipped(tmp_path, "csv", ADA, JOSE)[0] == ["ada_folder/report.html", "jose_folder/report.html"]
    first = (tmp_path / "feedback.zip").read_bytes()
    zipped(tmp_path, "csv", ADA, JOSE)
    assert (tmp_path / "feedback.zip").read_bytes() == first


def test_a_students_copy_shows_no_result_of_a_hidden_item() -> None:
    page = student_page(homework(), ADA, hidden=False)
    assert "nearly right" not in page
    assert "The result of this item is not shown." in page
    assert "nearly right" in student_page(homework(), ADA)


# --- the command -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def graded_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with results: ada is right, jose waits for a person, eve is nobody's."""
    home = write_course(tmp_path_factory.mktemp("course"), rubrics={"sums": RUBRIC.replace("points: 2", "points: 6")})
    with Store(home / "results" / "sums") as store:
        for student, credit, account in (("ada", 0.75, "1001"), ("jose", None, "1002"), ("eve", 1.0, "1005")):
            outcomes = {"1": Outcome(credit, "told"), "2": Outcome(1.0, "told")}
            folder = f"{student}_{account}_assignsubmission_file_"
            store.write_grade(Grade(student, outcomes, handed=Handed("moodle", account, folder=folder)), "w")
    put(home / "moodle.csv", MOODLE)
    put(home / "canvas.csv", CANVAS)
    return home


def test_the_command_fills_a_worksheet_and_a_zip(graded_course: Path) -> None:
    arguments = ("export", "results/sums", "--to", "moodle", "--worksheet", "moodle.csv", "--feedback", "back.zip")
    done = grade(*arguments, cwd=graded_course)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "grade: eve: is not in the worksheet",
        "grade: jose: 4 points wait for a person, so no grade is written (--partial writes it)",
        "grade: row 4 (Participant 1003) has no grade here",
    ]
    assert done.stdout.splitlines() == ["1 grade in the column `Grade` of moodle-graded.csv", "2 pages in back.zip"]
    assert (graded_course / "moodle-graded.csv").read_text() == MOODLE.replace('late",Rockets,,', 'late",Rockets,9,')
    assert (graded_course / "moodle.csv").read_text() == MOODLE
    with zipfile.ZipFile(graded_course / "back.zip") as archive:
        assert archive.namelist() == [f"{who}_assignsubmission_file_/report.html" for who in ("ada_1001", "eve_1005")]
        assert "<strong>9</strong> of 10 points" in archive.read(archive.namelist()[0]).decode()


def test_partial_grades_and_another_file_can_be_asked_for(graded_course: Path) -> None:
    shutil.copytree(graded_course / "results" / "sums", graded_course / "two" / "sums")
    shutil.rmtree(graded_course / "two" / "sums" / "eve")
    arguments = ("--to", "moodle", "--worksheet", "moodle.csv", "--partial", "-o", "x.csv")
    done = grade("export", "two/sums", *arguments, cwd=graded_course)
    assert done.returncode == 0
    assert done.stderr == "grade: row 4 (Participant 1003) has no grade here\n"
    assert done.stdout == "2 grades in the column `Grade` of x.csv\n"


def test_without_a_worksheet_a_table_is_made(graded_course: Path) -> None:
    done = grade("export", "results/sums", "--to", "csv", "--partial", cwd=graded_course)
    assert done.returncode == 0
    assert (graded_course / "results" / "sums" / "export.csv").read_text().startswith("student,name,account,points,")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("results",), "say where the grades go, with --to canvas, moodle, gradescope, brightspace or csv", id="no-platform"),
        pytest.param(("results", "--to", "moodle"), "results holds no grades; give the results folder of a homework", id="no-results"),
        pytest.param(
            ("results/sums", "--to", "moodle"),
            "name the worksheet that you downloaded with --worksheet, or a zip to write with --feedback",
            id="no-worksheet",
        ),
        pytest.param(("results/sums", "--to", "moodle", "--worksheet", "absent.csv"), "absent.csv does not exist", id="absent"),
        pytest.param(
            ("results/sums", "--to", "moodle", "--worksheet", "moodle.csv", "-o", "./moodle.csv"),
            "moodle.csv is the worksheet itself; name another file with --out",
            id="over-itself",
        ),
        pytest.param(
            ("results/sums", "--to", "canvas", "--worksheet", "canvas.csv"),
            "which column takes the grades? name it with --column; there are `HW 1 (4600001)`, `HW 2 (4600002)`",
            id="which-column",
        ),
    ],
)  # fmt: skip
def test_what_can_not_be_exported_is_said_in_one_line(
    graded_course: Path, arguments: tuple[str, ...], said: str
) -> None:
    before = sorted(graded_course.rglob("*"))
    done = grade("export", *arguments, cwd=graded_course)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"grade: {said}")
    assert done.stderr.count("\n") == 1
    assert sorted(graded_course.rglob("*")) == before


def test_the_command_knows_every_platform() -> None:
    (option,) = [each for each in cli.commands["export"].params if each.name == "platform"]
    assert isinstance(option.type, click.Choice)
    assert tuple(option.type.choices) == PLATFORMS
