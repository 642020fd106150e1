"""`grade calibrate`: which quantities right runs reach, and the gates that one run in ten thousand fails.

The reference is trained again and again, a hundred runs at once (`checks.stacked`), each from a start, on batches and
in a disguise of its own, and measured like a student's run. Each named mistake of the course's `mistakes.py` is
trained, too, to see what the gates catch. The reference runs in the box, like everyone.
"""

from __future__ import annotations

import ast
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.box.sandbox import Box, Request
from grader.box.zygote import Zygote
from grader.checks.training import Training, on_gpu
from grader.engine import reference_work, wanted
from grader.model import CourseError, Evidence, Item, Limits, Plot, Rubric, Table, UsageError, Values
from grader.report import evidence_page
from grader.trained import gates_folder, gates_name, setting
from grader.training.gates import (
    FEWEST,
    RATE,
    Calibration,
    Gate,
    Measured,
    Sides,
    band,
    caught,
    dump,
    gate,
    measured,
    roc,
)
from grader.training.runs import MEASURE, Arrays, Ended, Plan, begun, run
from grader.training.verdicts import differences
from grader.values import beneath, digest, under

CHUNK = 100
"""Runs that are trained at once: more do not fit into a cache."""
MISTAKEN = 20
"""Runs of each named mistake."""
LIMITS = Limits(cpu_seconds=86_400, idle_seconds=600, memory_mb=8192, output_mb=1024, gpu_memory_mb=65_536)
GATED = {
    "vae": ("elbo", "kl", "mmd"),
    "autoregressive": ("nll",),
    "gan": ("mmd", "diversity", "nearest"),
}
CONTROLLED = GATED | {"vae": ("elbo_gap", "kl_gap"), "autoregressive": ("nll_gap",)}
"""What counts for a net of the student's own: the difference to the same net with the textbook loss."""


@dataclass(frozen=True)
class Runs:
    """The quantities of many runs, each (runs,), and their curves, (runs, points)."""

    values: Mapping[str, np.ndarray]
    curves: np.ndarray


SIDES: Mapping[str, Sides] = {"mmd": "high", "diversity": "low", "nearest": "low"}
"""Samples can't be too good: these are gated on one side."""


def calibrated(rubric: Rubric, asked: Sequence[str], count: int) -> Iterator[str]:
    """Calibrates the items (all training items without names), and tells of it line by line.

    The file with the gates is written after each item. Raises CourseError, UsageError.
    """
    items = [item for item in rubric.items if isinstance(item.check, Training)]
    strange = set(asked) - {item.id for item in items}
    if strange or not items:
        there = ", ".join(item.id for item in items) or "none"
        raise UsageError(f"{rubric.homework} has no training item `{min(strange, default='')}`; its items: {there}")
    with Zygote() as zygote:
        for item in items:
            if not asked or item.id in asked:
                yield from _calibrated(rubric, item, zygote, count)


def _calibrated(rubric: Rubric, item: Item, zygote: Zygote, count: int) -> Iterator[str]:
    check = _training(item)
    began = time.monotonic()
    yield f"{item.id} {item.title}: {count:,} right runs of {check.steps:,} steps"
    right = runs(rubric, item, zygote, count)
    names = gated(check)
    quantities = {}
    for name in names:
        values, sides = right.values[name], SIDES.get(name, "both")
        made = gate(values, rate=RATE / len(names), sides=sides, fewest=min(count, FEWEST))
        quantities[name] = measured(values, made)
        yield f"  {name}: {_summary(quantities[name])}"
    wrong = mistaken(rubric, item, zygote)
    for mistake, found in wrong.items():
        yield f"  {mistake}: {_caught(found, quantities)}"
    steps = np.linspace(1, check.steps, right.curves.shape[1])
    bands = {"curve": band(steps, right.curves)} if right.curves.shape[1] else {}
    record = Calibration(setting(item, rubric), count, _root(rubric, item), quantities, bands)
    _write(rubric, item, record, tuple(_evidence(right, wrong, quantities)))
    place = f"{gates_folder(rubric.path).name}/{gates_name(item.id, check.gpu)}"
    yield f"  written to {place}.json and {place}.html after {time.monotonic() - began:.0f} s"


def _summary(quantity: Measured) -> str:
    made = quantity.gate
    between = f"gate {_between(made)} ({made.how})"
    doubt = f"; {made.doubt}" if made.doubt else ""
    spread = f"{quantity.mean:.5g} ± {quantity.deviation:.3g}, from {quantity.least:.5g} to {quantity.largest:.5g}"
    return f"{spread}; {between}{doubt}"


def _between(made: Gate) -> str:
    if np.isfinite(made.low) and np.isfinite(made.high):
        return f"{made.low:.5g} to {made.high:.5g}"
    return f"at most {made.high:.5g}" if np.isfinite(made.high) else f"at least {made.low:.5g}"


def _caught(found: Runs | str, quantities: Mapping[str, Measured]) -> str:
    if isinstance(found, str):
        return f"can't be trained: {found}"
    shares = _shares(found, quantities)
    gates = {name: quantity.gate for name, quantity in quantities.items()}
    every = np.mean([any(not g.passes(found.values[n][k]) for n, g in gates.items()) for k in range(MISTAKEN)])
    return f"{every:.0%} of {MISTAKEN} runs refused ({', '.join(f'{n} {share}' for n, share in shares.items())})"


def _evidence(right: Runs, wrong: Mapping[str, Runs | str], quantities: Mapping[str, Measured]) -> Iterator[Evidence]:
    """For each quantity where the runs lie, and what share of mistaken runs is caught at what share of right ones."""
    trained = {name: found for name, found in wrong.items() if isinstance(found, Runs)}
    columns = ("", "right runs", "from", "to", "gate", "made by")
    rows = []
    for name, quantity in quantities.items():
        made = quantity.gate
        spread = f"{quantity.mean:.5g} ± {quantity.deviation:.3g}"
        between = _between(made)
        rows.append((name, spread, f"{quantity.least:.5g}", f"{quantity.largest:.5g}", between, made.how))
    yield Table(f"{len(next(iter(right.values.values()))):,} right runs", columns, tuple(rows))
    if trained:
        told = tuple((name, *_shares(found, quantities).values()) for name, found in trained.items())
        yield Table(f"Share of {MISTAKEN} runs of each mistake outside of the gate", ("", *quantities), told)
    for name, quantity in quantities.items():
        series = {"right": _distribution(quantity.sample)}
        yield Plot(f"{name} of right runs", "steps", series, name, "share of runs below")
        if trained:
            curves = {each: _roc(quantity, right, found, name) for each, found in list(trained.items())[:6]}
            refused = "share of right runs refused", "share of mistaken runs refused"
            yield Plot(f"ROC of {name}", "line", curves, *refused)


def _shares(found: Runs, quantities: Mapping[str, Measured]) -> dict[str, str]:
    return {name: f"{caught(quantity.gate, found.values[name]):.0%}" for name, quantity in quantities.items()}


def _roc(quantity: Measured, right: Runs, wrong: Runs, name: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    points = roc(quantity.gate, right.values[name], wrong.values[name])
    return tuple(x for x, _ in points), tuple(y for _, y in points)


def _distribution(sample: Sequence[float]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    return tuple(sample), tuple((np.arange(len(sample)) + 0.5) / len(sample))


def _write(rubric: Rubric, item: Item, record: Calibration, evidence: Sequence[Evidence]) -> None:
    """Writes what was found of an item, and a page that shows it."""
    folder = gates_folder(rubric.path)
    folder.mkdir(exist_ok=True)
    pages = {"json": dump(record), "html": evidence_page(rubric, item, evidence)}
    for suffix, text in pages.items():
        path = folder / f"{gates_name(item.id, _training(item).gpu)}.{suffix}"
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        fresh.write_text(text, "utf-8")
        fresh.replace(path)


def gated(check: Training) -> tuple[str, ...]:
    """The quantities of an item that have gates."""
    return (CONTROLLED if check.control else GATED)[check.model]


def runs(rubric: Rubric, item: Item, zygote: Zygote, count: int, *, instead: Mapping[str, str] | None = None) -> Runs:
    """`count` runs of the reference; `instead` puts named mistakes in the place of its names. Raises CourseError."""
    return _measured(rubric, item, zygote, count, instead or {})


def mistaken(rubric: Rubric, item: Item, zygote: Zygote) -> dict[str, Runs | str]:
    """A few runs of each named mistake in what the item uses; a sentence instead where it can't be trained."""
    found: dict[str, Runs | str] = {}
    check = _training(item)
    for name in _mistakes(rubric):
        owner = name.partition("__")[0]
        if owner not in check.uses:
            continue
        try:
            found[name] = runs(rubric, item, zygote, MISTAKEN, instead={owner: name})
        except CourseError as error:
            found[name] = error.what
    return found


def _mistakes(rubric: Rubric) -> list[str]:
    source = rubric.reference.get("mistakes.py", b"")
    defined = (node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef | ast.ClassDef))
    return [node.name for node in defined if "__" in node.name.strip("_")]


def _measured(rubric: Rubric, item: Item, zygote: Zygote, count: int, instead: Mapping[str, str]) -> Runs:
    check = _training(item)
    plan = check.plan(item.given)
    call = {**check.told(reference=True), "levels": plan.levels, "early": 0, "instead": dict(instead)}
    names = [*wanted(rubric), *instead.values()]
    each: list[Mapping[str, float]] = []
    curves: list[np.ndarray] = []
    with ExitStack() as stack:
        box = stack.enter_context(Box(zygote, reference_work(rubric), names, LIMITS, reference=True))
        held = stack.enter_context(box.hold(LIMITS))
        trains = stack.enter_context(box.hold(LIMITS, gpu_name=check.gpu)) if check.gpu else held

        def ask(phase: str, asked: Mapping[str, Any], given: Arrays) -> Arrays:
            gpu = on_gpu(call, phase)
            put = trains if gpu else held
            answer = put(Request("training", {**call, **gpu, "phase": phase, **asked}, dict(given), LIMITS))
            if answer.status != "ok":
                raise Ended(phase, answer.status, answer.detail)
            return answer.values

        try:
            for numbers, curve in _runs(check, plan, ask, _seeds(rubric, item, count)):
                each.append(numbers)
                curves.append(curve)
        except Ended as ended:
            who = ", ".join(instead.values()) or "the reference"
            raise CourseError(item.where, f"item {item.id}: {who} can't be trained: {ended}") from None
    shared = set.intersection(*(set(numbers) for numbers in each))
    values = {name: np.array([numbers[name] for numbers in each]) for name in sorted(shared)}
    lengths = {len(curve) for curve in curves}
    return Runs(values, np.stack(curves) if len(lengths) == 1 else np.zeros((len(each), 0)))


def _runs(
    check: Training, plan: Plan, ask: Callable[..., Arrays], seeds: list[int]
) -> Iterator[tuple[Mapping[str, float], np.ndarray]]:
    """Each run's quantities and curve; together where the loop is ours, one after the other where it is not."""
    if check.loop != "loss":
        for seed in seeds:
            found = run(plan, ask, seed)
            yield _numbers(found), np.asarray(found["curve"])
        return
    for at in range(0, len(seeds), CHUNK):
        yield from _together(plan, ask, seeds[at : at + CHUNK])


def _together(
    plan: Plan, ask: Callable[..., Arrays], seeds: list[int]
) -> Iterator[tuple[Mapping[str, float], np.ndarray]]:
    starts = [begun(plan, ask, seed) for seed in seeds]
    given = {name: np.stack([start[name] for _, start in starts]) for name in starts[0][1]}
    given |= {"images": plan.train, "orders": np.stack([order.order for order, _ in starts])}
    told = {"seed": seeds[0], "seeds": seeds, "steps": plan.steps}
    trained = ask("stack", {**told, "control": False}, given)
    control = ask("stack", {**told, "control": True}, given) if plan.control else {}
    for k, (seed, (order, _)) in enumerate(zip(seeds, starts, strict=True)):
        held_out = order.put_on(plan.held_out)
        found = MEASURE[plan.model](plan, ask, _one(trained, k), held_out, order, seed)
        if plan.control:
            found |= beneath("control", MEASURE[plan.model](plan, ask, _one(control, k), held_out, order, seed))
        yield _numbers(found), trained["curve"][k]


def _one(stacked: Values, k: int) -> dict[str, np.ndarray]:
    """The weights of one run."""
    return {f"weights/{name}": np.ascontiguousarray(array[k]) for name, array in under("weights", stacked).items()}


def _numbers(found: Arrays) -> dict[str, float]:
    return differences({name: float(array) for name, array in found.items() if array.shape == ()})


def _root(rubric: Rubric, item: Item) -> str:
    return digest("calibrate", rubric.homework, item.id)


def _seeds(rubric: Rubric, item: Item, count: int) -> list[int]:
    first = int(_root(rubric, item)[:7], 16)
    return [first + k for k in range(count)]


def _training(item: Item) -> Training:
    if not isinstance(item.check, Training):
        raise TypeError(f"item {item.id} is of kind {item.kind}")
    return item.check
