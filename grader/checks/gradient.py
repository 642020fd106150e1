"""Kind `gradient`: what autograd finds in the student's function, against the reference's in float64."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from grader.checks.code import Call, Code, answer_cases, tensors
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
    rtol: float = 1e-3
    atol: float = 1e-5
    factors: tuple[float, ...] = (1.0,)

    asks_reference: ClassVar[bool] = True
    searchable: ClassVar[bool] = True

    def told(self, *, reference: bool) -> dict[str, Any]:
        return self.call.told(reference=reference) | {"wrt": list(self.wrt)}

    @staticmethod
    def probe(code: Code, call: Mapping[str, Any], given: Values) -> Values:
        import torch

        function = code.function(call)

        def answer(inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
            handed = tensors(inputs, call["dtype"], grad=tuple(call["wrt"]))
            # Copies, as a network would hand them on: a leaf may not be changed in place, a copy may.
            out = function({name: tensor.clone() for name, tensor in handed.items()})
            if not isinstance(out, torch.Tensor):
                raise TypeError(f"returned {type(out).__name__}, which has no gradient; a tensor is expected")
            leaves = [handed[name] for name in call["wrt"]]
            if not out.requires_grad:
                return {f"blocked.{name}": np.array(True) for name in call["wrt"]}
            weight = np.random.default_rng(call["seed"]).uniform(0.5, 1.5, tuple(out.shape))
            found = torch.autograd.grad(
                out, leaves, torch.from_numpy(np.array(weight)).to(out.dtype), allow_unused=True
            )
            named = dict(zip(call["wrt"], found, strict=True))
            return {
                name if gradient is not None else f"blocked.{name}": np.array(True)
                if gradient is None
                else gradient.detach().double().numpy()
                for name, gradient in named.items()
            }

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
