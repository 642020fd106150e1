"""Attacks the wall as a student would, before the first student: what must not work is tried, and seen to fail."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from grader.box.sandbox import Box, Request
from grader.box.zygote import Zygote
from grader.model import Limits, RefusedError, Work

ATTACK = """
import os, socket, subprocess
import torch

def held(attempt):
    try:
        attempt()
    except OSError:
        return 1.0
    return 0.0

def connect():
    with socket.socket() as s:
        s.settimeout(1)
        s.connect(("127.0.0.1", 9))

def attack(x):
    tries = [connect, lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close(),
             lambda: subprocess.run(["/bin/true"]), lambda: os.listdir("/proc")]
    tries += [lambda path=path: os.listdir(path) if os.path.isdir(path) else open(path).read(1) for path in SECRETS]
    tries += [lambda path=path: open(path + "/gradebound-canary", "w").close() for path in FOLDERS]
    return torch.tensor([held(attempt) for attempt in tries])
"""
NAMES = ("opens a network connection", "makes a network socket", "starts a program", "lists all processes")


def refuse_if_broken(zygote: Zygote, secrets: Iterable[Path]) -> str:
    """The layers of the wall that are up; RefusedError if anything that must fail did not.

    `secrets` are the files and folders that no student may read or write: reference, rubric, submissions, results.
    """
    paths = [str(path.resolve()) for path in secrets if path.exists()]
    folders = [path for path in paths if Path(path).is_dir()] + ["/tmp", "/var/tmp", "/dev/shm", str(Path.home())]
    source = f"SECRETS = {paths!r}\nFOLDERS = {folders!r}\n{ATTACK}"
    names = [*NAMES, *(f"reads {path}" for path in paths), *(f"writes to {path}" for path in folders)]
    call = {"names": ["attack"], "orders": [["x"]], "aliases": {}, "dtype": "float32", "seed": 0}
    with Box(zygote, Work({"canary.py": source.encode()}), ["attack"], Limits()) as box:
        seen = box.ask(Request("close", call, {"0/x": np.zeros(1, np.float32)}))
        if seen.status != "ok":
            raise RefusedError(f"student code can't be confined on this machine: {seen.detail}")
        through = [name for name, held in zip(names, seen.values["0/out"], strict=True) if held != 1.0]
        if through:
            raise RefusedError(f"the wall does not hold on this machine: student code {'; '.join(through)}")
        return box.layers
