"""Kind `training`: the student's model is trained here, and judged on images that it has never seen.

One item is a conversation (`grader.training.runs`): start, train, encode, decode, each in a process of its own. What
comes of it are quantities (nats, distances), measured outside; the gates that they must lie within come from
`grade calibrate`, with a known rate of right runs that fail. A run that fails is repeated twice on other seeds, and
only three failures count.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import numpy as np

from grader.checks import trainer
from grader.checks.code import Code
from grader.model import Evidence, Expected, Fact, Observation, Outcome, Pictures, Plot, Values
from grader.training.runs import EARLY, Arrays, Ended, Plan, run
from grader.training.verdicts import Verdict, verdict
from grader.values import beneath, cases, digest, under

ATTEMPTS = 3
"""A failure is confirmed on fresh seeds: any of three runs that passes is enough."""
ADAM_STEP = 1.2
"""None of Adam's first three steps moves a weight by more than this many times the rate (Cauchy and Schwarz on its two
corrected means: 1.01 for β₁ = 0.9, 1.14 for 0.5, β₂ at least 0.9)."""

CALIBRATED = {"yaml": False}
"""Marks fields that no YAML holds: `grade calibrate` finds them, and the machine."""

TRAINS = ("train", "stack")
"""The phases that a GPU takes part in: nothing else needs one, so that no held-out image is ever near it."""
NOT_REPEATED = "the same first steps did not lead to the same weights again, as some sums on a GPU do not"

WHILE = {
    "start": "when the net is built",
    "train": "while it trains",
    "encode": "when held-out images are encoded",
    "decode": "when z is decoded",
    "logits": "when the logits of held-out images are asked",
    "generate": "when images are generated",
}


@dataclass(frozen=True)
class Training:
    """A model is trained for a fixed number of steps, and reaches on held-out images what right runs reach.

    `task` is a class of `asking.py` that trains with what the student has written, `uses` the student's names that it
    needs, each with other names that are accepted. `model` is what is measured: a `vae` by its −ELBO, an
    `autoregressive` net by its likelihood, a `gan` by its samples. `data` are `digits`, `digits28`, `mnist` or
    `binarized_mnist`. `loop` is whose loop trains: ours with the student's `loss`, or his own `step` or `fit`.
    `steps`, `batch`, `rate` and `betas` are Adam's; `critics` the discriminator's steps for one of the generator.
    `latent` is the number of dimensions of a GAN's z. `control` is for nets of the student's own: they are compared
    with themselves, trained with a textbook loss. `disguise` is how images differ from run to run: all `pixels`
    exchanged where no net looks at neighbours, `turns` where one does. `images` are how many count of each part.
    `device` is where it trains: `auto` on a GPU where one can be used, `cuda` only there. `gpu` is the name of that GPU
    or "", and `why` says in half a sentence why `auto` has taken the CPU.
    """

    task: str
    model: Literal["vae", "autoregressive", "gan"]
    uses: dict[str, tuple[str, ...]] = field(default_factory=dict)
    data: Literal["digits", "digits28", "mnist", "binarized_mnist"] = "digits"
    likelihood: Literal["bernoulli", "gaussian"] = "bernoulli"
    loop: Literal["loss", "step", "fit"] = "loss"
    steps: int = 400
    batch: int = 64
    rate: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.999)
    critics: int = 1
    latent: int = 8
    control: bool = False
    disguise: Literal["pixels", "turns", "none"] = "pixels"
    images: tuple[int, int] = (60_000, 1_000)
    device: Literal["auto", "cpu", "cuda"] = "auto"
    gpu: str = field(default="", metadata=CALIBRATED)
    why: str = field(default="", metadata=CALIBRATED)
    gates: dict[str, tuple[float, float]] = field(default_factory=dict, metadata=CALIBRATED)
    band: dict[str, tuple[float, ...]] = field(default_factory=dict, metadata=CALIBRATED)
    stale: str = field(default="", metadata=CALIBRATED)

    asks_reference: ClassVar[bool] = False
    reads_text: ClassVar[bool] = False
    searchable: ClassVar[bool] = False

    def __post_init__(self) -> None:
        for name, least in (("steps", 1), ("batch", 1), ("critics", 1), ("latent", 1)):
            if getattr(self, name) < least:
                raise ValueError(f"{name} is {getattr(self, name)}, must be at least {least}")
        if not 0 < self.rate < 1:
            raise ValueError(f"rate is {self.rate}, must lie between 0 and 1")

    def told(self, *, reference: bool) -> dict[str, Any]:  # noqa: ARG002
        return {
            "names": [name for known, also in self.uses.items() for name in (known, *also)],
            "task": self.task,
            "model": self.model,
            "uses": {name: list(also) for name, also in self.uses.items()},
            "data": self.data,
            "images": list(self.images),
            "likelihood": self.likelihood,
            "loop": self.loop,
            "steps": self.steps,
            "batch": self.batch,
            "rate": self.rate,
            "betas": list(self.betas),
            "critics": self.critics,
            "latent": self.latent,
            "control": self.control,
            "disguise": self.disguise,
            "piece": 4096,
            "gates": digest("gates", json.dumps(self.gates, sort_keys=True)),  # a run is confirmed by them
        } | ({"device": self.gpu} if self.gpu else {})

    @staticmethod
    def probe(code: Code, call: Mapping[str, Any], given: Values) -> Values:
        return trainer.answer(code, call, given)

    def converse(
        self, ask: Callable[[Mapping[str, Any], Values], Observation], call: Mapping[str, Any], given: Values
    ) -> Observation:
        """All runs of an item, as `run/0/…`: one if it passes, else as many as confirm that it does not.

        `ask` puts a call to a fresh process of the student; `given` holds all images, and no process gets them all.
        """
        plan = self.plan(given)
        found: dict[str, np.ndarray] = {}
        printed = ""
        for attempt in range(ATTEMPTS):
            seed = (int(call["seed"]) + attempt) % (1 << 31)
            said: list[str] = []
            try:
                got = self._run(ask, call, plan, said, seed)
            except Ended as ended:
                printed = printed or "".join(said)[:4000]
                if ended.status == "wrong":
                    found |= beneath(f"run/{attempt}", {"wrong": np.array(ended.detail)})
                    continue
                where = f"{WHILE[ended.phase]}, {ended.detail}" if ended.status == "crashed" else ended.detail
                return Observation(ended.status, {}, where, printed)  # type: ignore[arg-type]
            printed = printed or "".join(said)[:4000]
            found |= beneath(f"run/{attempt}", got)
            if self.judged(got).right:
                break
        return Observation("ok", found, printed=printed)

    def _run(
        self,
        ask: Callable[[Mapping[str, Any], Values], Observation],
        call: Mapping[str, Any],
        plan: Plan,
        said: list[str],
        seed: int,
    ) -> Arrays:
        """One run; again on the CPU, and said in `on_cpu`, if only the GPU may have spoilt it. Raises Ended."""
        try:
            found = run(plan, _phases(ask, call, plan, said), seed)
            spoilt = "" if found.get("repeated", 0.0) == 0.0 else NOT_REPEATED
        except Ended as ended:
            if not self.gpu or self.device == "cuda" or (ended.phase, ended.status) != ("train", "crashed"):
                raise
            spoilt = ended.detail
        if not self.gpu or not spoilt:
            return found
        on_cpu = {name: value for name, value in call.items() if name != "device"}
        return run(plan, _phases(ask, on_cpu, plan, said), seed) | {"on_cpu": np.array(spoilt)}

    def plan(self, given: Values, *, steps: int | None = None) -> Plan:
        """What a run is to do, with the images that count."""
        return Plan(
            model=self.model,
            likelihood=self.likelihood,
            steps=steps or self.steps,
            disguise=self.disguise,
            control=self.control,
            reach=self.rate * ADAM_STEP * EARLY * self.critics if self.loop == "loss" else 0.0,
            latent=self.latent,
            train=given["train"][: self.images[0]],
            held_out=given["held_out"][: self.images[1]],
            levels=int(given["levels"]),
        )

    def judged(self, quantities: Arrays) -> Verdict:
        """The verdict on one run."""
        return verdict(self.model, quantities, self.gates, control=self.control)

    def compare(self, expected: Expected, observed: Observation) -> Outcome:  # noqa: ARG002
        runs = list(cases(under("run", observed.values)).values())
        wrong = next((str(entry["wrong"]) for entry in runs if "wrong" in entry), "")
        if wrong:
            return Outcome(0.0, wrong, (), "shape")
        if not self.gates:
            return Outcome(None, "a person reads this: the item has no gates yet", self._evidence(runs[-1]), "no_gates")
        verdicts = [self.judged(entry) for entry in runs]
        right = next((k for k, one in enumerate(verdicts) if one.right), None)
        if right is not None:
            return Outcome(1.0, verdicts[right].sentence, self._evidence(runs[right], right=True), "")
        # The same failure each time says more than three different ones; the first is as good as any.
        last = verdicts[0]
        again = f" (in each of {len(runs)} runs)" if len(runs) > 1 else ""
        return Outcome(0.0, last.sentence + again, self._evidence(runs[0]), last.note)

    def _evidence(self, found: Arrays, *, right: bool = False) -> tuple[Evidence, ...]:
        shown: list[Evidence] = []
        if "on_cpu" in found:
            shown.append(Fact("Trained on the CPU", f"because on the GPU {found['on_cpu']}"))
        elif self.gpu:
            shown.append(Fact("Trained on", self.gpu))
        for name, label, unit in FACTS:
            if name in found:
                board: Literal["", "lower"] = "lower" if right and name == BOARD[self.model] else ""
                shown.append(Fact(label, f"{_short(float(found[name]))}{unit}{self._between(name)}", board))
        curve = np.asarray(found.get("curve", ()), np.float64)
        curve = np.where(np.isfinite(curve), curve, np.nan)
        if curve.size > 1 and np.isfinite(curve).all():
            at = tuple(float(v) for v in np.linspace(1, float(found["steps"]), len(curve)))
            band = (self.band["step"], self.band["low"], self.band["high"]) if self.band else None
            lines = {"your own loss": (at, tuple(map(float, curve)))}
            shown.append(Plot("Your own loss, which is not what is judged", "line", lines, "step", "loss", band))
        rows = {name: array for name, array in under("picture", found).items() if array.ndim == 3}
        if rows:
            shown.append(Pictures("Images (each row is one of these)", rows))
        if "latent" in found and np.isfinite(found["latent"]).all():
            points = found["latent"].astype(float)
            shown.append(
                Plot(
                    "Where held-out images lie in the latent space",
                    "scatter",
                    {"mean of q(z|x)": (tuple(points[:, 0]), tuple(points[:, 1]))},
                    "z₁",
                    "z₂",
                )
            )
        if self.stale:
            shown.append(Fact("Calibration", self.stale))
        return tuple(shown)

    def _between(self, name: str) -> str:
        low, high = self.gates.get(name, (-np.inf, np.inf))
        if np.isfinite(low) and np.isfinite(high):
            return f"; right runs lie between {_short(low)} and {_short(high)}"
        if np.isfinite(high):
            return f"; right runs have at most {_short(high)}"
        return f"; right runs have at least {_short(low)}" if np.isfinite(low) else ""


BOARD = {"vae": "elbo", "autoregressive": "nll", "gan": "mmd"}
"""What stands on a platform's leaderboard; a run that fails has no place there, however low it gets."""
FACTS = (
    ("elbo", "−ELBO on held-out images", " nats"),
    ("control/elbo", "the same net with the textbook loss", " nats"),
    ("iwae", "IWAE bound on −log p(x), 16 draws", " nats"),
    ("kl", "KL(q(z|x) ‖ p(z))", " nats"),
    ("active", "latent units in use", ""),
    ("nll", "−log p(x) on held-out images", " nats"),
    ("control/nll", "the same net with the textbook loss", " nats"),
    ("bits", "bits per pixel", ""),
    ("mmd", "MMD² of samples and held-out images", ""),
    ("diversity", "diversity of samples (data: 1)", ""),
    ("nearest", "distance to the nearest training image (held-out images: 1)", ""),
)


def _phases(
    ask: Callable[[Mapping[str, Any], Values], Observation], call: Mapping[str, Any], plan: Plan, said: list[str]
) -> Callable[[str, Mapping[str, Any], Arrays], Arrays]:
    def phase(name: str, told: Mapping[str, Any], given: Arrays) -> Arrays:
        asked = {**call, **on_gpu(call, name), "phase": name, "levels": plan.levels, "early": 0, **told}
        observed = ask(asked, dict(given))
        said.append(observed.printed)
        if observed.status != "ok":
            raise Ended(name, observed.status, observed.detail)
        return observed.values

    return phase


def on_gpu(call: Mapping[str, Any], phase: str) -> dict[str, Any]:
    """What tells the box that a phase is to be answered on the item's GPU, if it has one and this phase trains."""
    return {"gpu": call["device"]} if "device" in call and phase in TRAINS else {}


def _short(value: float) -> str:
    return f"{value:.4g}" if abs(value) < 1000 else f"{value:.0f}"
