"""What a notebook defines, as a plain module, and what is written in it.

A notebook is a record of work, not a program: four in five have a cell that is no plain Python, three in four train
at top level, and many ran out of order. So nothing is executed here. Cell by cell, what defines something is kept
(imports, `def`, `class`, assignments that compute next to nothing, and `if` or `try` made only of these) and
everything else is dropped. A cell that can't be read loses only itself.

What is kept has to run from top to bottom in the box. A definition that needs a name which only dropped code would
have made (`def f(x, net=model)`) would take all others with it: it is left out too, and a remark says why.
"""

from __future__ import annotations

import ast
import builtins
import json
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

MAX_CELLS = 5_000
MAX_CODE = 400_000
"""Characters of code in all cells together, which bounds the time to read them at a few seconds."""
MAX_MAGIC_WORK = 2_000_000
"""IPython reads the whole cell again for each magic in it; this bounds characters read, at about 1.5 µs each."""

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
_UNKNOWN = "*"
"""Stands among the defined names for whatever an `import *` brings."""


@dataclass(frozen=True)
class Notebook:
    """What is in a notebook: `code` as a module in UTF-8, `written` its markdown cells, and remarks."""

    code: bytes
    written: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def read_notebook(data: bytes, name: str) -> Notebook | str:
    """The notebook that the bytes of the file `name` hold; a sentence where they hold none. Never raises."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            cells = list(_cells(data))
    except Exception:  # nbformat raises whatever damaged JSON makes it raise: KeyError, AttributeError, RecursionError
        return f"`{name}` can't be read as a notebook and was left out; it may be damaged or incomplete"
    module = _Module(name)
    written = []
    if len(cells) > MAX_CELLS:
        module.remarks.append(f"`{name}` has {len(cells):,} cells; those after the first {MAX_CELLS:,} were left out")
    for number, (kind, source) in enumerate(cells[:MAX_CELLS], 1):
        if kind == "code":
            module.add(number, source)
        elif kind == "markdown":
            written.append(source)
    return Notebook(module.text().encode(), tuple(written), tuple(module.remarks))


def code_cells(data: bytes, name: str) -> bytes:
    """A notebook of nothing but the code cells of the one that `read_notebook` could read, each in plain Python.

    A cell that can't be read is empty, which keeps the numbers of the others.
    """
    module = _Module(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sources = [source for kind, source in _cells(data) if kind == "code"][:MAX_CELLS]
    found = [module.plain(number, source) for number, source in enumerate(sources, 1)]
    cells = [{"cell_type": "code", "metadata": {}, "source": source} for source in found]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}).encode()


def _cells(data: bytes) -> Iterator[tuple[str, str]]:
    """(kind, source) of each cell. Version 4 is read leniently, cell by cell; older ones are upgraded by nbformat."""
    text = data.decode("utf-8-sig")
    raw = json.loads(text)
    major = raw.get("nbformat", 4 if "cells" in raw else 3)
    if isinstance(major, int) and major < 4:
        import nbformat

        reads: Any = nbformat.reads
        raw = reads(text, as_version=4)
    for cell in raw["cells"]:
        known = cell if isinstance(cell, dict) else {}
        source = known.get("source", "")
        if isinstance(source, list):
            source = "".join(line for line in source if isinstance(line, str))
        # A lone surrogate is valid JSON and no text; a NUL is no Python and breaks those who show it.
        clean = source.encode("utf-8", "replace").decode().replace("\0", "�") if isinstance(source, str) else ""
        guessed = "code" if "outputs" in known else "markdown"
        yield str(known.get("cell_type", guessed)), re.sub(r"\r\n?", "\n", clean)


@dataclass
class _Module:
    """The module as far as it is made. `imported` maps a name to what it stands for (`nn` to `torch.nn`)."""

    name: str
    remarks: list[str] = field(default_factory=list)
    blocks: list[str] = field(default_factory=list)
    defined: set[str] = field(default_factory=set)
    imported: dict[str, str] = field(default_factory=dict)
    lazy_annotations: bool = False
    code_left: int = MAX_CODE
    magic_left: int = MAX_MAGIC_WORK

    def text(self) -> str:
        """The whole module. A future import counts only at the beginning."""
        future = ["from __future__ import annotations\n"] if self.lazy_annotations else []
        return "\n".join([*future, *self.blocks])

    def add(self, number: int, code: str) -> None:
        """Keeps what the cell defines; a cell that can't be kept becomes a remark."""
        self.code_left -= len(code)
        if self.code_left < 0:
            self._left_out(number, f"a notebook's code may have {MAX_CODE:,} characters")
            return
        try:
            code = self._python(number, code)
            # What parses may still not compile (`break` outside a loop), and would take the other cells with it.
            _parse(code, only_tree=False)
            kept = self._kept(number, code, _parse(code))
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
            return self._transformed(code)
        return code

    def _transformed(self, code: str) -> str:
        """The cell with IPython's own syntax turned into calls, which are then dropped like other calls."""
        work = len(code) * (2 + len(_MAGIC_LINE.findall(code)))
        if work > self.magic_left:
            return code
        self.magic_left -= work
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                from IPython.core.inputtransformer2 import TransformerManager

                manager: Any = TransformerManager
                return str(manager().transform_cell(code))
        except Exception:  # the transformer raises what a student's text makes it raise; the parser will say it better
            return code

    def _kept(self, number: int, code: str, tree: ast.Module) -> list[str]:
        """The source of what is kept, statement by statement."""
        lines = code.encode().split(b"\n")
        kept = []
        for statement in tree.body:
            if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
                self.lazy_annotations |= any(alias.name == "annotations" for alias in statement.names)
            elif self._is_definition(statement):
                missing = sorted(_read(statement, self.lazy_annotations) - self.defined - _ALWAYS_THERE)
                if missing and _UNKNOWN not in self.defined:
                    self._needs(number, statement, missing[0])
                    continue
                self._define(statement)
                kept.append(_source(lines, statement))
        return kept

    def _needs(self, number: int, statement: ast.stmt, missing: str) -> None:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            self.remarks.append(
                f"`{statement.name}` in cell {number} of `{self.name}` was left out: "
                f"its definition needs `{missing}`, which is not run here"
            )

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
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "\d" in a student's string is no affair of whoever runs the grader
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


def _stores(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)
