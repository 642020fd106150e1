"""What is handed in for a proof, and the room where it is asked and judged like a student's work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from grader import grade as spine
from grader.box.sandbox import Box, Request
from grader.box.zygote import Zygote
from grader.engine import expected_of, reference_work, wanted
from grader.model import Expected, Item, Limits, Observation, Outcome, Rubric, Work
from grader.store import Store
from grader.values import digest

Verdict = Literal["caught", "person", "survived", "equivalent"]

PRICES: Mapping[str, float] = {"draws": 0.08, "module": 0.1, "asserts": 0.2, "derivation": 0.2, "expression": 0.1}
"""What a question of a kind costs, in CPU seconds. The budget is counted in these, and buys the same everywhere."""
PRICE, OPENING, TRAINING = 0.04, 0.06, 60.0
"""The same of any other kind, of a submission beside its questions, and of a training run."""


@dataclass(frozen=True)
class Variant:
    """Something that is handed in: a changed reference, a named mistake, an alternative, a changed answer.

    `owner` is the function or the item that it changes, `slip` what was done to it, `items` what is asked of it.
    `asked_as` is the name that is looked for instead of the item's own. `diff` shows the change;
    `sides` are the formula that was changed and what it was changed to.
    """

    owner: str
    slip: str
    work: Work
    items: tuple[Item, ...]
    asked_as: str = ""
    diff: str = ""
    sides: tuple[str, str] = ("", "")

    @property
    def name(self) -> str:
        return f"{self.owner}: {self.slip}"

    @property
    def price(self) -> float:
        """CPU seconds that it should take, whatever the machine is."""
        return OPENING + sum(price(item) for item in self.items)


@dataclass(frozen=True)
class Tried:
    """A variant and what it got, by item. `verdict` says of a mutant what became of it."""

    variant: Variant
    outcomes: Mapping[str, Outcome]
    verdict: Verdict = "caught"

    @property
    def lost(self) -> float:
        """The points that it costs; what waits for a person costs nothing yet."""
        points = {item.id: item.points for item in self.variant.items}
        return sum(points[name] * (1 - o.credit) for name, o in self.outcomes.items() if o.credit is not None)

    @property
    def failed(self) -> frozenset[str]:
        """The items that take points, or leave it to a person."""
        return frozenset(name for name, outcome in self.outcomes.items() if outcome.credit != 1.0)


def price(item: Item) -> float:
    """What one question should cost, in CPU seconds."""
    return TRAINING if item.kind == "training" else PRICES.get(item.kind, PRICE)


@dataclass
class Lab:
    """A rubric, a zygote, the reference's answers, and a place where answers are kept."""

    rubric: Rubric
    zygote: Zygote
    store: Store
    expected: Mapping[str, Expected] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.expected = expected_of(self.rubric, self.store, self.zygote)

    def box(self, work: Work, *, names: Sequence[str] = (), reference: bool = False) -> Box:
        """The box that a work is asked in; `names` are wanted beside those of the items."""
        return Box(self.zygote, work, [*wanted(self.rubric), *names], self.limits, reference=reference)

    @property
    def limits(self) -> Limits:
        """The largest of each limit of the rubric: what importing may use."""
        every = [item.limits for item in self.rubric.items]
        return Limits(**{name: max(getattr(entry, name) for entry in every) for name in vars(every[0])})

    def tried(self, variant: Variant) -> Tried:
        """What a variant gets. After a limit was passed nothing more is asked: it is caught."""
        work = spine.work_digest(variant.work)
        seed = digest("class", self.rubric.homework, spine.code_digest(variant.work))
        outcomes: dict[str, Outcome] = {}
        with self.box(variant.work, names=[variant.asked_as] if variant.asked_as else []) as box:
            ask = renamed(box.ask, variant.asked_as)
            for item in variant.items:
                key = digest("prove", spine.key(item, work), variant.asked_as)
                observation = self.store.kept(key)
                if observation is None:
                    observation = spine.asked(ask, item, seed=seed)
                    if observation.status != "lost":
                        self.store.keep(key, observation)
                outcomes[item.id] = spine.judge(item, self.expected[item.id], observation)
                if observation.status in ("timeout", "memory"):
                    break
        return Tried(variant, outcomes)

    def whole(self) -> Work:
        """The solution as a student would hand it in, without the course's mistakes."""
        work = reference_work(self.rubric)
        return replace(work, sources={name: text for name, text in work.sources.items() if name != "mistakes.py"})


def renamed(ask: spine.Ask, name: str) -> spine.Ask:
    """Asks for another name than the item's own."""
    if not name:
        return ask

    def other(request: Request) -> Observation:
        return ask(replace(request, call={**request.call, "names": [name]}))

    return other


def roots(item: Item) -> frozenset[str]:
    """The reference's names for what an item asks a student for."""
    told: Mapping[str, Any] = item.check.told(reference=False)
    return frozenset(told.get("names", ()))
