"""Rewrites of the reference that keep its meaning: what a student writes who is right in another way."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import TypeGuard

from grader.prove.source import Unit


def rewrites(unit: Unit, *, plain: bool) -> Iterator[tuple[str, bytes]]:
    """A name and the new text for each rewrite that applies. `plain`: whether it is a function from tensors to one."""
    kinds: list[tuple[str, Callable[[ast.AST], bool]]] = [
        ("other names for locals", _rename),
        ("operands turned around", _commute),
        ("a name for what is returned", _split),
        ("keywords for dimensions", _keywords),
        ("loops for reductions", _loop),
    ]
    for name, change in kinds:
        tree = ast.parse(_text(unit)).body[0]
        if change(tree):
            yield name, ast.unparse(ast.fix_missing_locations(tree)).encode()
    if plain and unit.name == unit.own and _takes_tensors(unit.tree):
        yield "float64 within", _doubled(unit)


def _text(unit: Unit) -> str:
    return ast.unparse(unit.tree)


def _rename(tree: ast.AST) -> bool:
    """Every local variable gets another name; parameters keep theirs."""
    if any(isinstance(node, ast.Nonlocal | ast.Global | ast.Lambda) for node in ast.walk(tree)) or _nested(tree):
        return False
    stored = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    stored -= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in stored:
            node.id = f"{node.id}_here"
    return bool(stored)


def _nested(tree: ast.AST) -> bool:
    inner = (n for n in ast.walk(tree) if n is not tree)
    return any(isinstance(n, ast.FunctionDef | ast.ClassDef) for n in inner)


class _Turned(ast.NodeTransformer):
    """Sums and products with their operands exchanged."""

    def __init__(self) -> None:
        self.done = False

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        # Sequences are added in order; a product or sum of what is a number or a tensor is not.
        sequence = (ast.List, ast.Tuple, ast.JoinedStr, ast.ListComp)
        sides = (node.left, node.right)
        texts = any(isinstance(side, ast.Constant) and isinstance(side.value, str) for side in sides)
        if isinstance(node.op, ast.Add | ast.Mult) and not texts and not any(isinstance(s, sequence) for s in sides):
            node.left, node.right = node.right, node.left
            self.done = True
        return node


def _commute(tree: ast.AST) -> bool:
    turned = _Turned()
    turned.visit(tree)
    # Sums of shapes, which are tuples by another name, can't be told from sums of numbers.
    shapes = any(isinstance(n, ast.Attribute) and n.attr in ("shape", "kernel_size") for n in ast.walk(tree))
    return turned.done and not shapes


def _split(tree: ast.AST) -> bool:
    """`return f(x)` becomes two statements."""
    done = False
    for node in ast.walk(tree):
        for field in ("body", "orelse"):
            block = getattr(node, field, None)
            if isinstance(block, list) and block and isinstance(block[-1], ast.Return) and block[-1].value is not None:
                value = block[-1].value
                block[-1:] = [
                    ast.Assign([ast.Name("returned", ast.Store())], value),
                    ast.Return(ast.Name("returned", ast.Load())),
                ]
                done = True
    return done


REDUCTIONS = frozenset({"sum", "mean", "logsumexp", "softmax", "log_softmax", "amax", "argmax", "cumsum"})


def _keywords(tree: ast.AST) -> bool:
    """`x.sum(1)` and `x.sum(dim=1)` are one."""
    done = False
    for node in ast.walk(tree):
        if not _reduces(node):
            continue
        dims = [keyword for keyword in node.keywords if keyword.arg == "dim"]
        if dims and not node.args:
            node.args, node.keywords = [dims[0].value], [k for k in node.keywords if k is not dims[0]]
            done = True
        elif len(node.args) == 1 and not dims:
            node.keywords = [ast.keyword("dim", node.args[0]), *node.keywords]
            node.args = []
            done = True
    return done


def _reduces(node: ast.AST) -> TypeGuard[ast.Call]:
    func = getattr(node, "func", None)
    return isinstance(func, ast.Attribute) and func.attr in REDUCTIONS and not _library(func.value)


def _library(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("torch", "np", "F")


class _Loops(ast.NodeTransformer):
    """Python's own sum for a tensor's."""

    def __init__(self) -> None:
        self.done = False

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        func = node.func
        if not isinstance(func, ast.Attribute) or func.attr != "sum" or _library(func.value):
            return node
        dims = [*node.args, *(k.value for k in node.keywords if k.arg == "dim")]
        if len(dims) != 1 or len(node.args) + len(node.keywords) != 1 or not isinstance(_literal(dims[0]), int):
            return node
        self.done = True
        over = ast.Call(ast.Attribute(func.value, "unbind", ast.Load()), [dims[0]], [])
        return ast.Call(ast.Name("sum", ast.Load()), [over], [])


def _loop(tree: ast.AST) -> bool:
    """`x.sum(dim=1)` as Python's own sum over the slices."""
    loops = _Loops()
    loops.visit(tree)
    return loops.done


def _literal(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def _takes_tensors(tree: ast.AST) -> bool:
    """Whether it has positional parameters only, without defaults."""
    told = getattr(tree, "args", None)
    return isinstance(told, ast.arguments) and not (told.kwonlyargs or told.vararg or told.kwarg or told.defaults)


def _doubled(unit: Unit) -> bytes:
    """The function computes in float64, and hands back the type that it was given."""
    tree = ast.parse(_text(unit)).body[0]
    assert isinstance(tree, ast.FunctionDef)
    names = [arg.arg for arg in tree.args.args]
    inner = _text(unit).replace("\n", "\n    ")
    handed = ", ".join(f"{name}.double() if {name}.is_floating_point() else {name}" for name in names)
    body = [
        inner,
        f"returned, dtype = {unit.own}({handed}), {names[0]}.dtype",
        "return tuple(one.to(dtype) for one in returned) if isinstance(returned, tuple) else returned.to(dtype)",
    ]
    return "\n    ".join([f"def {unit.own}({', '.join(names)}):", *body]).encode()
