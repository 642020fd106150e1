"""Kind `module`: a torch module, judged under the grader's weights and not under its own.

Both halves fill the parameters with numbers that follow from the seed and each parameter's shape alone, so a right
module and the reference must agree whatever their initialisation was. Two things stay as the student made them:
buffers (a mask is one), and the zeros of a parameter that is zero in places (a mask applied to the weights once).

For `dependence` and `autoregressive` all numbers are positive, so that nothing cancels and no ReLU is dead: an output
pixel depends on an input pixel if and only if the derivative is not zero (Jacobian in float64), or the output changes
with the input. `initial` alone asks about the weights that the student's own initialisation gives.

Here are the kind and what happens in the box; the questions about pixels, layers and laws have files of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import numpy as np

from grader.checks import autoregressive, dependence, initial, layers, pixels, reading
from grader.checks.code import Code, flatten, seed_all, told_error
from grader.checks.diagnose import Tolerance, compare_arrays
from grader.model import Expected, Observation, Outcome, Table, Values
from grader.values import beneath, cases, under

Verified = Literal["shape", "parameters", "values", "dependence", "layers", "initial", "autoregressive"]
STEPPED = ("values", "dependence", "autoregressive")
"""What can be asked again after a step."""


@dataclass(frozen=True)
class Class:
    """Which class: the reference's name, and other names that are accepted."""

    name: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Module:
    """A module has the reference's output shapes, parameters, values, layers, initial weights, or dependence on pixels.

    It is built with `build` and `options`, in eval mode. `given` are the inputs of `forward` in their order: images
    of shape (B, C, H, W) or rows of shape (B, D) first. `verify` is what counts: `layers` the layers that run, in
    order, with their options; `initial` the law of the initial weights; `dependence` which input pixels an output
    pixel sees, as in the reference; `autoregressive` that it sees earlier ones only, whatever the architecture is.
    `after_step` asks again after one step of gradient descent. `defined` asks of the layers that they are defined
    in the order in which they run. `spreads` are factors of the reference's initial spread that are right as well.
    `ordered` counts the channels of a pixel one after the other in the raster order.
    """

    module: Class
    build: tuple[str | int | float | bool, ...] = ()
    options: dict[str, str | int | float | bool] = field(default_factory=dict)
    given: str = ""
    verify: Verified = "values"
    after_step: bool = False
    defined: bool = False
    spreads: tuple[float, ...] = (1.0,)
    ordered: Literal["pixels", "channels"] = "pixels"
    rtol: float = 1e-3
    atol: float = 1e-4

    def __post_init__(self) -> None:
        needs: list[tuple[str, bool, tuple[str, ...]]] = [
            ("after_step", self.after_step, STEPPED),
            ("defined", self.defined, ("layers",)),
            ("spreads", self.spreads != (1.0,), ("initial",)),
            ("ordered", self.ordered != "pixels", ("autoregressive",)),
        ]
        for name, said, meant in needs:
            if said and self.verify not in meant:
                raise ValueError(f"{name} has no meaning for verify: {self.verify}")

    asks_reference: ClassVar[bool] = True
    reads_text: ClassVar[bool] = False
    searchable: ClassVar[bool] = False

    def told(self, *, reference: bool) -> dict[str, Any]:
        return {
            "names": [self.module.name] if reference else [self.module.name, *self.module.also],
            "build": list(self.build),
            "options": dict(self.options),
            "dtype": "float64" if reference else "float32",
            "verify": self.verify,
            "after_step": self.after_step,
            "channels": self.ordered == "channels",
        }

    @staticmethod
    def probe(code: Code, call: Mapping[str, Any], given: Values) -> Values:
        found = code.find(call["names"])
        inside = _Inside(found, call, cases(given))
        if call["dtype"] == "float64":
            return inside.answer()  # whatever the reference raises is for the course's author
        try:
            return inside.answer()
        except Exception as error:  # whatever student code raises is an answer, said with where it was raised
            return inside.found | {"stage": np.array(inside.stage), "error": np.array(told_error(error))}

    def compare(self, expected: Expected, observed: Observation) -> Outcome:
        got = observed.values
        if "error" in got:
            where = _stages(self).get(str(got.get("stage", "")), "it is used")
            raised = Outcome(0.0, f"when {where}, {self.module.name} raises {got['error']}", (), "raises")
            # What was seen before it was raised may explain it better.
            forms = _forms(expected, got) if any(name.startswith("form/") for name in got) else None
            built = _parameters(expected.values, got) if "parameters" in got else None
            return forms or (built if built is not None and built.credit != 1.0 else raised)
        if self.verify == "parameters":
            return _parameters(expected.values, got)
        # How it is built is a question of its own: a wrong shape costs the items that ask for shapes and values.
        forms = None if self.verify in ("layers", "initial") else _forms(expected, got)
        return forms or self._judged(expected, got)

    def _judged(self, expected: Expected, got: Values) -> Outcome:
        if self.verify == "shape":
            count = len(cases(under("form", expected.values)))
            return Outcome(1.0, f"the output has the right shape in all {count} cases")
        if self.verify in ("layers", "initial"):
            return self._built(expected.values, got)
        verdicts = {"dependence": dependence.judged, "autoregressive": autoregressive.judged}
        verdict = verdicts.get(self.verify, self._values)
        outcome = verdict(expected, got, "before")
        if outcome.credit == 1.0 and self.after_step:
            return _after(verdict(expected, got, "after"), self.verify)
        return outcome

    def _built(self, expected: Values, got: Values) -> Outcome:
        """The verdict on how a module is built; the shapes of its parameters belong to it."""
        same = _parameters(expected, got)
        if self.verify == "layers":
            # A wrong layer says more than the parameters that it has.
            outcome = layers.judged(expected, got, defined=self.defined)
            return outcome if outcome.credit != 1.0 or same.credit == 1.0 else same
        return initial.judged(expected, got, self.spreads) if same.credit == 1.0 else same

    def _values(self, expected: Expected, got: Values, when: str) -> Outcome:
        same = _parameters(expected.values, got)
        if same.credit != 1.0:
            return same
        known = tuple(
            type(m)(m.slug, m.sentence, under(when, m.values)) for m in expected.mistakes if under(when, m.values)
        )
        asked = Expected(expected.given, under(when, expected.values), known)
        return compare_arrays(asked, under(when, got), Tolerance(self.rtol, self.atol))


def _stages(check: Module) -> dict[str, str]:
    """Where a module can raise, in words. The student's process says which; it gets no further than this table."""
    told = [repr(value) for value in check.build] + [f"{name}={value!r}" for name, value in check.options.items()]
    return {
        "build": f"it is built with ({', '.join(told)})",
        "call": "it is called",
        "train": "it takes one step of gradient descent",
    }


# ---- inside the box


class _Inside:
    """The questions to one module; `stage` says what was being done when it raised."""

    def __init__(self, cls: Callable[..., Any], call: Mapping[str, Any], given: Mapping[str, Values]) -> None:
        self.cls = cls
        self.call = call
        self.given = given
        self.stage = "build"
        self.found: dict[str, np.ndarray] = {}

    def answer(self) -> dict[str, np.ndarray]:
        verify = self.call["verify"]
        module = self.build(self.call["dtype"])
        self.found.update(self.forms(module))
        self.found |= described(module)
        if verify == "values":
            self.asked(module, lambda case: self.run(module, case))
        if verify in ("dependence", "autoregressive", "layers"):
            precise = self.double()
            module = module if precise is None else precise
        if verify == "dependence":
            self.asked(module, lambda case: self.matrix(module, case), positive=True)
        if verify == "autoregressive":
            self.regress(module)
        if verify == "layers":
            push(module, self.call["seed"], positive=False)
            case = next(iter(self.given))
            self.found.update(reading.packed(reading.layers_of(module, self.inputs(case, _dtype(module)))))
        if verify == "initial":
            # Other seeds than the reference's, so that equal draws can't stand for equal laws.
            apart = 1 << 20 if self.call["dtype"] == "float64" else 0
            self.found |= initial.drawn(lambda seed: self.build(self.call["dtype"], seed), self.call["seed"] + apart)
        return self.found

    def build(self, dtype: str, seed: int | None = None) -> Any:
        """A fresh module in eval mode, called once, so that whatever it makes lazily is there."""
        import torch

        seed_all(self.call["seed"] if seed is None else seed)
        self.stage = "build"
        made = self.cls(*self.call["build"], **self.call["options"])
        if not isinstance(made, torch.nn.Module):
            raise TypeError(f"what is built is a {type(made).__name__} and not a torch.nn.Module")
        made = made.to(getattr(torch, dtype)).eval()
        if not any(isinstance(p, torch.nn.UninitializedParameter) for p in made.parameters()):
            self.found |= described(made)
        self.stage = "call"
        with torch.no_grad():
            for case in list(self.given)[:1]:
                made(*self.inputs(case, dtype))
        return made

    def double(self) -> Any:
        """The module in float64, or None if it insists on float32 inside."""
        try:
            return self.build("float64")
        except Exception:  # a tensor made in float32 by the student's code; float32 must do then
            return None

    def forms(self, module: Any) -> Iterator[tuple[str, np.ndarray]]:
        import torch

        dtype = next((p.dtype for p in module.parameters() if p.is_floating_point()), None)
        for case in self.given:
            with torch.no_grad():
                answered = flatten(module(*self.inputs(case, str(dtype or self.call["dtype"]).removeprefix("torch."))))
            yield f"form/{case}/type", answered.pop("type")
            for name, array in answered.items():
                yield f"form/{case}/{name}", np.array(array.shape, np.int64)

    def asked(self, module: Any, question: Callable[[str], dict[str, np.ndarray]], *, positive: bool = False) -> None:
        """Asks of each case under pushed weights, and where wanted once more after a step."""
        push(module, self.call["seed"], positive=positive)
        self.everywhere("before", question)
        if self.call["after_step"]:
            self.stage = "train"
            self.step(module)
            if positive:
                push(module, self.call["seed"] + 1, positive=True)
            self.stage = "call"
            self.everywhere("after", question)

    def everywhere(self, when: str, question: Callable[[str], dict[str, np.ndarray]]) -> None:
        for case in self.given:
            self.found |= beneath(f"{when}/{case}", question(case))

    def inputs(self, case: str, dtype: str) -> list[Any]:
        import torch

        made = [torch.from_numpy(np.array(array)) for array in self.given[case].values()]
        return [tensor.to(getattr(torch, dtype)) if tensor.is_floating_point() else tensor for tensor in made]

    def run(self, module: Any, case: str) -> dict[str, np.ndarray]:
        import torch

        with torch.no_grad():
            return flatten(module(*self.inputs(case, self.call["dtype"])))

    def step(self, module: Any) -> None:
        """One step of plain gradient descent on the sum of squares of the first case's output."""
        import torch

        case = next(iter(self.given))
        wanted = [p for p in module.parameters() if p.requires_grad]
        if not wanted:
            raise ValueError("the module has no trainable parameters")
        dtype = str(wanted[0].dtype).removeprefix("torch.")
        optimiser = torch.optim.SGD(wanted, lr=1e-3)
        loss = pixels.first(module(*self.inputs(case, dtype))).square().sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()

    def matrix(self, module: Any, case: str, *, given: bool = False) -> dict[str, np.ndarray]:
        """Which output pixel (row of the matrix) depends on which input pixel (column), in any channel."""
        inputs = self.inputs(case, _dtype(module))
        return pixels.dependence(module, inputs, self.call["seed"], channels=self.call["channels"], given=given)

    def regress(self, module: Any) -> None:
        """What depends on what under the module's own weights or under pushed ones, and again after a step."""
        for when in ("before", "after") if self.call["after_step"] else ("before",):
            if when == "after":
                self.stage = "train"
                self.step(module)
                self.stage = "call"
            own = [p.detach().clone() for p in module.parameters()]
            self.everywhere(when, lambda case: self.matrix(module, case))
            # Positive weights cancel nothing; behind an input scaled to [−1, 1] they leave every ReLU dead.
            for k, positive in enumerate((True, False, False)):
                push(module, self.call["seed"] + k, positive=positive)
                for case in self.given:
                    self.joined(f"{when}/{case}/matrix", module, case, given=not positive)
            _restore(module, own)

    def joined(self, name: str, module: Any, case: str, *, given: bool) -> None:
        """Adds the pairs that are seen under pushed weights, where the module works with them."""
        try:
            more = self.matrix(module, case, given=given)
        except Exception:  # weights that the student's code does not allow; its own must do then
            return
        if "matrix" in more and bool(more["finite"]):
            self.found[name] = self.found[name] | more["matrix"]


def described(module: Any) -> dict[str, np.ndarray]:
    """Shapes and names of the trainable parameters, and whether each holds zeros and ones only."""
    found = {"parameters": np.array(sum(p.requires_grad for p in module.parameters()))}
    for k, (name, p) in enumerate((n, p) for n, p in module.named_parameters() if p.requires_grad):
        if k >= 500:
            raise ValueError("the module has more than 500 parameters")
        values = p.detach().reshape(-1)
        masks = bool(((values == 0) | (values == 1)).all()) and 0 < float(values.double().sum()) < values.numel()
        found[f"parameter/{k}/shape"] = np.array(tuple(p.shape), np.int64)
        found[f"parameter/{k}/name"] = np.array(name[:100])
        found[f"parameter/{k}/mask"] = np.array(masks)
    return found


def push(module: Any, seed: int, *, positive: bool) -> None:
    """Fills the trainable parameters from the seed, by shape: equal shapes in their order, all others in any order.

    Entries are divided by the fan-in, so that outputs stay near 1. A parameter that is zero in places keeps its zeros.
    """
    import torch

    seen: Counter[tuple[int, ...]] = Counter()
    with torch.no_grad():
        for p in module.parameters():
            if not p.requires_grad:
                continue
            shape = tuple(p.shape)
            rng = np.random.default_rng([seed, seen[shape], *shape])
            seen[shape] += 1
            fan = int(np.prod(shape[1:])) if len(shape) > 1 else 1
            drawn = rng.uniform(0.1, 1.0, shape) / fan if positive else rng.uniform(-1.0, 1.0, shape) / np.sqrt(fan)
            kept = (p != 0) if bool((p == 0).any()) and bool((p != 0).any()) else torch.ones_like(p, dtype=torch.bool)
            # Rounded to float32, so that the reference has the very same numbers.
            p.copy_(torch.from_numpy(np.asarray(drawn, np.float32)).to(p.dtype) * kept)


def _dtype(module: Any) -> str:
    dtypes = (str(p.dtype) for p in module.parameters() if p.is_floating_point())
    return next(dtypes, "torch.float32").removeprefix("torch.")


def _restore(module: Any, values: list[Any]) -> None:
    import torch

    with torch.no_grad():
        for p, value in zip(module.parameters(), values, strict=True):
            p.copy_(value)


# ---- outside


def _forms(expected: Expected, got: Values) -> Outcome | None:
    """The first wrong output shape, or None."""
    wanted, here = cases(under("form", expected.values)), cases(under("form", got))
    given = cases(expected.given)
    for case in sorted(wanted, key=lambda c: sum(a.size for a in given[c].values())):
        asked = " and ".join(_shape(array.shape) for array in given[case].values())
        for name, form in wanted[case].items():
            if name == "type":
                continue
            seen = here.get(case, {}).get(name)
            if seen is None or seen.ndim != 1 or seen.dtype.kind not in "iu":
                said = str(here.get(case, {}).get("type", np.array("nothing")))
                want = f"expected a tensor of shape {_shape(form)} for an input of shape {asked}"
                return Outcome(0.0, f"forward returns {said}, {want}", (), "wrong_type")
            if not np.array_equal(seen, form):
                want = f"expected {_shape(form)}, for an input of shape {asked}"
                return Outcome(0.0, f"the output has shape {_shape(seen)}, {want}", (), "wrong_shape")
    return None


def _shape(shape: Any) -> str:
    entries = [int(n) for n in shape]
    return f"({', '.join(map(str, entries))}{',' if len(entries) == 1 else ''})"


def _parameters(expected: Values, got: Values) -> Outcome:
    """Whether the trainable parameters have the reference's shapes, in any order; which are missing or too many."""
    want, have = _shapes(expected), _shapes(got)
    missing, extra = Counter(want.values()) - Counter(have.values()), Counter(have.values()) - Counter(want.values())
    if not missing and not extra:
        total = sum(int(np.prod(shape)) for shape in want.values())
        plural = "" if len(want) == 1 else "s"
        return Outcome(1.0, f"has the right {len(want)} trainable parameter{plural}, {total} numbers in all")
    evidence = (Table("trainable parameters", ("name", "shape"), tuple((n, _shape(s)) for n, s in have.items())),)
    described = cases(under("parameter", got)).values()
    masks = [str(p["name"]) for p in described if "name" in p and bool(np.any(p.get("mask", False)))]
    if masks and extra and not missing:
        sentence = f"`{masks[0]}` holds zeros and ones but is a trainable parameter: training would change the mask"
        return Outcome(0.0, sentence, evidence, "mask_trainable")
    if not have:
        return Outcome(0.0, f"has no trainable parameters, expected {len(want)}", (), "missing_parameter")
    if not extra:
        return Outcome(0.0, f"lacks {_listed(missing, 'parameter')}", evidence, "missing_parameter")
    if not missing:
        return Outcome(0.0, f"has {_listed(extra, 'extra parameter')}", evidence, "extra_parameter")
    sentence = f"has {_listed(extra, 'parameter')}, where {_listed(missing, 'parameter')} is expected"
    return Outcome(0.0, sentence, evidence, "wrong_parameter_shape")


def _shapes(values: Values) -> dict[str, tuple[int, ...]]:
    """Parameter name → shape."""
    found: dict[str, tuple[int, ...]] = {}
    for key, p in cases(under("parameter", values)).items():
        if "shape" in p and p["shape"].ndim == 1 and p["shape"].dtype.kind in "iu":
            found[f"{p.get('name', np.array(key))}"] = tuple(int(n) for n in p["shape"])
    return found


def _listed(shapes: Counter[tuple[int, ...]], noun: str) -> str:
    count = sum(shapes.values())
    told = " and ".join(_shape(shape) for shape in sorted(shapes.elements())[:4])
    return f"{count} {noun}{'' if count == 1 else 's'} of shape {told}{' and others' if count > 4 else ''}"


def _after(outcome: Outcome, verify: str) -> Outcome:
    if outcome.credit == 1.0:
        return Outcome(1.0, f"{outcome.sentence}, also after one optimiser step", outcome.evidence)
    masks = verify in ("dependence", "autoregressive")
    note, end = ("mask_lost_after_step", ": the mask is not kept up") if masks else ("wrong_after_step", "")
    sentence = f"right at first, but after one optimiser step {outcome.sentence}{end}"
    return Outcome(0.0, sentence, outcome.evidence, note)
