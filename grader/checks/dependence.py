"""Which output pixel sees which input pixel, expected and observed: the verdict and its words, outside of the box.

A mistake is named by the mask that would explain every wrong pair: type B for type A, one column or row too late.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grader.checks.pixels import MAX_PIXELS
from grader.model import Expected, Fact, Grid, Outcome, Values
from grader.values import cases, under

Pixel = tuple[int, int]


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


def judged(expected: Expected, got: Values, when: str) -> Outcome:
    """Whether every output pixel depends on exactly the input pixels that the reference's depends on."""
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
            1.0, "every output pixel depends on exactly the input pixels that it may see", (grid_of(largest),)
        )
    # A field of at least 3×3 with a whole neighbourhood shows what kind of mistake it is.
    f = max(wrong, key=lambda field: (bool(_offsets(field, field.observed | field.expected)), -len(field.expected)))
    # After a step it no longer matters which mask was meant.
    named = [_name(field) for field in wrong] if when == "before" else []
    sentence, note = (_name(f) if named else None) or next((n for n in named if n), None) or (said(f), _generic(f))
    counts = f"{int(f.illegal.sum())} pairs too many, {int(f.lost.sum())} missing"
    return Outcome(0.0, sentence, (grid_of(f), Fact("pairs of output and input pixel", counts)), note)


def _pair(pairs: np.ndarray, f: Field) -> Pixel:
    """The (output, input) to show: at the centre, which the picture shows, else the smallest."""
    if pairs[f.centre].any():
        return f.centre, int(np.argmax(pairs[f.centre]))
    output, source = np.argwhere(pairs)[0]
    return int(output), int(source)


def said(f: Field) -> str:
    """The first illegal or lost pair, in words."""
    if f.illegal.any():
        later = np.triu(f.illegal)
        o, i = _pair(later if later.any() else f.illegal, f)
        return f"output {f.at(o)} depends on input {f.at(i)}, which is {illegal_place(f.at(o), f.at(i))}"
    o, i = _pair(f.lost, f)
    return f"output {f.at(o)} does not see input {f.at(i)} {_lost_place(f.at(o), f.at(i))}"


def illegal_place(output: Pixel, source: Pixel) -> str:
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
    told = said(f)
    illegal, lost, seen = _offsets(f, f.illegal), _offsets(f, f.lost), _offsets(f, f.observed)
    if not seen:
        return None
    if illegal == {(0, 0)} and not lost:
        return f"{told}, as with a mask of type B where type A is expected", "mask_b_for_a"
    if lost == {(0, 0)} and not illegal:
        return f"{told}, as with a mask of type A where type B is expected", "mask_a_for_b"
    if illegal and not lost and seen == {(-d, -r) for d, r in seen}:
        return f"{told}: nothing is masked", "no_mask"
    if illegal and {d for d, _ in illegal} == {0} and max(r for _, r in illegal) == 1:
        return f"{told}: the mask ends one column too late", "mask_off_by_one"
    if illegal and {d for d, _ in illegal} <= {0, 1} and (1, 0) in illegal:
        return f"{told}: the mask ends one row too late", "mask_off_by_one"
    return _lost_name(told, illegal, lost)


def _lost_name(told: str, illegal: set[Pixel], lost: set[Pixel]) -> tuple[str, str] | None:
    if illegal or not lost:
        return None
    # The pixel itself goes with its row or column where type B is expected.
    beside = lost - {(0, 0)}
    if beside and {d for d, _ in beside} == {0}:
        return f"{told}: the mask ends too early in the row", "mask_off_by_one"
    if beside and all(d < 0 < r for d, r in beside) and (0, 0) not in lost:
        return f"{told}: the rows above are masked on their right", "lost_above_right"
    if {(0, -1), (-1, 0)} & beside and all(d >= -1 for d, _ in beside):
        return f"{told}: the mask ends one row too early", "mask_off_by_one"
    return None


def grid_of(f: Field) -> Grid:
    """What the centre output pixel sees."""
    names = {(True, True): "right", (False, True): "illegal", (True, False): "lost", (False, False): "unused"}
    row = [names[bool(e), bool(o)] for e, o in zip(f.expected[f.centre], f.observed[f.centre], strict=True)]
    if row[f.centre] in ("right", "unused"):
        row[f.centre] = "centre"
    cells = tuple(tuple(row[k : k + f.columns]) for k in range(0, len(row), f.columns))
    return Grid(f"input pixels that output {f.at(f.centre)} depends on", cells)
