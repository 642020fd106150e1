"""One submission through the real supervisor and the real box, in a folder laid out as the container's."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from course_tools import ANSWER, MEAN, RIGHT, alive, descendants, grade, own_scratch, put, wait_until, write_course

from grader.autograde import OUT_OF_TIME, Autograder, check, grade_here, packed_of, told, too_small, within
from grader.engine import most
from grader.gradescope.metadata import Metadata
from grader.gradescope.pack import BEGUN, PACKED
from grader.gradescope.packed import dump
from grader.gradescope.results import NOT_LOST, dump_results, withheld
from grader.model import Late, Limits, Observation, RefusedError, UsageError
from grader.rubric import load_rubric

SCHEMA = Path(__file__).parents[2] / "shared" / "schemas" / "gradescope_results.schema.json"
ENDLESS = "def total(x):\n    while True:\n        pass\n"
NOON = "2026-11-20T12:00:00.000000-07:00"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return write_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def packed(course):
    return packed_of(load_rubric(course / "rubrics" / "sums.yaml", course))


@pytest.fixture
def container(packed, tmp_path, monkeypatch):
    """The container's folder with a packed homework, and a TMPDIR that students' processes can enter."""
    scratch = own_scratch()
    monkeypatch.setenv("TMPDIR", str(scratch))
    put(tmp_path / "source" / PACKED, dump(packed))
    put(tmp_path / "results" / "results.json", dump_results(withheld(packed.rubric.points, BEGUN)))
    (tmp_path / "submission").mkdir()
    metadata(tmp_path)
    yield tmp_path
    assert list(scratch.iterdir()) == []
    shutil.rmtree(scratch)


def metadata(container, **more):
    users = [{"email": "ada@example.com", "id": 7, "name": "Ada Example"}]
    said = {"created_at": NOON, "users": users, "previous_submissions": [], **more}
    put(container / "submission_metadata.json", json.dumps(said))


def hand_in(container, source, answer=ANSWER):
    put(container / "submission" / "sums.py", source)
    put(container / "submission" / "answers.md", answer)


def supervised(container, *, seconds=120, **more):
    """The running supervisor, as run_autograder starts it."""
    command = [sys.executable, "-m", "grader.gradescope.supervise", str(container)]
    environment = os.environ | {"TIMEOUT_SECONDS": str(seconds)}
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more
    )


def ran(container, **more):
    """What a run has printed, and its result, which the platform takes."""
    with supervised(container, **more) as running:
        printed, _ = running.communicate(timeout=120)
    assert running.returncode == 0
    assert "Traceback" not in printed
    return printed, results(container)


def is_grader(pid):
    """Whether the process is the grader, and not still the fork that becomes it: that one must not be stopped."""
    try:
        return b"grader.autograde" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def results(container):
    data = (container / "results" / "results.json").read_bytes()
    assert not data.startswith(b"\xef\xbb\xbf")
    read = json.loads(data, parse_constant=lambda constant: pytest.fail(f"{constant} is no JSON"))
    if SCHEMA.is_file():
        jsonschema.validate(read, {"$ref": "#/$defs/emitted", "$defs": json.loads(SCHEMA.read_text())["$defs"]})
    return read


def test_a_right_submission_gets_its_points_and_leaves_nothing_else(container):
    hand_in(container, RIGHT)
    printed, found = ran(container)
    assert printed.startswith("grade: 2 of 2 items in ")
    assert [(test["score"], test["max_score"]) for test in found["tests"]] == [(4.0, 4.0), (0.0, 2.0)]
    assert found["score"] == 4.0
    assert "seccomp" in found["extra_data"]["wall"]
    assert "wall: " in printed
    assert [path.name for path in (container / "results").iterdir()] == ["results.json"]
    assert (container / "results" / "results.json").stat().st_mode & 0o777 == 0o600


def test_the_container_says_what_grading_at_home_says(container, course, tmp_path_factory):
    hand_in(container, MEAN)
    _, found = ran(container)
    home = tmp_path_factory.mktemp("home")
    shutil.copytree(container / "submission", home / "handed_in" / "ada")
    done = grade("handed_in", "--course", course, "--rubric", "sums", "--out", "out", cwd=home)
    assert done.returncode == 0, done.stderr
    at_home = json.loads((home / "out" / "ada" / "results.json").read_text())
    for test, other in zip(found["tests"], at_home["tests"], strict=True):
        assert test == other | {"output": test["output"]}
        assert test["output"].split("\n\n")[0] == other["output"].split("\n\n")[0]
    assert (found["score"], found["output"]) == (at_home["score"], at_home["output"])
    # The smallest failing input comes from the packed cases, and is one of two numbers as at home.
    assert "smallest" in found["tests"][0]["output"]


def test_an_empty_submission_is_graded(container):
    _, found = ran(container)
    assert found["score"] == 0.0
    assert [test["extra_data"]["note"] for test in found["tests"]] == ["missing", "missing"]


@pytest.mark.parametrize(
    "name",
    [pytest.param("../x.py", id="up"), pytest.param("/etc/x.py", id="absolute"), pytest.param("a/b.py", id="deep")],
)
def test_names_of_submitted_files_are_never_trusted(container, name):
    hand_in(container, RIGHT)
    odd = name.replace("/", "∕") if name != "a/b.py" else name  # what a platform makes of a name that is a path
    put(container / "submission" / odd, "raise RuntimeError\n")
    (container / "submission" / "link.py").symlink_to(container / "source" / PACKED)
    _, found = ran(container)
    assert found["score"] == 4.0
    assert not (container / "x.py").exists()


def test_when_time_is_over_what_is_not_done_costs_nothing(container, packed):
    patient = tuple(replace(item, limits=Limits(cpu_seconds=500.0)) for item in packed.rubric.items)
    question = replace(packed.rubric.questions[0], items=patient)
    slow = replace(packed, rubric=replace(packed.rubric, questions=(question,)))
    put(container / "source" / PACKED, dump(slow))
    hand_in(container, ENDLESS)
    _, found = ran(container, seconds=40)
    assert OUT_OF_TIME.sentence == "the time for this run was over before this item was done; a person will look at it"
    for test in found["tests"]:
        assert test["extra_data"]["note"] == "out_of_time"
        assert test["output"].startswith(
            "? a person decides: The time for this run was over before this item was done;"
        )


def test_a_valid_result_is_there_all_the_time(container):
    hand_in(container, RIGHT)
    seen, ended = [], threading.Event()

    def look():
        while not ended.is_set():
            seen.append(json.loads((container / "results" / "results.json").read_bytes())["score"])
            time.sleep(0.002)

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    try:
        ran(container)
    finally:
        ended.set()
        looking.join()
    assert seen[0] == 0.0
    assert set(seen) <= {0.0, 4.0}


@pytest.mark.parametrize(
    "sign", [pytest.param(signal.SIGKILL, id="grader-killed"), pytest.param(0, id="supervisor-stopped")]
)
def test_whatever_ends_early_leaves_a_result_and_no_process(container, sign):
    hand_in(container, ENDLESS)
    with supervised(container, seconds=300) as running:
        wait_until(lambda: len(descendants(running.pid)) >= 3)  # the grader, the zygote, a student
        below = descendants(running.pid)
        grader = next(filter(is_grader, below))
        os.kill(grader if sign else running.pid, sign or signal.SIGTERM)
        printed, _ = running.communicate(timeout=60)
    assert running.returncode == 0
    wait_until(lambda: not alive(below))
    said = "the grader was ended by SIGKILL; is the container's memory too small?" if sign else "what was done is in"
    assert said in printed
    assert results(container)["score"] == 0.0


def test_a_grader_that_does_not_stop_is_killed_before_the_platform_does_it(container):
    hand_in(container, RIGHT)
    with supervised(container, seconds=10) as running:
        wait_until(lambda: any(map(is_grader, descendants(running.pid))))
        os.kill(next(filter(is_grader, descendants(running.pid))), signal.SIGSTOP)
        printed, _ = running.communicate(timeout=60)
    assert "grade: killed before the platform's limit of 10 seconds; what was done is in results.json" in printed
    assert results(container)["output"] == NOT_LOST


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        pytest.param(lambda path: path.write_bytes(b"x" * 99), "rubric.gbd is damaged: it is not as `grade pack`", id="damaged"),
        pytest.param(lambda path: path.unlink(), "Gradebound failed: FileNotFoundError: ", id="missing"),
    ],
)  # fmt: skip
def test_what_keeps_us_from_grading_is_told_to_the_instructor_alone(container, harm, said):
    hand_in(container, RIGHT)
    harm(container / "source" / PACKED)
    printed, found = ran(container)
    assert said in printed
    assert found["output"] == NOT_LOST
    assert said in found["tests"][0]["output"]
    assert found["tests"][0]["visibility"] == "hidden"


def test_a_refusal_says_why_to_the_instructor():
    assert told(RefusedError("student code reads /etc/passwd")) == (
        "Grading was refused here, because a student's code could not be kept from the answers: "
        "student code reads /etc/passwd"
    )


def test_a_failure_after_the_first_item_keeps_what_is_graded(packed, container, monkeypatch):
    def fails(self, zygote):
        self.outcomes["1"] = OUT_OF_TIME
        self._write()
        raise RuntimeError("the disk is on fire")

    monkeypatch.setattr(Autograder, "_all", fails)
    said = grade_here(container, 60.0)
    assert said == "Gradebound failed: RuntimeError: the disk is on fire"
    assert [test["extra_data"]["item"] for test in results(container)["tests"]] == ["1", "2"]


@pytest.fixture
def limited(container, packed):
    """The same with a late policy and two runs a day."""
    rubric = replace(packed.rubric, late=Late(percent=10.0), runs_per_day=2)
    put(container / "source" / PACKED, dump(replace(packed, rubric=rubric)))
    hand_in(container, RIGHT)
    return container


def test_lateness_is_that_of_the_platforms_times_with_the_students_extension(limited):
    users = [{"email": "a", "id": 7, "name": "Ada", "assignment": {"due_date": "2026-11-19T13:00:00-07:00"}}]
    metadata(limited, users=users, assignment={"due_date": "2026-11-10T12:00:00-07:00"})
    _, found = ran(limited)
    assert (found["score"], found["extra_data"]["deducted"]) == (3.4, 0.6)
    assert "Handed in 23 h after the deadline; 1 day begun × 10 % = 0.6 of 6 points." in found["output"]


def test_a_run_beyond_the_days_limit_shows_the_last_result(limited):
    _, first = ran(limited)
    times = ["2026-11-20T08:00:00-07:00", "2026-11-20T09:00:00-07:00"]
    previous = [{"submission_time": when, "score": "4.0", "results": first} for when in times]
    hand_in(limited, MEAN)
    metadata(limited, previous_submissions=previous)
    printed, found = ran(limited)
    assert printed == "grade: not graded: 2 runs of today are used up\n"
    assert found["score"] == first["score"] == 4.0
    assert found["output"].startswith("This homework is graded 2 times a day, and today's runs are used up:")
    metadata(limited, previous_submissions=previous[:1])
    assert ran(limited)[1]["score"] < 4.0


@pytest.mark.parametrize(
    ("room", "memory"), [(None, 1024), (4000, 1024), (500, 436), (100, 128)], ids=["no-limit", "large", "small", "tiny"]
)
def test_a_student_may_use_no_more_memory_than_the_container_has(room, memory):
    assert within(Limits(), room).memory_mb == memory


@pytest.mark.parametrize(
    ("observed", "ours"),
    [
        pytest.param(Observation("memory"), True, id="held-too-much"),
        pytest.param(Observation("crashed", detail="MemoryError: asked for 3 GB"), True, id="asked-for-too-much"),
        pytest.param(Observation("crashed", detail="ended by a kill"), True, id="killed"),
        pytest.param(Observation("crashed", detail="ValueError: no"), False, id="another-crash"),
        pytest.param(Observation("ok"), False, id="ok"),
    ],
)
def test_a_container_that_is_too_small_costs_nobody_a_point(packed, observed, ours):
    item = packed.rubric.items[0]
    outcome = too_small(item, within(item.limits, 500), observed)
    assert (outcome is not None) == ours
    if outcome:
        assert outcome.credit is None
        assert outcome.sentence == (
            "it needs more memory than this container has left (436 MB, where the homework allows 1024 MB); "
            "that is not your fault, and a person will look at it"
        )
    assert too_small(item, item.limits, observed) is None


def test_what_imports_the_files_may_use_the_most_of_each_limit(packed):
    assert most(packed.rubric) == Limits(cpu_seconds=2.0, idle_seconds=2.0)


def test_the_image_is_tried_when_it_is_built(container):
    assert check(container / "source").startswith("ready; wall: ")


def test_a_preload_that_the_image_lacks_is_told_when_it_is_built(container, packed):
    rubric = replace(packed.rubric, preload=("not_there_at_all",))
    put(container / "source" / PACKED, dump(replace(packed, rubric=rubric)))
    with pytest.raises(
        UsageError, match=r"the homework preloads not_there_at_all, which requirements.txt of the course"
    ):
        check(container / "source")


def test_the_log_tells_a_person_how_many_items_were_done(packed, container):
    hand_in(container, RIGHT)
    autograder = Autograder(packed, Metadata(), container)
    assert autograder.run(0.0).startswith("0 of 2 items in ")
    assert {test["extra_data"]["note"] for test in results(container)["tests"]} == {"out_of_time"}
