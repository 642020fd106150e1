"""The pages of a class in the zip that a platform takes back: each under the name by which it knows its student."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from html import escape
from pathlib import Path

from grader.model import Grade
from grader.report.words import NAME, line

NEVER = re.compile(r"[\x00-\x1f\x7f/\\]")
"""What no name in a zip may hold."""
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every entry: the same grades make the same zip."""


def feedback_zip(platform: str, pages: Iterable[tuple[Grade, str]], path: Path) -> tuple[int, list[str]]:
    """Writes the zip of these pages; how many are in it, and a sentence for each that is not."""
    beside = path.with_name(f".{path.name}.tmp")
    taken: dict[str, Grade] = {}
    said = []
    try:
        with zipfile.ZipFile(beside, "w") as archive:
            for grade, page in pages:
                name = _place(platform, grade)
                if not name or name.casefold() in taken:
                    said.append(f"{line(grade.student, NAME)}: {_why(platform, taken.get(name.casefold()))}")
                    continue
                taken[name.casefold()] = grade
                _add(archive, name, page)
            if platform == "brightspace" and taken:
                _add(archive, "index.html", _index(archive.namelist()))
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return len(taken), said


def _place(platform: str, grade: Grade) -> str:
    """The name of a student's page in the zip, "" where the platform would not know whose it is."""
    handed = grade.handed
    folder = handed.folder if handed.platform == platform else ""
    match platform:
        case "canvas":
            # Canvas looks for a file of the student's that has this id; typed text has none.
            known = handed.account and re.search(f"{re.escape(handed.account)}_[0-9]+$", folder)
            name = f"{folder}_report.html" if known else ""
        case "moodle":
            folder = folder or _moodle_folder(handed.name or grade.student, handed.account)
            name = f"{folder}/report.html" if folder else ""
        case "brightspace":
            name = f"{folder}/report.html" if folder else ""
        case _:
            name = f"{grade.student}/report.html"
    return name if all(map(_is_safe, name.split("/"))) and name.count("/") <= 1 else ""


def _moodle_folder(name: str, account: str) -> str:
    """The folder as Moodle's own download names it. The name is not read back, and may hold no underscore."""
    free = NEVER.sub(" ", name.replace("_", " ")).strip(". ") or "Participant"
    return f"{free}_{account}_assignsubmission_file_" if account.isdecimal() and account.isascii() else ""


def _is_safe(part: str) -> bool:
    return part.strip(". ") != "" and not NEVER.search(part) and part.isprintable()


def _why(platform: str, other: Grade | None) -> str:
    if other is not None:
        return f"has the same name in the zip as {line(other.student, NAME)}, so the page is not in it"
    return f"no name is known under which {platform.capitalize()} takes the page back, so it is not in the zip"


def _add(archive: zipfile.ZipFile, name: str, page: str) -> None:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, page.encode("utf-8", "replace"))


def _index(names: list[str]) -> str:
    """A page with the names of all folders, as Brightspace's own download has one."""
    listed = "\n".join(f"<li>{escape(name.partition('/')[0])}</li>" for name in sorted(names))
    head = '<!DOCTYPE html>\n<html lang="en"><meta charset="utf-8"><title>Feedback</title>'
    return f"{head}\n<ul>\n{listed}\n</ul></html>\n"
