"""What the reports of a class cost, and how fast the review page of that class answers.

    python benchmarks/review.py [--students 500] [--repeat 20] [--seed 0]

The class is made up: 24 items in 6 questions, of all kinds that people look at, with charts, sheets of images, grids,
tables, derivations, code and written answers; no two students' pictures are alike, and a third of the written answers
are. The pages are then written as `grade rescore` writes them, and the real server is asked over HTTP by one browser.
CPU seconds are user and system time and decide whether an aim is met; wall times only mean something on a machine with
nothing else to do. Sizes are without the pictures.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from urllib.parse import urlencode

import numpy as np

from grader.checks.close import Close
from grader.checks.code import Call
from grader.checks.derivation import Derivation
from grader.checks.written import Written
from grader.maths import typeset
from grader.model import (
    Check,
    Evidence,
    Fact,
    Grade,
    Grid,
    Item,
    Line,
    Lines,
    Outcome,
    Pictures,
    Plot,
    Question,
    Rubric,
    Table,
)
from grader.pieces import definitions
from grader.review import serve
from grader.run import write_again
from grader.store import Store

MOST_SECONDS, MOST_ANSWER, MOST_BYTES = 60.0, 0.1, 300_000
WORLD = {"scalars": {"a": "real"}, "spaces": {"x": 5}, "densities": {"p(x)": "free", "q(x)": "free"}}
STEPS = (r"\mathrm{KL}(q\|p)", r"\sum_x q(x)\log\frac{q(x)}{p(x)}", r"-\sum_x q(x)\log p(x) - H(q)")
NOTES = ("sign", "factor", "mean_for_sum", "log_std", "not_finite", "exchanged_arguments")
CODE = "def part_{0}(mu, logvar):\n    # what the {0}th part asks for\n" + "".join(
    f"    term_{k} = 0.5 * (mu**2 + logvar.exp() - {k} - logvar).sum(1)\n" for k in range(12)
)


def homework() -> Rubric:
    """Six questions of four items: two of code, a derivation, and a text."""
    questions = []
    for q in range(1, 7):
        call = Close(Call(f"part_{q}", ("mu", "logvar")))
        kinds: list[tuple[str, Check]] = [
            ("close", call),
            ("close", call),
            ("derivation", Derivation(WORLD, STEPS[-1], part=f"{q}.3")),
            ("written", Written("A sum, for the KL is additive.", part=f"{q}.4")),
        ]
        items = tuple(
            Item(f"{q}.{k}", f"Part {k} of question {q}", kind, check, 2.0, "Mind the sign.")
            for k, (kind, check) in enumerate(kinds, 1)
        )
        questions.append(Question(str(q), f"Question {q}", items, "Derive, write and explain the KL of each row."))
    return Rubric("speed", "A homework of 24 items", tuple(questions), Path("speed.yaml"))


def fill(store: Store, rubric: Rubric, students: int, seed: int) -> None:
    """Writes grades, code and answers of a class."""
    rng, luck = np.random.default_rng(seed), Random(seed)
    lines = tuple(Line(typeset(step, WORLD), step, "holds") for step in STEPS)
    for k in range(students):
        work = f"work {k}"
        answers = {item.id: f"Answer {luck.randrange(max(1, students // 3))} to {item.id}." for item in rubric.items}
        outcomes = {item.id: _outcome(item, k, answers[item.id], lines, rng, luck) for item in rubric.items}
        store.write_grade(Grade(f"student-{k:05d}", outcomes), work)
        store.keep_answers(work, answers)
        source = "".join(CODE.format(q) for q in range(1, 7)) + f"# {k}\n"
        store.keep_code(work, definitions({"kl.py": source.encode()}, [f"part_{q}" for q in range(1, 7)]))


def _outcome(
    item: Item, k: int, answer: str, lines: tuple[Line, ...], rng: np.random.Generator, luck: Random
) -> Outcome:
    if item.kind == "written":
        return Outcome(None, "A person reads this answer.", (Fact("answer", answer),))
    right = luck.random() < 0.6
    note = "" if right else luck.choice(NOTES)
    said = "all cases agree" if right else f"the result differs, {note.replace('_', ' ')}"
    return Outcome(float(right), said, _evidence(item, k, lines, rng), note)


def _evidence(item: Item, k: int, lines: tuple[Line, ...], rng: np.random.Generator) -> tuple[Evidence, ...]:
    """Two charts and a sheet of images a student, and tables, grids and derivations at the other items."""
    steps = tuple(map(float, range(100)))
    loss = tuple(float(x) for x in 3 * np.exp(-np.arange(100) / 30) + 0.1 * rng.random(100))
    if item.id == "1.1":
        band = (steps, tuple(x - 0.3 for x in loss), tuple(x + 0.3 for x in loss))
        return (Plot("the loss", "line", {"yours": (steps, loss)}, "step", "nats", band),)
    if item.id == "2.1":
        x, y = rng.standard_normal((2, 200))
        return (Plot("200 draws", "scatter", {"yours": (tuple(map(float, x)), tuple(map(float, y)))}, "z₁", "z₂"),)
    if item.id == "3.1":
        images = rng.integers(0, 256, (16, 28, 28), dtype=np.uint8)
        return (Pictures("samples", {"yours": images, "real ones": images[::-1]}),)
    if item.id == "4.1":
        kinds = ("right", "illegal", "lost", "unused")
        cells = [[kinds[(i * j + k) % 4] for j in range(9)] for i in range(9)]
        return (Grid("what pixel (4, 4) sees", tuple(map(tuple, cells))),)
    if item.kind == "derivation":
        return (Lines("your lines as they were read", lines),)
    return (Table("a failing input", ("", "value"), (("mu", f"[{k}]"), ("expected", "3"), ("got", "−1"))),)


@dataclass(frozen=True)
class Asked:
    """How long a kind of page took, in wall seconds, the CPU seconds of the server a page, and its size."""

    name: str
    times: list[float]
    cpu: float
    size: int


@contextmanager
def served(rubric: Rubric, store: Store) -> Iterator[tuple[str, int]]:
    """The address of a server in a process of its own, and that process."""
    reads, writes = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reads)
        serve(rubric, store, by="TA", told=lambda address: os.write(writes, address.encode()) and None)
        os._exit(0)
    os.close(writes)
    try:
        yield os.read(reads, 1000).decode(), pid
    finally:
        os.kill(pid, signal.SIGINT)
        os.waitpid(pid, 0)


class Client:
    """A browser that was given the token."""

    def __init__(self, address: str, pid: int) -> None:
        self._host, _, token = address.removeprefix("http://").partition("/")
        self._pid = pid
        self._cookie = ""
        self._cookie = self._ask("GET", f"/{token}").headers["Set-Cookie"].partition(";")[0]

    def _ask(self, method: str, path: str, body: str | None = None) -> http.client.HTTPResponse:
        self._connection = http.client.HTTPConnection(self._host, timeout=60)
        headers = {"Cookie": self._cookie, "Origin": f"http://{self._host}"}
        headers |= {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        self._connection.request(method, path, body, headers)
        return self._connection.getresponse()

    def text(self, path: str) -> str:
        return self._ask("GET", path).read().decode()

    def measured(self, name: str, repeat: int, ask: Callable[[int], tuple[str, str, str | None]]) -> Asked:
        """A kind of page; `ask` says for each repetition the method, the path and the form."""
        times, size, before = [], 0, _cpu(self._pid)
        for k in range(repeat):
            method, path, body = ask(k)
            started = time.perf_counter()
            answer = self._ask(method, path, body)
            data = answer.read()
            times.append(time.perf_counter() - started)
            if answer.status >= 400:
                raise SystemExit(f"{name}: {answer.status}")
            size = max(size, _size(data.decode()))
        return Asked(name, times, (_cpu(self._pid) - before) / repeat, size)


def asked(client: Client, repeat: int) -> list[Asked]:
    """Every kind of page, and every kind of step, of which each is told to the disk."""
    links = [html.replace("&amp;", "&") for html in re.findall(r'class="open-group" href="([^"]*)"', client.text("/"))]
    large = re.findall(r'class="open-group" href="([^"]*)"', client.text("/?show=all&item=1.1"))[0].replace(
        "&amp;", "&"
    )
    forms = {link: _form(client.text(link)) for link in links[: 3 * repeat]}
    decided = [urlencode([*forms[links[k]], ("base", "1"), ("comment", "So $\\frac12$.")]) for k in range(repeat)]
    rows = [urlencode([*forms[links[0]], ("row", ""), ("text:", f"row {k}"), ("points:", "1")]) for k in range(repeat)]
    pages = {
        "the list": "/",
        "the whole list": "/?show=all",
        "one item's list": "/?show=all&item=2.1",
        "a large group, with a chart": large,
        "the table as CSV": "/grades.csv",
    }
    found = [client.measured(name, repeat, lambda _, path=path: ("GET", path, None)) for name, path in pages.items()]  # type: ignore[misc]
    found.append(client.measured("a group", repeat, lambda k: ("GET", links[k % len(links)], None)))
    found.append(client.measured("a new row", min(repeat, 40), lambda k: ("POST", "/row", rows[k])))
    found.append(client.measured("a decision", repeat, lambda k: ("POST", "/decide", decided[k])))
    found.append(client.measured("what is decided", repeat, lambda _: ("GET", "/?show=decided", None)))
    found.append(client.measured("an undone step", repeat, lambda _: ("POST", "/undo", urlencode({"back": "/"}))))
    return found


def _form(page: str) -> list[tuple[str, str]]:
    inside = page[page.index('action="/decide"') :]
    tags = re.findall(r'<input(?: type="(\w+)")? name="(\w+)" value="([^"]*)"( checked)?', inside)
    return [
        (name, value.replace("&amp;", "&"))
        for kind, name, value, ticked in tags
        if name in ("group", "item", "based", "query", "who", "beyond") and (kind != "checkbox" or ticked)
    ]


def _size(page: str) -> int:
    return len(re.sub(r'"data:image/[^"]*"', "", page).encode())


def _cpu(pid: int) -> float:
    """User and system seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--students", type=int, default=500)
    parser.add_argument("--repeat", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    told = parser.parse_args()
    rubric, missed = homework(), []
    with tempfile.TemporaryDirectory() as folder:
        with Store(Path(folder) / "speed") as store:
            fill(store, rubric, told.students, told.seed)
            cpu, wall = time.process_time(), time.perf_counter()
            write_again(rubric, [f"student-{k:05d}" for k in range(told.students)], store)
            cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        pages = {path: _size(path.read_text("utf-8")) for path in store.folder.rglob("*.html")}
        report = max(size for path, size in pages.items() if path.name == "report.html")
        print(f"{told.students} reports: {cpu:.1f} s of CPU in one process, {wall:.1f} s on the clock")
        print(f"largest report {report / 1000:.0f} kB, class page {pages[store.folder / 'index.html'] / 1000:.0f} kB")
        missed += ["reports"] * (cpu > MOST_SECONDS) + ["page size"] * (max(pages.values()) > MOST_BYTES)
        with served(rubric, Store(store.folder)) as (address, pid):
            for each in asked(Client(address, pid), told.repeat):
                median, worst = statistics.median(each.times), max(each.times)
                print(
                    f"{each.name:28} median {1000 * median:5.0f} ms, worst {1000 * worst:5.0f} ms, "
                    f"CPU {1000 * each.cpu:5.0f} ms, {each.size / 1000:4.0f} kB"
                )
                missed += [each.name] * (each.cpu > MOST_ANSWER or each.size > MOST_BYTES)
    print(f"missed: {', '.join(missed)}" if missed else "all aims are met")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
