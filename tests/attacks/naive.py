"""What courses do today, as a control: the student's file is imported into the process that holds the answers.

    python naive.py PLAN.json

In the folders of the course, the process imports the solution, then the student's file, calls both, compares with
`torch.allclose`, and writes results.json. Each student has a fork of one process that has imported torch. There is no wall; only what keeps the machine alive: limits, a session of its own, and `launch.py naked`
around it. What the students left behind or whether they had to be stopped is told in control.json.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

HERE = Path(__file__).parent
LIMITS = {
    resource.RLIMIT_CORE: 0,
    resource.RLIMIT_FSIZE: 64 << 20,
    resource.RLIMIT_NOFILE: 512,
    resource.RLIMIT_NPROC: 96,
    resource.RLIMIT_AS: 12 << 30,
}


def main() -> None:
    """Grades one student of each class in the plan."""
    plan = json.loads(Path(sys.argv[1]).read_text())
    sys.dont_write_bytecode = True
    import torch

    torch.set_num_threads(1)
    for told in plan["classes"]:
        place = Path(told["folder"])
        results = place / "results" / told["student"]
        results.mkdir()
        with _listening(told["port"], results / "heard") as listener:
            _one(place, told["student"], results, plan["seconds"], keep={os.getpid(), listener})


@contextlib.contextmanager
def _listening(port: int, heard: Path) -> Iterator[int]:
    """The pid of a listener."""
    command = [sys.executable, HERE / "listener.py", str(port), heard]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as listener:
        assert listener.stdout is not None
        listener.stdout.readline()
        try:
            yield listener.pid
            time.sleep(0.05)  # what was sent last has to be written down
        finally:
            listener.kill()


def _one(place: Path, student: str, results: Path, seconds: float, *, keep: set[int]) -> None:
    reference = place / "course" / "reference" / "wall"
    pid = os.fork()
    if pid == 0:
        _limit(seconds, results)
        with (reference / "token.txt").open() as answers:
            answers.read()
            # Not `os._exit`: a grader of this kind ends as python ends, exit handlers included.
            sys.exit(
                grade(place / "submissions" / "wall" / student, imported("solution", reference / "wall.py"), results)
            )
    stopped = _wait(pid, seconds)
    left = _others(keep)
    for other in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(other, signal.SIGKILL)
    _reap()
    results.chmod(0o755)
    (results / "control.json").write_text(json.dumps({"stopped": stopped, "left": len(left)}))


def grade(folder: Path, reference: ModuleType, results: Path) -> int:
    """Writes results.json: the credit of both functions."""
    import torch

    sys.path.insert(0, str(folder))
    os.chdir(folder)
    student = imported("wall", folder / "wall.py")
    credit = {}
    for item, name in (("a", "double"), ("b", "triple")):
        given = torch.tensor([1.0, 2.0, -3.0])
        expected = getattr(reference, name)(given)
        try:
            observed = getattr(student, name)(given)
            credit[item] = float(equal(expected, observed))
        except Exception as error:  # as a grader of this kind does
            print(f"{name}: {error}")
            credit[item] = 0.0
    (results / "results.json").write_text(json.dumps(credit))
    return 0


def equal(expected: Any, observed: Any) -> bool:
    """Whether two answers agree."""
    import torch

    if isinstance(observed, torch.Tensor):
        return bool(torch.allclose(expected, observed))
    return bool(expected.tolist() == observed)


def imported(name: str, path: Path) -> ModuleType:
    """A file as a module."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _limit(seconds: float, results: Path) -> None:
    os.setsid()
    null = os.open(os.devnull, os.O_RDONLY)
    out = os.open(results / "output.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for target, source in ((0, null), (1, out), (2, out)):
        os.dup2(source, target)
    os.close(null)
    os.close(out)
    for which, value in (LIMITS | {resource.RLIMIT_CPU: int(seconds)}).items():
        hard = resource.getrlimit(which)[1]
        resource.setrlimit(which, (value, value) if hard < 0 else (min(value, hard), hard))


def _wait(pid: int, seconds: float) -> bool:
    """Whether the process had to be stopped, by its limit of CPU time or by the clock."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)
        time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return True


def _others(keep: set[int]) -> list[int]:
    """All processes in the namespace of this one; where there is none, those below it."""
    _reap()
    if os.getpid() == 1:
        return [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if pid not in keep]
    below = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [pid for pid in map(int, below) if pid not in keep]


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


if __name__ == "__main__":
    main()
