"""Runs a command as a mode of the attack tests wants it, and tells what it left behind.

    python launch.py AS UID REPORT SECONDS COMMAND…

AS is one of

    here       as it is
    user       as the plain user UID
    container  as root in a simulated container, see container.py
    naked      for the control: as the plain user UID in process, network and IPC namespaces of its own where this
               process is root, else as it is

The report is JSON: the exit `status`, and what was `left` running. All that is left is killed. Exit status 77: this
machine can't do it, and stderr says why.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import signal
import socket
import struct
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from container import MS_BIND, MS_MOVE, MS_REC, NEWIPC, called, enter, libc, mount, private_mounts

CAN_NOT = 77
PR_SET_CHILD_SUBREAPER, NEWPID, NEWNET = 36, 0x20000000, 0x40000000
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1


def main() -> None:
    """Runs the command, writes the report, and exits as the command did."""
    kind, uid, report, seconds, *command = sys.argv[1:]
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # whoever outlives the command becomes a child of this process
    pid = os.fork()
    if pid == 0:
        _become(kind, int(uid), command)
    status = _wait(pid, float(seconds))
    left = _left()
    Path(report).write_text(json.dumps({"status": status, "left": left}))
    sys.exit(status if status >= 0 else 1)


def _become(kind: str, uid: int, command: list[str]) -> None:
    """The child's side; does not return."""
    try:
        os.setsid()
        os.umask(0o022)
        {"here": _as_it_is, "user": _plain, "container": _container, "naked": _naked}[kind](uid)
    except OSError as error:
        print(f"mode {kind}: {error.strerror or error}", file=sys.stderr)
        os._exit(CAN_NOT)
    os.execvp(command[0], command)


def _as_it_is(uid: int) -> None:
    del uid


def _plain(uid: int) -> None:
    if os.geteuid() != 0:
        raise OSError("this is a plain user already, as in the mode `here`")
    _open_interpreter()
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def _container(uid: int) -> None:
    del uid
    if os.geteuid() != 0:
        raise OSError("only root can simulate a container")
    # A container's interpreter can be entered by all its users, and its root can't pass over permissions to read.
    private_mounts()
    _open_interpreter(own=False)
    enter()


def _naked(uid: int) -> None:
    if os.geteuid() != 0:
        return
    with contextlib.suppress(OSError):
        called("unshare", libc.unshare(NEWPID | NEWNET | NEWIPC))
        _loopback()
        pid = os.fork()
        if pid:
            libc.prctl(1, signal.SIGKILL, 0, 0, 0)
            os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 0xFF)
        libc.prctl(1, signal.SIGKILL, 0, 0, 0)
        private_mounts()
        mount("proc", "/proc", 0, "proc")
    _plain(uid)


def _loopback() -> None:
    """The network of a new namespace begins with its one device down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        told = fcntl.ioctl(s, SIOCGIFFLAGS, struct.pack("16sH22x", b"lo", 0))
        flags = struct.unpack_from("16sH", told)[1]
        fcntl.ioctl(s, SIOCSIFFLAGS, struct.pack("16sH22x", b"lo", flags | IFF_UP))


def _open_interpreter(*, own: bool = True) -> None:
    """Lets every user enter the interpreter and our packages, if these lie in a folder that is root's alone.

    That folder is covered, for this process only, by an empty one in which nothing but the interpreter lies.
    """
    wanted = {Path(path).resolve() for path in (sys.base_prefix, sys.prefix, Path(__file__).parents[2])}
    closed = {first: path for path in wanted if (first := _closed(path)) is not None}
    if not closed:
        return
    if own:
        private_mounts()
    aside = []
    for path in [path for path in wanted if _closed(path)]:
        place = tempfile.mkdtemp(prefix="launch-")
        mount(str(path), place, MS_BIND | MS_REC)
        aside.append((place, path))
    for folder in closed:
        mount("tmpfs", str(folder), 0, "tmpfs", "mode=755")
    for place, path in aside:
        path.mkdir(parents=True)
        mount(place, str(path), MS_MOVE)
        Path(place).rmdir()


def _closed(path: Path) -> Path | None:
    """The topmost folder on the way to `path` that others can't enter."""
    return next((step for step in reversed((path, *path.parents)) if not step.stat().st_mode & 0o001), None)


def _wait(pid: int, seconds: float) -> int:
    """The exit status, negative for a signal; after `seconds` the command is killed."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _left() -> list[str]:
    """Names of the processes that are still there a moment after the command has ended; they are then killed."""
    deadline = time.monotonic() + 1.0
    while time.monotonic() < deadline and _living():
        time.sleep(0.05)
    named = {pid: _name(pid) for pid in _living()}
    while pids := _living():
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)
    return sorted(named.values())


def _living() -> list[int]:
    """All processes below this one, without those that are only waiting to be reaped."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    return [pid for pid in _below(os.getpid()) if _state(pid) not in "ZX"]


def _below(pid: int) -> Iterator[int]:
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in map(int, (task / "children").read_text().split()):
                yield child
                yield from _below(child)


def _state(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return "X"


def _name(pid: int) -> str:
    with contextlib.suppress(OSError):
        return f"{pid}: {Path(f'/proc/{pid}/cmdline').read_text().replace(chr(0), ' ').strip()[:200]}"
    return f"{pid}"


if __name__ == "__main__":
    ctypes.set_errno(0)
    main()
