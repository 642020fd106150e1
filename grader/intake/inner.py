"""What lies in the archives that a student hands in: read in memory, within limits, into no folder."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from grader.intake.archives import UNKNOWN, ArchiveError, Entry, entries, is_archive

MB = 1 << 20
MAX_INSIDE = 512 * MB
"""Bytes that a student's archive may unpack to where all of it has to be read, as of a tar."""
MAX_NESTED = 3
MAX_ARCHIVES = 50


@dataclass
class Opening:
    """The opening of one student's archives. `room` bytes and `files` may still be taken, none above `largest` bytes.

    `work` says of a name whether it is one that students hand in as work, `told` takes a name and what is to be said.
    """

    room: int
    files: int
    largest: int
    work: Callable[[str], bool]
    told: Callable[[str, str], None]
    taken: set[str] = field(default_factory=set)
    archives: int = 0

    def all(self, name: str, file: BinaryIO) -> list[tuple[str, bytes]] | None:
        """The files of the archive `name`, under names as if they lay beside it; None if it holds no work."""
        try:
            return self._all(name, name, file, 1)
        except ArchiveError as error:
            self.told(name, f"{error} and could not be opened; nothing in it was read")
            return None

    def _all(self, name: str, at: str, file: BinaryIO, depth: int) -> list[tuple[str, bytes]] | None:
        """As `all`, for an archive that is shown as `name` and whose files are taken as if it lay at `at`."""
        self.archives += 1
        if self.archives > MAX_ARCHIVES or depth > MAX_NESTED:
            raise ArchiveError("lies in too many other archives")
        listed = [entry for entry in entries(file, most=MAX_INSIDE) if not (entry.folder or _hidden(entry.name))]
        names = [entry.name for entry in listed]
        if not any(self.work(inner) or is_archive(inner) for inner in names):
            return None
        file.seek(0)
        wanted = self._wanted(names)
        if len(wanted) < len(names):
            self.told(name, f"holds {len(names):,} files; all but {len(wanted):,} were left out")
        top = _top([entry.name for entry in listed if not entry.why])
        before = at[: at.rfind("/") + 1]
        found: list[tuple[str, bytes]] = []
        for entry in entries(file, most=MAX_INSIDE):
            if entry.name in wanted and not entry.folder:
                found += self._one(name, entry, before + entry.name.removeprefix(top), depth)
        return found

    def _wanted(self, names: list[str]) -> set[str]:
        """Work and archives before what else there is, as many as may be taken."""
        first = sorted(dict.fromkeys(names), key=lambda name: not (self.work(name) or is_archive(name)))
        return set(first[: max(0, self.files)])

    def _one(self, archive: str, entry: Entry, name: str, depth: int) -> Iterator[tuple[str, bytes]]:
        """One entry as a file; all files of it if it is an archive itself."""
        whole = f"{archive}/{entry.name}"
        if entry.why:
            self.told(whole, entry.why)
            return
        if name in self.taken:
            self.told(whole, f"was left out, because `{name}` was handed in as well")
            return
        if why := self._too_large(entry.size):
            self.told(whole, why)
            return
        try:
            data = b"".join(entry.pieces())
            self.room -= len(data)
            inner = self._all(whole, name, io.BytesIO(data), depth + 1) if is_archive(name) else None
        except ArchiveError as error:
            self.told(whole, f"{error} and was left out")
            return
        if inner is not None:
            yield from inner
            return
        self.files -= 1
        self.taken.add(name)
        yield name, data

    def _too_large(self, size: int) -> str:
        if size > self.largest:
            return f"has {_size(size)} and was left out; the limit is {_size(self.largest)}"
        if size > self.room:
            return f"has {_size(size)} and was left out; there is no more room for it"
        return ""


def unknown_kind(names: Collection[str]) -> str:
    """The first archive of a kind that can't be opened, "" if there is none."""
    return next((name for name in sorted(names) if name.lower().endswith(UNKNOWN)), "")


def _hidden(name: str) -> bool:
    return any(part.startswith(".") and not part.startswith("..") for part in name.split("/"))


def _top(names: list[str]) -> str:
    """The folder around all files, with its slash: students pack the folder and not what is in it."""
    tops = {name.partition("/")[0] for name in names if "/" in name}
    return f"{tops.pop()}/" if len(tops) == 1 and all("/" in name for name in names) else ""


def _size(size: int) -> str:
    return f"{-(-size * 10 // MB) / 10:g} MB"
