"""The other end of an engine: what runs in a worker process, which knows nothing but what its tasks bring.

A worker keeps, while it lives: the homeworks that it was sent last, a zygote for each task that runs at once, and that
it has attacked its own wall. On its disk it keeps the answers, so that a task that is started again there, after
whatever died, goes on at the item where it was. They are found by the same keys as in the results folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import socket
import threading
import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader import __version__
from grader import grade as spine
from grader.box.canary import refuse_if_broken
from grader.box.device import usable
from grader.box.zygote import Gate, Zygote
from grader.engine.desk import Desk, Seat, preload, seat
from grader.engine.task import NodeError, Reply, Wanting, gpu_of
from grader.model import Observation, Work
from grader.store import Shelf, StoreError

HOMEWORKS = 2
"""How many homeworks a worker remembers."""
OLD = 14 * 86_400.0
"""Seconds after which kept answers are thrown away."""


@dataclass(frozen=True)
class Wire:
    """A task as it travels: a submission by its content, a homework by its digest, whole only if `packet` is not empty.

    `programs` are the sender's, by name.
    """

    homework: str
    packet: bytes
    programs: Mapping[str, str]
    work: Work
    items: tuple[str, ...]
    seed: str
    kept: Mapping[str, Observation]
    trusted: bool


@dataclass
class Homework:
    """A homework on this worker, and the places at which nobody is asked just now."""

    desk: Desk
    free: list[Seat] = field(default_factory=list)
    tried: bool = False


class Carried:
    """The answers that came with a task, those on this machine's disk, and as `fresh` what the sender lacks."""

    def __init__(self, kept: Mapping[str, Observation], disk: Shelf) -> None:
        self.fresh: dict[str, Observation] = {}
        self._kept = kept
        self._disk = disk

    def keep(self, key: str, observation: Observation) -> None:
        self.fresh[key] = observation
        with contextlib.suppress(StoreError):  # a full disk costs time after a crash, and nothing else
            self._disk.keep(key, observation)

    def kept(self, key: str) -> Observation | None:
        if key in self._kept:
            return self._kept[key]
        found = self.fresh.get(key) or self._disk.kept(key)
        if found is not None:
            self.fresh[key] = found
        return found


class Bench:
    """All that one worker process remembers."""

    def __init__(self) -> None:
        self._homeworks: dict[str, Homework] = {}
        self._changing = threading.Lock()
        self._gate = Gate()
        self._disk: Shelf | None = None

    def run(self, wire: Wire) -> Reply | Wanting:
        """The answers to a task, or that it has to come again with its homework. Raises NodeError, RefusedError."""
        _same_programs(wire.programs)
        homework = self._homework(wire)
        if homework is None:
            return Wanting()
        rubric = homework.desk.rubric
        carried = Carried(wire.kept, self._shelf())
        desk = homework.desk.at(carried)
        items = [item for item in rubric.items if item.id in wire.items]
        _has_gpu({gpu_of(item) for item in items} - {""})
        with self._seat(homework, trusted=wire.trusted) as taken:
            work = replace(wire.work, asking=rubric.asking)
            answers = desk.answers(work, items, wire.seed, taken, threading.Event())
        if answers is None:
            raise NodeError("a task was stopped that nobody had stopped")
        return Reply(answers, carried.fresh)

    def _homework(self, wire: Wire) -> Homework | None:
        with self._changing:
            known = self._homeworks.pop(wire.homework, None)
            if known is None and wire.packet:
                known = Homework(self._unpacked(wire))
            if known is None:
                return None
            self._homeworks[wire.homework] = known  # the last one is the one used last
            for old in list(self._homeworks)[:-HOMEWORKS]:
                _leave(self._homeworks.pop(old))
        return known

    def close(self) -> None:
        """Ends the zygotes that nobody uses."""
        with self._changing:
            for homework in self._homeworks.values():
                _leave(homework)

    def _unpacked(self, wire: Wire) -> Desk:
        if hashlib.sha256(wire.packet).hexdigest() != wire.homework:
            raise NodeError("a homework came damaged")
        rubric, expected = pickle.loads(zlib.decompress(wire.packet))
        desk = Desk(rubric, Carried({}, self._shelf()), expected)
        desk.keys.all()  # made here, by one thread
        return desk

    def _shelf(self) -> Shelf:
        if self._disk is None:
            self._disk = Shelf(_folder())
            _forget_old(self._disk.folder)
        return self._disk

    @contextlib.contextmanager
    def _seat(self, homework: Homework, *, trusted: bool) -> Iterator[Seat]:
        """A zygote and a reference for one task at a time. The wall is attacked before the first one."""
        rubric = homework.desk.rubric
        with self._changing:
            taken = homework.free.pop() if homework.free else None
        if taken is None:
            taken = seat(Zygote(gate=self._gate, trusted=trusted, preload=preload(rubric)), rubric)
        try:
            if not (homework.tried or trusted):
                refuse_if_broken(taken.zygote, [self._shelf().folder])
                homework.tried = True
            yield taken
        finally:
            with self._changing:
                homework.free.append(taken)


def _leave(homework: Homework) -> None:
    while homework.free:
        taken = homework.free.pop()
        taken.reference.__exit__()
        taken.zygote.close()


_HERE = Bench()
"""A worker's tasks have nothing in common but the process that they run in."""


def run(wire: Wire) -> Reply | Wanting:
    """The answers to a task; this is what an executor is given."""
    return _HERE.run(wire)


def _same_programs(theirs: Mapping[str, str]) -> None:
    """Raises NodeError where an answer from here could differ from one at the sender's."""
    mine = {"gradebound": __version__, **spine.environment(), "its own files": spine.programs()}
    differ = [name for name in theirs if mine.get(name) != theirs[name]]
    if not differ:
        return
    name = differ[0]
    told = "other files of gradebound" if name == "its own files" else f"{name} {mine.get(name)}"
    wanted = "" if name == "its own files" else f", and grade runs with {theirs[name]}"
    raise NodeError(f"the worker on {socket.gethostname()} has {told}{wanted}; give both the same environment")


def _has_gpu(names: set[str]) -> None:
    """Raises NodeError where a GPU that is asked for can't be used here."""
    if not names:
        return
    here, why = usable()
    for name in names - {here}:
        said = here or why
        raise NodeError(f"an item trains on {name}, and the worker on {socket.gethostname()} can't: {said}")


def _folder() -> Path:
    """Where this machine's workers keep answers; no student can read it."""
    told = os.environ.get("GRADEBOUND_CACHE")
    base = Path(told) if told else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gradebound"
    folder = base / "answers"
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _forget_old(folder: Path) -> None:
    """Throws away what was kept long ago; the results folders have it all."""
    past = time.time() - OLD
    with contextlib.suppress(OSError):
        for path in folder.glob("*/*"):
            with contextlib.suppress(OSError):
                if path.stat().st_mtime < past:
                    path.unlink()
