"""The zygote: a process with torch in it and nothing secret, from which student processes are forked."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import struct
import subprocess
import sys
import sysconfig
import tempfile
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from grader.box import confine
from grader.box.talk import exactly
from grader.model import BoxError

PID = struct.Struct("<i")
SCRATCH = "gradebound-"
UIDS = range(20_000, 60_000, 2)


class Gate:
    """Lets many ask at once, and one ask alone."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._asking = 0
        self._alone = False

    @contextlib.contextmanager
    def enter(self, *, alone: bool = False) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: not self._alone and not (alone and self._asking))
            self._alone = alone
            self._asking += 1
        try:
            yield
        finally:
            with self._changed:
                self._asking -= 1
                self._alone = False
                self._changed.notify_all()


class Zygote:
    """A process with torch in it that forks student processes. One per worker thread; restarted when it dies.

    It imports the modules of `preload` once, which every student process then has for nothing.
    """

    def __init__(
        self,
        *,
        gate: Gate | None = None,
        bubblewrap: bool = True,
        trusted: bool = False,
        preload: tuple[str, ...] = (),
    ) -> None:
        self.gate = gate or Gate()
        self.uid: int | None = None
        self._claim: socket.socket | None = None
        if os.geteuid() == 0:
            self.uid, self._claim = _own_uids()
        self.readable = readable()
        self.trusted = trusted
        self._bubblewrap = bubblewrap
        self._preload = preload
        self.killed = False
        self._scratch: str | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def __enter__(self) -> Zygote:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def alive(self) -> bool:
        """Whether the process is there; one that was just killed gets a moment to be seen dead."""
        if self._process is None:
            return False
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(0.05)
        return self._process.poll() is None

    def kill(self) -> None:
        """Ends the zygote, for good and from another thread than the one that uses it; whoever waits gets no answer.

        It is asked to end, because it ends its students' whole groups then; killed, it would leave their items behind.
        """
        self.killed = True
        control, process = self._control, self._process
        if control is not None:
            with contextlib.suppress(OSError):
                control.shutdown(socket.SHUT_RDWR)
        elif process is not None:
            _end_starting(process)

    @property
    def bubblewrap(self) -> bool:
        """Whether bubblewrap is put around it. Tried only once it is to start: where all is kept, nothing is run."""
        return self._bubblewrap and bubblewrap_works()

    @property
    def scratch(self) -> str:
        """The folder under which each student process gets a scratch folder of its own."""
        if self._scratch is None:
            _sweep()
            self._scratch = tempfile.mkdtemp(prefix=f"{SCRATCH}{os.getpid()}-")
            # Student processes must pass through it to reach what is theirs; they can't list it.
            Path(self._scratch).chmod(0o711)
        return self._scratch

    def close(self) -> None:
        """Ends the zygote and with it every student process; their scratch folders are gone afterwards."""
        self._end_process()
        if self._scratch is not None:
            remove(self._scratch)
        self._scratch = None
        if self._claim is not None:
            self._claim.close()

    def _end_process(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            if self._control is None:
                _end_starting(self._process)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(5)
            self._process.kill()
            self._process.communicate()
        self._control = self._process = None

    def spawn(self, fds: list[int]) -> int:
        """The pid (and process group) of a new student process that has inherited `fds`."""
        for _ in range(2):
            try:
                control = self._started()
                socket.send_fds(control, [b"S"], fds)
                return int(PID.unpack(exactly(control, PID.size))[0])
            except OSError:  # the zygote has died; a fresh one is started once
                self._end_process()
        raise BoxError("the zygote died twice in a row")

    def end(self, pid: int) -> None:
        """Kills and reaps a student process and all that it has started."""
        if self._control is None:
            return
        try:
            self._control.sendall(b"K" + PID.pack(pid))
            exactly(self._control, 1)
        except OSError:
            self._end_process()

    def _started(self) -> socket.socket:
        if self._control is not None and self._process is not None and self._process.poll() is None:
            return self._control
        self._end_process()
        if self.killed:
            raise BoxError("the run was ended")
        ours, theirs = socket.socketpair()
        worker = [sys.executable, "-I", "-m", "grader.box.worker"]
        view = _view(self.readable, self.scratch) if self.bubblewrap else []
        with theirs:
            self._process = subprocess.Popen(
                [*view, *worker, str(theirs.fileno()), *self._preload],
                env=environment(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C is the grader's to handle
            )
        ours.settimeout(300)
        try:
            ready = ours.recv(1)
        except OSError:
            ready = b""
        if ready != b"R":
            ours.close()
            self._process.kill()
            said = self._process.communicate()[1].decode(errors="replace").strip().splitlines()
            self._process = None
            raise BoxError(f"the box could not start: {said[-1] if said else 'no reason was given'}")
        self._control = ours
        return ours


def remove(folder: str) -> None:
    """Removes a scratch folder whatever is left in it; to be called when no student process lives.

    Folders nested deeper than Python can recurse, or a path can be long, are moved up to the top one by one.
    """
    pending, moved = [folder], 0
    while pending:
        here = pending.pop()
        with contextlib.suppress(OSError), os.scandir(here) as entries:
            for entry in entries:
                if not entry.is_dir(follow_symlinks=False):
                    Path(entry.path).unlink()
                    continue
                Path(entry.path).chmod(0o700)
                place = entry.path
                if here != folder:
                    moved += 1
                    place = f"{folder}/.removed-{os.getpid()}-{moved}"
                    Path(entry.path).rename(place)
                pending.append(place)
        if here != folder:
            with contextlib.suppress(OSError):
                Path(here).rmdir()
    with contextlib.suppress(OSError):
        Path(folder).rmdir()


def _sweep() -> None:
    """Removes scratch folders of runs of ours that were killed before they could do it."""
    for folder in Path(tempfile.gettempdir()).glob(f"{SCRATCH}*-*"):
        pid = folder.name.removeprefix(SCRATCH).partition("-")[0]
        with contextlib.suppress(OSError):
            if pid.isdigit() and not Path(f"/proc/{pid}").exists() and folder.stat().st_uid == os.geteuid():
                remove(str(folder))


def _own_uids() -> tuple[int, socket.socket]:
    """Two uids that no other zygote of this machine has, the student's and (one more) the reference's, and the claim.

    Limits on processes count all of a uid, so two graders that shared one would take threads from each other's
    students. The claim is a socket's abstract name, which the kernel frees with its owner however that ends.
    """
    first = os.getpid() % len(UIDS)
    for uid in (*UIDS[first:], *UIDS[:first]):
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            claim.bind(f"\0gradebound-uid-{uid}")
        except OSError:
            claim.close()
        else:
            return uid, claim
    raise BoxError("no uid between 20,000 and 60,000 is free for a student")


def _end_starting(process: subprocess.Popen[bytes]) -> None:
    """Kills a zygote that is still importing torch, and what is around it: it has no students and hears nothing yet."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def environment() -> dict[str, str]:
    """The zygote's whole environment: one thread, no GPU, nothing of the operator's."""
    threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS", "NUMEXPR")}
    return threads | {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "USER": "student",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "CUDA_VISIBLE_DEVICES": "",
        "MPLBACKEND": "Agg",
    }


NAMESPACES = ["--die-with-parent", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
if os.geteuid() != 0:
    NAMESPACES.append("--unshare-user")  # as root it would leave no uid to drop to


@cache
def bubblewrap_works() -> bool:
    """Whether bubblewrap is there and may make its namespaces; containers and stock Ubuntu 24.04 forbid them."""
    trial = [
        "bwrap",
        *NAMESPACES,
        "--ro-bind",
        "/",
        "/",
        "--dev",
        "/dev",
        "--proc",
        "/proc",
        "--",
        sys.executable,
        "-V",
    ]
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        return subprocess.run(trial, capture_output=True, timeout=20, check=False).returncode == 0
    return False


def _view(readable: tuple[str, ...], scratch: str) -> list[str]:
    """The beginning of a command that runs the rest in a view of the machine in which nothing secret exists."""
    command = ["bwrap", *NAMESPACES, "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"]
    for path in map(Path, ("/lib", "/lib64", "/bin", "/sbin")):
        if path.is_symlink():
            command += ["--symlink", str(path.readlink()), str(path)]
    for name in readable:
        command += ["--ro-bind", name, name]
    return [*command, "--bind", scratch, scratch, "--chdir", "/", "--"]


def readable() -> tuple[str, ...]:
    """What a student process may read: the interpreter, its packages, the system's libraries, our own code."""
    paths = sysconfig.get_paths()
    own = Path(confine.__file__).resolve().parents[1]
    python = (sys.prefix, sys.base_prefix, *(paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")))
    system = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/etc/fonts", "/sys/devices/system/cpu")
    found = {Path(path).resolve() for path in (*python, *system, str(own)) if Path(path).exists()}
    return tuple(sorted(str(path) for path in found if not found & set(path.parents)))
