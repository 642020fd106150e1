"""Says what is wrong with arrays, and names the mistake where it can be recognised.

The order is that of a careful reader: was an array returned at all, is it a known mistake, has it the right shape
and dtype, is it finite, does it agree; and if not, is it the sign, a factor, a mean for a sum, a constant?
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from grader.checks.code import SCALE
from grader.model import Evidence, Expected, Fact, Mistake, Outcome, Table, Values
from grader.values import cases, under

Case = Mapping[str, np.ndarray]
META = ("type", "error", "changed")
K = 16.0
"""How many times eps·(Σ|terms| + n) a right formula may be off; the study's right ones needed 4.2 at most."""
EPS = float(np.finfo(np.float32).eps)
TINY = float(np.finfo(np.float32).tiny)
"""What is smaller may underflow to 0 in a right formula."""


@dataclass(frozen=True)
class Tolerance:
    """|observed − f·expected| ≤ K·eps·scale + atol + rtol·|f·expected| for one of the accepted factors f."""

    rtol: float = 0.0
    atol: float = 0.0
    factors: tuple[float, ...] = (1.0,)


@dataclass(frozen=True)
class Pair:
    """Expected and observed array of one case under one name; `scale` is the size of the terms behind `expected`."""

    case: str
    name: str
    expected: np.ndarray
    observed: np.ndarray
    scale: np.ndarray


def compare_arrays(expected: Expected, observed: Values, tolerance: Tolerance) -> Outcome:
    """The verdict on arrays under the same names as the reference's, case by case."""
    wanted, got = cases(expected.values), cases(observed)
    # A case that raises is the student's answer to that case: shown with the inputs' shapes, not with a traceback.
    for case in wanted:
        if "error" in got.get(case, {}):
            shapes = ", ".join(f"{name} {_shape(array)}" for name, array in cases(expected.given)[case].items())
            return _wrong(f"raises {got[case]['error']} for inputs of shape {shapes}", "raises", expected, tolerance)
    pairs = list(_pairs(wanted, got))
    outcome = _not_arrays(wanted, got)
    if outcome is None and any(agree(pairs, tolerance, factor) for factor in tolerance.factors):
        changed = sorted({str(case["changed"]) for case in got.values() if "changed" in case})
        if changed:
            return Outcome(
                0.0,
                f"the values are right, but the function changes its input {changed[0]} in place",
                (),
                "changes_input",
            )
        return Outcome(1.0, f"agrees with the reference in all {len(wanted)} cases", (_largest_gap(pairs),))
    mistake = known_mistake(expected, observed, tolerance)
    if mistake is not None:
        return _wrong(mistake.sentence, mistake.slug, expected, tolerance, pairs)
    if outcome is not None:
        return outcome
    sentence, note = (
        _shape_slip(pairs)
        or _dtype_slip(pairs)
        or _not_finite(pairs, expected)
        or _not_infinite(pairs)
        or _value_slip(pairs, expected, tolerance)
    )
    return _wrong(sentence, note, expected, tolerance, pairs)


def agree(pairs: list[Pair], tolerance: Tolerance, factor: float = 1.0) -> bool:
    """Whether all pairs have equal shapes, a floating observed dtype, and values near factor·expected."""
    return all(
        p.expected.shape == p.observed.shape
        and (p.observed.dtype.kind == "f" or p.expected.dtype.kind != "f")
        and bool(np.all(within(p.expected * factor, p.observed, tolerance, p.scale * factor)))
        for p in pairs
    )


def within(expected: np.ndarray, observed: np.ndarray, tolerance: Tolerance, scale: np.ndarray) -> np.ndarray:
    """Which entries agree. Infinite entries must be equal; NaN agrees with nothing."""
    with np.errstate(invalid="ignore", over="ignore"):
        allowed = TINY + K * EPS * np.abs(scale) + tolerance.atol + tolerance.rtol * np.abs(expected)
        close = np.abs(observed - expected) <= allowed
    agrees: np.ndarray = np.where(np.isfinite(expected), close, observed == expected)
    return agrees


def number(value: complex) -> str:
    """A number as it is shown: six significant digits at most, a true minus sign, no needless zeros."""
    return f"{value if isinstance(value, complex) else float(value):.6g}".replace("-", "−")


def _pairs(wanted: Mapping[str, Case], got: Mapping[str, Case]) -> Iterator[Pair]:
    for case, arrays in wanted.items():
        for name, array in arrays.items():
            if not _meta(name) and name in got.get(case, {}):
                yield Pair(case, name, _numbers(array), _numbers(got[case][name]), _scale(arrays, name))


def _meta(name: str) -> bool:
    return name in META or name.startswith(SCALE)


def _scale(arrays: Case, name: str) -> np.ndarray:
    """The size of the terms behind an array; where the reference could not tell, what the array holds."""
    scale = arrays.get(f"{SCALE}{name}")
    return np.abs(_numbers(arrays[name])) if scale is None or scale.shape != arrays[name].shape else scale


def _numbers(array: np.ndarray) -> np.ndarray:
    # numpy does not subtract truth values.
    return array.astype(np.int8) if array.dtype == bool else array


def _not_arrays(wanted: Mapping[str, Case], got: Mapping[str, Case]) -> Outcome | None:
    for case, arrays in wanted.items():
        names = [name for name in arrays if not _meta(name)]
        here = [name for name, array in got.get(case, {}).items() if not _meta(name) and array.dtype.kind != "U"]
        if set(names) != set(here):
            returned = str(got.get(case, {}).get("type", np.array("nothing")))
            want = " and ".join(f"an array of shape {_shape(arrays[name])}" for name in names)
            return Outcome(0.0, f"returned {returned}, expected {want}", (), "wrong_type")
    return None


def known_mistake(expected: Expected, observed: Values, tolerance: Tolerance) -> Mistake | None:
    """The named mistake whose answers these are, times one of the accepted factors."""
    wanted, got = cases(expected.values), cases(observed)
    for mistake in expected.mistakes:
        answers = cases(mistake.values)
        if any(_is_mistake(answers, got, wanted, tolerance, factor) for factor in tolerance.factors):
            return mistake
    return None


def _is_mistake(
    mistake: Mapping[str, Case], got: Mapping[str, Case], wanted: Mapping[str, Case], tol: Tolerance, factor: float
) -> bool:
    """Whether the observed values are those of the mistake wherever the mistake has any."""
    compared = 0
    for case, arrays in mistake.items():
        for name, array in arrays.items():
            if _meta(name):
                continue
            scale = factor * _scale(arrays, name)
            seen = got.get(case, {}).get(name)
            if seen is None or seen.dtype.kind == "U" or seen.shape != array.shape:
                return False
            array, seen = factor * _numbers(array), _numbers(seen)  # noqa: PLW2901
            same_kind = np.isnan(array) == np.isnan(seen)
            if not np.all(same_kind & (np.isnan(array) | within(array, seen, tol, scale))):
                return False
            reference = wanted[case].get(name)
            equal = reference is not None and reference.shape == array.shape
            compared += reference is None or not equal or not np.all(within(factor * reference, array, tol, scale))
    return compared > 0


def _shape_slip(pairs: list[Pair]) -> tuple[str, str] | None:
    """The first wrong shape; a case with unequal sizes shows best what happened."""
    wrong = [p for p in pairs if p.expected.shape != p.observed.shape]
    if not wrong:
        return None
    p = max(wrong, key=_telling)
    want, got = p.expected.shape, p.observed.shape
    said = f"shape is {_shape(p.observed)}, expected {_shape(p.expected)}"
    if len(got) > 1 and got[::-1] == want:
        return f"{said}: it is transposed", "transposed"
    if [n for n in got if n != 1] == [n for n in want if n != 1]:
        return (
            f"{said}: a dimension of size 1 is {'left over' if len(got) > len(want) else 'missing'}",
            "extra_dimension",
        )
    if len(want) == 1 and got == (want[0], want[0]):
        return f"{said}: a column was broadcast against a row", "broadcast"
    if got == () and want:
        return f"{said}: the batch was summed or averaged as well", "reduced_too_far"
    if len(got) > len(want) and got[: len(want)] == want:
        return f"{said}: the sum over the other dimensions is missing", "not_reduced"
    return said, "wrong_shape"


def _telling(p: Pair) -> tuple[int, int, int]:
    """How much the shapes of a pair tell: sizes other than 1, sizes that differ, and the fewer entries the better."""
    sizes = p.expected.shape + p.observed.shape
    return sum(n != 1 for n in sizes), len(set(sizes)), -p.observed.size


def _dtype_slip(pairs: list[Pair]) -> tuple[str, str] | None:
    for p in pairs:
        if p.expected.dtype.kind == "f" and p.observed.dtype.kind != "f":
            return f"dtype is {p.observed.dtype}, expected a floating one such as float32", "wrong_dtype"
    return None


def _not_finite(pairs: list[Pair], expected: Expected) -> tuple[str, str] | None:
    for p in sorted(pairs, key=lambda pair: pair.observed.size):
        bad = np.argwhere(np.isfinite(p.expected) & ~np.isfinite(p.observed))
        if len(bad):
            index = tuple(int(i) for i in bad[0])
            place = f" at {list(index)}" if index else ""
            asked = _inputs_at(cases(expected.given)[p.case], index)
            sentence = (
                f"{len(bad)} of {p.observed.size} entries not finite; the first{place} is "
                f"{number(p.observed[index])}, expected {number(p.expected[index])}, for {asked}"
            )
            return sentence, "not_finite"
    return None


def _not_infinite(pairs: list[Pair]) -> tuple[str, str] | None:
    for p in sorted(pairs, key=lambda pair: pair.observed.size):
        bad = np.argwhere(np.isinf(p.expected) & np.isfinite(p.observed))
        if len(bad):
            index = tuple(int(i) for i in bad[0])
            got, want = number(p.observed[index]), number(p.expected[index])
            sentence = f"finite where the value is infinite: got {got}, expected {want}"
            return f"{sentence}; a small constant in a logarithm or a denominator hides it", "not_infinite"
    return None


def _inputs_at(inputs: Case, index: tuple[int, ...]) -> str:
    """The inputs that led to one output entry, as far as the shapes tell; of many inputs only the shapes."""
    if len(inputs) > 3:
        return "inputs of shape " + ", ".join(f"{name} {_shape(array)}" for name, array in inputs.items())
    told = []
    for name, array in inputs.items():
        here = array[index] if len(index) <= array.ndim else array
        told.append(f"{name} = {_brief(here)}")
    return ", ".join(told)


def _value_slip(pairs: list[Pair], expected: Expected, tolerance: Tolerance) -> tuple[str, str]:
    """Names sign, factor, mean for sum or constant where one explains every case; else where they differ most."""
    finite = [p for p in pairs if np.all(np.isfinite(p.observed)) and np.all(np.isfinite(p.expected))]
    shown = [p for p in finite if np.any(np.abs(p.expected) > 1e-3)]
    ratios = [_ratio(p) for p in shown]
    if shown and all(r is not None for r in ratios):
        named = _ratio_slip(shown, [r for r in ratios if r is not None], cases(expected.given))
        if named:
            return named
    offset = _offset(pairs, tolerance)
    if offset:
        return offset
    p, wrong = max(
        ((p, ~within(p.expected, p.observed, tolerance, p.scale)) for p in pairs),
        key=lambda pw: float(_gap(pw[0]).max(initial=0)),
    )
    index = (
        tuple(int(i) for i in np.unravel_index(int(np.argmax(_gap(p))), p.expected.shape)) if p.expected.shape else ()
    )
    place = f", the largest at {list(index)}" if index else ""
    count = f"{int(wrong.sum())} of {wrong.size} entries differ{place}"
    return f"{count}: got {number(p.observed[index])}, expected {number(p.expected[index])}", "wrong_values"


def _ratio(p: Pair) -> float | None:
    """The one factor by which all entries are off, or None."""
    norm = float(np.sum(np.square(p.expected)))
    ratio = float(np.sum(p.observed * p.expected)) / norm
    off = np.abs(p.observed - ratio * p.expected)
    return ratio if np.all(off <= 1e-4 * np.abs(p.expected) * max(abs(ratio), 1e-3) + 1e-5) else None


def _ratio_slip(pairs: list[Pair], ratios: list[float], given: Mapping[str, Case]) -> tuple[str, str] | None:
    if np.allclose(ratios, -1.0, rtol=1e-3):
        return "the sign is wrong: every value is −1 times the expected one", "sign"
    if np.allclose(ratios, ratios[0], rtol=1e-3, atol=1e-6) and len(ratios) > 1:
        if abs(ratios[0]) < 1e-3:
            return "every value is zero", "zero"
        return f"off by a factor: every value is {number(ratios[0])} times the expected one", "factor"
    return _reduction_slip(pairs, ratios, given)


def _reduction_slip(pairs: list[Pair], ratios: list[float], given: Mapping[str, Case]) -> tuple[str, str] | None:
    """A factor that follows a size: 1/size is a mean where a sum was asked for, size a sum where a mean was."""
    sizes = {"the batch": 0, "all other dimensions": 1, "all entries": 2}
    for words, which in sizes.items():
        counts = []
        for p in pairs:
            shape = max((array.shape for array in given[p.case].values()), key=len)
            rest = int(np.prod(shape[1:]))
            counts.append((shape[0] if shape else 1, rest, (shape[0] if shape else 1) * rest)[which])
        if len(set(counts)) < 2:
            continue
        if np.allclose(np.array(ratios) * counts, 1.0, rtol=1e-3):
            return f"a mean over {words} where a sum is expected", "mean_for_sum"
        if np.allclose(ratios, counts, rtol=1e-3):
            return f"a sum over {words} where a mean is expected", "sum_for_mean"
    return None


def _offset(pairs: list[Pair], tolerance: Tolerance) -> tuple[str, str] | None:
    with np.errstate(invalid="ignore", over="ignore"):
        gaps = np.concatenate([(p.observed - p.expected).ravel() for p in pairs])
    if len(gaps) > 2 and np.all(np.isfinite(gaps)):
        middle = float(np.median(gaps))
        shifted = [within(p.expected + middle, p.observed, tolerance, p.scale + abs(middle)) for p in pairs]
        if all(map(np.all, shifted)):
            return (
                f"off by a constant: every value is {number(middle)} too {'large' if middle > 0 else 'small'}",
                "offset",
            )
    return None


def _wrong(
    sentence: str, note: str, expected: Expected, tolerance: Tolerance, pairs: list[Pair] | None = None
) -> Outcome:
    evidence: list[Evidence] = []
    if expected.smallest:
        evidence.append(_example("smallest failing input", expected.smallest))
    elif pairs:
        failing = [p for p in pairs if not agree([p], tolerance)]
        if failing:
            p = min(failing, key=lambda pair: pair.observed.size + pair.expected.size)
            asked = cases(expected.given)[p.case]
            example = {f"given/{name}": array for name, array in asked.items()}
            example |= {f"expected/{p.name}": p.expected, f"observed/{p.name}": p.observed}
            evidence.append(_example("a failing input", example))
    return Outcome(0.0, sentence, tuple(evidence), note)


def _example(label: str, values: Values) -> Table:
    rows = [(name, _brief(array)) for name, array in under("given", values).items()]
    for word in ("observed", "expected"):
        told = "got" if word == "observed" else word
        shown = {name: array for name, array in under(word, values).items() if _telling_entry(name, values)}
        rows += [(_told(told, name), _brief(array)) for name, array in shown.items()]
    return Table(label, ("", "value"), tuple(rows))


def _telling_entry(name: str, values: Values) -> bool:
    """Whether an entry of the answer is shown: not what agrees exactly, where there are several."""
    if _meta(name):
        return False
    got, want = (values.get(f"{word}/{name}") for word in ("observed", "expected"))
    return name == "out" or got is None or want is None or got.shape != want.shape or not np.array_equal(got, want)


def _told(word: str, name: str) -> str:
    return word if name == "out" else f"{word} ({name.removeprefix('out.')})"


def _largest_gap(pairs: list[Pair]) -> Fact:
    gap = max((float(_gap(p).max(initial=0.0)) for p in pairs), default=0.0)
    return Fact("largest difference", number(gap))


def _gap(p: Pair) -> np.ndarray:
    with np.errstate(invalid="ignore", over="ignore"):
        gap = np.nan_to_num(np.abs(np.asarray(p.observed - p.expected)), nan=np.inf)
    # Two equal infinities have no gap, though their difference is not a number.
    return np.asarray(np.where(p.observed == p.expected, 0.0, gap))


def _shape(array: np.ndarray) -> str:
    return f"({', '.join(map(str, array.shape))}{',' if array.ndim == 1 else ''})"


def _brief(array: np.ndarray) -> str:
    """An array as text: whole when small, else its shape and beginning."""
    array = np.asarray(array)
    if array.dtype.kind == "U":
        return str(array)
    if array.size > 12:
        head = ", ".join(number(v) for v in array.ravel()[:4])
        return f"[{head}, …] of shape {_shape(array)}"
    return _nested(array)


def _nested(array: np.ndarray) -> str:
    if array.ndim == 0:
        return number(array.item())
    return f"[{', '.join(_nested(entry) for entry in array)}]"
