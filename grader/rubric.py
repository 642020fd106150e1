"""A course's YAML and its inputs → `Rubric`; every complaint has its `file:line`, and all come at once.

Theory of operation. The YAML becomes plain data that knows its lines (`places`). Each level of it (the file, a
question, an item of one kind, which has the keys of every item and the fields of the kind's dataclass) is typed on
its own by pydantic, so that one wrong item hides no other. Then come the questions that no type can answer: is there
such a function in the reference, such a recipe in `inputs.py`, has it these inputs? The reference is only read, never
run here; `inputs.py` is the course's own and is run in this process. The JSON Schema is made of the same types.
"""

from __future__ import annotations

import ast
import dataclasses
import functools
import hashlib
import importlib.util
import inspect
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal, Union, cast, get_type_hints

import numpy as np
from pydantic import ConfigDict, Field, TypeAdapter

from grader.checks import KINDS, testfile
from grader.inputs import Recipe, recipes
from grader.maths import world_trouble
from grader.model import Check, CourseError, Item, Limits, Question, Rubric, UsageError, Values
from grader.places import Complaint, Steps, Tree, as_seen, course_error, did_you_mean, dotted, read_yaml, typed

STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
NAMED = ("call.name", "module.name", "law")
"""Fields of kinds that name something of the reference."""
ASSERTS = "asserts/"
"""The folder of a reference whose files are a course's own tests, and what lies beside them."""
ADAPTER = "call.through"
"""The field that names something of `asking.py`."""
REFERRING = {"call", "module", "law", "given", "file"}
"""Fields of kinds that can't be asked without a reference."""

Label = Annotated[str, Field(pattern=r"\S")]
Marks = Annotated[float, Field(ge=0)]
Credit = Annotated[float, Field(ge=0, le=1)]


def find_course(start: Path | None) -> Path:
    """The course folder `start`, or without it the current folder or the nearest one above that is a course.

    Raises `UsageError`.
    """
    told = "a course is a folder with rubrics/ and reference/"
    if start is not None:
        if _is_course(start):
            return start
        raise UsageError(f"{start} is not a course: {told}")
    here = Path.cwd()
    found = next((folder for folder in (here, *here.parents) if _is_course(folder)), None)
    if found is None:
        raise UsageError(f"no course in {here} or above it: {told}; name one with --course DIR")
    return found


def find_rubric(course: Path, folder_name: str, named: str | None) -> Path:
    """The rubric that `named` names (a path or a homework), else that of the folder's name, else the only one.

    Raises `UsageError`, which lists what there is.
    """
    there = {path.stem: path for path in sorted((course / "rubrics").glob("*.yaml")) if path.is_file()}
    listed = f"there are {', '.join(there)}" if there else f"there is no *.yaml in {course / 'rubrics'}"
    if named is not None:
        if Path(named).is_file():
            return Path(named)
        name = Path(named).name.removesuffix(".yaml")
        if name in there and named in (name, f"{name}.yaml"):
            return there[name]
        raise UsageError(f"no rubric `{named}`{did_you_mean(name, there) or ';'} {listed}")
    if folder_name in there:
        return there[folder_name]
    if len(there) == 1:
        return next(iter(there.values()))
    listed += "; name one with --rubric" if there else ""
    near = did_you_mean(folder_name, there) or ";"
    raise UsageError(f"no rubric is named like the folder `{folder_name}`{near} {listed}")


def load_rubric(path: Path, course: Path) -> Rubric:
    """The rubric of a YAML file, with the course's reference and inputs. Raises `CourseError` with all complaints."""
    tree = read_yaml(path, _shown(path, course))
    complaints = list(tree.complaints)
    reference = _read_reference(course / "reference" / path.stem, course, complaints)
    loading = _Loading(tree, path.stem, reference, complaints)
    keys = loading.typed(RubricKeys, ())
    loading.worlds.update(_worlds(loading))
    named = tree.written.get(("homework",))
    if named and named != path.stem:
        loading.complain(("homework",), f"`homework` must be the file's name `{path.stem}`, got '{named}'")
    limits = _limits(loading, ("limits",), Limits())
    questions = [_question(loading, ("questions", k), limits) for k in loading.indexes(("questions",))]
    _complain_of_twins(loading)
    _complain_of_absent_reference(loading)
    _complain_of_preloads(loading, keys.preload if keys else ())
    if complaints or keys is None:
        raise course_error(sorted(complaints, key=lambda c: (c.file != tree.file, c.file, c.line)))
    whole = tuple(question for question in questions if question)
    sources, asking = (reference.sources, reference.asking) if reference else ({}, {})
    return Rubric(keys.homework, keys.title, whole, path, sources, asking, keys.preload)


def rubric_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a rubric file, from which editors complete and explain keys."""
    made = TypeAdapter(_whole_file()).json_schema()
    for schema in (made, *made["$defs"].values()):
        for name, about in schema.get("properties", {}).items():
            about.setdefault("description", _described(name, schema.get("description", "")))
    schema = cast("dict[str, Any]", _loosened(made))
    about_file = {"title": "Gradebound rubric", "description": "The items, points and hints of one homework."}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, **about_file}


# --- the keys of each level --------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class RubricKeys:
    """The keys of a rubric file."""

    __pydantic_config__ = STRICT

    homework: Annotated[Label, Field(description="The homework's name, the same as this file's without .yaml.")]
    title: Annotated[Label, Field(description="The homework's title in reports.")]
    limits: Annotated[dict[str, Any], Field(description="What every item may use, unless it says otherwise.")] = field(
        default_factory=dict
    )
    preload: Annotated[
        tuple[str, ...], Field(description="Modules that are slow to import, imported once for all students.")
    ] = ()
    worlds: Annotated[
        dict[str, dict[str, Any]], Field(description="What formulas talk about, by a name that items refer to.")
    ] = field(default_factory=dict)
    questions: Annotated[tuple[Any, ...], Field(min_length=1, description="The numbered questions, in order.")]


@dataclass(frozen=True, kw_only=True)
class QuestionKeys:
    """The keys of a question."""

    __pydantic_config__ = STRICT

    id: Annotated[Label, Field(description="The question's number; its text is kept as written.")]
    title: Annotated[Label, Field(description="The question's title in reports.")]
    text: Annotated[str, Field(description="What was asked, for the reports.")] = ""
    items: Annotated[tuple[Any, ...], Field(min_length=1, description="What is asked and gives points, in order.")]


@dataclass(frozen=True, kw_only=True)
class ItemKeys:
    """The keys that an item of any kind has."""

    __pydantic_config__ = STRICT

    id: Annotated[Label, Field(description="The item's number, unlike all others; its text is kept as written.")]
    title: Annotated[Label, Field(description="The item's title in reports.")]
    kind: str
    points: Annotated[Marks, Field(description="The marks for full credit.")]
    hint: Annotated[str, Field(description="What a student reads who did not get full credit.")] = ""
    partial: Annotated[
        dict[str, Credit], Field(description="The credit in 0..1 that a named mistake still gets, by its note.")
    ] = field(default_factory=dict)
    limits: Annotated[dict[str, Any], Field(description="What this item may use.")] = field(default_factory=dict)


DESCRIPTIONS = {
    "aliases": "Other parameter names that students give to an input.",
    "also": "Other names that are accepted.",
    "answer": "The right answer.",
    "arguments": "The inputs of the recipe, in the reference's order.",
    "atol": "Absolute tolerance of an entry.",
    "build": "The positional arguments with which the module is built.",
    "call": "What to call, and how.",
    "credit": "`each` for the share of the tests that pass, `all` for all or nothing.",
    "cpu_seconds": "CPU seconds; wall time is a guard of 20 times that.",
    "factors": "Constant factors that are accepted; one must hold for all cases.",
    "family": "The family of the law that the draws follow.",
    "file": "The test file in reference/<homework>/asserts/: pytest, plain asserts, or otter.",
    "given": "The recipe of inputs.py with which it is asked; by default the one named like what is called.",
    "idle_seconds": "Seconds that may pass without any work being done.",
    "memory_mb": "Memory in mebibytes.",
    "model_answer": "A right answer, for the person who decides.",
    "module": "The module (a class) that is built and asked.",
    "name": "The reference's name for it.",
    "names": "What the tests take from the student's code; by default all that the solution defines and they mention.",
    "notebook": "Whether the student's notebook is run from top to bottom, as otter does.",
    "options": "The options with what is accepted for each, or the keyword arguments that a module is built with.",
    "orders": "Further orders of the arguments that are accepted.",
    "output_mb": "Output in mebibytes.",
    "part": "The part of the written answers; by default the item's id.",
    "processes": "Number of processes and threads.",
    "rtol": "Relative tolerance of an entry.",
    "seconds": "CPU seconds that one test may use.",
    "tests": "The tests that count, where not all do: names of tests or classes, or patterns with `*`.",
    "through": "The adapter in asking.py that calls it, where it takes or holds networks.",
    "weights": "How much a test counts, by its name or a pattern; 1 by default.",
    "wrt": "The inputs with respect to which the gradient is taken.",
}


@functools.cache
def _limit_keys() -> type:
    hints = get_type_hints(Limits)
    keys = [(f.name, Annotated[hints[f.name], Field(gt=0)], _default(f)) for f in dataclasses.fields(Limits)]
    return _made("Limits", keys, Limits.__doc__, ())


@functools.cache
def _item_keys(kind: str, limits: Any = dict[str, Any]) -> type:
    """A dataclass of all keys of an item: those of every item, and the fields of the kind's dataclass."""
    check = cast("type[Any]", KINDS[kind])
    hints = get_type_hints(check, include_extras=True)
    if "world" in hints:
        hints["world"] = Annotated[Label, Field(description="The name of its world, under `worlds`.")]
    keys = [(f.name, hints[f.name], _default(f)) for f in dataclasses.fields(check)]
    literal: Any = cast("Any", Literal)[kind]
    tag = Annotated[literal, Field(description=f"The kind of question: {_first_line(check.__doc__)}")]
    about = [("kind", tag, field()), ("limits", _explained(ItemKeys, limits), field(default_factory=dict))]
    return _made(f"{kind} item", [*about, *keys], check.__doc__, (ItemKeys,))


def _whole_file() -> type:
    """All levels in one type, for the schema."""
    limits = _limit_keys()
    kinds = Union[tuple(_item_keys(kind, limits) for kind in KINDS)]  # type: ignore[valid-type] # noqa: UP007
    items = Annotated[tuple[Annotated[kinds, Field(discriminator="kind")], ...], Field(min_length=1)]  # type: ignore[valid-type]
    about = get_type_hints(QuestionKeys, include_extras=True)["items"].__metadata__[0]
    question = _made("question", [("items", Annotated[items, about], field())], QuestionKeys.__doc__, (QuestionKeys,))
    listed = Annotated[tuple[question, ...], Field(min_length=1, description="The numbered questions, in order.")]  # type: ignore[valid-type]
    keys = [("questions", listed, field()), ("limits", _explained(RubricKeys, limits), field(default_factory=dict))]
    return _made("rubric", keys, RubricKeys.__doc__, (RubricKeys,))


def _made(name: str, keys: list[tuple[str, Any, Any]], doc: str | None, bases: tuple[type, ...]) -> type:
    namespace = {"__doc__": doc, "__module__": __name__, "__pydantic_config__": STRICT}
    return dataclasses.make_dataclass(name, keys, bases=bases, namespace=namespace, frozen=True, kw_only=True)


def _explained(level: type, limits: Any) -> Any:
    return Annotated[limits, *get_type_hints(level, include_extras=True)["limits"].__metadata__]


def _default(f: dataclasses.Field[Any]) -> Any:
    if f.default_factory is not dataclasses.MISSING:
        return field(default_factory=f.default_factory)
    return field(default=f.default) if f.default is not dataclasses.MISSING else field()


def _described(name: str, doc: str) -> str:
    """What a key means: the table's words, else the sentence about it in the docstring of its dataclass."""
    sentences = [sentence.rstrip(".;") + "." for sentence in re.split(r"(?<=[.;])\s+", " ".join(doc.split()))]
    return DESCRIPTIONS.get(name) or next((s for s in sentences if f"`{name}`" in s), sentences[0])


def _loosened(schema: Any) -> Any:
    """The schema with numbers accepted where text is wanted, as the loader accepts `id: 1.10`."""
    if isinstance(schema, list):
        return [_loosened(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    loose = {key: _loosened(value) for key, value in schema.items()}
    if schema.get("type") == "string" and not {"const", "enum"} & set(schema):
        loose["type"] = ["string", "number", "boolean"]
    return loose


# --- questions and items -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Loading:
    """A rubric on its way: the tree, the reference, the complaints so far, and the worlds that have none."""

    tree: Tree
    homework: str
    reference: _Reference | None
    complaints: list[Complaint]
    worlds: dict[str, dict[str, Any]] = field(default_factory=dict)

    def complain(self, steps: Steps, what: str) -> None:
        where = self.where(_level(steps))
        line = self.tree.line(steps)
        self.complaints.append(Complaint(self.tree.file, line, f"{where}: {what}" if where else what))

    def where(self, level: Steps) -> str:
        """A question or an item as it is named in complaints: by its id, or by its number where it has none."""
        if not level:
            return ""
        name = self.tree.written.get((*level, "id")) or f"#{int(level[-1]) + 1}"
        if len(level) == 2:
            return f"question {name}"
        return f"item {name}" if not name.startswith("#") else f"item {name} of {self.where(level[:2])}"

    def indexes(self, steps: Steps) -> range:
        """The indexes of the list at `steps`; none where there is no list (which pydantic complains of)."""
        try:
            found = self.tree.at(steps)
        except (KeyError, TypeError):
            return range(0)
        return range(len(found)) if isinstance(found, list) else range(0)

    def typed(self, keys: type, steps: Steps) -> Any:
        """The data at `steps` as an instance of the dataclass `keys`, or None after complaining."""
        found, complaints = typed(keys, self.tree, steps, len(_level(steps)))
        for place, what in complaints:
            self.complain(place, what)
        return found


def _level(steps: Steps) -> Steps:
    """The steps to the item, the question or the file that `steps` lie in."""
    if len(steps) >= 4 and steps[0] == "questions" and steps[2] == "items":
        return steps[:4]
    return steps[:2] if len(steps) >= 2 and steps[0] == "questions" else ()


def _question(loading: _Loading, steps: Steps, limits: Limits) -> Question | None:
    keys = loading.typed(QuestionKeys, steps)
    items = [_item(loading, (*steps, "items", k), limits) for k in loading.indexes((*steps, "items"))]
    return Question(keys.id, keys.title, tuple(item for item in items if item), keys.text) if keys else None


def _item(loading: _Loading, steps: Steps, limits: Limits) -> Item | None:
    kind = _kind(loading, steps)
    keys = loading.typed(_item_keys(kind), steps) if kind else None
    own = _limits(loading, (*steps, "limits"), limits)
    check = _check(loading, steps, keys) if keys else None
    if kind is None or keys is None or check is None:
        return None
    recipe, given = _asked(loading, steps, check, keys.id)
    return Item(
        id=keys.id,
        title=keys.title,
        kind=kind,
        check=check,
        points=keys.points,
        hint=keys.hint,
        given=given,
        recipe=recipe,
        mistakes=_mistakes_of(loading, check),
        partial=keys.partial,
        limits=own,
        where=f"{loading.tree.file}:{loading.tree.line(steps)}",
    )


def _kind(loading: _Loading, steps: Steps) -> str | None:
    data = loading.tree.at(steps)
    if not isinstance(data, dict):
        loading.complain(steps, f"an item must be keys with values, got {as_seen(steps, loading.tree)}")
        return None
    if "kind" not in data:
        loading.complain(steps, f"`kind` is missing; the kinds are {', '.join(KINDS)}")
        return None
    kind = loading.tree.written.get((*steps, "kind"), "")
    if kind not in KINDS:
        near = did_you_mean(kind, KINDS) or f"; the kinds are {', '.join(KINDS)}"
        loading.complain((*steps, "kind"), f"unknown kind `{kind}`{near}")
        return None
    return kind


def _limits(loading: _Loading, steps: Steps, default: Limits) -> Limits:
    """The limits at `steps`; what they leave out is as in `default`."""
    try:
        told = loading.tree.at(steps)
    except (KeyError, TypeError):
        return default
    keys = loading.typed(_limit_keys(), steps) if isinstance(told, dict) else None
    return dataclasses.replace(default, **{name: getattr(keys, name) for name in told}) if keys else default


def _check(loading: _Loading, steps: Steps, keys: Any) -> Check | None:
    """The kind's dataclass; `given` is by default what is called, and `part` the item's id."""
    kind = cast("Callable[..., Check]", KINDS[keys.kind])
    told = {f.name: getattr(keys, f.name) for f in dataclasses.fields(cast("Any", kind))}
    if "given" in told:
        told["given"] = told["given"] or _called(keys)
    if "part" in told:
        told["part"] = told["part"] or keys.id
    if "file" in told:
        told |= _of_test_file(loading, told)
    if isinstance(told.get("world"), str):
        world = _world(loading, steps, told["world"])
        if world is None:
            return None
        told["world"] = world
    try:
        check = kind(**told)
    except ValueError as error:
        # A kind's complaint begins with the field that it is about, where it is about one.
        loading.complain((*steps, str(error).partition(" ")[0]), str(error))
        return None
    _complain_of_call(loading, steps, check)
    _complain_of_tests(loading, steps, check)
    for key, what in getattr(check, "problems", tuple)():
        loading.complain((*steps, *(int(step) if step.isdigit() else step for step in key.split("."))), what)
    return check


def _worlds(loading: _Loading) -> dict[str, dict[str, Any]]:
    """The worlds of the rubric that nothing is wrong with, after complaining of the others."""
    sound = {}
    for name, told in _declared_worlds(loading).items():
        found = list(world_trouble(told))
        for place, what in found:
            loading.complain(("worlds", name, *place), f"world {name}: {what}")
        if not found:
            sound[name] = told
    return sound


def _declared_worlds(loading: _Loading) -> dict[str, dict[str, Any]]:
    try:
        worlds = loading.tree.at(("worlds",))
    except (KeyError, TypeError):
        return {}
    return {name: told for name, told in worlds.items() if isinstance(told, dict)} if isinstance(worlds, dict) else {}


def _world(loading: _Loading, steps: Steps, name: str) -> dict[str, Any] | None:
    """What `worlds` declares under a name, or None after complaining, of the world itself or of the name."""
    known = _declared_worlds(loading)
    if name not in known:
        loading.complain((*steps, "world"), f"`world`: `worlds` has no `{name}`{_near_or_all(name, known)}")
    return loading.worlds.get(name)


def _called(check: Any) -> str:
    """The reference's name of what is called or built, or ""."""
    return next((name for name in map(_follow(check), NAMED[:2]) if name), "")


def _follow(check: Any) -> Callable[[str], str]:
    """A function from a dotted field to its value in the check, "" where the kind has no such field."""
    return lambda dotted: functools.reduce(lambda value, name: getattr(value, name, ""), dotted.split("."), check)


def _complain_of_call(loading: _Loading, steps: Steps, check: Any) -> None:
    """Complains of names that the reference lacks and of arguments that do not fit each other."""
    reference = loading.reference
    known = dict.fromkeys(NAMED, (reference.names if reference else None, "the reference"))
    known[ADAPTER] = (reference.adapters, f"{reference.shown}/asking.py") if reference else (None, "")
    for key, (names, who) in known.items():
        name = _follow(check)(key)
        if name and names is not None and not _defines(names, name):
            what = f"`{key}`: {who} has no `{name}`{_near_or_all(name, names)}"
            loading.complain((*steps, *key.split(".")), what)
    call = getattr(check, "call", None)
    if call is None:
        return
    for k, order in enumerate(call.orders):
        if sorted(order) != sorted(call.arguments):
            told = f"the arguments {', '.join(call.arguments)} in another order, got {', '.join(order)}"
            loading.complain((*steps, "call", "orders", k), f"`call.orders[{k}]` must be {told}")
    named: list[tuple[Steps, str]] = [(("call", "aliases", name), name) for name in call.aliases]
    named += [(("wrt", k), name) for k, name in enumerate(getattr(check, "wrt", ()))]
    for place, name in named:
        if name not in call.arguments:
            what = f"`{dotted(place[:-1])}` names `{name}`, which is no argument{_near_or_all(name, call.arguments)}"
            loading.complain((*steps, *place), what)


def _of_test_file(loading: _Loading, told: Mapping[str, Any]) -> dict[str, Any]:
    """What `module` and `names` are by default: what the tests import and mention of the solution."""
    reference = loading.reference
    source = reference.asking.get(f"{ASSERTS}{told['file']}") if reference else None
    if reference is None or source is None:
        return {}
    beside = {
        name: text for name, text in reference.asking.items() if name.startswith(ASSERTS) and name.endswith(".py")
    }
    imported = set().union(*(testfile.imported(tree) for tree in map(_tree, beside.values()) if tree))
    stems = (PurePosixPath(name).stem for name in reference.sources)
    words = set(re.findall(r"\w+", source.decode(errors="replace")))
    return {
        "module": told["module"] or tuple(stem for stem in stems if stem in imported),
        "names": told["names"] or tuple(name for name in reference.names or () if name in words),
    }


def _tree(source: bytes) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):
        return None


def _complain_of_tests(loading: _Loading, steps: Steps, check: Any) -> None:
    """Complains of a test file that is not there, and of names of tests that it does not define."""
    reference, file = loading.reference, getattr(check, "file", "")
    if not file or reference is None:
        return
    there = [name.removeprefix(ASSERTS) for name in reference.asking if name.startswith(ASSERTS)]
    shown = f"{reference.shown}/{ASSERTS}"
    if file not in there or not file.endswith(".py"):
        loading.complain((*steps, "file"), f"`file`: {shown} has no test file `{file}`{_near_or_all(file, there)}")
        return
    tree = _tree(reference.asking[ASSERTS + file])
    names = testfile.names(tree) if tree else None
    named = [(("tests", k), "tests", name) for k, name in enumerate(check.tests)]
    named += [(("weights", name), "weights", name) for name in check.weights]
    for place, key, name in named:
        if names is not None and not any(testfile.matches(test, name) for test in names):
            near = _near_or_all(name, {known for test in names for known in (test, test.rpartition("::")[2])})
            loading.complain((*steps, *place), f"`{key}`: {shown}{file} defines no test `{name}`{near}")


def _complain_of_preloads(loading: _Loading, names: Iterable[str]) -> None:
    for k, name in enumerate(names):
        try:
            found = importlib.util.find_spec(name.partition(".")[0])
        except (ImportError, ValueError):
            found = None
        if found is None:
            loading.complain(("preload", k), f"`preload`: there is no module `{name}` where this runs")


def _near_or_all(name: str, there: Iterable[str]) -> str:
    """The end of a complaint about a name that is not there: what may have been meant, and what there is."""
    listed = ", ".join(sorted(there)) or "nothing"
    return (did_you_mean(name, there) or ";") + f" there is {listed}"


def _asked(loading: _Loading, steps: Steps, check: Any, item: str) -> tuple[Recipe | None, Values]:
    """The recipe of an item and the cases that it is asked with, drawn from the homework's and the item's names."""
    name = getattr(check, "given", "")
    known = loading.reference.recipes if loading.reference else None
    if not name or known is None or loading.reference is None:
        return None, {}
    names = loading.reference.names
    if name not in known and name == _called(check) and names is not None and not _defines(names, name):
        return None, {}  # one complaint about a wrong name is enough
    if name not in known:
        there = loading.reference.inputs
        what = f"`given`: {there} has no recipe `{name}`{_near_or_all(name, known)}"
        absent = f"`given`: the file {there} is missing, which is to define the recipe `{name}`"
        loading.complain((*steps, "given"), what if (loading.reference.folder / "inputs.py").is_file() else absent)
        return None, {}
    recipe = known[name]
    if hasattr(check, "call"):
        _complain_of_inputs(loading, (*steps, "call", "arguments"), check.call.arguments, name, recipe)
    seed = hashlib.sha256(f"{loading.homework}/{item}".encode()).digest()[:8]
    try:
        return recipe, recipe.sample(np.random.default_rng(int.from_bytes(seed, "big")))
    except Exception as error:  # whatever the course's own code raises is told to its author
        line = _line_in(error, loading.reference.folder / "inputs.py")
        what = f"the recipe `{name}` can't be drawn: {_told(error)}"
        loading.complaints.append(Complaint(loading.reference.inputs, line, what))
        return None, {}


def _complain_of_inputs(loading: _Loading, steps: Steps, arguments: tuple[str, ...], name: str, recipe: Recipe) -> None:
    for k, argument in enumerate(arguments):
        if argument not in recipe.arrays:
            what = f"`call.arguments` names `{argument}`, which is no input of `{name}`"
            loading.complain((*steps, k), what + _near_or_all(argument, recipe.arrays))
    for left_out in recipe.arrays:
        if left_out not in arguments:
            loading.complain(steps, f"`call.arguments` leaves out `{left_out}`, an input of `{name}`")


def _mistakes_of(loading: _Loading, check: Any) -> tuple[tuple[str, str], ...]:
    # What is asked for its law has no single value that a mistake could have.
    known = loading.reference.mistakes if loading.reference and not hasattr(check, "law") else ()
    return tuple((name, sentence) for name, sentence in known if name.partition("__")[0] == _called(check))


def _complain_of_twins(loading: _Loading) -> None:
    """Complains of question ids and of item ids that occur twice."""
    first: dict[tuple[str, str], int] = {}
    for steps, text in loading.tree.written.items():
        level = {3: "question", 5: "item"}.get(len(steps))
        if level is None or steps[0] != "questions" or steps[-1] != "id" or not text:
            continue
        line = loading.tree.line(steps)
        if (level, text) in first:
            loading.complain(steps, f"the {level} id `{text}` is used twice, first in line {first[level, text]}")
        first.setdefault((level, text), line)


def _complain_of_absent_reference(loading: _Loading) -> None:
    items = [
        ("questions", q, "items", i)
        for q in loading.indexes(("questions",))
        for i in loading.indexes(("questions", q, "items"))
        if REFERRING & _fields_of(loading.tree.written.get(("questions", q, "items", i, "kind"), ""))
    ]
    if items and not loading.reference:
        asked = ", ".join(loading.where(steps) for steps in items)
        what = f"the folder reference/{loading.homework}/ is missing, which is needed for {asked}"
        loading.complaints.append(Complaint(loading.tree.file, loading.tree.line(items[0]), what))


def _fields_of(kind: str) -> set[str]:
    return {f.name for f in dataclasses.fields(cast("Any", KINDS[kind]))} if kind in KINDS else set()


# --- the reference -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Reference:
    """The solution as read. `names` and `recipes` are None where a broken file keeps them from being known.

    `names` maps what the solution defines (`name` and `Class.method`) to whether it may have more methods, inherited
    from elsewhere. `mistakes` are the functions of `mistakes.py` with their sentences. `asking` are the files that
    students' code may see, `adapters` what `asking.py` among them defines. `shown` is the folder's name in complaints.
    """

    folder: Path
    shown: str
    sources: Mapping[str, bytes]
    asking: Mapping[str, bytes]
    names: Mapping[str, bool] | None
    adapters: Mapping[str, bool] | None
    recipes: Mapping[str, Recipe] | None
    mistakes: tuple[tuple[str, str], ...]

    @property
    def inputs(self) -> str:
        return f"{self.shown}/inputs.py"


def _read_reference(folder: Path, course: Path, complaints: list[Complaint]) -> _Reference | None:
    if not folder.is_dir():
        return None
    shown = _shown(folder, course)
    try:
        sources = {path.name: path.read_bytes() for path in sorted(folder.glob("*.py")) if path.is_file()}
        beside = [path for path in sorted(folder.glob(f"{ASSERTS}*")) if path.is_file() and path.name[0] != "."]
        asserts = {f"{ASSERTS}{path.name}": path.read_bytes() for path in beside}
    except OSError as error:
        raise CourseError(_shown(Path(error.filename), course), f"can't be read: {error.strerror}") from None
    inputs = sources.pop("inputs.py", b"")
    asking = ({"asking.py": sources.pop("asking.py")} if "asking.py" in sources else {}) | asserts
    trees = {
        name: _parsed(source, f"{shown}/{name}", complaints)
        for name, source in (sources | asking).items()
        if name.endswith(".py")
    }
    for name in asserts:
        if PurePosixPath(name).name in sources:
            what = "has the name of a file of the solution; the tests could not import that one"
            complaints.append(Complaint(f"{shown}/{name}", 1, what))
    names = _all_definitions(trees[name] for name in sources if name != "mistakes.py")
    adapters = _all_definitions(trees[name] for name in asking if name == "asking.py")
    mistakes = _mistakes(trees.get("mistakes.py"), f"{shown}/mistakes.py", names, complaints)
    known = _run_inputs(inputs, folder / "inputs.py", f"{shown}/inputs.py", complaints)
    return _Reference(folder, shown, sources, asking, names, adapters, known, mistakes)


def _parsed(source: bytes, shown: str, complaints: list[Complaint]) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError) as error:
        line = error.lineno if isinstance(error, SyntaxError) else None
        complaints.append(Complaint(shown, line or 1, f"is not Python: {getattr(error, 'msg', error)}"))
        return None


def _all_definitions(trees: Iterable[ast.Module | None]) -> dict[str, bool] | None:
    """What the files define together; None where one of them could not be parsed."""
    found: dict[str, bool] = {}
    for tree in trees:
        if tree is None:
            return None
        found |= dict(_definitions(tree))
    return found


def _definitions(tree: ast.Module) -> Iterator[tuple[str, bool]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, False
        elif isinstance(node, ast.ClassDef):
            yield node.name, bool(node.bases)
            yield from ((f"{node.name}.{name}", False) for name, _ in _definitions(ast.Module(node.body, [])))
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            named = (name for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))
            yield from ((name.id, False) for name in named)


def _defines(names: Mapping[str, bool], name: str) -> bool:
    return name in names or names.get(name.partition(".")[0], False)


def _mistakes(
    tree: ast.Module | None, shown: str, names: Mapping[str, bool] | None, complaints: list[Complaint]
) -> tuple[tuple[str, str], ...]:
    """Functions (and classes) named `<name>__<slug>`, with the first paragraph of their docstring as one line."""
    found = []
    for node in tree.body if tree else ():
        if not isinstance(node, ast.FunctionDef | ast.ClassDef) or not re.fullmatch(r"[^_].*?__\w*[^\W_]", node.name):
            continue
        owner = node.name.partition("__")[0]
        paragraph = inspect.cleandoc(ast.get_docstring(node) or "").split("\n\n")[0]
        if not paragraph.strip():
            what = f"`{node.name}` needs a docstring: it is the sentence that a student with this mistake reads"
            complaints.append(Complaint(shown, node.lineno, what))
        elif names is not None and owner not in names:
            what = f"`{node.name}` is a mistake in `{owner}`, which the reference lacks{did_you_mean(owner, names)}"
            complaints.append(Complaint(shown, node.lineno, what))
        found.append((node.name, " ".join(paragraph.split())))
    return tuple(found)


def _run_inputs(source: bytes, path: Path, shown: str, complaints: list[Complaint]) -> dict[str, Recipe] | None:
    """The recipes of an `inputs.py`, by name, or None after complaining. Without the file there are none."""
    namespace: dict[str, Any] = {"__name__": "inputs", "__file__": str(path)}
    try:
        with _importing_from(path.parent.absolute()):
            exec(compile(source, str(path), "exec"), namespace)
    except (Exception, SystemExit) as error:  # whatever the course's own code raises is told to its author
        complaints.append(Complaint(shown, _line_in(error, path), f"raises {_told(error)}"))
        return None
    return recipes(namespace)


@contextmanager
def _importing_from(folder: Path) -> Iterator[None]:
    """Lets a file import its neighbours, and leaves neither them, nor the folder, nor compiled files behind."""
    before, searched, silent = set(sys.modules), list(sys.path), sys.dont_write_bytecode
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = True
    try:
        yield
    finally:
        sys.path[:], sys.dont_write_bytecode = searched, silent
        sys.path_importer_cache.pop(str(folder), None)
        for name in set(sys.modules) - before:
            if folder in Path(getattr(sys.modules[name], "__file__", None) or "/").parents:
                del sys.modules[name]


def _line_in(error: BaseException, path: Path) -> int:
    """The last line of the file that an exception passed through; 1 where it passed through none."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return error.lineno or 1
    passed = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return (passed[-1] if passed else None) or 1


def _told(error: BaseException) -> str:
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{type(error).__name__}: {' '.join(text.split())[:200]}".rstrip(": ")


# --- folders -----------------------------------------------------------------------------------------------------


def _is_course(folder: Path) -> bool:
    return (folder / "rubrics").is_dir() and (folder / "reference").is_dir()


def _shown(path: Path, course: Path) -> str:
    """The path as complaints show it: relative to the course where it lies in it."""
    try:
        return path.resolve().relative_to(course.resolve()).as_posix()
    except ValueError:
        return str(path)


def _first_line(doc: str | None) -> str:
    return inspect.cleandoc(doc or "").split("\n\n")[0].replace("\n", " ")
