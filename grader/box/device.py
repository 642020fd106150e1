"""Whether students may train on a GPU of this machine: what speaks against it, and a trial inside the wall."""

from __future__ import annotations

import importlib.util
import re
from functools import cache
from pathlib import Path

import numpy as np

from grader.box import confine, gpu
from grader.box.canary import OPEN_WITH_GPU, attacked
from grader.box.gpu import Gpu
from grader.box.sandbox import Box, Request
from grader.box.zygote import Zygote
from grader.model import Limits, RefusedError, Work

TRIAL = b"""
import torch

def trial(x):
    assert torch.get_default_device().type == "cuda"
    there = x.to("cuda").requires_grad_()
    torch.nn.functional.linear(there, there).square().sum().backward()
    torch.cuda.synchronize()
    return there.grad
"""
"""What is tried: copies both ways, a product of matrices, and the threads of a backward pass."""
LIMITS = Limits(cpu_seconds=30.0, idle_seconds=60.0, memory_mb=2048)


def cuda_build() -> str:
    """The CUDA release that the installed torch is built for, "" for none; torch is not imported for it."""
    spec = importlib.util.find_spec("torch")
    if spec is None or spec.origin is None:
        return ""
    try:
        text = Path(spec.origin).with_name("version.py").read_text("utf-8", "replace")
    except OSError:
        return ""
    found = re.search(r"^cuda\b[^=\n]*=\s*['\"]([\d.]+)['\"]", text, re.MULTILINE)
    return found[1] if found else ""


def usable() -> tuple[str, str]:
    """The name of the GPUs that students can train on, or "" and in half a sentence why there is none.

    Where several kinds of GPU are there, those are meant that are like the first.
    """
    found = gpu.present()
    if not found:
        return "", "there is no NVIDIA GPU on this machine"
    first = found[0]
    against = _against(first)
    return ("", against) if against else (first.name, "")


def _against(one: Gpu) -> str:
    if not cuda_build():
        return f"{one.name} is there, but the installed torch is built for the CPU only"
    if not confine.abi():
        return f"{one.name} is there, but without Landlock a student's process can't be kept to it"
    if gpu.reader(one) is None:
        return f"{one.name} is there, but neither nvidia-ml-py nor nvidia-smi tells how much of its memory is used"
    said = tried(one.name)
    return f"{one.name} is there, but a trial inside the wall failed: {said}" if said else ""


@cache
def tried(name: str) -> str:
    """How a tiny computation behind the wall ended on a GPU of this name, and an attack on that wall: "" if both well.

    Tried once in a process.
    """
    call = {"names": ["trial"], "orders": [["x"]], "aliases": {}, "dtype": "float32", "seed": 0, "gpu": name}
    x = np.ones((2, 2), np.float32)
    with Zygote() as zygote:
        with Box(zygote, Work({"trial.py": TRIAL}), ["trial"], LIMITS) as box:
            seen = box.ask(Request("close", call, {"0/x": x}, LIMITS))
        through = holes(zygote, name) if seen.status == "ok" else ""
    if seen.status != "ok":
        return " ".join(seen.detail.split())[:300] or seen.status
    out = seen.values.get("0/out")
    # Both factors of y = x xᵀ are x, all y are 2: two derivatives of Σ y², each 2 · (2 + 2).
    right = out is not None and np.array_equal(out, np.full((2, 2), 16.0))
    return through if right else "it computed something wrong"


def holes(zygote: Zygote, name: str) -> str:
    """What a canary on a GPU could do that it must not, in half a sentence; "" if the wall has held."""
    try:
        probes = attacked(zygote, (), gpu=name)[1]
    except RefusedError as error:
        return str(error)
    through = [probe.attempt for probe in probes if not probe.held and probe.attempt not in OPEN_WITH_GPU]
    return f"the wall does not hold there: student code {'; '.join(through)}" if through else ""
