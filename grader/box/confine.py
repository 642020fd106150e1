"""The wall: what a process gives up before it runs the first byte of a student's code.

Theory of operation. There are three processes. The *grader* holds every secret. The *zygote* is a fresh exec that has
imported torch and knows nothing; where bubblewrap works it also sees nothing but Python, the system's libraries and
the scratch folders. A *student process* is a fork of the zygote; it confines itself, by the calls below and in this
order, and only then loads the student's files:

1. rlimits: no core, bounded files, descriptors, processes, data segment, CPU (a backstop for the watch outside).
2. user: where we are root, an unprivileged uid and gid of its own, all capabilities dropped. If the interpreter
   lies under a folder that only root may enter, CAP_DAC_READ_SEARCH is kept, and only where Landlock is up:
   then Landlock alone decides which files can be opened, and the capability merely lets python reach its own.
3. `no_new_privs`, so that no set-uid program can undo the above, and not dumpable, so that a process of the same user
   can't look into it.
4. Landlock: reading only where the interpreter, its packages and shared libraries lie; writing only in the scratch
   folder; no execution. From ABI 4 no TCP, from 6 no signals and no abstract sockets beyond the own domain. Landlock
   also keeps a process from inspecting any process outside its domain through ptrace or /proc.
5. seccomp: the calls of `calls`, and nothing else. What an old Landlock lacks is not in the list at all: no sockets
   but pairs (TCP before ABI 4, abstract sockets before 6), no signals but by the kernel (6), no `truncate` by
   name (3), `ioctl` only of a few kinds (5), no links and no metadata calls (never mediated). No exec, no tracing, no
   namespaces, no mounts, no keys, no io_uring, no bpf, no change of session or group: the grader's kill reaches all.

The student process must still fork once per item, so it may start processes, as many as its rlimit says; the process
that answers an item may not (`forbid_processes`).

`confine` returns the names of the layers that are up. It fails closed: without seccomp, or without Landlock, a dropped
uid or a namespace view, it raises. x86-64 and aarch64 only.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader.box.calls import ALLOWED, JUDGED, NEWEST, PRETENDED, UNSUPPORTED
from grader.model import BoxError

libc = ctypes.CDLL(None, use_errno=True)

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_KEEPCAPS, PR_SET_SECCOMP = 1, 4, 8, 22
PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 24, 36, 38
CAP_DAC_READ_SEARCH = 2

# Landlock, from linux/landlock.h; the system call numbers are the same on every architecture.
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, REMOVE_DIR, REMOVE_FILE, MAKE_DIR, MAKE_REG = (
    1, 2, 4, 8, 16, 32, 128, 256,
)  # fmt: skip
TRUNCATE = 1 << 14
HANDLED_FILES = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
HANDLED_NETWORK = 0b11
SCOPED = 0b11

ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
EPERM, ENOSYS, ENOTSUP = 1, 38, 95


@dataclass(frozen=True)
class Wall:
    """What one student process may have: folders to read, its scratch folder, a uid if we are root, and limits.

    `view` says that bubblewrap already shows it nothing else.
    """

    readable: tuple[str, ...]
    scratch: str
    uid: int | None
    memory_mb: int
    cpu_seconds: int
    processes: int
    view: bool = False
    trusted: bool = False
    file_mb: int = 64


def confine(wall: Wall) -> list[str]:
    """The layers that are up now, in this process and all that it starts. Raises BoxError if too few could be.

    Where the operator trusts the submissions, as many as can be are put up, and none is required.
    """
    landlock = abi()
    uid = wall.uid
    steps: list[tuple[str, Callable[[], object]]] = [("rlimits", lambda: _rlimits(wall))]
    if uid is not None:
        steps.append(("uid drop", lambda: _drop_user(uid, keep_reading=landlock > 0)))
    steps.append(("no new privileges", _keep_low))
    if landlock > 0:
        steps.append((f"Landlock (ABI {landlock})", lambda: _landlock(wall, landlock)))
    steps.append(("seccomp", lambda: _seccomp(packed(threads_only=False))))
    layers = ["bubblewrap"] if wall.view else []
    if wall.trusted:
        layers.append("none required, because the submissions were said to be trusted")
    for name, put_up in steps:
        try:
            put_up()
            layers.append(name)
        except (BoxError, OSError, ValueError):
            if not wall.trusted:
                raise
    if not (landlock > 0 or uid is not None or wall.view or wall.trusted):
        raise BoxError("there is no Landlock, no bubblewrap, and no root to drop from")
    return layers


def _keep_low() -> None:
    # Changing the uid clears this, so it comes after; the student must not outlive the zygote.
    _prctl(PR_SET_PDEATHSIG, 9)
    _prctl(PR_SET_DUMPABLE, 0)
    _prctl(PR_SET_NO_NEW_PRIVS, 1)


def forbid_processes() -> None:
    """From here on threads can be started, processes can not. Can't be undone."""
    _seccomp(packed(threads_only=True))


def abi() -> int:
    """The kernel's Landlock ABI, 0 if there is none."""
    return max(0, int(libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1))))


def keep_to_self() -> None:
    """No process of the same user may look into this one, and orphans below it become its children."""
    _prctl(PR_SET_DUMPABLE, 0)
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def readable_by_all(path: str) -> bool:
    """Whether every folder on the way to `path`, and `path`, can be entered by any user."""
    here = Path(path).resolve()
    return all(step.stat().st_mode & 0o005 == 0o005 for step in (here, *here.parents))


def _rlimits(wall: Wall) -> None:
    data = _vm_data() + (wall.memory_mb << 20)
    for which, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, wall.file_mb << 20),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_DATA, data),
        (resource.RLIMIT_NPROC, _processes(wall)),
        (resource.RLIMIT_CPU, wall.cpu_seconds),
    ):
        hard = resource.getrlimit(which)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)  # noqa: PLW2901
        resource.setrlimit(which, (value, value))


def _processes(wall: Wall) -> int:
    """RLIMIT_NPROC counts all processes and threads of the user, not only ours."""
    if wall.uid is not None:
        return wall.processes
    mine = sum(1 for entry in Path("/proc").iterdir() if entry.name.isdigit() and _threads_of_mine(entry))
    return mine + wall.processes + 64


def _threads_of_mine(entry: Path) -> bool:
    try:
        return entry.stat().st_uid == os.getuid()
    except OSError:
        return False


def _vm_data() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) << 10
    raise BoxError("/proc/self/status has no VmData")


def _drop_user(uid: int, *, keep_reading: bool) -> None:
    _prctl(PR_SET_KEEPCAPS, 1)
    for capability in range(64):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    header = struct.pack("<Ii", 0x20080522, 0)
    held = ctypes.create_string_buffer(24)
    libc.capget(header, held)
    permitted = struct.unpack("<6I", held.raw)[1]  # a container's root may not have it to keep
    kept = (1 << CAP_DAC_READ_SEARCH) & permitted if keep_reading else 0
    data = struct.pack("<6I", kept, kept, 0, 0, 0, 0)
    if libc.capset(header, data):
        raise BoxError(f"capset: {os.strerror(ctypes.get_errno())}")
    _prctl(PR_SET_KEEPCAPS, 0)


def _landlock(wall: Wall, version: int) -> None:
    files = HANDLED_FILES[min(version, 5)]
    attribute = struct.pack("<QQQ", files, HANDLED_NETWORK if version >= 4 else 0, SCOPED if version >= 6 else 0)
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = _ruleset(attribute, size)
    write = WRITE_FILE | READ_FILE | READ_DIR | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | TRUNCATE
    for path in wall.readable:
        _allow(ruleset, path, READ_FILE | READ_DIR, files)
    for path in ("/dev/urandom", "/dev/random", "/dev/zero", "/proc/cpuinfo", "/proc/meminfo"):
        _allow(ruleset, path, READ_FILE, files)
    _allow(ruleset, "/dev/null", READ_FILE | WRITE_FILE, files)
    _allow(ruleset, wall.scratch, write, files)
    _syscall(RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    os.close(ruleset)


def _ruleset(attribute: bytes, size: int) -> int:
    """A new ruleset; without the scopes where a kernel that reports them does not have them all (RHEL 9)."""
    try:
        return _syscall(CREATE_RULESET, attribute, ctypes.c_size_t(size), ctypes.c_uint32(0))
    except BoxError:
        if size < 24:
            raise
        return _syscall(CREATE_RULESET, attribute[:16], ctypes.c_size_t(16), ctypes.c_uint32(0))


def _allow(ruleset: int, path: str, access: int, handled: int) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not Path(path).is_dir():
            access &= EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE
        rule = struct.pack("<Qi", access & handled, fd)
        _syscall(ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(1), rule, ctypes.c_uint32(0))
    finally:
        os.close(fd)


Instruction = tuple[int, int, int, int]
LOAD, AND, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16
ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000

Test = tuple[int, int, int]
"""(argument, mask, value): the argument's low 32 bits under the mask must be the value."""

CLONE_THREAD, CLONE_NAMESPACES = 0x00010000, 0x7E020000
FORK_FLAGS = 0x01200011
"""CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID | SIGCHLD: what libc's fork passes."""
WHOLE = 0xFFFFFFFF
AF_UNIX = 1
HARMLESS_IOCTLS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
"""Is it a terminal, how wide, how much is there to read, (non-)blocking, (non-)inheritable."""
HARMLESS_PRCTLS = (3, 15, 16, 21, 22, 23, 38, 39, 0x53564D41)
"""Names of threads and mappings, asking for what is dropped, and dropping more; PDEATHSIG only as KILL."""

THREADS: list[list[Test]] = [[(0, CLONE_THREAD, CLONE_THREAD), (0, CLONE_NAMESPACES, 0)]]
RULES: dict[str, list[list[Test]]] = {
    "clone": [*THREADS, [(0, WHOLE, FORK_FLAGS)]],
    "socketpair": [[(0, WHOLE, AF_UNIX)]],
    # Shared anonymous memory is counted by no rlimit.
    "mmap": [[(3, 0x20, 0)], [(3, 0x01, 0)]],
    "ioctl": [[(1, WHOLE, request)] for request in HARMLESS_IOCTLS],
    "prctl": [*([(0, WHOLE, option)] for option in HARMLESS_PRCTLS), [(0, WHOLE, PR_SET_PDEATHSIG), (1, WHOLE, 9)]],
    "prlimit64": [[(0, WHOLE, 0)]],
    "sched_setaffinity": [[(0, WHOLE, 0)]],
}
"""When a judged call is allowed: if all tests of one of its lists hold."""


def program(*, threads_only: bool) -> list[Instruction]:
    """The BPF program, as (code, skip if true, skip if false, value), that gives a verdict on each system call."""
    machine = platform.machine()
    if machine not in ARCHITECTURES:
        raise BoxError(f"no system call table for {machine}; x86-64 and aarch64 are known")
    which, audit = ARCHITECTURES[machine]
    steps = [(LOAD, 0, 0, ARCHITECTURE), (EQUAL, 1, 0, audit), (RETURN, 0, 0, KILL), (LOAD, 0, 0, NUMBER)]
    if which == 0:
        steps += [(AT_LEAST, 0, 1, 0x40000000), (RETURN, 0, 0, KILL)]  # the x32 calls: other numbers for the same
    if threads_only:
        return [*steps, *_judged(JUDGED["clone"][which], THREADS), (RETURN, 0, 0, ALLOW)]
    # The flags of clone3 and openat2 lie in memory that a filter can't read; without them libc falls back.
    unreadable = {name: JUDGED[name] for name in ("clone3", "openat2")}
    verdicts = ((unreadable, ENOSYS), (PRETENDED, 0), (UNSUPPORTED, ENOTSUP))
    for calls, verdict in (*((calls, ERRNO | number) for calls, number in verdicts), (ALLOWED, ALLOW)):
        for number in (pair[which] for pair in calls.values()):
            if number is not None:
                steps += [(EQUAL, 0, 1, number), (RETURN, 0, 0, verdict)]
    for name, rules in RULES.items():
        steps += _judged(JUDGED[name][which], rules)
    return [*steps, (AT_LEAST, 0, 1, NEWEST + 1), (RETURN, 0, 0, ERRNO | ENOSYS), (RETURN, 0, 0, ERRNO | EPERM)]


def _judged(number: int | None, rules: list[list[Test]]) -> list[Instruction]:
    """Instructions that decide one call by its arguments and skip themselves for every other call."""
    if number is None:
        return []
    body: list[Instruction] = []
    for tests in rules:
        for k, (argument, mask, value) in enumerate(tests):
            rest = 3 * (len(tests) - k - 1) + 1  # the later tests of this list, and its verdict
            body += [(LOAD, 0, 0, FIRST_ARGUMENT + 8 * argument), (AND, 0, 0, mask), (EQUAL, 0, rest, value)]
        body.append((RETURN, 0, 0, ALLOW))
    body.append((RETURN, 0, 0, ERRNO | EPERM))
    return [(EQUAL, 0, len(body), number), *body]


@cache
def packed(*, threads_only: bool) -> bytes:
    """The BPF program as the kernel takes it; the zygote makes it once, and no child has to."""
    return b"".join(struct.pack("<HBBI", *step) for step in program(threads_only=threads_only))


def _seccomp(raw: bytes) -> None:
    instructions = ctypes.create_string_buffer(raw, len(raw))
    filter_ = struct.pack("<H6xQ", len(raw) // 8, ctypes.addressof(instructions))
    _prctl(PR_SET_SECCOMP, 2, ctypes.c_char_p(filter_))


def _prctl(option: int, argument: int, pointer: object = 0) -> None:
    if libc.prctl(option, argument, pointer, 0, 0):
        raise BoxError(f"prctl {option}: {os.strerror(ctypes.get_errno())}")


def _syscall(number: int, *arguments: object) -> int:
    result = int(libc.syscall(number, *arguments))
    if result < 0:
        raise BoxError(f"system call {number}: {os.strerror(ctypes.get_errno())}")
    return result
