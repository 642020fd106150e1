"""Kind `draws`: a random output, judged by exact laws of its noise.

The student's function is the sampler; the reference answers with its law instead. From both follow residuals that are
independent standard normal numbers if, and only if, the sampler is right:

    normal      r = (z − mean) / std
    bernoulli   r = Φ⁻¹(u), u uniform on [0, 1−p] where z = 0 and on [1−p, 1] where z = 1

so that one battery (`noise`) serves both families.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from grader.checks.close import same
from grader.checks.code import Call, Code, answer_cases, flatten, seed_all, tensors
from grader.checks.diagnose import number
from grader.checks.noise import NEGLIGIBLE, Blocks, Slip, blocks_of, calls, centre, constant, moments
from grader.model import Expected, Observation, Outcome, Values
from grader.values import beneath, cases

Verified = Literal["moments", "fresh", "seed", "pathwise"]


@dataclass(frozen=True)
class Draws:
    """A function draws from the law that the reference states, with noise that is fresh and follows the seed.

    `law` is the reference's function that takes the same inputs and returns (mean, std), or p for the family
    `bernoulli`. `verify` is what counts: `moments` the law of one draw, `fresh` that two calls differ, `seed` that
    torch's seed alone decides, `pathwise` that ∂z/∂input is ∂mean + noise·∂std (elementwise normal laws only).
    """

    call: Call
    law: str
    given: str = ""
    family: Literal["normal", "bernoulli"] = "normal"
    verify: tuple[Verified, ...] = ("moments", "fresh", "seed")

    def __post_init__(self) -> None:
        if self.family == "bernoulli" and "pathwise" in self.verify:
            raise ValueError("pathwise can't be verified for the family bernoulli: 0 and 1 have no derivative")
        if not self.verify:
            raise ValueError("verify is empty; choose among moments, fresh, seed, pathwise")

    asks_reference: ClassVar[bool] = True
    reads_text: ClassVar[bool] = False
    searchable: ClassVar[bool] = False

    def told(self, *, reference: bool) -> dict[str, Any]:
        asked = Call(self.law, self.call.arguments, aliases=self.call.aliases) if reference else self.call
        return asked.told(reference=reference) | {
            "law": self.family if reference else "",
            "pathwise": "pathwise" in self.verify,
        }

    @staticmethod
    def probe(code: Code, call: Mapping[str, Any], given: Values) -> Values:
        function = code.function(call)
        if call["law"]:
            # An error in the law is the course's, so it is not swallowed case by case.
            return {
                name: array
                for case, inputs in cases(given).items()
                for name, array in beneath(case, _law(function, call, inputs)).items()
            }
        return answer_cases(lambda inputs: _draw(function, call, inputs), given, seed=call["seed"])

    def compare(self, expected: Expected, observed: Observation) -> Outcome:
        laws, drawn, given = cases(expected.values), cases(observed.values), cases(expected.given)
        order = sorted(laws, key=lambda case: centre(laws[case]).size)
        for case in order:
            slip = self._form(laws[case], drawn.get(case, {}), given[case])
            if slip:
                return Outcome(0.0, slip[0], (), slip[1])
        blocks = blocks_of(laws[order[-1]], drawn[order[-1]])
        slip = self._slip(blocks, laws, drawn, given, order)
        judged = "moments" in self.verify  # what is not judged is not shown: it may be wrong, and costs nothing here
        if slip:
            return Outcome(0.0, slip[0], blocks.evidence() if judged else (), slip[1])
        changed = sorted({str(case["changed"]) for case in drawn.values() if "changed" in case})
        if changed:
            sentence = f"the draws are right, but the function changes its input {changed[0]} in place"
            return Outcome(0.0, sentence, (), "changes_input")
        return Outcome(1.0, _praise(self.verify, blocks.first.size), blocks.facts() if judged else ())

    def _form(self, law: Values, drawn: Values, given: Values) -> Slip | None:
        """What is wrong before any statistics: no array, shape, dtype, not finite, not 0 or 1."""
        want = centre(law)
        asked = ", ".join(f"{name} {_shape(array.shape)}" for name, array in given.items())
        if "error" in drawn:
            return f"raises {drawn['error']} for inputs of shape {asked}", "raises"
        z = drawn.get("first.out")
        if z is None or any(f"{block}.out" not in drawn for block in ("next", "again", "other")):
            returned = drawn.get("first.type", np.array("nothing"))
            return f"returned {returned}, expected an array of shape {_shape(want.shape)}", "wrong_type"
        for block in ("first", "next", "again", "other"):
            z = drawn[f"{block}.out"]
            if z.shape != want.shape:
                said = f"shape is {_shape(z.shape)}, expected {_shape(want.shape)}, for inputs of shape {asked}"
                return said, "wrong_shape"
            if z.dtype.kind not in "biuf" or (self.family == "normal" and z.dtype != np.float32):
                return f"dtype is {z.dtype}, expected float32, the dtype of the inputs", "wrong_dtype"
            slip = _not_finite(z) or (_not_binary(z, want) if self.family == "bernoulli" else None)
            if slip:
                return slip
        return None

    def _slip(
        self,
        blocks: Blocks,
        laws: Mapping[str, Values],
        drawn: Mapping[str, Values],
        given: Mapping[str, Values],
        order: list[str],
    ) -> Slip | None:
        case = order[-1]
        judged = "moments" in self.verify
        slip = _no_noise(blocks) if self.family == "normal" else None
        if slip is None and ({"fresh", "seed"} & set(self.verify)):
            slip = _freshness(blocks, drawn[case], self.verify)
            if slip and slip[1] == "noise_fixed":
                # What always returns the same may have no noise at all, which says more.
                named = moments(blocks, given[case])
                slip = named if named and named[1] == "no_noise" else slip
        if slip is None and "moments" in self.verify:
            slip = moments(blocks, given[case])
            slip = slip or next(filter(None, (_vanishing(laws[c], drawn[c]) for c in order)), None)
        # Where the law is wrong but not judged, the residuals are not the noise, and say nothing of its freshness.
        if slip is None and "fresh" in self.verify and (judged or moments(blocks, given[case]) is None):
            slip = calls(blocks)
        if slip is None and "pathwise" in self.verify:
            slip = next(filter(None, (_pathwise(laws[c], drawn[c]) for c in reversed(order))), None)
        return slip


# ---- inside the box


def _draw(function: Callable[[Any], Any], call: Mapping[str, Any], inputs: Values) -> dict[str, np.ndarray]:
    """Two calls under one seed, one under it again, one under another; and the gradient of a fifth."""
    import torch

    found: dict[str, np.ndarray] = {}
    changed: dict[str, None] = {}
    for block, seed in (("first", 0), ("next", None), ("again", 0), ("other", 1)):
        if seed is not None:
            seed_all(call["seed"] + seed)
        handed = tensors(inputs, call["dtype"])
        answered = flatten(function(handed))
        changed |= dict.fromkeys(name for name, tensor in handed.items() if not same(tensor, inputs[name]))
        found |= {f"{block}.{name}": array for name, array in answered.items()}
        if seed is not None and torch.initial_seed() != call["seed"] + seed:
            found["reseeds"] = np.array(True)
    if changed:
        found["changed"] = np.array(", ".join(changed))
    if call["pathwise"]:
        found |= _gradient(function, call, inputs)
    return found


def _gradient(function: Callable[[Any], Any], call: Mapping[str, Any], inputs: Values) -> dict[str, np.ndarray]:
    import torch

    floating = tuple(name for name, array in inputs.items() if array.dtype.kind == "f")
    handed = tensors(inputs, call["dtype"], grad=floating)
    seed_all(call["seed"])
    # Copies, as a network would hand them on: a leaf may not be changed in place, a copy may.
    z = function({name: tensor.clone() for name, tensor in handed.items()})
    if not isinstance(z, torch.Tensor) or not z.requires_grad:
        return {f"blocked.{name}": np.array(True) for name in floating}
    weight = torch.from_numpy(_weight(call["seed"], tuple(z.shape))).to(z.dtype)
    leaves = [handed[name] for name in floating]
    gradients = torch.autograd.grad(z, leaves, weight, allow_unused=True)
    found = {"path": flatten(z)["out"]}
    for name, gradient in zip(floating, gradients, strict=True):
        if gradient is None:
            found[f"blocked.{name}"] = np.array(True)
        else:
            found[f"gradient.{name}"] = gradient.detach().double().numpy()
    return found


def _law(function: Callable[[Any], Any], call: Mapping[str, Any], inputs: Values) -> dict[str, np.ndarray]:
    """`p`, or `mean` and `std`, of full shape; with derivatives and cotangent where gradients are asked for."""
    import torch

    floating = tuple(name for name, array in inputs.items() if array.dtype.kind == "f")
    handed = tensors(inputs, call["dtype"], grad=floating)
    seed_all(call["seed"])
    answer = function(handed)
    if call["law"] == "bernoulli":
        return {"p": answer.detach().numpy().copy()}
    mean, std = answer
    std, mean = std + torch.zeros_like(mean), mean + torch.zeros_like(std)
    found = {"mean": mean.detach().numpy().copy(), "std": std.detach().numpy().copy()}
    if call["pathwise"]:
        found["weight"] = _weight(call["seed"], tuple(mean.shape))
        for what, value in (("mean", mean), ("std", std)):
            for name in floating:
                found[f"d{what}.{name}"] = _derivative(value, handed[name])
    return found


def _derivative(value: Any, leaf: Any) -> np.ndarray:
    import torch

    if not value.requires_grad:
        return np.zeros(tuple(leaf.shape))
    (gradient,) = torch.autograd.grad(value.sum(), leaf, allow_unused=True, retain_graph=True)
    return np.zeros(tuple(leaf.shape)) if gradient is None else np.array(gradient.numpy(), np.float64)


def _weight(seed: int, shape: tuple[int, ...]) -> np.ndarray:
    # Unequal entries, so that a gradient that mixes entries can't look right in the sum.
    return np.asarray(np.random.default_rng(seed).uniform(0.5, 1.5, shape))


# ---- outside


def _shape(shape: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def _not_finite(z: np.ndarray) -> Slip | None:
    bad = np.argwhere(~np.isfinite(z))
    if not len(bad):
        return None
    place = f"; the first is at {[int(i) for i in bad[0]]}" if z.ndim else ""
    return f"{len(bad)} of {z.size} draws are not finite{place}", "not_finite"


def _not_binary(z: np.ndarray, p: np.ndarray) -> Slip | None:
    bad = np.argwhere((z != 0) & (z != 1))
    if not len(bad):
        return None
    if np.allclose(z, p, atol=1e-5):
        return "returns the probability itself; a draw is 0 or 1", "no_noise"
    index = tuple(int(i) for i in bad[0])
    place = f" at {list(index)}" if index else ""
    said = f"{len(bad)} of {z.size} are neither: the first{place} is {number(z[index])}"
    return f"a draw must be 0 or 1, but {said}", "not_binary"


def _no_noise(blocks: Blocks) -> Slip | None:
    z, mean = blocks.z["first"], blocks.law["mean"]
    if not blocks.kept.any():
        return None
    if np.allclose(z[blocks.kept], mean[blocks.kept], rtol=1e-5, atol=1e-5):
        return "returns the mean: no noise is added", "no_noise"
    r = blocks.pooled
    return constant(r) if float(np.ptp(r)) < 1e-2 and r.size > 3 else None


def _vanishing(law: Values, drawn: Values) -> Slip | None:
    """Where the standard deviation is next to nothing, a draw is its mean (for Bernoulli: p is 0 or 1)."""
    z = drawn["first.out"]
    if "p" in law:
        bad = np.argwhere(((law["p"] == 0) | (law["p"] == 1)) & (z != law["p"]))
        if not len(bad):
            return None
        index = tuple(int(i) for i in bad[0])
        return f"draws {number(z[index])} where p is {number(law['p'][index])}", "wrong_mean"
    off = np.abs(z - law["mean"])
    bad = np.argwhere((law["std"] < 1e-6) & (off > 1e-5 * (1 + np.abs(law["mean"])) + 40 * law["std"]))
    if not len(bad):
        return None
    index = tuple(int(i) for i in bad[0])
    sentence = (
        f"where the standard deviation is {law['std'][index]:.2g} a draw must be its mean "
        f"{number(law['mean'][index])}, but it is {number(z[index])}"
    )
    return sentence, "not_mean_at_zero_std"


def _freshness(blocks: Blocks, drawn: Values, verify: tuple[Verified, ...]) -> Slip | None:
    kept, z = blocks.kept, blocks.z
    if not kept.any():
        return None
    equal = {name: np.array_equal(z["first"][kept], z[name][kept]) for name in ("next", "again", "other")}
    seeds = "reseeds" in drawn
    if equal["next"] and (equal["other"] or "fresh" in verify):
        if seeds:
            return "every call returns the same noise, because the function sets torch's seed itself", "reseeds"
        return "every call returns the same noise", "noise_fixed"
    if "seed" not in verify:
        return None
    if seeds:
        return "the function sets torch's seed itself, so that its noise does not follow the seed of the run", "reseeds"
    if not equal["again"]:
        return "the same seed gives other draws: the noise does not come from torch's generator", "ignores_seed"
    if equal["other"]:
        return "another seed gives the same draws", "noise_fixed"
    return None


def _pathwise(law: Values, drawn: Values) -> Slip | None:
    """∂(w·z) against w·(∂mean + noise·∂std), input by input, where there is enough noise to be measured."""
    mean, std, weight = law["mean"], law["std"], law["weight"]
    z = drawn.get("path", mean)
    if z.shape != mean.shape:
        return f"shape is {_shape(z.shape)}, expected {_shape(mean.shape)}, when gradients are wanted", "wrong_shape"
    kept = std > NEGLIGIBLE * (1 + np.abs(mean))
    noise = np.where(kept, (z - mean) / np.where(kept, std, 1.0), 0.0)
    blocked: list[str] = []
    wrong: list[Slip] = []
    for name in (n.removeprefix("dmean.") for n in law if n.startswith("dmean.")):
        if law[f"dmean.{name}"].shape != mean.shape:
            continue
        want = weight * (law[f"dmean.{name}"] + noise * law[f"dstd.{name}"])
        got = drawn.get(f"gradient.{name}", np.zeros_like(want))
        if got.shape != want.shape:
            return f"the gradient with respect to `{name}` has the wrong shape", "wrong_gradient"
        off = kept & ~(np.abs(got - want) <= 1e-3 * (1 + np.abs(want)))
        reached = law[f"dmean.{name}"][kept].any() or law[f"dstd.{name}"][kept].any()
        if reached and (f"blocked.{name}" in drawn or (off.any() and not got[kept].any())):
            blocked.append(f"`{name}`")
        elif off.any():
            wrong.append(_wrong_gradient(name, off, got, want))
    if blocked:
        it = "it" if len(blocked) == 1 else "them"
        return f"no gradient reaches {' and '.join(blocked)}: the draw is detached from {it}", "detached"
    return wrong[0] if wrong else None


def _wrong_gradient(name: str, off: np.ndarray, got: np.ndarray, want: np.ndarray) -> Slip:
    index = tuple(int(i) for i in np.argwhere(off)[0])
    sentence = (
        f"the gradient of the draw with respect to `{name}` is wrong in {int(off.sum())} of {off.size} entries; "
        f"the first, at {list(index)}, is {number(got[index])}, expected {number(want[index])}"
    )
    return sentence, "wrong_gradient"


def _praise(verify: tuple[Verified, ...], size: int) -> str:
    words: dict[Verified, str] = {
        "moments": "have the right distribution",
        "fresh": "are fresh in every call",
        "seed": "follow the seed",
        "pathwise": "carry the right gradient",
    }
    told = [words[v] for v in words if v in verify]
    listed = " and ".join(filter(None, (", ".join(told[:-1]), told[-1])))
    return f"the draws {listed} ({size} tested)"
