"""A class through the spine: what is kept is used, what is missing is asked, every grade is on disk when it is made."""

from __future__ import annotations

import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from grader import decisions
from grader import grade as spine
from grader.box.canary import refuse_if_broken
from grader.box.zygote import Gate, Zygote
from grader.checks.code import PROVIDED
from grader.engine import (
    Answers,
    Desk,
    Engine,
    Keys,
    Local,
    Reply,
    Task,
    Wanting,
    expected_of,
    preload,
    wanted,
)
from grader.engine.desk import wall_key
from grader.engine.task import EngineLostError, NodeError, gpu_of
from grader.gradescope.results import dump_results, results_json
from grader.intake import defined_in, parts_asked, read
from grader.late import idle_extensions
from grader.model import NO_PART, Grade, Item, Outcome, RefusedError, Review, Rubric, Submission, Work
from grader.pieces import Piece, definitions, pieces
from grader.report import class_page, gradebook, student_page
from grader.store import Store, StoreError

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
    kept, keys = 0, Keys(rubric)
    for submission in submissions:
        work = spine.work_digest(work_of(rubric, submission))
        kept += sum(store.has(keys.answer(item, work)) for item in rubric.items)
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
    plan: Plan,
    store: Store,
    zygotes: Sequence[Zygote],
    *,
    secrets: Sequence[Path],
    told: Told,
    engine: Engine | None = None,
) -> Finished:
    """Grades all submissions of the plan, and writes every report. `told` is called with each finished grade.

    Submissions are asked in the zygotes, one at a time in each; or by another engine, and then the first zygote asks
    only the reference. Trusted zygotes grade even where the wall does not stand, and the reports say so.

    Ctrl-C, a full disk and an engine that is gone end the run; the class pages are then written of what is graded.
    Raises StoreError, CourseError, RefusedError, UsageError.
    """
    started = time.monotonic()
    store.reviews()  # a line that is wrong is told before the first student, not once per student
    trusted, here = zygotes[0].trusted, engine is None
    layers = refuse_if_broken(zygotes[0], secrets) if here and plan.missing and not trusted else ""
    untried = () if layers or trusted else secrets
    desk = Desk(plan.rubric, store, expected_of(plan.rubric, store, zygotes[0]), untried)
    finished = Room(desk, store, engine or Local(zygotes), told).grade(plan.submissions)
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


def rescore_class(rubric: Rubric, store: Store, zygote: Zygote) -> tuple[list[Grade], list[str]]:
    """Judges the kept observations again, and what could not be judged. Runs no student code.

    The reference is asked only for items that it has not answered before.
    """
    store.reviews()  # a line that is wrong is told before anything is written
    desk = Desk(rubric, store, expected_of(rubric, store, zygote))
    grades, unjudged = [], []
    for student, (old, work) in store.each_grade():
        known, _ = desk.known(work)
        outcomes = {}
        for item in rubric.items:
            if item.id in known.seen:
                outcomes[item.id] = desk.judged(item, known.seen[item.id], known.found.get(item.id))
            else:
                unjudged.append(f"{student}: item {item.id} was never asked like this; run grade again")
                outcomes[item.id] = Outcome(None, "this item has changed since it was asked", (), "not_asked")
        grade = replace(old, student=student, outcomes=outcomes)
        store.write_grade(grade, work)
        grades.append(slim(write_student(rubric, grade, store, work)))
    write_class(rubric, store)
    return grades, unjudged


def work_of(rubric: Rubric, submission: Submission) -> Work:
    """A submission as the box takes it: as read, and the course's files that ask it."""
    whole = any(getattr(item.check, "notebook", False) for item in rubric.items)
    provided = defined_in(rubric.asking.get(PROVIDED, b""))
    work = read(submission, whole=whole, parts=parts_asked(rubric), provided=provided)
    return replace(work, asking=rubric.asking)


def write_student(rubric: Rubric, grade: Grade, store: Store, work: str) -> Grade:
    """Writes one student's pages from his grade and the reviews; returns the grade with these applied."""
    reviewed = spine.with_reviews(grade, store.reviews())
    store.write_text(f"{grade.student}/report.html", _page(rubric, reviewed, store, work))
    store.write_text(f"{grade.student}/results.json", dump_results(results_json(rubric, reviewed)))
    return reviewed


def page_for_student(rubric: Rubric, grade: Grade, store: Store, work: str) -> str:
    """The page of one student as he may see it: without the results of hidden items."""
    return _page(rubric, grade, store, work, hidden=False)


def _page(rubric: Rubric, grade: Grade, store: Store, work: str, *, hidden: bool = True) -> str:
    handed = handed_in(rubric, store, work)
    return student_page(rubric, grade, layers=_wall(store, work), hidden=hidden, handed=handed)


def handed_in(rubric: Rubric, store: Store, work: str) -> dict[str, tuple[Piece, ...]]:
    """What a student handed in to each item, as far as it was kept."""
    code, answers = store.code(work), store.answers(work)
    return {item.id: pieces(item, code, answers) for item in rubric.items}


def write_class(rubric: Rubric, store: Store, *, expected: int = 0) -> None:
    """Writes the class page and the table of all kept grades, those of earlier runs and of single students included."""
    mine: dict[str, list[Review]] = {}
    for review in store.reviews():
        mine.setdefault(review.student, []).append(review)
    grades = [slim(spine.with_reviews(grade, mine.get(grade.student, ()))) for _, (grade, _) in store.each_grade()]
    grades.sort(key=lambda grade: grade.student)
    store.write_text("index.html", class_page(rubric, grades, expected=max(expected, len(grades))))
    store.write_text("grades.csv", gradebook(rubric, grades))


def slim(grade: Grade) -> Grade:
    """The grade without evidence and printed text: of a class of any size nothing more has to stay in memory."""
    outcomes = {item: replace(outcome, evidence=()) for item, outcome in grade.outcomes.items()}
    return replace(grade, outcomes=outcomes, printed={})


def write_again(rubric: Rubric, students: Collection[str], store: Store) -> None:
    """Writes the pages of some students, and those of the class, again: from the kept grades and the reviews."""
    for student, (grade, work) in store.grades().items():
        if student in students:
            write_student(rubric, grade, store, work)
    write_class(rubric, store)


def idle_reviews(rubric: Rubric, store: Store) -> list[str]:
    """A sentence for each review and each extension that does nothing, because its student or its item is not there."""
    grades, items = store.grades(), {item.id for item in rubric.items}
    students = set(grades)
    idle = idle_extensions(rubric.late, ((student, grade.handed) for student, (grade, _) in grades.items()))
    said = [f"{rubric.path.name}: an extension is for `{name}`, who has no grade" for name in idle]
    for review in store.reviews():
        if review.student not in students:
            said.append(f"a review in {store.folder}/reviews.jsonl is for `{review.student}`, who has no grade")
        elif review.item not in items:
            said.append(f"a review in {store.folder}/reviews.jsonl is for item `{review.item}`, which is not there")
    return [*dict.fromkeys(said), *_changed_reviews(rubric, store, grades)]


def _changed_reviews(rubric: Rubric, store: Store, grades: Mapping[str, tuple[Grade, str]]) -> list[str]:
    """A sentence for each item that people have decided on, and whose result is another one since then."""
    decided, changed = decisions.fold(store.entries()), Counter[str]()
    asks = {item.id: item for item in rubric.items}
    for (student, item), decision in decided.decisions.items():
        if decision.saw and student in grades and item in asks:
            grade, work = grades[student]
            outcome = grade.outcomes.get(item)
            answer = answer_to(asks[item], store.answers(work))
            changed[item] += outcome is not None and decisions.saw(outcome, answer) != decision.saw
    return [
        f"item {item}: {_count(count, 'result')} that a person has decided on changed since; the decisions stand, "
        f"grade review {store.folder} shows them"
        for item, count in changed.items()
        if count
    ]


def answer_to(item: Item, answers: Mapping[str, str]) -> str:
    """What a student wrote to an item; "" for code, and where nothing was kept."""
    return answers.get(str(getattr(item.check, "part", "")), "") if item.check.reads_text else ""


@dataclass
class _Pending:
    """A submission of which `open` tasks have not come back yet, and what it has answered so far."""

    submission: Submission
    work: Work
    digest: str
    answers: Answers
    open: int = 0


@dataclass(frozen=True)
class _Sent:
    """A task that the engine has, and when it is given up: monotonic seconds, or never."""

    pending: _Pending
    task: Task
    until: float


@dataclass
class Room:
    """One run: submissions go to the engine, and each is judged and written here when all its answers are there."""

    desk: Desk
    store: Store
    engine: Engine
    told: Told
    grades: list[Grade] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    _running: dict[Future[Reply | Wanting | None], _Sent] = field(default_factory=dict)
    _same: dict[Outcome, Outcome] = field(default_factory=dict)

    def grade(self, submissions: Iterable[Submission]) -> Finished:
        """Grades everyone; ends early, with what is done, on Ctrl-C and where nothing can be written or asked."""
        waiting = iter(submissions)
        interrupted, done = False, False
        self.engine.begin(self.desk)
        try:
            while True:
                # A bounded window: a class of any size costs the memory of a few students.
                started = 0
                for submission in islice(waiting, max(0, self.engine.window - len(self._running))):
                    self._guarded(submission.student, self._start, submission)
                    started += 1
                if self._running:
                    self._wait()
                elif not started:
                    break
            done = True
        except KeyboardInterrupt:
            interrupted = True
            for sign in (signal.SIGINT, signal.SIGTERM):  # what is left to do is short, and must not be left half done
                signal.signal(sign, signal.SIG_IGN)
        except (StoreError, EngineLostError) as error:
            self.failures.append(str(error))
        finally:
            self.engine.end(now=not done)
        return Finished(self.grades, self.failures, interrupted)

    def _start(self, submission: Submission) -> None:
        """Judges a submission of which all is kept; of any other, what is missing goes to the engine."""
        work = work_of(self.desk.rubric, submission)
        told = spine.work_digest(work)
        answers, missing = self.desk.known(told)
        pending = _Pending(submission, work, told, answers)
        for gpu in (False, True):
            items = tuple(item for item in missing if bool(gpu_of(item)) == gpu)
            if items:
                kept = {
                    self.desk.keys.answer(item, told): answers.seen[item.id]
                    for item in items
                    if item.id in answers.seen
                }
                pending.open += 1
                self._send(pending, Task(work, items, self.desk.seed(work), kept, gpu))
        if not pending.open:
            self._settle(pending)

    def _send(self, pending: _Pending, task: Task, *, whole: bool = False) -> None:
        until = float("inf") if self.engine.seconds is None else time.monotonic() + task.seconds
        self._running[self.engine.submit(task, whole=whole)] = _Sent(pending, task, until)

    def _wait(self) -> None:
        """Takes what has come back, and gives up what is long overdue."""
        for future in wait(self._running, self.engine.seconds, FIRST_COMPLETED).done:
            sent = self._running.pop(future)
            self._guarded(sent.pending.submission.student, self._take, future, sent)
        now = time.monotonic()
        for future, sent in [entry for entry in self._running.items() if entry[1].until < now]:
            del self._running[future]
            future.cancel()
            student = sent.pending.submission.student
            self.failures.append(
                f"{student}: the engine gave no answer within {sent.task.seconds:g} s; run grade again"
            )

    def _take(self, future: Future[Reply | Wanting | None], sent: _Sent) -> None:
        try:
            reply = future.result()
        except CancelledError:
            raise EngineLostError(
                "the engine has dropped its tasks; what was graded is kept, run it again to go on"
            ) from None
        except Exception as error:
            if type(error).__name__ != "KilledWorker":  # dask's word, which nothing here may import
                raise
            student = sent.pending.submission.student
            self.failures.append(f"{student}: each worker that took this died, whatever it died of; run grade again")
            return
        if isinstance(reply, Wanting):
            self._send(sent.pending, sent.task, whole=True)
            return
        if reply is None:
            return
        for key, observation in reply.fresh.items():
            self.store.keep(key, observation)
        pending = sent.pending
        pending.answers |= reply.answers
        pending.open -= 1
        if not pending.open:
            self._settle(pending)

    def _settle(self, pending: _Pending) -> None:
        """Judges a submission, and writes its grade and pages."""
        rubric, answers, work = self.desk.rubric, pending.answers, pending.work
        seen = {item.id: answers.seen[item.id] for item in rubric.items if item.id in answers.seen}
        if len(seen) < len(rubric.items):
            return  # another of its tasks has failed, which was told
        outcomes = {item.id: self.desk.judged(item, seen[item.id], answers.found.get(item.id)) for item in rubric.items}
        printed = {name: each.printed[:4000] for name, each in seen.items() if each.printed.strip()}
        if work.answers:
            self.store.keep_answers(pending.digest, work.answers)
        if code := definitions(work.sources, wanted(rubric)):
            self.store.keep_code(pending.digest, code)
        student, unplaced = pending.submission.student, work.answers.get(NO_PART, "")
        grade = Grade(student, outcomes, work.remarks, printed, unplaced=unplaced, handed=pending.submission.handed)
        self.store.write_grade(grade, pending.digest)
        reviewed = write_student(rubric, grade, self.store, pending.digest)
        if any(outcome.note == "lost" for outcome in reviewed.outcomes.values()):
            self.failures.append(f"{student}: an item could not be run; a person has to look")
        small = slim(reviewed)
        same = {item: self._same.setdefault(outcome, outcome) for item, outcome in small.outcomes.items()}
        self.grades.append(replace(small, outcomes=same))
        self.told(self.grades[-1])

    def _guarded(self, student: str, step: Callable[..., None], *arguments: object) -> None:
        """Does a step for one student; our own failure there must not cost the others theirs."""
        try:
            step(*arguments)
        except (StoreError, RefusedError, EngineLostError, NodeError):
            raise
        except Exception as error:  # whatever else fails is told, and the next student is graded
            where = traceback.extract_tb(error.__traceback__)[-1]
            said = " ".join(str(error).split())
            self.failures.append(
                f"{student}: {type(error).__name__}: {said} ({Path(where.filename).name}:{where.lineno})"
            )


def _wall(store: Store, work: str) -> str:
    """What confined the student's code when it last ran; the same in every report on these answers."""
    kept = store.kept(wall_key(work))
    return kept.detail if kept else ""


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
