"""YAML as plain data that knows where every key and every value stands, and as dataclasses typed by pydantic.

PyYAML's own loading reads `0123` as 83, `12:30:00` as 45000 and `no` as false, and lets a second key replace the
first without a word. So only its parser is used; scalars are read as in YAML 1.2 (core schema, decimal numbers), and
every scalar also keeps its text as written, because `id: 1.10` is a label and not the number 1.1. A key that is taken
over by `<<` stands where it was written.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast, get_args, get_type_hints

import yaml
from pydantic import TypeAdapter, ValidationError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from grader.model import CourseError

Steps = tuple[str | int, ...]
"""The keys and indexes that lead to a value: `("questions", 0, "title")`."""

MAX_BYTES = 1 << 20
MAX_VALUES = 100_000
"""Aliases let a short file stand for an endless one; nothing that a person writes has so many values."""
MAX_DEPTH = 40
MERGE = "<<"
"""The key whose value, one mapping or a list of them, gives the keys that are not written (YAML's merge key)."""

CORE = "tag:yaml.org,2002:"
SCALARS: dict[str, Callable[[str], Any]] = {
    "null": lambda _: None,
    "bool": lambda text: text.lower() == "true",
    "int": int,
    "float": lambda text: float(re.sub(r"^([-+]?)\.(inf|nan)$", r"\1\2", text.lower())),
}
SPELLINGS = {
    "null": re.compile(r"null|Null|NULL|~|"),
    "bool": re.compile(r"true|True|TRUE|false|False|FALSE"),
    "int": re.compile(r"[-+]?(0|[1-9][0-9]{0,299})"),
    "float": re.compile(
        r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*([eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)|\.[0-9]+([eE][-+]?[0-9]+)?"
        r"|\.(inf|Inf|INF))|\.(nan|NaN|NAN)"
    ),
}

PROBLEMS = (
    (r"character '\\t'", "a tab stands where only spaces may; YAML is indented with spaces"),
    (r"character '(.)' that cannot start", "text that begins with {0} needs quotation marks"),
    (
        r"mapping values are not allowed",
        "a `:` is not allowed here; quote text that holds `: `, or check the indentation",
    ),
    (r"sequence entries are not allowed", "a list can't begin here; put `- ` on a line of its own"),
    (r"could not find expected ':'", "a key without `:` stands here"),
    (r"unexpected end of stream", "a quotation mark is opened here and never closed"),
    (r"undefined alias '(.*?)'", "the alias `*{0}` has no anchor `&{0}` above it"),
    (r"but found another document", "a second document begins here with `---`; a file holds one"),
    (r"second occurrence", "an anchor of this name stands above already"),
    (
        r"unknown escape character '(.)'",
        "`\\{0}` means nothing in double quotes; use single quotes for text with a backslash",
    ),
    (r"expected '(.)' or '(.)', but got", "a `{0}` or `{1}` is missing before this"),
    (r"expected <block end>", "this does not fit the lines above; check the indentation and the quotation marks"),
)
"""PyYAML's words, as a pattern, and ours."""
OPENED = ("while scanning a simple key", "while scanning a quoted scalar")
"""Contexts whose beginning is the place to look at; PyYAML notices only lines later."""


@dataclass(frozen=True)
class Place:
    """A line and a column, both from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Complaint:
    """One thing that is wrong in a course's file."""

    file: str
    line: int
    what: str


def course_error(complaints: Iterable[Complaint]) -> CourseError:
    """All complaints as one exception, one line each, and below it what it marks; `where` is the first one's place."""
    first, *others = (replace(complaint, what=_told(complaint.what)) for complaint in complaints)
    lines = [first.what, *(f"{other.file}:{other.line}: {other.what}" for other in others)]
    return CourseError(f"{first.file}:{first.line}", "\n".join(lines))


MARKED = "\n    "
"""Begins a line that shows what a complaint is about: a formula, and the caret below it."""


def _told(what: str) -> str:
    sentence, *marked = what.split(MARKED)
    return MARKED.join(" ".join(part.split("\n")) for part in (sentence, *marked))


@dataclass(frozen=True)
class Tree:
    """A YAML file: `data` of dict, list, str, int, float, bool and None, and where all of it stands.

    `keys` and `values` map steps to places, `written` those of scalars to their text in the file. `complaints` are
    what is wrong but does not keep the rest from being read, such as a key that occurs twice.
    """

    file: str
    data: dict[str, Any]
    keys: Mapping[Steps, Place]
    values: Mapping[Steps, Place]
    written: Mapping[Steps, str]
    complaints: tuple[Complaint, ...]

    def line(self, steps: Steps) -> int:
        """The line of a key, of a value without one, or of the nearest thing around it that is there."""
        while steps and steps not in self.values:
            steps = steps[:-1]
        return self.keys.get(steps, self.values[steps]).line

    def at(self, steps: Steps) -> Any:
        """The value that steps lead to; raises KeyError, IndexError or TypeError where there is none."""
        value: Any = self.data
        for step in steps:
            value = value[step]
        return value


def read_yaml(path: Path, file: str) -> Tree:
    """The tree of a YAML file that holds keys and values; `file` is its name in complaints. Raises `CourseError`."""
    text = _text(path, file)
    try:
        root = yaml.compose(text, Loader=_Parser)
    except yaml.MarkedYAMLError as error:
        raise CourseError(*_problem(error, file)) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise CourseError(
            f"{file}:{line}", f"the character U+{int(error.character):04X} may not stand in YAML"
        ) from None
    except RecursionError:
        raise CourseError(f"{file}:1", f"is nested more than {MAX_DEPTH} deep") from None
    if root is None:
        raise CourseError(f"{file}:1", "the file is empty")
    if not isinstance(root, MappingNode):
        what = "a list" if isinstance(root, SequenceNode) else "a text"
        raise CourseError(f"{file}:{_place(root).line}", f"the file must hold keys with values, got {what}")
    reading = _Reading(file)
    data = reading.value(root, (), ())
    return Tree(file, data, reading.keys, reading.values, reading.written, tuple(reading.complaints))


class _Parser(yaml.SafeLoader):
    """PyYAML's parser with the scalars of YAML 1.2."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        if kind is not ScalarNode:
            return super().resolve(kind, value, implicit)  # type: ignore[no-untyped-call]
        plain = implicit[0]
        return CORE + next((name for name, spelling in SPELLINGS.items() if plain and spelling.fullmatch(value)), "str")


@dataclass
class _Reading:
    """Nodes on their way to plain data."""

    file: str
    keys: dict[Steps, Place] = field(default_factory=dict)
    values: dict[Steps, Place] = field(default_factory=dict)
    written: dict[Steps, str] = field(default_factory=dict)
    complaints: list[Complaint] = field(default_factory=list)
    merged: int = 0

    def value(self, node: Node, steps: Steps, around: tuple[Node, ...]) -> Any:
        """The plain data of a node; `around` are the nodes that it lies in."""
        self.values[steps] = _place(node)
        self.bounded(node, around, len(self.values))
        if isinstance(node, MappingNode) and node.tag == CORE + "map":
            return self.mapping(node, steps, (*around, node))
        if isinstance(node, SequenceNode) and node.tag == CORE + "seq":
            return [self.value(entry, (*steps, k), (*around, node)) for k, entry in enumerate(node.value)]
        return self.scalar(node, steps)

    def mapping(self, node: MappingNode, steps: Steps, around: tuple[Node, ...]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value, own in self.entries(node, around):
            place = _place(key)
            name = self.whole(key.value, key)
            if name in found:
                if own:
                    first = self.keys[*steps, name].line
                    self.complain(place, f"the key `{name}` occurs twice, in line {first} and in line {place.line}")
                continue
            self.keys[*steps, name] = place
            found[name] = self.value(value, (*steps, name), around)
        return found

    def entries(self, node: MappingNode, around: tuple[Node, ...]) -> Iterator[tuple[ScalarNode, Node, bool]]:
        """The keys of a mapping with their values, and whether they are its own; then those that `<<` takes over."""
        taken: list[Node] = []
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self.complain(_place(key), "a key must be a text, not a list or a mapping")
            elif key.value == MERGE and key.style is None:
                taken += value.value if isinstance(value, SequenceNode) else [value]
            else:
                yield key, value, True
        for other in taken:
            if not isinstance(other, MappingNode):
                what = f"`{MERGE}` takes over keys with values, or a list of such"
                raise CourseError(f"{self.file}:{_place(other).line}", what)
            self.merged += 1 + len(other.value)
            self.bounded(other, around, self.merged)
            yield from ((key, value, False) for key, value, _ in self.entries(other, (*around, other)))

    def bounded(self, node: Node, around: tuple[Node, ...], count: int) -> None:
        """Raises `CourseError` where aliases stand for something that is endless, or as good as endless."""
        where = f"{self.file}:{_place(node).line}"
        if any(node is other for other in around):
            raise CourseError(where, "an alias stands for something that holds the alias itself")
        if len(around) >= MAX_DEPTH:
            raise CourseError(where, f"is nested more than {MAX_DEPTH} deep")
        if count > MAX_VALUES:
            raise CourseError(where, f"the aliases stand for more than {MAX_VALUES} values")

    def scalar(self, node: Node, steps: Steps) -> Any:
        name = node.tag.removeprefix(CORE)
        if not isinstance(node, ScalarNode) or name not in {"str", *SPELLINGS}:
            tag = node.tag.replace(CORE, "!!")
            raise CourseError(f"{self.file}:{_place(node).line}", f"the tag `{tag}` is not known here")
        self.written[steps] = text = node.value
        if name == "str" or not SPELLINGS[name].fullmatch(text):
            return self.whole(text, node)
        return SCALARS[name](text)

    def whole(self, text: str, node: Node) -> str:
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            what = "the text holds half of a character (an escape from \\uD800 to \\uDFFF)"
            raise CourseError(f"{self.file}:{_place(node).line}", what)
        return text

    def complain(self, place: Place, what: str) -> None:
        self.complaints.append(Complaint(self.file, place.line, what))


def _place(node: Node) -> Place:
    return Place(node.start_mark.line + 1, node.start_mark.column + 1)


def _text(path: Path, file: str) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise CourseError(file, f"can't be read: {error.strerror}") from None
    if len(raw) > MAX_BYTES:
        raise CourseError(file, f"has {len(raw)} bytes, the limit is {MAX_BYTES}")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise CourseError(f"{file}:{line}", f"byte 0x{raw[error.start]:02x} is not UTF-8; save it as UTF-8") from None


def _problem(error: yaml.MarkedYAMLError, file: str) -> tuple[str, str]:
    """The place of a syntax error, and one plain sentence about it."""
    mark = error.context_mark if error.context in OPENED else error.problem_mark
    where = f"{file}:{mark.line + 1}" if mark else file
    for pattern, sentence in PROBLEMS:
        found = re.search(pattern, str(error.problem))
        if found:
            return where, "broken YAML: " + sentence.format(*found.groups())
    return where, f"broken YAML: {error.problem or error.context}"


# --- typing ------------------------------------------------------------------------------------------------------

WANTED = {
    "string_type": "text",
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "keys with values",
    "dataclass_type": "keys with values",
    "finite_number": "a finite number",
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "at least {ge:g}",
    "less_than": "less than {lt:g}",
    "less_than_equal": "at most {le:g}",
    "string_pattern_mismatch": "text that is not empty",
    "too_short": "a list that is not empty",
}


def typed(keys: type, tree: Tree, steps: Steps, level: int = 0) -> tuple[Any, list[tuple[Steps, str]]]:
    """The data at `steps` as an instance of the dataclass `keys`, or None and what is wrong, each with its steps.

    Where text is wanted, a number is its text in the file. Complaints name keys without the first `level` steps.
    """
    data = tree.at(steps)
    try:
        return _validated(keys, data), []
    except ValidationError as error:
        written = _as_written(data, error, steps, tree)
    try:
        return _validated(keys, written), []
    except ValidationError as error:
        return None, list(_said(error, keys, written, steps, tree, level))


def _validated(keys: type, data: Any) -> Any:
    # In JSON a list is pydantic's strict form of a tuple, and a dict that of a dataclass.
    return _adapter(keys).validate_json(json.dumps(data))


@functools.cache
def _adapter(keys: type) -> TypeAdapter[Any]:
    return TypeAdapter(keys)


def _as_written(data: Any, error: ValidationError, steps: Steps, tree: Tree) -> Any:
    """The data with scalars as they are written in the file, wherever text is wanted."""
    data = json.loads(json.dumps(data))
    for wrong in error.errors(include_url=False):
        inner = _resolved(wrong["loc"], data)
        text = tree.written.get((*steps, *inner))
        if wrong["type"] == "string_type" and inner and text:
            owner: Any = data
            for step in inner[:-1]:
                owner = owner[step]
            owner[inner[-1]] = text
    return data


def _resolved(loc: Iterable[str | int], data: Any) -> Steps:
    """pydantic's location without the steps that are not in the data (the members of a union that it tried)."""
    found: list[str | int] = []
    for step in loc:
        if isinstance(data, dict | list) and step in (data if isinstance(data, dict) else range(len(data))):
            found.append(step)
            data = cast("Any", data)[step]
    return tuple(found)


def _said(
    error: ValidationError, keys: type, data: Any, steps: Steps, tree: Tree, level: int
) -> Iterator[tuple[Steps, str]]:
    """Each complaint of pydantic in our words, with its steps. A union's complaints about one value become one."""
    wanted: dict[Steps, list[str]] = {}
    meant: dict[Steps, str] = {}
    above = steps[level:]
    for wrong in error.errors(include_url=False):
        kind, loc, context = wrong["type"], wrong["loc"], wrong.get("ctx", {})
        inner = _resolved(loc, data)
        if kind == "missing":
            around = _resolved(loc[:-1], data)
            yield (*steps, *around), f"`{dotted((*above, *around, loc[-1]))}` is missing"
        elif kind == "unexpected_keyword_argument":
            yield (*steps, *inner), _unknown_key((*above, *inner), _keys_at(keys, inner[:-1]))
        elif kind == "value_error":
            yield (*steps, *inner), f"`{dotted((*above, *inner))}`: {context['error']}"
        elif kind == "literal_error":
            options = re.findall(r"'([^']*)'", context["expected"])
            wanted.setdefault(inner, []).append(f"one of {', '.join(options)}")
            meant[inner] = did_you_mean(str(wrong["input"]), options)
        else:
            words = WANTED.get(kind, "").format(**context) or f"right ({wrong['msg']})"
            wanted.setdefault(inner, []).append(words)
    for inner, phrases in wanted.items():
        name = f"`{dotted((*above, *inner))}`" if (*above, *inner) else "this"
        place = (*steps, *inner)
        wants = " or ".join(dict.fromkeys(phrases))
        yield place, f"{name} must be {wants}, got {as_seen(place, tree)}{meant.get(inner, '')}"


def _unknown_key(steps: Steps, known: list[str]) -> str:
    inside = f" in `{dotted(steps[:-1])}`" if len(steps) > 1 else ""
    meant = did_you_mean(str(steps[-1]), known) or f"; the keys here are {', '.join(known)}"
    return f"unknown key `{steps[-1]}`{inside}{meant}"


def _keys_at(keys: type, loc: Steps) -> list[str]:
    """The keys of the dataclass that the steps of `loc` lead to."""
    for step in loc:
        if isinstance(step, str):
            keys = next(_dataclasses_in(get_type_hints(keys).get(step)), keys)
    return [f.name for f in dataclasses.fields(keys)]


def _dataclasses_in(hint: Any) -> Iterator[type]:
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        yield hint
    for inner in get_args(hint):
        yield from _dataclasses_in(inner)


def dotted(steps: Iterable[str | int]) -> str:
    """Steps as they are read: `call.orders[0]`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def as_seen(steps: Steps, tree: Tree) -> str:
    """The value at `steps` as complaints quote it."""
    value = tree.at(steps)
    if isinstance(value, dict | list):
        kind = "a list" if isinstance(value, list) else "keys with values"
        return kind if value else f"an empty {'list' if isinstance(value, list) else 'mapping'}"
    text = tree.written[steps] if len(tree.written[steps]) <= 60 else tree.written[steps][:60] + "…"
    if value is None and not text:
        return "nothing"
    return repr(text) if isinstance(value, str) else text


def did_you_mean(word: str, options: Iterable[str]) -> str:
    """ "; did you mean `…`?" with the closest option, or nothing."""
    lower = {option.lower(): option for option in options}
    found = difflib.get_close_matches(word.lower(), lower, 1, 0.65)
    return f"; did you mean `{lower[found[0]]}`?" if found else ""
