"""What a student may ask at home: the public items, with no reference and no answer at hand.

What goes into the file says how an answer has to look, not what it is: for `close`, `gradient` and `draws` shapes and
the sort of numbers (arrays of zeros), for `module` the shapes of outputs, for a written part that there is one. Only
the tests of public `asserts` items hold values, those that the course has written into them. What runs is the
student's own code on his own machine, so it runs even where the wall does not stand.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from grader import grade as spine
from grader.box.sandbox import Box
from grader.box.zygote import Zygote
from grader.checks import KINDS
from grader.checks.asserts import Asserts
from grader.checks.code import PROVIDED
from grader.checks.draws import Draws
from grader.checks.module import Module
from grader.checks.noise import centre
from grader.checks.training import Training
from grader.checks.written import Written
from grader.engine import expected_of, most, preload, wanted
from grader.gradescope.packed import Packed, dump, load
from grader.intake import discover
from grader.model import Expected, Item, Observation, Outcome, Question, Rubric, UsageError, Values, Work
from grader.run import work_of
from grader.store import Store
from grader.values import beneath, cases, digest

CHECK = "check.gbd"
SORTS = {"b": "truth values", "i": "whole numbers", "u": "whole numbers", "f": "floating point numbers"}
NOT_SAID = "whether it is right is not said here"


@dataclass(frozen=True)
class Checked:
    """What became of the public items, in order, and what the student should know about the reading of his files."""

    outcomes: tuple[tuple[Item, Outcome], ...]
    remarks: tuple[str, ...] = ()


def public(rubric: Rubric) -> tuple[Rubric, list[str]]:
    """The public items as they are asked at home, and a sentence for each that can't be.

    All written parts are in it, public or not: which parts there are decides how headings are read.
    """
    said: list[str] = []
    questions = []
    for question in rubric.questions:
        items = []
        for item in filter(lambda item: item.public or item.check.reads_text, question.items):
            at_home = _at_home(item)
            if at_home is not None:
                items.append(at_home if item.public else replace(at_home, title=""))
            elif item.public:
                what = f"kind `{item.kind}` can't be checked at home and is left out"
                said.append(f"{item.where}: item {item.id}: {what}")
        if items:
            questions.append(Question(question.id, question.title, tuple(items)))
    return replace(rubric, questions=tuple(questions), late=None, runs_per_day=None), said


def write_check(rubric: Rubric, tests: Mapping[str, bytes], out: Path) -> list[str]:
    """Writes the file for `grade check`, with the public tests, unless no item is public; what could not go into it.

    Raises CourseError where the reference can't answer, UsageError where the file can't be written.
    """
    asked, said = public(rubric)
    if not any(item.public for item in asked.items):
        return said
    with (
        tempfile.TemporaryDirectory() as folder,
        Zygote(preload=preload(asked)) as zygote,
        Store(Path(folder)) as store,
    ):
        found = expected_of(asked, store, zygote)
    forms = {item.id: Expected(item.given, _forms(item, found[item.id].values)) for item in asked.items}
    files = {f"asserts/{name}": source for name, source in tests.items()}
    if any(item.check.told(reference=False).get("through") for item in asked.items):
        files |= {name: source for name, source in rubric.asking.items() if name == "asking.py"}
    if PROVIDED in rubric.asking:
        files[PROVIDED] = rubric.asking[PROVIDED]
    data = dump(Packed(replace(asked, asking=files), forms))
    try:
        out.write_bytes(data)
    except OSError as error:
        raise UsageError(f"{out} can't be written: {error.strerror}") from None
    return said


def find_check(folder: Path) -> Path:
    """The file for `grade check`, in a folder or in one above it. Raises UsageError."""
    for place in [folder.resolve(), *folder.resolve().parents][:4]:
        if (place / CHECK).is_file():
            return place / CHECK
    raise UsageError(f"there is no {CHECK} in {folder} or above it; name it with --with")


def checked(file: Path, folder: Path) -> Checked:
    """What the public items say of the work in a folder. Raises UsageError."""
    try:
        packed = load(file.read_bytes(), file)
    except OSError as error:
        raise UsageError(f"{file} can't be read: {error.strerror}") from None
    found = discover(folder)
    if len(found) != 1 or not found[0].files:
        raise UsageError(f"{folder} does not hold one student's work: name the folder in which your files lie")
    work = work_of(packed.rubric, found[0])
    return Checked(tuple(_outcomes(packed, work)), work.remarks)


def _outcomes(packed: Packed, work: Work) -> Iterator[tuple[Item, Outcome]]:
    rubric = packed.rubric
    words = replace(work, sources={}, asking={})
    with (
        Zygote(preload=preload(rubric), trusted=True) as zygote,
        Box(zygote, work, wanted(rubric), most(rubric)) as code,
        Box(zygote, words, [], most(rubric)) as text,
    ):
        for item in (item for item in rubric.items if item.public):
            observed = (text if item.check.reads_text else code).ask(spine.request(item))
            yield item, verdict(item, packed.expected[item.id], observed)


def verdict(item: Item, expected: Expected, observed: Observation) -> Outcome:
    """What can be said of an answer without knowing the right one."""
    if observed.status != "ok" or isinstance(item.check, Asserts | Module):
        outcome = spine.judge(item, expected, observed)
        looked = isinstance(item.check, Module) and outcome.credit == 1.0
        return replace(outcome, sentence=f"{outcome.sentence}; {NOT_SAID}") if looked else outcome
    if isinstance(item.check, Written):
        return Outcome(1.0, f"there is an answer; {NOT_SAID}")
    seen, given = cases(observed.values), cases(expected.given)
    for case, forms in cases(expected.values).items():
        wrong = _wrong_form(forms, seen.get(case, {}))
        if wrong:
            shapes = ", ".join(f"{name} {array.shape}" for name, array in given[case].items())
            return Outcome(0.0, f"{wrong}, for inputs of shape {shapes}", (), "form")
    return Outcome(1.0, f"it runs, and what it returns has the right form; {NOT_SAID}")


def _at_home(item: Item) -> Item | None:
    """An item with nothing in it that only the course may know; None if it can't be asked at home."""
    if KINDS.get(item.kind) is not type(item.check) or isinstance(item.check, Training):
        return None
    # Other inputs than those of grading: what these are is nobody's business before.
    rng = np.random.default_rng(int(digest("home", item.id)[:8], 16))
    given = item.given if item.recipe is None else item.recipe.sample(rng)
    plain = replace(item, hint="", given=given, recipe=None, mistakes=(), partial={}, visibility="visible")
    if item.check.reads_text:
        part = str(getattr(item.check, "part", ""))
        return replace(plain, kind="written", check=Written(part=part), given={})
    if isinstance(item.check, Module):
        shape = replace(item.check, verify="shape", after_step=False, defined=False, spreads=(1.0,), ordered="pixels")
        return replace(plain, check=shape)
    return plain


def _forms(item: Item, values: Values) -> Values:
    """How the reference's answer looks, without what it says."""
    if isinstance(item.check, Asserts):
        return values
    if isinstance(item.check, Module):
        return {name: array for name, array in values.items() if name.startswith("form/")}
    found: dict[str, np.ndarray] = {}
    for case, answer in cases(values).items():
        if isinstance(item.check, Draws):
            found[f"{case}/first.out"] = np.zeros(centre(answer).shape)
        else:
            arrays = {n: a for n, a in answer.items() if a.dtype.kind in "biufc" and not n.startswith("scale.")}
            found |= beneath(case, {name: np.zeros_like(array) for name, array in arrays.items()})
    return found


def _wrong_form(forms: Values, seen: Values) -> str:
    """What is wrong with how a case's answer looks; "" if nothing is."""
    if "error" in seen:
        return f"it raises {seen['error']}"
    blocked = [name.removeprefix("blocked.") for name in seen if name.startswith("blocked.")]
    if blocked:
        return f"no gradient reaches {' and '.join(f'`{name}`' for name in blocked)}"
    for name, form in forms.items():
        got = seen.get(name)
        if got is None:
            returned = next((str(a) for n, a in seen.items() if n.rpartition(".")[2] == "type"), "nothing")
            return f"it returns {returned}, expected an array of shape {form.shape}"
        if got.shape != form.shape:
            return f"shape is {got.shape}, expected {form.shape}"
        sort = SORTS.get(form.dtype.kind, "numbers")
        if SORTS.get(got.dtype.kind, "numbers") != sort:
            return f"dtype is {got.dtype}, expected {sort}"
    return ""


__all__ = ["CHECK", "Checked", "checked", "find_check", "public", "verdict", "write_check"]
