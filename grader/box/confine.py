"""The wall: what a process gives up before it runs the first byte of a student's code.

Theory of operation. There are three processes. The *grader* holds every secret. The *zygote* is a fresh exec that has
imported torch and knows nothing. A *student process* is a fork of the zygote; it confines itself, by the calls
below and in this order, and only then loads the student's files:

1. rlimits: no core, bounded files, descriptors, processes, data segment, CPU (a backstop for the watch outside).
2. user: where we are root, an unprivileged uid and gid of its own, all capabilities dropped. If the interpreter
   lies under a folder that only root may enter, CAP_DAC_READ_SEARCH is kept, and only where Landlock is up:
   then Landlock alone decides which files can be opened, and the capability merely lets python reach its own.
3. `no_new_privs`, so that no set-uid program can undo the above.
4. Landlock: reading only where the interpreter, its packages and shared libraries lie; writing only in the scratch
   folder; no TCP; no signals and no abstract sockets beyond the own domain. Landlock also keeps the process from
   inspecting any process outside its domain through ptrace or /proc.
5. seccomp: no sockets but AF_UNIX, no exec, no tracing, no namespaces, mounts, modules, keys, io_uring, bpf, no
   metadata calls that Landlock does not mediate, no change of session or group, so that the grader's kill reaches all.

The process that answers one item gives up creating processes as well (`forbid_processes`).

`confine` returns the names of the layers that are up. It fails closed: without seccomp, or without Landlock or a
dropped uid, it raises. x86-64 and aarch64 only.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

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

# Denied calls: name → number on (x86-64, aarch64); None where the architecture lacks it.
DENIED: dict[str, tuple[int | None, int | None]] = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "execve": (59, 221), "execveat": (322, 281), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "chroot": (161, 51), "unshare": (272, 97), "setns": (308, 268), "bpf": (321, 280), "perf_event_open": (298, 241),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "userfaultfd": (323, 282), "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106), "kexec_load": (246, 104),
    "kexec_file_load": (320, 294), "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225),
    "open_by_handle_at": (304, 265), "name_to_handle_at": (303, 264), "setsid": (112, 157), "setpgid": (109, 154),
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "open_tree": (428, 428), "move_mount": (429, 429),
    "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "pidfd_open": (434, 434), "pidfd_getfd": (438, 438), "pidfd_send_signal": (424, 424),
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, None), "lchown": (94, None), "fchown": (93, 55), "fchownat": (260, 54),
    "utime": (132, None), "utimes": (235, None), "futimesat": (261, None), "utimensat": (280, 88),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "setpriority": (141, 140),
    "ioprio_set": (251, 30), "sched_setscheduler": (144, 119), "quotactl": (179, 60), "acct": (163, 89),
    "settimeofday": (164, 170), "clock_settime": (227, 112), "adjtimex": (159, 171), "clock_adjtime": (305, 266),
    "sethostname": (170, 161), "setdomainname": (171, 162), "syslog": (103, 116), "vhangup": (153, 58),
    "iopl": (172, None), "ioperm": (173, None), "personality": (135, 92), "lookup_dcookie": (212, 18),
    "mbind": (237, 235), "migrate_pages": (256, 238), "move_pages": (279, 239), "fanotify_init": (300, 262),
}  # fmt: skip
SOCKET, CLONE, CLONE3 = (41, 198), (56, 220), (435, 435)
FORK: tuple[int | None, int | None] = (57, None)
VFORK: tuple[int | None, int | None] = (58, None)
AF_UNIX = 1
CLONE_THREAD = 0x00010000
ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
EPERM, ENOSYS = 1, 38


@dataclass(frozen=True)
class Wall:
    """What one student process may have: folders to read, its scratch folder, a uid if we are root, and limits."""

    readable: tuple[str, ...]
    scratch: str
    uid: int | None
    memory_mb: int
    cpu_seconds: int
    processes: int
    file_mb: int = 64


def confine(wall: Wall) -> list[str]:
    """The layers that are up now, in this process and all that it starts. Raises BoxError if too few could be."""
    layers = ["rlimits"]
    _rlimits(wall)
    landlock = abi()
    if wall.uid is not None:
        _drop_user(wall.uid, keep_reading=landlock > 0)
        layers.append("uid drop")
    # Changing the uid clears this, so it comes after; the student must not outlive the zygote.
    _prctl(PR_SET_PDEATHSIG, 9)
    _prctl(PR_SET_DUMPABLE, 0)
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    if landlock > 0:
        _landlock(wall, landlock)
        layers.append(f"Landlock (ABI {landlock})")
    _seccomp(_rules(threads_only=False))
    layers.append("seccomp")
    if not (landlock > 0 or wall.uid is not None):
        raise BoxError("this machine has neither Landlock nor root to drop from")
    return layers


def forbid_processes() -> None:
    """From here on threads can be started, processes can not. Can't be undone."""
    _seccomp(_rules(threads_only=True))


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
    kept = 1 << CAP_DAC_READ_SEARCH if keep_reading else 0
    header = struct.pack("<Ii", 0x20080522, 0)
    data = struct.pack("<6I", kept, kept, 0, 0, 0, 0)
    if libc.capset(header, data):
        raise BoxError(f"capset: {os.strerror(ctypes.get_errno())}")
    _prctl(PR_SET_KEEPCAPS, 0)


def _landlock(wall: Wall, version: int) -> None:
    files = HANDLED_FILES[min(version, 5)]
    attribute = struct.pack("<QQQ", files, HANDLED_NETWORK if version >= 4 else 0, SCOPED if version >= 6 else 0)
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = _syscall(CREATE_RULESET, attribute, ctypes.c_size_t(size), ctypes.c_uint32(0))
    write = WRITE_FILE | READ_FILE | READ_DIR | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | TRUNCATE
    for path in wall.readable:
        _allow(ruleset, path, READ_FILE | READ_DIR, files)
    for path in ("/dev/urandom", "/dev/random", "/dev/zero", "/proc/cpuinfo", "/proc/meminfo"):
        _allow(ruleset, path, READ_FILE, files)
    _allow(ruleset, "/dev/null", READ_FILE | WRITE_FILE, files)
    _allow(ruleset, wall.scratch, write, files)
    _syscall(RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    os.close(ruleset)


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
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16
ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000


def _rules(*, threads_only: bool) -> list[Instruction]:
    """A BPF program, as (code, skip if true, skip if false, value), with the verdict on each system call."""
    machine = platform.machine()
    if machine not in ARCHITECTURES:
        raise BoxError(f"no system call table for {machine}; x86-64 and aarch64 are known")
    which, audit = ARCHITECTURES[machine]
    program = [(LOAD, 0, 0, ARCHITECTURE), (EQUAL, 1, 0, audit), (RETURN, 0, 0, KILL), (LOAD, 0, 0, NUMBER)]
    if which == 0:
        program += [(AT_LEAST, 0, 1, 0x40000000), (RETURN, 0, 0, KILL)]  # the x32 calls: other numbers for the same
    if threads_only:
        program += _refuse((FORK, VFORK), which)
        program += _first_argument(CLONE[which], (ANY_BIT, 1, 0, CLONE_THREAD))
    else:
        program += _refuse(DENIED.values(), which)
        # The flags of clone3 lie in memory that a filter can't read; without it libc falls back to clone.
        program += [(EQUAL, 0, 1, CLONE3[which]), (RETURN, 0, 0, ERRNO | ENOSYS)]
        program += _first_argument(SOCKET[which], (EQUAL, 1, 0, AF_UNIX))
    return [*program, (RETURN, 0, 0, ALLOW)]


def _refuse(calls: Iterable[tuple[int | None, int | None]], which: int) -> list[Instruction]:
    numbers = [pair[which] for pair in calls]
    return [step for n in numbers if n is not None for step in ((EQUAL, 0, 1, n), (RETURN, 0, 0, ERRNO | EPERM))]


def _first_argument(number: int, allowed: Instruction) -> list[Instruction]:
    """EPERM for a call unless its first argument passes the test `allowed`."""
    refuse = (RETURN, 0, 0, ERRNO | EPERM)
    return [(EQUAL, 0, 4, number), (LOAD, 0, 0, FIRST_ARGUMENT), allowed, refuse, (RETURN, 0, 0, ALLOW)]


def _seccomp(program: Iterable[Instruction]) -> None:
    raw = b"".join(struct.pack("<HBBI", *instruction) for instruction in program)
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
