"""An engine made of any `concurrent.futures.Executor`: its workers may be processes anywhere, with no shared disk.

A homework (rubric, reference, expected answers) is packed once and named by its digest. A task names it; a worker that
has never seen it says so, and gets the task again with the whole packet. So each worker is sent it about once, whatever
the executor is, and a worker that has died and come back needs nobody to remember what it had.
"""

from __future__ import annotations

import hashlib
import time
import zlib
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader import __version__
from grader import grade as spine
from grader.engine.desk import Desk
from grader.engine.task import EngineLostError, Reply, Task, Wanting, gpu_of
from grader.engine.worker import Wire, run
from grader.model import UsageError

COUNT_AGAIN = 5.0
"""Seconds after which the workers are counted again: they come and go."""
GONE = "the engine is gone ({}); what was graded is kept, run it again to go on"


@dataclass
class Through:
    """Asks on the workers of an executor. `workers` counts them, `close` ends what was opened for the executor.

    `gpu` is an executor whose workers have a GPU, None if there is none. `trusted` workers grade even where the wall
    does not stand.
    """

    plain: Executor
    workers: Callable[[], int]
    gpu: Executor | None = None
    trusted: bool = False
    close: Callable[[], None] = lambda: None
    seconds: float | None = 1.0
    _counted: tuple[float, int] = field(default=(-COUNT_AGAIN, 0), init=False)
    _packet: tuple[str, bytes] = field(default=("", b""), init=False)
    _running: set[Future[Reply | Wanting | None]] = field(default_factory=set, init=False)

    @property
    def window(self) -> int:
        """Two tasks a worker: more would have a dying worker take innocent tasks with it."""
        at, count = self._counted
        if time.monotonic() - at >= COUNT_AGAIN:
            try:
                count = self.workers()
            except Exception as error:  # whatever an executor raises that has lost its workers
                raise EngineLostError(GONE.format(type(error).__name__)) from None
            self._counted = time.monotonic(), count
        return 2 * max(1, count)

    def begin(self, desk: Desk) -> None:
        if self.gpu is None and any(gpu_of(item) for item in desk.rubric.items):
            named = next(item for item in desk.rubric.items if gpu_of(item))
            raise UsageError(f"item {named.id} trains on {gpu_of(named)}, and no worker of this engine declares a GPU")
        data = zlib.compress(_pickled((replace(desk.rubric, path=Path(desk.rubric.path.name)), desk.expected)), 1)
        self._packet = hashlib.sha256(data).hexdigest(), data

    def submit(self, task: Task, *, whole: bool = False) -> Future[Reply | Wanting | None]:
        name, packet = self._packet
        wire = Wire(
            homework=name,
            packet=packet if whole else b"",
            programs={"gradebound": __version__, **spine.environment(), "its own files": spine.programs()},
            work=replace(task.work, asking={}),
            items=tuple(item.id for item in task.items),
            seed=task.seed,
            kept=task.kept,
            trusted=self.trusted,
        )
        executor = self.gpu if task.gpu and self.gpu is not None else self.plain
        try:
            future: Future[Reply | Wanting | None] = executor.submit(run, wire)
        except Exception as error:  # whatever an executor raises that takes nothing any more
            raise EngineLostError(GONE.format(type(error).__name__)) from None
        self._running.add(future)
        future.add_done_callback(self._running.discard)
        return future

    def end(self, *, now: bool) -> None:
        if now:
            for future in list(self._running):
                future.cancel()


def _pickled(homework: object) -> bytes:
    """Recipes hold small functions, which pickle alone can't name. Only our own processes ever read this."""
    try:
        import cloudpickle
    except ModuleNotFoundError:
        raise UsageError(
            "workers need cloudpickle to be told the homework; pip install 'gradebound[cluster]'"
        ) from None
    data: bytes = cloudpickle.dumps(homework)
    return data
