"""GPUs of this machine: which there are, whose turn it is on one, and how much memory is held on it.

Nothing here touches CUDA: what a GPU is called is read from the driver's files, its memory is asked through NVML or
nvidia-smi, and a turn is a lock on a file. All of it happens in the grader; students' processes see none of it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.model import BoxError, Limits

SHARED_NODES = ("/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools")
"""What every process with CUDA opens beside its GPU; driver 570 takes a forbidden uvm-tools for a broken system."""
TURNS = Path("/tmp")
"""Where the locks lie: not in TMPDIR, which a cluster makes anew for each job, so that two graders never met there."""
LOOK_SECONDS = 0.1
START_SECONDS = 30.0
"""CPU seconds that CUDA itself may need to start, beyond those of the item."""
HOST_MB = 4096
"""Host memory that torch's CUDA libraries may take, beyond the item's."""


@dataclass(frozen=True)
class Gpu:
    """One GPU: `/dev/nvidia<minor>`, its name (the class of device), its address on the bus, and its UUID if known."""

    minor: int
    name: str
    bus: str
    uuid: str = ""

    @property
    def node(self) -> str:
        return f"/dev/nvidia{self.minor}"


def present(root: Path = Path("/")) -> tuple[Gpu, ...]:
    """The GPUs that have a device file and that the driver tells of, by their numbers."""
    found = []
    for path in (root / "proc/driver/nvidia/gpus").glob("*/information"):
        with contextlib.suppress(OSError, ValueError):
            lines = path.read_text("utf-8", "replace").splitlines()
            told = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            uuid = told.get("GPU UUID", "")
            known = uuid if re.fullmatch(r"GPU-[0-9a-fA-F-]+", uuid) else ""  # question marks until it is woken up
            found.append(Gpu(int(told.get("Device Minor", "")), told.get("Model", ""), path.parent.name, known))
    there = [gpu for gpu in found if gpu.name and (root / gpu.node.lstrip("/")).exists()]
    return tuple(sorted(there, key=lambda gpu: gpu.minor))


def of_class(name: str) -> tuple[Gpu, ...]:
    """The GPUs of one name. Raises BoxError where there is none any more."""
    found = tuple(gpu for gpu in present() if gpu.name == name)
    if not found:
        raise BoxError(f"there is no {name} on this machine any more")
    return found


def environment(gpu: Gpu) -> dict[str, str]:
    """What a process needs in its environment to find this GPU, and to compute the same again."""
    return {
        "CUDA_VISIBLE_DEVICES": gpu.uuid or "0",  # the wall opens no other one, so that it is the first
        "CUDA_CACHE_DISABLE": "1",
        "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
        "PYTORCH_NVML_BASED_CUDA_CHECK": "0",  # behind the wall NVML may see less than CUDA does
    }


def with_cuda(limits: Limits) -> Limits:
    """An item's limits, and what CUDA needs for itself."""
    return replace(limits, cpu_seconds=limits.cpu_seconds + START_SECONDS, memory_mb=limits.memory_mb + HOST_MB)


@contextlib.contextmanager
def turn(gpus: Sequence[Gpu], ended: Callable[[], bool], folder: Path | None = None) -> Iterator[Gpu]:
    """One of the GPUs, for this process alone among all graders of the machine; waits until one is free.

    Whoever ends, however that is, has given it back. Raises BoxError if `ended` becomes true while it waits, or if no
    lock can be had.
    """
    files = [_lock_file((folder or TURNS) / f"gradebound-gpu-{gpu.minor}.lock") for gpu in gpus]
    try:
        yield _first_free(gpus, files, ended)
    finally:
        for file in files:
            os.close(file)


def _lock_file(path: Path) -> int:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        # Without O_CREAT first: in a folder for all, some kernels refuse it for a file that another user has made.
        with contextlib.suppress(FileNotFoundError):
            return os.open(path, flags)
        with contextlib.suppress(FileExistsError):
            made = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o644)
            os.fchmod(made, 0o644)  # a grader of another user must be able to wait for it
            return made
        return os.open(path, flags)
    except OSError as error:
        raise BoxError(f"the turns on the GPU can't be kept in {path}: {error.strerror}") from None


def _first_free(gpus: Sequence[Gpu], files: Sequence[int], ended: Callable[[], bool]) -> Gpu:
    while not ended():
        for gpu, file in zip(gpus, files, strict=True):
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return gpu
        time.sleep(LOOK_SECONDS)
    raise BoxError("the run was ended")


@dataclass(frozen=True)
class Held:
    """Bytes that are held on a GPU: by all, and by processes as far as the driver tells of them."""

    total: int
    by: Mapping[int, int] = field(default_factory=dict)


Reader = Callable[[], Held]
"""What is held now. Raises OSError where it can't be known."""


def reader(gpu: Gpu) -> Reader | None:
    """How to ask for a GPU's memory from outside: NVML where nvidia-ml-py is installed, else nvidia-smi, else None."""
    for found in (_nvml(gpu), lambda: _smi(gpu)):
        if found is not None:
            with contextlib.suppress(OSError):
                found()
                return found
    return None


def _nvml(gpu: Gpu) -> Reader | None:
    try:
        import pynvml
    except ImportError:
        return None
    try:
        pynvml.nvmlInit()
        handle = pynvml.nvmlDeviceGetHandleByPciBusId(gpu.bus)
    except pynvml.NVMLError:
        return None

    def read() -> Held:
        try:
            processes = pynvml.nvmlDeviceGetComputeRunningProcesses(handle)
            by = {process.pid: process.usedGpuMemory for process in processes if process.usedGpuMemory}
            return Held(int(pynvml.nvmlDeviceGetMemoryInfo(handle).used), by)
        except pynvml.NVMLError as error:
            raise OSError(str(error)) from None

    return read


def _smi(gpu: Gpu) -> Held:
    command = ["nvidia-smi", f"--id={gpu.bus}", "--query-gpu=memory.used", "--format=csv,noheader,nounits"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout
        return Held(int(said.strip()) << 20)
    except (subprocess.SubprocessError, ValueError) as error:
        raise OSError(str(error)) from None


class Meter:
    """Looks at a GPU's memory again and again, in a thread of its own: a driver that hangs must not stop the watch."""

    def __init__(self, read: Reader | None) -> None:
        self.peak = 0
        """The most that was held on the GPU beyond what was held at the beginning, in bytes."""
        self._read = read
        self._first = self._now = Held(0)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True, name="gpu memory")

    def __enter__(self) -> Meter:
        if self._read is not None:
            with contextlib.suppress(OSError):
                self._first = self._now = self._read()
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()

    def held(self, pid: int | None) -> int:
        """Bytes that this process holds; where the driver does not know it by this number, what all hold now and did
        not at the beginning."""
        now, first = self._now, self._first
        if pid is not None and pid in now.by:
            return now.by[pid]
        nobody_new = bool(now.by) and set(now.by) <= set(first.by)
        return 0 if nobody_new else max(0, now.total - first.total)

    def _look(self) -> None:
        while self._read is not None and not self._stop.wait(LOOK_SECONDS):
            with contextlib.suppress(OSError):
                self._now = self._read()
                self.peak = max(self.peak, self._now.total - self._first.total)
