"""Kind `module`: a torch module, judged under the grader's weights and not under its own.

Both halves fill the parameters with numbers that follow from the seed and each parameter's shape alone, so a right
module and the reference must agree whatever their initialisation was. Two things stay as the student made them:
buffers (a mask is one), and the zeros of a parameter that is zero in places (a mask applied to the weights once).

For `dependence` all numbers are positive, so that nothing cancels and no ReLU is dead: an output pixel depends on
an input pixel if and only if the derivative is not zero (Jacobian in float64), or the output changes with the input.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import numpy as np

from grader.checks.code import Code, flatten, seed_all, told_error
from grader.checks.diagnose import Tolerance, compare_arrays
from grader.model import Expected, Fact, Grid, Observation, Outcome, Table, Values
from grader.values import beneath, cases, under

MAX_PIXELS = 256
"""Cases with more pixels are not asked for dependence: the matrix has a row and a column for each."""

Pixel = tuple[int, int]


@dataclass(frozen=True)
class Class:
    """Which class: the reference's name, and other names that are accepted."""

    name: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Module:
    """A module has the reference's output shapes, parameters, values, or dependence of output on input pixels.

    It is built with `build` and `options`, in eval mode. `given` are the inputs of `forward` in their order: images
    of shape (B, C, H, W) or rows of shape (B, D) first. `after_step` asks again after one step of gradient descent.
    """

    module: Class
    build: tuple[str | int | float | bool, ...] = ()
    options: dict[str, str | int | float | bool] = field(default_factory=dict)
    given: str = ""
    verify: Literal["shape", "parameters", "values", "dependence"] = "values"
    after_step: bool = False
    rtol: float = 1e-3
    atol: float = 1e-4

    def __post_init__(self) -> None:
        if self.after_step and self.verify in ("shape", "parameters"):
            raise ValueError(f"after_step has no meaning for verify: {self.verify}")

    asks_reference: ClassVar[bool] = True
    searchable: ClassVar[bool] = False

    def told(self, *, reference: bool) -> dict[str, Any]:
        return {
            "names": [self.module.name] if reference else [self.module.name, *self.module.also],
            "build": list(self.build),
            "options": dict(self.options),
            "dtype": "float64" if reference else "float32",
            "verify": self.verify,
            "after_step": self.after_step,
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
            return (_forms(expected, got) if "parameters" in got else None) or raised
        if self.verify == "parameters":
            return _parameters(expected.values, got)
        return _forms(expected, got) or self._judged(expected, got)

    def _judged(self, expected: Expected, got: Values) -> Outcome:
        if self.verify == "shape":
            count = len(cases(under("form", expected.values)))
            return Outcome(1.0, f"the output has the right shape in all {count} cases")
        verdict = self._values if self.verify == "values" else _dependence
        outcome = verdict(expected, got, "before")
        if outcome.credit == 1.0 and self.after_step:
            return _after(verdict(expected, got, "after"), self.verify)
        return outcome

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
        if verify == "dependence":
            precise = self.double()
            module = module if precise is None else precise
            self.asked(module, lambda case: self.matrix(module, case), positive=True)
        return self.found

    def build(self, dtype: str) -> Any:
        """A fresh module in eval mode, called once, so that whatever it makes lazily is there."""
        import torch

        seed_all(self.call["seed"])
        self.stage = "build"
        made = self.cls(*self.call["build"], **self.call["options"])
        if not isinstance(made, torch.nn.Module):
            raise TypeError(f"what is built is a {type(made).__name__} and not a torch.nn.Module")
        made = made.to(getattr(torch, dtype)).eval()
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
        loss = _first(module(*self.inputs(case, dtype))).square().sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()

    def matrix(self, module: Any, case: str) -> dict[str, np.ndarray]:
        """Which output pixel (row of the matrix) depends on which input pixel (column), in any channel."""
        import torch

        dtype = next((p.dtype for p in module.parameters() if p.is_floating_point()), torch.float32)
        image, *rest = self.inputs(case, str(dtype).removeprefix("torch."))
        rows, columns = _grid(tuple(image.shape))
        pixels = rows * columns
        if pixels > MAX_PIXELS:
            return {}
        rng = np.random.default_rng(self.call["seed"])
        base = torch.from_numpy(rng.uniform(0.25, 1.0, (1, *image.shape[1:]))).to(dtype)
        batch = base.repeat(pixels, *[1] * (base.ndim - 1))
        others = [r[:1].repeat(pixels, *[1] * (r.ndim - 1)) for r in rest]
        found = _changed(module, base, batch, others, pixels) | _differentiated(module, batch, others, pixels)
        return {"matrix": found, "size": np.array([rows, columns])}


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


def _first(value: Any) -> Any:
    import torch

    while isinstance(value, list | tuple) and value:
        value = value[0]
    if not isinstance(value, torch.Tensor):
        raise TypeError(f"forward returned {type(value).__name__}; a tensor is expected")
    return value


def _grid(shape: tuple[int, ...]) -> Pixel:
    return (int(shape[-2]), int(shape[-1])) if len(shape) >= 3 else (1, int(shape[-1]))


def _flat(out: Any, pixels: int) -> Any:
    """An output as (batch, channels, pixels)."""
    if out.ndim < 2 or out[0].numel() % pixels:
        raise ValueError(f"an output of shape {tuple(out.shape)} has no entry for each input pixel")
    return out.reshape(out.shape[0], -1, pixels)


def _changed(module: Any, base: Any, batch: Any, others: list[Any], pixels: int) -> np.ndarray:
    """By perturbation: input pixel k differs in row k of the batch. Sees what is hidden from autograd."""
    import torch

    moved = batch.clone().reshape(pixels, -1, pixels)
    for k in range(pixels):
        moved[k, :, k] += 1.0
    with torch.no_grad():
        here = _flat(_first(module(moved.reshape(batch.shape), *others)), pixels)
        rest = _flat(_first(module(batch, *others)), pixels)
    gap = (here - rest).abs().amax(1)
    # Batched kernels round differently from row to row, so only a gap above rounding counts.
    rounding = (1e-9 if base.dtype == torch.float64 else 1e-4) * rest.abs().amax().clamp(min=1e-30)
    return np.array((gap > rounding).numpy().T, bool)


def _differentiated(module: Any, batch: Any, others: list[Any], pixels: int) -> np.ndarray:
    """By the Jacobian: row k of the batch is asked for output pixel k only, so one backward pass gives all."""
    import torch

    leaf = batch.clone().requires_grad_(True)
    out = _flat(_first(module(leaf, *others)), pixels)
    if not out.requires_grad:
        return np.zeros((pixels, pixels), bool)
    chosen = out[torch.arange(pixels), :, torch.arange(pixels)].sum()
    (gradient,) = torch.autograd.grad(chosen, leaf, allow_unused=True)
    if gradient is None:
        return np.zeros((pixels, pixels), bool)
    sizes = gradient.reshape(pixels, -1, pixels).abs().amax(1)
    # A float64 convolution has exact zeros where the mask is; a float32 one may leave rounding.
    floor = 0.0 if gradient.dtype == torch.float64 else 1e-5 * float(sizes.max())
    return np.array((sizes > floor).numpy(), bool)


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
            if seen is None or seen.ndim != 1:
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
    note = "mask_lost_after_step" if verify == "dependence" else "wrong_after_step"
    end = ": the mask is not kept up" if verify == "dependence" else ""
    sentence = f"right at first, but after one optimiser step {outcome.sentence}{end}"
    return Outcome(0.0, sentence, outcome.evidence, note)


@dataclass(frozen=True)
class Field:
    """Which output pixel sees which input pixel, expected and observed, for one size of image."""

    expected: np.ndarray
    observed: np.ndarray
    columns: int

    @property
    def illegal(self) -> np.ndarray:
        return np.asarray(self.observed & ~self.expected)

    @property
    def lost(self) -> np.ndarray:
        return np.asarray(self.expected & ~self.observed)

    def at(self, index: int) -> Pixel:
        return divmod(index, self.columns)

    @property
    def centre(self) -> int:
        rows = len(self.expected) // self.columns
        return rows // 2 * self.columns + self.columns // 2


def _dependence(expected: Expected, got: Values, when: str) -> Outcome:
    wanted, here = cases(under(when, expected.values)), cases(under(when, got))
    fields = []
    for case, arrays in wanted.items():
        if "matrix" not in arrays:
            continue
        seen = here.get(case, {}).get("matrix", np.zeros(0, bool))
        if seen.shape != arrays["matrix"].shape or seen.dtype != bool:
            return Outcome(0.0, "the dependence of the output on the input could not be measured", (), "wrong_shape")
        fields.append(Field(arrays["matrix"], seen, int(arrays["size"][1])))
    if not fields:
        raise ValueError(f"no case has at most {MAX_PIXELS} pixels, so no dependence was measured")
    wrong = [f for f in fields if f.illegal.any() or f.lost.any()]
    if not wrong:
        largest = max(fields, key=lambda f: len(f.expected))
        return Outcome(
            1.0, "every output pixel depends on exactly the input pixels that it may see", (_grid_of(largest),)
        )
    # A field of at least 3×3 with a whole neighbourhood shows what kind of mistake it is.
    f = max(wrong, key=lambda field: (bool(_offsets(field, field.observed | field.expected)), -len(field.expected)))
    # After a step it no longer matters which mask was meant.
    named = [_name(field) for field in wrong] if when == "before" else []
    sentence, note = (_name(f) if named else None) or next((n for n in named if n), None) or (_said(f), _generic(f))
    counts = f"{int(f.illegal.sum())} pairs too many, {int(f.lost.sum())} missing"
    return Outcome(0.0, sentence, (_grid_of(f), Fact("pairs of output and input pixel", counts)), note)


def _pair(pairs: np.ndarray, f: Field) -> Pixel:
    """The (output, input) to show: at the centre, which the picture shows, else the smallest."""
    if pairs[f.centre].any():
        return f.centre, int(np.argmax(pairs[f.centre]))
    output, source = np.argwhere(pairs)[0]
    return int(output), int(source)


def _said(f: Field) -> str:
    """The first illegal or lost pair, in words."""
    if f.illegal.any():
        later = np.triu(f.illegal)
        o, i = _pair(later if later.any() else f.illegal, f)
        return f"output {f.at(o)} depends on input {f.at(i)}, which is {_illegal_place(f.at(o), f.at(i))}"
    o, i = _pair(f.lost, f)
    return f"output {f.at(o)} does not see input {f.at(i)} {_lost_place(f.at(o), f.at(i))}"


def _illegal_place(output: Pixel, source: Pixel) -> str:
    if output == source:
        return "itself"
    if source[0] == output[0] and source[1] > output[1]:
        return "to its right, a later pixel"
    if source[0] > output[0]:
        return "below it, a later pixel"
    return "an earlier pixel, but out of reach"


def _lost_place(output: Pixel, source: Pixel) -> str:
    down, right = source[0] - output[0], source[1] - output[1]
    if (down, right) == (0, 0):
        return "itself"
    if down == 0:
        return "to its left" if right < 0 else "to its right"
    vertical = "above" if down < 0 else "below"
    side = "" if right == 0 else " to the left" if right < 0 else " to the right"
    return f"{vertical} it{side}"


def _generic(f: Field) -> str:
    if f.illegal.any():
        outputs, sources = np.nonzero(f.illegal)
        return "sees_later" if bool((sources >= outputs).any()) else "wrong_field"
    return "lost_pixels"


def _offsets(f: Field, pairs: np.ndarray) -> set[Pixel]:
    """Input minus output pixel of all pairs; empty for images too small to show a neighbourhood."""
    if f.columns < 3 or len(pairs) // f.columns < 3:
        return set()
    outputs, sources = np.nonzero(pairs)
    down = sources // f.columns - outputs // f.columns
    right = sources % f.columns - outputs % f.columns
    return {(int(d), int(r)) for d, r in zip(down, right, strict=True)}


def _name(f: Field) -> tuple[str, str] | None:
    """The mistake with the mask that explains every wrong pair, or None."""
    if f.columns < 3 or len(f.expected) // f.columns < 3:
        return None
    said = _said(f)
    illegal, lost, seen = _offsets(f, f.illegal), _offsets(f, f.lost), _offsets(f, f.observed)
    if not seen:
        return None
    if illegal == {(0, 0)} and not lost:
        return f"{said}, as with a mask of type B where type A is expected", "mask_b_for_a"
    if lost == {(0, 0)} and not illegal:
        return f"{said}, as with a mask of type A where type B is expected", "mask_a_for_b"
    if illegal and not lost and seen == {(-d, -r) for d, r in seen}:
        return f"{said}: nothing is masked", "no_mask"
    if illegal and {d for d, _ in illegal} == {0} and max(r for _, r in illegal) == 1:
        return f"{said}: the mask ends one column too late", "mask_off_by_one"
    if illegal and {d for d, _ in illegal} <= {0, 1} and (1, 0) in illegal:
        return f"{said}: the mask ends one row too late", "mask_off_by_one"
    return _lost_name(said, illegal, lost)


def _lost_name(said: str, illegal: set[Pixel], lost: set[Pixel]) -> tuple[str, str] | None:
    if illegal or not lost:
        return None
    # The pixel itself goes with its row or column where type B is expected.
    beside = lost - {(0, 0)}
    if beside and {d for d, _ in beside} == {0}:
        return f"{said}: the mask ends too early in the row", "mask_off_by_one"
    if beside and all(d < 0 < r for d, r in beside) and (0, 0) not in lost:
        return f"{said}: the rows above are masked on their right", "lost_above_right"
    if {(0, -1), (-1, 0)} & beside and all(d >= -1 for d, _ in beside):
        return f"{said}: the mask ends one row too early", "mask_off_by_one"
    return None


def _grid_of(f: Field) -> Grid:
    """What the centre output pixel sees."""
    names = {(True, True): "right", (False, True): "illegal", (True, False): "lost", (False, False): "unused"}
    row = [names[bool(e), bool(o)] for e, o in zip(f.expected[f.centre], f.observed[f.centre], strict=True)]
    if row[f.centre] in ("right", "unused"):
        row[f.centre] = "centre"
    cells = tuple(tuple(row[k : k + f.columns]) for k in range(0, len(row), f.columns))
    return Grid(f"input pixels that output {f.at(f.centre)} depends on", cells)
