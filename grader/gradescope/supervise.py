"""Keeps one run in the container within its time, and leaves no process behind. Run as `python -I -m …`.

Theory of operation. When the platform's own time limit fires, it replaces the result by a zero and lets processes live
on. So this small process, which imports nothing but the standard library, starts the grader as its child and stands
above it: the grader is told to stop early enough to write what it has, is killed if it does not, and whatever is left
below is killed too. Processes whose parents have gone become children of this one (a subreaper), so none escapes. The
result on disk is valid all the time, and nothing here touches it.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
DEFAULT, LEAST = 600.0, 10.0
SPARE_SOFT, SPARE_HARD = 30.0, 12.0
"""Seconds before the platform's limit at which the grader stops asking, and at which it is killed."""
SHARE_SOFT, SHARE_HARD = 0.25, 0.08
"""The same as shares of the limit, which are taken where they are less."""


def main() -> None:
    """Runs the grader on the container's folder (`/autograder` unless another is named) and exits as it did."""
    began = time.monotonic()
    folder = sys.argv[1] if len(sys.argv) > 1 else "/autograder"
    limit = seconds(os.environ.get("TIMEOUT_SECONDS", ""))
    soft, hard = limits(limit)
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    signal.signal(signal.SIGTERM, _interrupted)
    # The clock is that of the machine: the time that the child takes to start counts, too.
    command = [sys.executable, "-I", "-B", "-m", "grader.autograde", folder, str(began + soft)]
    status = 1
    try:
        child = subprocess.Popen(command, cwd="/", env=environment(), stdin=subprocess.DEVNULL, start_new_session=True)
        status = child.wait(hard - (time.monotonic() - began))
    except subprocess.TimeoutExpired:
        print(f"grade: killed before the platform's limit of {limit:g} seconds; what was done is in results.json")
    except (KeyboardInterrupt, OSError) as error:
        print(f"grade: {error or 'asked to stop'}; what was done is in results.json")
    finally:
        end_all()
    if status < 0:
        print(f"grade: the grader was ended by {signal.Signals(-status).name}; is the container's memory too small?")
    sys.stdout.flush()
    # Not 0 would be an error to the platform, which then may pass over a result that is there and valid.
    sys.exit(0 if (Path(folder) / "results" / "results.json").is_file() else 1)


def seconds(told: str) -> float:
    """The platform's limit in seconds, from its variable; 600 where it says nothing that is a time."""
    try:
        found = float(told)
    except ValueError:
        return DEFAULT
    return max(LEAST, found) if math.isfinite(found) and found > 0 else DEFAULT


def limits(limit: float) -> tuple[float, float]:
    """When to stop asking and when to be killed, in seconds from the start."""
    return limit - min(SPARE_SOFT, SHARE_SOFT * limit), limit - min(SPARE_HARD, SHARE_HARD * limit)


def environment() -> dict[str, str]:
    """The grader's whole environment: one thread, which is what half a core is good for."""
    threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS", "NUMEXPR")}
    return threads | {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": "/nonexistent",
        "MALLOC_ARENA_MAX": "1",
    }


def end_all() -> None:
    """Kills all that runs below this process, and what of it is reborn meanwhile, until nothing is left."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        for pid in _below():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.02)


def _below() -> list[int]:
    """The pids of all descendants of this process, from the parents that /proc tells."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    found: list[int] = []
    waiting = {os.getpid()}
    while waiting:
        waiting = {pid for pid, parent in parents.items() if parent in waiting}
        found.extend(waiting)
    return found


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
