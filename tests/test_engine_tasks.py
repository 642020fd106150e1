"""The seam between a run and its engine: what travels, who may answer, and what is said when nobody does."""

from __future__ import annotations

import os
import pickle
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from course_tools import MEAN, RIGHT, grade, write_course, write_students

from grader import grade as spine
from grader.engine import Desk, Keys, Through, engine_named
from grader.engine.task import EngineLostError, NodeError, Reply, Task, Wanting
from grader.engine.worker import Bench, Carried, _forget_old, _has_gpu
from grader.intake import collect
from grader.model import Expected, Observation, UsageError, Work
from grader.rubric import find_rubric, load_rubric
from grader.run import Room, work_of
from grader.store import Shelf, Store

ZEROS = Observation("ok", {"0/out": np.zeros(1)})


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = write_course(tmp_path_factory.mktemp("tasks"))
    write_students(home / "sums", ada=RIGHT, bob=MEAN)
    return home


@pytest.fixture(scope="module")
def rubric(home):
    return load_rubric(find_rubric(home, "sums", None), home)


@pytest.fixture
def desk(rubric, tmp_path):
    with Store(tmp_path / "results") as store:
        yield Desk(rubric, store, {item.id: Expected(item.given, {}) for item in rubric.items})


def wire(desk, **changed):
    engine = Through(Recording(), lambda: 1)
    engine.begin(desk)
    engine.submit(Task(Work(), ()))
    return replace(engine.plain.sent[-1], **changed)


class Recording(Executor):
    """Remembers what it is given, and answers never."""

    def __init__(self):
        self.sent = []

    def submit(self, _, /, *args, **__):
        self.sent.extend(args)
        return Future()


class Broken(Executor):
    """Takes nothing any more, as an executor whose workers have died does."""

    def submit(self, _, /, *__, **___):
        raise RuntimeError("broken")


# --- what travels


def test_a_task_is_plain_data_and_names_its_homework_by_digest(desk):
    sent = wire(desk)
    assert (sent.packet, len(sent.homework)) == (b"", 64)
    assert b"return x.sum()" not in pickle.dumps(sent)


def test_a_worker_that_never_saw_a_homework_wants_it_and_then_has_it(desk, tmp_path, monkeypatch):
    monkeypatch.setenv("GRADEBOUND_CACHE", str(tmp_path / "node"))
    engine = Through(Recording(), lambda: 1)
    engine.begin(desk)
    engine.submit(Task(Work(), ()), whole=True)
    whole = replace(engine.plain.sent[-1], trusted=True)
    bench = Bench()
    assert bench.run(replace(whole, packet=b"")) == Wanting()
    assert isinstance(bench.run(whole), Reply)
    assert isinstance(bench.run(replace(whole, packet=b"")), Reply)
    bench.close()


def test_a_homework_that_came_damaged_is_refused(desk, tmp_path, monkeypatch):
    monkeypatch.setenv("GRADEBOUND_CACHE", str(tmp_path / "node"))
    with pytest.raises(NodeError, match=r"^a homework came damaged$"):
        Bench().run(wire(desk, packet=b"x"))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param(
            {"torch": "1.0"}, r"has torch \S+, and grade runs with 1\.0; give both the same environment$", id="torch"
        ),
        pytest.param({"device": "cuda"}, r"has device cpu \S+, and grade runs with cuda; give", id="device"),
        pytest.param(
            {"its own files": "0"}, "has other files of gradebound; give both the same environment$", id="ours"
        ),
    ],
)
def test_a_worker_with_other_programs_is_told_by_name(desk, changed, said):
    told = wire(desk)
    with pytest.raises(NodeError, match=f"^the worker on .* {said}"):
        Bench().run(replace(told, programs={**told.programs, **changed}))


def test_what_a_worker_has_on_its_disk_is_sent_home_and_what_it_was_given_is_not(tmp_path):
    disk = Shelf(tmp_path)
    disk.keep("aa1", ZEROS)
    carried = Carried({"bb2": ZEROS}, disk)
    assert carried.kept("cc3") is None
    assert carried.kept("bb2") is ZEROS
    assert carried.kept("aa1") is not None
    carried.keep("dd4", ZEROS)
    assert sorted(carried.fresh) == ["aa1", "dd4"]
    assert disk.has("dd4")


def test_a_worker_whose_disk_can_not_be_written_still_answers(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    carried = Carried({}, Shelf(tmp_path / "file"))
    carried.keep("aa1", ZEROS)
    assert carried.kept("aa1") is ZEROS


def test_a_worker_forgets_what_is_older_than_two_weeks(tmp_path):
    shelf = Shelf(tmp_path)
    shelf.keep("aa1", ZEROS)
    shelf.keep("aa2", ZEROS)
    long_ago = time.time() - 15 * 86_400
    os.utime(tmp_path / "aa" / "1", (long_ago, long_ago))
    _forget_old(tmp_path)
    assert (shelf.has("aa1"), shelf.has("aa2")) == (False, True)


# --- what is said when nobody answers


def finished(desk, engine, home):
    submissions = collect(home / "sums", ["sums"], None, ()).submissions
    return Room(desk, desk.store, engine, lambda _: None).grade(submissions)


def test_a_task_that_is_long_overdue_is_given_up_and_the_rest_goes_on(desk, home, monkeypatch):
    monkeypatch.setattr(Task, "seconds", 0.0)
    engine = Through(Recording(), lambda: 1, seconds=0.01)
    done = finished(desk, engine, home)
    assert done.failures == [
        f"{name}: the engine gave no answer within 0 s; run grade again" for name in ("ada", "bob")
    ]


@pytest.mark.parametrize(
    ("engine", "said"),
    [
        pytest.param(Through(Broken(), lambda: 1), "RuntimeError", id="takes-nothing"),
        pytest.param(Through(Recording(), lambda: 1 // 0), "ZeroDivisionError", id="can-not-be-asked"),
    ],
)
def test_an_engine_that_is_gone_ends_the_run_with_one_sentence(desk, home, engine, said):
    done = finished(desk, engine, home)
    assert done.failures == [f"the engine is gone ({said}); what was graded is kept, run it again to go on"]


class Dropping(Recording):
    def submit(self, fn, /, *args, **kwargs):
        future = super().submit(fn, *args, **kwargs)
        future.cancel()
        future.set_running_or_notify_cancel()
        return future


def test_tasks_that_the_engine_drops_end_the_run_with_one_sentence(desk, home):
    done = finished(desk, Through(Dropping(), lambda: 1), home)
    assert done.failures == ["the engine has dropped its tasks; what was graded is kept, run it again to go on"]


class KilledWorker(Exception):  # noqa: N818 - dask's own name
    pass


class Deadly(Recording):
    def submit(self, fn, /, *args, **kwargs):
        future = super().submit(fn, *args, **kwargs)
        future.set_exception(KilledWorker())
        return future


def test_a_submission_that_kills_its_workers_costs_only_itself(desk, home):
    done = finished(desk, Through(Deadly(), lambda: 1), home)
    said = "each worker that took this died, whatever it died of; run grade again"
    assert sorted(done.failures) == [f"ada: {said}", f"bob: {said}"]


def test_an_engine_gets_a_bounded_window_of_tasks(desk, home, monkeypatch):
    engine = Through(Recording(), lambda: 1, seconds=0.01)
    assert engine.window == 2
    engine.begin(desk)
    room = Room(desk, desk.store, engine, lambda _: None)
    submission = collect(home / "sums", ["sums"], None, ()).submissions[0]
    monkeypatch.setattr(Room, "_wait", lambda self: (_ for _ in ()).throw(EngineLostError(str(len(self._running)))))
    many = (replace(submission, student=f"s{k}") for k in range(1000))
    assert room.grade(many).failures == ["2"]
    assert next(many).student == "s2"


def test_a_gpu_task_goes_to_the_executor_whose_workers_have_one(desk):
    plain, gpu = Recording(), Recording()
    engine = Through(plain, lambda: 1, gpu=gpu)
    engine.begin(desk)
    engine.submit(Task(Work(), (), gpu=True))
    engine.submit(Task(Work(), ()))
    assert (len(plain.sent), len(gpu.sent)) == (1, 1)


def test_a_homework_that_needs_a_gpu_is_refused_where_no_worker_declares_one(desk, monkeypatch):
    monkeypatch.setattr(type(desk.rubric.items[0].check), "gpu", "NVIDIA H200", raising=False)
    said = r"^item 1 trains on NVIDIA H200, and no worker of this engine declares a GPU$"
    with pytest.raises(UsageError, match=said):
        Through(ThreadPoolExecutor(1), lambda: 1).begin(desk)


def test_a_worker_without_the_gpu_that_is_asked_for_says_why():
    with pytest.raises(NodeError, match=r"^an item trains on NVIDIA X, and the worker on .* can't: .*NVIDIA"):
        _has_gpu({"NVIDIA X"})


# --- engines by name


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(["--engine", "ray"], "an engine is `local`, `dask` or `package.module:factory`, got `ray`", id="unknown"),
        pytest.param(["--engine", "dask"], "say where the scheduler is, with --scheduler ADDRESS or FILE", id="no-address"),
        pytest.param(["--scheduler", "tls://a:1"], "--scheduler goes with --engine dask", id="no-dask"),
        pytest.param(["--engine", "os:getpid", "--scheduler", "tls://a:1"], "--scheduler goes with --engine dask", id="not-dask"),
        pytest.param(
            ["--engine", "dask", "--scheduler", "nowhere"],
            "`nowhere` is no address (tls://host:8786) and no scheduler file that is there",
            id="no-file",
        ),
        pytest.param(
            ["--engine", "dask", "--scheduler", "rubrics/sums.yaml"],
            "rubrics/sums.yaml is not a file that dask's scheduler has written",
            id="another-file",
        ),
        pytest.param(
            ["--engine", "dask", "--scheduler", "tcp://203.0.113.5:8786"],
            "tcp://203.0.113.5:8786 is another machine and not encrypted: whoever reaches its port could run code there "
            "and read the solution; use tls://, or give --insecure-cluster where the network is closed",
            id="plain",
        ),
        pytest.param(["--engine", "nowhere:make"], "the engine nowhere:make can't be found: No module named 'nowhere'", id="no-module"),
        pytest.param(["--engine", "os:getpid"], "os:getpid made a int, which is no concurrent.futures.Executor", id="no-executor"),
    ],
)  # fmt: skip
def test_an_engine_that_can_not_be_is_told_in_one_sentence(home, monkeypatch, options, said):
    named, scheduler = [
        dict(zip(options[::2], options[1::2], strict=True)).get(f"--{key}", "") for key in ("engine", "scheduler")
    ]
    monkeypatch.chdir(home)
    if not named:
        done = grade("sums", *options, cwd=home)
        assert (done.returncode, done.stderr) == (2, f"grade: {said}\n")
        return
    with pytest.raises(UsageError) as caught:
        engine_named(named, scheduler)
    assert str(caught.value) == said


# --- what determines an answer


def key(rubric, work, item):
    return Keys(rubric).answer(next(entry for entry in rubric.items if entry.id == item), spine.work_digest(work))


@pytest.mark.parametrize(
    ("changed", "item", "again"),
    [
        pytest.param({"sources": {"sums.py": b"x = 1"}}, "1", True, id="code-for-code"),
        pytest.param({"sources": {"sums.py": b"x = 1"}}, "2", False, id="code-for-text"),
        pytest.param(
            {"sources": {"sums.py": RIGHT.encode(), "answers.md": b"Else."}}, "1", False, id="a-file-of-answers"
        ),
        pytest.param({"answers": {"2": "Else."}}, "2", True, id="text-for-text"),
        pytest.param({"answers": {"2": "Else."}}, "1", False, id="text-for-code"),
        pytest.param({"asking": {"asking.py": b"x = 1"}}, "1", True, id="the-courses-adapter-for-code"),
        pytest.param({"asking": {"asking.py": b"x = 1"}}, "2", False, id="the-courses-adapter-for-text"),
        pytest.param({"remarks": ("large",), "unplaced": "?"}, "1", False, id="what-is-only-said"),
    ],
)
def test_only_what_can_matter_to_an_item_is_in_its_key(rubric, home, changed, item, again):
    work = work_of(rubric, collect(home / "sums", ["sums"], None, ()).submissions[0])
    assert (key(rubric, replace(work, **changed), item) != key(rubric, work, item)) == again


@pytest.mark.parametrize("name", ["torch", "numpy", "scipy", "python", "device"])
def test_another_library_or_device_asks_everything_again(rubric, monkeypatch, name):
    before, known = spine.question(rubric.items[0]), spine.environment()
    monkeypatch.setattr(spine, "environment", lambda: {**known, name: "another"})
    spine.programs.cache_clear()
    try:
        assert spine.question(rubric.items[0]) != before
    finally:
        spine.programs.cache_clear()


def test_a_resubmission_asks_only_for_what_it_changed(home, tmp_path):
    from shutil import copytree

    course = Path(copytree(home, tmp_path / "course"))
    assert grade("sums", "--workers", 1, cwd=course).returncode == 0
    (course / "sums" / "ada" / "answers.md").write_text("# 2\nAnother reason.\n")
    assert grade("sums", "--dry-run", cwd=course).stderr == "sums: 2 students × 2 items: 3 kept, 1 to run\n"
    write_students(course / "sums", ada="def total(x):\n    return x.max()\n")  # and the reason is the first one again
    assert grade("sums", "--dry-run", cwd=course).stderr == "sums: 2 students × 2 items: 3 kept, 1 to run\n"
