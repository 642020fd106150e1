"""The reference's Python in units that an item can ask for: functions and methods, and who uses whom."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

Definition = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Unit:
    """A function, or a method as `Class.method`: where it stands (bytes) in which file."""

    name: str
    file: str
    start: int
    end: int
    source: bytes

    @cached_property
    def tree(self) -> Definition:
        """The definition, whose positions count from its own beginning."""
        found = ast.parse(dedented(self.source)).body[0]
        assert isinstance(found, Definition)
        return found

    @property
    def own(self) -> str:
        return self.name.rpartition(".")[2]

    @cached_property
    def uses(self) -> frozenset[str]:
        """The names and attributes that occur in it."""
        nodes = list(ast.walk(self.tree))
        names = {node.id for node in nodes if isinstance(node, ast.Name)}
        return frozenset(names | {node.attr for node in nodes if isinstance(node, ast.Attribute)})


@dataclass(frozen=True)
class Edit:
    """Bytes of a unit's dedented source that are replaced, and what that does to it."""

    start: int
    end: int
    text: str
    slip: str


def units(sources: Mapping[str, bytes]) -> list[Unit]:
    """All functions and methods of the files, in their order; decorators do not belong to them."""
    found = []
    for file, source in sources.items():
        if file.endswith(".py"):
            found += list(_within(ast.parse(source), file, source, ""))
    return found


def reached(every: list[Unit], names: frozenset[str]) -> list[Unit]:
    """The units that answer for one of these names, alone or through others. A class answers with all its methods."""
    waiting = [unit for unit in every if unit.name in names or unit.name.partition(".")[0] in names]
    for name in names:
        owner = name.partition(".")[0]
        waiting += [unit for unit in every if "." in name and unit.name == f"{owner}.__init__"]
    found: dict[str, Unit] = {}
    while waiting:
        unit = waiting.pop()
        if unit.name in found:
            continue
        found[unit.name] = unit
        waiting += [other for other in every if other.own in unit.uses or other.name.partition(".")[0] in unit.uses]
    return [unit for unit in every if unit.name in found]


def edited(unit: Unit, edit: Edit, sources: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files with one edit in one unit."""
    body = dedented(unit.source)
    body = body[: edit.start] + edit.text.encode() + body[edit.end :]
    return replaced(unit, body, sources)


def replaced(unit: Unit, body: bytes, sources: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files with another body (dedented) for one unit."""
    whole, margin = sources[unit.file], _margin(unit.source)
    lines = body.split(b"\n")
    inside = _within_strings(body)
    lines = [line if k in inside or not line.strip() else margin + line for k, line in enumerate(lines)]
    return {**sources, unit.file: whole[: unit.start] + b"\n".join(lines) + whole[unit.end :]}


def dedented(source: bytes) -> bytes:
    """A definition with its `def` at the margin; the inside of strings that go over lines is kept."""
    margin = _margin(source)
    if not margin:
        return source
    inside = _within_strings(b"if 1:\n" + source)
    lines = source.split(b"\n")
    return b"\n".join(line if k + 1 in inside else line.removeprefix(margin) for k, line in enumerate(lines))


def _margin(source: bytes) -> bytes:
    return source[: len(source) - len(source.lstrip(b" \t"))]


def _within_strings(source: bytes) -> set[int]:
    """The lines (from 0) that begin within a string."""
    found: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant | ast.JoinedStr) and (node.end_lineno or 0) > node.lineno:
            found.update(range(node.lineno, node.end_lineno or 0))
    return found


def _within(tree: ast.Module | ast.ClassDef, file: str, source: bytes, owner: str) -> Iterator[Unit]:
    starts = line_starts(source)
    for node in tree.body:
        if isinstance(node, Definition):
            start, end = starts[node.lineno - 1], starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
            yield Unit(owner + node.name, file, start, end, source[start:end])
        elif isinstance(node, ast.ClassDef):
            yield from _within(node, file, source, f"{node.name}.")


def line_starts(source: bytes) -> list[int]:
    """The byte at which each line begins."""
    found = [0]
    for line in source.split(b"\n"):
        found.append(found[-1] + len(line) + 1)
    return found
