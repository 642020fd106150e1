"""The two ends of an autograder on a platform: what is packed at home, and what grades one submission over there.

In the container the reference is not there, so nothing can be asked of it: its answers were taken when the homework
was packed, and the smallest failing input is looked for among small cases whose answers were taken then, too. A valid
result lies on disk all the time; it is written anew after every item, and holds what has been decided until then.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from grader import grade as spine
from grader.box.canary import refuse_if_broken
from grader.box.sandbox import Box
from grader.box.zygote import Zygote
from grader.engine import class_seed, expected_of, most, preload, reference_work, wanted
from grader.gradescope.memory import room_mb
from grader.gradescope.metadata import Metadata, read_metadata
from grader.gradescope.pack import PACKED
from grader.gradescope.packed import Packed, load, smallest
from grader.gradescope.results import dump_results, over_limit, results_json, withheld
from grader.intake import whole_folder
from grader.model import (
    NO_PART,
    Grade,
    GradeboundError,
    Item,
    Limits,
    Observation,
    Outcome,
    RefusedError,
    Rubric,
    UsageError,
    Values,
    Work,
)
from grader.run import work_of
from grader.store import Store
from grader.values import beneath, cases, digest

SMALL = 40
"""How many small cases of an item are packed: most of them the smallest that hypothesis draws, some larger."""
OUT_OF_TIME = Outcome(
    None, "the time for this run was over before this item was done; a person will look at it", (), "out_of_time"
)

SPARE_MB, LEAST_MB = 64, 128
"""Mebibytes of the container that are left to our own processes, and the least that a student's may use."""
TOO_SMALL = (
    "it needs more memory than this container has left ({} MB, where the homework allows {} MB); "
    "that is not your fault, and a person will look at it"
)


def packed_of(rubric: Rubric, *, trusted: bool = False) -> Packed:
    """The rubric with the reference's answers. Raises CourseError where the reference has none."""
    with Zygote(preload=preload(rubric)) as zygote, tempfile.TemporaryDirectory() as folder:
        with Store(Path(folder)) as store:
            expected = expected_of(rubric, store, zygote)
        with Box(zygote, reference_work(rubric), wanted(rubric), most(rubric), reference=True) as box:
            small = {item.id: tuple(_small(box, item)) for item in rubric.items if item.check.searchable}
    return Packed(rubric, expected, small, trusted)


def small_cases(item: Item) -> list[Mapping[str, np.ndarray]]:
    """Small inputs of an item, the smallest first; the same ones whenever they are drawn."""
    from hypothesis import HealthCheck, Phase, given, seed, settings

    if item.recipe is None:
        return []
    drawn: dict[str, Mapping[str, np.ndarray]] = {}

    @seed(0)
    @settings(
        max_examples=4 * SMALL,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(item.recipe.strategy())
    def draw(case: Mapping[str, np.ndarray]) -> None:
        drawn.setdefault(digest(dict(case)), case)

    draw()
    found = sorted(drawn.values(), key=_size)
    first = found[: SMALL * 3 // 4]
    rest = found[len(first) :]
    return first + rest[:: max(1, len(rest) // (SMALL - len(first)))][: SMALL - len(first)]


def _size(case: Mapping[str, np.ndarray]) -> tuple[float, float]:
    return sum(array.size for array in case.values()), sum(float(np.abs(array).sum()) for array in case.values())


def _small(box: Box, item: Item) -> Iterator[Values]:
    """The small cases of an item with the reference's answers, where it has one."""
    told = spine.request(item, reference=True)
    with box.hold(item.limits) as ask:
        for case in small_cases(item):
            got = ask(replace(told, given=beneath("0", case)))
            if got.status == "ok" and "0/error" not in got.values:
                yield beneath("given", case) | beneath("answer", cases(got.values)["0"])


def within(limits: Limits, room: int | None) -> Limits:
    """The limits, with no more memory than the container has: past that it would end our own processes."""
    if room is None:
        return limits
    return replace(limits, memory_mb=min(limits.memory_mb, max(LEAST_MB, room - SPARE_MB)))


def too_small(item: Item, here: Limits, observed: Observation) -> Outcome | None:
    """The outcome of an item that had less memory here than the rubric gives it, and seems to have needed more."""
    short = observed.status == "memory" or (
        observed.status == "crashed" and any(sign in observed.detail for sign in ("MemoryError", "a kill"))
    )
    if here.memory_mb >= item.limits.memory_mb or not short:
        return None
    return Outcome(None, TOO_SMALL.format(here.memory_mb, item.limits.memory_mb), (), "small_container")


@dataclass
class Autograder:
    """One submission in the container: what is known of it so far, and the result on disk.

    `stop` is set when the time for asking is over; from then on nothing more is asked.
    """

    packed: Packed
    about: Metadata
    folder: Path
    stop: threading.Event = field(default_factory=threading.Event)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)
    observed: dict[str, Observation] = field(default_factory=dict)
    work: Work = field(default_factory=Work)
    layers: str = ""
    room: int | None = None
    seed: str = ""
    began: float = field(default_factory=time.monotonic)

    @property
    def rubric(self) -> Rubric:
        return self.packed.rubric

    def run(self, seconds: float) -> str:
        """Grades the submission within that many seconds; a sentence for the instructor's log."""
        rubric, limit = self.rubric, self.rubric.runs_per_day
        if limit is not None and self.about.runs_today() >= limit:
            write(self.folder, over_limit(rubric, self.about.results))
            return f"not graded: {limit} runs of today are used up"
        self.work = work_of(rubric, whole_folder(self.folder / "submission", self.about.student))
        self.seed = class_seed(rubric, self.work)
        with ExitStack() as stack:
            zygote = stack.enter_context(Zygote(preload=preload(rubric), trusted=self.packed.trusted))
            timer = threading.Timer(max(0.0, seconds - (time.monotonic() - self.began)), self._end, [zygote])
            timer.daemon = True
            timer.start()
            stack.callback(timer.cancel)
            self._all(zygote)
        self._write(final=True)
        done = sum(outcome is not OUT_OF_TIME for outcome in self.outcomes.values())
        return f"{done} of {len(rubric.items)} items in {time.monotonic() - self.began:.1f} s; wall: {self.layers}"

    def _all(self, zygote: Zygote) -> None:
        """Asks and judges every item; then, in the time that is left, looks for small failing inputs."""
        if not zygote.trusted:
            try:
                self.layers = refuse_if_broken(zygote, secrets(self.folder))
            except RefusedError:
                if self.stop.is_set():
                    return
                raise
        written = replace(self.work, sources={}, asking={})
        self.room = room_mb()
        names, limits = wanted(self.rubric), within(most(self.rubric), self.room)
        with Box(zygote, self.work, names, limits) as code, Box(zygote, written, names, limits) as text:
            for item in self.rubric.items:
                self._one(item, text if item.check.reads_text else code)
            self.layers = code.layers or text.layers or self.layers
            for item in self.rubric.items:
                self._explain(item, code)

    def _one(self, item: Item, box: Box) -> None:
        if self.stop.is_set():
            return
        here = replace(item, limits=within(item.limits, self.room))
        observation = spine.asked(box.ask, here, seed=self.seed)
        if self.stop.is_set():
            return
        self.observed[item.id] = observation
        judged = spine.judge(item, self.packed.expected[item.id], observation)
        self.outcomes[item.id] = too_small(item, here.limits, observation) or judged
        if observation.printed.strip():
            self.printed[item.id] = observation.printed[:4000]
        self._write()

    def _explain(self, item: Item, box: Box) -> None:
        """Adds the smallest failing input to a wrong item's evidence, if a fresh process fails at it again."""
        small, observation = self.packed.small.get(item.id, ()), self.observed.get(item.id)
        if not small or observation is None or observation.status != "ok" or self.outcomes[item.id].credit == 1.0:
            return
        told = spine.request(item)
        with box.hold(within(item.limits, self.room)) as ask:
            found = smallest(lambda given: ask(replace(told, given=given)), item, small)
        if not found or self.stop.is_set() or not spine.differs_again(box.ask, item, found) or self.stop.is_set():
            return
        expected = replace(self.packed.expected[item.id], smallest=found)
        self.outcomes[item.id] = spine.judge(item, expected, observation)
        self._write()

    def _end(self, zygote: Zygote) -> None:
        self.stop.set()
        zygote.kill()

    def _write(self, *, final: bool = False) -> None:
        if final:
            for item in self.rubric.items:
                self.outcomes.setdefault(item.id, OUT_OF_TIME)
        grade = Grade(
            self.about.student,
            dict(self.outcomes),
            self.work.remarks,
            dict(self.printed),
            unplaced=self.work.answers.get(NO_PART, ""),
            handed=self.about.handed,
        )
        seconds = time.monotonic() - self.began
        write(self.folder, results_json(self.rubric, grade, seconds=seconds, layers=self.layers))


def write(folder: Path, results: dict[str, Any]) -> None:
    """Puts results.json in its place in one step: whoever reads it meanwhile reads the old one or the new one."""
    beside = folder / "results" / f".results.json.{os.getpid()}"
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(dump_results(results))
    beside.replace(folder / "results" / "results.json")


def secrets(folder: Path) -> Sequence[Path]:
    """What no student's code may reach in the container."""
    names = ("source", "submission", "results", "submission_metadata.json")
    return [folder, *(folder / name for name in names)]


def grade_here(folder: Path, seconds: float) -> str:
    """Grades the submission that lies in the container; a sentence for the instructor's log.

    A refusal or a failure of ours becomes a result without a score, unless some items are graded already.
    """
    autograder, maximum = None, 0.0
    try:
        packed = read_packed(folder / "source")
        maximum = packed.rubric.points
        autograder = Autograder(packed, read_metadata(folder / "submission_metadata.json"), folder)
        return autograder.run(seconds)
    except Exception as error:  # whatever of ours fails must leave a result that costs nobody a point
        said = told(error)
        if autograder is None or not autograder.outcomes:
            write(folder, withheld(maximum, said))
        return said


def read_packed(source: Path) -> Packed:
    """The packed rubric. Raises UsageError where it is missing or damaged."""
    return load((source / PACKED).read_bytes(), source / PACKED)


def told(error: Exception) -> str:
    """What stopped grading, in one sentence for the instructor."""
    if isinstance(error, RefusedError):
        return f"Grading was refused here, because a student's code could not be kept from the answers: {error}"
    return str(error) if isinstance(error, GradeboundError) else f"Gradebound failed: {type(error).__name__}: {error}"


def check(source: Path) -> str:
    """Whether the image is ready for this homework, in one sentence; said when it is built. Raises UsageError."""
    packed = read_packed(source)
    absent = []
    for name in preload(packed.rubric):
        with suppress(ModuleNotFoundError):
            if importlib.util.find_spec(name) is not None:
                continue
        absent.append(name)
    if absent:
        names = ", ".join(absent)
        raise UsageError(f"the homework preloads {names}, which requirements.txt of the course does not install")
    with Zygote(preload=preload(packed.rubric)) as zygote:
        try:
            return f"ready; wall: {refuse_if_broken(zygote, [source])}"
        except RefusedError as error:
            return f"while the image is built, {error}; where it runs may be another matter"


def main() -> None:
    """`FOLDER UNTIL` grades what lies in the folder until that time of the machine's monotonic clock.

    `--check SOURCE` looks whether the image is ready to.
    """
    first, second = sys.argv[1:]
    if first != "--check":
        print(f"grade: {grade_here(Path(first), float(second) - time.monotonic())}")
        return
    try:
        print(f"grade: {check(Path(second))}")
    except GradeboundError as error:
        sys.exit(f"grade: {error}")


if __name__ == "__main__":
    main()
