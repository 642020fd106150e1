"""Kind `close`: a deterministic function, compared number by number with a float64 reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from grader.checks.code import Call, Code, answer_cases, answered, tensors
from grader.checks.diagnose import Tolerance, compare_arrays
from grader.model import Expected, Observation, Outcome, Values


@dataclass(frozen=True)
class Close:
    """The values of a function agree with the reference on every case.

    An entry agrees if |observed − expected| ≤ 16·eps·(Σ|terms| + n) + atol + rtol·|expected|: what a right float32
    formula can be off by (see `magnitude`), and what the item allows beyond. Both are computed from the same float32
    inputs, the reference in float64. `factors` are constant factors that are accepted as well (a loss that some books
    halve); one factor must then hold for all cases.
    """

    call: Call
    given: str = ""
    rtol: float = 0.0
    atol: float = 0.0
    factors: tuple[float, ...] = (1.0,)

    asks_reference: ClassVar[bool] = True
    reads_text: ClassVar[bool] = False
    searchable: ClassVar[bool] = True

    def told(self, *, reference: bool) -> dict[str, Any]:
        return self.call.told(reference=reference)

    @staticmethod
    def probe(code: Code, call: Mapping[str, Any], given: Values) -> Values:
        function = code.function(call)

        def answer(inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
            handed = tensors(inputs, call["dtype"])
            found = answered(lambda: function(handed), call["dtype"])
            changed = [name for name, tensor in handed.items() if not same(tensor, inputs[name])]
            return found | ({"changed": np.array(", ".join(changed))} if changed else {})

        return answer_cases(answer, given, seed=call["seed"])

    def compare(self, expected: Expected, observed: Observation) -> Outcome:
        return compare_arrays(expected, observed.values, Tolerance(self.rtol, self.atol, self.factors))


def same(tensor: Any, array: np.ndarray) -> bool:
    """Whether a tensor still holds what it was made from."""
    now = tensor.detach().numpy()
    return now.shape == array.shape and bool(np.array_equal(now.astype(array.dtype), array, equal_nan=True))
