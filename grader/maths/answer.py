"""A written answer, read and evaluated inside the box: every formula, every claim between two sides, on sampled worlds.

The reference's formulas are evaluated on the same worlds by the same code, so that the two can be compared outside.
Nothing here knows what is right: it says what both sides of each claim are worth.

Three modes, which are all observed where they make sense. *Free*: unknowns have random values, so that an identity must
hold whatever they are. *Solved*: unknowns have the values that solve the task, so that a condition on them must hold.
*Many*: more worlds, for an inequality is refuted by a single one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from grader.maths.evaluate import scope_of
from grader.maths.lex import with_macros
from grader.maths.notation import Notation
from grader.maths.raw import Unreadable
from grader.maths.read import read, readings
from grader.maths.read import unknown as strange_names
from grader.maths.rows import Formula as Written
from grader.maths.rows import rows
from grader.maths.scope import Formula, Scope
from grader.maths.setting import ANY, Head, Setting, setting
from grader.maths.steps import Derivation, Side, definition, derivation, known, named, unknown
from grader.maths.tree import Apply, Derivative, Extremum, Node, Row, Symbol, walk
from grader.maths.values import Undecided, Value
from grader.maths.worlds import World, sample
from grader.maths.write import latex, mathml

EACH = 24
"""Worlds in each of the three regimes, for equalities."""
MANY = 700
"""Worlds in each regime, for inequalities."""
ORDERED = ("<=", ">=", "<", ">")
MAX_ROWS = 200


@dataclass
class Room:
    """The worlds of one answer and what the student defines on the way, which grows line by line."""

    told: Setting
    seed: int
    formulas: dict[Head, Formula] = field(default_factory=dict)
    scopes: dict[str, Scope] = field(default_factory=dict)

    def scope(self, mode: str) -> Scope:
        """The scope of a mode: `free`, `many`, or `solved.0`, `solved.1`, … for each way to solve it."""
        if mode not in self.scopes:
            self.scopes[mode] = self._made(mode)
        return replace(self.scopes[mode], formulas=self.formulas)

    def _made(self, mode: str) -> Scope:
        if mode in ("free", "many"):
            world = sample(
                self.told, np.random.default_rng([self.seed, mode == "many"]), MANY if mode == "many" else EACH
            )
            return scope_of(_with_densities(world, self.formulas), self.formulas)
        scope = self.scope("free")
        replaced: dict[str, Value] = {}
        for head, formula in self.solutions[int(mode.partition(".")[2])].items():
            value = replace(scope, replaced=replaced).value(formula)
            replaced[head.name] = _spread(value, head, scope.world)
        return replace(scope, replaced=replaced)

    @property
    def solutions(self) -> list[dict[Head, Node]]:
        notation = self.told.notation()
        return [{head: read(text, notation) for head, text in entry.items()} for entry in self.told.unknowns]

    @property
    def modes(self) -> list[str]:
        return ["free", *(f"solved.{k}" for k in range(len(self.told.unknowns)))]


def room(told: Mapping[str, Any], seed: int) -> Room:
    """The worlds and formulas that a rubric declares. Raises ValueError or Unreadable, for the course's author."""
    declared = setting(told)
    notation = declared.notation()
    formulas = {}
    for head, text in (*declared.densities.items(), *declared.definitions.items()):
        if text != "free":
            formulas[head] = Formula(head, read(text, notation))
    return Room(declared, seed, formulas)


def _with_densities(world: World, formulas: Mapping[Head, Formula]) -> World:
    """Densities that are given by formulas as tables, so that a derivative can move them."""
    tables = dict(world.tables)
    scope = scope_of(world, formulas)
    for head, text in world.setting.densities.items():
        if text != "free":
            value = scope.value(formulas[head].body)
            tables[head] = _spread(value, head, world)
    return replace(world, tables=tables)


def _spread(value: Value, head: Head, world: World) -> Value:
    """The value on all axes of a head's arguments that have one; others that it depends on stay."""
    own = tuple(v for v in head.variables if v in world.weights)
    axes = (*own, *(a for a in value.axes if a not in own))
    array = value.on(axes)
    shape = (world.count, *(world.weights[v].shape[1] for v in own))
    return Value(np.broadcast_to(array, shape + array.shape[len(shape) :]).copy(), axes, value.matrix)


@dataclass(frozen=True)
class Line:
    """A formula of the answer: its text, what was read (None and `why` if it could not be), how it was corrected."""

    text: str
    span: tuple[int, int]
    alone: bool
    row: Row | None
    why: str = ""
    read_as: str = ""
    words: str = ""


def lines(text: str, told: Setting) -> list[Line]:
    """Every formula of a written answer in its order."""
    notation = with_macros(told.notation(), text)
    return [_line(formula, notation) for formula in rows(text)[:MAX_ROWS]]


def _line(formula: Written, notation: Notation) -> Line:
    """A formula as it is read: plainly, unless that has names that nobody knows and a charitable reading has not."""
    line = Line(formula.text, formula.span, formula.alone, None, words=formula.words)
    try:
        found = readings(formula.text, notation)
    except Unreadable as unreadable:
        return replace(line, why=unreadable.what)
    row, read_as = min(found, key=lambda reading: len(strange_names(reading[0])))
    return replace(line, row=row, read_as=read_as)


def observed_answer(text: str, told: Mapping[str, Any], seed: int) -> dict[str, np.ndarray]:
    """All that a written answer says, as plain arrays:

    `line/<n>/…`   text, mathml, why (it could not be read), read_as, alone
    `side/<n>/…`   line, latex, and per mode `<mode>/value` (worlds, entries), `<mode>/axes`; or why
    `claim/<n>/…`  left, right, relation, line; per mode `<mode>/left`, `<mode>/right`; why (undecided), defines
    """
    space = room(told, seed)
    read_lines = lines(text, space.told)
    whole = derivation([line.row for line in read_lines])
    found: dict[str, np.ndarray] = {}
    for n, line in enumerate(read_lines):
        found |= _told(f"line/{n}", text=line.text, why=line.why, read_as=line.read_as, words=line.words)
        found[f"line/{n}/alone"] = np.array(line.alone)
        found[f"line/{n}/mathml"] = np.array(mathml(line.row) if line.row else "")
    defined, names = _definitions(whole, space)
    for n, claim in enumerate(whole.claims):
        found |= {f"claim/{n}/{name}": np.array(getattr(claim, name)) for name in ("left", "right", "relation", "row")}
        if n in names:
            found |= _told(f"claim/{n}", defines=names[n])
            continue
        left, right = (known(whole.sides[k].node, defined) for k in (claim.left, claim.right))
        found |= {f"claim/{n}/{key}": array for key, array in _claim(left, right, claim.relation, space).items()}
    for n, side in enumerate(whole.sides):
        found |= {f"side/{n}/{key}": array for key, array in _side(side, defined, space).items()}
    found["ends"] = np.array(whole.ends, np.int64)
    return found


def evaluated(formulas: Mapping[str, str], told: Mapping[str, Any], seed: int) -> dict[str, np.ndarray]:
    """The reference's formulas by name, on the same worlds: per mode `<name>/<mode>/value` and `…/axes`."""
    space = room(told, seed)
    notation = space.told.notation()
    found: dict[str, np.ndarray] = {}
    for name, text in formulas.items():
        programme, node = programme_of(read(text, notation), space.told)
        found[f"{name}/programme"] = np.array(programme)
        for mode in space.modes:
            value = space.scope(mode).value(node)
            found |= {f"{name}/{mode}/{key}": array for key, array in _flat(value).items()}
    return found


def programme_of(node: Node, told: Setting) -> tuple[str, Node]:
    """The extrema over names that have no range, such as `max min` over all G and D, and what stands behind them."""
    kinds = []
    while isinstance(node, Extremum) and not any(_ranges(bound.name, told) for bound in node.over):
        kinds.append(node.kind)
        node = node.body
    return " ".join(kinds), node


def _ranges(name: str, told: Setting) -> bool:
    return name in told.vectors or isinstance(told.scalars.get(name), list | tuple)


def _without_programme(left: Node, right: Node, told: Setting) -> tuple[Node, Node]:
    """Both sides without the extrema that they share: those are equal if what they are taken of is."""
    (a, inner), (b, other) = programme_of(left, told), programme_of(right, told)
    # A line that goes on often leaves them out.
    return (inner, other) if a == b or not (a and b) else (left, right)


def _told(prefix: str, **texts: str) -> dict[str, np.ndarray]:
    return {f"{prefix}/{name}": np.array(text) for name, text in texts.items()}


def _why(reason: str) -> dict[str, np.ndarray]:
    return {"why": np.array(reason)}


def _definitions(whole: Derivation, space: Room) -> tuple[frozenset[str], dict[int, str]]:
    """The names that the student defines, and by which claims: `… M, with M = …` may use one before it is defined."""
    defined, names = frozenset[str](), dict[int, str]()
    for n, claim in enumerate(whole.claims):
        left, right = (known(whole.sides[k].node, defined) for k in (claim.left, claim.right))
        name = _defines(left, right, claim.relation, space)
        if name:
            defined, names[n] = defined | {name}, name
    return _with_objective(whole, defined, space), names


def _with_objective(whole: Derivation, defined: frozenset[str], space: Room) -> frozenset[str]:
    """A Lagrangian that is only named where it is differentiated is what was to be maximised before."""
    objective: Node | None = None
    for side in whole.sides:
        programme, body = programme_of(known(side.node, defined), space.told)
        if programme and not unknown(body):
            objective = objective or body
        for part in walk(body):
            strange = unknown(part.body) if isinstance(part, Derivative) else []
            if strange and strange[0] == part.body and objective is not None:  # type: ignore[attr-defined]
                name = strange[0].function if isinstance(strange[0], Apply) else strange[0].name  # type: ignore[attr-defined]
                space.formulas[Head(name, ANY)] = Formula(Head(name, ANY), objective)
                defined |= {name}
    return defined


def _defines(left: Node, right: Node, relation: str, space: Room) -> str:
    """The name that an equation defines, after which it counts as known; or nothing."""
    if relation not in ("=", ":="):
        return ""
    found = definition(left, right)
    if found is None:
        return ""
    name, body = found
    if isinstance(name, Apply):
        arguments = (*name.arguments, *name.given)
        if all(isinstance(a, Symbol) and a.name in space.told.spaces and not a.indices for a in arguments):
            own, given = (tuple(a.name for a in part if isinstance(a, Symbol)) for part in (name.arguments, name.given))
            head = Head(name.function, own, given)
        else:
            # A name with anything in its brackets, `\mathcal{L}(p(x, z), p(z))`, stands for the value alone.
            head = Head(name.function, ANY)
    elif isinstance(name, Symbol):
        head = Head(name.name)
    else:
        return ""
    space.formulas[head] = Formula(head, body)
    return head.name


def _claim(left: Node, right: Node, relation: str, space: Room) -> dict[str, np.ndarray]:
    strange = [*unknown(left), *unknown(right)]
    if strange:
        part = strange[0]
        name = part.function if isinstance(part, Apply) else part.name if isinstance(part, Symbol) else ""
        return _why(f"`{name}` is no name of this question")
    left, right = _without_programme(left, right, space.told)
    modes = space.modes if _has_unknowns(left, right, space) else ["free"]
    if relation in ORDERED:
        modes = [*modes, "many"]
    found: dict[str, np.ndarray] = {}
    for mode in modes:
        try:
            a, b = (space.scope(mode).value(node) for node in (left, right))
        except Undecided as undecided:
            found |= _why(str(undecided))
            continue
        found |= {f"{mode}/{name}": array for name, array in zip(("left", "right"), _both(a, b), strict=True)}
    return found


def _has_unknowns(left: Node, right: Node, space: Room) -> bool:
    names = space.told.unknown_names()
    return named(left, names) or named(right, names)


def _both(a: Value, b: Value) -> Iterator[np.ndarray]:
    """Both values on all axes of the two, as (worlds, entries)."""
    axes = tuple(dict.fromkeys(a.axes + b.axes))
    if a.matrix != b.matrix:
        # A zero stands for a zero vector.
        a, b = (v if v.matrix else Value(v.array[..., None, None], v.axes, True) for v in (a, b))
    arrays = np.broadcast_arrays(a.on(axes), b.on(axes))
    return (np.ascontiguousarray(array.reshape(array.shape[0], -1).real) for array in arrays)


def _side(side: Side, defined: frozenset[str], space: Room) -> dict[str, np.ndarray]:
    node = known(side.node, defined)
    programme, node = programme_of(node, space.told)
    found = {"line": np.array(side.row), "latex": np.array(latex(side.node)), "programme": np.array(programme)}
    if unknown(node):
        return found | {"why": np.array("it has a name that is not of this question")}
    for mode in space.modes if _has_unknowns(node, node, space) else ["free"]:
        try:
            value = space.scope(mode).value(node)
        except Undecided as undecided:
            found["why"] = np.array(str(undecided))
            continue
        found |= {f"{mode}/{key}": array for key, array in _flat(value).items()}
    return found


def _flat(value: Value) -> dict[str, np.ndarray]:
    # A variable of another name, `z_i`, is the same one where it is the only one of its space.
    plain = {axis: axis.partition("_")[0] for axis in value.axes if "_" in axis and not axis[-1].isdigit()}
    value = value.renamed({axis: name for axis, name in plain.items() if name not in value.axes})
    axes = tuple(sorted(value.axes))
    array = value.on(axes)
    return {"value": np.ascontiguousarray(array.real), "axes": np.array(" ".join(axes))}
