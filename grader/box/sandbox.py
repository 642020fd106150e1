"""Outside of the box: starts zygotes, opens submissions in them, asks, and sees how it ended.

What the student's process says is a claim; what is seen here is a fact: that a limit was passed, that it is gone,
that the zygote is gone. Only facts make `timeout`, `memory` and `lost`. A time-out by idle or wall time is confirmed by
a second try with no other student's code running.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from grader.box.confine import Wall
from grader.box.talk import GONE, KEPT_OUTPUT, Reply, converse, exactly
from grader.box.watch import CPU_DETAIL, Watch
from grader.box.zygote import PID, Zygote, remove
from grader.model import CLAIMABLE, BoxError, Limits, Observation, Values, Work
from grader.values import Frame, MalformedFrame, beneath, decode, encode, printable

CRASH = "a crash in native code (a segmentation fault or an abort)"
SIGNALS: dict[int, str] = {signal.SIGSEGV: CRASH, signal.SIGABRT: CRASH, signal.SIGBUS: CRASH, signal.SIGKILL: "a kill"}


@dataclass(frozen=True)
class Request:
    """One question to a student process: the kind, what its probe is told, and the inputs."""

    kind: str
    call: Mapping[str, Any]
    given: Values
    limits: Limits = field(default_factory=Limits)
    may_be_unread: bool = False
    """Whether a person reads what no machine can: true for written answers only, or any code could claim it."""


class Box:
    """One submission in the box. Opens on the first question, and again after a limit had to stop it."""

    def __init__(
        self, zygote: Zygote, work: Work, wanted: list[str], limits: Limits, *, reference: bool = False
    ) -> None:
        self._zygote = zygote
        self._work = work
        self._wanted = wanted
        self._limits = limits
        self._reference = reference
        self._student: _Student | None = None
        self._broken: Observation | None = None
        self.layers = ""

    def __enter__(self) -> Box:
        return self

    def __exit__(self, *_: object) -> None:
        self._shut()

    def ask(self, request: Request) -> Observation:
        """How one probe ended. Idle and wall time count only if a second try, alone, ends the same way."""
        with self._zygote.gate.enter():
            observation = self._ask_once(request)
        if observation.status == "timeout" and observation.detail != CPU_DETAIL.format(request.limits.cpu_seconds):
            with self._zygote.gate.enter(alone=True):
                self._broken = None
                observation = self._ask_once(request)
        return observation

    @contextlib.contextmanager
    def hold(self, limits: Limits) -> Iterator[Callable[[Request], Observation]]:
        """One item process that answers many requests, for the search of a smallest failing input."""
        with self._zygote.gate.enter():
            started = self._open()
            if isinstance(started, Observation):
                yield lambda _: started
                return
            try:
                with started.item(limits) as ask:
                    yield ask
            finally:
                if started.dead:
                    self._shut()

    def _ask_once(self, request: Request) -> Observation:
        for last in (False, True):
            started = self._open()
            if isinstance(started, Observation):
                return started
            with started.item(request.limits) as ask:
                observation = ask(request)
            if started.dead:
                self._shut()
            if observation.status == "unread" and not request.may_be_unread:
                return replace(observation, status="crashed", detail="its answer could not be read")
            if observation.status != "lost" or last:
                return observation
        raise AssertionError("unreachable")

    def _open(self) -> _Student | Observation:
        if self._broken is not None:
            return self._broken
        if self._student is None:
            try:
                student = _Student(self._zygote, self._work, self._wanted, self._limits, reference=self._reference)
            except BoxError as error:
                return Observation("lost", detail=str(error))
            try:
                loaded = student.load()
            except BoxError as error:
                loaded = Observation("lost", detail=str(error))
            if loaded.status != "ok":
                student.close()
                self._broken = loaded if loaded.status != "lost" else None
                return loaded
            self.layers = student.layers
            self._student = student
        return self._student

    def _shut(self) -> None:
        if self._student is not None:
            self._student.close()
        self._student = None


class _Student:
    """A student process and its scratch folder. `dead` once it had to be killed or is gone."""

    def __init__(self, zygote: Zygote, work: Work, wanted: list[str], limits: Limits, *, reference: bool) -> None:
        self.dead = False
        self.layers = ""
        self.pid: int | None = None
        """As this process sees it; the zygote may live in a namespace with numbers of its own."""
        self._zygote = zygote
        self._limits = limits
        self._scratch = tempfile.mkdtemp(dir=zygote.scratch)
        uid = None if zygote.uid is None else zygote.uid + reference
        if uid is not None:
            os.chown(self._scratch, uid, uid)
        self._control, theirs = socket.socketpair()
        self._control.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._out, out = os.pipe()
        try:
            self._pid = zygote.spawn([theirs.fileno(), out])
        except BoxError:
            self._release()
            raise
        finally:
            theirs.close()
            os.close(out)
        wall = Wall(
            readable=zygote.readable,
            scratch=self._scratch,
            uid=uid,
            memory_mb=limits.memory_mb,
            cpu_seconds=int(limits.cpu_seconds * 2) + 5,
            processes=limits.processes,
            view=zygote.bubblewrap,
            trusted=zygote.trusted,
        )
        values = {f"source/{name}": np.frombuffer(data, np.uint8) for name, data in work.sources.items()}
        values |= {f"asking/{name}": np.frombuffer(data, np.uint8) for name, data in work.asking.items()}
        values |= beneath(
            "answer", {part: np.frombuffer(text.encode(), np.uint8) for part, text in work.answers.items()}
        )
        call = {"wall": asdict(wall), "wanted": wanted, "on_disk": not reference}
        self._request = encode(Frame(0, "load", values, call))

    def load(self) -> Observation:
        """Confined, and the files imported; or what became of that."""
        watch = Watch(self._limits, "while your files were imported ", group=True)
        confined = self._watched(self._control, self._out, self._request, Frame(0, "confined"), watch)
        if confined.status != "ok":
            raise BoxError(f"the wall could not be put up: {confined.detail}")
        self.layers = confined.detail
        self.pid = watch.pid
        return self._watched(self._control, self._out, b"G", Frame(0, "loaded"), watch)

    @contextlib.contextmanager
    def item(self, limits: Limits) -> Iterator[Callable[[Request], Observation]]:
        """A fresh fork of the loaded submission, which answers until the context ends."""
        ours, theirs = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        out_read, out = os.pipe()
        watch = Watch(limits, starter=self.pid)
        count = 0
        reaped: list[str] = []

        def ask(request: Request) -> Observation:
            nonlocal count
            count += 1
            if self.dead or reaped:
                return Observation("lost", detail="the student process is gone")
            data = encode(Frame(count, request.kind, request.given, request.call))
            observation = self._watched(ours, out_read, data, Frame(count, "ok"), watch)
            if observation.detail == GONE and not self.dead:
                reaped.append(self._ended())
                observation = replace(observation, detail=f"{GONE}: {reaped[0]}")
            return observation

        with ours:
            try:
                socket.send_fds(self._control, [b"I"], [theirs.fileno(), out])
            except OSError:
                self.dead = True
            theirs.close()
            os.close(out)
            try:
                yield ask
            finally:
                os.close(out_read)
                # It would end by itself now; but it may be hostile, and the next item waits for its end.
                watch.kill()
        if not (self.dead or reaped):
            self._ended()

    def close(self) -> None:
        """Everything of this student is gone afterwards: processes, descriptors, scratch folder."""
        self._zygote.end(self._pid)
        self._release()

    def _release(self) -> None:
        self._control.close()
        os.close(self._out)
        remove(self._scratch)

    def _ended(self) -> str:
        """How the item ended, as the student process says (a claim, for words only); a silent one is replaced."""
        self._control.settimeout(5)
        try:
            status = PID.unpack(exactly(self._control, PID.size))[0]
        except OSError:
            self.dead = True
            return "its processes were ended"
        if os.WIFSIGNALED(status):
            with contextlib.suppress(ValueError):
                return f"ended by {SIGNALS.get(os.WTERMSIG(status)) or signal.Signals(os.WTERMSIG(status)).name}"
        return f"ended by itself (exit status {os.waitstatus_to_exitcode(status)})" if os.WIFEXITED(status) else "ended"

    def _watched(self, channel: socket.socket, out: int, data: bytes, want: Frame, watch: Watch) -> Observation:
        """Sends `data`, drains what is printed, and waits for one reply under the watch."""
        reply = Reply(self._limits.output_mb << 20, greeted=want.tag != "ok" or watch.pid is not None)
        printed = bytearray()
        status, detail = converse(channel, out, data, reply, printed, watch)
        text = printable(printed[:KEPT_OUTPUT].decode(errors="replace"))
        if status is None:
            try:
                frame = decode(bytes(reply.data), max_blob=self._limits.output_mb << 20)
            except MalformedFrame as error:
                return Observation("crashed", detail=f"its answer could not be read: {error}", printed=text)
            claimed = next((s for s in CLAIMABLE if s == frame.tag), None)
            said = str(frame.values.get("detail", ""))
            if frame.id != want.id or not (claimed if want.tag == "ok" else frame.tag == want.tag):
                why = said if frame.tag == "refused" else "its answer was to another question"
                return Observation("crashed", detail=why, printed=text)
            values = {name: array for name, array in frame.values.items() if name != "detail"}
            return Observation(claimed or "ok", values if claimed in (None, "ok") else {}, said, text)
        self.dead = self.dead or status != "crashed" or want.tag != "ok"
        if detail == GONE and not self._zygote.alive():
            self.dead = True
            return Observation("lost", detail="the zygote died", printed=text)
        return Observation(status, detail=detail, printed=text)
