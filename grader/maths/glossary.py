"""What each name of a world is, in a few words for a person."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from grader.maths.declared import declared_names
from grader.maths.setting import ANY, Head, Setting, Space, setting

RANGES = {
    "real": "a real number",
    "line": "a real number",
    "positive": "a positive number",
    "ray": "a positive number",
    "probability": "a number from 0 to 1",
    "nonzero": "a number that is not 0",
}


def meanings(names: list[str], told: Mapping[str, Any]) -> dict[str, str]:
    """What each of the names is in a world; "" for one that it does not declare."""
    declared = setting(told)
    return {name: _meaning(name, declared) for name in names}


def similar(name: str, told: Mapping[str, Any]) -> str:
    """The declared name that may have been meant by one that is not, or nothing."""
    found = difflib.get_close_matches(name, sorted(declared_names(setting(told))), 1, 0.5)
    return found[0] if found else ""


def _meaning(name: str, told: Setting) -> str:
    if name in told.aliases:
        return f"another name for {told.aliases[name]}"
    found = "; ".join(dict.fromkeys(filter(None, (_variable(name, told), _number(name, told), _made(name, told)))))
    solved = ", which the task solves for" if found and name in told.unknown_names() else ""
    return found + solved


def _variable(name: str, told: Setting) -> str:
    if name in told.spaces:
        return f"a variable: {_space(told.spaces[name])}"
    if name in told.indices:
        return f"an index from 1 to {told.indices[name]}"
    if name in told.copies:
        return f"{told.copies[name]} independent copies of a variable"
    return ""


def _space(space: Space) -> str:
    if space.kind == "line":
        return "a real number"
    kind = "points" if space.kind == "finite" else "data points"
    return f"{space.size} {kind}{f' with {space.features} entries each' if space.features else ''}"


def _number(name: str, told: Setting) -> str:
    if name in told.scalars:
        return _range(told.scalars[name])
    if name in told.vectors:
        return "a vector"
    if name in told.matrices:
        return "a square matrix"
    arrays = [head for head in told.arrays if head.name == name]
    return f"{_range(told.arrays[arrays[0]])} for each {', '.join(arrays[0].own)}" if arrays else ""


def _range(how: Any) -> str:
    if isinstance(how, list | tuple):
        return f"a number from {how[0]} to {how[1]}"
    return RANGES.get(how, f"the number {how}")


def _made(name: str, told: Setting) -> str:
    """What takes arguments, or is made of other names."""
    said = []
    if name in told.joints:
        said.append(f"the joint density of {', '.join(told.joints[name])}, with its marginals and conditionals")
    for head, how in told.densities.items():
        if head.name == name:
            said.append(f"a density: {_called(head)}{'' if how == 'free' else f' = {how}'}")
    if name in told.pushforwards:
        density, by = told.pushforwards[name]
        said.append(f"the density of {by}(·) under {density}")
    for head, how in told.functions.items():
        if head.name == name:
            said.append(f"a function: {_called(head)} is {_image(how)}")
    said += [f"defined as {_called(head)} = {how}" for head, how in told.definitions.items() if head.name == name]
    return "; ".join(said)


def _image(how: str) -> str:
    kind, _, rest = how.partition(" ")
    if kind == "to":
        return f"a point of {rest}"
    return f"a vector with {rest} entries" if kind == "vector" else _range(how)


def _called(head: Head) -> str:
    if head.own == ANY:
        return f"{head.name}(…)"
    given = f" | {', '.join(head.given)}" if head.given else ""
    return f"{head.name}({', '.join(head.own)}{given})" if head.own else head.name
