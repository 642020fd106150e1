"""Items of kind `training` get what no YAML holds: their images, and the gates that `grade calibrate` has found.

The gates stand beside the rubric, in `rubrics/<homework>.gates/`, with the evidence for them, item by item.
"""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import numpy as np

from grader.checks.code import PROVIDED
from grader.checks.training import Training
from grader.model import CourseError, Item, Rubric, UsageError, Values
from grader.training.data import Dataset, load
from grader.training.gates import Calibration, Setting, read, stale
from grader.values import digest


def gates_folder(rubric: Path) -> Path:
    """Where the calibrations of a rubric's items are kept, each with a page that shows it."""
    return rubric.with_name(f"{rubric.stem}.gates")


def trainable(rubric: Rubric, data: Path | None, *, gates: bool = True) -> Rubric:
    """The rubric whose training items have their images and gates; `data` is the folder of IDX files.

    Raises UsageError where a data set is not there and, with `gates`, CourseError where an item has no gates.
    """
    if not any(isinstance(item.check, Training) for item in rubric.items):
        return rubric
    questions = tuple(
        replace(question, items=tuple(_resolved(item, rubric, data, gates) for item in question.items))
        for question in rubric.questions
    )
    return replace(rubric, questions=questions)


def calibration(rubric: Path, item: str) -> Calibration | None:
    """What has been calibrated of an item, if it was. Raises CourseError."""
    path = gates_folder(rubric) / f"{item}.json"
    if not path.is_file():
        return None
    return read(path.read_text("utf-8", "replace"), f"{path.parent.name}/{path.name}")


def setting(item: Item, rubric: Rubric) -> Setting:
    """What the gates of an item hold for; it must have its images."""
    told = {name: value for name, value in item.check.told(reference=True).items() if name != "gates"}
    code = b"".join(rubric.asking.get(name, b"") for name in ("asking.py", PROVIDED))
    task = digest("task", json.dumps(told, sort_keys=True), code)
    return Setting("cpu", version("torch"), digest("images", item.given), task)


def _resolved(item: Item, rubric: Rubric, data: Path | None, gates: bool) -> Item:
    check = item.check
    if not isinstance(check, Training):
        return item
    try:
        dataset = load(check.data, data)
    except UsageError as error:
        raise UsageError(f"item {item.id} trains on {check.data}: {error}") from None
    item = replace(item, given=_images(dataset, check.images))
    if not gates:
        return item
    record = calibration(rubric.path, item.id)
    if record is None:
        raise CourseError(item.where, f"item {item.id} has no gates yet; run `grade calibrate {rubric.homework}` once")
    bounds = {name: (quantity.gate.low, quantity.gate.high) for name, quantity in record.quantities.items()}
    band = dict(zip(("step", "low", "high"), record.bands["curve"], strict=True)) if "curve" in record.bands else {}
    told = stale(record, setting(item, rubric))
    return replace(item, check=replace(check, gates=bounds, band=band, stale=told))


def _images(found: Dataset, most: tuple[int, int]) -> Values:
    scale = found.levels - 1
    parts = {"train": found.train[: most[0]], "held_out": found.held_out[: most[1]]}
    images = {name: np.rint(part * scale).astype(np.uint8) for name, part in parts.items()}
    return images | {"levels": np.array(found.levels)}
