"""Compares the layers that ran in a student's module with the reference's, in words: outside of the box.

Both are the sequences that `reading` has made, under names of its own; reshaping, dropout in eval mode and whatever
only moves entries is in neither. First the kinds in their order, then the options of each, then the definitions.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

import numpy as np

from grader.checks.diagnose import number
from grader.model import Evidence, Outcome, Table, Values
from grader.values import cases, under

Option = str | tuple[float, ...]

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")

SLIPS = {
    "in": ("takes {}, expected {}", "wrong_channels"),
    "out": ("gives {}, expected {}", "wrong_channels"),
    "features": ("has {} channels, expected {}", "wrong_channels"),
    "kernel": ("has a kernel of {}, expected {}", "wrong_kernel"),
    "stride": ("has stride {}, expected {}", "wrong_stride"),
    "padding": ("has padding {}, expected {}", "wrong_padding"),
    "slope": ("has slope {}, expected {}", "wrong_slope"),
    "scale": ("enlarges by {}, expected {}", "wrong_scale"),
    "mode": ("works by `{}`, expected `{}`", "wrong_mode"),
    "dim": ("works along dimension {}, expected {}", "wrong_dimension"),
    "factor": ("multiplies by {}, expected {}", "wrong_scaling"),
    "shift": ("adds {}, expected {}", "wrong_scaling"),
}
"""An option → what is said when it differs, and the note."""


@dataclass(frozen=True)
class Layer:
    """A layer as it ran: its kind, in which module, where that is defined, and its options."""

    kind: str
    module: str
    place: int
    options: dict[str, Option]


def judged(expected: Values, observed: Values, *, defined: bool) -> Outcome:
    """Whether the same layers ran in the same order with the same options; `defined`: defined in that order too."""
    want, have = _layers(expected), _layers(observed)
    slip = _kinds(want, have) or _options(want, have) or (_definition(want, have) if defined else None)
    if slip:
        return Outcome(0.0, slip[0], _shown(have), slip[1])
    plural = "" if len(want) == 1 else "s"
    return Outcome(1.0, f"the {len(want)} layer{plural} are the right ones in the right order", _shown(have))


def _layers(values: Values) -> list[Layer]:
    found = []
    for entry in cases(under("layer", values)).values():
        if "kind" in entry and entry["kind"].dtype.kind == "U":
            options = {name: _option(array) for name, array in under("option", entry).items()}
            place = entry.get("place", np.array(-1))
            number_of = int(place) if place.ndim == 0 and place.dtype.kind in "iu" else -1
            found.append(Layer(str(entry["kind"]), str(entry.get("module", "")), number_of, options))
    return found


def _option(array: np.ndarray) -> Option:
    return str(array) if array.dtype.kind == "U" else tuple(float(np.real(v)) for v in array.reshape(-1)[:16])


# ---- kinds


def _kinds(want: list[Layer], have: list[Layer]) -> tuple[str, str] | None:
    """The first difference between the kinds of layers, in words."""
    wanted, here = [layer.kind for layer in want], [layer.kind for layer in have]
    if wanted == here:
        return None
    if not here:
        return f"no layer was found between the input and the output, expected {_a(wanted[0])} first", "missing_layer"
    if Counter(wanted) == Counter(here):
        k = next(k for k, (a, b) in enumerate(zip(wanted, here, strict=True)) if a != b)
        said = f"{_after(have, k)} {_a(here[k])}, expected {_a(wanted[k])}"
        return f"{said}: these are the right layers, in another order", "layer_order"
    matched = SequenceMatcher(None, wanted, here, autojunk=False).get_opcodes()
    tag, i, _, j, _ = next(code for code in matched if code[0] != "equal")
    if tag != "replace":
        # Of equal layers in a row any may be the one too many or missing: the first difference is what is seen.
        i = j = next(
            (k for k, (a, b) in enumerate(zip(wanted, here, strict=False)) if a != b), min(len(wanted), len(here))
        )
    if tag == "replace":
        return f"{_after(have, j)} {_a(here[j])}, expected {_a(wanted[i])}", "wrong_layer"
    if tag == "delete":
        place = "at the beginning" if j == 0 else f"after {_the(have, j - 1)}"
        return f"{place} {_a(wanted[i])} is missing", "missing_layer"
    wish = f"expected {_a(wanted[i])}" if i < len(wanted) else "expected nothing more"
    return f"{_after(have, j)} {_a(here[j])}, {wish}", "extra_layer"


def _after(layers: list[Layer], k: int) -> str:
    """How the layer at k is introduced."""
    return "first comes" if k == 0 else f"after {_the(layers, k - 1)} comes"


def _a(kind: str) -> str:
    vowel = kind[:1] in "aeiouAEIOU"
    if kind in ("concatenation", "attention", "softmax", "log-softmax", "max-pooling", "average pooling", "upsampling"):
        return kind
    return f"{'an' if vowel else 'a'} {kind}"


def _the(layers: list[Layer], k: int) -> str:
    """The layer at k by its kind, and its number where there are several of the kind."""
    kind = layers[k].kind
    if sum(layer.kind == kind for layer in layers) == 1:
        return f"the {kind}"
    place = sum(layer.kind == kind for layer in layers[:k])
    return f"the {ORDINALS[place]} {kind}" if place < len(ORDINALS) else f"{kind} number {place + 1}"


# ---- options and definitions


def _options(want: list[Layer], have: list[Layer]) -> tuple[str, str] | None:
    for k, (w, h) in enumerate(zip(want, have, strict=True)):
        for name, wanted in w.options.items():
            seen = h.options.get(name)
            if seen is not None and not _same(seen, wanted):
                told, note = _told(name, seen, wanted, w.kind)
                return f"{_the(have, k)} {told}", note
    return None


def _same(a: Option, b: Option) -> bool:
    if isinstance(a, str) or isinstance(b, str):
        return a == b
    return len(a) == len(b) and bool(np.allclose(a, b, rtol=1e-4, atol=1e-6))


def _told(name: str, seen: Option, wanted: Option, kind: str) -> tuple[str, str]:
    if name == "bias":
        return ("has no bias, expected one" if wanted == (1.0,) else "has a bias, expected none"), "wrong_bias"
    said, note = SLIPS.get(name, (name + " is {}, expected {}", "wrong_option"))
    if name in ("in", "out") and kind == "linear layer":
        return said.format(f"{_size(seen)} numbers", _size(wanted)), "wrong_features"
    if name in ("in", "out"):
        return said.format(f"{_size(seen)} channels", _size(wanted)), note
    write = _kernel if name == "kernel" else _size
    return said.format(write(seen), write(wanted)), note


def _kernel(value: Option) -> str:
    return value if isinstance(value, str) else "×".join(number(v) for v in value)


def _size(value: Option) -> str:
    """One number if all are equal, else all of them."""
    if isinstance(value, str):
        return value
    return number(value[0]) if len(set(value)) == 1 else f"({', '.join(number(v) for v in value)})"


def _definition(want: list[Layer], have: list[Layer]) -> tuple[str, str] | None:
    """The first pair of modules with parameters that run in one order and are defined in the other."""
    places = [h for w, h in zip(want, have, strict=True) if "in" in w.options and h.place >= 0]
    for before, after in pairwise(places):
        if after.place < before.place:
            said = f"{after.module} before {before.module}"
            return f"the layers run in the right order but are defined in another: {said}", "definition_order"
    return None


def _shown(layers: list[Layer]) -> tuple[Evidence, ...]:
    rows = tuple((layer.kind, layer.module, _listed(layer.options)) for layer in layers[:100])
    return (Table("the layers that run", ("layer", "module", "options"), rows),)


def _listed(options: dict[str, Option]) -> str:
    told = {name: option for name, option in options.items() if name not in ("bias", "dilation", "groups")}
    return ", ".join(f"{name} {_size(option)}" for name, option in told.items())
