"""Noise as standard normal residuals: the tests with known laws, and the names of what fails them.

Used by the kind `draws`. Each test has a law that holds for every sample size, exactly or as a bound, so nothing is
tuned: a right sampler fails with a probability that can be written down.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from grader.checks.diagnose import number
from grader.model import Evidence, Fact, Plot, Values

Slip = tuple[str, str]
"""A sentence for the student, and its note."""

LEVEL = 3.3e-4
"""Level of one test on one block. A test fails only if it fails on both of two blocks with seeds of their own: each of
the 9 tests rejects a right sampler with probability LEVEL² at most, all of them together with 9 · LEVEL² < 1e-6."""

NEGLIGIBLE = 1e-3
"""Below this standard deviation, relative to 1 + |mean|, float32 leaves too few digits of the noise to be tested."""


@dataclass(frozen=True)
class Blocks:
    """The residuals of the largest case: two calls under each of two seeds; `kept` are the entries that have noise."""

    law: Values
    z: Mapping[str, np.ndarray]
    kept: np.ndarray
    residuals: Mapping[str, np.ndarray]

    @property
    def first(self) -> np.ndarray:
        return self.residuals["first"]

    @property
    def pooled(self) -> np.ndarray:
        return np.concatenate([self.residuals["first"][self.kept], self.residuals["other"][self.kept]])

    def facts(self) -> tuple[Evidence, ...]:
        r = self.pooled
        if not r.size:
            return ()
        return (
            Fact("mean of the noise", f"{number(round(float(r.mean()), 4))} (expected 0)"),
            Fact("standard deviation of the noise", f"{number(round(float(r.std()), 4))} (expected 1)"),
        )

    def evidence(self) -> tuple[Evidence, ...]:
        if self.pooled.size < 10:
            return self.facts()
        return (*self.facts(), self._rates() if "p" in self.law else self._quantiles())

    def _quantiles(self) -> Plot:
        from scipy.special import ndtri

        at = (np.arange(150) + 0.5) / 150
        x = tuple(float(v) for v in ndtri(at))
        y = tuple(float(v) for v in np.quantile(self.pooled, at))
        ends = ((x[0], x[-1]), (x[0], x[-1]))
        return Plot(
            "quantiles of the noise",
            "scatter",
            {"observed": (x, y), "expected": ends},
            "quantile of the standard normal",
            "quantile of (z − mean) / std",
        )

    def _rates(self) -> Plot:
        p, z = self.law["p"][self.kept], self.z["first"][self.kept]
        order = np.array_split(np.argsort(p, kind="stable"), min(20, p.size))
        x = tuple(float(p[bin_].mean()) for bin_ in order)
        y = tuple(float(z[bin_].mean()) for bin_ in order)
        return Plot("share of ones", "scatter", {"observed": (x, y), "expected": (x, x)}, "p", "share of ones")


def centre(law: Values) -> np.ndarray:
    """The mean of each entry: `p` of a Bernoulli law, `mean` of a normal one."""
    return law["p"] if "p" in law else law["mean"]


def blocks_of(law: Values, drawn: Values) -> Blocks:
    """The residuals of one case, from its law and the draws under `first.out`, `next.out`, `again.out`, `other.out`."""
    z = {name: drawn[f"{name}.out"] for name in ("first", "next", "again", "other")}
    if "p" in law:
        kept = (law["p"] > 0) & (law["p"] < 1)
        made = {name: _spread(z[name], law["p"]) for name in ("first", "next", "other")}
        return Blocks(law, z, kept, made)
    kept = law["std"] > NEGLIGIBLE * (1 + np.abs(law["mean"]))
    scale = np.where(kept, law["std"], 1.0)
    return Blocks(law, z, kept, {name: (z[name] - law["mean"]) / scale for name in ("first", "next", "other")})


def _spread(z: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Zeros and ones as standard normal numbers: uniform within the part of [0, 1] that each outcome has, then Φ⁻¹."""
    from scipy.special import ndtri

    # Numbers that follow from the draws: the same verdict every time, and no one choice of them that suits all draws.
    key = hashlib.sha256(np.packbits(z != 0).tobytes()).digest()
    v = np.random.default_rng(int.from_bytes(key[:8], "big")).uniform(1e-12, 1 - 1e-12, z.shape)
    u = np.where(z != 0, 1 - p + p * v, (1 - p) * v)
    return np.asarray(ndtri(np.clip(u, 1e-15, 1 - 1e-15)))


Test = Callable[[Blocks, str], float]


def moments(blocks: Blocks, given: Values) -> Slip | None:
    """What is wrong with the law of one draw, or None."""
    if not blocks.kept.any():
        return None
    failing = [name for name, test in TESTS.items() if _fails(test, blocks, ("first", "other"))]
    if not failing:
        return None
    named = _binary_slip(blocks) if "p" in blocks.law else _named(blocks, given)
    return named or _described(blocks, failing)


def calls(blocks: Blocks) -> Slip | None:
    """Whether two calls in a row are dependent."""
    # The entries of one pair of calls are two independent halves: even ones and odd ones.
    if not _fails(_pairs, blocks, ("even", "odd")):
        return None
    return "two calls in a row return noise that is dependent", "noise_dependent"


def constant(r: np.ndarray) -> Slip:
    """The slip of a function without noise."""
    value = number(round(float(np.median(r)), 3))
    return f"the same number {value} takes the place of the noise everywhere", "no_noise"


def _fails(test: Test, blocks: Blocks, names: tuple[str, str]) -> bool:
    return all(test(blocks, name) < LEVEL for name in names)


def _two_sided(lower: Any, upper: Any) -> float:
    return min(1.0, 2 * min(float(lower), float(upper)))


def _gauss(t: float) -> float:
    from scipy.special import ndtr

    return 2 * float(ndtr(-abs(t)))


def _chi_square(x: float, degrees: int) -> float:
    from scipy.special import chdtr, chdtrc

    return _two_sided(chdtr(degrees, x), chdtrc(degrees, x))


def _mean(blocks: Blocks, name: str) -> float:
    r = blocks.residuals[name][blocks.kept]
    return _gauss(float(r.sum()) / np.sqrt(r.size))


def _spread_test(blocks: Blocks, name: str) -> float:
    r = blocks.residuals[name][blocks.kept]
    return _chi_square(float(r @ r), r.size)


def _form_test(blocks: Blocks, name: str) -> float:
    return _kolmogorov(blocks.residuals[name][blocks.kept])


def _kolmogorov(r: np.ndarray) -> float:
    """Kolmogorov-Smirnov against the standard normal, by the bound of Massart (1990): P ≤ 2·exp(−2nD²) for every n."""
    from scipy.special import ndtr

    u = ndtr(np.sort(r))
    steps = np.arange(r.size + 1) / r.size
    gap = max(float((steps[1:] - u).max()), float((u - steps[:-1]).max()))
    return min(1.0, 2 * float(np.exp(-2 * r.size * gap**2)))


def _sums(blocks: Blocks, name: str, axis: int) -> float:
    """Sums of the noise over one axis of (first dimension) × (all others), each scaled to variance 1."""
    shape = (blocks.kept.shape[0] if blocks.kept.ndim else 1, -1)
    kept = blocks.kept.reshape(shape)
    r = np.where(kept, blocks.residuals[name].reshape(shape), 0.0)
    count = kept.sum(axis)
    if kept.shape[axis] < 2 or not count.any():
        return 1.0
    sums = r.sum(axis)[count > 0] / np.sqrt(count[count > 0])
    return _chi_square(float(sums @ sums), sums.size)


def _rows(blocks: Blocks, name: str) -> float:
    return _sums(blocks, name, 1)


def _columns(blocks: Blocks, name: str) -> float:
    return _sums(blocks, name, 0)


def _against(blocks: Blocks, name: str, values: np.ndarray) -> float:
    """Noise against values that were fixed before it: Σ r·c / ‖c‖ is standard normal."""
    c = values[blocks.kept] - values[blocks.kept].mean()
    norm = float(np.sqrt(c @ c))
    return 1.0 if norm < 1e-6 * np.sqrt(c.size) else _gauss(float(blocks.residuals[name][blocks.kept] @ c) / norm)


def _with_mean(blocks: Blocks, name: str) -> float:
    return _against(blocks, name, centre(blocks.law))


def _with_std(blocks: Blocks, name: str) -> float:
    # A Bernoulli law has no second parameter.
    return 1.0 if "p" in blocks.law else _against(blocks, name, np.log(np.maximum(blocks.law["std"], 1e-300)))


def _lag(blocks: Blocks, name: str) -> float:
    r = blocks.residuals[name][blocks.kept]
    half = r.size // 2
    return _fisher(r[: 2 * half : 2], r[1 : 2 * half : 2])


def _fisher(a: np.ndarray, b: np.ndarray) -> float:
    """Correlation of pairs: Σ(a+b)² and Σ(a−b)² are independent and χ², so their ratio has an F distribution."""
    from scipy.special import fdtr, fdtrc

    below = float(np.square(a - b).sum())
    if not a.size or not below:
        return 1.0 if not a.size else 0.0
    ratio = float(np.square(a + b).sum()) / below
    return _two_sided(fdtr(a.size, a.size, ratio), fdtrc(a.size, a.size, ratio))


def _pairs(blocks: Blocks, name: str) -> float:
    """Two calls in a row, entry by entry, on every other entry."""
    here = slice(0 if name == "even" else 1, None, 2)
    return _fisher(blocks.first[blocks.kept][here], blocks.residuals["next"][blocks.kept][here])


TESTS: dict[str, Test] = {
    "mean": _mean,
    "spread": _spread_test,
    "form": _form_test,
    "rows": _rows,
    "columns": _columns,
    "with_mean": _with_mean,
    "with_std": _with_std,
    "lag": _lag,
}
"""With `_pairs` these are the 9 tests of LEVEL."""


# ---- names for what failed


SHARED_BATCH: Slip = ("the noise is shared over the batch: every row gets the same noise", "noise_shared_batch")
SHARED_DIMENSIONS: Slip = (
    "the noise is shared over the dimensions: all entries of a row get the same noise",
    "noise_shared_dimensions",
)


@dataclass(frozen=True)
class Variant:
    """A mean or scale that the student may have used, and how it is said."""

    words: str
    values: np.ndarray


def _means(blocks: Blocks, given: Values) -> Iterator[Variant]:
    """What may have been taken for the mean: first what is right."""
    law, kept, z = blocks.law, blocks.kept, blocks.z["first"]
    yield Variant("", law["mean"])
    yield Variant("the mean is not added", np.zeros_like(law["mean"]))
    yield Variant("the mean has the wrong sign", -law["mean"])
    yield Variant("the mean is multiplied by the standard deviation", law["mean"] * law["std"])
    factor = float((z * law["mean"])[kept].sum() / max(float(np.square(law["mean"][kept]).sum()), 1e-30))
    if abs(factor - 1) > 0.1:
        yield Variant(f"the mean is multiplied by about {number(round(factor, 2))}", factor * law["mean"])
    for name, array in given.items():
        if array.shape == law["mean"].shape and not _alike(array.astype(np.float64), law["mean"]):
            yield Variant(f"`{name}` is used as the mean", array.astype(np.float64))


def _scales(law: Values, given: Values) -> Iterator[Variant]:
    """What may have been taken for the standard deviation: first what is right."""
    shape = law["std"].shape
    yield Variant("", law["std"])
    yield Variant("1", np.ones(shape))
    with np.errstate(all="ignore"):
        for name, array in given.items():
            if array.dtype.kind != "f" or array.shape != shape:
                continue
            x = array.astype(np.float64)
            yield Variant(f"exp(`{name}`/2)", np.exp(x / 2))
            yield Variant(f"exp(`{name}`)", np.exp(x))
            yield Variant(f"exp(2·`{name}`)", np.exp(2 * x))
            yield Variant(f"exp(−`{name}`/2)", np.exp(-x / 2))
            yield Variant(f"`{name}`", np.abs(x))
            yield Variant(f"`{name}`/2", np.abs(x) / 2)
            yield Variant(f"√`{name}`", np.sqrt(x))
            yield Variant(f"`{name}`²", x * x)
    yield Variant("its square, the variance", law["std"] ** 2)
    yield Variant("its square root", np.sqrt(law["std"]))


def _named(blocks: Blocks, given: Values) -> Slip | None:
    """The first pair of a mean and a scale under which the noise has a form that can be named."""
    std = blocks.law["std"]
    scales = list(_scales(blocks.law, given))
    right = next((s.words for s in scales[1:-2] if _alike(s.values, std)), "")
    scales = [s for s in scales if not s.words or not _alike(s.values, std)]
    for mean, scale in product(_means(blocks, given), [*scales, None]):
        noise = _noise(blocks, mean.values, std if scale is None else scale.values)
        if noise is None:
            continue
        if scale is None:
            # Last of all a scale that is off by a constant, which no formula explains.
            factor = float(np.sqrt(np.square(noise[:, blocks.kept]).mean()))
            scale = Variant(f"about {number(round(factor, 2))} times the standard deviation", factor * std)  # noqa: PLW2901
            noise = noise / max(factor, 1e-30)
            if abs(factor - 1) < 0.02:
                continue
        form = _form_of(noise, blocks.kept)
        if form is None:
            continue
        if form[1] == "no_noise":
            return form
        found = [_scale_slip(scale, right, blocks.law["std"])] if scale.words else []
        found += [(mean.words, "wrong_mean")] if mean.words else []
        found += [form] if form[0] else []
        if found:
            exchanged = mean.words.startswith("`") and "`" in scale.words
            return "; ".join(sentence for sentence, _ in found), "exchanged_arguments" if exchanged else found[0][1]
    return None


def _alike(a: np.ndarray, b: np.ndarray) -> bool:
    return bool(np.all(np.isfinite(a))) and bool(np.allclose(a, b, rtol=1e-6, atol=0))


def _noise(blocks: Blocks, mean: np.ndarray, scale: np.ndarray) -> np.ndarray | None:
    """Both blocks' noise if this mean and scale were used, or None where that can't be told."""
    usable = blocks.kept & np.isfinite(scale)
    if not np.array_equal(usable, blocks.kept) or not np.all(scale[usable] > 0):
        return None
    divisor = np.where(usable, scale, 1.0)
    return np.stack([(blocks.z[name] - mean) / divisor for name in ("first", "other")])


def _form_of(noise: np.ndarray, kept: np.ndarray) -> Slip | None:
    """("", "") if the noise is standard normal, a slip if it is of another known form, None if neither."""
    flat = noise[:, kept].ravel()
    if np.ptp(flat) < 1e-2:
        return constant(flat)
    table = noise[0].reshape(noise.shape[1] if noise.ndim > 1 else 1, -1)
    shared = _shared(np.where(kept.reshape(table.shape), table, np.nan))
    if shared:
        return shared
    for low, high in ((0.0, 1.0), (-1.0, 1.0), (-0.5, 0.5), (-(3**0.5), 3**0.5)):
        if low - 1e-3 <= flat.min() and flat.max() <= high + 1e-3 and _is_uniform((flat - low) / (high - low)):
            ends = f"[{number(round(low, 3))}, {number(round(high, 3))}]"
            return f"the noise is uniform on {ends} instead of normal", "not_normal"
    # Cheap first: most pairs of a mean and a scale fail here, and need no sorting.
    second = float(flat @ flat) / flat.size
    plausible = abs(float(flat.mean())) * flat.size**0.5 < 6 and abs(second - 1) * (flat.size / 2) ** 0.5 < 6
    return ("", "") if plausible and _kolmogorov(flat) > 1e-6 else None


def _shared(table: np.ndarray) -> Slip | None:
    """Whether rows, columns or all entries are one and the same (first dimension × all others; NaN counts as equal)."""
    if table.size < 4:
        return None
    # Where the scale is small float32 keeps few digits, so the median decides and not the largest gap.
    rows = _still(table - _firsts(table, 0)) if table.shape[0] > 1 else False
    columns = _still(table - _firsts(table, 1)) if table.shape[1] > 1 else False
    if rows and columns:
        return "one random number is used for all entries", "noise_shared_all"
    if rows:
        return SHARED_BATCH
    if columns:
        return SHARED_DIMENSIONS
    return None


def _firsts(table: np.ndarray, axis: int) -> np.ndarray:
    seen = np.isfinite(table).argmax(axis)
    return np.take_along_axis(table, np.expand_dims(seen, axis), axis)


def _still(gaps: np.ndarray) -> bool:
    gaps = np.abs(gaps[np.isfinite(gaps)])
    return gaps.size > 0 and float(np.quantile(gaps, 0.99)) < 1e-2 and float(np.median(gaps)) < 1e-4


def _is_uniform(u: np.ndarray) -> bool:
    u = np.sort(u)
    gap = float(np.abs(np.arange(1, u.size + 1) / u.size - u).max())
    return 2 * float(np.exp(-2 * u.size * gap**2)) > 1e-6


def _scale_slip(scale: Variant, right: str, std: np.ndarray) -> Slip:
    wanted = f"{right}, the standard deviation" if right else "the standard deviation"
    if _alike(scale.values, std**2):
        note = "std_from_logvar" if right.startswith("exp(") and right.endswith("/2)") else "variance_for_std"
        words = "the variance" if scale.words.startswith("its") else f"{scale.words}, the variance,"
        return f"the noise is scaled by {words} instead of {wanted}", note
    if scale.words == "1":
        return f"the noise is not scaled: it is multiplied by 1 instead of {wanted}", "wrong_scale"
    if scale.words.startswith("its"):
        return "the noise is scaled by the square root of the standard deviation", "wrong_scale"
    if "times" in scale.words:
        return f"the noise is scaled by {scale.words}", "wrong_scale"
    return f"the noise is scaled by {scale.words} instead of {wanted}", "wrong_scale"


def _binary_slip(blocks: Blocks) -> Slip | None:
    kept = blocks.kept
    p, z = blocks.law["p"][kept], blocks.z["first"][kept] != 0
    if np.array_equal(z, p > 0.5):
        return "rounds p to 0 or 1 instead of drawing", "no_noise"
    if _plausible_rates(z, p, 1 - p):
        return "draws 1 with probability 1 − p instead of p", "exchanged_outcomes"
    if _plausible_rates(z, p, np.full(p.shape, 0.5)):
        return "draws 1 with probability ½ whatever p is", "ignores_p"
    if _cut_at_once(p, z):
        return "one random number is used for all entries", "noise_shared_all"
    rows = kept.shape[0] if kept.ndim else 1
    tables = [values.reshape(rows, -1) for values in (blocks.law["p"], blocks.z["first"] != 0, kept)]
    if _all_cut([t.T for t in tables]):
        return SHARED_BATCH
    if _all_cut(tables):
        return SHARED_DIMENSIONS
    if not _plausible_rates(z, p, p):
        said = f"{number(round(float(z.mean()), 4))} of the draws are 1, expected {number(round(float(p.mean()), 4))}"
        return said, "wrong_mean"
    return None


def _cut_at_once(p: np.ndarray, z: np.ndarray) -> bool:
    """Whether one threshold on p explains all outcomes: they share one uniform number."""
    return bool(p[z].min(initial=np.inf) >= p[~z].max(initial=-np.inf))


def _all_cut(tables: list[np.ndarray]) -> bool:
    p, z, kept = tables
    return p.shape[1] > 5 and all(_cut_at_once(row[k], one[k]) for row, one, k in zip(p, z, kept, strict=True))


def _plausible_rates(z: np.ndarray, p: np.ndarray, supposed: np.ndarray) -> bool:
    """Whether the numbers of ones in ten bins of p are within 6 standard deviations of what is supposed."""
    for bin_ in np.array_split(np.argsort(p, kind="stable"), min(10, p.size)):
        variance = float((supposed[bin_] * (1 - supposed[bin_])).sum())
        if abs(float(z[bin_].sum() - supposed[bin_].sum())) > 6 * np.sqrt(variance) + 0.5:
            return False
    return True


def _described(blocks: Blocks, failing: list[str]) -> Slip:
    """What the failing tests say, where no known mistake explains it: the largest effect first."""
    r = blocks.pooled
    mean, std = float(r.mean()), float(r.std())
    words: dict[str, Slip] = {
        "mean": (f"the noise has mean {number(round(mean, 3))}, expected 0", "wrong_mean"),
        "spread": (f"the noise has standard deviation {number(round(std, 3))}, expected 1", "wrong_scale"),
        "columns": ("the noise of different rows is dependent", "noise_dependent"),
        "rows": ("the noise within a row is dependent", "noise_dependent"),
        "with_mean": ("the noise depends on the mean", "noise_dependent"),
        "with_std": ("the noise depends on the standard deviation", "noise_dependent"),
        "lag": ("neighbouring entries have dependent noise", "noise_dependent"),
        "form": ("the noise is not normal", "not_normal"),
    }
    order = ["columns", "rows", "with_mean", "with_std", "lag", "mean", "spread", "form"]
    order = [*(["mean"] if abs(mean) > 0.05 else []), *(["spread"] if abs(std - 1) > 0.03 else []), *order]
    return next(words[name] for name in order if name in failing)
