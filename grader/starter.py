"""What students begin with, out of the solution: signatures without bodies, a notebook, headings for written answers.

Only what an item asks for is taken from the reference, and of that only what stands outside of bodies: the signature,
annotations, the docstring without its paragraphs on how it is done, and the constants and imports that a signature
needs. Whatever else a student should get is marked in the reference: with `# starter: keep` it comes whole, with
`# starter: empty` without its body.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from grader.intake import parts_asked
from grader.intake.notebooks import QUESTION_TAG
from grader.model import CourseError, Item, Question, Rubric, UsageError

FILES, NOTEBOOK, TESTS = "files", "notebook", "tests"
STRUCTURE = frozenset({"staticmethod", "classmethod", "property", "dataclass", "abstractmethod", "overload"})
"""Decorators that belong to a signature; others may be part of a solution."""

_MARK = re.compile(r"[ \t]*#[ \t]*starter:[ \t]*(keep|empty)\b.*")
_HOW = re.compile(
    r"(?:^|(?<=[.;] ))\s*(?:safe form|source|solution|answer|proof|derivation|hint)s?\s*:.*", re.IGNORECASE
)
"""What begins a paragraph of a docstring that says how it is done, or where that stands."""
_LABEL = re.compile(r"[A-Z][\w ]{0,30}:\s")
_PLAIN = (
    *(ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.UnaryOp, ast.BinOp, ast.unaryop, ast.operator),
    *(ast.Name, ast.Attribute, ast.Subscript, ast.expr_context),
)
Def = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Skeleton:
    """One file of the reference without what solves it: imports and constants first, then what is to be written."""

    before: tuple[str, ...]
    parts: Mapping[str, str]

    def text(self, title: str) -> str:
        """The whole file, under a docstring."""
        imports = [text for text in self.before if _is_import(text)]
        others = [text for text in self.before if not _is_import(text)]
        blocks = [json.dumps(title, ensure_ascii=False).join(['""', '""']), "\n".join(imports), *others]
        return "\n\n\n".join(filter(None, [*blocks, *self.parts.values()])) + "\n"


def starter(rubric: Rubric) -> dict[str, bytes]:
    """Name and content of every file of the starter. Raises CourseError where the reference can't be read."""
    found = skeletons(rubric)
    files = {f"{FILES}/{name}": skeleton.text(rubric.title).encode() for name, skeleton in found.items()}
    parts = written_parts(rubric)
    if parts:
        files[f"{FILES}/answers.md"] = "".join(f"{heading}\n\n\n" for heading in headings(parts).values()).encode()
    files[f"{NOTEBOOK}/{rubric.homework}.ipynb"] = notebook(rubric, found).encode()
    files |= {f"{TESTS}/{name}": source for name, source in public_tests(rubric).items()}
    return files | {"README.md": _readme(rubric, files).encode()}


def write_starter(rubric: Rubric, out: Path) -> list[str]:
    """Writes the starter to a folder that is new or empty; the names of its files. Raises UsageError, CourseError."""
    files = starter(rubric)
    try:
        if out.is_dir() and any(out.iterdir()):
            raise UsageError(f"{out} is not empty; name a new folder with -o")
        for name, content in files.items():
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            (out / name).write_bytes(content)
    except OSError as error:
        raise UsageError(f"{out} can't be written: {error.strerror}") from None
    return list(files)


def written_parts(rubric: Rubric) -> list[str]:
    """The labels of the parts that are answered in writing, in order."""
    mine = {str(getattr(item.check, "part", "")) for item in rubric.items if item.check.reads_text}
    return [part for part in parts_asked(rubric) if part in mine]


def headings(parts: Sequence[str]) -> dict[str, str]:
    """The heading under which each part is answered, as grade reads it back: nothing but labels, 6.1.a-1 as two."""
    found, open_ = {}, ""
    for part in parts:
        stem, _, number = part.rpartition("-")
        above = f"# {stem}\n\n" if stem and stem != open_ else ""
        found[part] = f"{above}## ({number})" if stem else f"# {part}"
        open_ = stem
    return found


def public_tests(rubric: Rubric) -> dict[str, bytes]:
    """The test files of public items, and the helpers and data beside them, by their names."""
    named = {str(item.check.file) for item in rubric.items if hasattr(item.check, "file")}
    public = {str(item.check.file) for item in rubric.items if item.public and hasattr(item.check, "file")}
    beside = {name.removeprefix("asserts/"): source for name, source in rubric.asking.items() if "/" in name}
    return {name: source for name, source in beside.items() if public and (name in public or name not in named)}


# --- code --------------------------------------------------------------------------------------------------------


def skeletons(rubric: Rubric) -> dict[str, Skeleton]:
    """The skeleton of every file of the reference in which something is asked for or kept, by its name."""
    asked = {name for item in rubric.items for name in names_asked(item)}
    files = {name: _File.read(name, source) for name, source in rubric.reference.items() if _is_asked(name)}
    for file in files.values():
        file.take([name for name in file.where if name in asked or file.is_marked(name)])
    waiting = list(files.values())
    while waiting:
        for module, name in waiting.pop().borrowed():
            other = files.get(f"{module}.py")
            if other and name in other.where and name not in other.taken:
                other.take([name])
                waiting.append(other)
    return {name: file.skeleton() for name, file in files.items() if file.taken}


def names_asked(item: Item) -> list[str]:
    """The names of the reference that a student has to define for an item, without those of methods."""
    check: Any = item.check
    if check.reads_text:
        return []
    known = [getattr(getattr(check, key, None), "name", "") for key in ("call", "module")]
    several = getattr(check, "names", None) or getattr(check, "uses", None) or ()
    found = [*filter(None, known), *several] or check.told(reference=False).get("names", [])
    return list(dict.fromkeys(str(name).partition(".")[0] for name in found))


def _is_asked(name: str) -> bool:
    return name.endswith(".py") and name != "mistakes.py"


@dataclass
class _File:
    """A file of the reference: `where` each name of it is defined, and what of it is `taken`, by name."""

    name: str
    lines: list[str]
    where: dict[str, ast.stmt]
    future: bool = False
    taken: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, name: str, source: bytes) -> _File:
        """Raises CourseError where the file is not Python."""
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError) as error:
            raise CourseError(name, f"the reference can't be read: {error}") from None
        where = {bound: statement for statement in tree.body for bound in _bound(statement)}
        future = any(isinstance(s, ast.ImportFrom) and s.module == "__future__" for s in tree.body)
        return cls(name, source.decode("utf-8-sig").split("\n"), where, future)

    def is_marked(self, name: str) -> bool:
        """Whether the statement that defines a name is marked."""
        return bool(self.mark(self.where[name]))

    def mark(self, node: ast.stmt) -> str:
        """`keep` or `empty`, as it stands on a statement's first line or on the one above; "" where neither does."""
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(d.lineno for d in decorators)])
        above = self.lines[first - 2] if first > 1 else ""
        body = getattr(node, "body", None)
        head = self.lines[first - 1 : max(node.lineno, body[0].lineno - 1 if body else 0)]
        found = _MARK.fullmatch(above) or next(filter(None, map(_MARK.search, head)), None)
        return found[1] if found else ""

    def take(self, names: Iterable[str]) -> None:
        """Takes names, and all that their signatures need of this file. Raises CourseError."""
        waiting = list(names)
        while waiting:
            name = waiting.pop(0)
            if name in self.taken:
                continue
            node = self.where[name]
            kept = self.mark(node) == "keep"
            self.taken[name] = self._rendered(node, name)
            needs = _read(self.taken[name]) & self.where.keys()
            for need in sorted(needs - self.taken.keys()):
                given = need in waiting or self.is_marked(need) or not isinstance(self.where[need], Def)
                if kept and not given:
                    what = f"`{name}` is kept and needs `{need}`, which no student gets"
                    raise CourseError(f"{self.name}:{node.lineno}", f"{what}; mark that with `# starter: keep`, too")
                waiting.append(need)

    def _rendered(self, node: ast.stmt, name: str) -> str:
        if isinstance(node, ast.Import | ast.ImportFrom):
            alias = next(a for a in node.names if (a.asname or a.name.split(".")[0]) == name)
            only: ast.stmt = ast.Import([alias])
            if isinstance(node, ast.ImportFrom):
                only = ast.ImportFrom(node.module, [alias], node.level)
            return ast.unparse(only)
        if self.mark(node) == "keep":
            decorators = getattr(node, "decorator_list", [])
            first = min([node.lineno, *(d.lineno for d in decorators)])
            return "\n".join(_MARK.sub("", line) for line in self.lines[first - 1 : node.end_lineno])
        if isinstance(node, Def):
            return re.sub(
                r"(raise NotImplementedError\()'(.*)'\)$", r'\1"\2")', ast.unparse(self._empty(node)), flags=re.M
            )
        value = getattr(node, "value", None)
        if value is None or not all(isinstance(inner, _PLAIN) for inner in ast.walk(value)):
            what = f"a signature needs `{name}`, which is computed; mark it with `# starter: keep`"
            raise CourseError(f"{self.name}:{node.lineno}", what)
        return ast.unparse(node)

    def _empty(self, node: Def, owner: str = "") -> Def:
        """A definition without its body: what is written there is what it is asked for."""
        name = f"{owner}{node.name}"
        doc = _docstring(node)
        body: list[ast.stmt] = [ast.Expr(ast.Constant(doc))] if doc else []
        if isinstance(node, ast.ClassDef):
            inner = [self._member(member, f"{name}.", node) for member in node.body]
            body += [member for member in inner if member is not None]
            made: Def = ast.ClassDef(node.name, node.bases, node.keywords, body or [ast.Pass()], [])
        else:
            body += ast.parse(f"raise NotImplementedError({f'`{name}` is not written yet'!r})").body
            made = type(node)(node.name, node.args, body, [], node.returns)
        made.decorator_list = [d for d in node.decorator_list if _last_name(d) in STRUCTURE]
        return ast.fix_missing_locations(ast.copy_location(made, node))

    def _member(self, member: ast.stmt, owner: str, node: ast.ClassDef) -> ast.stmt | None:
        mark = self.mark(member)
        if mark == "keep":
            return member
        if isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef):
            hidden = member.name.startswith("_") and not member.name.endswith("__")
            return None if hidden and not mark else self._empty(member, owner)
        fields = any(_last_name(d) == "dataclass" for d in node.decorator_list)
        return member if fields and isinstance(member, ast.AnnAssign) else None

    def borrowed(self) -> Iterator[tuple[str, str]]:
        """(module, name) of what the taken parts import."""
        for text in self.taken.values():
            statement = ast.parse(text).body[0]
            if isinstance(statement, ast.ImportFrom) and statement.module:
                yield statement.module, statement.names[0].name

    def skeleton(self) -> Skeleton:
        """What is taken, in the order of the file; imports of whole modules are always there."""
        for name, node in self.where.items():
            whole = isinstance(node, ast.Import) or (isinstance(node, ast.ImportFrom) and name == "nn")
            if whole and name not in self.taken:
                self.taken[name] = self._rendered(node, name)
        ordered = sorted(self.taken, key=lambda name: (self.where[name].lineno, list(self.where).index(name)))
        parts = {name: self.taken[name] for name in ordered if isinstance(self.where[name], Def)}
        before = [self.taken[name] for name in ordered if name not in parts]
        future = ["from __future__ import annotations"] if self.future else []
        return Skeleton(tuple(dict.fromkeys([*future, *before])), parts)


def _bound(statement: ast.stmt) -> list[str]:
    match statement:
        case ast.ImportFrom(module="__future__"):
            return []
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return [alias.asname or alias.name.split(".")[0] for alias in names]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Assign(targets=targets):
            return [n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
    return []


def _read(text: str) -> set[str]:
    """All names that a piece of code reads, in annotations that are strings, too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.arg | ast.AnnAssign) and isinstance(node.annotation, ast.Constant):
            found |= set(re.findall(r"\w+", str(node.annotation.value)))
    return found


def _docstring(node: Def) -> str:
    """The docstring without its paragraphs on how it is done."""
    kept = []
    leaving = False
    for line in (ast.get_docstring(node, clean=False) or "").split("\n"):
        bare = line.strip()
        if not bare or (_LABEL.match(bare) and not _HOW.match(bare)):
            leaving = False
        if not leaving:
            kept.append(_HOW.sub("", line).rstrip())
        leaving = leaving or bool(_HOW.search(line))
    text = "\n".join(kept).rstrip()
    return f"{text}\n{' ' * (node.col_offset + 4)}" if "\n" in text else text


def _last_name(decorator: ast.expr) -> str:
    node = decorator.func if isinstance(decorator, ast.Call) else decorator
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _is_import(text: str) -> bool:
    return text.startswith(("import ", "from "))


# --- texts -------------------------------------------------------------------------------------------------------


def notebook(rubric: Rubric, found: Mapping[str, Skeleton]) -> str:
    """A notebook of nbformat 4.5 with the text of each question, and a cell for each part of its answer."""
    cells: list[dict[str, Any]] = [_cell("markdown", f"# {rubric.title}", QUESTION_TAG)]
    before = list(dict.fromkeys(text for skeleton in found.values() for text in skeleton.before))
    imports = [text for text in before if _is_import(text) and not _is_own(text, found)]
    parts = {name: text for skeleton in reversed(list(found.values())) for name, text in skeleton.parts.items()}
    asked = {name for item in rubric.items for name in names_asked(item)}
    given = [text for name, text in parts.items() if name not in asked]
    if parts:
        constants = [text for text in before if not _is_import(text)]
        cells.append(_cell("code", "\n\n\n".join(filter(None, ["\n".join(imports), *constants, *given]))))
    headed = headings(written_parts(rubric))
    for question in rubric.questions:
        cells.append(_cell("markdown", _question_text(question, "##"), QUESTION_TAG))
        for item in question.items:
            part = str(getattr(item.check, "part", "")) if item.check.reads_text else ""
            if part in headed:
                cells.append(_cell("markdown", f"{headed.pop(part)}\n\n"))
            cells += [_cell("code", parts.pop(name)) for name in names_asked(item) if name in parts]
    for number, cell in enumerate(cells):
        cell["id"] = f"part-{number}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    book = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells}
    return json.dumps(book, indent=1, ensure_ascii=False) + "\n"


def _is_own(text: str, found: Mapping[str, Skeleton]) -> bool:
    """Whether an import is from another file of the starter, whose parts the notebook holds itself."""
    stems = {PurePosixPath(name).stem for name in found}
    node = ast.parse(text).body[0]
    modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in getattr(node, "names", [])]
    return any(module in stems for module in modules)


def _cell(kind: str, source: str, *tags: str) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "metadata": {"tags": list(tags)} if tags else {}, "source": source}
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def _question_text(question: Question, level: str) -> str:
    points = sum(item.points for item in question.items)
    head = f"{level} {question.id}. {question.title} ({points:g} point{'' if points == 1 else 's'})"
    return f"{head}\n\n{question.text.strip()}".strip()


def _readme(rubric: Rubric, files: Mapping[str, bytes]) -> str:
    code = [name for name in files if name.startswith(f"{FILES}/") and name.endswith(".py")]
    written = f"{FILES}/answers.md" in files
    todo = "Write what is marked as not written yet" if code else "Write your answers"
    where = f"either in `{FILES}/` or in the notebook in `{NOTEBOOK}/`, and hand in that one alone"
    lines = [f"# {rubric.title}", "", f"{todo}, {where}."]
    if written:
        lines += [f"Written answers go under their headings: in `{FILES}/answers.md`, or in the notebook's text cells."]
    if any(name.startswith(f"{TESTS}/") for name in files):
        lines += [f"In `{TESTS}/` are the course's public tests."]
    texts = [_question_text(question, "##") for question in rubric.questions]
    return "\n".join(lines) + "\n\n" + "\n\n".join(texts) + "\n"
