"""Mutants of the reference's Python: one slip each, as a student makes it, in the text as it was written.

What only guards (an `if` that raises, an `assert`) and what only says (docstrings, annotations) is left alone: no item
asks for it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.prove.source import Edit, Unit, dedented, line_starts

OTHER: dict[type[ast.operator], tuple[type[ast.operator], str]] = {
    ast.Add: (ast.Sub, "sign of a term"),
    ast.Sub: (ast.Add, "sign of a term"),
    ast.Mult: (ast.Div, "divided for multiplied"),
    ast.Div: (ast.Mult, "multiplied for divided"),
    ast.Pow: (ast.Mult, "multiplied for a power"),
    ast.FloorDiv: (ast.Mult, "multiplied for divided"),
}
COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}
REDUCED = {"sum": "mean", "mean": "sum", "amax": "amin", "amin": "amax", "max": "min", "min": "max", "prod": "sum"}
REDUCED |= {"cumsum": "cumprod", "logsumexp": "sum", "argmax": "argmin"}
SWAPPED = {"eval": "train", "train": "eval", "randn": "rand", "randn_like": "rand_like", "zeros": "ones"}
SWAPPED |= {"ones": "zeros", "zeros_like": "ones_like", "ones_like": "zeros_like", "tril": "triu", "triu": "tril"}
MODES = frozenset({"eval", "train"})
UNARY = {"exp", "log", "sqrt", "rsqrt", "square", "sigmoid", "logsigmoid", "softplus", "tanh", "relu", "abs", "expm1"}
UNARY |= {"log1p", "neg", "reciprocal", "clamp", "clamp_min", "t", "transpose", "flip", "cumsum", "log_softmax"}
UNARY |= {"softmax", "detach", "leaky_relu", "logit", "flatten", "diff"}
"""Functions of one thing that can be forgotten."""
DIMS = frozenset({"dim", "axis"})
AXED = {"sum", "mean", "amax", "amin", "max", "min", "prod", "logsumexp", "cumsum", "softmax", "log_softmax", "cat"}
AXED |= {"stack", "argmax", "unsqueeze", "squeeze", "flip", "norm", "flatten", "diff", "sort", "std", "var"}
"""Methods whose first number is a dimension."""


def mutants(unit: Unit, *, gradients: bool) -> Iterator[Edit]:
    """All single slips in a unit that change its tree. `gradients`: whether a forgotten gradient would matter."""
    text = dedented(unit.source)
    whole = ast.dump(unit.tree)
    starts = line_starts(text)
    seen = {whole}
    for node, new, slip in _slips(unit.tree, gradients):
        start, end = _place(node, starts)
        for written in (new, f"({new})"):
            after = text[:start] + written.encode() + text[end:]
            try:
                tree = ast.dump(ast.parse(after).body[0])
            except (SyntaxError, ValueError):
                continue
            # Where brackets are missing, another operand would be changed than was meant.
            if written == new and isinstance(node, ast.expr) and not _alone(after, start, len(written.encode())):
                continue
            if tree not in seen:
                seen.add(tree)
                yield Edit(start, end, written, slip)
            break


def _place(node: ast.expr | ast.stmt, starts: list[int]) -> tuple[int, int]:
    first = starts[node.lineno - 1] + node.col_offset
    return first, starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)


def _alone(text: bytes, start: int, length: int) -> bool:
    """Whether what was put in is an expression of its own there."""
    starts = line_starts(text)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.expr) and _place(node, starts) == (start, start + length):
            return True
    return False


Slip = tuple[ast.expr | ast.stmt, str, str]


def _slips(tree: ast.AST, gradients: bool) -> Iterator[Slip]:
    """What can go wrong: the node that is replaced, the text for it, and the slip's name."""
    for node in _asked(tree):
        if isinstance(node, ast.BinOp):
            yield from _binary(node)
        elif isinstance(node, ast.UnaryOp):
            yield node, ast.unparse(node.operand), "sign" if isinstance(node.op, ast.USub) else "negation lost"
        elif isinstance(node, ast.Constant):
            yield from _constant(node)
        elif isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in COMPARED:
            yield node, _with(node, ops=[COMPARED[type(node.ops[0])]()]), "comparison"
        elif isinstance(node, ast.Call):
            yield from _call(node)
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.BinOp | ast.Call):
            yield node.value, f"-({ast.unparse(node.value)})", "sign of the whole"
        elif isinstance(node, ast.AugAssign | ast.Expr) or _stores(node):
            yield node, "pass", "a statement lost"  # type: ignore[misc]
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
            yield node, ast.unparse(node.value), "slice lost"
        if gradients:
            yield from _detached(node)


def _asked(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes below one that do something, outer ones first."""
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "decorator_list", "type_params", "msg"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or _says(child) or _guards(child):
                continue
            yield child
            if not isinstance(child, ast.JoinedStr):
                yield from _asked(child)


def _says(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _guards(node: ast.AST) -> bool:
    if isinstance(node, ast.If) and not node.orelse:
        return all(isinstance(each, ast.Raise) for each in node.body)
    return isinstance(node, ast.Raise | ast.Assert)


def _stores(node: ast.AST) -> bool:
    """Whether a statement changes a part of something that is there: leaving it out leaves nothing undefined."""
    return isinstance(node, ast.Assign) and all(isinstance(target, ast.Subscript) for target in node.targets)


def _binary(node: ast.BinOp) -> Iterator[Slip]:
    if type(node.op) in OTHER:
        operator, slip = OTHER[type(node.op)]
        yield node, _with(node, op=operator()), slip
    left, right = ast.unparse(node.left), ast.unparse(node.right)
    if isinstance(node.op, ast.Add | ast.Sub):
        yield node, left, "a term lost"
        yield node, right if isinstance(node.op, ast.Add) else f"-{_bracketed(node.right)}", "a term lost"
    elif isinstance(node.op, ast.Mult | ast.Div | ast.Pow):
        yield node, left, "a factor lost" if isinstance(node.op, ast.Mult) else "a divisor or a power lost"
        if isinstance(node.op, ast.Mult):
            yield node, right, "a factor lost"
    if isinstance(node.op, ast.Sub | ast.Div | ast.Pow | ast.MatMult):
        yield node, _with(node, left=node.right, right=node.left), "operands exchanged"


def _constant(node: ast.Constant) -> Iterator[Slip]:
    value = node.value
    if isinstance(value, bool):
        yield node, str(not value), "a switch turned"
    elif isinstance(value, int):
        yield node, str(value + 1), "another number"
        if value > 1:
            yield node, str(value - 1), "another number"
    elif isinstance(value, float):
        yield node, repr(2 * value), "twice the number"
        if abs(value) >= 1e-3:
            yield node, repr(value + 1), "another number"
    elif value in ("sum", "mean", "none"):
        yield node, repr("mean" if value == "sum" else "sum"), "mean for sum"


def _call(node: ast.Call) -> Iterator[Slip]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    taken = node.func.value if isinstance(node.func, ast.Attribute) else None
    if name in REDUCED:
        yield node, _renamed(node, REDUCED[name]), "mean for sum" if name in ("sum", "mean") else "another reduction"
    if name in SWAPPED:
        yield node, _renamed(node, SWAPPED[name]), "train and eval" if name in MODES else "another function"
    if name in UNARY and taken is not None:
        inner = node.args[0] if _is_module(taken) and node.args else taken
        if not _is_module(inner):
            yield node, ast.unparse(inner), f"{name} lost"
    plain = [arg for arg in node.args if not isinstance(arg, ast.Starred)]
    if len(plain) == len(node.args) >= 2 and not any(isinstance(arg, ast.Constant) for arg in plain[:2]):
        yield node, _with(node, args=[plain[1], plain[0], *plain[2:]]), "arguments exchanged"
    yield from _dimension(node, name, taken)
    for keyword in node.keywords:
        if keyword.arg and keyword.arg not in DIMS:
            rest = [other for other in node.keywords if other is not keyword]
            yield node, _with(node, keywords=rest), f"{keyword.arg} left out"


def _dimension(node: ast.Call, name: str, taken: ast.expr | None) -> Iterator[Slip]:
    """Another dimension, and none at all."""
    for keyword in node.keywords:
        if keyword.arg in DIMS:
            rest = [other for other in node.keywords if other is not keyword]
            yield node, _with(node, keywords=rest), "dimension left out"
            for other in _dims(keyword.value):
                changed = [*rest, ast.keyword(keyword.arg, other)]
                yield node, _with(node, keywords=changed), "wrong dimension"
    place = 1 if taken is not None and _is_module(taken) else 0
    if name in AXED and len(node.args) > place:
        for other in _dims(node.args[place]):
            yield node, _with(node, args=[*node.args[:place], other, *node.args[place + 1 :]]), "wrong dimension"


def _dims(node: ast.expr) -> Iterator[ast.expr]:
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return
    if isinstance(value, int) and not isinstance(value, bool):
        yield ast.Constant(0 if value else 1)
        if value == -1:
            yield ast.Constant(-2)


def _detached(node: ast.AST) -> Iterator[Slip]:
    value = getattr(node, "value", None)
    if isinstance(node, ast.Assign | ast.Return) and isinstance(value, ast.BinOp | ast.Call | ast.Name):
        yield value, f"{_bracketed(value)}.detach()", "detached"


def _is_module(node: ast.expr) -> bool:
    """Whether a name is that of a library, as far as a name tells."""
    if isinstance(node, ast.Attribute):
        return _is_module(node.value)
    return isinstance(node, ast.Name) and node.id in ("torch", "F", "np", "nn", "math", "special", "functional", "self")


def _bracketed(node: ast.expr) -> str:
    return ast.unparse(node) if isinstance(node, ast.Name | ast.Call | ast.Attribute) else f"({ast.unparse(node)})"


def _renamed(node: ast.Call, name: str) -> str:
    func = node.func
    new = ast.Attribute(func.value, name, ast.Load()) if isinstance(func, ast.Attribute) else ast.Name(name, ast.Load())
    return _with(node, func=new)


def _with(node: ast.AST, **changes: object) -> str:
    fields = dict(ast.iter_fields(node)) | changes
    return ast.unparse(ast.fix_missing_locations(type(node)(**fields)))
