"""What names are worth: variables, scalars, functions and densities at their arguments."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from grader.maths import digits
from grader.maths.scope import Formula, Scope
from grader.maths.setting import ANY, Head
from grader.maths.tree import Apply, Constant, Node, Number, Symbol
from grader.maths.values import Undecided, Value, number


def number_of(node: Number, scope: Scope) -> Value:
    return number(digits.rational(node.value) if scope.world.precise else float(node.value), scope.world.count)


def constant(node: Constant, scope: Scope) -> Value:
    if scope.world.precise:
        return number(digits.constant(node.name), scope.world.count)
    return number({"pi": math.pi, "e": math.e, "infinity": math.inf}[node.name], scope.world.count)


def symbol(node: Symbol, scope: Scope) -> Value:
    """A name without arguments; a function or density is taken at its formal ones."""
    name, world = node.name, scope.world
    if name in scope.real:
        return scope.real[name]
    if name in scope.bound and not node.indices:
        return number(scope.bound[name], world.count)
    if name in world.setting.spaces:
        return _coordinates(node, scope)
    if node.indices and any(head.name == name for head in world.setting.arrays):
        return _entry(node, scope)
    found = scope.of(name)
    if found is None or (node.indices and not found.matrix):
        return _without_arguments(node, scope)
    return component(node, found, scope) if node.indices else found


def _entry(node: Symbol, scope: Scope) -> Value:
    """`\\lambda_x`: one number per point of a space, or per value of an index."""
    for head in scope.world.setting.arrays:
        places = [_entry_place(index, own, scope) for own, index in zip(head.own, node.indices, strict=False)]
        if head.name == node.name and len(head.own) == len(node.indices) and None not in places:
            moved = scope.replaced.get(f"{head.name}_{','.join(head.own)}")
            table = scope.world.tables["array", head.name, head.own] if moved is None else moved
            return placed(table, {own: at for own, at in zip(head.own, places, strict=True) if at is not None})
    raise Undecided(f"`{node.name}` is not declared with these indices")


def _entry_place(index: Node, own: str, scope: Scope) -> str | int | None:
    """Where an index points on the axis `own`: to another axis of that space, to a number, or nowhere (None)."""
    if own in scope.world.setting.spaces:
        return place(index, scope) if isinstance(index, Symbol) and index.name == own else None
    if isinstance(index, Symbol) and index.name in scope.world.setting.spaces:
        return None
    if isinstance(index, Symbol) and _is_free(index, scope):
        return index.name
    return integer(index, scope) - 1


def _coordinates(node: Symbol, scope: Scope) -> Value:
    """The variable itself as a number or a vector, where its space has coordinates."""
    at = place(node, scope)
    if node.name not in scope.world.points:
        raise Undecided(f"`{node.name}` ranges over an abstract space, so it has no value of its own")
    points = scope.world.points[node.name]
    return placed(Value(points, (node.name,), points.ndim > 2), {node.name: at})


def integer(node: Node, scope: Scope) -> int:
    value = scope.value(node)
    first = value.array.ravel()[0].real
    if value.axes or value.matrix or not np.all(value.array == first) or first != int(first):
        raise Undecided("an index must be a whole number")
    return int(first)


def component(node: Symbol, found: Value, scope: Scope) -> Value:
    free = node.indices[0]
    if len(node.indices) == 1 and isinstance(free, Symbol) and _is_free(free, scope) and found.array.shape[-1] == 1:
        # z_k with a k that nothing binds: an axis of its own, or the diagonal with another such k.
        return Value(found.array[..., 0], (*found.axes, "\0")).renamed({"\0": free.name})
    at = [integer(index, scope) - 1 for index in node.indices] + [0]
    rows, columns = found.array.shape[-2:]
    if not (0 <= at[0] < rows and 0 <= at[1] < columns):
        raise Undecided(f"`{node.name}` has no such entry")
    return Value(found.array[..., at[0], at[1]], found.axes)


def _with_indices(formula: Formula, indices: tuple[Node, ...], scope: Scope) -> Value:
    """A student's `w_j` at other indices: numbers, or the same ones."""
    bound = dict(scope.bound)
    for formal, index in zip(formula.indices, indices, strict=True):
        if not (isinstance(index, Symbol) and index.name == formal and formal not in bound):
            bound[formal] = integer(index, scope)
    return replace(scope, bound=bound).value(formula.body)


def _is_free(index: Symbol, scope: Scope) -> bool:
    """Whether an index is declared, and neither a sum nor a number gives it a value."""
    name = index.name
    return name in scope.world.setting.indices and name not in scope.bound and scope.of(name) is None


def _without_arguments(node: Symbol, scope: Scope) -> Value:
    """A function or density whose arguments are left out, `E_p[T]`: it is taken at its formal arguments."""
    if node.name in scope.replaced:
        return scope.replaced[node.name]
    for head in (Head(node.name), Head(node.name, ANY)):
        if head in scope.formulas:
            formula = scope.formulas[head]
            if formula.indices and len(formula.indices) == len(node.indices):
                return _with_indices(formula, node.indices, scope)
            found = scope.value(formula.body)
            return component(node, found, scope) if node.indices and found.matrix else found
    if node.indices:
        found = _without_arguments(Symbol(node.name), scope)
        if found.matrix:
            return component(node, found, scope)
        raise Undecided(f"`{node.name}` is not declared with an index")
    head = head_of(node.name, scope)
    own, given = (tuple(Symbol(v) for v in part) for part in (head.own, head.given))
    return scope.value(Apply(node.name, own, given))


def place(node: Node, scope: Scope) -> str | int:
    """The axis that a variable stands for, or the number of a point where it has an index that is known."""
    if not isinstance(node, Symbol):
        raise Undecided("a variable is expected here")
    axis = node.name + "'" * node.copy
    if not node.indices:
        return axis
    if node.name in scope.world.setting.copies:
        return "_".join([axis, *(str(integer(index, scope)) for index in node.indices)])
    index = node.indices[0]
    if len(node.indices) > 1:
        raise Undecided(f"`{node.name}` has too many indices")
    if isinstance(index, Symbol) and index.name not in scope.bound and index.name in scope.world.setting.indices:
        return f"{axis}_{index.name}"  # z_i with an i that nothing binds is one more name for a z
    return (integer(index, scope) - 1) % int(scope.world.weights[node.name].shape[1])


def placed(value: Value, places: Mapping[str, str | int]) -> Value:
    """A table taken at axes of other names, or at single points."""
    for axis, at in places.items():
        if isinstance(at, int):
            k = value.axes.index(axis)
            if not 0 <= at < value.array.shape[1 + k]:
                raise Undecided("an index is out of its range")
            value = Value(np.take(value.array, at, axis=1 + k), value.axes[:k] + value.axes[k + 1 :], value.matrix)
    return value.renamed({axis: at for axis, at in places.items() if isinstance(at, str)})


def apply(node: Apply, scope: Scope) -> Value:
    """A function or density at its arguments: a table, or a formula with other arguments in it."""
    name, world = node.function, scope.world
    arguments = (*node.arguments, *node.given)
    if Head(name, ANY) in scope.formulas:
        return scope.value(scope.formulas[Head(name, ANY)].body)
    if name in world.maps:
        raise Undecided(f"`{name}` gives a point, which has no value of its own here")
    own, given = (tuple(_space_or_none(a, scope) or "" for a in part) for part in (node.arguments, node.given))
    table = _table(Head(name, own, given), scope)
    if table is not None:
        return taken_at(table, dict(zip(own + given, arguments, strict=True)), scope)
    formula = scope.formulas.get(Head(name, own, given)) or _by_name(node, scope)
    formula = formula or _by_count(name, len(own), len(given), scope) or _by_value(node, scope)
    if formula is not None:
        return _substituted(formula, arguments, scope)
    spaces = tuple(space_of(a, scope) for a in arguments)
    if Head(name) in scope.formulas:
        # `M = \frac12(p + q)` says what M(x) is, too.
        found = scope.value(scope.formulas[Head(name)].body)
        return taken_at(found, {v: a for v, a in zip(spaces, arguments, strict=True) if v in found.axes}, scope)
    table = world.density(name, spaces[: len(own)], spaces[len(own) :])
    return taken_at(table, dict(zip(spaces, arguments, strict=True)), scope)


def _table(head: Head, scope: Scope) -> Value | None:
    moved = scope.replaced.get(head.name)
    if moved is not None and set(moved.axes) >= set(head.variables):
        return moved
    return scope.world.tables.get(head)


def _by_name(node: Apply, scope: Scope) -> Formula | None:
    """The formula whose formal arguments are called like these: `q(z_0)` is one density and `q(g(z_0))` another."""
    own, given = (
        tuple(a.function if isinstance(a, Apply) else a.name if isinstance(a, Symbol) else "" for a in part)
        for part in (node.arguments, node.given)
    )
    return scope.formulas.get(Head(node.function, own, given))


def _by_value(node: Apply, scope: Scope) -> Formula | None:
    """The formula whose formal argument has the value of this one: `q(S^{-1}(g-\\mu))` is q at z_0."""
    formulas = [f for h, f in scope.formulas.items() if h.name == node.function and len(h.own) == 1 and not h.given]
    if len(node.arguments) != 1 or node.given or len(formulas) < 2:
        return None
    argument = scope.value(node.arguments[0])
    for formula in formulas:
        formal = scope.value(Symbol(formula.head.own[0]))
        same = argument.array.shape == formal.array.shape and argument.axes == formal.axes
        if same and np.allclose(argument.array, formal.array, rtol=1e-9, atol=1e-9):
            return formula
    return None


def _by_count(name: str, own: int, given: int, scope: Scope) -> Formula | None:
    """The one formula of that name with so many arguments, for real arguments such as in `f(u)`."""
    found = [f for h, f in scope.formulas.items() if h.name == name and (len(h.own), len(h.given)) == (own, given)]
    return found[0] if len(found) == 1 else None


def _space_or_none(node: Node, scope: Scope) -> str | None:
    try:
        return space_of(node, scope)
    except Undecided:
        return None


def space_of(node: Node, scope: Scope) -> str:
    if isinstance(node, Symbol) and node.name in scope.world.setting.spaces:
        return node.name
    if isinstance(node, Apply | Symbol):
        name = node.function if isinstance(node, Apply) else node.name
        if name in scope.world.maps:
            return scope.world.maps[name][1]
    raise Undecided("a function is taken at something that is no variable of its space")


def taken_at(table: Value, arguments: Mapping[str, Node], scope: Scope) -> Value:
    missing = [v for v in arguments if v not in table.axes]
    if missing:
        raise Undecided(f"a function is taken at `{missing[0]}`, on which it does not depend")
    for variable, node in arguments.items():
        if isinstance(node, Symbol) and node.name == variable:
            continue
        table = _gathered(table, variable, node, scope)
    places = {
        v: place(n, scope) for v, n in arguments.items() if isinstance(n, Symbol) and n.name == v and v in table.axes
    }
    # Two steps, for z may become z' while z' becomes z.
    table = placed(table, {v: p if isinstance(p, int) else f"\0{v}" for v, p in places.items()})
    return table.renamed({f"\0{v}": p for v, p in places.items() if isinstance(p, str)})


def _gathered(table: Value, variable: str, node: Node, scope: Scope) -> Value:
    """D(G(z)): the table over x, taken where the map G sends each z."""
    name = node.function if isinstance(node, Apply) else node.name  # type: ignore[attr-defined]
    source, _, index = scope.world.maps[name]
    inner = node.arguments[0] if isinstance(node, Apply) and node.arguments else Symbol(source)
    rest = tuple(axis for axis in table.axes if axis != variable)
    array = table.on((variable, *rest))
    picked = array[np.arange(index.shape[0])[:, None], index]
    return placed(Value(picked, ("\1", *rest), table.matrix), {"\1": place(inner, scope)})


def _substituted(formula: Formula, arguments: tuple[Node, ...], scope: Scope) -> Value:
    """A definition at other arguments: variables are renamed, real arguments take their values."""
    names: dict[str, Node] = {}
    real = dict(scope.real)
    for formal, argument in zip(formula.head.variables, arguments, strict=True):
        if formal in scope.world.setting.spaces and isinstance(argument, Symbol) and argument.name == formal:
            names[formal] = argument
        elif formal in scope.world.setting.spaces and _maps(argument, scope):
            value = scope.value(formula.body)
            return taken_at(value, {formal: argument}, scope)
        elif isinstance(argument, Symbol) and argument.name == formal and not argument.indices:
            continue  # `g(\\lambda)` where g is told at λ: it stands for itself
        elif formal not in scope.world.setting.spaces or formal in scope.world.points:
            real[formal] = scope.value(argument)
        else:
            raise Undecided("a definition is taken at something that is no variable of its space")
    value = replace(scope, real=real).value(formula.body)
    return taken_at(value, {f: n for f, n in names.items() if f in value.axes}, scope)


def _maps(node: Node, scope: Scope) -> bool:
    return (isinstance(node, Apply) and node.function in scope.world.maps) or (
        isinstance(node, Symbol) and node.name in scope.world.maps
    )


def head_of(name: str, scope: Scope) -> Head:
    """The one head under which a density or function is declared. Raises Undecided if there is none, or several."""
    setting = scope.world.setting
    heads = [h for h in (*scope.world.tables, *scope.formulas, *setting.functions) if isinstance(h, Head)]
    found = list(dict.fromkeys(h for h in heads if h.name == name and h.own != ANY))
    if name in setting.joints:
        found.append(Head(name, setting.joints[name]))
    # What is free is meant where its marginals and conditionals are declared, too.
    free = [h for h in found if setting.densities.get(h) == "free"]
    found = free if len(free) == 1 else found
    if len(found) != 1:
        raise Undecided(f"`{name}` is not declared" if not found else f"`{name}` needs its arguments")
    return found[0]


def densities(scope: Scope) -> set[str]:
    setting = scope.world.setting
    named = {*setting.joints, *setting.pushforwards, *(h.name for h in setting.densities)}
    return named | {
        f.head.name
        for f in scope.formulas.values()
        if f.head.variables and set(f.head.variables) <= set(setting.spaces)
    }
