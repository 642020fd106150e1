"""What an attack may leave where it must not, found by looking."""

from __future__ import annotations

import contextlib
import hashlib
import os
import site
import stat
import sys
import tempfile
from pathlib import Path


def tree(*folders: Path) -> dict[str, str]:
    """Everything below the folders: kind, permissions, owner, times, attributes and content, by path."""
    found = {}
    for folder in folders:
        for path in (folder, *sorted(folder.rglob("*"))):
            seen = path.lstat()
            told = [oct(seen.st_mode), seen.st_uid, seen.st_nlink, *_content(path, seen)]
            if not stat.S_ISDIR(seen.st_mode):
                told += [seen.st_mtime_ns, *_attributes(path)]
            found[str(path)] = " ".join(map(str, told))
    return found


def difference(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The paths that are new, gone or not what they were."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def marked(mark: str, *more: Path) -> list[Path]:
    """Files with the mark in their name, in the folders where a process finds something to plant."""
    likely = [
        tempfile.gettempdir(),
        "/tmp",
        "/var/tmp",
        "/dev/shm",
        "/dev/mqueue",
        "/",
        str(Path.home()),
        str(Path.cwd()),
    ]
    folders = {Path(path) for path in (*likely, *sys.path, site.getusersitepackages()) if path}
    found = {path for folder in folders for path in _named(folder, mark)}
    return sorted(found | {path for folder in more for path in folder.rglob(f"*{mark}*")})


def _named(folder: Path, mark: str) -> list[Path]:
    try:
        return [folder / name for name in os.listdir(folder) if mark in name]
    except OSError:
        return []


def _content(path: Path, seen: os.stat_result) -> list[str]:
    if stat.S_ISLNK(seen.st_mode):
        return [str(path.readlink())]
    if stat.S_ISREG(seen.st_mode):
        with contextlib.suppress(PermissionError):
            return [hashlib.sha256(path.read_bytes()).hexdigest()]
    return []


def _attributes(path: Path) -> list[str]:
    with contextlib.suppress(OSError):
        return os.listxattr(path, follow_symlinks=False)
    return []
