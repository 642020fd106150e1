"""A class through the spine: what is kept is used, what is missing is asked, every grade is on disk when it is made."""

from __future__ import annotations

import queue
import signal
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from grader import grade as spine
from grader.box.canary import refuse_if_broken
from grader.box.sandbox import Box, Request
from grader.box.zygote import Gate, Zygote
from grader.gradescope.results import dump_results, results_json
from grader.intake import parts_asked, read
from grader.model import (
    NO_PART,
    CourseError,
    Expected,
    Grade,
    Item,
    Limits,
    Observation,
    Outcome,
    RefusedError,
    Rubric,
    Submission,
    Work,
)
from grader.report import class_page, gradebook, student_page
from grader.store import Store, StoreError
from grader.values import digest

Told = Callable[[Grade], None]


@dataclass(frozen=True)
class Plan:
    """What a run will do: `kept` answers are there already, `missing` have to be asked."""

    rubric: Rubric
    submissions: Sequence[Submission]
    kept: int
    missing: int

    def sentence(self) -> str:
        return (
            f"{self.rubric.homework}: {_count(len(self.submissions), 'student')} × "
            f"{_count(len(self.rubric.items), 'item')}: {self.kept} kept, {self.missing} to run"
        )


@dataclass(frozen=True)
class Finished:
    """What came of a run. `failures` are our own, one sentence each; `interrupted` if not all students are graded."""

    grades: Sequence[Grade]
    failures: Sequence[str] = ()
    interrupted: bool = False


def plan(rubric: Rubric, submissions: Sequence[Submission], store: Store) -> Plan:
    """How many answers are kept and how many have to be asked; runs nothing."""
    kept = 0
    for submission in submissions:
        work = spine.work_digest(work_of(rubric, submission))
        kept += sum(store.kept(spine.key(item, work)) is not None for item in rubric.items)
    return Plan(rubric, submissions, kept, len(submissions) * len(rubric.items) - kept)


class Zygotes:
    """The zygotes of one command, for all its homeworks: each starts when it is first used, and imports torch once."""

    def __init__(self, rubrics: Sequence[Rubric], *, trusted: bool = False) -> None:
        self.trusted = trusted
        self._preload = tuple(dict.fromkeys(name for rubric in rubrics for name in preload(rubric)))
        self._gate = Gate()
        self._made: list[Zygote] = []

    def __enter__(self) -> Zygotes:
        return self

    def __exit__(self, *_: object) -> None:
        for zygote in self._made:
            zygote.close()

    def take(self, count: int) -> list[Zygote]:
        """As many zygotes; one that an ended run has killed is replaced."""
        for slot in range(max(count, len(self._made))):
            if slot == len(self._made):
                self._made.append(self._new())
            elif self._made[slot].killed:
                self._made[slot].close()
                self._made[slot] = self._new()
        return self._made[:count]

    def _new(self) -> Zygote:
        return Zygote(gate=self._gate, trusted=self.trusted, preload=self._preload)


def grade_class(
    plan: Plan, store: Store, zygotes: Sequence[Zygote], *, secrets: Sequence[Path], told: Told
) -> Finished:
    """Grades all submissions of the plan, one at a time in each zygote, and writes every report.

    `told` is called with each finished grade. Trusted zygotes grade even where the wall does not stand, and the reports
    say so.

    Ctrl-C and a full disk end the run; the class pages are then written of what is graded. Raises StoreError,
    CourseError, RefusedError.
    """
    started = time.monotonic()
    store.reviews()  # a line that is wrong is told before the first student, not once per student
    trusted = zygotes[0].trusted
    layers = refuse_if_broken(zygotes[0], secrets) if plan.missing and not trusted else ""
    untried = () if layers or trusted else secrets
    desk = Desk(plan.rubric, store, expected_of(plan.rubric, store, zygotes[0]), untried)
    finished = Room(desk, zygotes, told).grade(plan.submissions)
    entry = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "seconds": round(time.monotonic() - started, 3),
        "graded": len(finished.grades),
        "asked": plan.missing,
        "layers": layers,
        "failures": list(finished.failures),
    }
    try:
        write_class(plan.rubric, store, expected=len(plan.submissions))
        store.log(entry)
    except StoreError as error:
        # On a full disk this fails because the run before it did: that is one failure, told once.
        return replace(finished, failures=finished.failures or [str(error)])
    return finished


def expected_of(rubric: Rubric, store: Store, zygote: Zygote) -> dict[str, Expected]:
    """The reference's answers by item, kept ones where they are; the reference runs in the same box as students."""
    reference = reference_work(rubric)
    work = spine.work_digest(reference)
    found: dict[str, Expected] = {}
    with _box(zygote, rubric, reference, reference=True) as box:
        for item in rubric.items:
            key = spine.expected_key(item, work)
            kept = store.kept(key)
            if kept is None:
                kept = spine.packed(_answered(box, item))
                store.keep(key, kept)
            found[item.id] = spine.unpacked(item, kept)
    return found


def _answered(box: Box, item: Item) -> Expected:
    """The course's answers to an item: from one process, for its code is trusted, or from one each if that fails."""
    if not item.check.asks_reference:
        return spine.expected(box.ask, item)
    seen: list[Observation] = []
    with box.hold(item.limits) as held:

        def ask(request: Request) -> Observation:
            seen.append(held(request))
            return seen[-1]

        with suppress(CourseError):
            found = spine.expected(ask, item)
    # A limit is meant for one answer: what all of them have used up together must not count against the last.
    return found if all(observation.status == "ok" for observation in seen) else spine.expected(box.ask, item)


def rescore_class(rubric: Rubric, store: Store, zygote: Zygote) -> tuple[list[Grade], list[str]]:
    """Judges the kept observations again, and what could not be judged. Runs no student code.

    The reference is asked only for items that it has not answered before.
    """
    store.reviews()  # a line that is wrong is told before anything is written
    expected = expected_of(rubric, store, zygote)
    grades, unjudged = [], []
    for student, (old, work) in store.grades().items():
        outcomes = {}
        for item in rubric.items:
            observation = store.kept(spine.key(item, work))
            if observation is None:
                unjudged.append(f"{student}: item {item.id} was never asked like this; run grade again")
                outcomes[item.id] = Outcome(None, "this item has changed since it was asked", (), "not_asked")
                continue
            outcomes[item.id] = _judged(
                item, expected[item.id], observation, store.kept(_search_key(item, work, rubric))
            )
        grade = replace(old, student=student, outcomes=outcomes)
        store.write_grade(grade, work)
        grades.append(write_student(rubric, grade, store, _wall(store, work)))
    write_class(rubric, store)
    return grades, unjudged


def reference_work(rubric: Rubric) -> Work:
    """The course's solution as the box takes it."""
    return Work(sources=rubric.reference, asking=rubric.asking)


def work_of(rubric: Rubric, submission: Submission) -> Work:
    """A submission as the box takes it: as read, and the course's files that ask it."""
    whole = any(getattr(item.check, "notebook", False) for item in rubric.items)
    return replace(read(submission, whole=whole, parts=parts_asked(rubric)), asking=rubric.asking)


def preload(rubric: Rubric) -> tuple[str, ...]:
    """The modules that a zygote imports for a rubric: those that it names, and those that its kinds need."""
    kinds = (name for item in rubric.items for name in getattr(item.check, "preload", ()))
    return tuple(dict.fromkeys((*rubric.preload, *kinds)))


def write_student(rubric: Rubric, grade: Grade, store: Store, layers: str = "") -> Grade:
    """Writes one student's pages from his grade and the reviews; returns the grade with these applied."""
    reviewed = spine.with_reviews(grade, store.reviews())
    store.write_text(f"{grade.student}/report.html", student_page(rubric, reviewed, layers=layers))
    store.write_text(f"{grade.student}/results.json", dump_results(results_json(rubric, reviewed)))
    return reviewed


def write_class(rubric: Rubric, store: Store, *, expected: int = 0) -> None:
    """Writes the class page and the table of all kept grades, those of earlier runs and of single students included."""
    reviews = store.reviews()
    grades = [spine.with_reviews(grade, reviews) for grade, _ in store.grades().values()]
    grades.sort(key=lambda grade: grade.student)
    store.write_text("index.html", class_page(rubric, grades, expected=max(expected, len(grades))))
    store.write_text("grades.csv", gradebook(rubric, grades))


def idle_reviews(rubric: Rubric, store: Store) -> list[str]:
    """A sentence for each review that decides nothing, because its student or its item is not there."""
    students, items = set(store.grades()), {item.id for item in rubric.items}
    said = []
    for review in store.reviews():
        if review.student not in students:
            said.append(f"a review in {store.folder}/reviews.jsonl is for `{review.student}`, who has no grade")
        elif review.item not in items:
            said.append(f"a review in {store.folder}/reviews.jsonl is for item `{review.item}`, which is not there")
    return list(dict.fromkeys(said))


@dataclass(frozen=True)
class Desk:
    """What grading one student needs beside the student. `untried` are the secrets if the wall was not tried yet."""

    rubric: Rubric
    store: Store
    expected: dict[str, Expected]
    untried: Sequence[Path] = ()

    def grade(self, submission: Submission, zygote: Zygote, reference: Box, stop: threading.Event) -> Grade | None:
        """One student's grade, written with his pages; every answer is kept as soon as it is there.

        None, and nothing but these answers written, if `stop` was set on the way.
        """
        work = work_of(self.rubric, submission)
        digest_ = spine.work_digest(work)
        outcomes: dict[str, Outcome] = {}
        printed: dict[str, str] = {}
        words = replace(work, sources={}, asking={})
        with _box(zygote, self.rubric, work) as code, _box(zygote, self.rubric, words) as text:
            for item in self.rubric.items:
                box = text if item.check.reads_text else code
                observation, outcomes[item.id] = self.answer(item, digest_, box, reference, zygote, stop)
                if stop.is_set():
                    return None
                if observation.printed.strip():
                    printed[item.id] = observation.printed[:4000]
        if code.layers or text.layers:
            self.store.keep(_wall_key(digest_), Observation("ok", detail=code.layers or text.layers))
        grade = Grade(submission.student, outcomes, work.remarks, printed, unplaced=work.answers.get(NO_PART, ""))
        self.store.write_grade(grade, digest_)
        return write_student(self.rubric, grade, self.store, _wall(self.store, digest_))

    def answer(
        self, item: Item, work: str, box: Box, reference: Box, zygote: Zygote, stop: threading.Event
    ) -> tuple[Observation, Outcome]:
        """One item's answer and the verdict on it; with the smallest failing input where the kind can look for one."""
        observation = self._asked(item, work, box)
        outcome = spine.judge(item, self.expected[item.id], observation)
        wrong = observation.status == "ok" and outcome.credit != 1.0
        if wrong and item.check.searchable and item.recipe and not stop.is_set():
            found = self._searched(item, work, box, reference, zygote, stop)
            outcome = _judged(item, self.expected[item.id], observation, found)
        return observation, outcome

    def _asked(self, item: Item, work: str, box: Box) -> Observation:
        key = spine.key(item, work)
        kept = self.store.kept(key)
        if kept is not None:
            return kept
        observation = box.ask(spine.request(item))
        if observation.status != "lost":
            self.store.keep(key, observation)
        return observation

    def _searched(
        self, item: Item, work: str, box: Box, reference: Box, zygote: Zygote, stop: threading.Event
    ) -> Observation:
        """The smallest failing input, confirmed in a fresh process: state left over from the search must not count."""
        key = _search_key(item, work, self.rubric)
        kept = self.store.kept(key)
        if kept is not None:
            return kept
        if self.untried:
            refuse_if_broken(zygote, self.untried)
        with box.hold(item.limits) as student, reference.hold(item.limits) as told:
            found = spine.smallest(student, told, item)
        if found and not spine.differs_again(box.ask, item, found):
            found = {}
        observation = Observation("ok", found)
        if not stop.is_set():  # a search that was cut off has found less than there is
            self.store.keep(key, observation)
        return observation


class Room:
    """The workers of one run: each grades one student at a time, with a zygote and a reference of its own."""

    def __init__(self, desk: Desk, zygotes: Sequence[Zygote], told: Told) -> None:
        self.grades: list[Grade] = []
        self.failures: list[str] = []
        self._desk = desk
        self._zygotes = zygotes
        self._told = told
        self._stop = threading.Event()
        self._free: queue.SimpleQueue[tuple[Zygote, Box]] = queue.SimpleQueue()
        solution = reference_work(desk.rubric)
        for zygote in zygotes:
            self._free.put((zygote, _box(zygote, desk.rubric, solution, reference=True)))

    def grade(self, submissions: Sequence[Submission]) -> Finished:
        """Grades everyone; ends early, with what is done, on Ctrl-C and where results can't be written."""
        pool = ThreadPoolExecutor(len(self._zygotes), thread_name_prefix="grade")
        running: dict[Future[Grade | None], Submission] = {}
        waiting = iter(submissions)
        interrupted = False
        try:
            while True:
                # A bounded window: a class of any size costs the memory of a few students.
                for submission in islice(waiting, 2 * len(self._zygotes) - len(running)):
                    running[pool.submit(self._one, submission)] = submission
                if not running:
                    break
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    self._take(future, running.pop(future))
        except KeyboardInterrupt:
            interrupted = True
            for sign in (signal.SIGINT, signal.SIGTERM):  # what is left to do is short, and must not be left half done
                signal.signal(sign, signal.SIG_IGN)
        except StoreError as error:
            self.failures.append(str(error))
        finally:
            self._stop.set()
            if running:
                for zygote in self._zygotes:
                    zygote.kill()
            pool.shutdown(cancel_futures=True)
        return Finished(self.grades, self.failures, interrupted)

    def _one(self, submission: Submission) -> Grade | None:
        zygote, reference = self._free.get()
        try:
            return None if self._stop.is_set() else self._desk.grade(submission, zygote, reference, self._stop)
        finally:
            self._free.put((zygote, reference))

    def _take(self, future: Future[Grade | None], submission: Submission) -> None:
        try:
            grade = future.result()
        except (StoreError, RefusedError):
            raise
        except Exception as error:  # our own failure on one student must not cost the others theirs
            step = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{Path(step.filename).name}:{step.lineno}"
            self.failures.append(f"{submission.student}: {type(error).__name__}: {error} ({where})")
            return
        if grade is None:
            return
        if any(outcome.note == "lost" for outcome in grade.outcomes.values()):
            self.failures.append(f"{submission.student}: an item could not be run; a person has to look")
        self.grades.append(grade)
        self._told(grade)


def _box(zygote: Zygote, rubric: Rubric, work: Work, *, reference: bool = False) -> Box:
    return Box(zygote, work, wanted(rubric), _most([item.limits for item in rubric.items]), reference=reference)


def wanted(rubric: Rubric) -> list[str]:
    """Every name that an item accepts: files that define none of them are not imported."""
    found: dict[str, None] = {}
    for item in rubric.items:
        for reference in (False, True):
            found.update(dict.fromkeys(item.check.told(reference=reference).get("names", [])))
        found.update(dict.fromkeys(name for name, _ in item.mistakes))
    return list(found)


def _most(limits: Sequence[Limits]) -> Limits:
    """The largest of each limit: what the process that imports the files may use."""
    return Limits(**{name: max(getattr(entry, name) for entry in limits) for name in vars(limits[0])})


def _judged(item: Item, expected: Expected, observation: Observation, found: Observation | None) -> Outcome:
    smallest = found.values if found is not None else {}
    return spine.judge(item, replace(expected, smallest=smallest), observation)


def _wall_key(work: str) -> str:
    return digest("wall", work)


def _wall(store: Store, work: str) -> str:
    """What confined the student's code when it last ran; the same in every report on these answers."""
    kept = store.kept(_wall_key(work))
    return kept.detail if kept else ""


def _search_key(item: Item, work: str, rubric: Rubric) -> str:
    reference = spine.work_digest(reference_work(rubric))
    return digest("smallest", spine.key(item, work), spine.expected_key(item, reference))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
