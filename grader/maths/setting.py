"""What a homework's formulas talk about, as the rubric declares it: spaces, densities, functions, scalars, unknowns.

Written in the rubric as plain data; `setting` reads it and `Setting.notation` is what the reader needs of it.

    spaces:       {x: 3, z: 4}                  finite measure spaces; `line` is the real line, `data` counts points
    joint:        {p: [x, z]}                   a random joint density: every marginal and conditional under one name
    densities:    {"q(z|x)": free}              a random density, or a formula: "\\mathcal{N}(z; \\mu_q, \\sigma^2)"
    functions:    {"D(x)": probability, "T(x)": real, "G(z)": to x, "f(z)": vector 3}
    pushforward:  {p_G: p_z by G}
    scalars:      {\\mu_q: real, \\sigma: positive, K: 3, t: line, u: ray}    `line`: sup_t over all reals
    arrays:       {"\\lambda_x": [-1, 0], x_j: binary}    one number per point of x, or per index
    vectors:      {w: 3, \\sigma: positive 3}      matrices: {S: 3}
    disjoint:     [p, q]                         densities of which no two have mass at the same point
    indices:      {i: 3}      copies: {h: 3}     h_1, h_2, h_3 are independent copies of the variable h
    definitions:  {"M(x)": "\\frac12 (p_{data}(x) + p_G(x))", "L(...)": "…"}    with any arguments, or none
    unknowns:     [{"D(x)": "…"}, …]            what solves the task; a second entry is another sign convention
    expectation:  q                              the density that `E(z)` is under where none is written
    scanned:      true                           lines may be misread: what a misreading explains goes to a person
    formal:       [w]                            a minimum over w is written only, and never looked for
    silent:       ['\\theta']   aliases: {P: p}   macros: {'\\E': [1, '…']}
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.maths.notation import Macro, Notation

HEAD = re.compile(r"(?P<name>.+?)\s*[(\[](?P<own>[^|)\]]*)(?:\|(?P<given>[^)\]]*))?[)\]]")
SEARCHED: Mapping[Any, tuple[float, float]] = {"line": (-60.0, 60.0), "ray": (-40.0, 40.0)}
"""Ranges of scalars over which a supremum is looked for; of a `ray`, the positive numbers, in the logarithm."""
ANY = ("...",)
"""The formal arguments of a name that stands for the same value whatever its arguments are."""


@dataclass(frozen=True)
class Head:
    """A name with its formal arguments: `q(z|x)` is the name q, own (z,) and given (x,)."""

    name: str
    own: tuple[str, ...] = ()
    given: tuple[str, ...] = ()

    @property
    def variables(self) -> tuple[str, ...]:
        return self.own + self.given


@dataclass(frozen=True)
class Space:
    """What a variable ranges over: `finite` with random weights, `data` with weights 1, `line` the real numbers.

    A point of a `data` space may be a vector with `features` entries.
    """

    kind: str
    size: int
    features: int = 0


@dataclass(frozen=True)
class Setting:
    """All declarations, typed. Names are canonical spellings."""

    spaces: Mapping[str, Space] = field(default_factory=dict)
    joints: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    densities: Mapping[Head, str] = field(default_factory=dict)
    functions: Mapping[Head, str] = field(default_factory=dict)
    pushforwards: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    scalars: Mapping[str, Any] = field(default_factory=dict)
    arrays: Mapping[Head, Any] = field(default_factory=dict)
    vectors: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    matrices: Mapping[str, int] = field(default_factory=dict)
    disjoint: tuple[str, ...] = ()
    indices: Mapping[str, int] = field(default_factory=dict)
    copies: Mapping[str, int] = field(default_factory=dict)
    definitions: Mapping[Head, str] = field(default_factory=dict)
    unknowns: tuple[Mapping[Head, str], ...] = ()
    expectation: str = ""
    scanned: bool = False
    formal: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset()
    aliases: Mapping[str, str] = field(default_factory=dict)
    macros: Mapping[str, Macro] = field(default_factory=dict)

    def notation(self) -> Notation:
        """What the reader has to know of the names."""
        heads = [*self.functions, *self.definitions]
        return Notation(
            variables=frozenset(self.spaces) | frozenset(self.copies),
            indices=frozenset(self.indices),
            densities=frozenset({*self.joints, *(head.name for head in self.densities), *self.pushforwards}),
            functions=frozenset(head.name for head in heads if head.variables),
            scalars=frozenset(
                {*self.scalars, *(h.name for h in self.arrays), *(h.name for h in heads if not h.variables)}
            ),
            vectors=frozenset(self.vectors),
            matrices=frozenset(self.matrices),
            silent=self.silent,
            aliases=self.aliases,
            macros=self.macros,
        )

    def array_names(self) -> frozenset[str]:
        """The arrays with what they are indexed by, as unknowns name them: `\\lambda_x`."""
        return frozenset(f"{head.name}_{','.join(head.own)}" for head in self.arrays)

    def unknown_names(self) -> frozenset[str]:
        return frozenset(head.name for heads in self.unknowns for head in heads)


def setting(told: Mapping[str, Any]) -> Setting:
    """The declarations of a rubric as a Setting. Raises ValueError, whose text begins with the key it is about."""
    known = set(Setting.__dataclass_fields__) - {"joints", "pushforwards"} | {"joint", "pushforward"}
    for key in told:
        if key not in known:
            raise ValueError(f"{key} is no part of a world; there are {', '.join(sorted(known))}")
    sizes = {name: value for name, value in told.get("scalars", {}).items() if isinstance(value, int)}
    return Setting(
        spaces={name: _space(name, value) for name, value in told.get("spaces", {}).items()},
        joints={name: tuple(variables) for name, variables in told.get("joint", {}).items()},
        densities=_heads(told, "densities"),
        functions=_heads(told, "functions"),
        pushforwards={name: _pushforward(name, value) for name, value in told.get("pushforward", {}).items()},
        scalars=dict(told.get("scalars", {})),
        arrays={_array_head(name): value for name, value in told.get("arrays", {}).items()},
        vectors={name: _vector(name, value) for name, value in told.get("vectors", {}).items()},
        matrices=dict(told.get("matrices", {})),
        disjoint=_disjoint(told),
        indices={name: _size("indices", name, value, sizes) for name, value in told.get("indices", {}).items()},
        copies={name: _size("copies", name, value, sizes) for name, value in told.get("copies", {}).items()},
        definitions=_heads(told, "definitions"),
        unknowns=tuple({head(name): str(value) for name, value in entry.items()} for entry in told.get("unknowns", ())),
        expectation=str(told.get("expectation", "")),
        scanned=bool(told.get("scanned", False)),
        formal=frozenset(map(str, told.get("formal", ()))),
        silent=frozenset(map(str, told.get("silent", ()))),
        aliases=dict(told.get("aliases", {})),
        macros={name: Macro(int(value[0]), str(value[1])) for name, value in told.get("macros", {}).items()},
    )


def head(text: str) -> Head:
    """`q(z|x)` or `R_1[T]` as a Head; a name alone has no arguments."""
    if text.strip().endswith("(...)"):
        return Head(text.strip().removesuffix("(...)").strip(), ANY)
    found = HEAD.fullmatch(text.strip())
    if found is None:
        return Head(text.strip())
    return Head(found["name"], tuple(_listed(found["own"])), tuple(_listed(found["given"] or "")))


def _listed(text: str) -> Iterator[str]:
    yield from (part.strip() for part in re.split(r"[,;]", text) if part.strip())


def _heads(told: Mapping[str, Any], key: str) -> dict[Head, str]:
    return {head(name): str(value) for name, value in told.get(key, {}).items()}


def _array_head(text: str) -> Head:
    """`\\lambda_x`: the name and what it is indexed by."""
    name, _, index = text.rpartition("_")
    if not name:
        raise ValueError(f"arrays: `{text}` needs an index, as in `\\lambda_x`")
    return Head(name, tuple(_listed(index.strip("{}"))))


def _space(name: str, value: Any) -> Space:
    if isinstance(value, int) and 1 <= value <= 8:
        return Space("finite", value)
    if value == "line":
        return Space("line", 240)
    words = str(value).split()
    if words[0] == "data" and len(words) in (2, 4) and all(word.isdigit() for word in words[1::2]):
        return Space("data", int(words[1]), int(words[3]) if len(words) == 4 else 0)
    raise ValueError(f"spaces: {name} must be a size from 1 to 8, `line`, `data 3` or `data 3 vector 2`, got {value!r}")


def _vector(name: str, value: Any) -> tuple[int, str]:
    """How many entries a vector has, and from which range they are."""
    how, _, size = str(value).rpartition(" ")
    if not size.isdigit() or not 1 <= int(size) <= 8 or how not in ("", "real", "positive", "nonzero"):
        raise ValueError(f"vectors: {name} must be a size from 1 to 8, or as `positive 3`, got {value!r}")
    return int(size), how


def _disjoint(told: Mapping[str, Any]) -> tuple[str, ...]:
    names = tuple(map(str, told.get("disjoint", ())))
    free = {head(name) for name, how in told.get("densities", {}).items() if how == "free"}
    spaces = {h.own for h in free if h.name in names and not h.given}
    if names and (len(spaces) != 1 or not set(names) <= {h.name for h in free if h.own in spaces}):
        raise ValueError(f"disjoint: {', '.join(names)} must all be free densities of one variable")
    if names and int(told["spaces"][next(iter(spaces))[0]]) < len(names):
        raise ValueError("disjoint: the space has fewer points than there are densities")
    return names


def _size(key: str, name: str, value: Any, sizes: Mapping[str, int]) -> int:
    found = sizes.get(value, value) if isinstance(value, str) else value
    if not isinstance(found, int) or not 1 <= found <= 6:
        raise ValueError(f"{key}: {name} must be a number from 1 to 6 or the name of such a scalar, got {value!r}")
    return found


def _pushforward(name: str, value: Any) -> tuple[str, str]:
    density, by, function = (*str(value).split(), "", "", "")[:3]
    if by != "by" or not function:
        raise ValueError(f"pushforward: {name} must be told as `p_z by G`, got {value!r}")
    return density, function
