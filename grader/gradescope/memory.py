"""How much memory the container still has: what a student's process may be promised without ending ours."""

from __future__ import annotations

from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
FILES = (
    ("memory.max", "memory.current", "memory.stat", "inactive_file"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat", "total_inactive_file"),
)
"""Limit, use, and the part of the use that the kernel gives back when asked, in both versions of cgroups."""
UNLIMITED = 1 << 50


def room_mb(cgroups: Path = CGROUPS) -> int | None:
    """Mebibytes that are left below the container's limit; None where it has none, or none that can be read."""
    for limit, used, stat, cached in FILES:
        try:
            most = int((cgroups / limit).read_text())
            taken = int((cgroups / used).read_text())
            given_back = dict(line.split() for line in (cgroups / stat).read_text().splitlines()).get(cached, "0")
        except (OSError, ValueError):  # `max` is no number, and means that there is no limit
            continue
        if most < UNLIMITED:
            return max(0, most - taken + int(given_back)) >> 20
    return None
