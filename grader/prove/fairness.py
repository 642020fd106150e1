"""Fairness: right works that are written in another way lose no point."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from grader.model import CourseError, Item, Work
from grader.prove.answers import right_answer
from grader.prove.lab import Lab, Variant, roots
from grader.prove.power import in_turn
from grader.prove.rewrites import rewrites
from grader.prove.source import reached, replaced, units


def handed(lab: Lab) -> list[Variant]:
    """The solution as a student would hand it in, and the right answer of each written item."""
    code = tuple(item for item in lab.rubric.items if not item.check.reads_text)
    found = [Variant("the reference", "as it is", lab.whole(), code)] if code else []
    for item in lab.rubric.items:
        right = right_answer(item)
        if right:
            part = getattr(item.check, "part", "")
            found.append(Variant(item.id, "the rubric's own answer", Work(answers={part: right}), (item,)))
    return found


def given(lab: Lab, folder: Path) -> list[Variant]:
    """The course's alternatives, each alone: `<function>__<style>` in the files of a folder. Raises CourseError."""
    found = []
    for path in sorted(folder.glob("*.py")):
        try:
            text = path.read_text("utf-8")
            tree = ast.parse(text)
        except (OSError, SyntaxError, ValueError) as error:
            line = error.lineno if isinstance(error, SyntaxError) else 1
            raise CourseError(f"{path}:{line}", "can't be read as Python") from None
        found += list(_of_file(lab, path, text, tree))
    return found


def _of_file(lab: Lab, path: Path, text: str, tree: ast.Module) -> Iterator[Variant]:
    shared = [ast.get_source_segment(text, node) or "" for node in tree.body if not _is_variant(node)]
    for node in filter(_is_variant, tree.body):
        name = str(getattr(node, "name", ""))
        owner, _, style = name.partition("__")
        items = _asking(lab, owner)
        if not style or not items:
            what = "has no `__` and a style in it" if not style else f"is for `{owner}`, which no item asks for"
            raise CourseError(f"{path}:{node.lineno}", f"`{name}` {what}")
        body = re.sub(rf"\b{re.escape(name)}\b", owner, ast.get_source_segment(text, node) or "")
        source = "\n\n".join([*shared, body]) + "\n"
        work = Work({"handed_in.py": source.encode()}, asking=lab.rubric.asking)
        yield Variant(owner, f"alternative {style}", work, items, diff=body)


def _is_variant(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")


def _asking(lab: Lab, owner: str) -> tuple[Item, ...]:
    return tuple(item for item in lab.rubric.items if owner in roots(item))


def rewritten(lab: Lab) -> list[Variant]:
    """Rewrites of all that items ask of the reference, those of each function in turn."""
    work = lab.whole()
    every = units(work.sources)
    groups = []
    for unit in every:
        items = tuple(
            item
            for item in lab.rubric.items
            if not item.check.reads_text and unit.name in {one.name for one in reached(every, roots(item))}
        )
        if not items:
            continue
        # What goes through an adapter takes more than tensors, and what draws has other numbers in float64.
        plain = all(item.kind in ("close", "gradient") and not _adapted(item) for item in items)
        plain = plain and all(unit.name in roots(item) for item in items)
        group = []
        for name, body in rewrites(unit, plain=plain):
            changed = replace(work, sources=replaced(unit, body, work.sources))
            group.append(Variant(unit.name, name, changed, items, diff=body.decode()))
        groups.append(group)
    return in_turn(groups)


def _adapted(item: Item) -> bool:
    return bool(getattr(getattr(item.check, "call", None), "through", ""))
