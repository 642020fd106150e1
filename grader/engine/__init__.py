"""Where submissions are asked: in threads of this machine, or through any executor on workers somewhere else.

An engine moves trusted calls of ours and nothing else. Students' code runs in the box that the call opens, wherever
that is, so that limits, the wall and the grades are the same everywhere.
"""

from grader.engine.desk import (
    Answers,
    Desk,
    Keys,
    Seat,
    answered,
    boxed,
    class_seed,
    expected_of,
    most,
    preload,
    reference_work,
    seat,
    wanted,
)
from grader.engine.local import Local
from grader.engine.named import engine_named
from grader.engine.task import Engine, Reply, Task, Wanting
from grader.engine.through import Through

__all__ = [
    "Answers",
    "Desk",
    "Engine",
    "Keys",
    "Local",
    "Reply",
    "Seat",
    "Task",
    "Through",
    "Wanting",
    "answered",
    "boxed",
    "class_seed",
    "engine_named",
    "expected_of",
    "most",
    "preload",
    "reference_work",
    "seat",
    "wanted",
]
