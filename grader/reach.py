"""What of a course's solution a name reaches, so that a change elsewhere asks nothing again."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from grader.parser import parsed


def texts(told: Any) -> Iterator[str]:
    """Every text in what a probe is told, at any depth, the keys included."""
    if isinstance(told, str):
        yield told
    elif isinstance(told, Mapping):
        for name, value in told.items():
            yield from (str(name), *texts(value))
    elif isinstance(told, (list, tuple)):
        for value in told:
            yield from texts(value)


def reached_by(sources: Mapping[str, bytes], roots: Iterable[str]) -> str:
    """The statements of the files that a use of the names in `roots` can run, as one text to compare.

    More than that at most: names count wherever they are defined, and what defines no name always counts. Files that
    are not Python, or can't be parsed, count whole.
    """
    whole, always, defining = _statements(sources)
    found: dict[int, str] = {}
    waiting = [*always, *(node for name in _words(roots) for node in defining.get(name, ()))]
    while waiting:
        node = waiting.pop()
        if id(node) not in found:
            found[id(node)] = ast.dump(node)
            waiting += (other for name in _used(node) for other in defining.get(name, ()))
    return "\n".join([*whole, *sorted(found.values())])


Statements = tuple[list[str], list[ast.stmt], dict[str, list[ast.stmt]]]


def _statements(sources: Mapping[str, bytes]) -> Statements:
    """Files that count whole, the top statements that always count, and those that define names, by name."""
    whole: list[str] = []
    always: list[ast.stmt] = []
    defining: dict[str, list[ast.stmt]] = {}
    for file, source in sorted(sources.items()):
        try:
            body = parsed(source).body if file.endswith(".py") else None
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            body = None
        if body is None:
            whole.append(f"{file} {source!r}")
            continue
        for node in body:
            names = list(_defined(node))
            if (not names or _does_more(node)) and not _is_text(node):
                always.append(node)
            for name in names:
                defining.setdefault(name, []).append(node)
    return whole, always, defining


def _defined(node: ast.stmt) -> Iterator[str]:
    """The names that a top statement defines; none where that can't be seen."""
    match node:
        case ast.FunctionDef() | ast.ClassDef() | ast.AsyncFunctionDef():
            yield node.name
        case ast.Import() | ast.ImportFrom():
            if all(alias.name != "*" for alias in node.names):
                yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            yield name


def _does_more(node: ast.stmt) -> bool:
    """Whether a top statement that defines a name calls something, which may change what others do."""
    return isinstance(node, ast.Assign | ast.AnnAssign) and any(isinstance(part, ast.Call) for part in ast.walk(node))


def _used(node: ast.AST) -> set[str]:
    """Every name that occurs in a statement, those in texts (`getattr`) and of imported things included."""
    found: set[str] = set()
    for part in ast.walk(node):
        match part:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                found.add(name)
            case ast.alias(name=name):
                found.update(name.split("."))
            case ast.Constant(value=str(text)) if len(text) < 200:
                found.update(_words([text]))
    return found


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in text.split(".") if word.isidentifier()}


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
