"""What grading a class costs, three ways: by `grade`, by a fresh python per student, by the pure checks in one process.

    python benchmarks/spine.py [--students 40] [--fresh 3] [--repeat 3] [--seed 0]

The class is made of `submissions_example/building_blocks`: seven tenths right, the rest with one mistake each, and no
two alike, so that no answer is kept from one student for another. All three ways ask the same questions and look for
the same smallest failing inputs; that they come to the same credits is checked. Everything runs on one core.
CPU seconds are user and system time, those of all child processes included.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial, wraps
from pathlib import Path
from random import Random
from statistics import mean, median
from types import ModuleType
from typing import Any
from unittest.mock import patch

from grader import grade as spine
from grader import run
from grader.box import sandbox
from grader.box.confine import PR_SET_CHILD_SUBREAPER, libc
from grader.box.sandbox import Request
from grader.checks import KINDS
from grader.checks.code import Code, Missing, Unimportable, Unread
from grader.gradescope.results import dump_results, results_json
from grader.intake import discover, read
from grader.model import Expected, Grade, Observation, Outcome, Rubric, Submission, Work
from grader.report import student_page
from grader.rubric import find_rubric, load_rubric
from grader.store import Store

ROOT = Path(__file__).resolve().parents[1]
HOMEWORK = "building_blocks"
RIGHT = ("correct", "alternative", "notebook")
LEFT_OUT = {
    "hangs": "its time is its limit",
    "prints_a_lot": "its time is its output",
    "forges_results": "an attack, not a mistake",
    "empty": "nothing in it could be varied",
}
MOST_OF_PURE, LEAST_OF_FRESH = 1.3, 15.0


@dataclass(frozen=True)
class Cost:
    """Seconds of CPU and of wall time."""

    cpu: float
    wall: float

    def __sub__(self, other: Cost) -> Cost:
        return Cost(self.cpu - other.cpu, self.wall - other.wall)

    def per(self, count: float) -> Cost:
        return Cost(self.cpu / count, self.wall / count)


def middle(costs: Sequence[Cost]) -> Cost:
    """The median of each."""
    return Cost(median(cost.cpu for cost in costs), median(cost.wall for cost in costs))


# ---- the class


def make_class(folder: Path, students: int, seed: int) -> list[str]:
    """Writes the submissions and says what each was made of, in the order of their names."""
    rng = Random(seed)
    examples = ROOT / "submissions_example" / HOMEWORK
    mistaken = sorted({path.name for path in examples.iterdir() if path.is_dir()} - {*RIGHT, *LEFT_OUT})
    rng.shuffle(mistaken)
    right = round(0.7 * students)
    kinds = [RIGHT[k % len(RIGHT)] for k in range(right)]
    kinds += [mistaken[k % len(mistaken)] for k in range(students - right)]
    rng.shuffle(kinds)
    for number, kind in enumerate(kinds, 1):
        copied = folder / f"student_{number:03}"
        shutil.copytree(examples / kind, copied)
        for path in copied.iterdir():
            path.write_text(signed(path, f"HANDED_IN_AS = {number}"), "utf-8")
    return kinds


def signed(path: Path, line: str) -> str:
    """The text of a module or notebook with one harmless line more."""
    text = path.read_text("utf-8")
    if path.suffix != ".ipynb":
        return f"{text}\n\n{line}\n"
    notebook = json.loads(text)
    cell = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": line}
    notebook["cells"].append(cell | ({"id": "handed-in-as"} if notebook["nbformat_minor"] >= 5 else {}))
    return json.dumps(notebook)


# ---- the checks without a box


def known(rubric: Rubric, store: Store) -> dict[str, Expected]:
    """The reference's answers as an earlier run of `grade` has kept them."""
    work = spine.work_digest(run.reference_work(rubric))
    found = {}
    for item in rubric.items:
        kept = store.kept(spine.expected_key(item, work))
        if kept is None:
            raise SystemExit(f"{store.folder} lacks the reference's answer to item {item.id}")
        found[item.id] = spine.unpacked(item, kept)
    return found


def loaded(work: Work, names: Sequence[str]) -> Code:
    """A submission executed in this process."""
    modules, failures = {}, {}
    for name, source in work.sources.items():
        if name.endswith(".py") and any(word.partition(".")[0].encode() in source for word in names):
            module = ModuleType(Path(name).stem)
            try:
                exec(compile(source, name, "exec"), vars(module))
                modules[name] = module
            except Exception as error:  # whatever a student's file raises is an answer
                failures[name] = f"{name} can't be imported: {type(error).__name__}: {error}"
    return Code(modules, work.answers, failures)


def probed(code: Code, request: Request) -> Observation:
    """How one probe ended, in this process."""
    try:
        return Observation("ok", KINDS[request.kind].probe(code, request.call, request.given))
    except Missing as missing:
        return Observation("missing", detail=str(missing))
    except Unread as unread:
        return Observation("unread", detail=str(unread))
    except Unimportable as failure:
        return Observation("crashed", detail=str(failure))
    except Exception as error:  # whatever a student's function raises is an answer
        return Observation("crashed", detail=f"{type(error).__name__}: {error}")


def checked(rubric: Rubric, expected: Mapping[str, Expected], student: Code, reference: Code) -> dict[str, Outcome]:
    """Every question asked, compared, and searched for its smallest failing input."""
    ask, told = partial(probed, student), partial(probed, reference)
    outcomes = {}
    for item in rubric.items:
        observation = ask(spine.request(item))
        outcome = spine.judge(item, expected[item.id], observation)
        if observation.status == "ok" and item.check.searchable and item.recipe and outcome.credit != 1.0:
            found = spine.smallest(ask, told, item)
            if found and not spine.differs_again(ask, item, found):
                found = {}
            outcome = spine.judge(item, replace(expected[item.id], smallest=found), observation)
        outcomes[item.id] = outcome
    return outcomes


def alone(folder: Path, student: str, kept: Path, out: Path) -> None:
    """One student in this process: read, checked, reported. What a fresh python runs."""
    rubric = load_rubric(find_rubric(ROOT, HOMEWORK, None), ROOT)
    submission = next(entry for entry in discover(folder) if entry.student == student)
    names = run.wanted(rubric)
    work, reference = read(submission), loaded(run.reference_work(rubric), names)
    outcomes = checked(rubric, known(rubric, Store(kept)), loaded(work, names), reference)
    grade = Grade(student, outcomes, work.remarks)
    (out / "report.html").write_text(student_page(rubric, grade), "utf-8")
    (out / "results.json").write_text(dump_results(results_json(rubric, grade)), "utf-8")


# ---- the three ways


def spent(command: Sequence[str | Path]) -> Cost:
    """What a command and all its descendants used. Ends the benchmark if it fails."""
    # Who outlives his parent becomes ours: bubblewrap ends without waiting for the processes that it has started.
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    with tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise SystemExit(f"{command[0]} failed ({process.returncode}):\n{said.read().decode(errors='replace')}")
    used = [usage]
    with contextlib.suppress(ChildProcessError):
        while True:
            used.append(os.wait4(-1, 0)[2])
    return Cost(sum(entry.ru_utime + entry.ru_stime for entry in used), wall)


def graded(folder: Path, out: Path) -> Cost:
    """The real command, from nothing."""
    shutil.rmtree(out, ignore_errors=True)
    command = Path(sys.executable).with_name("grade")
    return spent([command, "run", folder, "--course", ROOT, "--out", out, "--workers", "1"])


def fresh(folder: Path, student: str, kept: Path) -> Cost:
    """A new python for one student."""
    with tempfile.TemporaryDirectory() as out:
        return spent([sys.executable, Path(__file__), "--alone", folder, student, kept, out])


class Warm:
    """The pure checks in this process. `here` is wrapped around whatever is to be measured."""

    def __init__(self, rubric: Rubric, submissions: Sequence[Submission], kept: Path) -> None:
        import torch

        torch.set_num_threads(1)
        self.rubric = rubric
        self.works = {submission.student: read(submission) for submission in submissions}
        if len(set(map(spine.work_digest, self.works.values()))) != len(self.works):
            raise SystemExit("two students of the class have the same content")
        self.names = run.wanted(rubric)
        self.expected = known(rubric, Store(kept))
        self.reference = loaded(run.reference_work(rubric), self.names)

    def check(self, student: str) -> dict[str, Outcome]:
        return checked(self.rubric, self.expected, loaded(self.works[student], self.names), self.reference)

    def cost(self, students: Sequence[str]) -> Cost:
        before, started = _cpu(), time.perf_counter()
        for student in students:
            self.check(student)
        return Cost(_cpu() - before, time.perf_counter() - started)


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def agree(warm: Warm, kept: Path) -> None:
    """Ends the benchmark unless `grade` and the pure checks came to the same credits and notes."""
    grades = Store(kept).grades()
    for student in warm.works:
        pure = {item: (outcome.credit, outcome.note) for item, outcome in warm.check(student).items()}
        boxed = {item: (outcome.credit, outcome.note) for item, outcome in grades[student][0].outcomes.items()}
        if pure != boxed:
            told = {item: (pure[item], boxed[item]) for item in pure if pure[item] != boxed[item]}
            raise SystemExit(f"{student}: the pure checks and grade disagree: {told}")


# ---- where the time goes


class Stopwatch:
    """Wall seconds per part, each without the parts that are called from within it, unless it is named `whole`."""

    def __init__(self, *whole: str) -> None:
        self.seconds: Counter[str] = Counter()
        self._whole = whole
        self._within = [REST]
        self._since = time.perf_counter()

    def _turn(self) -> None:
        now = time.perf_counter()
        self.seconds[self._within[-1]] += now - self._since
        self._since = now

    def _around(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            if self._within[-1] in self._whole:
                return function(*args, **kwargs)
            self._turn()
            self._within.append(part)
            try:
                return function(*args, **kwargs)
            finally:
                self._turn()
                self._within.pop()

        return timed

    @contextlib.contextmanager
    def over(self, parts: Sequence[tuple[str, Any, str]]) -> Iterator[None]:
        """Measures these attributes of modules and classes as parts while the context lasts."""
        with contextlib.ExitStack() as stack:
            for part, owner, name in parts:
                stack.enter_context(patch.object(owner, name, self._around(part, getattr(owner, name))))
            self._since = time.perf_counter()
            yield
            self._turn()


REST, ONCE = "everything else", "once per class: start, wall, reference, pages"
OPEN, ASK, COMPARE = "student process: fork, wall, import", "questions: fork, probe, answer", "comparing"
SEARCH, WIRE, KEEP = "search: hypothesis itself", "arrays to bytes and back", "keys, keeping, writing"
READ, REPORT = "reading the files", "reports"
HERE = sys.modules[__name__]
PARTS = [
    (SEARCH, spine, "smallest"),
    *((COMPARE, kind, "compare") for kind in KINDS.values()),
    (OPEN, HERE, "loaded"),
    (ASK, HERE, "probed"),
    *((ONCE, run, name) for name in ("refuse_if_broken", "expected_of", "write_class")),
    (READ, run, "read"),
    *((OPEN, sandbox._Student, name) for name in ("__init__", "load", "close")),
    *((ASK, owner, name) for owner, name in ((sandbox, "converse"), (sandbox._Student, "_ended"))),
    *((WIRE, sandbox, name) for name in ("encode", "decode")),
    *((KEEP, Store, name) for name in ("keep", "kept", "write_grade", "write_text")),
    *((KEEP, owner, name) for owner, name in ((spine, "key"), (spine, "work_digest"), (run, "_search_key"))),
    *((REPORT, run, name) for name in ("student_page", "results_json", "dump_results")),
]


def breakdown(warm: Warm, submissions: Sequence[Submission], out: Path) -> tuple[Counter[str], Counter[str]]:
    """Seconds per part for the class, in `grade` and in the pure checks."""
    pure, boxed = Stopwatch(), Stopwatch(ONCE)
    with pure.over(PARTS):
        for student in warm.works:
            warm.check(student)
    with Store(out) as store:
        planned = run.plan(warm.rubric, submissions, store)
        with boxed.over(PARTS), run.Zygotes([warm.rubric]) as zygotes:
            finished = run.grade_class(planned, store, zygotes.take(1), secrets=(), told=lambda _: None)
    if finished.failures:
        raise SystemExit("\n".join(finished.failures))
    return boxed.seconds, pure.seconds


# ---- the command


@dataclass(frozen=True)
class Measured:
    """Medians over the repetitions: a class, its first quarter, and fresh pythons one by one."""

    grade: Cost
    grade_quarter: Cost
    pure: Cost
    pure_quarter: Cost
    fresh: Cost


def measure(folder: Path, quarter: Path, warm: Warm, picked: Sequence[str], repeat: int, out: Path) -> Measured:
    """All three ways in turn, `repeat` times, so that a busy moment of the machine meets them all."""
    students, few = list(warm.works), sorted(path.name for path in quarter.iterdir())
    rounds = [
        (
            graded(folder, out),
            graded(quarter, out.with_name("quarter_results")),
            warm.cost(students),
            warm.cost(few),
            *(fresh(folder, student, out) for student in picked),
        )
        for _ in range(repeat)
    ]
    columns = [middle(column) for column in zip(*rounds, strict=True)]
    single = Cost(mean(cost.cpu for cost in columns[4:]), mean(cost.wall for cost in columns[4:]))
    return Measured(*columns[:4], single)


def report(measured: Measured, students: int, quarter: int) -> None:
    more = students - quarter
    total, pure = measured.grade.per(students), measured.pure.per(students)
    further = (measured.grade - measured.grade_quarter).per(more)
    further_pure = (measured.pure - measured.pure_quarter).per(more)
    print(f"\n{'seconds per submission':44}{'CPU':>9}{'wall':>9}")
    for label, cost in (
        (f"grade, a class of {students} from nothing", total),
        (f"grade, each of the {more} students beyond {quarter}", further),
        ("a fresh python", measured.fresh),
        (f"pure checks, all {students}", pure),
        (f"pure checks, the {more} beyond {quarter}", further_pure),
    ):
        print(f"{label:44}{cost.cpu:9.3f}{cost.wall:9.3f}")
    print(f"\n{'ratios':44}{'CPU':>9}{'wall':>9}{'aim':>9}")
    _ratio("grade / pure checks, the class", total, pure, most=MOST_OF_PURE)
    _ratio("grade / pure checks, each further student", further, further_pure, most=MOST_OF_PURE)
    _ratio("a fresh python / grade, the class", measured.fresh, total, least=LEAST_OF_FRESH)
    _ratio("a fresh python / grade, each further student", measured.fresh, further, least=LEAST_OF_FRESH)


def _ratio(label: str, above: Cost, below: Cost, *, most: float = float("inf"), least: float = 0.0) -> None:
    cpu, wall = above.cpu / below.cpu, above.wall / below.wall
    aim = f"≤ {most:g}" if least == 0.0 else f"≥ {least:g}"
    print(f"{label:44}{cpu:9.2f}{wall:9.2f}{aim:>9}  {'met' if least <= cpu <= most else 'missed'}")


def report_parts(boxed: Mapping[str, float], pure: Mapping[str, float], students: int) -> None:
    print(f"\n{'wall milliseconds per submission':44}{'grade':>9}{'pure':>9}{'more':>9}")
    rows = [
        (part, boxed.get(part, 0.0) / students * 1e3, pure.get(part, 0.0) / students * 1e3)
        for part in {**boxed, **pure}
    ]
    rows.sort(key=lambda row: row[2] - row[1])
    for part, ours, theirs in [*rows, ("all", sum(row[1] for row in rows), sum(row[2] for row in rows))]:
        print(f"{part:44}{ours:9.1f}{theirs:9.1f}{ours - theirs:9.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--students", type=int, default=40, help="size of the class, at least 8 (default: 40)")
    parser.add_argument("--fresh", type=int, default=3, help="how many students get a fresh python (default: 3)")
    parser.add_argument("--repeat", type=int, default=3, help="repetitions, of which the median counts (default: 3)")
    parser.add_argument("--seed", type=int, default=0, help="which class (default: 0)")
    parser.add_argument("--alone", nargs=4, help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.alone:
        folder, student, kept, out = told.alone
        alone(Path(folder), student, Path(kept), Path(out))
        return
    if told.students < 8 or told.fresh < 1 or told.repeat < 1:
        parser.error("a class has at least 8 students, and --fresh and --repeat are at least 1")
    if os.environ.get("OMP_NUM_THREADS") != "1" or len(os.sched_getaffinity(0)) > 1:
        # numpy has started its threads by now, on all cores; a new start has none.
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | {"OMP_NUM_THREADS": "1"})
    with tempfile.TemporaryDirectory(prefix="gradebound-benchmark-") as place:
        benchmark(Path(place), told.students, told.fresh, told.repeat, told.seed)


def benchmark(place: Path, students: int, singles: int, repeat: int, seed: int) -> None:
    folder, quarter, out = place / HOMEWORK, place / "quarter" / HOMEWORK, place / "results"
    kinds = make_class(folder, students, seed)
    names = sorted(path.name for path in folder.iterdir())
    few = students // 4
    for name in names[:few]:
        shutil.copytree(folder / name, quarter / name)
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(Counter(kinds).items()))
    print(f"a class of {students}, seed {seed}: {told}", flush=True)
    graded(folder, out)  # warms the disk, and leaves the reference's answers
    rubric = load_rubric(find_rubric(ROOT, HOMEWORK, None), ROOT)
    submissions = discover(folder)
    warm = Warm(rubric, submissions, out)
    agree(warm, out)
    print("grade and the pure checks come to the same credits and notes", flush=True)
    right = [name for name, kind in zip(names, kinds, strict=True) if kind in RIGHT]
    share = round(0.7 * singles)
    picked = right[:share] + [name for name in names if name not in right][: singles - share]
    report(measure(folder, quarter, warm, picked, repeat, out), students, few)
    report_parts(*breakdown(warm, submissions, place / "parts"), students)


if __name__ == "__main__":
    main()
