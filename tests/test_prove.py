"""`grade prove` on a small course: what it finds, what it says, and its exit status."""

import pytest
from course_tools import REFERENCE, grade, put, write_course

RUBRIC = """\
homework: sums
title: Sums
limits: {cpu_seconds: 20, idle_seconds: 20}
questions:
  - id: "1"
    title: Sum
    items:
      - {id: "1", title: The sum of all entries, kind: close, points: 4, call: {name: total, arguments: [x]}, given: numbers}
  - id: "2"
    title: Two
    items:
      - {id: "2", title: A number, kind: number, points: 2, answer: "2"}
      - {id: "3", title: Why, kind: written, points: 2}
"""
GOLDEN = """\
students:
  right:
    default: {credit: 1}
    items: {"3": {credit: null}}
  mean:
    default: {credit: 0, note: mean}
    items: {"2": {credit: 1}, "3": {credit: null}}
"""
WEAK = 'from grader.inputs import Recipe, normal\n\nnumbers = Recipe(sizes=((1, 1),), x=normal("B", "D"))\n'
STEPS = "def total(x):\n    doubled = 2.0 * x\n    return 0.5 * doubled.sum()\n"
ANSWERS = "# 2\n2\n\n# 3\nAll entries are added up.\n"


def course(folder, *, golden=GOLDEN, **files):
    home = write_course(folder, rubrics={"sums": RUBRIC}, **files)
    examples = {"right": REFERENCE, "mean": "def total(x):\n    return x.mean()\n"}
    for name, source in examples.items():
        put(home / "submissions_example/sums" / name / "sums.py", source)
        put(home / "submissions_example/sums" / name / "answers.md", ANSWERS)
    put(home / "submissions_example/sums/golden.yaml", golden)
    return home


def prove(home, *more):
    return grade("prove", "sums", *more, cwd=home, timeout=600)


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    home = course(tmp_path_factory.mktemp("good"))
    put(home / "reference/sums/alternatives/loops.py", "def total__loop(x):\n    return sum(row.sum() for row in x)\n")
    return home, prove(home, "--fail-under", "99")


def test_a_good_rubric_is_proved(good):
    _, done = good
    assert done.returncode == 0, done.stdout
    first, *lines = done.stdout.splitlines()
    assert first.startswith("sums: 100.0 % of 8 wrong works are caught, in ")
    assert lines == [
        "  examples: all 2 get what their golden lines say",
        "  fairness: 5 right works, none loses a point",
        "  stability: 0 of 300 runs on fresh inputs refused; at most 1.0% for any item (95 %)",
        "  power: 8 caught, 0 survived, 0 equivalent, as far as sampling tells",
        "  weight: nothing was tried for 3: a person reads it, or there is no solution",
    ]


def test_the_proof_is_written_as_a_page_and_as_text(good):
    home, done = good
    place = home / "results/prove/sums"
    page = (place / "proof.html").read_text("utf-8")
    assert (place / "proof.txt").read_text("utf-8") == done.stdout
    assert "<title>Sums: its proof</title>" in page
    assert "Every wrong work that was tried loses points, or waits for a person." in page
    assert "http://" not in page
    assert "https://" not in page


def test_a_second_proof_asks_nothing_again_and_says_the_same(good):
    home, done = good
    again = prove(home, "--fail-under", "99")
    assert again.returncode == 0
    assert again.stdout.splitlines()[1:] == done.stdout.splitlines()[1:]


def test_what_a_rubric_lets_pass_whom_it_wrongs_and_what_is_not_golden_is_shown(tmp_path):
    golden = GOLDEN.replace('items: {"2": {credit: 1}', 'items: {"2": {credit: 0}')
    home = course(tmp_path, inputs=WEAK, golden=golden)
    put(home / "reference/sums/alternatives/wrong.py", "def total__half(x):\n    return x.sum() / 2\n")
    done = prove(home, "--fail-under", "99")
    assert done.returncode == 1
    assert "survived: total: mean for sum (items 1)" in done.stdout
    assert "      -    return x.sum()\n      +    return x.mean()" in done.stdout
    assert "mean, 1: deserves {'credit': 0, 'note': 'mean'}, got 1.0 : " in done.stdout
    assert "mean, 2: deserves {'credit': 0}, got 1.0 : 2 is right" in done.stdout
    assert "  fairness: 5 right works, 1 of which lose points or wait for a person" in done.stdout
    assert "    total: alternative half: 1: " in done.stdout
    page = (home / "results/prove/sums/proof.html").read_text("utf-8")
    assert '<span class="new">+    return x.mean()</span>' in page


def test_a_change_that_changes_nothing_is_told_apart(tmp_path):
    home = course(tmp_path, sums="def total(x):\n    return (x + 0 * x).sum()\n", mistakes="")
    done = prove(home)
    assert done.returncode == 0
    assert "survived: " not in done.stdout
    assert "4 equivalent, as far as sampling tells" in done.stdout


def test_a_small_budget_leaves_mutants_out_and_says_so(tmp_path):
    done = prove(course(tmp_path, sums=STEPS), "--budget", "1")
    assert done.returncode == 0
    assert "more were beyond the budget" in done.stdout


@pytest.mark.parametrize(
    ("source", "said"),
    [
        pytest.param("def total(x):\n    return 1\n", "`total` has no `__` and a style in it", id="no-style"),
        pytest.param(
            "def sum__loop(x):\n    return 1\n", "`sum__loop` is for `sum`, which no item asks for", id="nobody"
        ),
        pytest.param("def total__(:\n", "can't be read as Python", id="not-python"),
    ],
)
def test_a_wrong_alternative_is_the_courses_mistake(tmp_path, source, said):
    home = course(tmp_path)
    put(home / "reference/sums/alternatives/bad.py", source)
    done = prove(home)
    assert done.returncode == 2
    assert "alternatives/bad.py:1: " in done.stderr
    assert said in done.stderr
