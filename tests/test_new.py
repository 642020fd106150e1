"""`grade new`: a course that grades, that is proved, and clear sentences where it can't be made."""

import os

import pytest
import yaml
from course_tools import grade, outcomes, put

from grader.checks import KINDS
from grader.new import templates


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    place = tmp_path_factory.mktemp("new") / "my-course"
    done = grade("new", place, cwd=place.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        f"{place}: 16 files; its README.md says what each is\nNext: cd {place} && grade submissions_example/first\n"
    )
    return place


def test_a_new_course_has_a_question_of_each_kind_and_says_whose_it_is(home):
    rubric = yaml.safe_load((home / "rubrics" / "first.yaml").read_text("utf-8"))
    assert {item["kind"] for question in rubric["questions"] for item in question["items"]} == {*KINDS}
    assert (home / "README.md").read_text("utf-8").startswith("# my-course\n")


def test_its_readme_names_every_place_that_holds_files(home):
    text = (home / "README.md").read_text("utf-8")
    for path, _ in templates():
        places = [path, *(f"{'/'.join(path.split('/')[:n])}/" for n in range(1, path.count("/") + 1))]
        assert path == "README.md" or any(f"`{place}`" in text for place in places), path


def test_its_examples_get_what_their_golden_lines_say(home):
    done = grade("submissions_example/first", "--workers", 1, cwd=home, timeout=600)
    assert done.returncode == 0, done.stderr
    golden = yaml.safe_load((home / "submissions_example/first/golden.yaml").read_text("utf-8"))["students"]
    assert set(golden) == {"correct", "kl_log_std", "slips"}
    for student, entry in golden.items():
        for item, outcome in outcomes(home / "results/first", student).items():
            deserved = entry.get("items", {}).get(item, entry["default"])
            assert outcome["credit"] == deserved["credit"], (student, item, outcome["sentence"])
            assert outcome["note"] == deserved.get("note", outcome["note"]), (student, item)


def test_it_is_proved(home):
    done = grade("prove", "first", "--budget", 20, "--fail-under", 99, cwd=home, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    first, examples, fairness, *_ = done.stdout.splitlines()
    assert first.startswith("first: 100.0 % of ")
    assert first.endswith("; 1 training item left out")
    assert examples == "  examples: all 3 get what their golden lines say"
    assert fairness.endswith(" right works, none loses a point")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("full", "full is there already and not empty; name a new folder", id="full"),
        pytest.param("file", "file is a file; name a new folder", id="file"),
        pytest.param("file/course", "file/course can't be written: Not a directory", id="below-a-file"),
        pytest.param(
            "my course",
            "`my course` can't be the name of a course: take letters, digits, dots, dashes and underscores, 64 at most",
            id="space",
        ),
        pytest.param(
            "x" * 65,
            f"`{'x' * 65}` can't be the name of a course: take letters, digits, dots, dashes and underscores, 64 at most",
            id="long",
        ),
        pytest.param("/proc/course", "/proc/course can't be written: No such file or directory", id="no-place"),
        pytest.param("gone", "gone is a file; name a new folder", id="dead-link"),
    ],
)
def test_a_course_that_cannot_be_made_is_one_sentence(tmp_path, name, said):
    put(tmp_path / "full" / "notes.txt", "mine")
    put(tmp_path / "file", "mine")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    done = grade("new", name, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"grade: {said}\n")
    assert (tmp_path / "full" / "notes.txt").read_text() == "mine"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_where_nobody_may_write_is_said(tmp_path):
    (tmp_path / "closed").mkdir(mode=0o500)
    done = grade("new", "closed/course", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, "grade: closed/course can't be written: Permission denied\n")


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "empty").mkdir()
    assert grade("new", "empty", cwd=tmp_path).returncode == 0
    assert (tmp_path / "empty" / "rubrics" / "first.yaml").is_file()
