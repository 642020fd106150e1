"""Kind `gradient`: what autograd finds in the student's function, against the reference's in float64."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from grader.checks.code import Call, Code, answer_cases, answered, tensors
from grader.checks.diagnose import Tolerance, compare_arrays
from grader.model import Expected, Observation, Outcome, Values
from grader.values import cases


@dataclass(frozen=True)
class Gradient:
    """The vector-Jacobian products of a function with respect to the inputs `wrt` agree with the reference's.

    The vector is random, positive, and chosen by the grader; `factors` as in `close`.
    """

    call: Call
    wrt: tuple[str, ...]
    given: str = ""
    rtol: float = 0.0
    atol: float = 0.0
    factors: tuple[float, ...] = (1.0,)

    asks_reference: ClassVar[bool] = True
    reads_text: ClassVar[bool] = False
    searchable: ClassVar[bool] = True

    def told(self, *, reference: bool) -> dict[str, Any]:
        return self.call.told(reference=reference) | {"wrt": list(self.wrt)}

    @staticmethod
    def probe(code: Code, call: Mapping[str, Any], given: Values) -> Values:
        function = code.function(call)

        def answer(inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
            found = answered(lambda: _gradients(function, call, inputs), call["dtype"])
            return {name.replace("out.", "", 1): array for name, array in found.items() if name != "type"}

        return answer_cases(answer, given, seed=call["seed"])

    def compare(self, expected: Expected, observed: Observation) -> Outcome:
        blocked = sorted(
            {n.removeprefix("blocked.") for c in cases(observed.values).values() for n in c if "blocked." in n}
        )
        if blocked:
            names = " and ".join(f"`{name}`" for name in blocked)
            return Outcome(
                0.0, f"no gradient reaches {names}: it is detached or left out of the computation", (), "no_gradient"
            )
        return compare_arrays(expected, observed.values, Tolerance(self.rtol, self.atol, self.factors))


def _gradients(
    function: Callable[[Mapping[str, Any]], Any], call: Mapping[str, Any], inputs: Mapping[str, np.ndarray]
) -> dict[str, Any]:
    """The vector-Jacobian products in float64, and `blocked.…` for each input that none reaches."""
    import torch

    handed = tensors(inputs, call["dtype"], grad=tuple(call["wrt"]))
    # Copies, as a network would hand them on: a leaf may not be changed in place, a copy may.
    out = function({name: tensor.clone() for name, tensor in handed.items()})
    if isinstance(out, int | float | np.ndarray | np.generic):  # a number has no gradient, and numpy keeps none
        return {f"blocked.{name}": True for name in call["wrt"]}
    if not isinstance(out, torch.Tensor):
        raise TypeError(f"returned {type(out).__name__}, which has no gradient; a tensor is expected")
    if not out.requires_grad:
        return {f"blocked.{name}": True for name in call["wrt"]}
    weight = torch.from_numpy(np.random.default_rng(call["seed"]).uniform(0.5, 1.5, tuple(out.shape)))
    leaves = [handed[name] for name in call["wrt"]]
    found = torch.autograd.grad(out, leaves, weight.to(out.dtype), allow_unused=True)
    named = zip(call["wrt"], found, strict=True)
    return {f"blocked.{name}" if g is None else name: True if g is None else g.detach().double() for name, g in named}
