"""What protects this machine, layer by layer, in plain words: for `grade doctor`."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from grader.box import confine
from grader.box.canary import Probe, attacked
from grader.box.zygote import Zygote, bubblewrap_works
from grader.model import BoxError, RefusedError


@dataclass(frozen=True)
class Layer:
    """One layer of the wall: whether it can be had here, what it does, and what to do if it is missing."""

    name: str
    up: bool
    says: str
    advice: str = ""


@dataclass(frozen=True)
class Diagnosis:
    """All that `grade doctor` tells. `refusal` is why grading would be refused here, "" if it would not."""

    machine: tuple[tuple[str, str], ...]
    layers: tuple[Layer, ...]
    probes: tuple[Probe, ...]
    refusal: str


def diagnose(secrets: Iterable[Path]) -> Diagnosis:
    """Looks at the machine, puts up the wall around a canary, lets it attack, and tells how that ended."""
    refusal = ""
    probes: list[Probe] = []
    try:
        with Zygote() as zygote:
            _, probes = attacked(zygote, secrets)
    except (RefusedError, BoxError) as error:
        refusal = str(error)
    through = [probe.attempt for probe in probes if not probe.held]
    if through:
        refusal = f"the wall does not hold: student code {'; '.join(through)}"
    return Diagnosis(machine(), layers(), tuple(probes), refusal)


def machine() -> tuple[tuple[str, str], ...]:
    """What runs here: system, interpreter, libraries, device."""
    gpus = sorted(entry.name for entry in Path("/dev").glob("nvidia[0-9]*"))
    return (
        ("system", f"{platform.system()} {platform.release()}, {platform.machine()}"),
        ("Python", f"{platform.python_version()} at {sys.prefix}"),
        ("torch", _version("torch")),
        ("numpy", _version("numpy")),
        ("cores", str(len(os.sched_getaffinity(0)))),
        ("GPU", ", ".join(gpus) if gpus else "none; all checks of this version run on the CPU"),
    )


def layers() -> tuple[Layer, ...]:
    """The layers of the wall, outermost first."""
    root = os.geteuid() == 0
    landlock = confine.abi()
    known = platform.machine() in confine.ARCHITECTURES
    open_ = confine.readable_by_all(sys.prefix) and confine.readable_by_all(sys.base_prefix)
    return (
        Layer(
            "bubblewrap",
            bubblewrap_works(),
            "students' code sees no file but Python, the system's libraries and its scratch folder",
            "it may not make namespaces here; the layers below protect without it"
            if shutil.which("bwrap")
            else "install the package bubblewrap for one more layer; the layers below protect without it",
        ),
        Layer(
            "uid drop",
            root,
            "students' code runs as a user of its own"
            + (
                ""
                if open_
                else ", which reads this interpreter by a capability, because its folder is closed to others"
            ),
            "only root can give students' code a user of its own; Landlock and seccomp protect without it",
        ),
        Layer(
            f"Landlock (ABI {landlock})" if landlock else "Landlock",
            landlock > 0,
            "students' code opens only what it needs"
            + ("" if landlock >= 6 else "; seccomp covers what this ABI lacks"),
            "this kernel has none (Linux 5.13 brought it; a container may also hide it)",
        ),
        Layer(
            "seccomp",
            known,
            "students' code makes only the system calls that homework needs",
            f"there is no table of system calls for {platform.machine()}; x86-64 and aarch64 are known",
        ),
        Layer("limits", True, "CPU, memory, files, processes and output are bounded, and watched from outside"),
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
