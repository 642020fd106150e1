"""Power: which wrong works lose points, and which of the others are not wrong at all.

A mutant that no item catches is asked again beside the reference, in float64 and with fresh inputs and seeds. If both
answer alike each time, it is equivalent as far as sampling goes; of what draws at random, each entry's values (and
their sums) must come from one law, by a test of Kolmogorov and Smirnov.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from itertools import zip_longest
from typing import Any

import numpy as np
from scipy.stats import ks_2samp

from grader import grade as spine
from grader.box.sandbox import Request
from grader.inputs import Recipe
from grader.maths import matches
from grader.model import Conversing, Item, Observation, Values, Work
from grader.prove.answers import right_answer, slips
from grader.prove.lab import Lab, Tried, Variant, renamed, roots
from grader.prove.mutants import mutants
from grader.prove.source import Unit, edited, reached, units
from grader.values import cases, digest, under

FRESH = 12
"""Fresh samples of inputs on which a mutant must answer as the reference does."""
WIDER = ((2, 3), (3, 2), (4, 6))
"""Sizes that are tried beside those of a recipe; what the reference refuses is passed over."""
DRAWN, FEW = 160, 40
"""Draws of each entry that are compared in law; few of what computes a mean over many draws itself."""
RARE = 1e-5
"""How improbable a difference in law must be, over all entries together."""
NEAR = 1e-9
"""Rounding in float64: how far two answers may be apart, relative to the largest entry."""


def named(lab: Lab) -> list[Variant]:
    """Each function of mistakes.py, handed in under its own name."""
    source = lab.rubric.reference.get("mistakes.py", b"")
    found = []
    for unit in units({"mistakes.py": source}) + _classes(source):
        owner, _, slug = unit.name.partition("__")
        items = tuple(item for item in lab.rubric.items if owner in roots(item))
        if any(item.partial.get(slug) == 1 for item in items):
            continue  # the rubric takes it for right
        if slug and not slug.endswith("__") and owner and "." not in unit.name and items:
            work = Work(lab.rubric.reference, asking=lab.rubric.asking)
            found.append(Variant(owner, f"named mistake {slug}", work, items, unit.name, unit.source.decode()))
    return found


def _classes(source: bytes) -> list[Unit]:
    text = source.decode()
    nodes = (node for node in ast.parse(source).body if isinstance(node, ast.ClassDef))
    return [Unit(n.name, "mistakes.py", 0, 0, (ast.get_source_segment(text, n) or "").encode()) for n in nodes]


def generated(lab: Lab) -> list[Variant]:
    """Every mutant of what items ask of the reference, those of each function and slip in turn."""
    work = lab.whole()
    every = units(work.sources)
    asking: dict[str, list[Item]] = {}
    for item in lab.rubric.items:
        for unit in reached(every, roots(item)) if not item.check.reads_text else ():
            asking.setdefault(unit.name, []).append(item)
    groups = []
    for unit in every:
        items = tuple(asking.get(unit.name, ()))
        if not items:
            continue
        gradients = any(item.kind not in ("close", "asserts") for item in items)
        found = []
        for edit in mutants(unit, gradients=gradients):
            changed = edited(unit, edit, work.sources)
            diff = _diff(work.sources[unit.file], changed[unit.file], unit.file)
            found.append(Variant(unit.name, edit.slip, replace(work, sources=changed), items, diff=diff))
        groups.append(_mixed(found, lab.rubric.homework))
    return in_turn(groups)


def written(lab: Lab) -> list[Variant]:
    """Every slip in the right answers of written items, those of each item in turn."""
    groups = []
    for item in lab.rubric.items:
        right = right_answer(item)
        part = getattr(item.check, "part", "")
        found: dict[str, Variant] = {}
        for slip in slips(item):
            work, shown, sides = Work(answers={part: slip.text}), _changed(right, slip.text), (slip.right, slip.wrong)
            found.setdefault(slip.text, Variant(item.id, slip.said, work, (item,), diff=shown, sides=sides))
        groups.append(_mixed(list(found.values()), lab.rubric.homework))
    return in_turn(groups)


def in_turn(groups: Sequence[Sequence[Variant]]) -> list[Variant]:
    """The first of each group, then the second of each, and so on."""
    return [one for row in zip_longest(*groups) for one in row if one is not None]


def _mixed(found: list[Variant], homework: str) -> list[Variant]:
    """An order that is always the same, in which each slip has its turn."""
    by_slip: dict[str, list[Variant]] = {}
    for one in sorted(found, key=lambda v: digest("prove", homework, v.owner, v.slip, v.diff)):
        by_slip.setdefault(one.slip, []).append(one)
    return in_turn(list(by_slip.values()))


def judged(lab: Lab, variant: Variant) -> Tried:
    """What a wrong work gets, and what is to be thought of it."""
    tried = lab.tried(variant)
    marks = [outcome.credit for outcome in tried.outcomes.values()]
    if any(credit is not None and credit < 1 for credit in marks):
        return tried
    if None in marks:
        return replace(tried, verdict="person")
    return replace(tried, verdict="equivalent" if equivalent(lab, variant) else "survived")


def equivalent(lab: Lab, variant: Variant) -> bool:
    """Whether a work answers as the reference does, as far as sampling tells."""
    return all(_alike(lab, variant, item) for item in variant.items)


def _alike(lab: Lab, variant: Variant, item: Item) -> bool:
    if item.check.reads_text:
        return bool(variant.sides[0]) and _same_formula(lab, variant, item)
    if isinstance(item.check, Conversing) or item.kind == "asserts":
        return False
    with ExitStack() as stack:
        boxes = lab.box(lab.whole(), reference=True), lab.box(variant.work, names=_names(variant))
        # A limit is meant for one answer, and one process gives them all.
        limits = replace(item.limits, cpu_seconds=FRESH * item.limits.cpu_seconds)
        reference, held = (stack.enter_context(stack.enter_context(box).hold(limits)) for box in boxes)
        mine = renamed(held, variant.asked_as)
        if item.kind == "draws":
            return same_law(_drawn(reference, item), _drawn(mine, item))
        if item.kind == "close" and _is_random(reference, item):
            return _has_law(variant, item) or same_law(_drawn(reference, item, FEW), _drawn(mine, item, FEW))
        answers = [(reference(each), mine(each)) for each in _fresh(item)]
    # What the rubric takes for right as well, such as a loss that some books halve, is no mistake.
    factors = getattr(item.check, "factors", (1.0,))
    return any(all(_same(expected, observed, factor) for expected, observed in answers) for factor in factors)


def _is_random(reference: spine.Ask, item: Item) -> bool:
    """Whether the reference's own answer follows from the seed."""
    told = spine.request(item, reference=True)
    first, second = (reference(replace(told, call={**told.call, "seed": seed})) for seed in (1, 2))
    return not _same(first, second)


def _has_law(variant: Variant, item: Item) -> bool:
    """Whether the law of what an item asks for is asked of the same function by another item."""
    return any(other.kind == "draws" and roots(other) == roots(item) for other in variant.items)


def _names(variant: Variant) -> list[str]:
    return [variant.asked_as] if variant.asked_as else []


def _fresh(item: Item) -> Iterator[Request]:
    """An item's question, with inputs and seeds that nobody has been asked with, of other sizes every other time.

    Its own sizes alone would hide what they are too special to show.
    """
    recipe = item.recipe
    for number in range(FRESH):
        given = item.given
        if recipe:
            sizes = Recipe(sizes=WIDER, **recipe.arrays) if number % 2 else recipe
            given = sizes.sample(np.random.default_rng([number, 77]))
        yield spine.request(replace(item, id=f"{item.id} fresh {number}", given=given), reference=True)


def _same(expected: Observation, observed: Observation, factor: float = 1.0) -> bool:
    """Whether the second is so many times the first, up to rounding, wherever the reference has an answer."""
    if expected.status != "ok":
        return True
    a, b = expected.values, observed.values
    refused = {name.partition("/")[0] for name in a if name.endswith("/error")}
    names = [name for name in a if name.partition("/")[0] not in refused and not _is_scale(name)]
    return observed.status == "ok" and all(name in b and _near(_times(a[name], factor), b[name]) for name in names)


def _times(array: np.ndarray, factor: float) -> np.ndarray:
    return array * factor if array.dtype.kind in "fc" and factor != 1 else array


def _is_scale(name: str) -> bool:
    return "scale." in name


def _near(a: np.ndarray, b: np.ndarray) -> bool:
    if a.shape != b.shape or a.dtype.kind != b.dtype.kind:
        return False
    if a.dtype.kind not in "fc":
        return bool(np.array_equal(a, b))
    finite = np.abs(a[np.isfinite(a)])
    return bool(np.allclose(a, b, rtol=NEAR, atol=NEAR * float(finite.max(initial=0.0)), equal_nan=True))


def _drawn(ask: spine.Ask, item: Item, count: int = DRAWN) -> list[Observation]:
    """Many draws of one sample of inputs, as plain values of the function."""
    check: Any = item.check
    told = check.call.told(reference=False) | {"dtype": "float64"}
    given = item.recipe.sample(np.random.default_rng(77)) if item.recipe else item.given
    small = {name: array for name, array in given.items() if array.size <= 64}
    inputs = small if cases(small).keys() and len(cases(small)) > 1 else given
    inputs = _whole_cases(inputs, given)
    return [ask(Request("close", told | {"seed": 1000 + n}, inputs, item.limits)) for n in range(count)]


def _whole_cases(inputs: Values, given: Values) -> dict[str, np.ndarray]:
    """The cases of which no input was left out."""
    whole = {case for case, values in cases(given).items() if len(values) == len(cases(inputs).get(case, {}))}
    return {name: array for name, array in given.items() if name.partition("/")[0] in whole}


def same_law(expected: Sequence[Observation], observed: Sequence[Observation]) -> bool:
    """Whether the entries of two samples of answers, their sums and neighbours' differences have the same laws."""
    if any(one.status != "ok" for one in (*expected, *observed)):
        return False
    sides = [[_numbers(one.values) for one in side] for side in (expected, observed)]
    if any(len(one) != len(sides[0][0]) for side in sides for one in side) or not len(sides[0][0]):
        return False
    a, b = (_with_sums(np.stack(side)) for side in sides)
    least = RARE / a.shape[1]
    return all(ks_2samp(a[:, k], b[:, k], method="asymp").pvalue >= least for k in range(a.shape[1]))


def _numbers(values: Values) -> np.ndarray:
    kept = [array.ravel() for name, array in sorted(values.items()) if array.dtype.kind == "f" and not _is_scale(name)]
    return np.concatenate(kept) if kept else np.zeros(0)


def _with_sums(entries: np.ndarray) -> np.ndarray:
    entries = entries[:, :200]
    return np.concatenate([entries, entries.sum(1, keepdims=True), entries[:, 1:] - entries[:, :-1]], axis=1)


def _same_formula(lab: Lab, variant: Variant, item: Item) -> bool:
    """Whether a changed formula has the value of the right one in fresh worlds."""
    check: Any = item.check
    right, wrong = variant.sides
    rights = (right, *getattr(check, "also", ()))
    with lab.box(Work(), reference=True) as box:
        for number in range(3):
            told = check.told(reference=True) | {"seed": 900 + number}
            formulas = {"wrong": wrong} | {f"right.{k}": one for k, one in enumerate(rights)}
            found = box.ask(Request("expression", told | {"formulas": formulas}, {}, item.limits))
            if found.status != "ok":
                return False
            got = under("wrong", found.values)
            near = (under(f"right.{k}", found.values) for k in range(len(rights)))
            if not any(matches(got, one, getattr(check, "up_to", "")) for one in near):
                return False
    return True


def _diff(before: bytes, after: bytes, name: str) -> str:
    return _unified(before.decode(), after.decode(), (f"reference/{name}", f"mutant/{name}"), 1)


def _changed(before: str, after: str) -> str:
    return _unified(before.strip(), after.strip(), ("right", "wrong"), 0)


def _unified(before: str, after: str, names: tuple[str, str], around: int) -> str:
    return "\n".join(difflib.unified_diff(before.splitlines(), after.splitlines(), *names, n=around, lineterm=""))


def afforded(variants: Sequence[Variant], budget: float) -> list[Variant]:
    """As many from the beginning as a budget pays for, in CPU seconds."""
    found, paid = [], 0.0
    for one in variants:
        paid += one.price
        if paid > budget:
            break
        found.append(one)
    return found


def power(tried: Sequence[Tried]) -> float:
    """The share of wrong works that do not get full credit; 1 of none."""
    counts = counted(tried)
    wrong = counts["caught"] + counts["person"] + counts["survived"]
    return (counts["caught"] + counts["person"]) / wrong if wrong else 1.0


def counted(tried: Sequence[Tried]) -> Mapping[str, int]:
    """How many of each verdict."""
    return {name: sum(one.verdict == name for one in tried) for name in ("caught", "person", "survived", "equivalent")}
