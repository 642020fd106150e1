"""What a student handed in to one item: the definitions that it asks for, as written, and what he wrote to it.

Nothing is run. A file that is no Python is looked through line by line, so that a slip in it hides no definition.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from grader.model import Item
from grader.parser import parsed

MAX_FILE = 400_000
"""Bytes of a file that is looked through; what people write is a hundredth of that."""
MAX_TEXT = 6_000
MAX_PIECES = 6
CUT = "[… the rest is not shown]"


@dataclass(frozen=True)
class Piece:
    """A text that was handed in. Code says in which `file` and from which `line` on, an answer has no file."""

    text: str
    file: str = ""
    line: int = 0


def definitions(sources: Mapping[str, bytes], names: Collection[str]) -> dict[str, Piece]:
    """Where these names are defined, the last definition of the first file; of `Class.method` the method."""
    found: dict[str, Piece] = {}
    for file, source in sorted(sources.items()):
        if file.endswith(".py") and len(source) <= MAX_FILE:
            text = source.decode("utf-8", "replace")
            lines = text.splitlines()
            for name, (first, last) in _spans(text, lines, names):
                found.setdefault(name, Piece(_cut("\n".join(lines[first - 1 : last])), file, first))
    return found


def pieces(item: Item, code: Mapping[str, Piece], answers: Mapping[str, str]) -> tuple[Piece, ...]:
    """What was handed in to an item: of code that has several names the first there is, all where all are used."""
    if item.check.reads_text:
        text = answers.get(str(getattr(item.check, "part", "")), "")
        return (Piece(_cut(text)),) if text.strip() else ()
    there = [code[name] for name in item.check.told(reference=False).get("names", ()) if name in code]
    several = hasattr(item.check, "uses") or hasattr(item.check, "names")
    return tuple(dict.fromkeys(there))[: MAX_PIECES if several else 1]


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT].rstrip()}\n{CUT}"


def _spans(text: str, lines: list[str], names: Collection[str]) -> Iterator[tuple[str, tuple[int, int]]]:
    """The names that a file defines, with their first and last lines, counted from 1."""
    try:
        tree = parsed(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        yield from _by_lines(lines, names)
        return
    found: dict[str, tuple[int, int]] = {}
    for name, node in _defined(tree.body):
        found[name] = _span(node)
        if isinstance(node, ast.ClassDef):
            found |= {f"{name}.{method}": _span(inner) for method, inner in _defined(node.body)}
    yield from ((name, found[name]) for name in names if name in found)


def _defined(body: list[ast.stmt]) -> Iterator[tuple[str, ast.stmt]]:
    """What a body binds, in order; what stands in an `if`, a `with`, a `try` or a loop included."""
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name, node
            case ast.Assign():
                yield from ((target.id, node) for target in node.targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name, node
            case _:
                for inner in ("body", "orelse", "finalbody"):
                    yield from _defined(getattr(node, inner, []))
                for handler in getattr(node, "handlers", []):
                    yield from _defined(handler.body)


def _span(node: ast.stmt) -> tuple[int, int]:
    first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])
    return first, node.end_lineno or node.lineno


def _by_lines(lines: list[str], names: Collection[str]) -> Iterator[tuple[str, tuple[int, int]]]:
    """The same of a file that Python can't read: from a line that defines a name to the next that is not indented."""
    for name in names:
        begins = re.compile(rf"(?:async\s+def|def|class)\s+{re.escape(name)}\b")
        first = next((k for k in reversed(range(len(lines))) if begins.match(lines[k])), None)
        if first is not None:
            last = next((k for k in range(first + 1, len(lines)) if re.match(r"[^\s#)\]}]", lines[k])), len(lines))
            while last > first + 1 and not lines[last - 1].strip():
                last -= 1
            yield name, (first + 1, last)
