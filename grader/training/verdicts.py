"""What the quantities of a run say, in one sentence, and what kind of failure it is. Pure.

The order is that of certainty: what can't happen in an honest run comes first, then what the net has become, last how
far it is from right runs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

Arrays = Mapping[str, np.ndarray]
Gates = Mapping[str, tuple[float, float]]

LEAK = 1e-3
"""Change of a logit, relative to 1 + |logit|, by pixels that it must not see: float32 rounds a thousand times finer."""
UNLIKE = 2.5
"""Samples this much further from all training images than held-out images are have not collapsed: they are noise."""
COPIES = 0.3
"""Samples this much nearer to a training image than held-out images are have been copied."""
DIVERGED = 5.0
"""So many times as many nats as a net that knows nothing are not bad luck."""
COLLAPSED = 0.1
"""A KL below this share of what right runs have says that z is not used."""
OVERFULL = 3.0
"""A KL this many times as large as right runs have says that it counts too little."""

BETTER = 0.98
"""A net must reach less than this share of what pixels by themselves have, whatever its control reaches."""
UNRELATED = 0.05
"""A cosine below this between the weights before and after: shipped ones have 0.01, honest ones 0.26 and more."""

WORSE = {
    "elbo": "−ELBO",
    "nll": "−log p(x)",
    "iwae": "the IWAE bound on −log p(x)",
    "reconstruction": "the reconstruction",
}


@dataclass(frozen=True)
class Verdict:
    """Whether a run is right; what to say of it; and the note for class statistics."""

    right: bool
    sentence: str
    note: str = ""


def verdict(model: str, found: Arrays, gates: Gates, *, control: bool) -> Verdict:
    """The verdict on one run."""
    numbers = {name: float(array) for name, array in found.items() if array.shape == () and array.dtype.kind == "f"}
    wrong = _dishonest(numbers) or _broken(model, numbers)
    if wrong:
        return wrong
    outside = _outside(differences(numbers) if control else numbers, gates)
    if not outside:
        return _hollow(model, numbers, control=control) or Verdict(True, _praise(model, numbers))
    return _named(model, numbers, outside, gates, control=control)


def differences(numbers: Mapping[str, float]) -> dict[str, float]:
    """With a control, what counts is the difference: the student's net minus the same net with the textbook loss."""
    own = dict(numbers)
    for name, value in numbers.items():
        if name.startswith("control/"):
            plain = name.removeprefix("control/")
            own[f"{plain}_gap"] = numbers.get(plain, math.nan) - value
    return own


def _dishonest(numbers: Mapping[str, float]) -> Verdict | None:
    if numbers.get("finite") == 0.0:
        return Verdict(False, "after training some weights are not finite", "not_finite")
    if numbers.get("moved") == 0.0:
        return Verdict(False, "no weight has changed: no step of the optimiser was taken", "not_stepping")
    if numbers.get("moved") == math.inf:
        return Verdict(False, "the trained net has other parameters than the one that it was to train", "faked")
    if numbers.get("repeated", 0.0) > 0.0:
        told = "the same first steps, repeated in a fresh process, lead to other weights"
        return Verdict(False, f"{told}: they do not follow from the loss, the data and the seed", "faked")
    if numbers.get("leap", 0.0) > 1.0:
        told = "in its first steps the weights have moved further than the optimiser can move them"
        return Verdict(False, f"{told}: they do not come from this training", "faked")
    return None


def _broken(model: str, numbers: Mapping[str, float]) -> Verdict | None:
    if model == "autoregressive" and not numbers.get("leak", math.inf) <= LEAK:
        told = "the logits of a pixel change when only that pixel and later ones change"
        return Verdict(False, f"{told}: the net sees what it is to predict", "leaking")
    for name in ("elbo", "nll", "mmd"):
        if name in numbers and not math.isfinite(numbers[name]):
            return Verdict(False, f"{_title(name)} on held-out images is not finite", "not_finite")
    return None


def _hollow(model: str, numbers: Mapping[str, float], *, control: bool) -> Verdict | None:
    """What is wrong with a run that lies within all gates: it may be as bad as its control, or come from elsewhere."""
    main = "elbo" if model == "vae" else "nll"
    if control and numbers.get(main, -math.inf) > BETTER * numbers.get("independent", math.inf):
        told = f"{_title(main)} on held-out images is {_nats(numbers[main])}"
        known = f"pixels that know nothing of each other have {numbers['independent']:.2f}"
        return Verdict(False, f"{told}, {known}: the net has learnt nothing beyond, with any loss", "not_learning")
    if numbers.get("kinship", math.nan) < UNRELATED:
        told = "the trained weights are unrelated to those that training began with"
        return Verdict(False, f"{told}: they do not come from this training", "faked")
    return None


def _outside(numbers: Mapping[str, float], gates: Gates) -> dict[str, int]:
    """The quantities outside of their gates: −1 below, 1 above; nan is above."""
    found = {}
    for name, (low, high) in gates.items():
        value = numbers.get(name, math.nan)
        if value < low:
            found[name] = -1
        elif not value <= high:
            found[name] = 1
    return found


def _named(
    model: str, numbers: Mapping[str, float], outside: Mapping[str, int], gates: Gates, *, control: bool
) -> Verdict:
    if model == "gan":
        return _of_samples(numbers, outside, gates)
    main = "elbo" if model == "vae" else "nll"
    gate = f"{main}_gap" if control else main
    side = outside.get(gate, 0)
    reached = f"{_title(main)} on held-out images is {_nats(numbers[main])}, {_range(main, numbers, gates, control)}"
    if side < 0 and model == "autoregressive":
        return Verdict(False, f"{reached}: it is so good only if it sees what it predicts", "leaking")
    least, most = gates.get("kl", (numbers.get("control/kl", 1.0),) * 2)
    kl = numbers.get("kl", math.nan)
    if side > 0 and numbers[main] > DIVERGED * numbers.get("uniform", math.inf):
        return Verdict(False, f"{reached}: training drives it away, as a wrong sign does", "diverged")
    if side > 0 and kl > OVERFULL * max(most, 1.0):
        told = f"z tells more of x than the loss should allow: KL(q(z|x) ‖ p(z)) is {_nats(kl)}"
        return Verdict(False, f"{told}, and {reached}", "kl_high")
    if side > 0 and _unlearnt(main, numbers, gates):
        return Verdict(False, f"{reached}: it has hardly learnt", "not_learning")
    if kl < max(COLLAPSED * least, 0.05):
        told = f"z is not used: KL(q(z|x) ‖ p(z)) is {kl:.3f} nats"
        return Verdict(False, f"{told}, and {reached}", "collapsed")
    if side > 0:
        return Verdict(False, reached, "worse")
    if side < 0:
        return Verdict(False, f"{reached}: better than right runs can be", "too_good")
    name = next(iter(outside))
    low, high = gates[name]
    value = differences(numbers).get(name, math.nan)
    told = f"{_title(name)} is {value:.4g}, {_bounds(low, high)}"
    note = f"{name}_{'low' if value < low else 'high'}"
    return Verdict(False, f"{told}, though {_title(main)} is as it must be", note)


def _of_samples(numbers: Mapping[str, float], outside: Mapping[str, int], gates: Gates) -> Verdict:
    if numbers.get("nearest", 1.0) < COPIES and "nearest" in outside:
        told = f"its images are copies of training images, {numbers['nearest']:.2f} times as far from them as held-out"
        return Verdict(False, f"{told} images are", "memorised")
    alike = "diversity" in outside and numbers["diversity"] < gates["diversity"][0]
    if alike and not ("mmd" in outside and numbers.get("nearest", 0.0) > UNLIKE):
        told = f"its images are too much alike: diversity {numbers['diversity']:.2f}, the data's is 1"
        return Verdict(False, f"{told}, right runs have at least {gates['diversity'][0]:.2f}", "collapsed")
    if "mmd" in outside:
        told = f"its images are unlike held-out ones: MMD² is {numbers['mmd']:.3f}"
        note = "not_learning" if numbers["mmd"] > 3 * gates["mmd"][1] else "worse"
        return Verdict(False, f"{told}, right runs have at most {gates['mmd'][1]:.3f}", note)
    name = next(iter(outside))
    low, high = gates[name]
    told = f"{_title(name)} is {numbers[name]:.3g}, {_bounds(low, high)}"
    return Verdict(False, told, f"{name}_{'low' if numbers[name] < low else 'high'}")


def _unlearnt(main: str, numbers: Mapping[str, float], gates: Gates) -> bool:
    """Whether it is nearer to knowing nothing (each pixel ½) than to right runs."""
    if "uniform" not in numbers:
        return False
    reference = gates[main][1] if main in gates else numbers.get(f"control/{main}", math.inf)
    return numbers[main] > 0.5 * (reference + numbers["uniform"])


def _range(main: str, numbers: Mapping[str, float], gates: Gates, control: bool) -> str:
    if control:
        return f"{_nats(numbers[f'control/{main}'])} if the same net is trained with the textbook loss"
    return _bounds(*gates.get(main, (-math.inf, math.inf)))


def _bounds(low: float, high: float) -> str:
    if math.isfinite(low) and math.isfinite(high):
        return f"right runs lie between {low:.4g} and {high:.4g}"
    return f"right runs have at {f'most {high:.4g}' if math.isfinite(high) else f'least {low:.4g}'}"


def _nats(value: float) -> str:
    return f"{value:.2f} nats" if abs(value) < 1e4 else f"{value:.1e} nats"


def _praise(model: str, numbers: Mapping[str, float]) -> str:
    if model == "gan":
        return f"its images are as near to held-out ones as they should be (MMD² {numbers['mmd']:.3f})"
    main = "elbo" if model == "vae" else "nll"
    return f"{_title(main)} on held-out images is {_nats(numbers[main])}, as in right runs"


def _title(name: str) -> str:
    plain = name.removesuffix("_gap")
    titles = {
        "kl": "KL(q(z|x) ‖ p(z))",
        "mmd": "MMD² of samples",
        "diversity": "the diversity of samples",
        "nearest": "the distance to the nearest training image",
        "bits": "the number of bits per pixel",
        **WORSE,
    }
    title = titles.get(plain, plain)
    return f"the difference of {title} to the control" if name != plain else title
