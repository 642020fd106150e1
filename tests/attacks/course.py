"""A tiny course with secrets in it, a class in which every other student attacks, and what the real command does.

    PYTHONPATH=tests python -m attacks.course [--mode MODE] [CATEGORY | CATEGORY/NAME]…

runs that class and prints what became of every attack, for a person to read. `MODES` says as whom the command runs;
a mode may add arguments and environment variables to the command.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from attacks.corpus import ENDS, Attack, attacks, helpers
from attacks.traces import difference, marked, tree

HERE = Path(__file__).parent
GRADE = Path(sys.executable).with_name("grade")
CAN_NOT = 77
STALLED = 25.0
"""Seconds. Two items with a second of CPU time and of idle time each, tried twice, on a machine that is busy."""
RUN_SECONDS = 900
CONTROL_SECONDS = 4
LONGEST_SENTENCE = 700
FORGED_MARKUP = ("<gradebound-forged", "<script>gradebound", "onerror=gradebound_forged()>", '="javascript:gradebound')

RUBRIC = """\
# For graders only: {token}-rubric
homework: wall
title: Two functions
limits: {{cpu_seconds: 1, idle_seconds: 1, memory_mb: 512}}
questions:
  - id: "1"
    title: Multiples
    items:
      - {{id: a, title: Twice x, kind: close, points: 1, call: {{name: double, arguments: [x]}}, given: numbers}}
      - {{id: b, title: Three times x, kind: close, points: 1, call: {{name: triple, arguments: [x]}}, given: numbers}}
"""
REFERENCE = """\
ANSWER = "{token}-reference"


def double(x):
    return 2 * x


def triple(x):
    return 3 * x
"""
INPUTS = """\
from grader.inputs import Recipe, normal

NOTE = "{token}-inputs"
numbers = Recipe(x=normal("B", "D"))
"""
RIGHT = """\
# {token}-student {k}


def double(x):
    return x + x


def triple(x):
    return x + x + x
"""


@dataclass(frozen=True)
class Mode:
    """How the command runs: `launch` as in launch.py, with or without bubblewrap, more arguments and variables."""

    name: str
    launch: str = "here"
    bubblewrap: bool = False
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


MODES = {
    mode.name: mode
    for mode in (
        Mode("here"),
        Mode("user", launch="user"),
        Mode("container", launch="container"),
        Mode("here-bubblewrap", bubblewrap=True),
        Mode("user-bubblewrap", launch="user", bubblewrap=True),
    )
}


class CanNotError(Exception):
    """This machine can't run the command in that mode; says why."""


@dataclass(frozen=True)
class Place:
    """Where a class is. All but `harm` is what an instructor has; `harm` holds a folder per student to plant files in."""

    folder: Path
    token: str
    mark: str
    port: int = 0

    @property
    def course(self) -> Path:
        return self.folder / "course"

    @property
    def submissions(self) -> Path:
        return self.folder / "submissions" / "wall"

    @property
    def results(self) -> Path:
        return self.folder / "results"

    @property
    def harm(self) -> Path:
        return self.folder / "harm"

    @property
    def temporary(self) -> Path:
        return self.folder / "temporary"

    @property
    def home(self) -> Path:
        return self.folder / "home"


@dataclass(frozen=True)
class Run:
    """What the command did with a class: `students` maps a student to his attack, or None for a right one."""

    place: Place
    students: Mapping[str, Attack | None]
    status: int
    said: str
    left: Sequence[str]
    changed: Sequence[str]
    heard: bytes
    layers: str


@contextlib.contextmanager
def placed() -> Iterator[Place]:
    """An empty place that every user may enter; nothing of it is left."""
    folder = Path(tempfile.mkdtemp(prefix="wall-"))
    folder.chmod(0o755)
    place = Place(folder, f"TOKEN-{secrets.token_hex(12)}", f"mark{secrets.token_hex(6)}")
    lure = Path("/dev/shm") / f"lure-{place.mark}"
    try:
        with contextlib.suppress(OSError):
            lure.write_text(f"{place.token}-shared-memory")
        yield place
    finally:
        for path in marked(place.mark):
            with contextlib.suppress(OSError):
                path.unlink()
        subprocess.run(["chmod", "-R", "u+rwX", folder], check=False, capture_output=True)
        subprocess.run(["rm", "-rf", folder], check=False)


def graded(place: Place, mode: Mode, chosen: Sequence[Attack]) -> Run:
    """The class of these attacks through the real command. Raises CanNotError where the mode can't be had."""
    with _listening(place) as (listening, heard):
        students = _write_class(listening, chosen)
        uid = _hand_over(listening.folder, mode.launch)
        before = tree(place.course, place.submissions)
        command = [GRADE, place.submissions, "--course", place.course, "--out", place.results, "--workers", "1"]
        status, left, said = _launched(listening, mode, uid, [*map(str, command), *mode.arguments])
        changed = difference(before, tree(place.course, place.submissions))
        layers = _layers(place)
        if mode.bubblewrap and layers and "bubblewrap" not in layers:
            raise CanNotError("bubblewrap is not there, or may not make its namespaces")
        was_heard = heard.read_bytes() if heard.exists() else b""
        return Run(listening, students, status, said, left, changed, was_heard, layers)


def violations(run: Run) -> list[str]:
    """Everything that must not be so after a run, one line each."""
    lines = [*_of_the_run(run), *_of_neighbours(run)]
    for student, attack in run.students.items():
        lines += [f"{attack.id}: {line}" for line in _of_attack(run, student, attack)] if attack else []
    return lines


def outcomes(run: Run, student: str) -> dict[str, Any]:
    """The outcome of each item; empty if there is no grade."""
    try:
        found: dict[str, Any] = json.loads((run.place.results / student / "grade.json").read_text("utf-8"))["outcomes"]
    except OSError:
        return {}
    return found


def seconds(run: Run) -> dict[str, float]:
    """How long each student took: from one grade on the disk to the next."""
    times = {
        name: (run.place.results / name / "grade.json").stat().st_mtime for name in run.students if outcomes(run, name)
    }
    ordered = sorted(times, key=lambda name: times[name])
    return {name: times[name] - times[before] for before, name in pairwise(ordered)}


def without_the_wall(place: Place, chosen: Sequence[Attack]) -> dict[str, set[str]]:
    """The harms that each attack does to a grader without a wall, by id."""
    places = {
        attack: Place(place.folder / f"{k:03d}", place.token, f"{place.mark}x{k}", _free_port())
        for k, attack in enumerate(chosen)
    }
    students = {}
    for attack, own in places.items():
        own.folder.mkdir()
        students[attack] = next(name for name, its in _write_class(own, [attack]).items() if its is attack)
    plan = place.folder / "plan.json"
    told = [
        {"folder": str(own.folder), "student": students[attack], "port": own.port} for attack, own in places.items()
    ]
    plan.write_text(json.dumps({"seconds": CONTROL_SECONDS, "classes": told}))
    place.temporary.mkdir()
    place.home.mkdir()
    uid = _hand_over(place.folder, "user")
    before = {attack: tree(own.course, own.submissions) for attack, own in places.items()}
    command = [sys.executable, str(HERE / "naive.py"), str(plan)]
    status, _, said = _launched(place, Mode("naked", launch="naked", bubblewrap=True), uid, command)
    if status != 0:
        raise AssertionError(f"the control itself has failed with status {status}: {said[-2000:]}")
    return {
        attack.id: _harms(own, students[attack], difference(before[attack], tree(own.course, own.submissions)))
        for attack, own in places.items()
    }


def _write_class(place: Place, chosen: Sequence[Attack]) -> dict[str, Attack | None]:
    """Writes the course and the students; every attack stands between two right ones, and all differ."""
    for path, text in (
        ("course/rubrics/wall.yaml", RUBRIC.format(token=place.token)),
        ("course/reference/wall/wall.py", REFERENCE.format(token=place.token)),
        ("course/reference/wall/inputs.py", INPUTS.format(token=place.token)),
        ("course/reference/wall/token.txt", f"{place.token}-file\n"),
        ("results/notes.txt", f"{place.token}-results\n"),
        ("temporary/gradebound-lure/wall.py", f"# {place.token}-temporary\n"),
        ("submissions/wall/victim/wall.py", RIGHT.format(token=place.token, k="victim")),
    ):
        _put(place.folder / path, text.encode())
    place.home.mkdir()
    students: dict[str, Attack | None] = {"victim": None}
    for k in range(len(chosen) + 1):
        name = f"{2 * k:03d}_right"
        students[name] = None
        _put(place.submissions / name / "wall.py", RIGHT.format(token=place.token, k=k).encode())
    for k, attack in enumerate(chosen):
        name = f"{2 * k + 1:03d}_{attack.name}"
        students[name] = attack
        _hand_in(attack, place, name)
        (place.harm / name).mkdir(parents=True)
        (place.harm / name).chmod(0o777)
    return students


def _hand_in(attack: Attack, place: Place, student: str) -> None:
    """Writes what a student hands in: the attack's own file, or what its function `make` puts into his folder."""
    folder = place.submissions / student
    source = _told(attack.path.read_bytes(), place, student)
    if attack.category == "intake" and b"\ndef make(" in source:
        folder.mkdir()
        told: dict[str, Any] = {"__name__": attack.name}
        exec(compile(source, attack.path, "exec"), told)
        told["make"](folder)
        return
    _put(folder / "wall.py", source)
    for path in helpers(attack.category):
        _put(folder / path.name, _told(path.read_bytes(), place, student))


def _told(source: bytes, place: Place, student: str) -> bytes:
    """An attack that knows every path."""
    words = {
        "COURSE": place.course,
        "SUBMISSIONS": place.submissions,
        "RESULTS": place.results,
        "HARM": place.harm / student,
        "PORT": place.port,
        "STUDENT": student,
        "MARK": place.mark,
    }
    for word, value in words.items():
        source = source.replace(f"@{word}@".encode(), str(value).encode())
    return source


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _hand_over(folder: Path, launch: str) -> int:
    """The uid of the mode's plain user, who owns the place if the command runs as him."""
    uid = 61_000 + os.getpid() % 4_000
    if launch == "user" and os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, uid, uid, follow_symlinks=False)
    return uid


@contextlib.contextmanager
def _listening(place: Place) -> Iterator[tuple[Place, Path]]:
    """The place with a port at which connections are recorded, and the file in which they are."""
    heard = place.folder / "heard"
    command = [sys.executable, HERE / "listener.py", "0", heard]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as listener:
        try:
            assert listener.stdout is not None
            port = int(listener.stdout.readline())
            yield Place(place.folder, place.token, place.mark, port), heard
        finally:
            listener.kill()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _launched(place: Place, mode: Mode, uid: int, command: Sequence[str]) -> tuple[int, list[str], str]:
    """Exit status, processes that were left, and all that the command said."""
    report = place.folder / "report.json"
    environment = {
        # Without the system's folders on the path, there is no bubblewrap to be found.
        "PATH": f"{GRADE.parent}:/usr/bin:/bin" if mode.bubblewrap else str(GRADE.parent),
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "HOME": str(place.home),
        "TMPDIR": str(place.temporary),
        "GRADEBOUND_SECRET": f"{place.token}-environment",
    }
    launch = [sys.executable, HERE / "launch.py", mode.launch, uid, report, RUN_SECONDS, *command]
    done = subprocess.run(
        [str(word) for word in launch],
        env=environment | dict(mode.environment),
        cwd=place.folder,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode == CAN_NOT:
        raise CanNotError(done.stderr.strip())
    told = json.loads(report.read_text())
    return told["status"], told["left"], done.stdout + done.stderr


def _layers(place: Place) -> str:
    """The layers of the wall that the command says were up; empty if it says nothing."""
    try:
        return str(json.loads((place.results / "run.jsonl").read_text().splitlines()[-1])["layers"])
    except (OSError, ValueError, KeyError, IndexError):
        return ""


def _of_the_run(run: Run) -> Iterator[str]:
    """What can't be laid to one attack."""
    if run.status != 0:
        yield f"neighbour: the command ended with status {run.status}: {run.said[-1500:]}"
    yield from (f"left: the process {name}" for name in run.left)
    yield from (f"left: {path}" for path in sorted(run.place.temporary.iterdir()) if path.name != "gradebound-lure")
    yield from (
        f"planted: {path}" for path in marked(run.place.mark, run.place.home) if not path.name.startswith("lure-")
    )
    yield from (f"planted: {path} has changed" for path in run.changed)
    yield from (f"forged: {path} is no file of the grader's" for path in _strangers(run))
    yield from (f"forged: {where}" for where in _forgeries(run))
    if run.heard:
        yield f"token: heard on the network: {run.heard[:300]!r}"
    for path in sorted((run.place.results / ".observations").rglob("*")):
        if path.is_file() and run.place.token.encode() in path.read_bytes():
            yield f"token: in {path.relative_to(run.place.results)}"


def _of_neighbours(run: Run) -> Iterator[str]:
    for student, attack in run.students.items():
        credits_ = {item: outcome["credit"] for item, outcome in outcomes(run, student).items()}
        if attack is None and credits_ != {"a": 1.0, "b": 1.0}:
            yield f"neighbour: {student} has {credits_}"


def _of_attack(run: Run, student: str, attack: Attack) -> Iterator[str]:
    found = outcomes(run, student)
    if set(found) != {"a", "b"}:
        yield f"neighbour: it has no grade, only {sorted(found)}"
        return
    for item, wanted in (("a", attack.must), ("b", attack.then or ENDS)):
        end = ended(found[item])
        if end not in wanted:
            yield f"item {item} must be {' | '.join(sorted(wanted))}, is {end}: {found[item]['sentence']}"
        if trouble := unclear(found[item]["sentence"]):
            yield f"item {item} is told unclearly ({trouble}): {found[item]['sentence']!r}"
    yield from (f"planted: {path}" for path in sorted((run.place.harm / student).iterdir()))
    yield from (f"token: {path.name} holds {_leak(run.place, path)!r}" for path in _leaks(run.place, student))
    told = json.loads((run.place.results / student / "results.json").read_text())
    if [test["score"] for test in told["tests"]] != [found[item]["credit"] or 0.0 for item in ("a", "b")]:
        yield f"forged: results.json tells {told['tests']}"
    if (took := seconds(run).get(student, 0.0)) > STALLED:
        yield f"stall: it took {took:.0f} s"


def ended(outcome: Mapping[str, Any]) -> str:
    """How an item ended, in the words of `must:`; what no attack may get is named by its note."""
    if outcome["credit"] is None:
        return f"undecided ({outcome['note']})"
    if outcome["note"] in ENDS - {"ok", "wrong"}:
        return str(outcome["note"])
    return "ok" if outcome["credit"] == 1.0 else "wrong"


def unclear(sentence: str) -> str:
    """Why a sentence is none that a student can read; empty if it is one."""
    if not sentence.strip():
        return "it is empty"
    if len(sentence) > LONGEST_SENTENCE:
        return f"it has {len(sentence)} characters"
    if "Traceback" in sentence:
        return "it is a traceback"
    if not sentence.isprintable():
        return "it has control characters"
    return ""


def _strangers(run: Run) -> list[str]:
    """Files among the results that the command has not written."""
    own = {"index.html", "grades.csv", ".gitignore", ".lock", "run.jsonl", "notes.txt"}
    own |= {f"{student}/{name}" for student in run.students for name in ("grade.json", "results.json", "report.html")}
    paths = (
        path.relative_to(run.place.results)
        for path in run.place.results.rglob("*")
        if not path.is_dir() or path.is_symlink()
    )
    return sorted(str(path) for path in paths if str(path) not in own and path.parts[0] != ".observations")


def _forgeries(run: Run) -> Iterator[str]:
    """Where a student's text has become markup, a formula, or a line of the command's own."""
    for path in sorted(run.place.results.rglob("*.html")):
        found = next((text for text in FORGED_MARKUP if text in path.read_text("utf-8")), None)
        if found:
            yield f"{path.relative_to(run.place.results)} holds the markup {found}"
    table = run.place.results / "grades.csv"
    if table.exists() and re.search(r"""(^|,)["' ]*=gradebound""", table.read_text("utf-8"), re.MULTILINE):
        yield "grades.csv holds a formula"
    if re.search(r"\x1b\[2J|\x1b\]0;|^forged:", run.said, re.MULTILINE):
        yield "the command prints what a student wrote as its own"


def _leaks(place: Place, student: str) -> list[Path]:
    folder = place.results / student
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and place.token.encode() in path.read_bytes()]


def _leak(place: Place, path: Path) -> str:
    """Which secret it is that a file holds."""
    return path.read_bytes().partition(place.token.encode())[2][:20].decode(errors="replace").split('"')[0]


def _harms(place: Place, student: str, changed: Sequence[str]) -> set[str]:
    """What one attack has done to the control."""
    results = place.results / student
    told = json.loads((results / "control.json").read_text())
    seen = {
        "token": bool(_leaks(place, student)),
        "planted": any((place.harm / student).iterdir()) or bool(changed) or len(marked(place.mark, place.home)) > 0,
        "forged": _full_marks(results / "results.json"),
        "stall": told["stopped"],
        "left": told["left"] > 0,
    }
    return {harm for harm, done in seen.items() if done}


def _full_marks(path: Path) -> bool:
    try:
        return bool(json.loads(path.read_text())["a"] == 1.0)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def main() -> None:
    """Prints what became of the chosen attacks."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help="categories, or category/name; all without any")
    parser.add_argument("--mode", choices=MODES, default="here")
    parser.add_argument("--no-wall", action="store_true", help="show what the attacks do to a grader without a wall")
    told = parser.parse_args()
    chosen = attacks(*told.names)
    with placed() as place:
        if told.no_wall:
            chosen = [attack for attack in chosen if not attack.control]
            for name, harms in without_the_wall(place, chosen).items():
                print(f"{name:44} {', '.join(sorted(harms)) or 'no harm'}")
            return
        run = graded(place, MODES[told.mode], chosen)
        took = seconds(run)
        for student, attack in run.students.items():
            if attack is None:
                continue
            print(f"\n{attack.id}: {attack.what} ({took.get(student, 0):.1f} s)")
            for item, outcome in outcomes(run, student).items():
                print(f"  {item} {ended(outcome):8} {outcome['sentence']}")
        found = violations(run)
        print(f"\nlayers: {run.layers}\n{len(chosen)} attacks, {sum(took.values()):.0f} s, {len(found)} violations")
        print("\n".join(found))


if __name__ == "__main__":
    main()
