"""Submissions whose notebooks shall run whole, as the operator asked for it."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from grader.intake.folders import MAX_FILE
from grader.intake.notebooks import to_run
from grader.model import Submission


def with_running_notebooks(submissions: Sequence[Submission], seconds: float, folder: Path) -> list[Submission]:
    """The submissions with copies of their notebooks in `folder`, all of whose cells run for up to `seconds` of CPU.

    What can't be read is left as it is, for reading says why. So are notebooks in an archive of a student's own.
    """
    found, number = [], 0
    for submission in submissions:
        files = dict(submission.files)
        for name, path in submission.files.items():
            if name.lower().endswith(".ipynb") and (data := _contents(path)) is not None:
                number += 1
                files[name] = folder / f"{number}.ipynb"
                files[name].write_bytes(to_run(data, seconds))
        found.append(replace(submission, files=files))
    return found


def _contents(path: Path) -> bytes | None:
    """A regular file's bytes; links are not followed, pipes not waited for."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            facts = os.fstat(file.fileno())
            return file.read() if stat.S_ISREG(facts.st_mode) and facts.st_size <= MAX_FILE else None
    except (OSError, ValueError):
        return None
