"""The corpora: wrong and right implementations, each as the file that a student would hand in.

`wrong/<homework>.py` holds `<function>__<note>` and `right/<homework>.py` holds `<function>__<style>`, functions or
classes; a second one under the same name ends in `__2`. A variant is handed in with the imports of its file, with all
helpers whose names begin with `_`, and under the function's own name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Variant:
    """One implementation of `function`; `says` is the note that it must get, or its style where it is right."""

    homework: str
    function: str
    says: str
    name: str
    source: str


def homeworks(which: str) -> list[str]:
    """The homeworks that have a corpus of `wrong` or `right` implementations."""
    return sorted(path.stem for path in (HERE / which).glob("*.py"))


def variants(which: str, homework: str) -> Iterator[Variant]:
    """Every variant of a corpus, in its order."""
    text = (HERE / which / f"{homework}.py").read_text("utf-8")
    tree = ast.parse(text)
    shared = [ast.get_source_segment(text, node) or "" for node in tree.body if _is_shared(node)]
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef) or _is_shared(node):
            continue
        function, _, says = node.name.partition("__")
        if not says:
            raise ValueError(f"{which}/{homework}.py, line {node.lineno}: `{node.name}` has no `__` and a note in it")
        body = re.sub(rf"\b{node.name}\b", function, _segment(text, node))
        yield Variant(homework, function, re.sub(r"__\d+$", "", says), node.name, "\n\n".join([*shared, body]) + "\n")


def _is_shared(node: ast.stmt) -> bool:
    name = getattr(node, "name", None)
    return name is None or name.startswith("_")


def _segment(text: str, node: ast.FunctionDef | ast.ClassDef) -> str:
    """A definition with its decorators."""
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return "\n".join(text.splitlines()[first - 1 : node.end_lineno])
