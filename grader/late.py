"""How late a submission is, and what that takes from its points.

Pure, from the times that the platform tells and never from the clock, or a regrade would change the answer. Lateness
takes from the whole and is no part of any item's credit.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from grader.model import Handed, Late, Rubric

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Lateness:
    """How late a submission came and what it takes, in points of the whole.

    `due` is the deadline with the `extension` in days that the rubric gives, `past` the time from it to the handing
    in; both are None where the platform only marks it late. `begun` are the days begun after the grace, `charged`
    those of them that cost something. `closed` if it came so late that nothing counts.
    """

    due: datetime | None = None
    past: timedelta | None = None
    extension: float = 0.0
    begun: int = 0
    charged: int = 0
    taken: float = 0.0
    closed: bool = False


def lateness(rubric: Rubric, student: str, handed: Handed) -> Lateness | None:
    """How late a submission is; None if it came in time, if nothing is known of that, or if the rubric has no policy.

    A time without an offset from UTC is read in that of the other time.
    """
    late = rubric.late
    if late is None:
        return None
    due, extension = handed.due or late.due, _extension(late, student, handed)
    if handed.when is None or due is None:
        return Lateness(extension=extension) if handed.late else None
    try:
        due += timedelta(days=extension)
    except OverflowError:  # a deadline at the end of the calendar
        return None
    past = _since(due, handed.when)
    if past <= timedelta(0):
        return None
    over = past - timedelta(minutes=late.grace_minutes)
    begun = max(0, math.ceil(over / DAY))
    charged = begun if late.cap is None else min(begun, late.cap)
    taken = charged * (late.points or late.percent / 100 * rubric.points)
    closed = late.closes is not None and over > timedelta(0) and over > late.closes * DAY
    return Lateness(due, past, extension, begun, charged, taken, closed)


def deducted(late: Lateness | None, points: float) -> float:
    """What lateness takes of the points that were reached; never more than these."""
    if late is None:
        return 0.0
    return points if late.closed else min(late.taken, points)


def idle_extensions(late: Late | None, handed: Iterable[tuple[str, Handed]]) -> list[str]:
    """The keys of `extensions` that are nobody's, among (student, how it was handed in)."""
    known = {name for student, each in handed for name in _names(student, each)}
    return [name for name in (late.extensions if late else ()) if name not in known]


def _extension(late: Late, student: str, handed: Handed) -> float:
    """The days that an extension gives; of a group's, the longest, for it hands in one work."""
    return max((late.extensions.get(name, 0.0) for name in _names(student, handed)), default=0.0)


def _names(student: str, handed: Handed) -> Iterator[str]:
    yield from (name for name in (student, handed.account, *handed.members) if name)


def _since(due: datetime, when: datetime) -> timedelta:
    return when.replace(tzinfo=when.tzinfo or due.tzinfo) - due.replace(tzinfo=due.tzinfo or when.tzinfo)
