"""What the platform says of a submission: times, deadlines, members, earlier runs; and the limits of a run."""

import json
import math
from datetime import datetime, timedelta, timezone
from pathlib import Path

import jsonschema
import pytest

from grader.gradescope.memory import room_mb
from grader.gradescope.metadata import Metadata, metadata, read_metadata
from grader.gradescope.supervise import limits, seconds

SHARED = Path(__file__).parents[2] / "shared"
ADA = {"email": "ada@example.com", "id": 7, "name": "Ada Example"}
BOB = {"email": "bob@example.com", "id": 8, "name": "Bob Example"}
NOON = "2026-11-20T12:00:00.000000-07:00"
HERE = timezone(timedelta(hours=-7))


def told(**more):
    return {"created_at": NOON, "users": [ADA], "previous_submissions": [], **more}


def earlier(*times, **more):
    return told(previous_submissions=[{"submission_time": time, "score": "1.0", **more} for time in times])


def test_the_sample_of_the_platform_is_read():
    sample = SHARED / "data" / "platform_samples" / "ulahello_template" / "submission_metadata.json"
    if not sample.is_file():
        pytest.skip(f"there is no {sample}: the samples of platforms lie beside the repository")
    schema = json.loads((SHARED / "schemas" / "gradescope_submission_metadata.schema.json").read_text())
    jsonschema.validate(json.loads(sample.read_text()), schema)
    found = read_metadata(sample)
    assert found.student == "student@example.com"
    assert found.handed.when == datetime(2018, 7, 1, 14, 22, 32, 365935, HERE)
    assert found.handed.due == datetime(2018, 7, 31, 23, tzinfo=HERE)
    assert (found.handed.account, found.handed.name, found.handed.attempt) == ("1234", "Student User", 2)
    assert not found.handed.late


def test_a_group_is_its_first_member_and_the_others():
    found = metadata(told(users=[ADA, BOB])).handed
    assert (found.platform, found.account, found.members) == ("gradescope", "7", ("bob@example.com",))


@pytest.mark.parametrize(
    ("assignment", "own", "due"),
    [
        pytest.param("2026-11-20T10:00:00-07:00", [None], "2026-11-20T10:00:00-07:00", id="the-assignment's"),
        pytest.param("2026-11-20T10:00:00-07:00", ["2026-11-22T10:00:00-07:00"], "2026-11-22T10:00:00-07:00", id="own"),
        pytest.param(
            None, [None, "2026-11-23T10:00:00Z", "2026-11-22T10:00:00Z"], "2026-11-23T10:00:00Z", id="latest-of-group"
        ),
        pytest.param(None, [None], None, id="none"),
        pytest.param("tomorrow", [7], None, id="no-times"),
        pytest.param("2026-11-20T10:00:00", [None], None, id="a-time-of-no-zone"),
    ],
)
def test_an_extension_is_the_students_own_deadline(assignment, own, due):
    users = [ADA | {"assignment": {"due_date": each}} for each in own]
    found = metadata(told(users=users, assignment={"due_date": assignment})).handed
    assert found.due == (datetime.fromisoformat(due) if due else None)
    assert found.late == bool(due and datetime.fromisoformat(NOON) > datetime.fromisoformat(due))


@pytest.mark.parametrize(
    ("previous", "count"),
    [
        pytest.param(earlier("2026-11-20T00:00:01-07:00", "2026-11-20T11:59:00-07:00"), 2, id="today"),
        pytest.param(earlier("2026-11-19T23:59:59-07:00"), 0, id="yesterday"),
        pytest.param(earlier("2026-11-20T06:30:00Z", "2026-11-20T07:30:00Z"), 1, id="another-zone"),
        pytest.param(earlier("2026-11-20T12:30:00-07:00"), 0, id="later-than-this-one-as-in-a-regrade"),
        pytest.param(earlier("2026-11-20T09:00:00-07:00", autograder_error=True), 0, id="error-of-ours"),
        pytest.param(
            earlier("2026-11-20T09:00:00-07:00", results={"extra_data": {"withheld": True}}), 0, id="withheld"
        ),
        pytest.param(earlier("soon", 7, None), 0, id="no-times"),
        pytest.param(told(created_at=None), 0, id="of-no-time"),
    ],
)
def test_runs_of_the_day_are_counted_by_the_platforms_times(previous, count):
    assert metadata(previous).runs_today() == count


def test_the_latest_runs_results_come_back():
    later = {"submission_time": "2026-11-20T11:00:00-07:00", "results": {"score": "2.0"}}
    sooner = {"submission_time": "2026-11-20T10:00:00-07:00", "results": {"score": 1}}
    assert metadata(told(previous_submissions=[later, sooner])).results == {"score": "2.0"}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(None, id="missing"),
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff\xfe{", id="no-text"),
        pytest.param(b"[1]", id="a-list"),
        pytest.param(b"[" * 100_000, id="deep"),
    ],
)
def test_metadata_that_can_not_be_read_say_nothing(tmp_path, content):
    path = tmp_path / "submission_metadata.json"
    if content is not None:
        path.write_bytes(content)
    assert read_metadata(path) == Metadata()


@pytest.mark.parametrize(
    "odd",
    [
        {"users": None, "previous_submissions": {}},
        {"users": [None, 7, "ada"], "previous_submissions": [None, {"results": []}]},
        {"users": [{"email": [], "id": True, "name": {}}], "assignment": "x", "created_at": {}},
    ],
)
def test_odd_metadata_cost_nobody_anything(odd):
    found = metadata(odd)
    assert (found.student, found.runs_today(), found.handed.late) == ("submission", 0, False)


@pytest.mark.parametrize(
    ("variable", "limit"),
    [("600", 600.0), ("1200.5", 1200.5), ("", 600.0), ("soon", 600.0), ("nan", 600.0), ("-5", 600.0), ("1", 10.0)],
)
def test_the_platforms_limit_is_600_seconds_unless_it_says_another(variable, limit):
    assert seconds(variable) == limit


@pytest.mark.parametrize("limit", [10.0, 30.0, 60.0, 600.0, 2400.0])
def test_the_grader_stops_and_is_stopped_before_the_platform_does_it(limit):
    soft, hard = limits(limit)
    assert limit / 2 < soft < hard < limit
    assert math.isclose(limits(600.0)[0], 570.0)


@pytest.mark.parametrize(
    ("files", "room"),
    [
        pytest.param({"memory.max": "805306368", "memory.current": "209715200", "memory.stat": "inactive_file 104857600\n"}, 668, id="v2"),
        pytest.param({"memory.max": "max", "memory.current": "1", "memory.stat": ""}, None, id="v2-without-limit"),
        pytest.param(
            {"memory/memory.limit_in_bytes": "805306368", "memory/memory.usage_in_bytes": "805306368", "memory/memory.stat": ""}, 0, id="v1-full"
        ),
        pytest.param(
            {"memory/memory.limit_in_bytes": "9223372036854771712", "memory/memory.usage_in_bytes": "1", "memory/memory.stat": ""},
            None,
            id="v1-without-limit",
        ),
        pytest.param({}, None, id="no-cgroups"),
    ],
)  # fmt: skip
def test_the_containers_room_is_its_limit_without_what_it_uses(tmp_path, files, room):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert room_mb(tmp_path) == room
