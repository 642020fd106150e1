"""setup.sh and run_autograder as they are, in a simulated container of the platform (tests/platform/simulator.py)."""

import json
import math
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from course_tools import PATIENT, RIGHT, RUBRIC, grade, put, write_course
from test_asserts import SAMPLES, otter_course
from test_training_items import ASKING, LOSS

from grader.rubric import load_rubric
from grader.trained import gates_folder, setting, trainable
from grader.training.gates import Calibration, Gate, dump, measured

ROOT = Path(__file__).parents[1]
SIMULATOR = Path(__file__).parent / "platform" / "simulator.py"
SCHEMA = ROOT.parent / "shared" / "schemas" / "gradescope_results.schema.json"
METADATA = {
    "created_at": "2026-11-20T12:00:00.000000-07:00",
    "users": [{"email": "ada@example.com", "id": 7, "name": "Ada Example"}],
    "previous_submissions": [],
}
EDGE = SAMPLES.parent / "nbgrader" / "edge_notebooks"
CAN_NOT = 77
TRAINING = f"""\
  - id: "3"
    title: Training
    items:
      - {{id: "3", title: A net, kind: training, points: 3, task: Vae, model: vae, uses: {{loss: []}}, steps: 6, batch: 8,
         limits: {PATIENT}}}
"""


def simulated(*arguments):
    done = subprocess.run(
        [sys.executable, SIMULATOR, *map(str, arguments)], capture_output=True, text=True, timeout=600, check=False
    )
    if done.returncode == CAN_NOT:
        pytest.skip(f"the platform can't be simulated here: {done.stderr.strip() or 'it needs root'}")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class Image:
    """A homework as an image of the platform; `grade` runs one submission in a fresh container of it."""

    def __init__(self, folder, course, homework):
        self.folder = folder
        done = grade("pack", homework, "--course", course, "-o", folder / "autograder.zip", cwd=folder, timeout=300)
        assert done.returncode == 0, done.stderr
        (folder / "image").mkdir()
        self.built = simulated("build", folder / "image", folder / "autograder.zip")
        self.count = 0

    def grade(self, submission, *, seconds=120, cpus=0, megabytes=0, **metadata):
        """What became of it; the result has been cut as the platform does it, and is as we should write it."""
        self.count += 1
        report = self.folder / f"report{self.count}.json"
        told = put(self.folder / "metadata.json", json.dumps(METADATA | metadata))
        simulated("grade", self.folder / "image", submission, told, report, seconds, cpus, megabytes)
        found = json.loads(report.read_text())
        if SCHEMA.is_file():
            defs = json.loads(SCHEMA.read_text("utf-8"))["$defs"]
            jsonschema.validate(found["results"], {"$ref": "#/$defs/emitted", "$defs": defs})
        assert found["left"] == []
        assert found["written"] == ["autograder/results/stdout"]
        assert found["status"] == 0
        assert found["seconds"] < seconds
        return found


def write_gates(course):
    """Gates of the training item, as `grade calibrate` leaves them, through which any loss passes that is a number."""
    rubric = trainable(load_rubric(course / "rubrics" / "sums.yaml", course), None, gates=False)
    item = rubric.items[-1]
    quantities = {"elbo": measured([1.0, 2.0], Gate(-math.inf, 1e9, "hand", 2, 0.01))}
    record = Calibration(setting(item, rubric), 2, "seeds", quantities, {})
    put(gates_folder(rubric.path) / f"{item.id}.json", dump(record))


@pytest.fixture(scope="module")
def sums(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sums")
    course = write_course(
        folder / "course", rubrics={"sums": RUBRIC + TRAINING}, sums=RIGHT + LOSS, asking=ASKING.decode()
    )
    write_gates(course)
    return Image(folder, course, "sums")


@pytest.fixture(scope="module")
def plots(tmp_path_factory):
    if not SAMPLES.is_dir():
        pytest.skip(f"there is no {SAMPLES}: the samples of platforms lie beside the repository")
    folder = tmp_path_factory.mktemp("plots")
    otter_course(folder / "course")
    rubric = folder / "course" / "rubrics" / "plots.yaml"
    put(rubric, rubric.read_text() + "limits: {cpu_seconds: 4}\n")
    return Image(folder, folder / "course", "plots")


def test_the_image_is_ready_behind_every_layer_that_a_container_has(sums):
    assert "grade: ready; wall: rlimits, uid drop, no new privileges, Landlock" in sums.built
    assert "bubblewrap" not in sums.built


def test_the_systems_python_and_packages_stay_as_they_are(sums):
    made = sums.folder / "image" / "made"
    assert [path for name in ("usr", "etc") for path in (made / name).rglob("*") if path.is_file()] == []


def test_the_answers_are_for_root_alone(sums):
    source = sums.folder / "image" / "made" / "root" / "autograder" / "source"
    assert source.stat().st_mode & 0o777 == 0o700
    assert (source / "rubric.gbd").stat().st_mode & 0o777 == 0o600


def test_a_submission_is_graded_in_the_container_and_its_net_trained(sums, tmp_path):
    put(tmp_path / "sums.py", RIGHT + LOSS)
    found = sums.grade(tmp_path)
    assert "grade: 3 of 3 items in " in found["stdout"]
    assert [test["score"] for test in found["results"]["tests"]] == [4.0, 0.0, 3.0]
    (entry,) = found["results"]["leaderboard"]
    assert (entry["name"], entry["order"]) == ("3 −ELBO on held-out images", "asc")
    assert 0 < entry["value"] < 1e9
    assert "data:image/png;base64," in found["results"]["tests"][2]["output"]


THIEF = """\
import os
from pathlib import Path

def total(x):
    found = []
    for place in ("/autograder", "/autograder/source", "/autograder/source/rubric.gbd", "/autograder/results",
                  "/autograder/results/results.json", "/autograder/submission_metadata.json", "/root", "/proc/1/environ"):
        try:
            found.append(os.listdir(place) if os.path.isdir(place) else open(place, "rb").read(8))
        except OSError:
            pass
    for place in ("/autograder/results/results.json", "/tmp/left", "/opt/gradebound/left", "/autograder/run_autograder"):
        try:
            Path(place).write_text("mine")
            found.append(place)
        except OSError:
            pass
    try:
        if os.fork() == 0:
            os.setsid()
            while True: pass
        found.append("a process")
    except PermissionError:
        pass
    return x.sum() if not found else x.mean()
"""


def test_a_thief_in_the_container_finds_nothing_and_leaves_nothing(sums, tmp_path):
    put(tmp_path / "sums.py", THIEF)
    assert sums.grade(tmp_path)["results"]["tests"][0]["score"] == 4.0


def test_without_landlock_grading_is_refused_and_no_score_is_shown(sums, tmp_path, monkeypatch):
    monkeypatch.setenv("GRADEBOUND_NO_LANDLOCK", "1")
    put(tmp_path / "sums.py", RIGHT)
    found = sums.grade(tmp_path)
    (test,) = found["results"]["tests"]
    assert test["visibility"] == "hidden"
    assert test["output"].startswith("Grading was refused here, because a student's code could not be kept from the")
    assert "costs you no points" in found["results"]["output"]


@pytest.mark.parametrize(
    ("path", "seconds"),
    [
        pytest.param(SAMPLES / "notebooks" / "passesAll.ipynb", 300, id="all right"),
        pytest.param(SAMPLES / "notebooks" / "fails2and3and6H.ipynb", 300, id="three wrong"),
        pytest.param(EDGE / "infinite-loop-with-output.ipynb", 20, id="endless"),
        pytest.param(EDGE / "timeout.ipynb", 20, id="waits"),
        pytest.param(EDGE / "side-effects.ipynb", 60, id="writes files"),
    ],
)
def test_a_sample_notebook_ends_in_a_valid_result_before_the_deadline(plots, tmp_path, path, seconds):
    """What tests/test_asserts.py and tests/test_notebooks.py say of all samples, in the container for some of them."""
    put(tmp_path / path.name, path.read_bytes())
    found = plots.grade(tmp_path, seconds=seconds)
    assert len(found["results"]["tests"]) == 6
    if SAMPLES in path.parents:
        failed = {test["number"][1] for test in found["results"]["tests"] if test["score"] < test["max_score"]}
        assert failed == {digit for digit in path.stem.partition("fails")[2] if digit.isdigit()}


def test_half_a_core_and_three_quarters_of_a_gigabyte_are_enough(tmp_path):
    image = Image(tmp_path, ROOT, "vae_gan")
    found = image.grade(ROOT / "submissions_example" / "vae_gan" / "correct", seconds=600, cpus=0.5, megabytes=768)
    assert "grade: 47 of 47 items in " in found["stdout"]
    assert (
        found["results"]["score"] + found["results"]["extra_data"]["undecided"]
        == found["results"]["extra_data"]["maximum"]
    )
    assert found["peak_mb"] < 768
