"""What a class costs as it grows, what a cluster costs beside threads, and whether 10,000 students are still usable.

    python -m benchmarks.class [growth] [overhead] [recorded] [--students 1000] [--many 10000] [--seed 0]

- growth: the real command on a class of 10 and on one of `--students`: CPU seconds a submission without what is paid
  once, and the peak memory of the grader's own process.
- overhead: submissions of about one second, by the threads of this machine and by dask's workers on it, over TLS:
  CPU seconds of all processes, from the first to the last submission.
- recorded: `--many` students whose answers are recorded already, no two with the same files: the real command reads,
  plans, judges and reports. Wall and CPU seconds, memory, and the size of the class page.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.faults import BIN, Cluster, own_scratch, reports, write_course
from benchmarks.spine import make_class, signed
from grader import grade as spine
from grader.engine import Keys
from grader.engine.desk import wall_key
from grader.intake import discover
from grader.model import Submission
from grader.rubric import find_rubric, load_rubric
from grader.run import work_of
from grader.store import Store

ROOT = Path(__file__).resolve().parents[2]
HOMEWORK = "building_blocks"
MOST_GROWTH, MOST_OVERHEAD, MOST_SECONDS = 0.05, 0.05, 600.0
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Run:
    """Seconds of CPU of all processes and of wall time, and the peak memory of the grader itself in mebibytes."""

    cpu: float
    wall: float
    peak: float


def graded(command: Sequence[str | Path], home: Path, environment: dict[str, str] | None = None) -> Run:
    """What one `grade` cost. Ends the benchmark if it fails."""
    began, used = time.perf_counter(), children()
    process = subprocess.Popen(
        [BIN / "grade", *command], cwd=home, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, memory(process.pid))
        time.sleep(0.1)
    wall = time.perf_counter() - began
    said = process.communicate()[1].decode(errors="replace")
    if process.returncode:
        raise SystemExit(f"grade failed ({process.returncode}): {said}")
    return Run(children() - used, wall, peak)


def children() -> float:
    """CPU seconds of all ended children of this process, and of theirs."""
    spent = os.times()
    return spent.children_user + spent.children_system


def memory(pid: int) -> float:
    """The peak resident memory of a process so far, in mebibytes."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def cpu_of(pid: int) -> float:
    """CPU seconds of a process, its ended children and those that are still there."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        below = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return 0.0
    return sum(int(ticks) for ticks in fields[11:15]) / TICKS + sum(map(cpu_of, below))


# ---- growth


def growth(place: Path, students: int, seed: int) -> bool:
    """Prints what a further submission costs in a small class and in a large one; whether the aims are met."""
    runs = {}
    for count in (10, students // 2, students):
        folder = place / f"class_{count}" / HOMEWORK
        make_class(folder, count, seed)
        runs[count] = graded([folder, "--course", ROOT, "--out", place / f"out_{count}", "--workers", "1"], place)
        print(f"  {count} submissions: {runs[count].cpu:.1f} s CPU, {runs[count].peak:.0f} MiB", flush=True)
    small, middle, large = (runs[count] for count in (10, students // 2, students))
    first = (middle.cpu - small.cpu) / (students // 2 - 10)
    rest = (large.cpu - middle.cpu) / (students - students // 2)
    more = rest / first - 1
    print(f"growth: {first:.3f} s CPU a submission in the first half, {rest:.3f} s in the second ({more:+.1%})")
    print(f"        memory of the grader {small.peak:.0f} MiB with 10, {large.peak:.0f} MiB with {students}")
    return more <= MOST_GROWTH


# ---- overhead


def overhead(place: Path, repeat: int = 3) -> bool:
    """Prints what dask adds to submissions of one second; whether the aim is met."""
    home = place / "course"
    few, many = 4, 24
    write_course(home, many, busy=0.33)
    classes = {few: home / "few" / "slow", many: home / "slow"}
    for folder in sorted(classes[many].iterdir())[:few]:
        target = classes[few] / folder.name
        target.mkdir(parents=True)
        for path in folder.iterdir():
            (target / path.name).write_bytes(path.read_bytes())
    local, far = [], []
    with own_scratch() as scratch:
        for number in range(repeat):
            costs = {}
            for count, folder in classes.items():
                out = place / f"local_{number}_{count}"
                costs[count] = graded([folder, "--out", out, "--workers", "2"], home)
            local.append((costs[many].cpu - costs[few].cpu) / (many - few))
            with Cluster(place / f"cluster_{number}", environment={"TMPDIR": str(scratch)}) as cluster:
                spent = {}
                for count, folder in classes.items():
                    where = ["--engine", "dask", "--scheduler", cluster.address]
                    began = sum(cpu_of(process.pid) for process in cluster.running.values())
                    # The small class is part of the large one: what a worker has kept of it must not come from there.
                    shutil.rmtree(cluster.folder / "cache", ignore_errors=True)
                    out = place / f"far_{number}_{count}"
                    run = graded([folder, "--out", out, *where], home, cluster.environment)
                    after = sum(cpu_of(process.pid) for process in cluster.running.values())
                    spent[count] = run.cpu + after - began
                far.append((spent[many] - spent[few]) / (many - few))
        same = reports(place / f"local_0_{many}") == reports(place / f"far_0_{many}")
    more = median(far) / median(local) - 1
    print(f"overhead: {median(local):.3f} s CPU a submission with threads, {median(far):.3f} s with dask ({more:+.1%})")
    print(f"          the grades are {'the same, bit for bit' if same else 'NOT the same'}")
    return same and more <= MOST_OVERHEAD


# ---- recorded


def recorded(place: Path, many: int, seed: int) -> bool:
    """Prints how long a very large class takes whose answers are all kept; whether the aim is met."""
    small = place / "small" / HOMEWORK
    make_class(small, 40, seed)
    graded([small, "--course", ROOT, "--out", place / "small_out", "--workers", "2"], place)
    rubric = load_rubric(find_rubric(ROOT, HOMEWORK, None), ROOT)
    keys, kept = Keys(rubric), Store(place / "small_out")
    folder, out = place / "many" / HOMEWORK, place / "many_out"
    with Store(out) as store:
        for item in rubric.items:
            store.keep(keys.expected(item), kept.kept(keys.expected(item)))
        models = discover(small)
        for number in range(many):
            model = models[number % len(models)]
            home = folder / f"student_{number:05}"
            home.mkdir(parents=True)
            for name, path in model.files.items():
                (home / name).write_text(signed(path, f"RECORDED_AS = {number}"), "utf-8")
            old = spine.work_digest(work_of(rubric, model))
            files = {path.name: path for path in sorted(home.iterdir())}
            new = spine.work_digest(work_of(rubric, Submission(home.name, files)))
            names = [(keys.answer(item, old), keys.answer(item, new)) for item in rubric.items]
            names += [(keys.search(item, old), keys.search(item, new)) for item in rubric.items]
            for before_, after in [*names, (wall_key(old), wall_key(new))]:
                observation = kept.kept(before_)
                if observation is not None:
                    store.keep(after, observation)
    print(f"  {many} students are recorded", flush=True)
    run = graded([folder, "--course", ROOT, "--out", out], place)
    page = (out / "index.html").stat().st_size / 2**20
    rows = len((out / "grades.csv").read_text("utf-8").splitlines()) - 1
    print(f"recorded: {rows} students in {run.wall:.0f} s ({run.cpu:.0f} s CPU), {run.peak:.0f} MiB;")
    print(f"          the class page has {page:.1f} MiB")
    return rows == many and run.wall <= MOST_SECONDS


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("parts", nargs="*", choices=["growth", "overhead", "recorded", []])
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--many", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    told = parser.parse_args()
    parts = told.parts or ["growth", "overhead", "recorded"]
    os.environ["OMP_NUM_THREADS"] = "1"
    met = []
    for part in parts:
        with tempfile.TemporaryDirectory(prefix="gradebound-class-") as name:
            place = Path(name)
            match part:
                case "growth":
                    met.append(growth(place, told.students, told.seed))
                case "overhead":
                    met.append(overhead(place))
                case "recorded":
                    met.append(recorded(place, told.many, told.seed))
    sys.exit(0 if all(met) else 1)


if __name__ == "__main__":
    main()
