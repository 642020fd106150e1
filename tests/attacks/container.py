"""Turns this process into one as in a default Docker container, as far as that matters to a wall built inside.

Simulated: root with Docker's default capabilities and no others, also none in the bounding set; a seccomp filter that
refuses what Docker's default profile refuses to such a root (namespaces, mounts, setns, keyrings, bpf, perf, io_uring,
userfaultfd, modules, clocks, handles of files, memory policies, pidfd_getfd, vsock; `clone3` does not exist); mount, IPC,
UTS and cgroup namespaces of its own; /sys with all cgroups and the parts of /proc that Docker protects are read-only,
and /proc/kcore, /proc/keys and the like are empty.

As in Docker, ptrace and process_vm_readv are allowed (its profile allows them on Linux 4.8 and later), Landlock and
seccomp can be used, and the process is root.

Not simulated: a process namespace (so that the test can see what is left behind) and a network namespace (so that it
can hear what is sent), the image (all of this machine's files are there), the small /dev and its device cgroup,
AppArmor and SELinux, memory limits, and user namespace remapping.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
from collections.abc import Iterable
from pathlib import Path

libc = ctypes.CDLL(None, use_errno=True)

NEWNS, NEWCGROUP, NEWUTS, NEWIPC = 0x00020000, 0x02000000, 0x04000000, 0x08000000
MS_RDONLY, MS_REMOUNT, MS_BIND, MS_MOVE, MS_REC, MS_PRIVATE = 1, 32, 4096, 8192, 16384, 1 << 18
PR_CAPBSET_DROP, PR_SET_SECCOMP = 24, 22

# capability numbers of linux/capability.h
CAPABILITIES = {
    "CHOWN": 0, "DAC_OVERRIDE": 1, "FOWNER": 3, "FSETID": 4, "KILL": 5, "SETGID": 6, "SETUID": 7, "SETPCAP": 8,
    "NET_BIND_SERVICE": 10, "NET_RAW": 13, "SYS_CHROOT": 18, "MKNOD": 27, "AUDIT_WRITE": 29, "SETFCAP": 31,
}  # fmt: skip
READ_ONLY = ("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger")
MASKED = ("/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/sched_debug")

# name → number on (x86-64, aarch64); -1 where there is none
REFUSED = {
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "mount_setattr": (442, 442), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433), "add_key": (248, 217),
    "request_key": (249, 218), "keyctl": (250, 219), "bpf": (321, 280), "perf_event_open": (298, 241),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "userfaultfd": (323, 282), "kcmp": (312, 272), "pidfd_getfd": (438, 438), "open_by_handle_at": (304, 265),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106), "kexec_load": (246, 104),
    "kexec_file_load": (320, 294), "acct": (163, 89), "quotactl": (179, 60), "quotactl_fd": (443, 443),
    "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225), "settimeofday": (164, 170),
    "clock_settime": (227, 112), "clock_adjtime": (305, 266), "adjtimex": (159, 171), "iopl": (172, -1),
    "ioperm": (173, -1), "lookup_dcookie": (212, 18), "mbind": (237, 235), "get_mempolicy": (239, 236),
    "set_mempolicy": (238, 237), "migrate_pages": (256, 238), "move_pages": (279, 239), "fanotify_init": (300, 262),
    "syslog": (103, 116), "sethostname": (170, 161), "setdomainname": (171, 162), "vhangup": (153, 58),
    "personality": (135, 92), "nfsservctl": (180, 42), "sysfs": (139, -1), "ustat": (136, -1), "uselib": (134, -1),
}  # fmt: skip
CLONE, CLONE3, SOCKET = (56, 220), (435, 435), (41, 198)
NAMESPACES, AF_VSOCK = 0x7E020000, 40
ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
LOAD, EQUAL, ANY_BIT, RETURN = 0x20, 0x15, 0x45, 0x06
ALLOW, KILL, REFUSE, ABSENT = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026


def enter() -> None:
    """From here on this process, and all that it starts, is in the container. Needs root; raises OSError."""
    called("unshare", libc.unshare(NEWCGROUP | NEWUTS | NEWIPC))
    _protect_mounts()
    _install(_profile())
    _keep_only(CAPABILITIES.values())


def private_mounts() -> None:
    """A mount namespace of its own, out of which no mount escapes."""
    called("unshare", libc.unshare(NEWNS))
    mount(None, "/", MS_REC | MS_PRIVATE)


def mount(source: str | None, target: str, flags: int, kind: str | None = None, data: str | None = None) -> None:
    """The system call; raises OSError."""
    texts = [None if text is None else text.encode() for text in (source, target, kind)]
    options = None if data is None else data.encode()
    called(f"mount {target}", libc.mount(*texts, ctypes.c_ulong(flags), options))


def called(what: str, result: int) -> None:
    """Raises OSError for a C function that has failed."""
    if result != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


def _protect_mounts() -> None:
    below = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    for target in dict.fromkeys(path for path in below if path == "/sys" or path.startswith("/sys/")):
        mount(None, target, MS_REMOUNT | MS_BIND | MS_RDONLY)
    for target in filter(os.path.exists, READ_ONLY):
        mount(target, target, MS_BIND | MS_REC)
        mount(None, target, MS_REMOUNT | MS_BIND | MS_RDONLY)
    for target in filter(os.path.exists, MASKED):
        mount("/dev/null", target, MS_BIND)


def _keep_only(numbers: Iterable[int]) -> None:
    kept = 0
    for number in numbers:
        kept |= 1 << number
    for number in range(64):
        if not kept >> number & 1:
            libc.prctl(PR_CAPBSET_DROP, number, 0, 0, 0)
    header, data = struct.pack("<Ii", 0x20080522, 0), struct.pack("<6I", kept, kept, 0, 0, 0, 0)
    called("capset", libc.capset(header, data))


def _profile() -> list[tuple[int, int, int, int]]:
    if platform.machine() not in ARCHITECTURES:
        raise OSError(f"no system call numbers for {platform.machine()}")
    which, audit = ARCHITECTURES[platform.machine()]
    program = [(LOAD, 0, 0, 4), (EQUAL, 1, 0, audit), (RETURN, 0, 0, KILL), (LOAD, 0, 0, 0)]
    for numbers in REFUSED.values():
        program += [(EQUAL, 0, 1, numbers[which] & 0xFFFFFFFF), (RETURN, 0, 0, REFUSE)]
    program += [(EQUAL, 0, 1, CLONE3[which]), (RETURN, 0, 0, ABSENT)]
    program += [(EQUAL, 0, 3, CLONE[which]), (LOAD, 0, 0, 16), (ANY_BIT, 0, 1, NAMESPACES), (RETURN, 0, 0, REFUSE)]
    program += [(LOAD, 0, 0, 0), (EQUAL, 0, 3, SOCKET[which]), (LOAD, 0, 0, 16), (EQUAL, 0, 1, AF_VSOCK)]
    return [*program, (RETURN, 0, 0, REFUSE), (RETURN, 0, 0, ALLOW)]


def _install(program: list[tuple[int, int, int, int]]) -> None:
    """With CAP_SYS_ADMIN, and so without `no_new_privs`, as Docker does it."""
    raw = b"".join(struct.pack("<HBBI", *step) for step in program)
    kept = ctypes.create_string_buffer(raw, len(raw))
    filter_ = struct.pack("<H6xQ", len(program), ctypes.addressof(kept))
    called("seccomp", libc.prctl(PR_SET_SECCOMP, 2, ctypes.c_char_p(filter_), 0, 0))
