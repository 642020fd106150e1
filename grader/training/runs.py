"""A run as a conversation with the box: train in one process, encode and decode in others, measure outside.

    start ─► train ─► encode held-out images ─► (z drawn here) ─► decode ─► quantities
               └───► the first steps once more, in a fresh process: the same weights?

Nothing that a student's process says of itself is measured: not its losses, only what its trained net answers about
images that no training process has seen. The images wear a disguise that changes from run to run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit

from grader.training import quantities as q
from grader.training.disguise import Disguise, Order, drawn
from grader.values import beneath, under

Arrays = Mapping[str, np.ndarray]
Phase = Callable[[str, Mapping[str, Any], Arrays], Arrays]
"""Asks the box for one phase of a run, in a process of its own. Raises Ended where there is no answer."""

EARLY = 3
"""Steps after which the weights are looked at, and that are repeated in a fresh process."""
ELBO_DRAWS = 4
IWAE_DRAWS = 16
IWAE_IMAGES = 200
SAMPLES = 300
SHOWN = 10
DOUBLINGS = 2
PREFIXES = 64
"""Pixels at most whose logits are asked again with everything from them on hidden."""
FEWEST_WEIGHTS = 1000
NUDGE = 0.01
"""The grader's own start: each of the student's initial weights, changed by so much of itself."""


class Ended(Exception):  # noqa: N818 - named for what happened
    """A phase gave no answer; says how it ended and in which phase."""

    def __init__(self, phase: str, status: str, detail: str) -> None:
        super().__init__(f"{phase}: {detail}")
        self.phase = phase
        self.status = status
        self.detail = detail


@dataclass(frozen=True)
class Plan:
    """What is trained, how, and on what. Images are uint8 (n, H, W), a pixel being k / (`levels` - 1)."""

    model: str
    likelihood: str
    steps: int
    disguise: Disguise
    control: bool
    reach: float
    """How far the first EARLY steps can move a weight; 0 where the student's own loop steps."""
    latent: int
    train: np.ndarray
    held_out: np.ndarray
    levels: int


def run(plan: Plan, ask: Phase, seed: int) -> dict[str, np.ndarray]:
    """The quantities of one run, its curve, and a few pictures. Raises Ended."""
    order, start = begun(plan, ask, seed)
    images, held_out = order.put_on(plan.train), order.put_on(plan.held_out)
    given = start | {"images": images}
    control, steps = _control(plan, ask, seed, given, held_out, order) if plan.control else ({}, plan.steps)
    trained = ask("train", {"seed": seed, "steps": steps, "early": EARLY, "control": False}, given)
    weights = beneath("weights", under("weights", trained))
    found = _honesty(plan, ask, seed, given, trained) | control | {"steps": np.array(float(steps))}
    found["curve"] = _thinned(trained.get("curve", np.zeros(0)))
    if not all(np.isfinite(array).all() for array in weights.values() if array.dtype.kind == "f"):
        return found | {"finite": np.array(0.0)}
    if found["moved"] == np.inf:
        return found  # no process could put these weights into the net
    return found | MEASURE[plan.model](plan, ask, weights, held_out, order, seed)


def begun(plan: Plan, ask: Phase, seed: int) -> tuple[Order, dict[str, np.ndarray]]:
    """How a run begins: the disguise of its images, and the weights that the grader has chosen. Raises Ended."""
    rng = np.random.default_rng([seed, 1])
    order = drawn(plan.disguise, plan.train.shape[1:], rng)
    return order, _nudged(ask("start", {"seed": seed}, {}), rng)


def _control(
    plan: Plan, ask: Phase, seed: int, given: Arrays, held_out: np.ndarray, order: Order
) -> tuple[dict[str, np.ndarray], int]:
    """The same net from the same start on the same batches, with a loss that is known to be right; and the steps.

    They are doubled, twice at most, while even the right loss has not made the net better than pixels that know nothing
    of each other: on such a net all losses look alike.
    """
    steps = plan.steps
    for doubling in range(DOUBLINGS + 1):
        trained = ask("train", {"seed": seed, "steps": steps, "early": 0, "control": True}, given)
        weights = beneath("weights", under("weights", trained))
        found = MEASURE[plan.model](plan, ask, weights, held_out, order, seed)
        if doubling == DOUBLINGS or _sensitive(plan, found, given["images"], held_out):
            break
        steps *= 2
    return beneath("control", found), steps


def _sensitive(plan: Plan, found: Arrays, images: np.ndarray, held_out: np.ndarray) -> bool:
    main = found.get("elbo", found.get("nll"))
    if main is None or plan.likelihood != "bernoulli":
        return True
    levels = plan.levels - 1
    return bool(main < q.independent_pixels_nll(images / levels, held_out / levels).mean())


def _honesty(plan: Plan, ask: Phase, seed: int, given: Arrays, trained: Arrays) -> dict[str, np.ndarray]:
    """How far the weights have moved, whether the first steps can be repeated, and whether they were steps at all."""
    first, ended, early = under("weights", given), under("weights", trained), under("early", trained)
    found = {"moved": np.array(_distance(first, ended)), "finite": np.array(1.0)}
    found["kinship"] = np.array(_kinship(first, ended))
    if plan.likelihood == "bernoulli" and plan.model != "gan":
        levels = plan.levels - 1
        found["uniform"] = np.array(plan.train[0].size * np.log(2.0))
        found["independent"] = q.independent_pixels_nll(plan.train / levels, plan.held_out / levels).mean()
    if early:
        told = {"seed": seed, "steps": EARLY, "early": EARLY, "control": False}
        again = under("early", ask("train", told, given))
        found["repeated"] = np.array(_distance(early, again))
        if plan.reach:
            found["leap"] = np.array(_leapt(first, early) / plan.reach)
    return found


def _distance(first: Arrays, second: Arrays) -> float:
    """The largest difference of a parameter that is in both; infinite where none is, or a shape has changed."""
    both = [name for name in first if name in second]
    if not both or any(first[name].shape != second[name].shape for name in both):
        return float("inf")
    gaps = [np.abs(first[name].astype(np.float64) - second[name]).max(initial=0.0) for name in both]
    return float(np.nan_to_num(max(gaps), nan=np.inf))


def _leapt(first: Arrays, early: Arrays) -> float:
    """The largest move of a weight in the first steps but for what has brought it nearer to 0: a mask may do that."""
    both = {name: (first[name], early[name]) for name in first if name in early}
    both = {name: pair for name, pair in both.items() if pair[0].shape == pair[1].shape}
    kept = {name: np.clip(then, np.minimum(a, 0), np.maximum(a, 0)) for name, (a, then) in both.items()}
    return _distance(kept, early)


def _kinship(first: Arrays, second: Arrays) -> float:
    """The cosine between all matrices of weights before and after: 0 for weights that come from elsewhere.

    Honest runs that learn keep 0.26 and more, a mask that is put on the weights included. nan for too few weights.
    """
    names = [n for n in first if n in second and first[n].ndim > 1 and first[n].shape == second[n].shape]
    a, b = ([each[n].ravel().astype(np.float64) for n in names] for each in (first, second))
    if sum(map(len, a)) < FEWEST_WEIGHTS:
        return float("nan")
    lengths = np.linalg.norm(np.concatenate(a)) * np.linalg.norm(np.concatenate(b))
    return float(np.dot(np.concatenate(a), np.concatenate(b)) / lengths) if lengths > 0 else float("nan")


def _nudged(start: Arrays, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """The weights that the grader chooses. Zeros stay zeros: a mask may have been applied to the weights once."""
    found = {}
    for name in sorted(start):
        array = start[name]
        if array.dtype.kind == "f":
            array = (array * (1 + NUDGE * rng.standard_normal(array.shape))).astype(array.dtype)
        found[name] = array
    return found


def _vae(
    plan: Plan, ask: Phase, weights: Arrays, held_out: np.ndarray, order: Order, seed: int
) -> dict[str, np.ndarray]:
    rng = np.random.default_rng([seed, 2])
    told = {"seed": seed}
    levels = plan.levels - 1
    coded = ask("encode", told, dict(weights) | {"x": held_out})
    mu, logvar = _shaped(coded, "mu", (len(held_out), None)), _shaped(coded, "logvar", (len(held_out), None))
    if mu.shape != logvar.shape:
        unlike = f"the mean of q(z|x) has shape {mu.shape}, its log variance {logvar.shape}"
        raise Ended("encode", "wrong", unlike)
    few = mu[:IWAE_IMAGES], logvar[:IWAE_IMAGES]
    z = q.draws(rng, ELBO_DRAWS, mu, logvar), q.draws(rng, IWAE_DRAWS, *few)
    prior = rng.standard_normal((SAMPLES, mu.shape[1])).astype(np.float32)
    rows = np.concatenate([part.reshape(-1, mu.shape[1]) for part in (*z, prior)])
    made = ask("decode", told, dict(weights) | {"z": rows})
    shape = (len(rows), *plan.train.shape[1:])
    decoded = [_pixels(made, f"out.{k}", shape) for k in range(2 if plan.likelihood == "gaussian" else 1)]
    x = held_out / levels
    ends = ELBO_DRAWS * len(mu), len(rows) - SAMPLES
    nll = _nll(plan, [part[: ends[0]] for part in decoded], x, ELBO_DRAWS)
    nll_few = _nll(plan, [part[ends[0] : ends[1]] for part in decoded], x[:IWAE_IMAGES], IWAE_DRAWS)
    kl = q.kl_standard_normal(mu, logvar=logvar)
    mean = decoded[0] if plan.likelihood == "gaussian" else expit(decoded[0])
    samples = mean[ends[1] :]
    found = {
        "elbo": q.negative_elbo(nll, kl).mean(),
        "iwae": q.negative_iwae(nll_few, z[1], *few).mean(),
        "kl": kl.mean(),
        "reconstruction": nll.mean(),
        "active": q.active_units(mu),
        "mmd": q.mmd2(samples, x, q.median_kernel(x)),
    }
    pictures = {"held out": x[:SHOWN], "reconstructed": mean[:SHOWN], "from the prior": samples[:SHOWN]}
    latent = {"latent": mu[:200].astype(np.float32)} if mu.shape[1] == 2 else {}
    return _numbers(found) | _pictures(pictures, order) | latent


def _autoregressive(
    plan: Plan, ask: Phase, weights: Arrays, held_out: np.ndarray, order: Order, seed: int
) -> dict[str, np.ndarray]:
    """The likelihood of held-out images; and whether the logits of a pixel change when it and all later ones do."""
    rng = np.random.default_rng([seed, 2])
    levels = plan.levels - 1
    said = ask("logits", {"seed": seed}, dict(weights) | {"x": held_out})
    logits = _pixels(said, "out.0", held_out.shape)
    size = held_out[0].size
    places = np.sort(rng.permutation(size)[:PREFIXES])
    rows = rng.permutation(len(held_out))[: len(places)]
    few = held_out[rows]
    hidden = few.reshape(len(few), -1).copy()
    noise = rng.integers(0, plan.levels, hidden.shape).astype(held_out.dtype)
    later = np.arange(size)[None, :] >= places[: len(few), None]
    hidden[later] = noise[later]
    again = _pixels(ask("logits", {"seed": seed}, dict(weights) | {"x": hidden.reshape(few.shape)}), "out.0", few.shape)
    at = np.arange(len(few)), places[: len(few)]
    full = logits.reshape(len(logits), -1)[rows][at]
    gap = np.abs(full - again.reshape(len(few), -1)[at])
    # What a net knows of a pixel from itself and from later ones is the difference; rounding is far below this.
    leak = np.nan_to_num(gap / (1 + np.abs(full)), nan=np.inf).max()
    nll = q.bernoulli_nll(held_out / levels, logits).mean()
    found = {"nll": nll, "leak": leak, "bits": q.bits_per_dimension(nll, size)}
    pictures = {"held out": held_out[:SHOWN] / levels, "expected pixels": expit(logits[:SHOWN])}
    return _numbers(found) | _pictures(pictures, order)


def _gan(
    plan: Plan, ask: Phase, weights: Arrays, held_out: np.ndarray, order: Order, seed: int
) -> dict[str, np.ndarray]:
    rng = np.random.default_rng([seed, 2])
    z = rng.standard_normal((SAMPLES, plan.latent)).astype(np.float32)
    made = ask("generate", {"seed": seed}, dict(weights) | {"z": z})
    images = _pixels(made, "out.0", (SAMPLES, *plan.train.shape[1:]))
    levels = plan.levels - 1
    x, train = held_out / levels, order.put_on(plan.train) / levels
    found = {
        "mmd": q.mmd2(images, x, q.median_kernel(x)),
        "diversity": q.diversity(images, x),
        "nearest": q.nearest_ratio(images, train, x),
    }
    pictures = {"held out": x[:SHOWN], "generated": images[:SHOWN]}
    return _numbers(found) | _pictures(pictures, order)


MEASURE: dict[str, Callable[..., dict[str, np.ndarray]]] = {
    "vae": _vae,
    "autoregressive": _autoregressive,
    "gan": _gan,
}


def _nll(plan: Plan, decoded: list[np.ndarray], x: np.ndarray, draws: int) -> np.ndarray:
    """−log p(x|z) of each image at each of its draws, (draws, N), in nats."""
    parts = [part.reshape(draws, *x.shape) for part in decoded]
    if plan.likelihood == "gaussian":
        return q.gaussian_nll(x, parts[0], logvar=parts[1])
    return q.bernoulli_nll(x, parts[0])


def _shaped(answer: Arrays, name: str, shape: tuple[int | None, ...]) -> np.ndarray:
    array = answer[name]
    fits = array.ndim == len(shape) and all(w in (None, n) for n, w in zip(array.shape, shape, strict=True))
    if not fits or array.size == 0:
        raise Ended("encode", "wrong", f"{name} of q(z|x) has shape {array.shape} for {shape[0]} images")
    return array.astype(np.float64)


def _pixels(answer: Arrays, name: str, shape: tuple[int, ...]) -> np.ndarray:
    """As many numbers as there are pixels, whatever axes of length 1 are among them or however they are flattened."""
    array = answer[name]
    if array.shape[:1] != shape[:1] or array.size != np.prod(shape):
        told = f"{shape[0]} images of {shape[1]}×{shape[2]} pixels are expected, got shape {array.shape}"
        raise Ended("decode", "wrong", told)
    return array.reshape(shape).astype(np.float64)


def _numbers(found: Mapping[str, Any]) -> dict[str, np.ndarray]:
    return {name: np.array(float(value)) for name, value in found.items()}


def _pictures(rows: Mapping[str, np.ndarray], order: Order) -> dict[str, np.ndarray]:
    plain = {name: order.take_off(np.nan_to_num(images, nan=0.0)) for name, images in rows.items()}
    return {f"picture/{name}": (np.clip(images, 0, 1) * 255 + 0.5).astype(np.uint8) for name, images in plain.items()}


def _thinned(curve: np.ndarray, points: int = 200) -> np.ndarray:
    """The means of at most `points` stretches of the curve, in order."""
    if curve.size <= points:
        return curve
    return np.array([part.mean() for part in np.array_split(curve, points)])
