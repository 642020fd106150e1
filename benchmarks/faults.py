"""Whether grading survives whatever dies: processes are killed at random, and the grades compared with a calm run's.

    python -m benchmarks.faults [--seconds 600] [--students 12] [--engine both|local|dask] [--seed 0]

A round grades one class from nothing. While it runs, `grade` itself, a worker or the scheduler gets SIGKILL, every few
seconds and at no moment in particular, and now and then a second `grade` is started on the same folder; whatever died
is started again, as systemd or SLURM would, until a `grade` ends by itself with everyone graded. Then every file that a
person reads, and every grade, is compared byte for byte with those of a run that nobody disturbed. What is kept may
never become less, and nothing of a student may outlive the round. The scheduler and its workers are real processes of
dask, which talk over TCP with TLS.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

BIN = Path(sys.executable).parent
REPORTS = ("grade.json", "report.html", "results.json", "grades.csv", "index.html")
RUBRIC = """\
homework: slow
title: Slow sums
limits: {cpu_seconds: 30, idle_seconds: 30}
questions:
  - id: "1"
    title: Sums
    items:
      - {id: 1.a, title: The sum, kind: close, points: 2, call: {name: total, arguments: [x]}, given: numbers}
      - {id: 1.b, title: The square, kind: close, points: 2, call: {name: square, arguments: [x]}, given: numbers}
      - {id: 1.c, title: The cube, kind: close, points: 2, call: {name: cube, arguments: [x]}, given: numbers}
      - {id: 1.d, title: Why it is a scalar, kind: written, points: 2}
"""
INPUTS = 'from grader.inputs import Recipe, normal\n\nnumbers = Recipe(x=normal("B", "D"))\n'
SOLUTION = """\
def total(x):
    return x.sum()


def square(x):
    return (x**2).sum()


def cube(x):
    return (x**3).sum()
"""
MISTAKES = 'def total__mean(x):\n    """A mean where a sum was asked for."""\n    return x.mean()\n'
BUSY = "import time\nuntil = time.process_time() + {}\nwhile time.process_time() < until:\n    pass\n"
VARIANTS = (
    SOLUTION,
    SOLUTION.replace("return x.sum()", "return x.mean()"),
    SOLUTION.replace("(x**2)", "(x**2 + 0.01)"),
    SOLUTION.replace("return (x**3).sum()", "raise ValueError(x.shape)"),
    SOLUTION.partition("def cube")[0],
)


def write_course(home: Path, students: int, *, busy: float = 0.2) -> Path:
    """A course with the homework `slow`, and a class of it of which no two hand in the same; the class's folder.

    Every function needs `busy` seconds of CPU time once for each item.
    """
    texts = {"inputs.py": INPUTS, "slow.py": SOLUTION, "mistakes.py": MISTAKES}
    for name, text in {f"reference/slow/{name}": text for name, text in texts.items()}.items():
        _put(home / name, text)
    _put(home / "rubrics" / "slow.yaml", RUBRIC)
    first = "def {name}(x):\n    if not asked:\n        asked.append(1)\n        work()\n"
    for number in range(students):
        body = VARIANTS[number % len(VARIANTS)]
        body = re.sub(r"def (\w+)\(x\):\n", lambda found: first.format(name=found[1]), body)
        work = "asked = []\n\n\ndef work():\n    " + BUSY.format(busy).replace("\n", "\n    ").rstrip() + "\n\n\n"
        _put(home / "slow" / f"student_{number:05}" / "slow.py", f"{work}{body}\n\nHANDED_IN_AS = {number}\n")
        _put(home / "slow" / f"student_{number:05}" / "answers.md", f"# 1.d\nAll entries are added up, {number}.\n")
    return home / "slow"


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def reports(results: Path) -> dict[str, bytes]:
    """Every file that a person reads and every grade, by its name in the results folder."""
    return {str(path.relative_to(results)): path.read_bytes() for path in results.rglob("*") if path.name in REPORTS}


def kept(results: Path) -> int:
    """How many observations there are."""
    return sum(1 for path in (results / ".observations").glob("*/*") if not path.name.startswith("."))


@dataclass
class Cluster:
    """A real scheduler and real workers over TCP, with TLS, under a folder; each can be killed, and started again.

    `resources` are what each worker declares. `environment` is theirs and that of whoever wants to reach them.
    """

    folder: Path
    workers: int = 2
    threads: int = 1
    resources: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __enter__(self) -> Cluster:
        self.folder.mkdir(parents=True, exist_ok=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.environment = {
            **os.environ,
            **_certificates(self.folder),
            "GRADEBOUND_CACHE": str(self.folder / "cache"),
            "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "60s",
            "DASK_DISTRIBUTED__WORKER__DAEMON": "False",
            "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "True",
            "OMP_NUM_THREADS": "1",
            **self.environment,
        }
        self.mend()
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.running.values():
            process.kill()
            process.wait()

    @property
    def address(self) -> str:
        return f"tls://127.0.0.1:{self.port}"

    def mend(self) -> None:
        """Starts whatever is not there."""
        self._there("scheduler", "scheduler", "--host", "127.0.0.1", "--port", self.port)
        for number in range(self.workers):
            declared = self.resources[number] if number < len(self.resources) else ""
            more = ["--resources", declared] if declared else []
            local = ["--local-directory", self.folder / f"worker-{number}"]
            plain = ["--no-nanny", "--nthreads", self.threads, "--memory-limit", 0, "--death-timeout", 60]
            self._there(f"worker-{number}", "worker", self.address, "--host", "127.0.0.1", *plain, *local, *more)

    def kill(self, name: str) -> None:
        """SIGKILL for one of them; nothing is told to anybody."""
        self.running[name].kill()
        self.running[name].wait()

    def _there(self, name: str, *arguments: object) -> None:
        process = self.running.get(name)
        if process is not None and process.poll() is None:
            return
        with (self.folder / f"{name}.log").open("ab") as log:
            command = [str(BIN / "dask"), *map(str, arguments), "--no-dashboard"]
            self.running[name] = subprocess.Popen(
                command, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )


def _certificates(folder: Path) -> Mapping[str, str]:
    """A certificate authority and a certificate for this machine, and dask's settings that name them."""
    import trustme

    authority = trustme.CA()
    mine = authority.issue_cert("127.0.0.1", "localhost")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    mine.private_key_and_cert_chain_pem.write_to_path(folder / "mine.pem")
    settings = {"DASK_DISTRIBUTED__COMM__TLS__CA_FILE": str(folder / "ca.pem")}
    for role in ("SCHEDULER", "WORKER", "CLIENT"):
        for part in ("CERT", "KEY"):
            settings[f"DASK_DISTRIBUTED__COMM__TLS__{role}__{part}"] = str(folder / "mine.pem")
    return settings


@dataclass
class Chaos:
    """One class, graded again and again while things die, at most `most` times. `counts` says what was done to it."""

    home: Path
    rng: Random
    calm: Mapping[str, bytes]
    scratch: Path
    pause: float = 4.0
    most: float = math.inf
    counts: Counter[str] = field(default_factory=Counter)

    def round(self, cluster: Cluster | None, *, until: float) -> bool:
        """Grades the class from nothing among kills; whether it came to its end before `until`. Raises SystemExit."""
        results = self.home / "disturbed"
        shutil.rmtree(results, ignore_errors=True)
        if cluster is not None:
            shutil.rmtree(cluster.folder / "cache", ignore_errors=True)
        most = 0
        while time.monotonic() < until:
            with self._grade(results, cluster) as process:
                ended = self._disturbed(process, results, cluster, until)
            now = kept(results)
            if now < most:
                raise SystemExit(f"{most} observations were kept, and now there are {now}")
            most = now
            self.counts[f"grade ended with {ended}"] += 1
            if ended == 0:
                self._compare(results)
                self.counts["rounds"] += 1
                return True
        return False

    def _disturbed(self, process: subprocess.Popen[str], results: Path, cluster: Cluster | None, until: float) -> int:
        """How `grade` ended, after what was done to it and to those that it needs."""
        victims = ["grade", "grade", "second"]
        if cluster is not None:
            victims = ["grade", "second", "scheduler", *(name for name in cluster.running if name != "scheduler")]
        while process.poll() is None and time.monotonic() < until:
            if sum(self.counts[name] for name in victims) >= self.most:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(max(0.0, until - time.monotonic()))
                break
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(self.rng.expovariate(1 / self.pause))
                break
            victim = self.rng.choice(victims)
            self.counts[victim] += 1
            if victim == "grade":
                process.kill()
            elif victim == "second":
                self._second(results, cluster)
            elif cluster is not None:
                cluster.kill(victim)
                time.sleep(self.rng.random())
                cluster.mend()
        if cluster is not None:
            cluster.mend()
        if process.poll() is None:
            process.kill()
        return process.wait()

    def _second(self, results: Path, cluster: Cluster | None) -> None:
        """Another grade on the same folder is told to wait, or, where the first has just ended, grades as well."""
        with self._grade(results, cluster) as second:
            try:
                said = second.communicate(timeout=60 if cluster is None else 120)[1]
            except subprocess.TimeoutExpired:
                second.kill()
                return
        if second.returncode not in (0, 1, 2):
            raise SystemExit(f"a second grade ended with {second.returncode}: {said}")

    @contextlib.contextmanager
    def _grade(self, results: Path, cluster: Cluster | None) -> Iterator[subprocess.Popen[str]]:
        engine = [] if cluster is None else ["--engine", "dask", "--scheduler", cluster.address]
        environment = {**os.environ, **(cluster.environment if cluster else {}), "TMPDIR": str(self.scratch)}
        command = [str(BIN / "grade"), "slow", "--out", str(results), "--workers", "2", *engine]
        with (self.home / "said.log").open("a") as said:
            process = subprocess.Popen(
                command, cwd=self.home, env=environment, text=True, stdout=subprocess.DEVNULL, stderr=said
            )
            try:
                yield process
            finally:
                process.kill()
                process.wait()

    def _compare(self, results: Path) -> None:
        found = reports(results)
        differ = sorted(name for name in {*found, *self.calm} if found.get(name) != self.calm.get(name))
        if differ:
            raise SystemExit(f"{len(differ)} files differ from the calm run's, the first is {results / differ[0]}")


def calm(home: Path, out: Path) -> Mapping[str, bytes]:
    """What a run comes to that nobody disturbs, with the threads of this machine."""
    done = subprocess.run(
        [BIN / "grade", "slow", "--out", out, "--workers", "2"], cwd=home, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"the calm run failed: {done.stderr}")
    return reports(out)


def left_over(scratch: Path, *, patience: float = 20) -> list[str]:
    """The processes that still run in a scratch folder after a while: there must be none."""
    until = time.monotonic() + patience
    while True:
        found = []
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if entry.name.isdigit() and str((entry / "cwd").readlink()).startswith(str(scratch)):
                    found.append(entry.name)
        if not found or time.monotonic() > until:
            return found
        time.sleep(0.2)


@contextlib.contextmanager
def own_scratch() -> Iterator[Path]:
    """A folder for TMPDIR, which unprivileged student processes can enter."""
    with tempfile.TemporaryDirectory(prefix="gradefaults-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def disturbed(
    home: Path, engine: str, seconds: float, rng: Random, *, pause: float = 0.0, most: float = math.inf
) -> Counter[str]:
    """What happened to the class of a course within so many seconds, all of which it survived. Raises SystemExit.

    Between two of its deaths lie `pause` seconds in the mean, or as long as a run takes that nobody disturbs. With
    `most` it ends after one round, in which at most so many things were done to it.
    """
    began = time.monotonic()
    expected = calm(home, home / "calm")
    # Things must have time to come up again between two deaths, and how long that takes is the machine's.
    pause = pause or time.monotonic() - began
    until = time.monotonic() + seconds
    with contextlib.ExitStack() as stack:
        scratch = stack.enter_context(own_scratch())
        chaos = Chaos(home, rng, expected, scratch, pause, most)
        cluster = Cluster(home / "cluster", environment={"TMPDIR": str(scratch)}) if engine == "dask" else None
        if cluster is not None:
            stack.enter_context(cluster)
        while chaos.round(cluster, until=until) and time.monotonic() < until and most == math.inf:
            pass
        if cluster is not None:
            cluster.__exit__()
        if found := left_over(scratch):
            raise SystemExit(f"student processes outlived the run: {' '.join(found)}")
    return chaos.counts


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--students", type=int, default=12)
    parser.add_argument("--engine", choices=["both", "local", "dask"], default="both")
    parser.add_argument("--seed", type=int, default=0)
    told = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    engines = ["local", "dask"] if told.engine == "both" else [told.engine]
    for engine in engines:
        with tempfile.TemporaryDirectory(prefix="gradebound-faults-") as place:
            home = Path(place)
            write_course(home, told.students)
            counts = disturbed(home, engine, told.seconds / len(engines), Random(told.seed))
        print(f"{engine}: {', '.join(f'{count} × {name}' for name, count in sorted(counts.items()))}", flush=True)
        if not counts["rounds"]:
            raise SystemExit("no round came to its end; give it more seconds")


if __name__ == "__main__":
    main()
