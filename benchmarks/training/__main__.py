"""How well training items refuse bugs and cheats, how surely they accept right variants, and what a run costs.

    python -m benchmarks.training [CORPUS ...] [--seeds 8] [--load] [--list] [--jobs N]

Each file of the corpora is handed in alone and its item asked, in the box and as `grade` asks a class: training on
digits, confirmed on two fresh seeds if it fails. Bugs are asked once, cheats thrice and right variants as often as
`--seeds` says, each time as if it were other code, which gives other seeds. A bug that training accepts is put to the
property items of the homeworks that ask for the same functions. `--load` asks a sample again beside 16 busy loops: the
verdicts must be the same. Times are CPU, of the student's processes and of the grader. Intervals are Wilson's, 95 %.
"""

from __future__ import annotations

import argparse
import base64
import io
import math
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from queue import SimpleQueue
from typing import Any, cast

from benchmarks.training.corpora import SOLUTION, Variant, variants
from benchmarks.wall import cpu_of
from grader import grade as spine
from grader.box.sandbox import Box, Request
from grader.box.zygote import Zygote
from grader.engine import Desk, Seat, expected_of, reference_work, wanted
from grader.model import Expected, Item, Outcome, Rubric, Work
from grader.rubric import load_rubric
from grader.store import Store
from grader.trained import trainable
from grader.values import under

ROOT = SOLUTION.parents[2]
MODELS = {"vae": "VAE", "autoregressive": "PixelCNN", "gan": "GAN"}
AIMS = {"vae": 4.0, "autoregressive": 6.0, "gan": 8.0}
"""CPU seconds of an item whose first run passes."""
PROPERTIES = ("digits_training", "building_blocks", "vae_models", "autoregressive", "gan_models")
LEAST_REFUSED = 0.98
LOOPS = 16
Write = Callable[[str], None]
CHEATS = 3


@dataclass(frozen=True)
class Verdict:
    """What one variant got with one seed, and the CPU seconds that it took."""

    variant: Variant
    seed: int
    model: str
    outcome: Outcome
    seconds: float

    @property
    def accepted(self) -> bool:
        return self.outcome.credit == 1.0

    def told(self) -> str:
        v, o = self.variant, self.outcome
        return f"{v.item} {v.corpus}.{v.name} [{self.seed}] {o.note or 'right'}: {o.sentence}"


class Bench:
    """The training homework with its gates, and a zygote for each job."""

    def __init__(self, jobs: int, stack: ExitStack) -> None:
        path = ROOT / "rubrics" / "digits_training.yaml"
        self.rubric: Rubric = trainable(load_rubric(path, ROOT), None)
        self.items = {item.id: item for item in self.rubric.items}
        self.zygotes: SimpleQueue[Zygote] = SimpleQueue()
        self.pool = stack.enter_context(ThreadPoolExecutor(jobs))
        for _ in range(jobs):
            self.zygotes.put(stack.enter_context(Zygote(bubblewrap=False)))

    def ask(self, asked: Sequence[tuple[Variant, int]]) -> Iterator[Verdict]:
        """The verdicts on variants with seeds, in their order, as they come."""
        return self.pool.map(self._one, asked)

    def _one(self, asked: tuple[Variant, int]) -> Verdict:
        variant, seed = asked
        item, zygote = self.items[variant.item], self.zygotes.get()
        try:
            before = time.thread_time() + _cpu(zygote)
            work = Work({"handed_in.py": variant.source.encode()}, asking=self.rubric.asking)
            with Box(zygote, work, wanted(self.rubric), item.limits) as box:
                observed = spine.asked(box.ask, item, seed=f"{variant.name} {seed}")
            outcome = spine.judge(item, Expected({}, {}), observed)
            seconds = time.thread_time() + _cpu(zygote) - before
        finally:
            self.zygotes.put(zygote)
        check: Any = item.check
        return Verdict(variant, seed, check.model, outcome, seconds)


class Properties:
    """The items of other homeworks that ask for what a variant defines, as far as the solution passes them."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack

    @cached_property
    def _rooms(self) -> list[tuple[Desk, Zygote, Box, list[Item]]]:
        rooms = []
        for homework in PROPERTIES:
            rubric = load_rubric(ROOT / "rubrics" / f"{homework}.yaml", ROOT)
            zygote = self._stack.enter_context(Zygote(bubblewrap=False, preload=rubric.preload))
            store = self._stack.enter_context(Store(Path(self._stack.enter_context(tempfile.TemporaryDirectory()))))
            desk = Desk(rubric, store, expected_of(rubric, store, zygote))
            limits = rubric.items[0].limits
            whole = Box(zygote, reference_work(rubric), wanted(rubric), limits, reference=True)
            room = desk, zygote, self._stack.enter_context(whole), [i for i in rubric.items if _names(i)]
            passed = self._refused(room, SOLUTION.read_text("utf-8"))
            rooms.append((*room[:3], [item for item in room[3] if item.id not in passed]))
        return rooms

    def refused(self, variant: Variant) -> bool:
        """Whether one of these items takes credit from the variant."""
        return any(self._refused(room, variant.source, among=variant.defines) for room in self._rooms)

    def _refused(self, room: tuple[Desk, Zygote, Box, list[Item]], source: str, among: Sequence[str] = ()) -> list[str]:
        desk, zygote, reference, items = room
        work = Work({"handed_in.py": source.encode()}, asking=desk.rubric.asking)
        asked = [item for item in items if not among or _names(item) & _reached(among)]
        with Box(zygote, work, wanted(desk.rubric), desk.rubric.items[0].limits) as box:
            told, seat = spine.work_digest(work), Seat(zygote, reference)
            answers = {i.id: desk.answer(i, told, "", box, seat, threading.Event())[1] for i in asked}
        return [item for item, outcome in answers.items() if outcome.credit != 1.0]


def _cpu(zygote: Zygote) -> float:
    """CPU seconds of a zygote and of all students' processes that have ended in it; it starts when it is first used."""
    return cpu_of(zygote._process.pid) if zygote._process else 0.0


def _names(item: Item) -> set[str]:
    """The names under which an item looks for code."""
    check: Any = item.check
    told = getattr(check, "call", None) or getattr(check, "module", None)
    return {told.name, *told.also} if told else set()


def _reached(names: Sequence[str]) -> set[str]:
    """What changes with these names: the network is made of its layers."""
    return {*names, *(["PixelCNN"] if "MaskedConv2d" in names else [])}


@contextmanager
def busy(loops: int) -> Iterator[None]:
    """So many processes that only compute, meanwhile."""
    started = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(loops)]
    try:
        yield
    finally:
        for process in started:
            process.kill()
            process.wait()


def wilson(hits: int, of: int) -> str:
    """The share with its interval (Wilson 1927)."""
    if not of:
        return "none"
    z, p = 1.959964, hits / of
    middle, half = p + z * z / (2 * of), z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    low, high = ((middle + side * half) / (1 + z * z / of) for side in (-1, 1))
    return f"{hits} of {of} = {p:.1%}, 95 % interval {max(low, 0):.1%} to {min(high, 1):.1%}"


def shipped(bench: Bench) -> str:
    """Weights of the course's VAE and the means of the pixels, trained as at home on the plain digits, as a literal."""
    import numpy as np

    item = bench.items["5.a"]
    check: Any = replace(cast("Any", item.check), disguise="none")
    kept: dict[str, np.ndarray] = {}
    zygote = bench.zygotes.get()
    try:
        with Box(zygote, reference_work(bench.rubric), wanted(bench.rubric), item.limits, reference=True) as box:

            def ask(call: Any, given: Any) -> Any:
                answer = box.ask(Request("training", call, given, item.limits))
                kept.update(under("weights", answer.values) if call["phase"] == "train" else {})
                return answer

            check.converse(ask, {**check.told(reference=True), "seed": 1}, item.given)
    finally:
        bench.zygotes.put(zygote)
    means = item.given["train"].reshape(len(item.given["train"]), -1).mean(axis=0)
    packed = io.BytesIO()
    np.savez(packed, means=means, **{name: array.astype(np.float16) for name, array in kept.items()})
    return f"SHIPPED = {base64.b64encode(packed.getvalue()).decode()!r}\n"


def bugs(bench: Bench, properties: Properties, write: Write, *, listed: bool) -> list[Verdict]:
    found, missed = [], set()
    for verdict in bench.ask([(variant, 0) for variant in variants("wrong")]):
        found.append(verdict)
        if verdict.accepted and not properties.refused(verdict.variant):
            missed.add(verdict.variant)
        by = "ACCEPTED  " if verdict.variant in missed else "by property items  " if verdict.accepted else ""
        if listed or by:
            write(f"{by}{verdict.told()}\n")
    for model, title in MODELS.items():
        mine = [v for v in found if v.model == model]
        alone = sum(not v.accepted for v in mine)
        together = sum(v.variant not in missed for v in mine)
        write(f"bugs, {title}, refused by training:        {wilson(alone, len(mine))}\n")
        write(f"bugs, {title}, with the property items:    {wilson(together, len(mine))}\n")
    write(f"bugs refused (aim: at least {LEAST_REFUSED:.0%}):  {wilson(len(found) - len(missed), len(found))}\n")
    return found


def rights(bench: Bench, seeds: int, write: Write, *, listed: bool) -> list[Verdict]:
    found = []
    for verdict in bench.ask([(variant, seed) for variant in variants("right") for seed in range(seeds)]):
        found.append(verdict)
        if listed or not verdict.accepted:
            write(f"{'' if verdict.accepted else 'REFUSED  '}{verdict.told()}\n")
    refused, asked = sum(not v.accepted for v in found), len({v.variant for v in found})
    write(f"{asked} right variants × {seeds} seeds, refused (aim: 0):  {wilson(refused, len(found))}\n")
    return found


def cheats(bench: Bench, write: Write) -> list[Verdict]:
    weights = shipped(bench)
    ready = [replace(v, source=weights + v.source) if "SHIPPED" in v.source else v for v in variants("cheats")]
    found = []
    for verdict in bench.ask([(variant, seed) for variant in ready for seed in range(CHEATS)]):
        found.append(verdict)
        write(f"{'PASSES   ' if verdict.accepted else ''}{verdict.told()}\n")
    passed = {v.variant.name for v in found if v.accepted}
    write(f"cheats that pass (aim: 0):  {wilson(len(passed), len(ready))}\n")
    return found


def costs(found: Sequence[Verdict], write: Write) -> None:
    for model, title in MODELS.items():
        right = sorted(v.seconds for v in found if v.model == model and v.accepted)
        wrong = sorted(v.seconds for v in found if v.model == model and not v.accepted)
        for what, seconds in (("accepted", right), ("refused, with its confirmation", wrong)):
            if seconds:
                most = f"median {statistics.median(seconds):.1f}, at most {seconds[-1]:.1f}"
                write(f"CPU seconds, {title}, {what} (aim: {AIMS[model]:.0f} without confirmation): {most}\n")


def under_load(bench: Bench, found: Sequence[Verdict], sample: int, write: Write) -> None:
    some = found[:: max(1, len(found) // sample)]
    with busy(LOOPS):
        again = list(bench.ask([(v.variant, v.seed) for v in some]))
    differ = [
        (old, new)
        for old, new in zip(some, again, strict=True)
        if (old.outcome.credit, old.outcome.note) != (new.outcome.credit, new.outcome.note)
    ]
    for old, new in differ:
        write(f"DIFFERS  {old.told()}\n    under load: {new.told()}\n")
    write(f"under {LOOPS} busy loops: {len(differ)} of {len(some)} verdicts differ (aim: 0)\n")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus", nargs="*", choices=["wrong", "right", "cheats", []], help="by default all three")
    parser.add_argument("--seeds", type=int, default=8, help="seeds of each right variant")
    parser.add_argument("--load", action="store_true", help="ask a sample again beside busy loops")
    parser.add_argument("--sample", type=int, default=24, help="how many are asked again")
    parser.add_argument("--list", action="store_true", help="print what every variant heard")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    told = parser.parse_args()
    chosen = told.corpus or ["wrong", "right", "cheats"]

    def write(text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()

    with ExitStack() as stack:
        bench = Bench(told.jobs, stack)
        found: list[Verdict] = []
        if "wrong" in chosen:
            found += bugs(bench, Properties(stack), write, listed=told.list)
        if "right" in chosen:
            found += rights(bench, told.seeds, write, listed=told.list)
        if "cheats" in chosen:
            found += cheats(bench, write)
        costs(found, write)
        if told.load:
            under_load(bench, found, told.sample, write)


if __name__ == "__main__":
    main()
