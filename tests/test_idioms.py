"""What homework really looks like: every idiom works in the box, or its student reads in a clear sentence why not.

An idiom is one student's file, `idioms/<name>.py`; its docstring tells what it does, and then

    must: ok                                   the item has full credit
    must: crashed: part of the sentence        how it ends instead, and what the student must be told
    without tqdm: crashed: part of a sentence  what holds instead where that package is not installed

`idioms/<name>.csv` is handed in beside it as `data.csv`. `PYTHONPATH=tests python -m test_idioms [NAME]…` grades
these idioms (all, without a name) and prints what became of each.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from attacks.course import ended, unclear
from course_tools import put

GRADE = Path(sys.executable).with_name("grade")
IDIOMS = Path(__file__).parent / "idioms"
LINE = re.compile(r"^(must|without (?P<package>\w+)): (?P<end>\w+)(?:: (?P<told>.+))?$", re.MULTILINE)
LIMITS = "{cpu_seconds: 4, idle_seconds: 2, memory_mb: 512}"

RUBRIC = f"""\
homework: idioms
title: Idioms
limits: {LIMITS}
questions:
  - id: "1"
    title: Twice
    items:
      - {{id: a, title: Twice x, kind: close, points: 1, call: {{name: double, arguments: [x]}}, given: numbers}}
"""
REFERENCE = "def double(x):\n    return 2 * x\n"
INPUTS = """\
from grader.inputs import Recipe, normal

numbers = Recipe(sizes=((3, 2), (5, 2)), x=normal("B", "D"))
"""


@dataclass(frozen=True)
class Idiom:
    """One file: how it must end, and what its student must be told (nothing if it works)."""

    name: str
    path: Path
    end: str
    told: str


def idioms(names: Sequence[str] = ()) -> list[Idiom]:
    """All idioms by name, or those named. Raises ValueError for a header that is not one."""
    return [_idiom(path) for path in sorted(IDIOMS.glob("*.py")) if not names or path.stem in names]


def violations(chosen: Sequence[Idiom], folder: Path) -> list[str]:
    """Grades one class in which each idiom is a student; what is not as it must be, one line each."""
    found = _graded(chosen, folder)
    return [f"{idiom.name}: {trouble}" for idiom in chosen if (trouble := _trouble(idiom, found[idiom.name]))]


def test_every_idiom_works_or_is_told_clearly_why_not(tmp_path):
    assert violations(idioms(), tmp_path) == []


def test_there_are_idioms_enough_and_most_of_them_work():
    ends = [idiom.end for idiom in idioms()]
    assert len(ends) >= 44
    assert ends.count("ok") > 0.75 * len(ends)


@pytest.mark.parametrize(
    ("outcome", "trouble"),
    [
        pytest.param({"credit": 1.0, "note": "", "sentence": "agrees"}, "", id="as-it-must-be"),
        pytest.param(
            {"credit": 0.0, "note": "crashed", "sentence": "no GPU"}, "must be ok, is crashed: no GPU", id="ended-otherwise"
        ),
        pytest.param({"credit": 1.0, "note": "", "sentence": "\x1b[0m"}, "is told unclearly (it has control characters)", id="unclear"),
    ],
)  # fmt: skip
def test_an_idiom_that_is_not_as_it_must_be_is_reported(outcome, trouble):
    assert _trouble(Idiom("x", Path("x.py"), "ok", ""), outcome) == trouble


def test_a_sentence_without_the_part_that_matters_is_reported():
    idiom = Idiom("x", Path("x.py"), "crashed", "no network")
    outcome = {"credit": 0.0, "note": "crashed", "sentence": "it crashed: OSError"}
    assert _trouble(idiom, outcome) == "must be told 'no network', is told: it crashed: OSError"


def _idiom(path: Path) -> Idiom:
    lines = {match[1]: match for match in LINE.finditer(ast.get_docstring(ast.parse(path.read_bytes())) or "")}
    if "must" not in lines:
        raise ValueError(f"{path}: its docstring has no line `must: ok` or `must: <status>: <part of the sentence>`")
    found = lines["must"]
    for match in lines.values():
        if match["package"] and importlib.util.find_spec(match["package"]) is None:
            found = match
    return Idiom(path.stem, path, found["end"], found["told"] or "")


def _graded(chosen: Sequence[Idiom], folder: Path) -> dict[str, dict]:
    for name, text in (
        ("course/rubrics/idioms.yaml", RUBRIC),
        ("course/reference/idioms/idioms.py", REFERENCE),
        ("course/reference/idioms/inputs.py", INPUTS),
    ):
        put(folder / name, text)
    for idiom in chosen:
        put(folder / "idioms" / idiom.name / "homework.py", idiom.path.read_bytes())
        for beside in IDIOMS.glob(f"{idiom.name}.csv"):
            put(folder / "idioms" / idiom.name / "data.csv", beside.read_bytes())
    command = [GRADE, folder / "idioms", "--course", folder / "course", "--out", folder / "results"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {
        idiom.name: json.loads((folder / "results" / idiom.name / "grade.json").read_text("utf-8"))["outcomes"]["a"]
        for idiom in chosen
    }


def _trouble(idiom: Idiom, outcome: dict) -> str:
    sentence = outcome["sentence"]
    if ended(outcome) != idiom.end:
        return f"must be {idiom.end}, is {ended(outcome)}: {sentence}"
    if idiom.told not in sentence:
        return f"must be told {idiom.told!r}, is told: {sentence}"
    return f"is told unclearly ({trouble})" if (trouble := unclear(sentence)) else ""


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        print("\n".join(violations(idioms(sys.argv[1:]), Path(place))) or "all as they must be")
