"""Students out of what a platform exports: whose files are whose, which attempt counts, and what a student is called.

A platform is told by the names alone, by a majority of them; what is left over is said. A student is called as the
platform does, with its id, so that the name stays the same from one download to the next, and two students of one name
are two students. Nothing is opened but what the platform itself wrote, and that within limits.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from grader.intake import folders
from grader.intake.archives import is_archive, stem, unpacked
from grader.intake.bundles import (
    PARSERS,
    TITLES,
    Name,
    Platform,
    before_resubmission,
    classroom,
    parsed,
    titled,
)
from grader.intake.folders import (
    TYPED_FORM,
    TYPED_LINK,
    TYPED_PAGE,
    by_name,
    clean,
    discover,
    files_below,
    free_name,
    handed_in,
    is_folder,
    is_work,
    listed,
    shown,
    student_name,
)
from grader.intake.metadata import (
    MAX_FORM,
    METADATA,
    TIMESTAMP,
    beginning,
    by_forms,
    metadata,
    number,
    submitted,
    timestamp,
)
from grader.intake.typed import form_text
from grader.model import Handed, Submission, UsageError

MAX_WRAPPERS = 4
MAX_NAMED = 5
"""Names in one sentence."""
TOOLS = frozenset(
    {".git", ".github", ".ipynb_checkpoints", ".vscode", ".idea", ".pytest_cache", ".mypy_cache", ".ruff_cache"}
    | {".cache", ".venv", ".Trash", ".trash", ".Spotlight-V100", ".fseventsd", ".Trashes", ".jupyter", ".DS_Store"}
)
"""Hidden folders that are no students."""

_SUBMISSION = re.compile(r"submission_\d+|\d+\.pdf")


@dataclass(frozen=True)
class Opened:
    """A folder to look into. `called` are names that it had on the way there, `said` sentences on what it lacks."""

    folder: Path
    called: tuple[str, ...] = ()
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """Who handed in. `said` are sentences for the operator, `homework` is what the assignment is called."""

    submissions: Sequence[Submission]
    said: tuple[str, ...] = ()
    homework: str = ""


@dataclass(frozen=True)
class Piece:
    """Files of whom a name speaks."""

    name: Name
    files: Mapping[str, Path]


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """The folder at `path`; for an archive a private one with its contents, which is gone when the context ends.

    Raises UsageError where the archive as a whole can't be used.
    """
    if not (is_archive(path.name) and path.is_file()):
        yield Opened(path)
        return
    with unpacked(path, folders.MAX_FILE) as (folder, said):
        top = _within(folder)
        yield Opened(top, (folder.name, top.name), tuple(f"{shown(path.name)}: {sentence}" for sentence in said))


def collect(path: Path, known: Collection[str] = (), named: str | None = None, called: Sequence[str] = ()) -> Found:
    """The submissions under `path`, which is a platform's export, a folder of students, or one student's folder.

    `known` are the names of rubrics, `named` is the one that was asked for, `called` what else the folder is called;
    by them one of nbgrader's assignments is chosen. Raises UsageError as `discover` does.
    """
    for place in _places(path):
        votes = _votes(place)
        platform = max(PLATFORMS, key=lambda one: votes[one])
        if votes[platform] > votes["plain"]:
            found = _export(place, platform, {*known}, named)
            said = (*_mixed(place, platform, votes), *found.said, *_hidden(place))
            return replace(found, said=said, homework=_homework([found.homework, *called, place.name, path], known))
    found = _plain(path)
    return replace(found, homework=_homework([*called, path], known))


PLATFORMS: tuple[Platform, ...] = ("gradescope", *PARSERS, "github", "nbgrader")


def _homework(names: Sequence[str | Path], known: Collection[str]) -> str:
    """The first of the names that a rubric has, or else the first that there is."""
    texts = [name if isinstance(name, str) else name.resolve().name for name in names]
    return next((text for text in texts if text in known), next(filter(None, texts), ""))


# --- plain folders


def _plain(path: Path) -> Found:
    """A folder of students or of one; archives without any folder or work beside them are one student each."""
    entries = listed(path)
    packed = [entry for entry in entries if is_archive(entry.name) and not is_folder(entry)]
    if packed and not any(is_folder(entry) or is_work(entry.name) for entry in entries):
        return Found(by_name([(student_name(stem(entry.name)), {entry.name: Path(entry.path)}) for entry in packed]))
    submissions = discover(path)
    said = list(_hidden(path))
    if packed and any(is_folder(entry) for entry in entries) and not any(is_work(entry.name) for entry in entries):
        said.append(f"{_listing(entry.name for entry in packed)} beside the students' folders: not graded")
    few = {platform: votes for platform, votes in _votes(path).items() if platform != "plain"}
    if few:
        names = _count(sum(few.values()), "name")
        said.append(f"{shown(str(path))} is read as folders of students, though {names} could be {_titles(few)}'s")
    return Found(submissions, tuple(said))


def _hidden(path: Path) -> Iterator[str]:
    """A sentence on folders that may be students and whose names hide them."""
    with os.scandir(path) as entries:
        found = sorted(
            entry.name
            for entry in entries
            if entry.name.startswith(".") and entry.name not in TOOLS and entry.is_dir(follow_symlinks=False)
        )
    found = [name for name in found if not name.startswith(("..", "._"))]
    if found:
        yield f"{_listing(found)} in {shown(str(path))}: hidden folders are not graded"


def _within(folder: Path) -> Path:
    """The class's folder inside of an archive's, for it is packed with folders around it; the archive's if none is."""
    place = folder
    for _ in range(MAX_WRAPPERS):
        inner = _only_folder(place)
        if inner is None or _votes(place).keys() - {"plain"}:
            break
        entries = listed(inner)
        if any(is_work(entry.name) for entry in entries):
            break
        place = inner
        if sum(is_folder(entry) or is_archive(entry.name) for entry in entries) > 1:
            return place
    return folder


def _places(path: Path) -> Iterator[Path]:
    """Where an export may lie: at the path, in nbgrader's course, or in the one folder around it."""
    yield path
    names = {entry.name for entry in listed(path)}
    if "submitted" in names and names & {"source", "release", "nbgrader_config.py", "gradebook.db"}:
        yield path / "submitted"
        return
    for _ in range(MAX_WRAPPERS):
        inner = _only_folder(path)
        if inner is None:
            return
        path = inner
        yield path


def _only_folder(path: Path) -> Path | None:
    """The one folder in a folder, if no work and no other archive lies beside it."""
    entries = listed(path)
    inside = [entry for entry in entries if entry.is_dir(follow_symlinks=False)]
    if len(inside) != 1 or any(is_work(entry.name) or is_archive(entry.name) for entry in entries):
        return None
    return Path(inside[0].path)


# --- which platform


def _votes(place: Path) -> Counter[str]:
    """How many names of a folder are given as which platform gives them; `plain` are those of no platform."""
    entries = listed(place)
    votes: Counter[str] = Counter()
    folders_ = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    github = classroom(place.resolve().name, folders_)
    told = any(entry.name == METADATA for entry in entries)
    for entry in entries:
        inside = is_folder(entry)
        one = _platform(entry, inside=inside, told=told, github=github)
        if one or inside or is_work(entry.name):
            votes[one or "plain"] += 1
    return votes


def _platform(entry: os.DirEntry[str], *, inside: bool, told: bool, github: Mapping[str, str]) -> Platform | None:
    for platform in PARSERS:
        if parsed(platform, shown(entry.name), folder=inside):
            return platform
    if _SUBMISSION.fullmatch(entry.name) and (told or inside):
        return "gradescope"
    if entry.name in github:
        return "github"
    return "nbgrader" if inside and _is_nbgrader(Path(entry.path)) else None


def _is_nbgrader(student: Path) -> bool:
    """Whether a student's folder holds assignments as nbgrader collects them."""
    if student.is_symlink():
        return False
    try:
        entries = listed(student)
    except UsageError:
        return False
    inner = [entry for entry in entries if entry.is_dir(follow_symlinks=False)]
    if any((Path(entry.path) / TIMESTAMP).is_file() for entry in inner):
        return True
    return bool(inner) and student.resolve().parent.name == "submitted" and len(inner) == len(entries)


def _mixed(place: Path, platform: Platform, votes: Mapping[str, int]) -> Iterator[str]:
    """A sentence where not all names are one platform's."""
    others = {name: count for name, count in votes.items() if name != platform}
    if not others:
        return
    share = f"{votes[platform]:,} of {_count(sum(votes.values()), 'name')}"
    yield f"{share} in {shown(place.resolve().name)} could be {TITLES[platform]}'s, and that decides how it is read"


# --- what is whose


def _export(place: Path, platform: Platform, known: set[str], named: str | None) -> Found:
    """The submissions of an export; folders with names of no kind are students of their own."""
    entries = listed(place)
    homework = ""
    said: list[str] = []
    if platform == "gradescope":
        submissions, used, said = _gradescope(place, entries)
    else:
        pieces, used = _pieces(place, platform, entries)
        if platform == "nbgrader":
            homework = _assignment(place, pieces, known, named)
            pieces = [piece for piece in pieces if piece.name.title == homework]
        else:
            homework = next((piece.name.title for piece in pieces), "")
        submissions = _merged(platform, pieces)
    left = [entry for entry in entries if entry.name not in used]
    loose = [entry.name for entry in left if not is_folder(entry) and (is_work(entry.name) or is_archive(entry.name))]
    if loose:
        said.append(f"{_listing(loose)}: not graded, for the name says nothing of a student")
    plain = [(student_name(entry.name), handed_in(entry)) for entry in left if is_folder(entry)]
    if plain:
        said.append(f"{_listing(name for name, _ in plain)}: graded as plain folders, for the names are not its")
    by_name([*((one.student, dict(one.files)) for one in submissions), *plain])
    everyone = [*submissions, *(Submission(name, files) for name, files in plain)]
    students = _count(len(everyone), "submission")
    said.insert(0, f"{shown(place.resolve().name)} is read as an export of {TITLES[platform]}: {students}")
    return Found(sorted(everyone, key=lambda one: one.student), tuple(said), homework)


def _pieces(place: Path, platform: Platform, entries: Sequence[os.DirEntry[str]]) -> tuple[list[Piece], set[str]]:
    """The pieces of an export whose names say all, and the names that were used."""
    if platform == "github":
        inside = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
        logins = classroom(place.resolve().name, inside)
        title = place.resolve().name.removesuffix("-submissions")
        return [Piece(Name(login, title=title), files_below(place / name)) for name, login in logins.items()], {*logins}
    if platform == "nbgrader":
        students = [entry for entry in entries if is_folder(entry) and _is_nbgrader(Path(entry.path))]
        return [piece for entry in students for piece in _collected(Path(entry.path))], {one.name for one in students}
    found = []
    for entry in entries:
        name = parsed(platform, shown(entry.name), folder=entry.is_dir(follow_symlinks=False))
        if name:
            found.append((entry, name))
    names = [name for _, name in found]
    if platform == "blackboard":
        names = by_forms([Path(entry.path) for entry, _ in found], titled(names))
    at = [Path(entry.path) for entry, _ in found]
    pieces = [Piece(name, _files(platform, path, name)) for path, name in zip(at, names, strict=True)]
    return pieces, {entry.name for entry, _ in found}


def _files(platform: Platform, path: Path, name: Name) -> dict[str, Path]:
    """The files that a name stands for, under the names that the student gave."""
    if platform == "blackboard" and name.typed:
        return {TYPED_FORM: path} if form_text(beginning(path, MAX_FORM)).strip() else {}
    files = files_below(path) if not name.file else {name.file: path}
    if not name.typed:
        return files
    return {
        TYPED_LINK if file.startswith("link.") else TYPED_PAGE if file.lower().endswith((".html", ".htm")) else file: at
        for file, at in files.items()
    }


def _collected(student: Path) -> Iterator[Piece]:
    """The assignments of a student that nbgrader collected."""
    for entry in listed(student):
        if entry.is_dir(follow_symlinks=False):
            files = files_below(Path(entry.path))
            stamp = files.pop(TIMESTAMP, None)
            when = timestamp(beginning(stamp, 200)) if stamp else None
            yield Piece(Name(student.name, when=when, title=clean(entry.name)), files)


def _assignment(place: Path, pieces: Sequence[Piece], known: set[str], named: str | None) -> str:
    """The one of nbgrader's assignments that is to be graded."""
    titles = sorted({piece.name.title for piece in pieces})
    asked = {Path(named).name.removesuffix(".yaml")} if named else known
    fitting = [title for title in titles if title in asked] or titles
    if len(fitting) != 1:
        raise UsageError(f"{shown(str(place))} holds the assignments {', '.join(titles)}; name one with --rubric")
    return fitting[0]


def _merged(platform: Platform, pieces: Sequence[Piece]) -> list[Submission]:
    """A submission for each account: of attempts the newest, of pieces of one attempt all."""
    accounts: dict[str, list[Piece]] = {}
    for piece in pieces:
        accounts.setdefault(piece.name.account, []).append(piece)
    found = []
    for account, mine in accounts.items():
        attempts = sorted({_attempt(platform, piece.name) for piece in mine})
        newest = [piece for piece in mine if _attempt(platform, piece.name) == attempts[-1]]
        files: dict[str, Path] = {}
        for piece in newest:
            for name, path in piece.files.items():
                files[free_name(name, files)] = path
        handed = _handed(platform, account, [piece.name for piece in newest], len(attempts))
        found.append(Submission(_called(platform, handed), files, handed))
    return _without_numbers(found) if platform == "canvas" else found


def _attempt(platform: Platform, name: Name) -> tuple[datetime, str]:
    """What pieces of one attempt share, and by which attempts are ordered."""
    if platform == "brightspace":
        return name.when or datetime.min, name.folder
    return (name.when or datetime.min, "") if platform == "blackboard" else (datetime.min, "")


def _handed(platform: Platform, account: str, names: Sequence[Name], attempt: int) -> Handed:
    first = next((name for name in names if not name.typed), names[0])
    folder = "" if first.typed else first.folder  # feedback goes to files
    person = next((name.name for name in names if name.name), "")
    late = any(name.late for name in names)
    return Handed(platform, account, person, (), first.when, None, late, attempt, folder)


def _called(platform: Platform, handed: Handed) -> str:
    """What the student is called here: unique by the account, and readable by the name."""
    if platform in ("canvas", "moodle", "brightspace", "gradescope") and handed.name:
        return student_name(f"{handed.name}_{handed.account}")
    return student_name(handed.account)


def _without_numbers(students: Sequence[Submission]) -> list[Submission]:
    """Canvas adds `-1` to a file that is handed in again; it goes where others show the name that was asked for.

    A module with `-` in its name can't be imported, so that there nothing is lost either.
    """
    given = {file for one in students for file in one.files}
    found = []
    for one in students:
        files: dict[str, Path] = {}
        attempt = one.handed.attempt
        for name, path in one.files.items():
            bare, number = before_resubmission(name)
            usual = bare in given
            known = usual or (name.endswith(".py") and bare.removesuffix(".py").isidentifier())
            if number > 1 and known and bare not in one.files and bare not in files:
                files[bare] = path
                attempt = max(attempt, number if usual else 1)
            else:
                files[name] = path
        found.append(Submission(one.student, files, replace(one.handed, attempt=attempt)))
    return found


def _gradescope(place: Path, entries: Sequence[os.DirEntry[str]]) -> tuple[list[Submission], set[str], list[str]]:
    """Gradescope's submissions, the names that were used, and what is to be said."""
    told, said = metadata(place)
    there = {entry.name: entry for entry in entries}
    names = sorted({name for name in there if _SUBMISSION.fullmatch(name)} | {*told})
    found: list[Submission] = []
    taken: set[str] = set()
    for name in names:
        handed = submitted(name, told.get(name, {}))
        student = _called("gradescope", handed)
        if student.casefold() in taken:
            student = f"{student}_{number(name)}"
        taken.add(student.casefold())
        files: dict[str, Path] = {}
        if name in there:
            files = handed_in(there[name]) if is_folder(there[name]) else {name: Path(there[name].path)}
        found.append(Submission(student, files, handed))
    absent = [name for name in names if name not in there]
    unnamed = [name for name in names if name not in told]
    if absent:
        said.append(f"{_listing(absent)}: named in {METADATA}, and not there")
    if unnamed and told:
        said.append(f"{_listing(unnamed)}: not named in {METADATA}, so the number stands for the student")
    return found, {*names}, said


# --- small things


def _listing(names: Iterable[str]) -> str:
    """Some names in a sentence."""
    all_ = [f"`{clean(name)}`" for name in names]
    more = f" and {len(all_) - MAX_NAMED:,} more" if len(all_) > MAX_NAMED else ""
    return ", ".join(all_[:MAX_NAMED]) + more


def _titles(votes: Mapping[str, int]) -> str:
    return " and ".join(TITLES[name] for name in votes)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
