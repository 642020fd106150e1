"""Archives, opened as if each were meant to do harm: entries one at a time, in pieces, under names that stay inside.

Theory of operation. An archive lies about sizes, names and the number of its entries. So nothing is extracted by the
libraries themselves: they list the entries and hand out streams, and each name is checked here, the same way for zip
and tar. No link is ever made, so that a relative name without `..` can't lead out. `Sparing` refuses the large single
reads that only the directory of an attack asks for; what is left of an archive's cost is what its reader takes.

A class's archive is unpacked into a private folder that lives as long as the run (a gigabyte of files is no matter
for memory, and the rest of the intake knows folders only). Kept answers hang on contents, never on that place.
"""

from __future__ import annotations

import bz2
import contextlib
import gzip
import math
import os
import re
import shutil
import stat
import struct
import tarfile
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, cast

from grader.model import UsageError

MB = 1 << 20
GB = 1 << 30
MAX_ENTRIES = 100_000
MAX_PATH = 500
MAX_PARTS = 32
MAX_PART = 200
"""Bytes in one name of a path; file systems take 255."""
MAX_UNPACKED = 16 * GB
MAX_RATIO = 100
UNSUSPECTED = GB
"""Below this size a ratio means nothing: a table of zeros shrinks as well as a bomb does."""
MAX_DIRECTORY = 24 * MB
"""Bytes of a zip's directory: `MAX_ENTRIES` with names of 200 letters."""
MAX_HEADER = MB // 4
"""Bytes of one header of a tar: its attributes and its long name."""
PIECE = 1 << 16

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2")
UNKNOWN = (".rar", ".7z", ".tar.xz", ".txz", ".zipx")
"""Archives of kinds that are not opened here."""
LITTER = frozenset({"__MACOSX", "__pycache__", ".DS_Store", ".ipynb_checkpoints", ".git"})

_BROKEN = (
    *(OSError, ValueError, EOFError, RuntimeError, LookupError, OverflowError),
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, struct.error),
)
_DRIVE = re.compile(r"[A-Za-z]:[/\\]")


class ArchiveError(Exception):
    """An archive or an entry of it can't be used. `str()` goes on after its name: “is damaged”."""


@dataclass(frozen=True)
class Entry:
    """A file or folder of an archive; `why`, unless "", says why it can't be taken. Else `name` is safe to write to."""

    name: str
    size: int
    folder: bool
    why: str
    open: Callable[[], IO[bytes]]

    def pieces(self) -> Iterator[bytes]:
        """The contents, piece by piece, never more than `size`. Raises ArchiveError where they are damaged."""
        left = self.size
        try:
            with self.open() as stream:
                while data := stream.read(min(PIECE, left + 1)):
                    left -= len(data)
                    if left < 0:
                        raise ArchiveError("is damaged: it is longer than it says")
                    yield data
        except _BROKEN as error:
            raise ArchiveError(f"is damaged ({_reason(error)})") from None
        if left:
            raise ArchiveError("is damaged: it is shorter than it says")


class Sparing:
    """A file that refuses to be read beyond `end`, or in pieces above `largest`."""

    def __init__(self, file: BinaryIO, largest: int, end: float = math.inf) -> None:
        self._file, self._largest, self._end = file, largest, end

    def read(self, size: int | None = -1) -> bytes:
        """As a file; raises ArchiveError where more is asked for than an honest archive has."""
        if size is None or size < 0:
            size = self._largest
        if size > self._largest:
            raise ArchiveError(f"has a directory of more than {_size(self._largest)}, which no honest archive has")
        data = self._file.read(size)
        if size > PIECE * 8 and data.count(b"PK\1\2") > MAX_ENTRIES:
            raise ArchiveError(f"holds more than {MAX_ENTRIES:,} files")
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        """As a file; raises ArchiveError beyond the end."""
        if offset > self._end:
            raise ArchiveError(f"unpacks to more than {_size(int(self._end))}")
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        """Leaves the file open: it belongs to whoever opened it."""


def is_archive(name: str) -> bool:
    """Whether a file's name is that of an archive that can be opened; a `.docx` or `.npz` is no archive here."""
    return name.lower().endswith(ARCHIVES)


def stem(name: str) -> str:
    """An archive's name without what says its kind."""
    ending = next((end for end in sorted(ARCHIVES, key=len, reverse=True) if name.lower().endswith(end)), "")
    return name[: len(name) - len(ending)]


def is_litter(name: str) -> bool:
    """Whether a path leads to what systems and editors leave behind."""
    return any(part in LITTER or part.startswith("._") for part in name.split("/"))


def entries(file: BinaryIO, *, most: int = MAX_UNPACKED) -> Iterator[Entry]:
    """The entries of an archive without litter, in its order; each can be read until the next one is asked for.

    Raises ArchiveError where the archive as a whole can't be used, or unpacks to more than `most` bytes on the way.
    """
    try:
        kind = file.read(4)
        file.seek(0)
        if kind[:2] == b"PK":
            found = _in_zip(file)
        elif kind[:2] == b"\x1f\x8b":
            found = _in_tar(cast(BinaryIO, gzip.GzipFile(fileobj=file)), most)
        elif kind[:3] == b"BZh":
            found = _in_tar(cast(BinaryIO, bz2.BZ2File(file)), most)
        else:
            found = _in_tar(file, most) if kind else iter(())
        count = 0
        for entry in found:
            if not entry.name or is_litter(entry.name):
                continue
            count += 1
            if count > MAX_ENTRIES:
                raise ArchiveError(f"holds more than {MAX_ENTRIES:,} files")
            yield entry
    except _BROKEN as error:
        raise ArchiveError(f"is damaged or no archive ({_reason(error)})") from None
    if not kind:
        raise ArchiveError("is empty")


def _in_zip(file: BinaryIO) -> Iterator[Entry]:
    with zipfile.ZipFile(cast(IO[bytes], Sparing(file, MAX_DIRECTORY))) as archive:
        infos = archive.infolist()
        if len(infos) > MAX_ENTRIES:
            raise ArchiveError(f"holds more than {MAX_ENTRIES:,} files")
        _refuse_overlaps(infos)
        for info in infos:
            name, why = _inside(_zip_name(info).replace("\\", "/"))
            mode = stat.S_IFMT(info.external_attr >> 16) if info.create_system == 3 else 0
            if mode == stat.S_IFLNK:
                why = why or "is a symbolic link and was left out; hand in the file itself"
            elif mode not in (0, stat.S_IFREG, stat.S_IFDIR):
                why = why or "is not a regular file and was left out"
            elif info.flag_bits & 1:
                why = why or "is protected by a password and was left out"
            elif info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                why = why or "is compressed in a way that can't be read here and was left out"
            yield Entry(name, info.file_size, info.is_dir() or mode == stat.S_IFDIR, why, _opener(archive, info))


def _refuse_overlaps(infos: list[zipfile.ZipInfo]) -> None:
    """A bomb can use the same bytes for all its entries; no program that packs files does."""
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise ArchiveError("has entries that overlap, as only a zip bomb has")
        end = info.header_offset + 30 + info.compress_size


def _zip_name(info: zipfile.ZipInfo) -> str:
    """An entry's name; where UTF-8 was written without saying so, as macOS does, it is read as such."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode()
    except UnicodeError:
        return info.filename


def _opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    return lambda: archive.open(info)


def _in_tar(file: BinaryIO, most: int) -> Iterator[Entry]:
    with tarfile.open(fileobj=cast(IO[bytes], Sparing(file, MAX_HEADER, most)), mode="r:") as archive:
        while (member := archive.next()) is not None:
            archive.members = []  # type: ignore[attr-defined]  # it would keep all that it has seen
            name, why = _inside(member.name)
            if member.issym() or member.islnk():
                why = why or "is a symbolic link and was left out; hand in the file itself"
            elif not (member.isreg() or member.isdir()) or member.issparse():
                why = why or "is not a regular file and was left out"
            yield Entry(name, member.size, member.isdir(), why, _tar_opener(archive, member))


def _tar_opener(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Callable[[], IO[bytes]]:
    def opened() -> IO[bytes]:
        stream = archive.extractfile(member)
        if stream is None:
            raise EOFError("it has no contents")
        return stream

    return opened


def _inside(raw: str) -> tuple[str, str]:
    """A name in NFC, relative and without `..`, and why its entry can't be taken ("" if it can).

    The name of an entry that can't be taken is only good to be shown.
    """
    name = unicodedata.normalize("NFC", raw)
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or _DRIVE.match(name) or ".." in parts:
        return name or "/", "has a name that leads out of the archive and was left out"
    if "\0" in name:
        return name, "has a name that can't be used and was left out"
    if len(parts) > MAX_PARTS:
        return name, "lies too deep in folders and was left out"
    if len(name) > MAX_PATH:
        return name, "has a path that is too long and was left out"
    return "/".join(map(_part, parts)), ""


def _part(part: str) -> str:
    """One name of a path, short enough for a file system; what is cut is the end of its stem."""
    if len(os.fsencode(part)) <= MAX_PART:
        return part
    ending = PurePosixPath(part).suffix[:20]
    return part.encode(errors="replace")[: MAX_PART - 80].decode(errors="ignore") + "…" + ending


def _reason(error: BaseException) -> str:
    """What a library said of damaged data, in a few words without its line breaks."""
    said = " ".join(str(error).split()).rstrip(".")
    return said[:80] or type(error).__name__


# --- a class's archive


@contextlib.contextmanager
def unpacked(path: Path, largest: int) -> Iterator[tuple[Path, list[str]]]:
    """A private folder, for as long as the context lasts, with what an archive holds, and sentences on what it lacks.

    A file above `largest` bytes that is no archive itself keeps its size and none of its bytes: nobody reads it, and
    its student is told its size. Raises UsageError where the archive as a whole can't be used.
    """
    with tempfile.TemporaryDirectory(prefix="grade-") as place:
        folder = Path(place) / (_part(stem(path.name)).strip(".") or "submissions")
        try:
            with path.open("rb") as file:
                folder.mkdir()
                said = _Unpacking(folder, largest, _room(path)).all(file)
        except ArchiveError as error:
            raise UsageError(f"{path} {error}; download it again, or unpack it yourself and name the folder") from None
        except OSError as error:
            raise UsageError(f"{path} can't be unpacked into {place}: {error.strerror}; TMPDIR names a place") from None
        yield folder, said


def _room(path: Path) -> int:
    """How many bytes an archive may unpack to."""
    return min(MAX_UNPACKED, max(UNSUSPECTED, MAX_RATIO * path.stat().st_size))


class _Unpacking:
    """The unpacking of one archive into a folder, within `room` bytes."""

    def __init__(self, folder: Path, largest: int, room: int) -> None:
        self._folder, self._largest, self._room = folder, largest, room
        self._left = room
        self._seen: dict[str, str] = {}
        self._said: list[str] = []
        self._refused = 0

    def all(self, file: BinaryIO) -> list[str]:
        """Unpacks everything; what could not be, in sentences."""
        taken = 0
        for entry in entries(file, most=self._room):
            taken += self._take(entry)
        if not taken and self._refused:
            raise ArchiveError(f"holds nothing that can be used: {self._said[0]}")
        more = len(self._said) - 20
        return [*self._said[:20], *([f"and {more:,} more sentences of this kind"] if more > 0 else [])]

    def _take(self, entry: Entry) -> bool:
        if entry.why:
            self._tell(entry, entry.why)
            return False
        self._tell_twins(entry)
        hollow = entry.size > self._largest and not is_archive(entry.name)
        self._left -= 0 if hollow or entry.folder else entry.size
        if self._left < 0:
            raise ArchiveError(f"unpacks to more than {_size(self._room)}")
        place = self._folder / entry.name
        try:
            (place if entry.folder else place.parent).mkdir(parents=True, exist_ok=True)
            return entry.folder or self._write(entry, place, hollow=hollow)
        except ArchiveError as error:
            place.unlink(missing_ok=True)
            self._tell(entry, f"{error} and was left out")
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            self._tell(entry, "has the name of a file that is in the way and was left out")
        return False

    def _write(self, entry: Entry, place: Path, *, hollow: bool) -> bool:
        """Writes a file, over one of the same name: archives that were added to hold the newer one last."""
        if not hollow and entry.size > shutil.disk_usage(self._folder).free:
            raise OSError(28, "the disk is full")
        with place.open("wb") as file:
            if hollow:
                file.truncate(min(entry.size, 64 * GB))
            else:
                for piece in entry.pieces():
                    file.write(piece)
        return True

    def _tell_twins(self, entry: Entry) -> None:
        """Says of a name that is there twice, or in another case: some systems would show one of the two."""
        key = entry.name.casefold()
        other = self._seen.setdefault(key, entry.name)
        if entry.folder:
            return
        if other != entry.name:
            self._tell(entry, f"differs from `{_shown(other)}` in the case of letters alone; both were taken")
        elif (self._folder / entry.name).is_file():
            self._tell(entry, "is in it twice; the last was taken")

    def _tell(self, entry: Entry, what: str) -> None:
        self._refused += 1
        self._said.append(f"`{_shown(entry.name)}` {what}")


def _shown(name: str) -> str:
    """A name as it stands in a sentence: what can't be printed is replaced, and what is long is cut in the middle."""
    plain = "".join(c if c.isprintable() else "_" for c in name)
    return plain if len(plain) <= 150 else f"{plain[:60]}…{plain[-60:]}"


def _size(size: int) -> str:
    return f"{size / GB:g} GB" if size >= GB else f"{math.ceil(size * 10 / MB) / 10:g} MB"
