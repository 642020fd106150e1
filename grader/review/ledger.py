"""The only writer of `reviews.jsonl`. One entry is one line, and it is on disk before anybody is told that it is.

Several processes may write to one results folder: each takes the lock of the file, reads what the others have appended,
checks, appends and syncs. What was torn by a kill or a full disk was never acknowledged; it is moved aside before the
next line is written, so that no line is ever written onto half of another.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from grader.decisions import Decided, Entry, fold, line
from grader.store import WHY, Store, StoreError


class Ledger:
    """The decisions on one results folder, as they are now."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._path = store.folder / "reviews.jsonl"
        self._here = threading.Lock()
        self._seen: tuple[int, ...] = ()
        self._decided = Decided()

    def read(self) -> Decided:
        """What is in force; read anew only if the file has changed. Raises CourseError for a line that is wrong."""
        with self._here:
            return self._read()

    def append(self, make: Callable[[Decided], Entry]) -> Entry:
        """Appends what `make` makes of the state, which nobody can change meanwhile; if it raises, nothing is written.

        Returns when the entry is on disk. Raises StoreError if it can't be written.
        """
        with self._here, self._locked() as file:
            self._mend(file)
            entry = make(self._read())
            self._write(file, line(entry))
            return entry

    def _read(self) -> Decided:
        try:
            about = self._path.stat()
            now: tuple[int, ...] = (about.st_ino, about.st_size, about.st_mtime_ns)
        except FileNotFoundError:
            now = ()
        if now != self._seen or not now:
            self._decided = fold(self._store.entries())
            self._seen = now
        return self._decided

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """The open file, under its lock. Another program may have put a new file in its place while we waited."""
        while True:
            try:
                file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
            except OSError as error:
                raise self._failed(error) from None
            try:
                fcntl.flock(file, fcntl.LOCK_EX)
                if self._path.exists() and os.fstat(file).st_ino == self._path.stat().st_ino:
                    yield file
                    return
            finally:
                os.close(file)

    def _mend(self, file: int) -> None:
        """Ends a last line that has no end: one that is whole gets it, one that was torn is moved aside."""
        data = self._path.read_bytes()
        rest = data.rpartition(b"\n")[2]
        if not rest:
            return
        try:
            json.loads(rest)
        except ValueError:
            with self._path.with_name("reviews.torn").open("ab") as aside:
                aside.write(rest + b"\n")
            os.ftruncate(file, len(data) - len(rest))
        else:
            self._write(file, b"\n")

    def _write(self, file: int, data: bytes) -> None:
        size = os.fstat(file).st_size
        try:
            written = os.write(file, data)
            while written < len(data):
                written += os.write(file, data[written:])
            os.fsync(file)
            if not size:
                self._sync_folder()
        except OSError as error:
            os.ftruncate(file, size)
            raise self._failed(error) from None

    def _sync_folder(self) -> None:
        """Makes the new file's name last, too."""
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _failed(self, error: OSError) -> StoreError:
        why = WHY.get(error.errno or 0, error.strerror or str(error))
        return StoreError(f"not saved: can't write {self._path}: {why}; what was decided before is kept")
