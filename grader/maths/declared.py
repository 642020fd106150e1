"""What is wrong with a world that a rubric declares, each complaint with the keys that lead to its place.

In three steps, each only where the one before finds nothing: the keys and what stands behind them, then the names that
refer to each other, then the formulas: each must be read, use declared names, and have a value in nearly all worlds.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np

from grader.maths.answer import EACH, Room, room
from grader.maths.evaluate import scope_of
from grader.maths.mark import caret
from grader.maths.raw import Unreadable
from grader.maths.read import read
from grader.maths.setting import Head, Setting, head, setting
from grader.maths.steps import unknown
from grader.maths.tree import Apply, Node, Symbol
from grader.maths.values import Undecided, Value
from grader.maths.worlds import is_range, sample

DEFINED = 0.95
"""The share of worlds in which a course's own formula must have a value."""

Place = tuple[str | int, ...]
Complaints = Iterator[tuple[Place, str]]

LISTS = {"unknowns": dict, "formal": str, "silent": str, "disjoint": str}
"""Keys whose value is a list, and of what."""
PLAIN = {"expectation": (str, "the name of a density"), "scanned": (bool, "true or false")}
"""Keys with a single value; every other key maps names to something."""
KEYS = tuple({"joints": "joint", "pushforwards": "pushforward"}.get(f.name, f.name) for f in fields(Setting))
RANGES = "real, positive, probability, binary, nonzero, line, ray, [low, high] or a number"


def world_trouble(told: Mapping[str, Any]) -> Complaints:
    """What is wrong with a world: the keys that lead to the place, and a sentence, the place marked below it."""
    for step in (_shapes, _references, _formulas):
        found = list(step(told))
        yield from found
        if found:
            return


def near(name: str, there: Iterable[str]) -> str:
    """What may have been meant by a name that is not there, and what there is."""
    known = sorted(set(there))
    close = difflib.get_close_matches(name.lower(), [k.lower() for k in known], 1, 0.6)
    meant = next((k for k in known if close and k.lower() == close[0]), "")
    return (f"; did you mean `{meant}`?" if meant else ";") + f" there is {', '.join(known) or 'nothing'}"


def strange_name(text: str, node: Node, formal: Iterable[str], known: Iterable[str]) -> str:
    """A sentence on the first name in a formula that is not declared; "" if there is none."""
    own = set(formal)
    for part in unknown(node):
        name = part.function if isinstance(part, Apply) else part.name if isinstance(part, Symbol) else "?"
        if name not in own:
            close = difflib.get_close_matches(name, list(known), 1, 0.6)
            meant = f"; did you mean `{close[0]}`?" if close else ""
            return f"`{name}` is not declared in its world{meant}{caret(text, part.span)}"
    return ""


def declared_names(told: Setting) -> set[str]:
    """Every name that a world declares, aliases included."""
    notation = told.notation()
    return set().union(
        *(notation.variables, notation.indices, notation.densities, notation.functions),
        *(notation.scalars, notation.vectors, notation.matrices, notation.aliases),
    )


# --- keys and what stands behind them ----------------------------------------------------------------------------


def _shapes(told: Mapping[str, Any]) -> Complaints:
    for key, value in told.items():
        if key not in KEYS:
            yield (key,), f"unknown key `{key}`{near(key, KEYS)}"
        elif key in PLAIN:
            kind, what = PLAIN[key]
            if not isinstance(value, kind):
                yield (key,), f"`{key}` must be {what}, got {value!r}"
        elif key in LISTS:
            if not isinstance(value, list) or not all(isinstance(entry, LISTS[key]) for entry in value):
                what = "names" if LISTS[key] is str else "formulas by name, one entry for each way to solve the task"
                yield (key,), f"`{key}` must be a list of {what}, got {value!r}"
        elif not isinstance(value, dict):
            yield (key,), f"`{key}` must be names with values, got {value!r}"
        else:
            yield from _values(key, value)


def _values(key: str, named: Mapping[str, Any]) -> Complaints:
    if key not in _WANTED:
        return  # `setting` looks at it
    wanted, fits = _WANTED[key]
    for name, value in named.items():
        if not fits(value):
            yield (key, name), f"`{key}`: {name} must be {wanted}, got {value!r}"


def _is_name(value: Any) -> bool:
    return isinstance(value, str)


def _is_macro(value: Any) -> bool:
    return isinstance(value, list) and [type(entry) for entry in value] == [int, str]


def _is_function(value: Any) -> bool:
    kind, _, rest = str(value).partition(" ")
    if kind == "vector":
        return rest.isdigit() and 1 <= int(rest) <= 8
    return (kind == "to" and bool(rest)) or (isinstance(value, str) and is_range(value))


_WANTED: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "joint": ("a list of variables", lambda value: isinstance(value, list) and all(map(_is_name, value))),
    "densities": ("`free` or a formula", _is_name),
    "functions": ("real, positive, probability, nonzero, `to x` or `vector 3`", _is_function),
    "pushforward": ("told as `p_z by G`", _is_name),
    "scalars": (RANGES, is_range),
    "arrays": (RANGES, is_range),
    "matrices": ("a size from 1 to 8", lambda value: type(value) is int and 1 <= value <= 8),
    "definitions": ("a formula", lambda value: isinstance(value, str | int | float)),
    "aliases": ("the name that it stands for", _is_name),
    "macros": ("[number of arguments, 'its text']", _is_macro),
}


# --- names that refer to each other ------------------------------------------------------------------------------


def _references(told: Mapping[str, Any]) -> Complaints:
    try:
        declared = setting(told)
    except ValueError as error:
        # Its text begins with the key, and mostly goes on with the name.
        key, _, rest = str(error).partition(": ")
        name = rest.partition(" ")[0].strip("`")
        yield (key, name), f"`{key}`: {rest}"
        return
    spaces, densities = set(declared.spaces), {*declared.joints, *(h.name for h in declared.densities)}
    yield from _variables(told, declared, spaces)
    for name, (density, by) in declared.pushforwards.items():
        maps = {h.name for h, how in declared.functions.items() if how.startswith("to ")}
        for there, known, what in ((density, densities, "density"), (by, maps, "function to a space")):
            if there not in known:
                yield ("pushforward", name), f"`pushforward`: `{there}` is no {what}{near(there, known)}"
    notation = declared.notation()
    if declared.expectation and declared.expectation not in notation.densities:
        what = f"`{declared.expectation}` is no density{near(declared.expectation, notation.densities)}"
        yield ("expectation",), f"`expectation`: {what}"
    for name, target in declared.aliases.items():
        if not notation.has(target):
            yield ("aliases", name), f"`aliases`: `{target}` is not declared{near(target, declared_names(declared))}"
    for k, entry in enumerate(told.get("unknowns", ())):
        for name in entry:
            if not notation.has(head(name).name) and head(name).name not in declared.array_names():
                what = f"`{head(name).name}` is not declared{near(head(name).name, declared_names(declared))}"
                yield ("unknowns", k, name), f"`unknowns`: {what}"


def _variables(told: Mapping[str, Any], declared: Setting, spaces: set[str]) -> Complaints:
    """What is drawn at random for each point of a space needs these spaces."""
    places: list[tuple[str, str, Iterable[str], set[str]]] = []
    places += [("joint", name, variables, spaces) for name, variables in declared.joints.items()]
    for name, how in told.get("densities", {}).items():
        places += [("densities", name, head(name).variables, spaces)] if how == "free" else []
    for name, how in told.get("functions", {}).items():
        places.append(("functions", name, head(name).variables, spaces))
        if str(how).startswith("to "):
            places.append(("functions", name, [str(how)[3:].strip()], spaces))
    counted = spaces | set(declared.indices)
    for name, array in zip(told.get("arrays", {}), declared.arrays, strict=False):
        places.append(("arrays", name, array.own, counted))
    for key, name, variables, known in places:
        for variable in variables:
            if variable not in known:
                yield (key, name), f"`{key}`: {name}: `{variable}` is no space{near(variable, known)}"


# --- formulas ----------------------------------------------------------------------------------------------------


def _formulas(told: Mapping[str, Any]) -> Complaints:
    declared = setting(told)
    nodes: dict[Place, tuple[Head, Node]] = {}
    complained = False
    for place, name, text in _written(told):
        found = _read(text, head(name), declared)
        if isinstance(found, str):
            complained = True
            yield place, f"`{place[0]}`: {name}: {found}"
        else:
            nodes[place] = head(name), found
    if not complained:
        yield from _evaluated(nodes, room(told, 0))


def _written(told: Mapping[str, Any]) -> Iterator[tuple[Place, str, str]]:
    for key in ("densities", "definitions"):
        for name, text in told.get(key, {}).items():
            if text != "free":
                yield (key, name), name, str(text)
    for k, entry in enumerate(told.get("unknowns", ())):
        for name, text in entry.items():
            yield ("unknowns", k, name), name, str(text)


def _read(text: str, own: Head, declared: Setting) -> Node | str:
    """The formula's tree, or what is wrong with it."""
    try:
        node = read(text, declared.notation())
    except Unreadable as error:
        return f"{error.what}{caret(text, error.span)}"
    return strange_name(text, node, own.variables, declared_names(declared)) or node


def _evaluated(nodes: Mapping[Place, tuple[Head, Node]], space: Room) -> Complaints:
    """Complains of formulas without a value; densities first, for everything else may be made of them."""
    scope = scope_of(sample(space.told, np.random.default_rng(0), EACH), space.formulas)
    moved: dict[int, dict[str, Value]] = {}
    for place, (own, node) in nodes.items():
        if place[0] == "definitions" and not set(own.variables) <= set(space.told.spaces):
            continue  # its arguments are anything
        way = int(place[1]) if place[0] == "unknowns" else -1
        try:
            value = replace(scope, replaced=moved.get(way, {})).value(node)
        except Undecided as error:
            yield place, f"`{place[0]}`: {place[-1]}: {error}"
            return
        if np.isfinite(value.array).mean() < DEFINED:
            yield place, f"`{place[0]}`: {place[-1]}: it has no value in many of the worlds"
            return
        if way >= 0:
            moved.setdefault(way, {})[own.name] = value
    try:
        for mode in space.modes:
            space.scope(mode)
    except Undecided as error:
        yield ("unknowns",), f"it has no value: {error}"
