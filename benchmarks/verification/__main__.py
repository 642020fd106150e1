"""How well wrong implementations are refused and named, and how surely right ones are accepted.

    python -m benchmarks.verification [HOMEWORK ...] [--flakes 5000] [--list]

Each implementation of the corpora is handed in alone and asked, in the box and by the code that grades a class, all
items of its homework that ask for it. A wrong one is refused if an item takes credit from it, and named right if one
of these items has the note that its author expects; a right one must get full credit everywhere. Then right
implementations run on fresh inputs and fresh seeds: a refusal there is a flake. Times are CPU, in the student's
process and the grader's, without the pages. Intervals are Clopper and Pearson's, at 95 %.
"""

from __future__ import annotations

import argparse
import importlib
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import beta

from benchmarks.verification.corpora import Variant, homeworks, variants
from benchmarks.wall import cpu_of
from grader import grade as spine
from grader.box.sandbox import Box, Request
from grader.box.worker import Sources, warm_up
from grader.box.zygote import Zygote
from grader.checks import KINDS
from grader.checks.code import Code
from grader.model import Expected, Item, Observation, Outcome, Rubric, Values, Work
from grader.rubric import load_rubric
from grader.run import Desk, expected_of, reference_work, wanted
from grader.store import Store

ROOT = Path(__file__).resolve().parents[2]
LEAST_REFUSED, LEAST_NAMED, MOST_RIGHT_MS, MOST_WRONG_MS, MOST_WHOLE_SECONDS = 0.99, 0.90, 150.0, 500.0, 2.0


@dataclass(frozen=True)
class Verdict:
    """What one implementation got: the outcome of each item that asks for it, and the CPU milliseconds it took."""

    variant: Variant
    outcomes: dict[str, Outcome]
    milliseconds: float

    @property
    def refused(self) -> bool:
        return any(outcome.credit != 1.0 for outcome in self.outcomes.values())

    @property
    def named(self) -> bool:
        return any(o.credit != 1.0 and o.note == self.variant.says for o in self.outcomes.values())

    def told(self) -> str:
        heard = "; ".join(f"{item} {o.note}: {o.sentence}" for item, o in self.outcomes.items() if o.credit != 1.0)
        return f"{self.variant.homework} {self.variant.name}: {heard or 'nothing refused'}"


class Bench:
    """One homework with a warm zygote, its reference's answers, and a place to keep them."""

    def __init__(self, homework: str, stack: ExitStack) -> None:
        self.rubric: Rubric = load_rubric(ROOT / "rubrics" / f"{homework}.yaml", ROOT)
        self.zygote = stack.enter_context(Zygote(bubblewrap=False, preload=self.rubric.preload))
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        self.store = stack.enter_context(Store(Path(folder)))
        self.desk = Desk(self.rubric, self.store, expected_of(self.rubric, self.store, self.zygote))
        self.reference = stack.enter_context(self.box(reference_work(self.rubric), reference=True))

    def box(self, work: Work, *, reference: bool = False) -> Box:
        limits = self.rubric.items[0].limits
        return Box(self.zygote, work, wanted(self.rubric), limits, reference=reference)

    def items(self, function: str) -> list[Item]:
        """The items that ask for a function or a class of the reference."""
        return [item for item in self.rubric.items if function == called(item).partition(".")[0]]

    def judged(self, variant: Variant) -> Verdict:
        work = Work({"handed_in.py": variant.source.encode()}, asking=self.rubric.asking)
        items = self.items(variant.function)
        if not items:
            raise SystemExit(f"no item of {variant.homework} asks for `{variant.function}`")
        return self.asked(variant, work, items)

    def whole(self) -> Verdict:
        """The solution handed in as a student's work: every item that asks for code."""
        files = {name: source for name, source in self.rubric.reference.items() if name != "mistakes.py"}
        items = [item for item in self.rubric.items if called(item)]
        functions = {called(item).partition(".")[0] for item in items}
        kinds = {item.kind for item in items}
        says = f"{len(functions)} functions and classes, {len(items)} items of the kinds {', '.join(sorted(kinds))}"
        variant = Variant(self.rubric.homework, "", says, "the whole solution", "")
        return self.asked(variant, Work(files, asking=self.rubric.asking), items)

    def asked(self, variant: Variant, work: Work, items: Sequence[Item]) -> Verdict:
        digest = spine.work_digest(work)
        before = self.cpu()
        with self.box(work) as box:
            outcomes = {
                item.id: self.desk.answer(item, digest, box, self.reference, self.zygote, threading.Event())[1]
                for item in items
            }
        return Verdict(variant, outcomes, (self.cpu() - before) * 1000)

    def cpu(self) -> float:
        return time.process_time() + cpu_of(self.zygote._process.pid)


def called(item: Item) -> str:
    """The reference's name of what an item calls or builds."""
    check: Any = item.check
    return str(getattr(getattr(check, "call", None) or getattr(check, "module", None), "name", ""))


class Fresh:
    """The right implementations in this process, asked with inputs and seeds that nobody has seen."""

    def __init__(self, rubric: Rubric, rights: Sequence[Variant]) -> None:
        self.rubric = rubric
        self.rights = rights

    @cached_property
    def pairs(self) -> list[tuple[Variant, Item, Code]]:
        found = []
        for variant in self.rights:
            code = loaded({"handed_in.py": variant.source.encode()}, self.rubric.asking)
            items = [item for item in self.rubric.items if variant.function == called(item).partition(".")[0]]
            found += [(variant, item, code) for item in items]
        return found

    @cached_property
    def reference(self) -> Code:
        return loaded(self.rubric.reference, self.rubric.asking)

    def refused(self, variant: Variant, item: Item, code: Code, number: int) -> str:
        """Why a right implementation was refused in this run, or nothing."""
        rng = np.random.default_rng([number, len(item.id)])
        # The seed of an item follows from its id, so a new id is a new seed.
        fresh = replace(item, id=f"{item.id} #{number}", given=item.recipe.sample(rng))
        expected = Expected(fresh.given, probed(self.reference, spine.request(fresh, reference=True)))
        observed = Observation("ok", probed(code, spine.request(fresh)))
        outcome = spine.judge(fresh, expected, observed)
        return "" if outcome.credit == 1.0 else f"{variant.homework} {variant.name}, run {number}: {outcome.sentence}"


def loaded(sources: Mapping[str, bytes], asking: Mapping[str, bytes]) -> Code:
    """The files as modules of this process, which import each other as in the box."""
    files = {name.removesuffix(".py"): (name, source) for name, source in sources.items() if name != "mistakes.py"}
    finder = Sources(files, "/handed_in")
    sys.meta_path.insert(0, finder)
    try:
        for name in files:
            sys.modules.pop(name, None)
        modules = {f"{name}.py": importlib.import_module(name) for name in files}
    finally:
        sys.meta_path.remove(finder)
    adapters: dict[str, Any] = {}
    if "asking.py" in asking:
        exec(compile(asking["asking.py"], "asking.py", "exec"), adapters)
    return Code(modules, {}, {}, adapters)


def probed(code: Code, request: Request) -> Values:
    return KINDS[request.kind].probe(code, request.call, request.given)


def flakes(chosen: Sequence[str], count: int) -> tuple[int, list[str], int]:
    """How many runs there were, what was refused, and how many implementations took part."""
    warm_up()
    rooms = [Fresh(load_rubric(ROOT / "rubrics" / f"{hw}.yaml", ROOT), list(variants("right", hw))) for hw in chosen]
    pairs = [(room, *pair) for room in rooms for pair in room.pairs if pair[1].recipe is not None]
    found = []
    for number, (room, variant, item, code) in enumerate(islice(cycle(pairs), count)):
        found.append(room.refused(variant, item, code, number))
    return len(found), [sentence for sentence in found if sentence], len({pair[1].name for pair in pairs})


def interval(hits: int, of: int) -> str:
    low = beta.ppf(0.025, hits, of - hits + 1) if hits else 0.0
    high = beta.ppf(0.975, hits + 1, of - hits) if hits < of else 1.0
    return f"{hits} of {of} = {hits / of:.1%}, 95 % interval {low:.1%} to {high:.1%}"


def spread(values: Sequence[float]) -> str:
    ordered = sorted(values)
    most = ordered[int(0.95 * (len(ordered) - 1))]
    return f"median {statistics.median(ordered):.0f} ms, 95 % below {most:.0f} ms, at most {ordered[-1]:.0f} ms"


def verdicts(which: str, chosen: Sequence[str]) -> Iterator[Verdict]:
    for homework in homeworks(which):
        if homework in chosen:
            with ExitStack() as stack:
                bench = Bench(homework, stack)
                everything = list(variants(which, homework))
                bench.judged(everything[0])  # warm
                yield from map(bench.judged, everything)
                if which == "right":
                    yield bench.whole()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("homework", nargs="*", help="by default all that have a corpus")
    parser.add_argument("--flakes", type=int, default=5000, help="runs on fresh inputs and seeds")
    parser.add_argument("--list", action="store_true", help="print what each wrong implementation heard")
    told = parser.parse_args()
    chosen = told.homework or sorted({*homeworks("wrong"), *homeworks("right")})
    write = sys.stdout.write
    wrong = list(verdicts("wrong", chosen))
    answered = list(verdicts("right", chosen))
    whole, right = ([v for v in answered if bool(v.variant.source) == each] for each in (False, True))
    if told.list:
        write("".join(f"{verdict.told()}\n" for verdict in wrong))
    for verdict in wrong:
        if not verdict.refused or not verdict.named:
            write(f"{'ACCEPTED' if not verdict.refused else 'unnamed '}  {verdict.told()}\n")
    for verdict in right:
        if verdict.refused:
            write(f"REFUSED   {verdict.told()}\n")
    refused, named = sum(v.refused for v in wrong), sum(v.refused and v.named for v in wrong)
    if wrong:
        write(f"wrong, refused (aim: at least {LEAST_REFUSED:.0%}):      {interval(refused, len(wrong))}\n")
        write(f"wrong, named right (aim: at least {LEAST_NAMED:.0%}):   {interval(named, len(wrong))}\n")
        per = [v.milliseconds / len(v.outcomes) for v in wrong]
        write(f"a wrong one, each item (aim: below {MOST_WRONG_MS:.0f} ms):  {spread(per)}\n")
    if right:
        write(f"right, refused (aim: 0):                  {interval(sum(v.refused for v in right), len(right))}\n")
        per = [v.milliseconds / len(v.outcomes) for v in right]
        write(f"a right one, each item (aim: below {MOST_RIGHT_MS:.0f} ms):  {spread(per)}\n")
    for verdict in whole:
        lost = ", ".join(item for item, outcome in verdict.outcomes.items() if outcome.credit != 1.0)
        seconds = verdict.milliseconds / 1000
        write(f"{verdict.variant.homework} whole, {verdict.variant.says}: {seconds:.2f} CPU s")
        write(f" (aim for 12 functions: {MOST_WHOLE_SECONDS:.0f}){f'; LOST {lost}' if lost else ''}\n")
    if told.flakes:
        runs, bad, implementations = flakes([hw for hw in homeworks("right") if hw in chosen], told.flakes)
        write("".join(f"FLAKE     {sentence}\n" for sentence in bad))
        bound = beta.ppf(0.95, len(bad) + 1, runs - len(bad)) if runs else 1.0
        write(f"flakes: {len(bad)} in {runs} runs of {implementations} right implementations; ")
        write(f"so at most {bound:.1e} a run at 95 % confidence\n")


if __name__ == "__main__":
    main()
