"""An instructor's test file, read without running it: which style it has, and which tests it defines.

Three styles are in use in courses. `pytest`: functions `test…`, classes `Test…` and `unittest.TestCase`. `otter`: a
dictionary `test` with doctests in it, or functions under `@test_case`. `plain`: a script of asserts; each of its
top-level statements that asserts something is a test of its own, so that one that fails takes no other with it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Literal

Style = Literal["pytest", "otter", "plain"]

ASSERTING = re.compile(r"_*(?:assert|check|test|verify|expect)", re.IGNORECASE)
"""How functions begin that fail where something is not as it should be."""
PRINTS = frozenset({"print", "display"})


def style(tree: ast.Module) -> Style:
    """Which style a file has; `plain` if it shows none."""
    if any(map(_is_otter, tree.body)):
        return "otter"
    return "pytest" if any(True for _ in _pytest_names(tree.body)) or _takes_tests(tree) else "plain"


def names(tree: ast.Module) -> list[str] | None:
    """The names of a file's tests in their order; None where only running it tells them."""
    match style(tree):
        case "pytest":
            return None if _takes_tests(tree) or _inherits(tree) else list(_pytest_names(tree.body))
        case "otter":
            return None
        case "plain":
            return [name for name, _ in statements(tree) if name] or [WHOLE]


def chosen(name: str, patterns: Iterable[str]) -> bool:
    """Whether one of the patterns names the test; all tests are chosen where there is none.

    A pattern is a test's name, a class or a function for all that is in it, or has `*` and `?` in it.
    """
    patterns = tuple(patterns)
    return not patterns or any(matches(name, pattern) for pattern in patterns)


def matches(name: str, pattern: str) -> bool:
    """Whether a pattern names a test: whole, without its parameters, by its class, or by its function alone."""
    wild = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(rf"(?:.*::)?{wild}(?:\[.*|::.*)?", name, re.DOTALL) is not None


WHOLE = "the whole file"
"""The one test of a plain file in which no statement is a test of its own."""


def statements(tree: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    """The statements of a plain file in their order, each with its name as a test, "" where it is none."""
    asserting = {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and any(isinstance(inner, ast.Assert) for inner in ast.walk(node))
    }
    for statement in _as_run(tree.body):
        text = " ".join(ast.unparse(statement).split())
        named = f"line {statement.lineno}: {text if len(text) <= 70 else text[:69] + '…'}"
        yield named if _is_test(statement, asserting) else "", statement


def without_own_calls(source: bytes) -> bytes:
    """A pytest file without the calls of its own tests at its end, which would run them while they are collected."""
    tree = ast.parse(source)
    own = set(_pytest_names(tree.body))
    lines = source.split(b"\n")
    for node in tree.body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and _called(node.value) in own:
            for k in range(node.lineno - 1, node.end_lineno or node.lineno):
                lines[k] = b"pass" if k == node.lineno - 1 else b""
    return b"\n".join(lines)


def imported(tree: ast.AST) -> set[str]:
    """The top-level names of all modules that a file imports, wherever it does."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def _as_run(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a script, those under `if __name__ == "__main__"` among them."""
    for statement in body:
        if isinstance(statement, ast.If) and "__name__" in {
            n.id for n in ast.walk(statement.test) if isinstance(n, ast.Name)
        }:
            yield from statement.body
        else:
            yield statement


def _is_test(statement: ast.stmt, asserting: set[str]) -> bool:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom):
        return False
    inside = list(_walk_here(statement))
    if any(isinstance(node, ast.Assert) for node in inside):
        return True
    calls = [_called(node) for node in inside if isinstance(node, ast.Call)]
    return any(name in asserting or ASSERTING.match(name.rpartition(".")[2]) for name in calls if name not in PRINTS)


def _walk_here(node: ast.AST) -> Iterator[ast.AST]:
    """A statement and what is in it, without the bodies of functions that it defines."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield from _walk_here(child)


def _called(call: ast.Call) -> str:
    """The dotted name of what is called, "" where it has none."""
    parts: list[str] = []
    function = call.func
    while isinstance(function, ast.Attribute):
        parts.append(function.attr)
        function = function.value
    return ".".join([function.id, *reversed(parts)]) if isinstance(function, ast.Name) else ""


def _is_otter(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign):
        named = {target.id for target in node.targets if isinstance(target, ast.Name)}
        return "OK_FORMAT" in named or ("test" in named and isinstance(node.value, ast.Dict))
    return isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "otter"


def _takes_tests(tree: ast.Module) -> bool:
    """Whether a file may have tests from elsewhere: imported with `*`, or under a name that tests have."""
    return any(
        alias.name == "*" or (alias.asname or alias.name).startswith(("test_", "Test"))
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
        if "test" in node.module.lower() or alias.name != "*"
    )


def _inherits(tree: ast.Module) -> bool:
    """Whether a class may have tests of another class of the course."""
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    return any(not _is_case(base) and ast.unparse(base) != "object" for node in classes for base in node.bases)


def _pytest_names(body: Iterable[ast.stmt]) -> Iterator[str]:
    """Tests as pytest finds them by its default rules, those in `if` and `try` among them."""
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if name.startswith("test"):
                yield name
            case ast.ClassDef(name=name, bases=bases) if name.startswith("Test") or any(map(_is_case, bases)):
                inner = list(_pytest_names(node.body))
                yield from (f"{name}::{method}" for method in inner)
            case ast.If() | ast.Try() | ast.With():
                yield from _pytest_names([s for s in ast.iter_child_nodes(node) if isinstance(s, ast.stmt)])


def _is_case(base: ast.expr) -> bool:
    return ast.unparse(base).rpartition(".")[2].endswith("TestCase")
