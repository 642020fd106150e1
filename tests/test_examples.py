"""The examples get what a person says they deserve, through the real command, on every kind of run."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
GRADE = Path(sys.executable).with_name("grade")
HOMEWORKS = sorted(path.name for path in (ROOT / "submissions_example").iterdir() if path.is_dir())


def golden(homework):
    return yaml.safe_load((ROOT / "submissions_example" / homework / "golden.yaml").read_text())["students"]


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    out = tmp_path_factory.mktemp("results")
    command = [GRADE, "submissions_example", "--course", ".", "--out", out]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out


def outcomes(results, homework, student):
    return json.loads((results / homework / student / "grade.json").read_text())["outcomes"]


@pytest.mark.parametrize("homework", HOMEWORKS)
def test_every_example_has_a_golden_line_and_every_line_an_example(homework):
    folders = {path.name for path in (ROOT / "submissions_example" / homework).iterdir() if path.is_dir()}
    assert folders == set(golden(homework))


@pytest.mark.parametrize(
    ("homework", "student"), [pytest.param(h, s, id=f"{h}-{s}") for h in HOMEWORKS for s in golden(h)]
)
def test_an_example_gets_what_it_deserves_and_hears_its_mistake(results, homework, student):
    entry = golden(homework)[student]
    wrong = []
    for item, outcome in outcomes(results, homework, student).items():
        deserved = entry.get("items", {}).get(item, entry["default"])
        same = outcome["credit"] == deserved["credit"] and outcome["note"] == deserved.get("note", outcome["note"])
        if not same:
            wrong.append(
                f"{item}: deserves {deserved}, got {outcome['credit']} {outcome['note']}: {outcome['sentence']}"
            )
    assert wrong == []


@pytest.mark.parametrize("homework", HOMEWORKS)
def test_no_golden_line_names_an_item_that_is_not_there(results, homework):
    for student, entry in golden(homework).items():
        assert set(entry.get("items", {})) <= set(outcomes(results, homework, student))


@pytest.mark.parametrize("homework", HOMEWORKS)
def test_a_wrong_item_is_named_in_the_golden_file(homework):
    unnamed = [
        (student, item)
        for student, entry in golden(homework).items()
        for item, deserved in entry.get("items", {}).items()
        if deserved["credit"] not in (1, None) and "note" not in deserved
    ]
    assert unnamed == []
