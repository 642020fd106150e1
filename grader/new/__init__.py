"""A new course, with a homework that has one question of each kind and already grades."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from grader.model import UsageError

SUFFIX = ".template"
"""Ends the names of the files in the package, so that no tool takes them for its own Python."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def new_course(place: Path) -> list[str]:
    """Writes a course into a new or empty folder; the names of its files. Raises UsageError."""
    name = place.resolve().name
    if not NAME.fullmatch(name):
        raise UsageError(
            f"`{name}` can't be the name of a course: take letters, digits, dots, dashes and underscores, 64 at most"
        )
    written = []
    try:
        if place.is_symlink() or place.exists():
            if not place.is_dir():
                raise UsageError(f"{place} is a file; name a new folder")
            if any(place.iterdir()):
                raise UsageError(f"{place} is there already and not empty; name a new folder")
        for path, content in templates():
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_bytes(content.replace(b"COURSE", name.encode()))
            written.append(path)
    except OSError as error:
        raise UsageError(f"{error.filename or place} can't be written: {error.strerror}") from None
    return written


def templates() -> list[tuple[str, bytes]]:
    """Path and content of every file of a new course."""
    return sorted(_below(files("grader.new") / "course", ""))


def _below(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _below(entry, f"{path}{entry.name}/")
        elif entry.name.endswith(SUFFIX):
            yield path + entry.name.removesuffix(SUFFIX), entry.read_bytes()
