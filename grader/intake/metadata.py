"""What platforms write beside the files: Gradescope's metadata, Blackboard's forms, nbgrader's time stamps."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from grader.intake.bundles import Name
from grader.intake.folders import clean, shown
from grader.model import Handed

METADATA = "submission_metadata.yml"
TIMESTAMP = "timestamp.txt"
MAX_METADATA = 16 << 20
MAX_FORM = 1 << 20

_RESULTS = re.compile(r"( *(?:- )?):results:")
_FORM_NAME = re.compile(r"^Name:[ \t]*(.{0,200}?)[ \t]*\(([^()\n]{1,100})\)[ \t\r]*$", re.MULTILINE)


# --- Gradescope


def submitted(name: str, told: Mapping[str, Any]) -> Handed:
    """Who handed in a submission, and when. Of a group the first by account stands for all, whatever their order."""
    people = sorted(
        (account, str(one.get(":name") or ""))
        for one in _dicts(told.get(":submitters"))
        if (account := str(one.get(":email") or one.get(":sid") or one.get(":name") or ""))
    )
    when = _moment(told.get(":created_at"))
    earlier = [_moment(one.get(":created_at")) for one in _dicts(told.get(":history"))]
    attempt = 1 + sum(when is not None and one is not None and one < when for one in earlier)
    account, person = people[0] if people else (number(name), "")
    members = tuple(one for one, _ in people[1:])
    return Handed("gradescope", clean(account), clean(person), tuple(map(clean, members)), when, None, False, attempt)


def metadata(place: Path) -> tuple[dict[str, Mapping[str, Any]], list[str]]:
    """What Gradescope says of each submission, by its name, and a sentence where that can't be had."""
    path = place / METADATA
    if path.is_symlink() or not path.is_file():
        return {}, [f"there is no {METADATA}, so each student is called by the number of the submission"]
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            text = _without_results(file)
        told = yaml.safe_load(text)
    except (OSError, ValueError, RecursionError, yaml.YAMLError):
        told = None
    if not isinstance(told, dict):
        return {}, [f"{METADATA} can't be read, so each student is called by the number of the submission"]
    return {shown(str(name)): one for name, one in told.items() if isinstance(one, dict)}, []


def _without_results(lines: Iterable[str]) -> str:
    """The metadata without what autograders wrote, which is nearly all of it and takes minutes to read.

    Raises ValueError where even that is too long.
    """
    kept: list[str] = []
    size, below = 0, -1
    for line in lines:
        indent = len(line) - len(line.lstrip(" "))
        if below >= 0 and (indent > below or not line.strip()):
            continue
        match = _RESULTS.match(line)
        below = len(match[1]) if match else -1
        if match and "-" in match[1]:
            kept.append(match[1].rstrip(" ") + "\n")
        elif not match:
            kept.append(line)
        size += len(line)
        if size > MAX_METADATA:
            raise ValueError("too long")
    return "".join(kept)


def _dicts(told: object) -> list[Mapping[str, Any]]:
    return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []


def _moment(told: object) -> datetime | None:
    """A time with its zone, None if there is none."""
    if isinstance(told, str):
        try:
            told = datetime.fromisoformat(told.strip())
        except ValueError:
            return None
    if not isinstance(told, datetime):
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def number(name: str) -> str:
    """The number of a submission, out of the name of its folder or file."""
    return name.removeprefix("submission_").removesuffix(".pdf")


# --- Blackboard and nbgrader


def by_forms(paths: Sequence[Path], names: Sequence[Name]) -> list[Name]:
    """Blackboard's names with what the forms say of who is who: an account may hold the sign that ends the title."""
    who: dict[str, tuple[str, str]] = {}
    for path, name in zip(paths, names, strict=True):
        match = _FORM_NAME.search(beginning(path, MAX_FORM)) if name.typed else None
        whole = f"{name.title}_{name.account}"
        if match and whole.endswith(f"_{match[2]}"):
            who[whole] = (match[2], match[1])
    told = []
    for name in names:
        whole = f"{name.title}_{name.account}"
        account, person = who.get(whole, (name.account, ""))
        told.append(replace(name, account=account, name=person, title=whole.removesuffix(f"_{account}")))
    return told


def beginning(path: Path, size: int) -> str:
    """The beginning of a small file that a platform wrote, "" if it is no regular file."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return ""
        with path.open("rb") as file:
            return file.read(size).decode("utf-8-sig", "replace")
    except OSError:
        return ""


def timestamp(said: str) -> datetime | None:
    """nbgrader's time: `2015-02-02 14:58:23.948203 America/Los_Angeles`."""
    moment, _, zone = said.strip().rpartition(" ")
    try:
        return datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone))
    except (ValueError, OSError, LookupError):
        pass
    try:
        return datetime.fromisoformat(said.strip())
    except ValueError:
        return None
