"""What a probe sees of a submission, inside the box: loaded modules, written answers, and how to call them.

Nothing here knows an answer. All of it runs beside hostile code, so whatever it reports is a claim.
"""

from __future__ import annotations

import difflib
import inspect
import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np

from grader.checks.magnitude import measured
from grader.model import NO_PART, Values
from grader.values import beneath, cases

SCALE = "scale."
"""What the name of a magnitude begins with."""
LIBRARIES = ("torch", "numpy", "scipy")
MAX_BYTES = 48 << 20
"""Largest array that is copied out of a student's tensor; the wire allows a little more in all."""


class Missing(Exception):  # noqa: N818 - named for the status that it becomes
    """The submission has nothing under the names that the item accepts."""


class Unread(Exception):  # noqa: N818 - named for the status that it becomes
    """A written answer is there but can't be read with certainty."""


class Unimportable(Exception):  # noqa: N818 - named like the others
    """What the item asks for may be in a file that could not be imported; says which and why."""


@dataclass(frozen=True)
class Call:
    """How an item calls a student's function.

    `name` is the reference's name, `also` other names that are accepted; `arguments` the inputs in order, `orders`
    further accepted orders; `aliases` maps an input to other parameter names that students give it. A student's
    order is recognised by his parameter names; where they say nothing, `arguments` is the order. `through` is an
    adapter in `asking.py`, for what takes or holds networks: it gets what was found and the inputs by their names.
    """

    name: str
    arguments: tuple[str, ...]
    also: tuple[str, ...] = ()
    orders: tuple[tuple[str, ...], ...] = ()
    aliases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    through: str = ""

    def told(self, *, reference: bool) -> dict[str, Any]:
        """The part of a request that says what to call; the reference answers in float64."""
        orders = [list(self.arguments)] if reference else [list(self.arguments), *map(list, self.orders)]
        return {
            "names": [self.name] if reference else [self.name, *self.also],
            "orders": orders,
            "aliases": {name: list(others) for name, others in self.aliases.items()},
            "dtype": "float64" if reference else "float32",
        } | ({"through": self.through} if self.through else {})


class Code:
    """A loaded submission. `failures` maps a file to why it could not be imported.

    `adapters` are the functions of the course's `asking.py`, `asserts` its other files that ask, by name. `sources`
    are the files as handed in.
    """

    def __init__(
        self,
        modules: Mapping[str, ModuleType],
        answers: Mapping[str, str],
        failures: Mapping[str, str],
        adapters: Mapping[str, Any] | None = None,
        asserts: Mapping[str, bytes] | None = None,
        sources: Mapping[str, bytes] | None = None,
    ) -> None:
        self.modules = modules
        self.answers = answers
        self.failures = failures
        self.adapters = adapters or {}
        self.asserts = asserts or {}
        self.sources = sources or {}

    def find(self, names: list[str]) -> Any:
        """The first object under one of `names` (`Class.method` allowed), or `Missing` with the names there are."""
        for name in names:
            for module in self.modules.values():
                found = _attribute(module, name)
                if found is not None and not _borrowed(found, name):
                    return found
        if self.failures:
            raise Unimportable("; ".join(self.failures.values()))
        raise Missing(_not_found(names[0], sorted(set(self._defined()))))

    def function(self, call: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], Any]:
        """The student's function as one that takes the inputs by their names in the rubric."""
        found = self.find(call["names"])
        if not callable(found):
            raise TypeError(f"{call['names'][0]} is not a function but a value of type {type(found).__name__}")
        if call.get("through"):
            adapter = self.adapters[call["through"]]
            return lambda inputs: adapter(found, dict(inputs))
        order = _order(found, call["orders"], call["aliases"])

        def function(inputs: Mapping[str, Any]) -> Any:
            return found(*(inputs[name] for name in order))

        return function

    def answer(self, part: str) -> str:
        """The written answer to a part, or `Missing` with the parts there are."""
        if self.answers.get(part, "").strip():
            return self.answers[part]
        if NO_PART in self.answers:
            raise Unread(f"no answer to part {part} was found, but there is text that belongs to no part")
        others = ", ".join(sorted(self.answers)) or "none"
        raise Missing(f"no answer to part {part} was found; parts with an answer: {others}")

    def _defined(self) -> Iterator[str]:
        for module in self.modules.values():
            for name, value in vars(module).items():
                if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__:
                    yield name


def seed_all(seed: int) -> None:
    """Seeds every generator that a student may draw from."""
    import torch

    # Not torch.manual_seed: that also walks through every GPU backend, at ten times the cost.
    torch.default_generator.manual_seed(seed)
    np.random.seed(seed % (1 << 32))
    random.seed(seed)


def tensors(inputs: Mapping[str, np.ndarray], dtype: str, *, grad: tuple[str, ...] = ()) -> dict[str, Any]:
    """Fresh tensors of the inputs; floating ones in `dtype`, those named in `grad` as leaves that want a gradient."""
    import torch

    made = {}
    for name, array in inputs.items():
        tensor = torch.from_numpy(np.array(array))
        if tensor.is_floating_point():
            tensor = tensor.to(getattr(torch, dtype))
        made[name] = tensor.requires_grad_(name in grad)
    return made


def flatten(value: Any, name: str = "out", depth: int = 0) -> dict[str, np.ndarray]:
    """A student's return value as plain arrays: `out` for an array, `out.0`, `out.key` for nests.

    `type` says in words what was returned. What is no array has no entry but its type.
    """
    leaves = dict(_leaves(value, name, depth))
    leaves["type"] = np.array(_described(value)[:500])
    return leaves


def answered(ask: Callable[[], Any], dtype: str) -> dict[str, np.ndarray]:
    """What `ask()` returns as plain arrays; for the reference, which answers in float64, with their magnitudes.

    The magnitude of `out` is under `scale.out`.
    """
    if dtype != "float64":
        return flatten(ask())
    value, magnitude = measured(ask)
    found = flatten(value)
    return found | {f"{SCALE}{name}": array for name, array in _leaves(_magnitudes(value, magnitude), "out", 0)}


def _magnitudes(value: Any, magnitude: Callable[[Any], Any]) -> Any:
    import torch

    if isinstance(value, list | tuple):
        return [_magnitudes(entry, magnitude) for entry in value]
    if isinstance(value, dict):
        return {key: _magnitudes(entry, magnitude) for key, entry in value.items()}
    floating = isinstance(value, torch.Tensor) and value.is_floating_point()
    return magnitude(value) if floating else None


def _leaves(value: Any, name: str, depth: int) -> Iterator[tuple[str, np.ndarray]]:
    if depth > 8 or len(name) > 150:
        raise ValueError("the returned value is nested more than 8 deep")
    array = _array(value)
    if array is not None:
        yield name, array
    elif isinstance(value, list | tuple):
        for k, entry in enumerate(value[:1000]):
            yield from _leaves(entry, f"{name}.{k}", depth + 1)
    elif isinstance(value, dict):
        for key, entry in list(value.items())[:1000]:
            yield from _leaves(entry, f"{name}.{str(key)[:60]}", depth + 1)


def _array(value: Any) -> np.ndarray | None:
    import torch

    if isinstance(value, torch.Tensor):
        # A subclass may override what `detach` or `numpy` mean; only the plain tensor under it counts.
        with torch._C.DisableTorchFunctionSubclass():
            plain = torch.Tensor.detach(value)
            if plain.layout != torch.strided:
                _bounded(plain.numel() * plain.element_size())
                plain = plain.to_dense()
            plain = torch.Tensor.as_subclass(plain, torch.Tensor)
            _bounded(plain.numel() * plain.element_size())
            if plain.is_meta:
                raise TypeError("returned a tensor on the meta device, which holds no numbers")
            plain = plain.resolve_conj().resolve_neg().cpu()
            return np.array((plain.float() if plain.dtype == torch.bfloat16 else plain).numpy())
    if isinstance(value, np.ndarray | np.generic):
        _bounded(value.nbytes)
        array = np.array(value)
        return None if array.dtype.kind not in "biufc" else array
    if isinstance(value, bool | int | float | complex):
        return np.array(value) if not isinstance(value, int) or abs(value) < 1 << 62 else np.array(float(value))
    return None


def _bounded(size: int) -> None:
    if size > MAX_BYTES:
        raise MemoryError(f"returned {size / 2**20:.0f} MiB in one array, the limit is {MAX_BYTES >> 20} MiB")


def _described(value: Any) -> str:
    import torch

    if isinstance(value, torch.Tensor):
        with torch._C.DisableTorchFunctionSubclass():
            return f"a tensor of shape {tuple(value.shape)} and dtype {str(value.dtype).removeprefix('torch.')}"
    if isinstance(value, np.ndarray):
        return f"a numpy array of shape {value.shape} and dtype {value.dtype}"
    if value is None:
        return "nothing (None)"
    if isinstance(value, list | tuple):
        return f"a {type(value).__name__} of {len(value)}"
    kind = type(value).__name__
    return f"{'an' if kind[:1].lower() in 'aeiou' else 'a'} {kind}"


def _borrowed(found: Any, name: str) -> bool:
    """Whether a library's own function stands there under its own name: an import, not the student's answer.

    Nor is what stands for a package that is not installed.
    """
    if type(found).__module__ == "grader.box.shims":
        return True
    library = str(getattr(found, "__module__", "")).partition(".")[0] in LIBRARIES
    return library and getattr(found, "__name__", None) == name.rpartition(".")[2]


def _attribute(module: ModuleType, name: str) -> Any:
    owner, _, method = name.partition(".")
    found = vars(module).get(owner)
    if not method or not isinstance(found, type):
        return found if not method else None
    inherited = inspect.getattr_static(found, method, None)
    if inherited is None or isinstance(inherited, staticmethod | classmethod):
        return getattr(found, method, None)
    return getattr(found(), method)


def _not_found(wanted: str, found: list[str]) -> str:
    near = difflib.get_close_matches(wanted, found, 1)
    text = f"no `{wanted}` was found; your files define {', '.join(found[:20]) if found else 'nothing'}"
    return text + (f" (did you mean `{near[0]}` to be it?)" if near else "")


def _order(function: Any, orders: list[list[str]], aliases: Mapping[str, list[str]]) -> list[str]:
    """Which accepted order a function has, by its parameter names; raises TypeError if it can't take the inputs."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return orders[0]
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    required = [p for p in positional if p.default is p.empty]
    wanted = orders[0]
    flexible = any(p.kind == p.VAR_POSITIONAL for p in parameters)
    if len(required) > len(wanted) or (len(positional) < len(wanted) and not flexible):
        names = ", ".join(p.name for p in positional)
        raise TypeError(f"takes ({names}), but is called with ({', '.join(wanted)})")
    meaning = {other.lower(): name for name in wanted for other in (name, *aliases.get(name, []))}
    named = [meaning.get(p.name.lower(), "") for p in positional[: len(wanted)]]
    return next((order for order in orders if order == named), wanted)


def answer_cases(
    answer: Callable[[Mapping[str, np.ndarray]], Mapping[str, np.ndarray]], given: Values, *, seed: int
) -> dict[str, np.ndarray]:
    """`answer` for each case, as `case/…`. A case that raises has `case/error`; if all do, the first is raised."""
    answers: dict[str, np.ndarray] = {}
    first: Exception | None = None
    asked = cases(given)
    succeeded = 0
    for case, inputs in asked.items():
        seed_all(seed)
        try:
            answers.update(beneath(case, answer(inputs)))
            succeeded += 1
        except Exception as error:  # whatever student code raises is an answer: it is reported case by case
            first = first or error
            answers[f"{case}/error"] = np.array(told_error(error))
    if first is not None and not succeeded:
        raise first
    return answers


def told_error(error: BaseException) -> str:
    """An exception as one short line; its own `str` may raise, or be very long."""
    try:
        text = str(error)
    except BaseException:  # `__str__` is the student's code
        text = "(its text could not be read)"
    refused = re.search(r"can't allocate memory: you tried to allocate (\d+)", text)
    if refused:
        size = int(refused[1]) / 2**20
        told = f"{size:.0f} MiB" if size < 2048 else f"{size / 1024:.1f} GiB"
        return f"MemoryError: asked for {told}, which is more than the memory limit leaves"
    return f"{type(error).__name__}: {' '.join(text[:400].split())}".rstrip(": ")
