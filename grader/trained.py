"""Items of kind `training` get what no YAML holds: their images, and the gates that `grade calibrate` has found.

The gates stand beside the rubric, in `rubrics/<homework>.gates/`, with the evidence for them, item by item and class of
device: `1.a.json` holds for the CPU, `1.a.nvidia-h200.json` for that GPU, and where one is missing the CPU's are taken.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import numpy as np

from grader.box.device import usable
from grader.checks.code import PROVIDED
from grader.checks.training import Training
from grader.model import CourseError, Item, Rubric, UsageError, Values
from grader.training.data import Dataset, load
from grader.training.gates import Calibration, Setting, read, stale
from grader.values import digest


def gates_folder(rubric: Path) -> Path:
    """Where the calibrations of a rubric's items are kept, each with a page that shows it."""
    return rubric.with_name(f"{rubric.stem}.gates")


def gates_name(item: str, gpu: str) -> str:
    """The name, without its ending, of the files with an item's gates for a class of device, "" being the CPU."""
    return ".".join(filter(None, (item, re.sub(r"[^a-z0-9]+", "-", gpu.lower()).strip("-"))))


def trainable(rubric: Rubric, data: Path | None, *, gates: bool = True, gpu: bool = True) -> Rubric:
    """The rubric whose training items have their images, device and gates; `data` is the folder of IDX files.

    Without `gpu`, what comes of it is meant for machines that have none. Raises UsageError where a data set or a GPU is
    not there and, with `gates`, CourseError where an item has no gates.
    """
    if not any(isinstance(item.check, Training) for item in rubric.items):
        return rubric
    questions = tuple(
        replace(
            question, items=tuple(_resolved(_placed(item, gpu=gpu), rubric, data, gates) for item in question.items)
        )
        for question in rubric.questions
    )
    return replace(rubric, questions=questions)


def devices(rubric: Rubric) -> list[str]:
    """A sentence for each device that items train on by their own choice, with what speaks against a GPU."""
    said = []
    for item in rubric.items:
        if isinstance(item.check, Training) and (item.check.gpu or item.check.why):
            where = item.check.gpu or f"the CPU: {item.check.why}"
            said.append(f"{rubric.homework} trains on {where}")
    return list(dict.fromkeys(said))


def calibration(rubric: Path, item: str, gpu: str = "") -> Calibration | None:
    """What has been calibrated of an item for a class of device, else for the CPU, if it was. Raises CourseError."""
    for name in dict.fromkeys((gates_name(item, gpu), item)):
        path = gates_folder(rubric) / f"{name}.json"
        if path.is_file():
            return read(path.read_text("utf-8", "replace"), f"{path.parent.name}/{path.name}")
    return None


def setting(item: Item, rubric: Rubric) -> Setting:
    """What the gates of an item hold for; it must have its images."""
    told = item.check.told(reference=True)
    told = {name: value for name, value in told.items() if name not in ("gates", "device")}
    code = b"".join(rubric.asking.get(name, b"") for name in ("asking.py", PROVIDED))
    task = digest("task", json.dumps(told, sort_keys=True), code)
    device = getattr(item.check, "gpu", "") or "cpu"
    return Setting(device, version("torch"), digest("images", item.given), task)


def _placed(item: Item, *, gpu: bool) -> Item:
    """The item with the GPU that it trains on, or with why it has none."""
    check = item.check
    if not isinstance(check, Training) or check.device == "cpu":
        return item
    name, why = usable() if gpu else ("", "it is made for machines without a GPU")
    if check.device == "cuda" and not name:
        raise UsageError(f"item {item.id} trains on a GPU (`device: cuda`), and can't here: {why}")
    return replace(item, check=replace(check, gpu=name, why=why))


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
    record = calibration(rubric.path, item.id, check.gpu)
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
