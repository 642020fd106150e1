"""What the box costs: fork, confine, import and five small calls for each of many students.

    python benchmarks/wall.py [--students 500]

Prints CPU per student (median over groups of twenty, first against last), with the five calls to one item and, as a
class is graded, with a process for each; private memory after two optimiser steps, the wall's own share, and whether
anything is left behind. Wall-clock times on a shared machine are noise; these are CPU.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from grader.box.confine import Wall, confine
from grader.box.sandbox import Box, Request
from grader.box.worker import warm_up
from grader.box.zygote import Zygote, readable
from grader.model import Limits, Work

SOURCE = """
import os
import torch
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))

    def forward(self, x):
        return self.layers(x)

def forward(x):
    return Net()(x)

def gradient(x):
    x = x.clone().requires_grad_()
    return torch.autograd.grad(Net()(x).sum(), x)[0]

def double(x):
    return 2 * x

def log_sum(x):
    return torch.logsumexp(x, dim=1)

def noise(x):
    return x + torch.randn_like(x)

def two_steps(x):
    net = Net()
    optimizer = torch.optim.Adam(net.parameters())
    for _ in range(2):
        optimizer.zero_grad()
        net(x).square().mean().backward()
        optimizer.step()
    return torch.tensor(float(os.getpid()))
"""
CALLS = ("forward", "gradient", "double", "log_sum", "noise")
TICK = os.sysconf("SC_CLK_TCK")


def request(name: str) -> Request:
    call = {"names": [name], "orders": [["x"]], "aliases": {}, "dtype": "float32", "seed": 1}
    return Request("close", call, {"0/x": np.ones((3, 4), np.float32)})


def cpu_of(pid: int) -> float:
    """CPU seconds of a process and of all its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(value) for value in fields[11:15]) / TICK


def five_calls(box: Box, *, apart: bool) -> None:
    """Five calls, to one item's process or each to a process of its own."""
    if apart:
        for name in CALLS:
            assert box.ask(request(name)).status == "ok"
        return
    with box.hold(Limits()) as ask:
        for name in CALLS:
            assert ask(request(name)).status == "ok"


def students(zygote: Zygote, count: int, *, apart: bool = False) -> list[float]:
    """CPU milliseconds per student, for each group of twenty; the grader's own part is in it."""
    groups = []
    for start in range(0, count, 20):
        before = time.process_time() + cpu_of(zygote._process.pid)
        for number in range(start, start + 20):
            source = f"{SOURCE}\nNUMBER = {number}\n".encode()
            with Box(zygote, Work({"homework.py": source}), list(CALLS), Limits()) as box:
                five_calls(box, apart=apart)
        groups.append((time.process_time() + cpu_of(zygote._process.pid) - before) / 20 * 1000)
    return groups


def private_memory(zygote: Zygote) -> float:
    """Private MiB of an item's process after two optimiser steps."""
    with Box(zygote, Work({"homework.py": SOURCE.encode()}), ["two_steps"], Limits()) as box, box.hold(Limits()) as ask:
        pid = int(ask(request("two_steps")).values["0/out"])
        rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return sum(int(row.split()[1]) for row in rows if row.startswith("Private_")) / 1024


def wall_share(uid: int | None) -> float:
    """CPU milliseconds of `confine` alone, in a fork of a process with torch in it."""
    warm_up()
    found = []
    for _ in range(30):
        with tempfile.TemporaryDirectory() as scratch:
            read, write = os.pipe()
            pid = os.fork()
            if pid == 0:
                before = time.process_time()
                confine(Wall(readable(), scratch, uid, 1024, 60, 64))
                os.write(write, str(time.process_time() - before).encode())
                os._exit(0)
            os.close(write)
            found.append(float(os.read(read, 100)) * 1000)
            os.close(read)
            os.waitpid(pid, 0)
    return statistics.median(found)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--students", type=int, default=500)
    count = parser.parse_args().students
    with Zygote(bubblewrap=False) as zygote:
        zygote._started()
        students(zygote, 20, apart=True)
        before = (len(os.listdir("/proc/self/fd")), len(os.listdir(zygote.scratch)))
        groups = students(zygote, count)
        apart = students(zygote, count, apart=True)
        after = (len(os.listdir("/proc/self/fd")), len(os.listdir(zygote.scratch)))
        children = Path(f"/proc/{zygote._process.pid}/task/{zygote._process.pid}/children").read_text().split()
        memory = private_memory(zygote)
        uid = zygote.uid
    share = wall_share(uid)
    quarter = max(1, len(groups) // 4)
    first, last = statistics.median(groups[:quarter]), statistics.median(groups[-quarter:])
    rows = [
        (f"CPU per student, {count} students, five calls", f"{statistics.median(groups):.1f} ms", "at most 50"),
        ("  the first quarter and the last", f"{first:.1f} and {last:.1f} ms", "equal"),
        ("  with a process for each call", f"{statistics.median(apart):.1f} ms", "none"),
        ("private memory after two optimiser steps", f"{memory:.1f} MiB", "at most 15"),
        ("the wall's own share", f"{share:.1f} ms", "at most 5"),
        ("descriptors and scratch folders before, after", f"{before}, {after}", "equal"),
        ("student processes left", str(len(children)), "0"),
    ]
    for what, measured, aim in rows:
        sys.stdout.write(f"{what:50} {measured:>20}   aim: {aim}\n")


if __name__ == "__main__":
    main()
