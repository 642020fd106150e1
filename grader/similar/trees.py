"""Python as words that stay when code is disguised, and fingerprints of runs of such words.

Theory of operation. A syntax tree is written down as a line of words, outer nodes first. What a student can change
without changing what happens has no word: names of his own, comments, layout, docstrings, annotations, imports,
prints, where a function stands, `x += 1` for `x = x + 1`, `torch.exp(x)` for `x.exp()`, `dim=1` for `1`. What he can't
change so has one: names of libraries, numbers, operators, the shape of the tree. Every run of `LENGTH` words within
one function has a hash; of these the smallest in each window is a fingerprint (winnowing: Schleimer, Wilkerson and
Aiken 2003), so that any common run of LENGTH + WINDOW - 1 words is found, wherever it stands.
"""

from __future__ import annotations

import ast
import builtins
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, pairwise

LENGTH = 14
"""Words of a run. A shorter one is in every solution of the same exercise."""
WINDOW = 6
MOST_WORDS = 40_000
"""Words of one submission that are compared."""
LIBRARIES = frozenset({"torch", "np", "numpy", "F", "nn", "math", "functional", "special", "distributions"})
MOST_PARTS = 5_000
"""Parts of a broken file that are tried by themselves."""
SILENT = (ast.Import, ast.ImportFrom, ast.Pass, ast.expr_context, ast.Global, ast.Nonlocal)
KNOWN = frozenset(dir(builtins))
_TOP = re.compile(rb"^(?=[^\s#)\]}])", re.MULTILINE)


@dataclass(frozen=True)
class Word:
    """One word, and the line (from 1) at which it stands."""

    text: str
    line: int


@dataclass(frozen=True)
class Unit:
    """A function, a method, or what stands outside of them, as words."""

    name: str
    file: str
    words: tuple[Word, ...]

    @cached_property
    def grams(self) -> tuple[int, ...]:
        """The hash of each run of words, by its first."""
        texts = [word.text for word in self.words]
        return tuple(_hash(texts[k : k + LENGTH]) for k in range(len(texts) - LENGTH + 1))


def fingerprints(grams: Sequence[int]) -> frozenset[int]:
    """The smallest hash of each window."""
    last = max(len(grams) - WINDOW + 1, 1 if grams else 0)
    return frozenset(min(grams[k : k + WINDOW]) for k in range(last))


def _hash(texts: list[str]) -> int:
    return int.from_bytes(hashlib.blake2b("\0".join(texts).encode(), digest_size=8).digest())


def units(sources: Mapping[str, bytes]) -> tuple[list[Unit], list[str]]:
    """The units of a submission's Python, and the files of which a part could not be read."""
    found: list[Unit] = []
    unread, left = [], MOST_WORDS
    for file, source in sources.items():
        if not file.endswith(".py"):
            continue
        trees, whole = _trees(source)
        if not whole:
            unread.append(file)
        for tree, above in trees:
            for unit in _units(tree, file, above):
                if left > 0:
                    found.append(Unit(unit.name, file, unit.words[:left]))
                    left -= len(unit.words)
    return found, unread


def _trees(source: bytes) -> tuple[list[tuple[ast.Module, int]], bool]:
    """The trees of a file, each with the lines above it: one, or where it is no Python those of its parts that are."""
    whole = _parsed(source)
    if whole is not None:
        return [(whole, 0)], True
    found = []
    starts = [match.start() for match in islice(_TOP.finditer(source), MOST_PARTS)]
    for start, end in pairwise((*starts, len(source))):
        tree = _parsed(source[start:end])
        if tree is not None:
            found.append((tree, source.count(b"\n", 0, start)))
    return found, False


def _parsed(source: bytes) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _units(tree: ast.Module | ast.ClassDef, file: str, above: int, owner: str = "") -> Iterator[Unit]:
    """Every function, every method, and the rest together."""
    rest: list[ast.stmt] = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and owner.count(".") < 10:
            yield from _units(node, file, above, f"{owner}{node.name}.")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Unit(owner + node.name, file, tuple(_words(node, above)))
        else:
            rest.append(node)
    words = tuple(word for node in rest for word in _words(node, above))
    if words:
        yield Unit(owner.rstrip(".") or "outside of functions", file, words)


def _words(node: ast.AST, above: int) -> Iterator[Word]:
    waiting: list[tuple[ast.AST | str, int]] = [(node, 0)]
    while waiting:
        one, line = waiting.pop()
        if isinstance(one, str):
            yield Word(one, above + line)
            continue
        line = getattr(one, "lineno", line)
        waiting += [(part, line) for part in reversed(_parts(one))]


def _parts(node: ast.AST) -> list[ast.AST | str]:
    """What a node is written down as: words, and the nodes below it."""
    if isinstance(node, SILENT) or _says(node):
        return []
    return _of_statement(node) if isinstance(node, ast.stmt) else _of_expression(node)


def _of_statement(node: ast.stmt) -> list[ast.AST | str]:
    match node:
        case ast.AugAssign(target=target, op=op, value=value):
            return ["=", target, type(op).__name__, target, value]
        case ast.AnnAssign(target=target, value=value):
            return ["=", target, value] if value else []
        case ast.Assign(targets=targets, value=value):
            return ["=", *targets, value]
        case ast.FunctionDef(args=args, body=body) | ast.AsyncFunctionDef(args=args, body=body):
            return [f"def {len(args.args)}", *args.defaults, *filter(None, args.kw_defaults), *body]
        case ast.ClassDef(bases=bases, body=body):
            return ["class", *bases, *body]
    return [type(node).__name__, *ast.iter_child_nodes(node)]


def _of_expression(node: ast.AST) -> list[ast.AST | str]:
    match node:
        case ast.Name(id=name):
            return [name if name in KNOWN else "name"]
        case ast.Constant(value=value):
            return [repr(value) if isinstance(value, int | float | complex | None) else "text"]
        case ast.Call(func=func, args=args, keywords=keywords):
            return [*_called(func), *args, *keywords]
        case ast.keyword(arg=arg, value=value):
            return [value] if arg in ("dim", "axis") else [f"{arg}=", value]
        case ast.Attribute(value=value, attr=attr):
            return [f".{attr}"] if _is_library(value) else _own(value, attr)
        case ast.BinOp(left=left, op=op, right=right):
            return [type(op).__name__, left, right]
    return [type(node).__name__, *ast.iter_child_nodes(node)]


def _says(node: ast.AST) -> bool:
    """Whether a statement does nothing but say something: a docstring, a print."""
    if not isinstance(node, ast.Expr):
        return False
    value = node.value
    called = value.func if isinstance(value, ast.Call) else None
    return isinstance(value, ast.Constant) or (isinstance(called, ast.Name) and called.id == "print")


def _called(func: ast.expr) -> list[ast.AST | str]:
    """What is called, alike for `torch.exp(x)` and `x.exp()`."""
    if isinstance(func, ast.Attribute):
        if isinstance(func.value, ast.Name) and func.value.id == "self":
            return ["call own"]
        return [f"call {func.attr}", *([] if _is_library(func.value) else [func.value])]
    return [f"call {func.id}" if isinstance(func, ast.Name) and func.id in KNOWN else "call own", *_inner(func)]


def _inner(func: ast.expr) -> list[ast.AST | str]:
    return [] if isinstance(func, ast.Name) else [func]


def _own(value: ast.expr, attr: str) -> list[ast.AST | str]:
    """Attributes of `self` have names that a student has chosen."""
    if isinstance(value, ast.Name) and value.id == "self":
        return ["own"]
    return [f".{attr}", value]


def _is_library(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in LIBRARIES
