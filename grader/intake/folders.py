"""Folders of students: finding the submissions in them, and reading one within limits.

`discover` looks at names alone, and lists what lies there: a link too, because it was handed in. `read` opens regular
files and nothing else (a link could lead to the reference, a pipe would never end), and what it leaves out it says.
"""

from __future__ import annotations

import math
import os
import re
import stat
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from grader.intake.answers import split_all
from grader.intake.notebooks import code_cells, read_notebook
from grader.intake.segments import has_headings
from grader.model import NO_PART, Submission, UsageError, Work

MB = 1 << 20
MAX_FILE = 32 * MB
MAX_TOTAL = 64 * MB
MAX_FILES = 2_000
MAX_DEPTH = 32
MAX_NAME = 150
MAX_WRITTEN = MB
MAX_REMARKS = 50

IGNORED = frozenset({"__MACOSX", "__pycache__"})
RESULTS = frozenset({"index.html", "grades.csv", "reviews.jsonl", "run.jsonl"})
"""Files of the whole class in a results folder: no student's own folder there can have such a name."""
WRITTEN = frozenset({"answers.md", "answers.txt"})
"""Written answers, beside every file of LaTeX."""

_BOMS = ((b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_UTF8_BOM = b"\xef\xbb\xbf"
_CODING = re.compile(rb"([ \t\f]*#[^\r\n]*?coding[:=][ \t]*)([-\w.]+)")
_BLANK = re.compile(rb"[ \t\f]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)")
_PLAIN_CODECS = re.compile(
    r"(iso[-_]?)?8859[-_]?\d{1,2}|iso8859|latin[-_]?\d{0,2}|l\d|(cp|windows[-_]?)\d{3,4}|koi8[-_]?[rut]|mac[-_]?roman|gbk|gb2312"
    r"|gb18030|big5|euc[-_]?(jp|kr)|shift[-_]?jis|s?jis",
    re.IGNORECASE,
)
"""Encodings that people write programs in. Python also accepts odd ones as a coding line, some of them very slow."""


def discover(path: Path) -> list[Submission]:
    """The submissions under `path`, by name: one per child folder, or a single one if `path` is a student's own folder.

    Names are in NFC. A student without files is a submission without files. A link is listed and never followed.
    Raises `UsageError` where there is no folder, nothing in it, or two students of one name.
    """
    entries = _entries(path)
    students = [(_student(entry.name), _handed_in(entry)) for entry in entries if _is_folder(entry)]
    loose = [entry.name for entry in entries if not _is_folder(entry)]
    if any(map(_is_work, loose)) and not any(_is_work(name) for _, files in students for name in files):
        own = path if path.name not in ("", "..") else path.resolve()
        return [Submission(_student(own.name) or "submission", _files(path))]
    if not entries:
        raise UsageError(f"{_shown(str(path))} is empty: expected one folder per student")
    if not students:
        raise UsageError(
            f"{_shown(str(path))} holds no student folders: expected one folder per student, or the files of one "
            f"student (.py, .ipynb, answers.md)"
        )
    return _named(students)


def homeworks(path: Path, names: Collection[str]) -> dict[str, Path]:
    """Homework → folder, for the child folders of `path` that are named like a rubric; empty if none is."""
    wanted = {_clean(name): name for name in names}
    return {
        wanted[_clean(entry.name)]: Path(entry.path)
        for entry in _entries(path)
        if _clean(entry.name) in wanted and entry.is_dir(follow_symlinks=False)
    }


def read(submission: Submission, *, whole: bool = False, parts: Sequence[str] = ()) -> Work:
    """The submission's sources and written answers, within limits. Never raises on what a student handed in.

    Sources are all files but notebooks, under their own names, Python in UTF-8; a notebook `x.ipynb` becomes `x.py`.
    With `whole` its code cells are there under its own name, too, for what has to run from top to bottom.
    `parts` are the labels of what is asked for in writing, in order, if they are known.
    """
    reading = _Reading(whole=whole)
    notebooks: list[tuple[str, bytes]] = []
    for name, data in reading.files(submission.files):
        if _suffix(name) == ".ipynb":
            notebooks.append((name, data))
        else:
            reading.take(name, data)
    for name, data in notebooks:
        reading.take_notebook(name, data)
    written = split_all(reading.written, parts)
    remarks = (*reading.all_remarks(), *written.remarks)
    answers = {**written.parts, **({NO_PART: written.stray} if written.stray else {})}
    return Work(reading.sources, answers, written.unplaced, remarks)


@dataclass
class _Reading:
    """What was read so far of one submission. `whole` says that notebooks are taken with all their code, too."""

    whole: bool = False
    sources: dict[str, bytes] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    total: int = 0

    def files(self, files: Mapping[str, Path]) -> Iterator[tuple[str, bytes]]:
        """(name, bytes) of the files within the limits, by name. Names come out as text that can be shown."""
        names = sorted(files)
        if len(names) > MAX_FILES:
            self.remarks.append(f"{len(names):,} files were handed in; all but the first {MAX_FILES:,} were left out")
        taken: set[str] = set()
        for name in names[:MAX_FILES]:
            why, data = self._contents(name, files[name])
            if why:
                self.remarks.append(f"`{_clean(name)}` {why}")
                continue
            free = _free(_clean(name), taken)
            if free != unicodedata.normalize("NFC", name):
                self.remarks.append(f"a file whose own name can't be used is handed on as `{free}`")
            taken.add(free)
            yield free, data

    def _contents(self, name: str, path: Path) -> tuple[str, bytes]:
        """("", bytes), or why the file was left out."""
        try:
            facts = path.lstat()
            if stat.S_ISLNK(facts.st_mode):
                return "is a symbolic link and was left out; hand in the file itself", b""
            if stat.S_ISDIR(facts.st_mode):
                deep = name.count("/") >= MAX_DEPTH
                return f"is a folder that {'lies too deep' if deep else 'can not be opened'} and was left out", b""
            if not stat.S_ISREG(facts.st_mode):
                return "is not a regular file and was left out", b""
            if facts.st_size > MAX_FILE:
                return f"has {_size(facts.st_size)} and was left out; the limit is {_size(MAX_FILE)}", b""
            if self.total + facts.st_size > MAX_TOTAL:
                return (
                    f"has {_size(facts.st_size)} and was left out; all files together may have {_size(MAX_TOTAL)}",
                    b"",
                )
            data = _bytes(path, facts.st_size)
        except (OSError, ValueError) as error:
            return f"can't be read and was left out ({getattr(error, 'strerror', None) or 'unusable name'})", b""
        self.total += len(data)
        return "", data

    def take(self, name: str, data: bytes) -> None:
        """Takes a file that is no notebook."""
        if _suffix(name) == ".py":
            data, remark = _python(data)
            self._remark(name, remark)
        elif _is_written(name):
            if len(data) > MAX_WRITTEN:
                self._too_much_text(name, len(data))
            else:
                text, remark = _text(data)
                self._remark(name, remark)
                self.written.insert(self._place(name, text), text.replace("\0", "�"))
        self.sources[name] = data

    def _place(self, name: str, text: str) -> int:
        """Where a text comes among the others: one that only defines macros stands before what uses them."""
        defines = _suffix(name) == ".tex" and "\\begin{document}" not in text and not has_headings(text)
        return 0 if defines else len(self.written)

    def take_notebook(self, name: str, data: bytes) -> None:
        """Takes a notebook: what it defines as a module, what is written in it as answers."""
        found = read_notebook(data, _clean(name))
        if isinstance(found, str):
            self.remarks.append(found)
            return
        self.remarks.extend(found.remarks)
        stem = name[: -len(".ipynb")]
        module = f"{stem}.py" if f"{stem}.py" not in self.sources else _free(f"{stem}_notebook.py", self.sources)
        if module != f"{stem}.py":
            self._remark(name, f"was read as `{_clean(module)}`, because `{_clean(stem)}.py` was handed in as well")
        self.sources[module] = found.code
        if self.whole:
            self.sources[name] = code_cells(data, _clean(name))
        size = sum(map(len, found.written))
        if size > MAX_WRITTEN:
            self._too_much_text(name, size)
        else:
            self.written.extend(found.written)

    def all_remarks(self) -> tuple[str, ...]:
        """The remarks, at most `MAX_REMARKS` and how many more there were."""
        more = len(self.remarks) - MAX_REMARKS
        return (*self.remarks[:MAX_REMARKS], *([f"and {more:,} more remarks of this kind"] if more > 0 else []))

    def _too_much_text(self, name: str, size: int) -> None:
        self._remark(
            name, f"has {_size(size)} of text, which is not read as answers; the limit is {_size(MAX_WRITTEN)}"
        )

    def _remark(self, name: str, remark: str) -> None:
        if remark:
            self.remarks.append(f"`{_clean(name)}` {remark}")


def _entries(path: Path) -> list[os.DirEntry[str]]:
    """What lies in a folder that the operator named, by name, without hidden files and litter."""
    try:
        with os.scandir(path) as entries:
            return sorted((entry for entry in entries if not _is_litter(entry.name)), key=lambda entry: entry.name)
    except FileNotFoundError:
        raise UsageError(f"{_shown(str(path))} does not exist") from None
    except NotADirectoryError:
        raise UsageError(f"{_shown(str(path))} is a file: expected a folder with one folder per student") from None
    except OSError as error:
        raise UsageError(f"{_shown(str(path))} can't be opened: {error.strerror}") from None


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether an entry beside the students is a student: a folder, or a link to one."""
    return os.path.isdir(entry.path)  # noqa: PTH112 - unlike its successors, it never raises


def _student(name: str) -> str:
    """A student's name from that of the folder."""
    clean = _clean(name)
    return f"{clean}_" if clean.casefold() in RESULTS else clean


def _handed_in(entry: os.DirEntry[str]) -> dict[str, Path]:
    """The files of a student's folder. One that is itself a link is its only file, which `read` won't follow."""
    return {_clean(entry.name): Path(entry.path)} if entry.is_symlink() else _files(Path(entry.path))


def _files(top: Path) -> dict[str, Path]:
    """Relative name → place, of all that lies below a student's folder and is not a folder that can be opened."""
    found: dict[str, Path] = {}
    waiting = [("", _entries(top))]
    while waiting:
        prefix, entries = waiting.pop()
        for entry in entries:
            name = prefix + entry.name
            inside = None
            if entry.is_dir(follow_symlinks=False) and name.count("/") < MAX_DEPTH:
                inside = _entries_or_none(entry.path)
            if inside is None:
                found[name] = Path(entry.path)
            else:
                waiting.append((name + "/", inside))
    normal = {unicodedata.normalize("NFC", name): place for name, place in found.items()}
    # Two spellings of one accented name are two files: then both keep the spelling that they have.
    return dict(sorted(normal.items() if len(normal) == len(found) else found.items()))


def _entries_or_none(path: str) -> list[os.DirEntry[str]] | None:
    """As `_entries`, None where the folder can't be opened; that is said when the submission is read."""
    try:
        return _entries(Path(path))
    except UsageError:
        return None


def _named(found: list[tuple[str, dict[str, Path]]]) -> list[Submission]:
    """The submissions by name; names that only differ in case or spelling of an accent would share a report."""
    taken: dict[str, str] = {}
    for name, _ in found:
        key = unicodedata.normalize("NFC", name.casefold())
        if key in taken:
            both = f"{_clean(taken[key])} and {_clean(name)}"
            raise UsageError(f"two students have the same name: {both}; rename one folder")
        taken[key] = name
    return [Submission(name, files) for name, files in sorted(found)]


def _is_litter(name: str) -> bool:
    # Two dots hide nothing from anyone by convention: that is a strange name, and not litter.
    return (name.startswith(".") and not name.startswith("..")) or name in IGNORED


def _is_work(name: str) -> bool:
    """Whether a file is one that a student hands in, and not one that lies about."""
    return _suffix(name) in (".py", ".ipynb") or _is_written(name)


def _is_written(name: str) -> bool:
    """Whether a file holds written answers."""
    return PurePosixPath(name).name.lower() in WRITTEN or _suffix(name) == ".tex"


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _bytes(path: Path, size: int) -> bytes:
    """The first `size` bytes. Whatever took the file's place since it was looked at is not followed or waited for."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        return file.read(size)


def _python(data: bytes) -> tuple[bytes, str]:
    """A Python source in UTF-8 without byte-order mark, and what is remarkable about it ("" if nothing)."""
    declared = "" if data.startswith(_UTF8_BOM) else _declared(data)
    damaged = "holds a NUL byte, which Python can't read: the file may be damaged" if b"\0" in data else ""
    if data.isascii():
        return data, damaged
    if declared and _PLAIN_CODECS.fullmatch(declared):
        try:
            return _as_utf8(data.decode(declared)), damaged
        except (UnicodeError, LookupError):
            pass
    text, remark = _text(data)
    if b"\0" in data and "\0" not in text:
        damaged = ""  # UTF-16 writes every ASCII letter with a zero
    return _as_utf8(text), remark or damaged


def _text(data: bytes) -> tuple[str, str]:
    """Text in whatever encoding it has, and what is remarkable about that ("" if it is UTF-8)."""
    for bom, codec in _BOMS:
        if data.startswith(bom):
            return data.decode(codec, "replace"), ""
    data = data.removeprefix(_UTF8_BOM)
    try:
        return data.decode(), ""
    except UnicodeDecodeError:
        remark = "is not in UTF-8 and was read as Latin-1; accents may be wrong"
    try:
        return data.decode("cp1252"), remark
    except UnicodeDecodeError:
        return data.decode("latin-1"), remark


def _declared(data: bytes) -> str:
    """The encoding that one of the first two lines declares (PEP 263), or ""."""
    match = _coding(data)
    return match[2].decode("ascii", "replace") if match else ""


def _coding(data: bytes) -> re.Match[bytes] | None:
    first = _CODING.match(data)
    blank = _BLANK.match(data)
    return first or (_CODING.match(data, blank.end()) if blank else None)


def _as_utf8(text: str) -> bytes:
    """The text in UTF-8, with a coding line that says so where there is one."""
    data = text.encode("utf-8", "replace")
    match = _coding(data)
    if match is None or match[2].lower().replace(b"_", b"-") in (b"utf-8", b"utf8"):
        return data
    return data[: match.start(2)] + b"utf-8" + data[match.end(2) :]


def _free(name: str, taken: Collection[str]) -> str:
    """The name, or the first of `name_2`, `name_3`, … that is not taken."""
    path, number = PurePosixPath(name), 1
    while name in taken:
        number += 1
        name = str(path.with_name(f"{path.stem}_{number}{path.suffix}"))
    return name


def _clean(name: str) -> str:
    """A name in NFC that can be shown, written and sent anywhere: what can't be printed is replaced, never longer."""
    normal = unicodedata.normalize("NFC", name)
    if not normal.isprintable():
        odd_spaces = "".join(" " if unicodedata.category(c) == "Zs" else c for c in normal)
        normal = "".join(c if c.isprintable() else "_" for c in odd_spaces)
    return normal if len(normal) <= MAX_NAME else f"{normal[:30]}…{normal[-30:]}"


def _shown(name: str) -> str:
    """A path that the operator typed, as it stands in a sentence: whole."""
    return "".join(c if c.isprintable() else "_" for c in unicodedata.normalize("NFC", name))


def _size(size: int) -> str:
    """A size in MB of 2**20 bytes, rounded up, so that what is above a limit never reads as the limit."""
    return f"{math.ceil(size * 10 / MB) / 10:g} MB"
