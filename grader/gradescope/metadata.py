"""What Gradescope says of a submission, as it lies in the container's submission_metadata.json.

Times come from the platform and never from the clock: a regrade a month later must find the same lateness and the
same number of earlier runs. The platform reserves the right to change the file, so what is missing or odd is passed
over, and costs nobody anything.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from grader.model import Handed

MAX_METADATA = 64 << 20


@dataclass(frozen=True)
class Metadata:
    """`student` is a name for reports; `earlier` are the times of earlier runs that count; `results` the latest's."""

    student: str = "submission"
    handed: Handed = field(default_factory=lambda: Handed(platform="gradescope"))
    earlier: tuple[datetime, ...] = ()
    results: Mapping[str, Any] | None = None

    def runs_today(self) -> int:
        """How many earlier runs fall on the day of this submission, as the platform's own clock shows it."""
        when = self.handed.when
        if when is None:
            return 0
        return sum(_in_zone_of(when, each).date() == when.date() and each <= when for each in self.earlier)


def read_metadata(path: Path) -> Metadata:
    """The platform's words on a submission; empty where there is no such file, or none that can be read."""
    try:
        with path.open("rb") as file:
            told = json.loads(file.read(MAX_METADATA))
    except (OSError, ValueError, RecursionError):
        return Metadata()
    return metadata(told) if isinstance(told, dict) else Metadata()


def metadata(told: Mapping[str, Any]) -> Metadata:
    """The platform's words on a submission, from the content of the file."""
    users = [user for user in _list(told, "users") if isinstance(user, dict)]
    names = [_text(user, "email") or _text(user, "name") or _text(user, "id") for user in users]
    previous = [each for each in _list(told, "previous_submissions") if isinstance(each, dict)]
    when, due = _time(told.get("created_at")), _due(told, users)
    handed = Handed(
        platform="gradescope",
        account=_text(users[0], "id") if users else "",
        name=_text(users[0], "name") if users else "",
        members=tuple(name for name in names[1:] if name),
        when=when,
        due=due,
        late=bool(when and due and when > due),
        attempt=1 + len(previous),
    )
    student = next((name for name in names if name), "submission")
    latest = max(previous, key=_age, default=None)
    results = latest.get("results") if latest else None
    return Metadata(student, handed, tuple(_counted(previous)), results if isinstance(results, dict) else None)


def _due(told: Mapping[str, Any], users: list[dict[str, Any]]) -> datetime | None:
    """The deadline: the latest of the members' own, in which extensions show, else the assignment's."""
    own = [_time(_dict(user, "assignment").get("due_date")) for user in users]
    return max((due for due in own if due), default=None) or _time(_dict(told, "assignment").get("due_date"))


def _counted(previous: list[dict[str, Any]]) -> Iterator[datetime]:
    """The times of the runs that count: not those that the platform calls its own or our error, or that we withheld."""
    for each in previous:
        when = _time(each.get("submission_time"))
        withheld = _dict(_dict(each, "results"), "extra_data").get("withheld") is True
        if when and each.get("autograder_error") is not True and not withheld:
            yield when


def _age(each: Mapping[str, Any]) -> float:
    when = _time(each.get("submission_time"))
    return when.timestamp() if when else float("-inf")


def _in_zone_of(when: datetime, other: datetime) -> datetime:
    return other.astimezone(when.tzinfo)


def _time(told: Any) -> datetime | None:
    """A time with its offset from UTC; None where the platform has written something else."""
    try:
        found = datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _dict(told: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = told.get(key)
    return found if isinstance(found, dict) else {}


def _list(told: Mapping[str, Any], key: str) -> list[Any]:
    found = told.get(key)
    return found if isinstance(found, list) else []


def _text(told: Mapping[str, Any], key: str) -> str:
    found = told.get(key)
    return str(found).strip()[:200] if isinstance(found, str | int) and not isinstance(found, bool) else ""
