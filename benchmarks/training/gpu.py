"""Everything about training on a GPU, on a machine that has one, in one call; the table goes to a file as well.

    python -m benchmarks.training.gpu [--data DIR] [--out gpu.txt] [--runs 1000] [--item 1.a]

- whether the GPU can be used at all, through the wall, and if not why;
- attacks by a student's process that trains on it: what must not work is tried there, and seen to fail;
- the class of examples of `digits_training`, graded on the CPU and on the GPU: the credits must be the same;
- the calibration of one item on the GPU, in a copy of the course, beside the gates of the CPU;
- with `--data`, MNIST's 30 epochs by `benchmarks.training.mnist`: through the wall, here eager, here with CUDA graphs.

A part that fails is told and does not keep the others from running. It ends with 1 if a part has failed or an aim is
missed.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from grader.box import device, gpu
from grader.box.sandbox import Box, Request
from grader.box.zygote import Zygote
from grader.model import Limits, Observation, Work

ROOT = Path(__file__).resolve().parents[2]
HOMEWORK = "digits_training"
AIMS = {"eager": 10.0, "with CUDA graphs": 3.0}
"""Seconds for 30 epochs of MNIST in this process."""
MOST_NATS = 103.0
LIMITS = Limits(cpu_seconds=20.0, idle_seconds=10.0, memory_mb=1024, gpu_memory_mb=4096)


@dataclass(frozen=True)
class Row:
    """One line of the table: `good` is None where there is no aim."""

    what: str
    found: str
    good: bool | None = None

    def __str__(self) -> str:
        mark = {True: "ok    ", False: "FAILED", None: "      "}[self.good]
        return f"{mark} {self.what}: {self.found}"


PRELUDE = """
import ctypes, glob, os, socket, threading, time
import torch
"""

ATTACKS = {
    "opens another GPU": """
        others = [f"/dev/nvidia{k}" for k in range(16) if f"/dev/nvidia{k}" != {mine!r}]
        return all(held(lambda node=node: os.open(node, os.O_RDWR)) for node in others)""",
    "opens what else the driver has": """
        nodes = ["/dev/nvidia-modeset", "/dev/nvidia-nvswitchctl", "/dev/dri/card0", "/dev/dri/renderD128"]
        return all(held(lambda node=node: os.open(node, os.O_RDWR)) for node in nodes)""",
    "makes a request that CUDA does not need": """
        control = os.open("/dev/nvidiactl", os.O_RDWR)
        libc = ctypes.CDLL(None, use_errno=True)
        return all(libc.ioctl(control, ctypes.c_ulong(number), None) == -1 and ctypes.get_errno() == 1
                   for number in (0xC0004611, 0xC00046D1, 62, 63, 56))""",
    "reads its parent's memory": """
        paths = [f"/proc/{os.getppid()}/{name}" for name in ("mem", "maps", "environ")]
        return all(held(lambda path=path: open(path, "rb").read(1)) for path in paths)""",
    "reads another process's memory by the kernel": """
        libc = ctypes.CDLL(None, use_errno=True)
        return libc.process_vm_readv(os.getppid(), None, 0, None, 0, 0) == -1 and ctypes.get_errno() == 1""",
    "reads /etc/passwd": """return held(lambda: open("/etc/passwd"))""",
    "opens a socket": """return held(lambda: socket.socket())""",
    "starts a process": """return held(lambda: os.fork() or os._exit(0))""",
    "finds a number that an earlier student left in the GPU's memory": """
        left = torch.empty(1 << 28, dtype=torch.int32, device="cuda")
        return not bool((left == 0x5EC2E7).any())""",
}
"""Each is the body of a function that says whether it was held. `mine` is the device file of the GPU."""
LEAVES = """
def f(x):
    torch.full((1 << 28,), 0x5EC2E7, dtype=torch.int32, device="cuda")
    torch.cuda.synchronize()
    return x
"""
TOO_MUCH = """
def f(x):
    torch.cuda.set_per_process_memory_fraction(1.0)
    kept = [torch.ones(1 << 28, device="cuda") for _ in range(64)]
    torch.cuda.synchronize()
    time.sleep(5)
    return x
"""
HANGS = """
def f(x):
    torch.cuda._sleep(1 << 62)
    torch.cuda.synchronize()
    return x
"""
HELD = """
def held(attempt):
    try:
        attempt()
    except OSError:
        return True
    return False
"""


def asked(zygote: Zygote, name: str, source: str, limits: Limits = LIMITS) -> Observation:
    """What a source text's `f` answers in a process that may use the GPU."""
    call = {"names": ["f"], "orders": [["x"]], "aliases": {}, "dtype": "float32", "seed": 0, "gpu": name}
    given = {"0/x": np.ones(1, np.float32)}
    with Box(zygote, Work({"attack.py": (PRELUDE + source).encode()}), ["f"], limits) as box:
        return box.ask(Request("close", call, given, limits))


def attacks(name: str) -> list[Row]:
    """What a student's process tries on the GPU, and how it ends."""
    mine = gpu.of_class(name)[0].node
    rows = []
    with Zygote() as zygote:
        asked(zygote, name, LEAVES)
        for attempt, body in ATTACKS.items():
            inner = body.replace("{mine!r}", repr(mine)).strip().replace("\n        ", "\n    ")
            seen = asked(
                zygote, name, f"{HELD}\ndef f(x):\n    return x * float(probe())\n\ndef probe():\n    {inner}\n"
            )
            out = seen.values.get("0/out")
            rows.append(_held(attempt, seen, out is not None and bool((out == 1).all())))
        seen = asked(zygote, name, TOO_MUCH)
        refused = seen.status == "memory" or "out of memory" in seen.detail  # a small GPU says no itself
        rows.append(_held("holds 64 GiB of the GPU", seen, refused))
        seen = asked(zygote, name, HANGS, replace(LIMITS, cpu_seconds=5.0, idle_seconds=5.0))
        rows.append(_held("hangs in a kernel", seen, seen.status == "timeout"))
        seen = asked(zygote, name, "def f(x):\n    return x.to('cuda') * 2\n")
        rows.append(_held("leaves the GPU fit for the next student", seen, seen.status == "ok"))
    return rows


def _held(attempt: str, seen: Observation, good: bool) -> Row:
    return Row(f"attack: {attempt}", f"{seen.status} {seen.detail}".strip(), good)


def examples(course: Path) -> list[Row]:
    """The class of examples on both devices: seconds, and whether the credits are the same."""
    rows, credits_ = [], {}
    for where in ("cpu", "cuda"):
        _set_device(course, where)
        began = time.perf_counter()
        out = course / f"results-{where}"
        _grade(course, "run", ROOT / "submissions_example" / HOMEWORK, "--out", out)
        seconds = time.perf_counter() - began
        grades = sorted(out.glob("**/grade.json"))
        outcomes = {path.parent.name: json.loads(path.read_text("utf-8"))["outcomes"] for path in grades}
        credits_[where] = {
            (student, item): outcome["credit"] for student, mine in outcomes.items() for item, outcome in mine.items()
        }
        rows.append(Row(f"class of {len(grades)} examples on {where}", f"{seconds:.1f} s of wall time", bool(grades)))
    unlike = [" ".join(key) for key, credit in credits_["cpu"].items() if credits_["cuda"].get(key) != credit]
    return [*rows, Row("credits on both devices", ", ".join(unlike) or "the same", not unlike)]


def calibration(course: Path, item: str, runs: int) -> list[Row]:
    """The gates of one item on the GPU, beside those of the CPU."""
    _set_device(course, "cuda")
    began = time.perf_counter()
    said = _grade(course, "calibrate", HOMEWORK, "--item", item, "--runs", str(runs))
    rows = [Row(f"calibration of {item}, {runs} runs", f"{time.perf_counter() - began:.1f} s of wall time", True)]
    return [*rows, *(Row(f"calibration of {item}", line.strip()) for line in said.splitlines())]


def mnist(data: Path) -> list[Row]:
    """30 epochs as a student's item trains them, and in one process without the wall: eager and with CUDA graphs."""
    rows = []
    ways = {"through the wall": ["box-cuda"], "eager": ["cuda"], "with CUDA graphs": ["cuda", "--graphs"]}
    for what, options in ways.items():
        command = [sys.executable, "-m", "benchmarks.training.mnist", "--data", str(data), "--device", *options]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            rows.append(Row(f"MNIST {what}", _last(done.stderr), False))
            continue
        loss, wall = done.stdout.splitlines()
        nats, seconds = float(loss.split("−ELBO ")[1].split()[0]), float(wall.split()[0])
        rows.append(Row(f"MNIST {what}", f"{nats:.2f} nats (aim: {MOST_NATS})", nats <= MOST_NATS))
        aim = AIMS.get(what)
        said = f"{seconds:.1f} s of wall time" + (f" (aim: {aim:g})" if aim else "")
        rows.append(Row(f"MNIST {what}", said, seconds <= aim if aim else None))
    return rows


def _course(folder: Path) -> Path:
    """A copy of the course in which this benchmark may write."""
    for part in ("rubrics", "reference"):
        (folder / part).mkdir()
    shutil.copy(ROOT / "rubrics" / f"{HOMEWORK}.yaml", folder / "rubrics")
    shutil.copytree(ROOT / "rubrics" / f"{HOMEWORK}.gates", folder / "rubrics" / f"{HOMEWORK}.gates")
    shutil.copytree(ROOT / "reference" / HOMEWORK, folder / "reference" / HOMEWORK)
    return folder


def _set_device(course: Path, where: str) -> None:
    """Lets every training item of the copy run on one device."""
    text = (ROOT / "rubrics" / f"{HOMEWORK}.yaml").read_text("utf-8")
    text = re.sub(r"^( *)kind: training$", rf"\g<0>\n\1device: {where}", text, flags=re.MULTILINE)
    (course / "rubrics" / f"{HOMEWORK}.yaml").write_text(text, "utf-8")


def _grade(course: Path, *arguments: object) -> str:
    start = "from grader.cli import main; main()"
    command = [sys.executable, "-c", start, *map(str, arguments), "--course", str(course)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(_last(done.stderr))
    return done.stdout


def _last(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, help="folder with MNIST's IDX files")
    parser.add_argument("--out", type=Path, default=Path("gpu.txt"))
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--item", default="1.a")
    told = parser.parse_args()
    name, why = device.usable()
    if not name:
        raise SystemExit(f"nothing is measured: {why}")
    rows: list[Row] = []

    def tell(row: Row) -> None:
        print(row, flush=True)
        rows.append(row)

    tell(Row("GPU", f"{name}, CUDA {device.cuda_build()}, {len(gpu.of_class(name))} of them", True))
    with tempfile.TemporaryDirectory() as folder:
        course = _course(Path(folder))
        parts: dict[str, Callable[[], list[Row]]] = {
            "attacks": lambda: attacks(name),
            "examples": lambda: examples(course),
            "calibration": lambda: calibration(course, told.item, told.runs),
        }
        if told.data:
            parts["mnist"] = lambda: mnist(told.data)
        for part, measure in parts.items():
            try:
                for row in measure():
                    tell(row)
            except Exception as error:  # the other parts are worth their machine's time
                tell(Row(part, f"{type(error).__name__}: {error}", False))
    told.out.write_text("".join(f"{row}\n" for row in rows), "utf-8")
    print(f"written to {told.out}")
    sys.exit(any(row.good is False for row in rows))


if __name__ == "__main__":
    main()
