"""A whole course of two items in a temporary folder, students for it, and the real `grade` command, for tests."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

GRADE = Path(sys.executable).with_name("grade")

LIMITS = "{cpu_seconds: 2, idle_seconds: 2}"
PATIENT = "{cpu_seconds: 60, idle_seconds: 60}"
RUBRIC = f"""\
homework: sums
title: Sums
limits: {LIMITS}
questions:
  - id: "1"
    title: Sum
    items:
      - {{id: "1", title: The sum of all entries, kind: close, points: 4, call: {{name: total, arguments: [x]}}, given: numbers}}
  - id: "2"
    title: Reason
    items:
      - {{id: "2", title: Why it is a scalar, kind: written, points: 2}}
"""
REFERENCE = "def total(x):\n    return x.sum()\n"
INPUTS = 'from grader.inputs import Recipe, normal\n\nnumbers = Recipe(x=normal("B", "D"))\n'
MISTAKES = 'def total__mean(x):\n    """A mean where a sum was asked for."""\n    return x.mean()\n'

RIGHT = "def total(x):\n    return x.sum()\n"
MEAN = "def total(x):\n    return x.mean()\n"
ANSWER = "# 2\nAll entries are added up.\n"


def write_course(folder: Path, *, rubrics: dict[str, str] | None = None, **files: str) -> Path:
    """A course with the homework `sums`. `rubrics` are instead of its one; `files` replace those of the reference."""
    for name, text in ({"sums": RUBRIC} if rubrics is None else rubrics).items():
        put(folder / "rubrics" / f"{name}.yaml", text)
        if name.startswith("sums"):
            sources = {"sums": REFERENCE, "inputs": INPUTS, "mistakes": MISTAKES} | files
            for stem, source in sources.items():
                put(folder / "reference" / name / f"{stem}.py", source)
    (folder / "rubrics").mkdir(parents=True, exist_ok=True)
    (folder / "reference").mkdir(parents=True, exist_ok=True)
    return folder


def write_students(folder: Path, **sources: str | bytes | None) -> Path:
    """A folder with one folder per student: `sums.py` with the source (None: no such file) and a written answer."""
    for student, source in sources.items():
        (folder / student).mkdir(parents=True, exist_ok=True)
        if source is not None:
            put(folder / student / "sums.py", source)
            put(folder / student / "answers.md", ANSWER)
    return folder


def put(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def grade(*arguments: object, cwd: Path, timeout: float = 60, **more: Any) -> subprocess.CompletedProcess[str]:
    """The finished command, which must never show a traceback."""
    done = subprocess.run(
        [GRADE, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, timeout=timeout, check=False, **more
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done


@contextlib.contextmanager
def started(*arguments: object, cwd: Path, **more: Any) -> Iterator[subprocess.Popen[str]]:
    """The running command, as from a terminal; it is gone afterwards, however the test ended.

    Tests that run in the background inherit that SIGINT is ignored; a command at a terminal hears Ctrl-C.
    """
    command = [GRADE, *map(str, arguments)]
    with subprocess.Popen(
        command,
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads here
        **more,
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def outcomes(results: Path, student: str) -> dict[str, Any]:
    """What a student got, by item."""
    return json.loads((results / student / "grade.json").read_text("utf-8"))["outcomes"]


def reports(results: Path) -> dict[str, bytes]:
    """Every file that a person reads and every grade, by its name in the results folder."""
    names = ("grade.json", "report.html", "results.json", "grades.csv", "index.html")
    return {str(path.relative_to(results)): path.read_bytes() for path in results.rglob("*") if path.name in names}


def wait_until(true: Callable[[], object], seconds: float = 30) -> None:
    """Returns as soon as `true` is; fails after that many seconds."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def descendants(pid: int) -> set[int]:
    """The pids of all that a process has started and that is still below it."""
    found, waiting = set(), [pid]
    while waiting:
        for child in _children(waiting.pop()):
            found.add(child)
            waiting.append(child)
    return found


def alive(pids: Iterable[int]) -> list[int]:
    """Those of the processes that are there and no zombies."""
    return [pid for pid in pids if _state(pid) not in ("", "Z", "X")]


def running_in(folder: Path) -> list[int]:
    """The processes whose current folder lies in this one, deleted or not: student processes of its scratch folders."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and str((entry / "cwd").readlink()).startswith(str(folder)):
                found.append(int(entry.name))
    return found


def own_scratch() -> Path:
    """A new folder for TMPDIR, which the unprivileged student processes can enter."""
    folder = Path(tempfile.mkdtemp(prefix="gradetest-"))
    folder.chmod(0o755)
    return folder


def _children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""
