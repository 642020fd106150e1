"""What the names in a platform's export say, name by name.

Theory of operation. A name is made by joining fields with a sign that the fields may hold, too. Each pattern leans on
what can't be in a field: Canvas takes all but letters and digits out of names and writes them small (so that `_LATE`
is no name), Moodle takes out `_`, and Brightspace's and Blackboard's fields end in a date. Only Blackboard's title of
the assignment has no such sign; it is what all names begin with (`titled`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Platform = Literal["gradescope", "canvas", "moodle", "brightspace", "blackboard", "github", "nbgrader"]
TITLES: dict[str, str] = {
    "gradescope": "Gradescope",
    "canvas": "Canvas",
    "moodle": "Moodle",
    "brightspace": "Brightspace",
    "blackboard": "Blackboard",
    "github": "GitHub Classroom",
    "nbgrader": "nbgrader",
}


@dataclass(frozen=True)
class Name:
    """What a name says. `file` is what the student called his file, "" for a folder or where only a text was typed.

    `typed` says that the platform wrote the file from what was typed into its form. `folder` is the name under which
    feedback goes back, `title` that of the assignment.
    """

    account: str
    name: str = ""
    file: str = ""
    late: bool = False
    when: datetime | None = None
    typed: bool = False
    folder: str = ""
    title: str = ""


_CANVAS = re.compile(r"(?P<folder>(?P<name>.+?)(?P<late>_LATE)?_(?P<user>\d+)_\d+)_(?P<file>.+)", re.DOTALL)
_CANVAS_TYPED = re.compile(r"(?P<folder>(?P<name>.+?)(?P<late>_LATE)?_(?P<user>\d+))_(?P<file>(?:text|link)\.html?)")
_BLIND = r"(?P<folder>(?P<late>LATE_)?(?P<user>anon_[A-Za-z0-9]+)"
_CANVAS_BLIND = re.compile(_BLIND + r"_\d+)_(?P<file>.+)", re.DOTALL)
_CANVAS_BLIND_TYPED = re.compile(_BLIND + r")_(?P<file>(?:text|link)\.html?)")
_MOODLE = re.compile(
    r"(?P<folder>(?P<name>.+)_(?P<user>\d+)_assignsubmission_(?P<plugin>[a-z]+))(?:_(?P<file>.*))?", re.DOTALL
)
_BRIGHTSPACE = re.compile(r"(?P<user>\d+)-\d+ - (?P<name>.+) - (?P<when>[^-]*\b\d{4}\b[^-]*)", re.DOTALL)
_BRIGHTSPACE_TIME = re.compile(r"([A-Za-z]{3})[a-z]* (\d{1,2}), (\d{4}) (\d{1,2}?)(\d\d) ([AP])M", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_BLACKBOARD = re.compile(
    r"(?P<who>.+?)_attempt_(?P<when>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|(?P<form>\.txt))", re.DOTALL
)
_RESUBMITTED = re.compile(r"(?P<stem>.+)-(?P<number>[1-9]\d?)(?P<ending>(?:\.[^.]*)?)", re.DOTALL)


def canvas(name: str) -> Name | None:
    """`<name>[_LATE]_<userid>_<fileid>_<file>`, or `[LATE_]anon_<id>_<fileid>_<file>`; a file."""
    blind = _CANVAS_BLIND_TYPED.fullmatch(name) or _CANVAS_BLIND.fullmatch(name)
    match = blind or _CANVAS.fullmatch(name) or _CANVAS_TYPED.fullmatch(name)
    if match is None:
        return None
    typed = match.re in (_CANVAS_TYPED, _CANVAS_BLIND_TYPED)
    said = match.groupdict()
    return Name(
        said["user"], said.get("name") or "", said["file"], bool(said["late"]), typed=typed, folder=said["folder"]
    )


def moodle(name: str) -> Name | None:
    """`<Full name>_<id>_assignsubmission_<plugin>[_]`, a folder, or the same and `_<file>`, a file."""
    match = _MOODLE.fullmatch(name)
    if match is None:
        return None
    return Name(
        match["user"],
        match["name"],
        match["file"] or "",
        typed=match["plugin"] == "onlinetext",
        folder=name if not match["file"] else match["folder"],
    )


def brightspace(name: str) -> Name | None:
    """`<userid>-<folderid> - First Last - May 18, 2025 1224 PM`, a folder."""
    match = _BRIGHTSPACE.fullmatch(name)
    return match and Name(match["user"], match["name"], when=_brightspace_time(match["when"]), folder=name)


def _brightspace_time(said: str) -> datetime | None:
    """The time of a folder, None if it is not written in English: `100 AM` is one o'clock."""
    match = _BRIGHTSPACE_TIME.fullmatch(said.strip())
    if match is None or match[1].lower() not in _MONTHS:
        return None
    month, day, year, hour, minute = _MONTHS.index(match[1].lower()) + 1, *map(int, match.groups()[1:5])
    try:
        return datetime(year, month, day, hour % 12 + (12 if match[6].upper() == "P" else 0), minute)
    except ValueError:
        return None


def blackboard(name: str) -> Name | None:
    """`<assignment>_<user>_attempt_<YYYY-MM-DD-hh-mm-ss>_<file>`, a file; `….txt` is the form."""
    match = _BLACKBOARD.fullmatch(name)
    if match is None or "_" not in match["who"].strip("_"):
        return None
    title, _, user = match["who"].rpartition("_")
    try:
        when = datetime.strptime(match["when"], "%Y-%m-%d-%H-%M-%S")
    except ValueError:
        when = None
    return Name(user, "", match["file"] or "", when=when, typed=bool(match["form"]), title=title)


def titled(names: Sequence[Name]) -> list[Name]:
    """Blackboard's names with accounts that may hold `_`: the assignment is what all begin with, up to a `_`."""
    whole = [f"{name.title}_{name.account}" for name in names]
    if len(set(whole)) < 2:
        return list(names)
    low, high = min(whole), max(whole)
    shared = next((n for n, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), min(len(low), len(high)))
    end = low.rfind("_", 0, shared)
    if end < 1:
        return list(names)
    return [
        Name(one[end + 1 :], name.name, name.file, when=name.when, typed=name.typed, title=one[:end])
        for name, one in zip(names, whole, strict=True)
    ]


PARSERS: dict[Platform, tuple[Callable[[str], Name | None], bool | None]] = {
    "canvas": (canvas, False),
    "moodle": (moodle, None),
    "brightspace": (brightspace, True),
    "blackboard": (blackboard, False),
}
"""Who reads names by themselves, and whether these are folders' (None: either)."""


def parsed(platform: Platform, name: str, *, folder: bool) -> Name | None:
    """What a file's or folder's name says if it is the platform's, else None."""
    parser, wants = PARSERS[platform]
    found = parser(name) if wants in (None, folder) else None
    if found and platform == "moodle" and bool(found.file) == folder:
        return None  # a folder's name ends after the plugin's, a file's does not
    return found


def classroom(folder: str, names: Sequence[str]) -> dict[str, str]:
    """Folder → GitHub name, in `<assignment>-submissions`; empty if the folders have no prefix in common."""
    if not folder.endswith("-submissions") or not names:
        return {}
    prefix = folder.removesuffix("submissions")
    if sum(name.startswith(prefix) for name in names) * 2 <= len(names) and len(names) > 2:
        low, high = min(names), max(names)
        shared = next((n for n, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), 0)
        prefix = low[: low.rfind("-", 0, shared) + 1]
    return {name: name.removeprefix(prefix) for name in names if prefix and name.startswith(prefix) and name != prefix}


def before_resubmission(file: str) -> tuple[str, int]:
    """(the name that a student gave, the attempt) of a file to which Canvas adds `-1` when it is handed in again."""
    match = _RESUBMITTED.fullmatch(file)
    return (match["stem"] + match["ending"], int(match["number"]) + 1) if match else (file, 1)
