"""The engine of one machine: threads, each with a zygote that starts the student processes which it supervises."""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from grader.box.zygote import Zygote
from grader.engine.desk import Desk, Seat, seat
from grader.engine.task import Reply, Task, Wanting


class Local:
    """Asks one submission at a time with each zygote; every answer is in the results folder as soon as it is there."""

    seconds = None
    """The limits of the box are enough here."""

    def __init__(self, zygotes: Sequence[Zygote]) -> None:
        self._zygotes = zygotes

    @property
    def window(self) -> int:
        return 2 * len(self._zygotes)

    def begin(self, desk: Desk) -> None:
        self._desk = desk
        self._stop = threading.Event()
        self._free: queue.SimpleQueue[Seat] = queue.SimpleQueue()
        for zygote in self._zygotes:
            self._free.put(seat(zygote, desk.rubric))
        self._pool = ThreadPoolExecutor(len(self._zygotes), thread_name_prefix="grade")

    def submit(self, task: Task, *, whole: bool = False) -> Future[Reply | Wanting | None]:  # noqa: ARG002
        return self._pool.submit(self._one, task)

    def end(self, *, now: bool) -> None:
        self._stop.set()
        if now:
            for zygote in self._zygotes:
                zygote.kill()
        self._pool.shutdown(cancel_futures=True)

    def _one(self, task: Task) -> Reply | None:
        taken = self._free.get()
        try:
            if self._stop.is_set():
                return None
            answers = self._desk.answers(task.work, task.items, task.seed, taken, self._stop)
        finally:
            self._free.put(taken)
        return None if answers is None else Reply(answers)
