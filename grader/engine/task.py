"""What goes to an engine and what comes back: plain data, the same for a thread and for a worker far away."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Protocol

from grader.engine.desk import Answers, Desk
from grader.model import Conversing, GradeboundError, Item, Observation, UsageError, Work


class EngineLostError(GradeboundError):
    """The engine is gone, or can't take anything any more; what was graded is kept."""


class NodeError(UsageError):
    """A worker can't do its part: it has other programs, or no box."""


@dataclass(frozen=True)
class Task:
    """Items of one submission that have to be asked. `kept` is what is known of them already, by key.

    `seed` is what their randomness follows from.
    """

    work: Work
    items: tuple[Item, ...]
    seed: str = ""
    kept: Mapping[str, Observation] = field(default_factory=dict)
    gpu: bool = False

    @property
    def seconds(self) -> float:
        """How long it may take until something must be wrong: its limits several times, behind another one like it."""
        runs = [(15 if isinstance(item.check, Conversing) else 1, item.limits) for item in self.items]
        return 2 * (60 + sum(times * (4 * limits.cpu_seconds + limits.idle_seconds) for times, limits in runs))


@dataclass(frozen=True)
class Reply:
    """What a submission answered, and those of the answers that the results folder does not have yet, by key."""

    answers: Answers
    fresh: Mapping[str, Observation] = field(default_factory=dict)


@dataclass(frozen=True)
class Wanting:
    """A worker has never seen this homework: the task has to come again, with all that it needs."""


class Engine(Protocol):
    """Where tasks run. `begin` and `end` enclose the tasks of one homework.

    `window` is how many tasks it is given at once; the future of a task that was stopped holds None.
    """

    @property
    def window(self) -> int: ...

    @property
    def seconds(self) -> float | None:
        """The shortest time after which a deadline of a task has to be looked at; None if there are none."""
        ...

    def begin(self, desk: Desk) -> None: ...

    def submit(self, task: Task, *, whole: bool = False) -> Future[Reply | Wanting | None]: ...

    def end(self, *, now: bool) -> None:
        """Waits for what runs, or with `now` ends it."""
        ...


def gpu_of(item: Item) -> str:
    """The GPU that an item trains on, by name; "" for the CPU."""
    return str(getattr(item.check, "gpu", ""))
