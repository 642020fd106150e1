"""What gives an item its points, in a sentence for who has not got them all. It tells no answer that is kept secret."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from grader.model import Item
from grader.values import cases

DRAWS = {
    "moments": "follow the right law",
    "fresh": "are new in each call",
    "seed": "follow torch's seed alone",
    "pathwise": "pass gradients on to their parameters",
}
MODULES = {
    "shape": "gives outputs of the right shapes",
    "parameters": "has the right parameters",
    "values": "gives the right values, with the solution's parameters in it",
    "layers": "has the right layers in the right order",
    "initial": "begins with weights of the right law",
    "dependence": "sees the right pixels, and no others",
    "autoregressive": "sees earlier pixels only",
}


def aim(item: Item) -> str:
    """What would have given all points of an item; "" where its kind says nothing."""
    told = AIMS.get(item.kind)
    return told(item) if told else ""


def _close(item: Item) -> str:
    return f"{_called(item)} returns what the solution returns, for {_inputs(item)}"


def _gradient(item: Item) -> str:
    wrt = _and([f"`{name}`" for name in _of(item, "wrt", ())])
    return f"the gradient of {_called(item)} with respect to {wrt} is that of the solution, for {_inputs(item)}"


def _draws(item: Item) -> str:
    return f"the samples of {_called(item)} {_and([DRAWS[each] for each in _of(item, 'verify', ('moments',))])}"


def _module(item: Item) -> str:
    name = getattr(_of(item, "module", None), "name", "")
    does = MODULES.get(str(_of(item, "verify", "")))
    return f"a module `{name}` {does}" if name and does else ""


def _choice(item: Item) -> str:
    return f"the right one of {len(_of(item, 'options', {}))} options is chosen, and no other"


def _number(item: Item) -> str:
    rtol = float(_of(item, "rtol", 0.0))
    return f"the right number, within {rtol * 100:.2g} % of it" if rtol >= 1e-4 else "the right number"


def _cells(item: Item) -> str:  # noqa: ARG001 - all are asked alike
    return "all of the right pixels, and no others"


def _expression(item: Item) -> str:
    up_to = str(_of(item, "up_to", ""))
    more = {"constant": ", up to a constant that may be added", "factor": ", up to a positive factor"}.get(up_to, "")
    return f"a formula with the right value{more}, in whatever form, with nothing left to be worked out"


def _derivation(item: Item) -> str:
    milestones = _of(item, "milestones", ())
    passes = ", by way of what was looked for" if milestones else ""
    least = int(_of(item, "least_steps", 1))
    steps = f" in at least {least} different steps" if least > 1 else ""
    return f"each step holds, and the derivation arrives where it must{',' if steps else ''}{steps}{passes}"


def _training(item: Item) -> str:
    steps = int(_of(item, "steps", 0))
    return f"after {steps:,} training steps the model reaches, on images that it never saw, what right runs reach"


def _asserts(item: Item) -> str:
    share = "; each counts for itself" if _of(item, "credit", "") == "each" else "; it is all or nothing"
    return f"the tests pass that the solution passes{share}"


AIMS: Mapping[str, Callable[[Item], str]] = {
    "close": _close,
    "gradient": _gradient,
    "draws": _draws,
    "module": _module,
    "choice": _choice,
    "number": _number,
    "cells": _cells,
    "expression": _expression,
    "derivation": _derivation,
    "training": _training,
    "asserts": _asserts,
}


def _of(item: Item, name: str, default: Any) -> Any:
    return getattr(item.check, name, default)


def _called(item: Item) -> str:
    call = _of(item, "call", None)
    return f"`{call.name}({', '.join(call.arguments)})`" if call else "it"


def _inputs(item: Item) -> str:
    count = len(cases(item.given))
    return f"each of {count} inputs" if count > 1 else "the input"


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
