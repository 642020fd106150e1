"""Fair limits: what one process may use, judged by what the kernel says of it, never by what it says itself.

CPU seconds are the limit. A process that neither runs nor waits for a CPU (`input()`, a lock, `sleep`) is stopped after
its idle seconds, which a busy machine does not use up. Wall time is a guard of 20 times the CPU limit.
"""

from __future__ import annotations

import contextlib
import os
import signal
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
    """Limits on one process, judged by what the kernel says of it.

    With `group`, on all processes of its group: while files are imported, a student's code may start some. Until the
    process has said hello, its `starter` is watched instead: hostile code in that one may never start it.
    """

    def __init__(self, limits: Limits, during: str = "", *, group: bool = False, starter: int | None = None) -> None:
        self.pid: int | None = None
        self._pidfd: int | None = None
        self._limits = limits
        self._during = during
        self._group = group
        self._starter = starter
        self._before = _usage(starter)[0] if starter is not None else 0.0
        self._started = time.monotonic()
        self._looked = self._started
        self._busy = 0.0
        self._idle = 0.0

    def found(self, pid: int) -> None:
        """The process has said hello, and the kernel has said who it is."""
        self.pid = pid
        self._busy = 0.0
        if self._starter is not None:
            with contextlib.suppress(OSError):
                self._pidfd = os.pidfd_open(pid)

    def kill(self) -> None:
        """Ends the process, if it is still there; a number that now means another one is not hit."""
        if self._pidfd is not None:
            with contextlib.suppress(OSError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            os.close(self._pidfd)
        self._pidfd = None

    def restart(self) -> None:
        """A new request has come: wall time begins again; CPU and idle time go on, so that many short naps count."""
        self._started = self._looked = time.monotonic()

    def answered(self) -> None:
        """The request is answered: what it waited counts, too, before the process waits for the next one."""
        now = time.monotonic()
        if self.pid is not None and now - self._looked > 0.05:
            self._count_idle(now, [self.pid])

    def verdict(self) -> tuple[Status, str] | None:
        """The limit that is passed, if any."""
        now, limits = time.monotonic(), self._limits
        pids = [self.pid] if self.pid is not None else []
        if now - self._looked > 0.25:
            # Looking through all processes of the machine is not for every look.
            leader = self._starter if self.pid is None else self.pid if self._group else None
            pids = _members(leader) if leader is not None else pids
            self._count_idle(now, pids)
        usage = [_usage(pid) for pid in pids]
        if any(rss > (limits.memory_mb << 20) + BASE_MEMORY for _, rss in usage):
            return "memory", f"{self._during}it held more than {limits.memory_mb} MiB"
        if sum(cpu for cpu, _ in usage) - (self._before if self.pid is None else 0.0) > limits.cpu_seconds:
            return "timeout", self._during + CPU_DETAIL.format(limits.cpu_seconds)
        if self._idle > limits.idle_seconds:
            return "timeout", self._during + IDLE_DETAIL.format(limits.idle_seconds)
        if now - self._started > limits.cpu_seconds * WALL_FACTOR + SLACK_SECONDS:
            return "timeout", self._during + WALL_DETAIL.format(limits.cpu_seconds * WALL_FACTOR + SLACK_SECONDS)
        return None

    def _count_idle(self, now: float, pids: list[int]) -> None:
        """Time in which no thread ran or waited for a CPU. Without schedstat in this kernel there is none."""
        busy = 0.0
        with contextlib.suppress(OSError, ValueError):
            for pid in pids:
                for task in Path(f"/proc/{pid}/task").iterdir():
                    run, wait, _ = (task / "schedstat").read_text().split()
                    busy += (int(run) + int(wait)) / 1e9
            # While nothing is known of it, it is not idle: on a busy machine a beginning can take its time.
            if pids and busy - self._busy < 0.05 * (now - self._looked):
                self._idle += now - self._looked
        self._busy, self._looked = busy, now


def _usage(pid: int) -> tuple[float, int]:
    """CPU seconds, those of ended children included, and resident bytes; nothing for a process that is gone."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(int(ticks) for ticks in fields[11:15]) / TICKS, int(fields[21]) * PAGE
    return 0.0, 0


def _members(group: int) -> list[int]:
    """The processes of a group, the first one included."""
    found = [group]
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and entry.name != str(group):
            with contextlib.suppress(OSError, ValueError, IndexError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(fields[2]) == group:
                    found.append(int(entry.name))
    return found
