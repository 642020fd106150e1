"""The verdict on a network that must be autoregressive, whatever its architecture is: outside of the box.

No output pixel may depend on its own input pixel or on a later one in raster order. A network that sees nothing is
autoregressive and useless, so it must see what every right one does: the last pixel of an image depends on its left
and on its upper neighbour, and every pixel but the first on an earlier one. Of rows of numbers, where a random choice
of masks may lose some (MADE), half of all pairs that are allowed.
"""

from __future__ import annotations

import numpy as np

from grader.checks.dependence import Field, Pixel, grid_of, illegal_place
from grader.checks.pixels import MAX_PIXELS
from grader.model import Evidence, Expected, Fact, Outcome, Values
from grader.values import cases, under

Slip = tuple[str, str]


def judged(expected: Expected, got: Values, when: str) -> Outcome:
    """Whether the network is autoregressive in every case that is small enough; names the smallest illegal pair."""
    wanted, here = cases(under(when, expected.values)), cases(under(when, got))
    asked = {case: arrays["size"] for case, arrays in wanted.items() if "matrix" in arrays}
    if not asked:
        raise ValueError(f"no case has at most {MAX_PIXELS} pixels, so no dependence was measured")
    order = sorted(asked, key=lambda case: int(np.prod(asked[case])))
    for case in order:
        size = tuple(int(n) for n in asked[case])
        slip = _slip(wanted[case]["matrix"], size)
        if slip:
            raise ValueError(f"the reference itself is not autoregressive: {slip[0]}")
        seen = here.get(case, {}).get("matrix", np.zeros(0, bool))
        if seen.shape != wanted[case]["matrix"].shape or seen.dtype != bool:
            return Outcome(0.0, "the dependence of the output on the input could not be measured", (), "wrong_shape")
        if not np.all(here[case].get("finite", np.array(False))):
            return Outcome(0.0, "the output is not finite for inputs between 0 and 2", (), "not_finite")
        slip = _slip(seen, size)
        if slip:
            # After a step it no longer matters which mask was meant.
            end = ": nothing is masked" if slip[1] == "no_mask" and when == "before" else ""
            return Outcome(0.0, slip[0] + end, _shown(seen, size), slip[1])
    largest = order[-1]
    size = tuple(int(n) for n in asked[largest])
    return Outcome(1.0, "no output pixel depends on itself or on a later one", _shown(here[largest]["matrix"], size))


def _slip(seen: np.ndarray, size: tuple[int, ...]) -> Slip | None:
    return _illegal(seen, size) or _blind(seen, size)


def _illegal(seen: np.ndarray, size: tuple[int, ...]) -> Slip | None:
    """The smallest pair that may not be: a later input if any output depends on one, else the pixel itself."""
    later, itself = np.triu(seen, 1), np.diag(seen)
    if later.any():
        o, i = (int(k) for k in np.argwhere(later)[0])
        note = "no_mask" if later.sum() == len(seen) * (len(seen) - 1) // 2 else "sees_later"
        return f"output {_at(o, size)} depends on input {_at(i, size)}, which is {_place(o, i, size)}", note
    if itself.any():
        o = int(np.argmax(itself))
        return f"output {_at(o, size)} depends on input {_at(o, size)}, which is itself", "sees_itself"
    return None


def _blind(seen: np.ndarray, size: tuple[int, ...]) -> Slip | None:
    """What a network without any illegal pair fails to see although it may."""
    rows, columns, each = size
    if len(seen) < 2:
        return None
    if not seen.any():
        return "no output pixel depends on any input pixel", "sees_nothing"
    if rows == 1:
        legal = len(seen) * (len(seen) - 1) // 2
        said = f"of the {legal} pairs of an entry and an earlier one only {int(seen.sum())} depend on each other"
        return (said, "lost_pixels") if 2 * seen.sum() < legal else None
    last = rows * columns - 1
    for name, step in (("to its left", 1), ("above it", columns)):
        block = seen[last * each :, (last - step) * each : (last - step + 1) * each]
        if last - step >= 0 and not block.any():
            output, source = _pixel(last, columns), _pixel(last - step, columns)
            return f"output {output} does not see input {source} {name}", "lost_pixels"
    blind = [k for k in range(each, len(seen)) if not seen[k].any()]
    return (f"output {_at(blind[0], size)} sees no earlier pixel at all", "lost_pixels") if blind else None


def _pixel(index: int, columns: int) -> Pixel:
    return divmod(index, columns)


def _at(index: int, size: tuple[int, ...]) -> str:
    """A position in words: its pixel, and its channel where channels count."""
    _, columns, each = size
    pixel, channel = divmod(index, each)
    return f"{_pixel(pixel, columns)}" + (f" of channel {channel}" if each > 1 else "")


def _place(output: int, source: int, size: tuple[int, ...]) -> str:
    _, columns, each = size
    a, b = _pixel(output // each, columns), _pixel(source // each, columns)
    return "a later channel of the same pixel" if a == b and output != source else illegal_place(a, b)


def _shown(seen: np.ndarray, size: tuple[int, ...]) -> tuple[Evidence, ...]:
    """What the centre sees, and how many pairs are illegal; the channels of a pixel are one cell."""
    _, columns, each = size
    counts = Fact("illegal pairs of output and input", str(int(np.triu(seen).sum())))
    if each > 1:
        return (counts,)
    return (grid_of(Field(np.tril(seen, -1), seen, columns)), counts)
