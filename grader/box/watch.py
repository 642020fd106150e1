"""Fair limits: what one process may use, judged by what the kernel says of it, never by what it says itself.

CPU seconds are the limit. A process that neither runs nor waits for a CPU (`input()`, a lock, `sleep`) is stopped after
its idle seconds, which a busy machine does not use up. Wall time is a guard of 20 times the CPU limit.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

from grader.model import Limits, Status

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
WALL_FACTOR = 20
SLACK_SECONDS = 30
"""Wall time beyond 20 times the CPU limit: the machine may be busy, and starting takes its time."""
BASE_MEMORY = 512 << 20
"""What a fork of the zygote shares with it counts as its own in RSS."""


CPU_DETAIL = "it used more than {:g} s of CPU time"
IDLE_DETAIL = "it waited for {:g} s without computing (for input, a lock, or in sleep)"
WALL_DETAIL = "it was not done after {:g} s"


class Watch:
    """Limits on one process, judged by what the kernel says of it."""

    def __init__(self, limits: Limits, during: str = "") -> None:
        self.pid: int | None = None
        self._limits = limits
        self._during = during
        self._started = time.monotonic()
        self._looked = self._started
        self._busy = 0.0
        self._idle = 0.0
        self.cpu = 0.0

    def restart(self) -> None:
        """A new request has come: idle and wall time begin again, CPU time goes on."""
        self._started = self._looked = time.monotonic()
        self._idle = 0.0

    def verdict(self) -> tuple[Status, str] | None:
        """The limit that is passed, if any."""
        now = time.monotonic()
        limits = self._limits
        if self.pid is not None:
            with contextlib.suppress(OSError, ValueError, IndexError):
                fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
                self.cpu = (int(fields[11]) + int(fields[12])) / TICKS
                if int(fields[21]) * PAGE > (limits.memory_mb << 20) + BASE_MEMORY:
                    return "memory", f"{self._during}it held more than {limits.memory_mb} MiB"
            if self.cpu > limits.cpu_seconds:
                return "timeout", self._during + CPU_DETAIL.format(limits.cpu_seconds)
        if now - self._looked > 0.25:
            self._count_idle(now)
        if self._idle > limits.idle_seconds:
            return "timeout", self._during + IDLE_DETAIL.format(limits.idle_seconds)
        if now - self._started > limits.cpu_seconds * WALL_FACTOR + SLACK_SECONDS:
            return "timeout", self._during + WALL_DETAIL.format(limits.cpu_seconds * WALL_FACTOR + SLACK_SECONDS)
        return None

    def _count_idle(self, now: float) -> None:
        """Time in which no thread ran or waited for a CPU. Without schedstat in this kernel there is none."""
        busy = 0.0
        with contextlib.suppress(OSError, ValueError):
            for task in Path(f"/proc/{self.pid}/task").iterdir():
                run, wait, _ = (task / "schedstat").read_text().split()
                busy += (int(run) + int(wait)) / 1e9
            if busy - self._busy < 0.05 * (now - self._looked):
                self._idle += now - self._looked
        self._busy, self._looked = busy, now
