"""The corpora: bugs, right variants and cheats, each as the file that a student would hand in.

A file of a corpus belongs to one item of the homework, `ITEM`. A variant is a function without arguments: its docstring
says what it is, and the rest of its body is written behind the course's solution, where it takes the place of what it
defines again. Imports and helpers of the file, whose names begin with `_`, come along. Where `ALONE` is true, nothing
of the solution is handed in with it.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
SOLUTION = HERE.parents[1] / "reference" / "digits_training" / "digits_training.py"


@dataclass(frozen=True)
class Variant:
    """One file to hand in for `item`; `about` says what is wrong or different in it, `defines` what it has changed."""

    corpus: str
    name: str
    item: str
    about: str
    defines: tuple[str, ...]
    source: str


def variants(which: str) -> Iterator[Variant]:
    """Every variant of `wrong`, `right` or `cheats`, in the order of files and lines."""
    for path in sorted((HERE / which).glob("*.py")):
        text = path.read_text("utf-8")
        tree = ast.parse(text)
        constants = dict(_constant(node) for node in tree.body if isinstance(node, ast.Assign))
        shared = [ast.get_source_segment(text, node) or "" for node in tree.body if _is_shared(node)]
        before = [] if constants.get("ALONE") else [SOLUTION.read_text("utf-8")]
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and not _is_shared(node):
                source = "\n\n".join([*before, *shared, _body(text, node)]) + "\n"
                about = " ".join((ast.get_docstring(node) or "").split())
                yield Variant(path.stem, node.name, str(constants["ITEM"]), about, tuple(_defined(node)), source)


def _constant(node: ast.Assign) -> tuple[str, object]:
    (target,) = node.targets
    return ast.unparse(target), ast.literal_eval(node.value)


def _is_shared(node: ast.stmt) -> bool:
    name = getattr(node, "name", "")
    return isinstance(node, ast.Import | ast.ImportFrom) or name.startswith("_")


def _body(text: str, node: ast.FunctionDef) -> str:
    """What stands below the docstring, as a file's own lines."""
    last = node.body[0].end_lineno or 0
    return textwrap.dedent("\n".join(text.splitlines()[last : node.end_lineno]))


def _defined(node: ast.FunctionDef) -> Iterator[str]:
    for line in node.body:
        if isinstance(line, ast.FunctionDef | ast.ClassDef):
            yield line.name
        elif isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
            yield line.targets[0].id
