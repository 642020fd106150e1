"""Attacks the wall as a student would, before the first student: what must not work is tried, and seen to fail."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from grader.box.sandbox import Box, Request
from grader.box.zygote import Zygote
from grader.model import Limits, RefusedError, Work

ATTACK = '''
import ctypes, mmap, os, resource, socket, sys
import torch

libc = ctypes.CDLL(None, use_errno=True)

def held(attempt):
    """An attempt is held if it raises, or if the kernel says no to a raw call."""
    try:
        return float(attempt() == -1)
    except (OSError, ValueError):
        return 1.0

def call(number, *arguments):
    return libc.syscall(number, *arguments)

def look(path):
    os.listdir(path) if os.path.isdir(path) else open(path, "rb").read(1)

def plant(folder):
    open(os.path.join(folder, "gradebound-canary"), "w").close()
    os.unlink(os.path.join(folder, "gradebound-canary"))

def connect():
    with socket.socket() as s:
        s.settimeout(1)
        s.connect(("127.0.0.1", 9))

def datagram():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.sendto(b"x", ("127.0.0.1", 9))

def unix():
    socket.socket(socket.AF_UNIX).close()

def parent(name):
    return open(f"/proc/{os.getppid()}/{name}", "rb").read(1)

ATTEMPTS = {
    "opens a TCP connection": connect,
    "sends a datagram": datagram,
    "opens a unix socket": unix,
    "starts a program": lambda: os.execv(sys.executable, ["python"]),
    "starts a process from an item": lambda: os.fork() or os._exit(0),
    "lists all processes": lambda: os.listdir("/proc"),
    "reads its parent's memory": lambda: parent("mem"),
    "reads its parent's environment": lambda: parent("environ"),
    "traces its parent": lambda: libc.ptrace(16, os.getppid(), 0, 0),
    "signals its parent": lambda: os.kill(os.getppid(), 0),
    "leaves its process group": lambda: os.setsid(),
    "makes a namespace": lambda: libc.unshare(0x10000000),
    "takes back a user id": lambda: os.setresuid(0, 0, 0) or (os.getuid() and -1),
    "raises its own limits": lambda: resource.setrlimit(resource.RLIMIT_NPROC, (1 << 20, 1 << 20)),
    "shares uncounted memory": lambda: mmap.mmap(-1, 4096).close(),
    "makes an anonymous file": lambda: os.memfd_create("x"),
    "makes a symbolic link": lambda: os.symlink("/etc/passwd", "link"),
    "opens a file by handle": lambda: libc.open_by_handle_at(-100, None, 0),
    "reads /etc/passwd": lambda: look("/etc/passwd"),
    "writes to Python's packages": lambda: plant(os.path.dirname(torch.__file__)),
}

def attack(x):
    tries = [*ATTEMPTS.values(), *(lambda path=path: look(path) for path in SECRETS),
             *(lambda path=path: plant(path) for path in FOLDERS)]
    return torch.tensor([held(attempt) for attempt in tries])
'''
NAMES = tuple(re.findall(r'^    "(.+?)": ', ATTACK, re.MULTILINE))


@dataclass(frozen=True)
class Probe:
    """One thing that student code must not be able to do, and whether the wall held."""

    attempt: str
    held: bool


def attacked(zygote: Zygote, secrets: Iterable[Path]) -> tuple[str, list[Probe]]:
    """The layers of the wall that are up, and how each attempt of the canary ended.

    `secrets` are the files and folders that no student may read or write: reference, rubrics, submissions, results.
    Raises RefusedError where no student process could be confined at all.
    """
    paths = [str(path.resolve()) for path in secrets if path.exists()]
    folders = [path for path in paths if Path(path).is_dir()] + ["/tmp", "/var/tmp", "/dev/shm", str(Path.home())]
    source = f"SECRETS = {paths!r}\nFOLDERS = {folders!r}\n{ATTACK}"
    call = {"names": ["attack"], "orders": [["x"]], "aliases": {}, "dtype": "float32", "seed": 0}
    with Box(zygote, Work({"canary.py": source.encode()}), ["attack"], Limits()) as box:
        seen = box.ask(Request("close", call, {"0/x": np.zeros(1, np.float32)}))
        if seen.status != "ok":
            raise RefusedError(f"student code can't be confined on this machine: {seen.detail}")
        names = (*NAMES, *(f"reads {path}" for path in paths), *(f"writes to {path}" for path in folders))
        held = seen.values["0/out"].tolist()
        return box.layers, [Probe(name, value == 1.0) for name, value in zip(names, held, strict=True)]


def refuse_if_broken(zygote: Zygote, secrets: Iterable[Path]) -> str:
    """The layers of the wall that are up; RefusedError, with what got through, unless every attempt was held."""
    layers, probes = attacked(zygote, secrets)
    through = [probe.attempt for probe in probes if not probe.held]
    if through:
        raise RefusedError(f"the wall does not hold on this machine: student code {'; '.join(through)}")
    return layers
