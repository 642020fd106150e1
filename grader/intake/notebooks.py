"""What a notebook defines, as a plain module, and what is written in it.

A notebook is a record of work, not a program: four in five have a cell that is no plain Python, three in four train
at top level, and many ran out of order. So nothing is executed here. Cell by cell, what defines something is kept
(imports, `def`, `class`, assignments that compute next to nothing, and `if` or `try` made only of these) and
everything else is dropped. A cell that can't be read loses only itself.

What is kept has to run from top to bottom in the box. A definition that needs a name of a later cell, because the cells
ran out of order, comes after it. One that needs a name which only dropped code would have made (`def f(x, net=model)`)
would take all others with it: it is left out too, and a remark says why. A function whose body needs such a name is
kept; `__not_run__` at the end of the module lists these names, for whoever has to explain a NameError.

Who hands in or grades the notebook can decide otherwise: a cell with the comment or the tag `grade: keep` runs whole,
one with `grade: skip` is passed over, and of a notebook whose metadata say `"gradebound": {"run": SECONDS}` every
cell runs. Such a cell runs under a guard, so that it loses only itself when it raises or computes for too long.
"""

from __future__ import annotations

import ast
import builtins
import json
import re
import symtable
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib import resources
from typing import Any, Literal

from grader.parser import alone

MAX_CELLS = 5_000
MAX_CODE = 400_000
"""Characters of code in all cells together, which bounds the time to read them at a few seconds."""
MAX_MAGIC_WORK = 2_000_000
"""IPython reads the whole cell again for each magic in it; this bounds characters read, at about 1.5 µs each."""

MAX_NOT_RUN = 5
"""Names that one remark lists."""
KEPT_SECONDS = 2.0
"""CPU seconds that all cells of a notebook which are marked to be kept may use together."""
MAX_KEPT_SECONDS = 3600.0

QUESTION_TAG = "question"
"""The tag of a text cell that the course wrote: what is in it is no answer."""

TIMERS = frozenset({"time", "timeit", "capture", "prun"})
"""Cell magics whose cell is Python all the same."""

_SMALL = {
    "": "bool bytes complex dict divmod enumerate float frozenset int len list max min pow range reversed round set "
    "slice sorted str sum tuple zip",
    "argparse": "Namespace",
    "collections": "OrderedDict defaultdict namedtuple",
    "functools": "partial",
    "numpy": "arange array exp eye finfo float32 float64 linspace log ones sqrt zeros",
    "os": "environ.get getenv path.join",
    "pathlib": "Path",
    "torch": "Size arange backends.mps.is_available cuda.device_count cuda.is_available device exp eye finfo "
    "get_default_dtype linspace log ones sqrt tensor zeros",
    "torch.nn": "ELU Flatten GELU Identity LeakyReLU ReLU SiLU Sigmoid Softmax Softplus Tanh",
    "types": "SimpleNamespace",
    "typing": "NewType TypeVar",
}
HARMLESS = frozenset(f"{module}.{name}".lstrip(".") for module, names in _SMALL.items() for name in names.split())
HARMLESS_PATTERN = re.compile(r"math\.\w+|torch\.nn\.\w+Loss|torch\.distributions\.\w+")
"""Calls that make a small value from their arguments: no training, no download, no file, no time."""

_MARK = re.compile(r"^[ \t]*#[ \t]*grade:[ \t]*(keep|skip)\b", re.MULTILINE | re.IGNORECASE)
_OLD_PRINT = re.compile(r"^([ \t]*(?:[^#'\"\n]*[:;][ \t]*)?)print(?:[ \t]+(?!=)|(?=['\"]))([^\n]*)$", re.MULTILINE)
_MAGIC_LINE = re.compile(r"^\s*[!?%,;/]|\?\s*$|=\s*[!%]", re.MULTILINE)
_NOT_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)
_EXPRESSIONS = (
    *(ast.Constant, ast.Name, ast.Attribute, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Tuple),
    *(ast.List, ast.Dict, ast.Set, ast.Subscript, ast.Slice, ast.Starred, ast.JoinedStr, ast.FormattedValue, ast.Call),
    *(ast.keyword, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.comprehension),
    *(ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop),
)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_ALWAYS_THERE = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__", "__builtins__"}
NOT_RUN = "__not_run__"
GUARD = "__grade_cell__"
_UNKNOWN = "*"
"""Stands among the defined names for whatever an `import *` brings."""


Mark = Literal["", "keep", "skip"]


@dataclass(frozen=True)
class _Cell:
    """A cell as written; `tags` are those of its metadata."""

    kind: str
    source: str
    tags: frozenset[str] = frozenset()

    @property
    def mark(self) -> Mark:
        """What its author wants of a code cell; "" where he says nothing."""
        said = {match[1].lower() for match in _MARK.finditer(self.source)}
        said |= {match[1] for tag in self.tags if (match := re.fullmatch(r"grade\W*(keep|skip)", tag))}
        return "skip" if "skip" in said else "keep" if said else ""


@dataclass(frozen=True)
class Notebook:
    """What is in a notebook: `code` as a module in UTF-8, `written` its markdown cells, and remarks."""

    code: bytes
    written: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def read_notebook(data: bytes, name: str, provided: frozenset[str] = frozenset()) -> Notebook | str:
    """The notebook that the bytes of the file `name` hold; a sentence where they hold none. Never raises.

    `provided` are names that are there although the notebook makes them in code which is not run, or nowhere.
    """
    with alone():
        return _opened(data, name, provided)


def _opened(data: bytes, name: str, provided: frozenset[str]) -> Notebook | str:
    try:
        raw = _raw(data)
        cells = list(_cells(raw))
        seconds = _seconds_to_run(raw)
    except Exception:  # nbformat raises whatever damaged JSON makes it raise: KeyError, AttributeError, RecursionError
        return f"`{name}` can't be read as a notebook and was left out; it may be damaged or incomplete"
    module = _Module(name, seconds=seconds or KEPT_SECONDS, there=_ALWAYS_THERE | provided)
    written = []
    if len(cells) > MAX_CELLS:
        module.remarks.append(f"`{name}` has {len(cells):,} cells; those after the first {MAX_CELLS:,} were left out")
    for number, cell in enumerate(cells[:MAX_CELLS], 1):
        if cell.kind == "code" and cell.mark != "skip":
            module.add(number, cell.source, whole=cell.mark == "keep" or seconds is not None)
        elif cell.kind == "markdown" and QUESTION_TAG not in cell.tags:
            written.append(cell.source)
    return Notebook(module.finished().encode(), tuple(written), tuple(module.remarks))


def defined_in(source: bytes) -> frozenset[str]:
    """The names that a Python file defines at its top level; none where it can't be read."""
    try:
        body = ast.parse(source).body
    except _NOT_PYTHON:
        return frozenset()
    return frozenset(name for statement in body for name in _bound_within(statement) if not name.startswith("__"))


def to_run(data: bytes, seconds: float) -> bytes:
    """The notebook with the wish that all its cells run, for at most that many CPU seconds; as it is if it is none."""
    try:
        raw = _raw(data)
        known = raw["metadata"] if isinstance(raw.get("metadata"), dict) else {}
        bare = [
            cell | {"outputs": []} if isinstance(cell, dict) and "outputs" in cell else cell for cell in raw["cells"]
        ]
        return json.dumps(raw | {"cells": bare, "metadata": known | {"gradebound": {"run": seconds}}}).encode()
    except Exception:  # as in `read_notebook`, which will say that it can't be read
        return data


def code_cells(data: bytes, name: str) -> bytes:
    """A notebook of nothing but the code cells of the one that `read_notebook` could read, each in plain Python.

    A cell that can't be read is empty, which keeps the numbers of the others.
    """
    module = _Module(name)
    with alone():
        codes = [cell for cell in _cells(_raw(data)) if cell.kind == "code"][:MAX_CELLS]
        sources = ["" if cell.mark == "skip" else cell.source for cell in codes]
        found = [module.plain(number, source) for number, source in enumerate(sources, 1)]
    cells = [{"cell_type": "code", "metadata": {}, "source": source} for source in found]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}).encode()


def _raw(data: bytes) -> Any:
    """The notebook's JSON. Version 4 is read leniently, cell by cell; older ones are upgraded by nbformat."""
    text = data.decode("utf-8-sig")
    raw = json.loads(text)
    major = raw.get("nbformat", 4 if "cells" in raw else 3)
    if isinstance(major, int) and major < 4:
        import nbformat

        reads: Any = nbformat.reads
        raw = reads(text, as_version=4)
    return raw


def _seconds_to_run(raw: Any) -> float | None:
    """For how many CPU seconds the notebook says that it shall run whole; None where it says nothing of it."""
    known = raw.get("metadata")
    wish = known.get("gradebound") if isinstance(known, dict) else None
    seconds = wish.get("run") if isinstance(wish, dict) else None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds <= MAX_KEPT_SECONDS:
        return None
    return float(seconds)


def _cells(raw: Any) -> Iterator[_Cell]:
    for cell in raw["cells"]:
        known = cell if isinstance(cell, dict) else {}
        source = known.get("source", "")
        if isinstance(source, list):
            source = "".join(line for line in source if isinstance(line, str))
        # A lone surrogate is valid JSON and no text; a NUL is no Python and breaks those who show it.
        clean = source.encode("utf-8", "replace").decode().replace("\0", "�") if isinstance(source, str) else ""
        guessed = "code" if "outputs" in known else "markdown"
        said = known.get("metadata")
        tags = said.get("tags") if isinstance(said, dict) else None
        named = frozenset(tag.strip().lower() for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else ()
        yield _Cell(str(known.get("cell_type", guessed)), re.sub(r"\r\n?", "\n", clean), frozenset(named))


@dataclass(frozen=True)
class _Waiting:
    """A definition that needs what is not there yet."""

    number: int
    statement: ast.stmt
    source: str


@dataclass
class _Module:
    """The module as far as it is made. `imported` maps a name to what it stands for (`nn` to `torch.nn`).

    `there` are names that need no definition.
    """

    name: str
    remarks: list[str] = field(default_factory=list)
    blocks: list[str] = field(default_factory=list)
    defined: set[str] = field(default_factory=set)
    imported: dict[str, str] = field(default_factory=dict)
    lazy_annotations: bool = False
    seconds: float = KEPT_SECONDS
    waiting: list[_Waiting] = field(default_factory=list)
    dropped: set[str] = field(default_factory=set)
    guarded: bool = False
    code_left: int = MAX_CODE
    magic_left: int = MAX_MAGIC_WORK
    there: frozenset[str] = _ALWAYS_THERE

    def finished(self) -> str:
        """The whole module, when all cells are there. A future import counts only at the beginning."""
        self._settle()
        future = ["from __future__ import annotations\n"] if self.lazy_annotations else []
        guard = [_guard(self.seconds)] if self.guarded else []
        text = "\n".join([*future, *guard, *self.blocks])
        missing = _globals_read(text) & self.dropped - self.defined - self.there
        if not missing:
            return text
        self._uses(sorted(missing))
        return f"{text}\n{NOT_RUN} = {tuple(sorted(missing))!r}\n"

    def add(self, number: int, code: str, *, whole: bool = False) -> None:
        """Keeps what the cell defines, or the `whole` cell; one that can't be kept becomes a remark."""
        self.code_left -= len(code)
        if self.code_left < 0:
            self._left_out(number, f"a notebook's code may have {MAX_CODE:,} characters")
            return
        try:
            code = self._python(number, code)
            # What parses may still not compile (`break` outside a loop), and would take the other cells with it.
            _parse(code, only_tree=False)
            tree = _parse(code)
            kept = self._guarded(number, tree) if whole else self._kept(number, code, tree)
        except _NOT_PYTHON as error:
            self._left_out(number, _told(error))
        else:
            if kept:
                self.blocks.append("\n".join([f"# cell {number}", *kept, ""]))

    def plain(self, number: int, code: str) -> str:
        """The whole cell in plain Python; "" where it can't be read."""
        self.code_left -= len(code)
        try:
            return self._python(number, code) if self.code_left >= 0 else ""
        except _NOT_PYTHON:
            return ""

    def _left_out(self, number: int, why: str) -> None:
        self.remarks.append(f"cell {number} of `{self.name}` was left out: {why}")

    def _python(self, number: int, code: str) -> str:
        """The cell in plain Python; "" for a cell in another language. Raises what the parser raises."""
        try:
            _parse(code)
        except SyntaxError:
            magic, code = _without_timers(code)
        else:
            return code
        if magic:
            if _defines(code):
                self._left_out(number, f"it is marked `%%{magic[:40]}`, so it is not read as Python")
            return ""
        try:
            _parse(code)
        except SyntaxError:
            code = self._transformed(code)
        else:
            return code
        try:
            _parse(code)
        except SyntaxError:
            return self._printed(number, code)
        return code

    def _transformed(self, code: str) -> str:
        """The cell with IPython's own syntax turned into calls, which are then dropped like other calls."""
        work = len(code) * (2 + len(_MAGIC_LINE.findall(code)))
        if work > self.magic_left:
            return code
        self.magic_left -= work
        try:
            from IPython.core.inputtransformer2 import TransformerManager

            manager: Any = TransformerManager
            return str(manager().transform_cell(code))
        except Exception:  # the transformer raises what a student's text makes it raise; the parser will say it better
            return code

    def _printed(self, number: int, code: str) -> str:
        """The cell with the `print` statements of Python 2 as calls, if that makes it Python."""
        new = _OLD_PRINT.sub(_as_call, code)
        if new == code:
            return code
        try:
            _parse(new)
        except _NOT_PYTHON:
            return code
        self.remarks.append(f"cell {number} of `{self.name}` has `print` as in Python 2, which was read as a call")
        return new

    def _guarded(self, number: int, tree: ast.Module) -> list[str]:
        """The source of a cell that runs whole: what it raises is printed, and ends it alone."""
        body: list[ast.stmt] = []
        for statement in tree.body:
            if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
                self.lazy_annotations |= any(alias.name == "annotations" for alias in statement.names)
            else:
                body.append(statement)
        if not body:
            return []
        self.guarded = True
        for statement in body:
            self.defined |= _bound_within(statement)
            self._define(statement)
        call = ast.Call(ast.Name(GUARD, ast.Load()), [ast.Constant(number)], [])
        guarded = ast.With([ast.withitem(call)], [_Awaited().visit(statement) for statement in body])
        return [ast.unparse(ast.fix_missing_locations(ast.Module([guarded], [])))]

    def _kept(self, number: int, code: str, tree: ast.Module) -> list[str]:
        """The source of what is kept, statement by statement."""
        lines = code.encode().split(b"\n")
        kept = []
        for statement in tree.body:
            if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
                self.lazy_annotations |= any(alias.name == "annotations" for alias in statement.names)
            elif self._is_definition(statement):
                if self._missing(statement) and _UNKNOWN not in self.defined:
                    self.waiting.append(_Waiting(number, statement, _source(lines, statement)))
                    continue
                self._define(statement)
                kept.append(_source(lines, statement))
            else:
                self.dropped |= _bound_within(statement)
        return kept

    def _missing(self, statement: ast.stmt) -> list[str]:
        return sorted(_read(statement, self.lazy_annotations) - self.defined - self.there)

    def _settle(self) -> None:
        """Adds the definitions whose names have come with later cells, and says which others are left out.

        One of them is not taken where a later cell has defined the same name.
        """
        while ready := next((w for w in self.waiting if not self._missing(w.statement)), None):
            self.waiting.remove(ready)
            if not _bound(ready.statement) <= self.defined:
                self._define(ready.statement)
                self.blocks.append(f"# cell {ready.number}\n{ready.source}\n")
        for left in self.waiting:
            self.dropped |= _bound(left.statement)
            statement = left.statement
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                self.remarks.append(
                    f"`{statement.name}` in cell {left.number} of `{self.name}` was left out: "
                    f"its definition needs `{self._missing(statement)[0]}`, which is not run here"
                )

    def _uses(self, missing: list[str]) -> None:
        """Says which globals of the functions are not there, before any function is asked for."""
        shown = ", ".join(f"`{name}`" for name in missing[:MAX_NOT_RUN])
        more = f" and {len(missing) - MAX_NOT_RUN} more" if len(missing) > MAX_NOT_RUN else ""
        what = "a global that is" if len(missing) == 1 else "globals that are"
        self.remarks.append(f"functions of `{self.name}` use {what} not run here: {shown}{more}")

    def _define(self, statement: ast.stmt) -> None:
        self.defined |= _bound(statement)
        for inner in ast.walk(statement) if isinstance(statement, ast.If | ast.Try) else [statement]:
            if isinstance(inner, ast.Import):
                for alias in inner.names:
                    self.imported[alias.asname or alias.name.split(".")[0]] = (
                        alias.name if alias.asname else alias.name.split(".")[0]
                    )
            elif isinstance(inner, ast.ImportFrom):
                for alias in inner.names:
                    self.imported[alias.asname or alias.name] = f"{inner.module}.{alias.name}"

    def _is_definition(self, statement: ast.stmt) -> bool:
        """Whether a statement only defines something."""
        match statement:
            case ast.Import(names=names):
                return not any(alias.name.split(".")[:2] == ["google", "colab"] for alias in names)
            case ast.ImportFrom(module=module):
                # Colab's own modules are nowhere else, and what they do (mounting a drive) is not done here.
                return not (module or "").startswith("google.colab")
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Pass():
                return True
            case ast.Assign(targets=targets, value=value):
                return all(map(self._own, targets)) and self._is_harmless(value)
            case ast.AnnAssign(target=target, value=annotated):
                return self._own(target) and (annotated is None or self._is_harmless(annotated))
            case ast.AugAssign(target=target, value=value):
                return self._own(target) and self._is_harmless(value)
            case ast.If(test=test):
                return self._is_harmless(test) and all(map(self._is_inner, _inner(statement)))
            case ast.Try():
                return all(map(self._is_inner, _inner(statement)))
        return False

    def _is_inner(self, statement: ast.stmt) -> bool:
        """Whether a statement may stand within `if` or `try`, where any import is guarded and a message is fine."""
        if isinstance(statement, ast.Expr):
            value = statement.value
            if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "print":
                return all(map(self._is_harmless, [*value.args, *(k.value for k in value.keywords)]))
            return isinstance(value, ast.Constant)
        return isinstance(statement, ast.Import | ast.ImportFrom) or self._is_definition(statement)

    def _own(self, target: ast.expr) -> bool:
        """Whether a target is a new name, or lies within something of the notebook's own (`config["lr"]`)."""
        if isinstance(target, ast.Name):
            return True
        if isinstance(target, ast.Tuple | ast.List):
            return all(map(self._own, target.elts))
        if isinstance(target, ast.Starred):
            return self._own(target.value)
        root = target
        while isinstance(root, ast.Attribute | ast.Subscript):
            root = root.value
        return (
            isinstance(root, ast.Name) and root.id in self.defined - self.imported.keys() and self._is_harmless(target)
        )

    def _is_harmless(self, value: ast.expr) -> bool:
        """Whether an expression computes next to nothing: no call but the harmless ones. A lambda is a definition."""
        waiting: list[ast.AST] = [value]
        while waiting:
            node = waiting.pop()
            if isinstance(node, ast.Lambda):
                waiting.extend(_defaults(node.args))
                continue
            if not isinstance(node, _EXPRESSIONS) or (isinstance(node, ast.Call) and not self._may_call(node.func)):
                return False
            waiting.extend(ast.iter_child_nodes(node))
        return True

    def _may_call(self, function: ast.expr) -> bool:
        path: list[str] = []
        while isinstance(function, ast.Attribute):
            path.append(function.attr)
            function = function.value
        if isinstance(function, ast.Constant):
            return len(path) == 1  # a method of a literal: "a b c".split()
        if not isinstance(function, ast.Name):
            return False
        root = function.id
        if root in self.defined and root not in self.imported:
            return False  # the notebook's own function, whatever it is called
        full = ".".join([self.imported.get(root, root), *reversed(path)])
        return full in HARMLESS or bool(HARMLESS_PATTERN.fullmatch(full))


def _parse(code: str, *, only_tree: bool = True) -> Any:
    """The tree of a cell, where `await` may stand at top level as in a notebook; or a mere test that it compiles."""
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT | (ast.PyCF_ONLY_AST if only_tree else 0)
    return compile(code, "cell", "exec", flags, dont_inherit=True)


def _told(error: BaseException) -> str:
    """Why a cell can't be read, in a sentence."""
    if isinstance(error, SyntaxError):
        what = " ".join(str(error.msg).split())[:120]
        return f"line {error.lineno or 1} is not valid Python ({what})"
    if isinstance(error, RecursionError | MemoryError):
        return "it is nested too deeply"
    return "it is not valid Python"


def _without_timers(code: str) -> tuple[str, str]:
    """(name of the cell's magic or "", the cell without its first lines that only time or capture it)."""
    lines = code.split("\n")
    for number, line in enumerate(lines):
        words = line.split()
        if words and not words[0].startswith("%%"):
            return "", "\n".join(lines)
        if words and words[0][2:] not in TIMERS:
            return words[0][2:] or "%%", "\n".join(lines[number + 1 :])
        lines[number] = ""  # an empty line keeps the numbers of the others
    return "", ""


def _defines(code: str) -> bool:
    """Whether a text is Python that defines a function or class."""
    try:
        return any(isinstance(statement, (*_FUNCTIONS, ast.ClassDef)) for statement in _parse(code).body)
    except _NOT_PYTHON:
        return False


def _source(lines: list[bytes], statement: ast.stmt) -> str:
    """The source of one statement, decorators included. Columns are bytes of UTF-8, as `ast` counts them."""
    decorators = getattr(statement, "decorator_list", [])
    first = decorators[0].lineno if decorators else statement.lineno
    found = lines[first - 1 : statement.end_lineno]
    found[-1] = found[-1][: statement.end_col_offset]
    found[0] = found[0][0 if decorators else statement.col_offset :]
    return b"\n".join(found).decode()


def _inner(statement: ast.If | ast.Try) -> Iterator[ast.stmt]:
    """The statements directly within an `if` or `try`, of all branches."""
    yield from statement.body
    if isinstance(statement, ast.Try):
        for handler in statement.handlers:
            yield from handler.body
        yield from statement.finalbody
    yield from statement.orelse


def _bound(statement: ast.stmt) -> set[str]:
    """Names that a kept statement gives a meaning to."""
    match statement:
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return {alias.asname or alias.name.split(".")[0] for alias in names}
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Assign(targets=targets):
            return {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name) and _stores(n)}
        case ast.AnnAssign(target=ast.Name(id=name), value=value):
            return {name} if value is not None else set()
        case ast.If() | ast.Try():
            return set().union(*map(_bound, _inner(statement)))
    return set()


def _read(node: ast.AST, lazy: bool) -> set[str]:
    """Names that must be there when a statement runs; what a function's body reads comes later and is not counted.

    `lazy`: annotations are not evaluated.
    """
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return _read_all([*node.decorator_list, *_defaults(node.args), *_annotations(node, lazy)], lazy)
        case ast.Lambda():
            return _read_all(_defaults(node.args), lazy)
        case ast.ClassDef():
            outside = _read_all([*node.decorator_list, *node.bases, *node.keywords], lazy)
            own = set().union(*map(_bound, node.body)) | {"__qualname__", "__module__"}
            return outside | (_read_all(node.body, lazy) - own)
        case ast.If() | ast.Try():
            return _read_all(ast.iter_child_nodes(node), lazy) - _bound(node)
        case ast.AugAssign(target=ast.Name(id=name)):
            return {name} | _read(node.value, lazy)
        case ast.AnnAssign() if lazy:
            return _read_all([node.target] if node.value is None else [node.target, node.value], lazy)
        case ast.Name(id=name):
            return set() if _stores(node) else {name}
    names = _read_all(ast.iter_child_nodes(node), lazy)
    if isinstance(node, _COMPREHENSIONS):
        names -= {n.id for g in node.generators for n in ast.walk(g.target) if isinstance(n, ast.Name)}
    return names


def _read_all(nodes: Iterable[ast.AST], lazy: bool) -> set[str]:
    return set().union(*(_read(node, lazy) for node in nodes))


def _defaults(arguments: ast.arguments) -> list[ast.expr]:
    return [*arguments.defaults, *(default for default in arguments.kw_defaults if default is not None)]


def _annotations(function: ast.FunctionDef | ast.AsyncFunctionDef, lazy: bool) -> list[ast.expr]:
    if lazy:
        return []
    a = function.args
    every = [*a.posonlyargs, *a.args, *a.kwonlyargs, *(more for more in (a.vararg, a.kwarg) if more)]
    return [n for n in (*(argument.annotation for argument in every), function.returns) if n is not None]


def _bound_within(statement: ast.stmt) -> set[str]:
    """All names that a statement binds in its module when it runs, those in loops and branches among them."""
    found = set()
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            found.add(node.name)
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= _bound(node)
        elif isinstance(node, ast.Name) and _stores(node):
            found.add(node.id)
        if not isinstance(node, (ast.Lambda, *_COMPREHENSIONS)):
            waiting.extend(ast.iter_child_nodes(node))
    return found


def _globals_read(text: str) -> set[str]:
    """The globals that functions and methods of a module read."""
    found: set[str] = set()
    try:
        waiting = list(symtable.symtable(text, "module", "exec").get_children())
    except _NOT_PYTHON:
        return found
    while waiting:
        table = waiting.pop()
        waiting.extend(table.get_children())
        if table.get_type() == "function":
            found |= {each.get_name() for each in table.get_symbols() if each.is_global() and each.is_referenced()}
    return found


def _as_call(match: re.Match[str]) -> str:
    """A `print` statement as a call; one that prints to a file prints nothing."""
    lead, what = match.groups()
    what, _, comment = what.partition(" #")
    ends = what.rstrip().rstrip(";").rstrip()
    if ends.startswith(">>"):
        return f"{lead}pass"
    end = ", end=' '" if ends.endswith(",") else ""
    return f"{lead}print({ends.rstrip(',').rstrip()}{end})" + (f"  #{comment}" if comment else "")


class _Awaited(ast.NodeTransformer):
    """`await` outside of functions, as a module can have it: the loop runs until it is done."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return node

    def visit_Await(self, node: ast.Await) -> ast.AST:
        awaited = ast.Attribute(ast.Name(GUARD, ast.Load()), "awaited", ast.Load())
        return ast.Call(awaited, [self.visit(node.value)], [])


def _guard(seconds: float) -> str:
    """The source of the guard under which whole cells run."""
    text = resources.files("grader.intake").joinpath("guard.py").read_text("utf-8")
    return text.replace("SECONDS = 2.0", f"SECONDS = {seconds!r}")


def _stores(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)
