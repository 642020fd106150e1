"""The zip that a platform takes as it is: the grader, the packed rubric, and what sets both up."""

from __future__ import annotations

import importlib.metadata
import re
import stat
import tomllib
import zipfile
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import grader
from grader.gradescope.packed import Packed, dump
from grader.gradescope.results import dump_results, withheld
from grader.model import UsageError

PACKED = "rubric.gbd"
UV = "0.8.17"
"""The version of uv that brings a Python where the image has none that is new enough."""
BEGUN = "Grading has begun and has not come to its end: the container was stopped, or its log says why"
LOCK = "requirements.lock"
EXECUTABLE = ("setup.sh", "run_autograder")
BORN = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the zip, so that equal homeworks make equal zips."""


def write_zip(packed: Packed, course: Path, out: Path) -> None:
    """Writes the autograder to `out`, all at once. Raises UsageError where a file of ours or the zip can't be."""
    beside = out.with_name(f".{out.name}.tmp")
    try:
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in sorted(contents(packed, course)):
                archive.writestr(_entry(name), data)
        beside.replace(out)
    except OSError as error:
        raise UsageError(f"{out} can't be written: {error.strerror}") from None
    finally:
        beside.unlink(missing_ok=True)


def contents(packed: Packed, course: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of every file in the zip."""
    templates = resources.files("grader.gradescope").joinpath("template")
    for name in (*EXECUTABLE, "Dockerfile"):
        yield name, templates.joinpath(name).read_text("utf-8").replace("@UV@", UV).encode()
    yield PACKED, dump(packed)
    yield "begun.json", dump_results(withheld(packed.rubric.points, BEGUN)).encode()
    yield LOCK, _lock()
    yield "requirements.txt", "".join(f"{line}\n" for line in (*_needed(), *_of_course(course))).encode()
    package = Path(grader.__file__).parent
    for path in sorted(package.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and path.suffix not in (".pyc", ".pyo"):
            yield f"grader/{path.relative_to(package).as_posix()}", path.read_bytes()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, BORN)
    entry.compress_type = zipfile.ZIP_DEFLATED
    mode = 0o755 if name in EXECUTABLE else 0o600
    entry.external_attr = (stat.S_IFREG | mode) << 16
    return entry


def _needed() -> list[str]:
    """What the grader needs at run time: as its repository says, or once installed its package; the lock pins it."""
    checkout = Path(grader.__file__).parents[1] / "pyproject.toml"
    if checkout.is_file():
        project: dict[str, Any] = tomllib.loads(checkout.read_text("utf-8")).get("project", {})
        if project.get("name") == "gradebound":
            return sorted(project["dependencies"])
    wanted = importlib.metadata.requires("gradebound") or []
    return sorted(line for line in wanted if "extra ==" not in line)


def _of_course(course: Path) -> list[str]:
    """What the course's own code needs beside that: the lines of requirements.txt in the course's folder."""
    path = course / "requirements.txt"
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    return [line for line in lines if re.search(r"[^\s#]", line.split("#")[0])]


def _lock() -> bytes:
    """The pinned versions of this repository; the file here is a link to them, and in an installed package the file."""
    path = Path(__file__).with_name(LOCK)
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path} can't be read: this installation of Gradebound is not whole ({error.strerror})"
        ) from None
