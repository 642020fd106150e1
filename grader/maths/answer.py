"""A written answer, read and evaluated inside the box: every formula, every claim between two sides, on sampled worlds.

The reference's formulas are evaluated on the same worlds by the same code, so that the two can be compared outside.
Nothing here knows what is right: it says what both sides of each claim are worth.

Three modes, which are all observed where they make sense. *Free*: unknowns have random values, so that an identity must
hold whatever they are. *Solved*: unknowns have the values that solve the task, so that a condition on them must hold.
*Many*: more worlds, for an inequality is refuted by a single one.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from grader.maths.evaluate import scope_of
from grader.maths.lex import with_macros
from grader.maths.lookup import head_of
from grader.maths.mend import Asked, both, second_look, slipped, variants
from grader.maths.notation import Notation
from grader.maths.raw import Unreadable
from grader.maths.read import read, readings
from grader.maths.read import unknown as strange_names
from grader.maths.rows import Formula as Written
from grader.maths.rows import rows
from grader.maths.scope import Budget, Formula, Scope
from grader.maths.setting import ANY, SEARCHED, Head, Setting, setting
from grader.maths.steps import Derivation, Side, definition, derivation, known, named, unknown
from grader.maths.subworlds import precise, some, some_values
from grader.maths.tree import (
    Apply,
    Big,
    Bound,
    Chain,
    Constant,
    Derivative,
    Extremum,
    Node,
    Number,
    Row,
    Span,
    Symbol,
    Tuple,
    walk,
)
from grader.maths.values import Undecided, Value, add
from grader.maths.worlds import World, sample
from grader.maths.write import latex, mathml

EACH = 24
"""Worlds in each of the three regimes, for equalities."""
MANY = 700
"""Worlds in each regime, for inequalities."""
ORDERED = ("<=", ">=", "<", ">")
MAX_ROWS = 200
BUDGET = 100_000_000
"""Entries of arrays that one answer may compute: a second or two; large ones of the homeworks need a quarter."""
FOR_SLIPS = 40_000_000
"""And those that looking for its slips may compute besides."""
MAX_CLAIMS = 300
"""Claims of an answer that are evaluated; nobody writes more."""
OWN = re.compile(
    r"(?:\A|[,}]|\\q?quad)\s*&?\s*(\\[A-Za-z]+|[A-Za-z])\s*\((?:\s*\\[A-Za-z]+|\s*[A-Za-z])\s*\)\s*&?\s*(?:=|:=|\\coloneqq)"
)
"""Where an answer says what a function of its own is: `h(t) = …`."""
MAX_ANSWER = 30_000
"""Characters of an answer that is judged; a longer one is for a person."""
MAX_SHOWN = 300_000
"""Characters of MathML and LaTeX of one answer, which cross the wall together."""
MAX_PARTS = 200
MAX_PART = 5_000
"""How many expressions within the sides are kept, and how many numbers of each."""


@dataclass
class Room:
    """The worlds of one answer and what the student defines on the way, which grows line by line."""

    told: Setting
    seed: int
    formulas: dict[Head, Formula] = field(default_factory=dict)
    scopes: dict[str, Scope] = field(default_factory=dict)
    budget: Budget = field(default_factory=lambda: Budget(BUDGET))
    spare: Budget = field(default_factory=lambda: Budget(FOR_SLIPS))
    conditions: dict[Head, Node] = field(default_factory=dict)

    def scope(self, mode: str) -> Scope:
        """The scope of a mode: `free`, `many`, `solved.0`, `solved.1`, … for each way to solve it, or `supposed`."""
        if mode not in self.scopes:
            self.scopes[mode] = self._made(mode)
        return replace(self.scopes[mode], formulas=self.formulas, budget=self.budget)

    def among(self, mode: str, rows: np.ndarray, *, exactly: bool = False) -> Scope:
        """The scope of a mode in some of its worlds, with sixty digits if `exactly`."""
        scope = self.scope(mode)
        if not exactly:
            replaced = some_values(scope.replaced, rows)
            return replace(scope, world=some(scope.world, rows), replaced=replaced)
        here = self.around(precise(some(scope.world, rows)))
        return here if mode == "free" else self._solved(here, int(mode.partition(".")[2]))

    def around(self, world: World) -> Scope:
        """The scope of worlds of one's own, in which unknowns are free."""
        return replace(scope_of(_with_densities(world, self.formulas), self.formulas), budget=self.budget)

    def _made(self, mode: str) -> Scope:
        if mode in ("free", "many"):
            world = sample(
                self.told, np.random.default_rng([self.seed, mode == "many"]), MANY if mode == "many" else EACH
            )
            return scope_of(_with_densities(world, self.formulas), self.formulas)
        if mode == "supposed":
            return self._where(self.scope("free"), self.conditions | (self.solutions or [{}])[0])
        return self._solved(self.scope("free"), int(mode.partition(".")[2]))

    def _solved(self, scope: Scope, way: int) -> Scope:
        return self._where(scope, self.solutions[way])

    def _where(self, scope: Scope, formulas: Mapping[Head, Node]) -> Scope:
        replaced: dict[str, Value] = {}
        for head, formula in formulas.items():
            value = replace(scope, replaced=replaced).value(formula)
            replaced[head.name] = _spread(value, head, scope.world)
        return replace(scope, replaced=replaced)

    @property
    def solutions(self) -> list[dict[Head, Node]]:
        notation = self.told.notation()
        return [{head: read(text, notation) for head, text in entry.items()} for entry in self.told.unknowns]

    def strange(self, node: Node) -> list[Node]:
        """The names in a tree that neither the homework nor the student says what they are."""
        return unknown(node, self.closed)

    @property
    def closed(self) -> set[str]:
        """The names that have one value whatever stands in their brackets."""
        return {head.name for head in self.formulas if head.own == ANY}

    def unsolved(self) -> frozenset[str]:
        """The unknowns, and all that is defined by them."""
        names = self.told.unknown_names()
        while more := {h.name for h, f in self.formulas.items() if h.name not in names and named(f.body, names)}:
            names |= more
        return names

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
    at: Span = (0, 0)
    """Where reading stopped, in the text, if it did."""


def lines(text: str, told: Setting) -> list[Line]:
    """Every formula of a written answer in its order."""
    notation = with_macros(told.notation(), text)
    written = rows(text)[:MAX_ROWS]
    own = {name for formula in written for name in OWN.findall(formula.text) if not notation.has(name)}
    notation = replace(notation, own=frozenset(own))
    return [_line(formula, notation) for formula in written]


def _line(formula: Written, notation: Notation) -> Line:
    """A formula as it is read: plainly, unless that has names that nobody knows and a charitable reading has not."""
    line = Line(formula.text, formula.span, formula.alone, None, words=formula.words)
    try:
        found = readings(formula.text, notation)
    except Unreadable as unreadable:
        return replace(line, why=unreadable.what, at=unreadable.span)
    row, read_as = min(
        found, key=lambda reading: len({*strange_names(reading[0])} - notation.own - _told_alone(reading[0]))
    )
    return replace(line, row=row, read_as=read_as)


def _told_alone(row: Row) -> set[str]:
    """The unknown names of a row that stand alone on a side of an equation, which then says what they are."""
    sides = (side for chain in row.chains if "=" in chain.relations for side in chain.sides)
    return {side.name for side in sides if isinstance(side, Symbol) and not side.known}


def observed_answer(
    text: str, told: Mapping[str, Any], seed: int, *, parts: bool = True, slips: bool = True
) -> dict[str, np.ndarray]:
    """All that a written answer says, as plain arrays; without its `parts` and likely slips if so told:

    `line/<n>/…`   text, alone, read_as; mathml, latex, names and the strange ones of them (one in a line); or why it
                   could not be read and at (first character and one past the last, in its text)
    `side/<n>/…`   line, latex, and per mode `<mode>/value` (worlds, entries), `<mode>/axes`; or why. Behind the sides
                   stand the expressions within them, for a milestone may be one
    `claim/<n>/…`  left, right, relation, line; per mode `<mode>/left`, `<mode>/right`; why (undecided), defines
    """
    space = room(told, seed)
    read_lines = lines(text, space.told)
    whole = derivation([line.row for line in read_lines], [line.alone for line in read_lines])
    found: dict[str, np.ndarray] = {}
    for n, line in enumerate(read_lines):
        found |= _told(f"line/{n}", text=line.text, why=line.why, read_as=line.read_as, words=line.words)
        found[f"line/{n}/alone"] = np.array(line.alone)
        found[f"line/{n}/at"] = np.array(line.at, np.int64)
        if line.row:
            found |= _told(f"line/{n}", mathml=mathml(line.row), latex=latex(line.row))
            names, strange = names_in(line.row), strange_names(line.row)[:MAX_PARTS]
            found |= _told(f"line/{n}", names="\n".join(names), strange="\n".join(strange))
    defined, means = _definitions(whole, space)
    _supposed(whole, defined, space)
    asked: dict[int, Asked] = {}
    for n, claim in enumerate(whole.claims):
        found |= {f"claim/{n}/{name}": np.array(getattr(claim, name)) for name in ("left", "right", "relation", "row")}
        if n in means:
            found |= _told(f"claim/{n}", defines=means[n])
            continue
        left, right = (known(whole.sides[k].node, defined) for k in (claim.left, claim.right))
        if n >= MAX_CLAIMS:
            found |= _told(f"claim/{n}", why="the answer has too many steps")
            continue
        values = _claim(left, right, claim.relation, space)
        found |= {f"claim/{n}/{key}": array for key, array in values.items()}
        left, right = _without_programme(left, right, space.told)
        asked[n] = Asked(left, right, claim.relation, claim.row, (claim.left, claim.right), values)
    for n, side in enumerate(whole.sides):
        seen = _side(side, defined, space) if n <= MAX_CLAIMS else _why("the answer has too many steps")
        found |= {f"side/{n}/{key}": array for key, array in seen.items()}
    for n, part in enumerate(_parts(whole, defined, space) if parts else (), len(whole.sides)):
        seen = _side(part, defined, space)
        if all(array.size <= MAX_PART for array in seen.values()):
            found |= {f"side/{n}/{key}": array for key, array in seen.items()}
    found["ends"] = np.array(whole.ends, np.int64)
    found |= second_look(asked, space)
    for n in whole.ends[-1:] if slips else ():
        _, node = programme_of(known(whole.sides[n].node, defined), space.told)
        others = [known(side.node, defined) for side in whole.sides[-4:]]
        further = {} if space.strange(node) else variants(node, others, space)
        found |= {f"side/{n}/{key}": array for key, array in further.items()}
    return _bounded(found)


def _bounded(found: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The values, without the pictures of formulas beyond what an answer may send."""
    left = MAX_SHOWN
    for key in [key for key in found if key.endswith(("/mathml", "/latex"))]:
        left -= len(str(found[key]))
        if left < 0:
            found[key] = np.array("")
    return found


def _parts(whole: Derivation, defined: frozenset[str], space: Room) -> list[Side]:
    """The expressions within the sides, each once, whose value is known: a milestone may be one of them."""
    found: dict[Node, Side] = {}
    for side in whole.sides:
        for node in walk(side.node):
            worth = node is not side.node and not isinstance(node, Number | Symbol | Constant | Bound | Chain | Tuple)
            if worth and not space.strange(known(node, defined)):
                found.setdefault(node, Side(node, side.row))
    return list(found.values())[:MAX_PARTS]


def names_in(row: Row) -> list[str]:
    """The names in a row, each once, in their order."""
    nodes = (node for chain in row.chains for node in walk(chain))
    names = (n.function if isinstance(n, Apply) else n.name for n in nodes if isinstance(n, Apply | Symbol))
    return list(dict.fromkeys(name for name in names if name != "\\dots"))[:MAX_PARTS]


def evaluated(
    formulas: Mapping[str, str], told: Mapping[str, Any], seed: int, *, slips: Container[str] = ()
) -> dict[str, np.ndarray]:
    """The reference's formulas by name, on the same worlds: per mode `<name>/<mode>/value` and `…/axes`.

    Of alternatives, the second and further ones are under `<name>/or/<k>`. For the names in `slips` there are wrong
    variants beside the first, `<name>/slipped/…`.
    """
    space = room(told, seed)
    notation = space.told.notation()
    found: dict[str, np.ndarray] = {}
    for name, text in formulas.items():
        for k, one in enumerate(alternatives(text)):
            prefix = f"{name}/or/{k}" if k else name
            programme, node = programme_of(read(one, notation), space.told)
            found[f"{prefix}/programme"] = np.array(programme)
            for mode in space.modes:
                value = space.scope(mode).value(node)
                found |= {f"{prefix}/{mode}/{key}": array for key, array in flat(value).items()}
            if name in slips and not k:
                found |= {f"{prefix}/{key}": array for key, array in slipped(node, space).items()}
    return found


def alternatives(text: str) -> list[str]:
    """The formulas that a reference writes with `\\text{ or }` between them: each of them will do."""
    return re.split(r"\\text\{\s*or\s*\}", text)


def programme_of(node: Node, told: Setting) -> tuple[str, Node]:
    """The extrema over names that have no range, such as `max min` over all G and D, and what stands behind them.

    One such makes a formal programme of all that stand side by side with it: its value is never looked for.
    """
    kinds, formal, body = [], False, node
    while isinstance(body, Extremum):
        kinds.append(body.kind)
        formal = formal or not any(_ranges(bound.name, told) for bound in body.over)
        body = body.body
    return (" ".join(kinds), body) if formal else ("", node)


def _ranges(name: str, told: Setting) -> bool:
    if name in told.formal:
        return False
    how = told.scalars.get(name)
    return name in told.vectors or isinstance(how, list | tuple) or how in SEARCHED


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
    # Twice, for what one name means may be told with another that is only defined below.
    for n, claim in 2 * list(enumerate(whole.claims)):
        left, right = (known(whole.sides[k].node, defined) for k in (claim.left, claim.right))
        name = _defines(left, right, claim.relation, space) if n not in names else ""
        if name:
            defined, names[n] = defined | {name}, name
    for n, claim in enumerate(whole.claims):
        name = _functional(known(whole.sides[claim.left].node, defined), known(whole.sides[claim.right].node, defined))
        if name and n not in names and claim.relation in ("=", ":="):
            names[n] = name
    return _with_objective(whole, defined, space), names


def _functional(left: Node, right: Node) -> str:
    r"""The name S of `S(D) = \int L(x, D) dx`, where nothing else says what S or L is: it makes no claim."""
    open_names = isinstance(right, Big) and [part for part in (left, right.body) if isinstance(part, Apply | Symbol)]
    if not open_names or len(open_names) < 2 or any(part.known for part in open_names):
        return ""
    return left.function if isinstance(left, Apply) else left.name if isinstance(left, Symbol) else ""


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
    found = definition(left, right, space.closed)
    if found is None:
        return ""
    name, body = found
    if isinstance(name, Apply):
        arguments = (*name.arguments, *name.given)
        if all(isinstance(a, Symbol) and a.name in space.told.spaces and not a.indices for a in arguments):
            own, given = (tuple(a.name for a in part if isinstance(a, Symbol)) for part in (name.arguments, name.given))
            head = Head(name.function, own, given)
        elif all(isinstance(a, Symbol) and not a.indices for a in arguments) and _formal(arguments, space.told):
            head = Head(name.function, tuple(a.name for a in arguments if isinstance(a, Symbol)))
        else:
            # A name with anything in its brackets, `\mathcal{L}(p(x, z), p(z))`, stands for the value alone.
            head = Head(name.function, ANY)
    elif isinstance(name, Symbol):
        # `w_j = …` says what w is for every j.
        indices = tuple(i.name for i in name.indices if isinstance(i, Symbol))
        space.formulas[Head(name.name)] = Formula(Head(name.name), body, indices)
        return name.name
    else:
        return ""
    space.formulas[head] = Formula(head, body)
    return head.name


def _formal(arguments: tuple[Node, ...], told: Setting) -> bool:
    """Whether the arguments of `h(t) = …` stand for any value: one has none of its own, as an array without index."""
    arrays = {head.name for head in told.arrays}
    if any(isinstance(a, Symbol) and a.name in told.silent for a in arguments):
        return False
    return any(isinstance(a, Symbol) and (not a.known or a.name in arrays - set(told.scalars)) for a in arguments)


def _claim(left: Node, right: Node, relation: str, space: Room) -> dict[str, np.ndarray]:
    strange = [*space.strange(left), *space.strange(right)]
    if strange:
        part = strange[0]
        name = part.function if isinstance(part, Apply) else part.name if isinstance(part, Symbol) else ""
        return _why(f"`{name}` is no name of this question")
    if left == right and relation == "=":
        return {"trivial": np.array(True)}
    places = [kind for side in (left, right) for kind in programme_of(side, space.told)[0].split() if kind[:3] == "arg"]
    if len(places) == 1:
        return _why("it says where an optimum lies")
    left, right = _without_programme(left, right, space.told)
    modes = space.modes if _has_unknowns(left, right, space) else ["free"]
    if relation in ORDERED:
        modes = [*modes, "many"]
    if relation == "=" and space.conditions:
        modes = [*modes, "supposed"]
    found: dict[str, np.ndarray] = {}
    for mode in modes:
        try:
            a, b = (space.scope(mode).value(node) for node in (left, right))
            a, b = _by_eigenvalues(a, b) if relation in ORDERED else (a, b)
        except Undecided as undecided:
            found |= _why(str(undecided))
            continue
        found |= {f"{mode}/{name}": array for name, array in zip(("left", "right"), both(a, b), strict=True)}
    return found


def _supposed(whole: Derivation, defined: frozenset[str], space: Room) -> None:
    """Keeps what the student supposes or concludes of densities that are given, such as `p_G = p_{data}`."""
    for claim in whole.claims:
        sides = [known(whole.sides[k].node, defined) for k in (claim.left, claim.right)]
        names = [_given_density(side, space) for side in sides]
        if claim.relation == "=" and all(names) and len(set(names)) == 2:
            space.conditions[head_of(names[0], space.scope("free"))] = sides[1]


def _given_density(node: Node, space: Room) -> str:
    """The name of a random density of the world that a side consists of, at its own variables; or nothing."""
    told = space.told
    given = {*told.pushforwards, *(head.name for head, how in told.densities.items() if how == "free")}
    name = node.function if isinstance(node, Apply) else node.name if isinstance(node, Symbol) else ""
    inside = (*node.arguments, *node.given) if isinstance(node, Apply) else ()
    plain = all(isinstance(a, Symbol) and a.name in told.spaces and not a.indices and not a.copy for a in inside)
    return name if name in given - told.unknown_names() and plain else ""


def _by_eigenvalues(a: Value, b: Value) -> tuple[Value, Value]:
    """Square matrices are ordered by the eigenvalues of their difference: H ≥ 0 says that H is semidefinite."""
    if not any(v.matrix and v.array.shape[-1] == v.array.shape[-2] for v in (a, b)):
        return a, b
    gap = add(a, b.map(np.negative))
    found = np.linalg.eigvalsh((gap.array + np.swapaxes(gap.array, -1, -2)).real / 2)
    return Value(found, (*gap.axes, "\4")), Value(np.zeros_like(found), (*gap.axes, "\4"))


def _has_unknowns(left: Node, right: Node, space: Room) -> bool:
    names = space.unsolved()
    return named(left, names) or named(right, names)


def _side(side: Side, defined: frozenset[str], space: Room) -> dict[str, np.ndarray]:
    node = known(side.node, defined)
    programme, node = programme_of(node, space.told)
    found = {"line": np.array(side.row), "latex": np.array(latex(side.node)), "programme": np.array(programme)}
    if space.strange(node):
        return found | {"why": np.array("it has a name that is not of this question")}
    for mode in space.modes if _has_unknowns(node, node, space) else ["free"]:
        try:
            value = space.scope(mode).value(node)
        except Undecided as undecided:
            found["why"] = np.array(str(undecided))
            continue
        found |= {f"{mode}/{key}": array for key, array in flat(value).items()}
    return found


def flat(value: Value) -> dict[str, np.ndarray]:
    # A variable of another name, `z_i`, is the same one where it is the only one of its space.
    plain = {axis: axis.partition("_")[0] for axis in value.axes if "_" in axis and not axis[-1].isdigit()}
    value = value.renamed({axis: name for axis, name in plain.items() if name not in value.axes})
    axes = tuple(sorted(value.axes))
    array = value.on(axes)
    return {"value": np.ascontiguousarray(array.real), "axes": np.array(" ".join(axes))}
