"""docs/tutorial.md, word by word: its files are written, its commands run, and what they print is compared."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from course_tools import GRADE, put

PAGE = Path(__file__).parents[1] / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"`([\w./]+\.\w+)`(?:, so that it says)?:\s*$")
WORDS = ("grade", "cat", "cp", "cd")


def steps():
    """What the page has a reader do, in order: ("file", path, content), ("run", line, ""), ("prints", output, "")."""
    text = PAGE.read_text("utf-8")
    for match in BLOCK.finditer(text):
        language, content = match.groups()
        named = FILE.search(text[: match.start()])
        if language == "text":
            yield "prints", content, ""
        elif not language:
            yield from (("run", line, "") for line in content.splitlines())
        else:
            assert named, content
            yield "file", named[1], content


def run(line, here):
    """What a line of the page prints, and where it leaves the reader."""
    command, *rest = shlex.split(line)
    assert command in WORDS, line
    if command == "cd":
        return "", here / rest[0]
    words = [str(GRADE), *rest] if command == "grade" else [command, *rest]
    done = subprocess.run(words, cwd=here, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout, here


def matches(told, printed):
    return re.fullmatch(re.escape(told).replace("…", ".*"), printed, re.DOTALL)


def test_the_tutorial_is_true_word_by_word(tmp_path):
    here, printed, compared = tmp_path, "", 0
    for what, told, content in steps():
        if what == "file":
            put(here / told, content)
        elif what == "run":
            printed, here = run(told, here)
        else:
            assert matches(told, printed), f"the page says\n{told}\nand it is\n{printed}"
            compared += 1
    assert compared >= 7


def test_nothing_of_the_tutorial_needs_more_than_a_shell_and_grade():
    assert {shlex.split(line)[0] for what, line, _ in steps() if what == "run"} <= set(WORDS)


@pytest.mark.parametrize(
    ("told", "printed", "same"),
    [
        pytest.param("in … s\n", "in 12 s\n", True, id="anything"),
        pytest.param("3 of 4\n", "3 of 5\n", False, id="another-number"),
    ],
)
def test_what_may_differ_is_marked(told, printed, same):
    assert bool(matches(told, printed)) is same
