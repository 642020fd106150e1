"""How derivations are judged: real transcripts, single slips, hostile input, time, and other programmes.

    python -m benchmarks.derivations [--mutants 3000] [--pairs 120] [--seed 0] [--list]

Mutants are made of the right steps and answers of the rubrics, one slip in each, and handed in as a student would hand
them in. One is caught if its step or answer is refused; that is not asked of one that has the same value as what it was
made of, on worlds that the grader does not use. Intervals are Clopper and Pearson's, at 95 %. Times are wall seconds of
one process.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import beta

from benchmarks.derivations import gold, rivals
from benchmarks.derivations.corpora import Answer, Part, Step, answers, parts, steps
from benchmarks.derivations.hostile import HOSTILE, WORLD
from benchmarks.derivations.mutate import RELATIONS, mutants
from grader.maths import displayed, evaluated, judged, likely, matches, observed_answer
from grader.maths.answer import _claim, room
from grader.maths.steps import known
from grader.maths.values import Undecided
from grader.maths.write import latex
from grader.values import under

SEED = 1
OTHER_SEEDS = (101, 102, 103)
RELATION_NAMES = frozenset(["relation", "jensen"])


@dataclass(frozen=True)
class Tried:
    """A mutant that was handed in: what was done to it, whether it was refused, and whether its slip was named."""

    where: str
    slip: str
    text: str
    verdict: str
    named: bool
    seconds: float
    notes: tuple[str, ...] = ()


def share(hits: int, of: int) -> str:
    """A share with its interval, in percent."""
    if not of:
        return "none"
    low = float(beta.ppf(0.025, hits, of - hits + 1)) if hits else 0.0
    high = float(beta.ppf(0.975, hits + 1, of - hits)) if hits < of else 1.0
    return f"{hits}/{of} = {100 * hits / of:.2f} %  [{100 * low:.2f}, {100 * high:.2f}]"


# --- transcripts ---------------------------------------------------------------------------------------------------


def transcripts() -> None:
    """What is said of the real transcripts, beside what a careful person said."""
    print("transcripts with a person's verdicts")
    if not gold.there():
        print("  not at hand: ../shared is not part of the repository")
        return
    found = list(gold.verdicts(time.perf_counter))
    right = [v for v in found if v.gold == "correct"]
    refused = [v for v in right if v.outcome.credit is not None and v.outcome.credit < 1]
    wrong = [v for v in found if v.wrong_step]
    located = [v for v in wrong if "fails" in v.verdicts or v.offered]
    print(f"  right answers refused            {share(len(refused), len(right))}")
    print(f"  chains decided without a person  {share(sum(v.decided for v in found), len(found))}")
    print(f"  wrong steps located or offered   {share(len(located), len(wrong))}")
    claims = [verdict for v in found for verdict in v.verdicts if verdict not in ("defines", "unjudged")]
    print(f"  relations decided                {share(sum(c != 'undecided' for c in claims), len(claims))}")
    print(f"  rows of these parts read         {share(sum(v.read for v in found), sum(v.rows for v in found))}")
    rows = list(gold.transcript_rows())
    print(f"  display rows of transcripts read {share(sum(read for _, read in rows), len(rows))}")
    for v in found:
        if v in refused or not v.decided or v.wrong_step:
            print(f"    {v.where:<18} gold {v.gold:<10} credit {v.outcome.credit}  {v.outcome.sentence[:110]}")


# --- mutants -------------------------------------------------------------------------------------------------------


def _of_steps(found: Sequence[Step], rng: random.Random) -> Iterator[tuple[Step, str, str, frozenset[str]]]:
    """Mutants of steps in an order in which each slip of each step has its turn: the step, the slip, text, names."""
    made = []
    for step in found:
        every = [(step, m.slip, step.text(m.node), m.names) for m in mutants(step.right, step.told)]
        for relation, slip in RELATIONS.get(step.relation, []):
            every.append((step, slip, step.text(relation=relation), RELATION_NAMES))
        made.append(rng.sample(every, len(every)))
    yield from _in_turn(made)


def _in_turn(made: list[list]) -> Iterator:  # type: ignore[type-arg]
    for k in range(max((len(every) for every in made), default=0)):
        yield from (every[k] for every in made if k < len(every))


def _verdict_of_step(step: Step, text: str, seed: int) -> tuple[str, tuple[str, ...]]:
    """The verdict on the last claim of a text, and the notes of its likely slips."""
    claims = judged(observed_answer(text, step.world, seed))
    if not claims:
        return "unread", ()
    last = claims[-1]
    return last.verdict, tuple(filter(None, (last.note, *last.others)))


def _tried_step(step: Step, slip: str, text: str, names: frozenset[str]) -> Tried:
    start = time.perf_counter()
    verdict, notes = _verdict_of_step(step, text, SEED)
    seconds = time.perf_counter() - start
    if verdict == "holds" and all(_verdict_of_step(step, text, seed)[0] == "holds" for seed in OTHER_SEEDS):
        verdict = "equal"
    return Tried(step.where, slip, text, verdict, bool(names & set(notes)), seconds, notes)


def _of_answers(found: Sequence[Answer], rng: random.Random) -> Iterator[tuple[Answer, str, str, frozenset[str]]]:
    made = []
    for answer in found:
        every = [(answer, m.slip, f"$$\n{latex(m.node)}\n$$", m.names) for m in mutants(answer.node, answer.told)]
        made.append(rng.sample(every, len(every)))
    yield from _in_turn(made)


def _verdict_of_answer(answer: Answer, text: str, seed: int) -> tuple[str, tuple[str, ...]]:
    check = answer.check
    observed = observed_answer(text, check.world, seed)
    formulas = check._formulas()
    expected = evaluated(formulas, check.world, seed, slips=formulas)
    if not len(observed["ends"]):
        return "unread", ()
    side = under(f"side/{int(observed['ends'][-1])}", observed)
    sought = [under(name, expected) for name in check._formulas()]
    if any(matches(side, one, check.up_to) for one in sought):
        return "holds", ()
    if "why" in side:
        return "undecided", ()
    return "fails", tuple(candidate.note for candidate in likely(side, sought))


def _tried_answer(answer: Answer, slip: str, text: str, names: frozenset[str]) -> Tried:
    start = time.perf_counter()
    verdict, notes = _verdict_of_answer(answer, text, SEED)
    seconds = time.perf_counter() - start
    if verdict == "holds" and all(_verdict_of_answer(answer, text, seed)[0] == "holds" for seed in OTHER_SEEDS):
        verdict = "equal"
    return Tried(answer.where, slip, text, verdict, bool(names & set(notes)), seconds, notes)


def single_slips(count: int, seed: int, *, shown: bool) -> list[Tried]:
    """As many mutants as asked for, four fifths of steps and the rest of answers, and what became of them."""
    rng = random.Random(seed)
    found: list[Tried] = []
    for made, tried, most in (
        (_of_answers(answers(), rng), _tried_answer, count // 5),
        (_of_steps(steps(), rng), _tried_step, count),
    ):
        for mutant in made:
            if sum(t.verdict != "equal" for t in found) >= most:
                break
            found.append(tried(*mutant))  # type: ignore[operator]
    _report_slips(found, shown=shown)
    return found


def _report_slips(found: list[Tried], *, shown: bool) -> None:
    wrong = [t for t in found if t.verdict != "equal"]
    caught = [t for t in wrong if t.verdict == "fails"]
    accepted = [t for t in wrong if t.verdict in ("holds", "defines")]
    person = [t for t in wrong if t not in caught and t not in accepted]
    decided = len(caught) + len(accepted)
    print(
        f"single-slip mutants: {len(wrong)}, and {len(found) - len(wrong)} of the same value, which count for nothing"
    )
    print(f"  caught, of those decided         {share(len(caught), decided)}")
    print(f"  never accepted                   {share(len(wrong) - len(accepted), len(wrong))}")
    print(f"  left to a person                 {share(len(person), len(wrong))}")
    print(f"  slip among the first three       {share(sum(t.named for t in caught), len(caught))}")
    print(f"  some slip named                  {share(sum(bool(t.notes) for t in caught), len(caught))}")
    times = sorted(t.seconds for t in caught)
    print(
        f"  with its diagnosis               median {1000 * statistics.median(times):.0f} ms, worst {times[-1]:.2f} s"
    )
    missed = Counter(t.slip for t in caught if not t.named)
    print("  named by kind of slip            (not named / caught)")
    for slip, of in Counter(t.slip for t in caught).most_common():
        print(f"    {slip:<30}{missed[slip]:>5} /{of:>5}")
    for t in accepted:
        print(f"  ACCEPTED {t.where} {t.slip}: {' '.join(t.text.split())[:200]}")
    for t in [t for t in caught if not t.named] + person if shown else []:
        print(f"  {t.verdict:<10} {t.where:<26} {t.slip:<24} {','.join(t.notes)}: {' '.join(t.text.split())[-200:]}")


# --- hostile input, time, others -------------------------------------------------------------------------------------


def hostile() -> None:
    """How long hostile answers take, and that each ends with a message or a value."""
    times = {}
    for name, text in HOSTILE.items():
        start = time.perf_counter()
        judged(observed_answer(text if "$" in text else displayed(text), WORLD, SEED))
        times[name] = time.perf_counter() - start
    slow = {name: round(seconds, 2) for name, seconds in times.items() if seconds > 1}
    worst = max(times, key=lambda name: times[name])
    print(f"hostile answers: {len(times)}, above 1 s: {share(len(slow), len(times))} {slow or ''}")
    print(f"  the slowest is {worst}, {times[worst]:.2f} s")


def times_of(found: Sequence[Step], whole: Sequence[Part]) -> None:
    """Milliseconds a step, and seconds for a homework of 25 parts."""
    taken = []
    for step in found:
        space = room(step.world, SEED)
        left, right = known(step.left, frozenset()), known(step.right, frozenset())
        for mode in space.modes:
            space.scope(mode)
        try:
            start = time.perf_counter()
            _claim(left, right, step.relation, space)
            taken.append(1000 * (time.perf_counter() - start))
        except Undecided:
            continue
    print(f"a step, outside the confirming stage: median {statistics.median(taken):.1f} ms, worst {max(taken):.0f} ms")
    start = time.perf_counter()
    chosen = [whole[k] for k in np.linspace(0, len(whole) - 1, 25).astype(int)]
    for part in chosen:
        judged(observed_answer(part.text, part.world, SEED))
    print(f"a homework of {len(chosen)} parts: {time.perf_counter() - start:.2f} s")


def others(tried: Sequence[Tried], found: Sequence[Step], count: int, seed: int) -> None:
    """The same pairs for other programmes, one half equal, and for this one."""
    rng = random.Random(seed)
    equal = [rivals.Pair(latex(s.left), latex(s.right), True) for s in found if s.relation == "=" and not s.before]
    lefts = sorted({pair.left for pair in equal}, key=len, reverse=True)
    wrong = []
    for body in (t.text.strip("$\n ") for t in tried if t.verdict == "fails"):
        left = next((left for left in lefts if body.startswith(f"{left} = ")), None)
        if left is not None and "$$" not in body:
            wrong.append(rivals.Pair(left, body.removeprefix(f"{left} = "), False))
    pairs = rng.sample(equal, min(count // 2, len(equal))) + rng.sample(wrong, min(count // 2, len(wrong)))
    print(f"other programmes on {len(pairs)} of these pairs ({sum(p.equal for p in pairs)} equal)")
    print(f"  {'':<34}{'read':>6}{'decided':>9}{'right':>8}{'wrong':>8}{'median ms':>10}{'worst':>10}")
    for score in rivals.rivals(pairs):
        print(score.line(len(pairs)))
    ours = _our_scores(pairs, found)
    print(ours.line(len(pairs)))


def _our_scores(pairs: Sequence[rivals.Pair], found: Sequence[Step]) -> rivals.Scores:
    worlds = {latex(step.left): step.world for step in found}
    read, decided, wrong, taken = 0, 0, 0, []
    for pair in pairs:
        world = worlds[pair.left]
        start = time.perf_counter()
        claims = judged(observed_answer(f"$$\n{pair.left} = {pair.right}\n$$", world, SEED))
        taken.append(1000 * (time.perf_counter() - start))
        read += bool(claims)
        verdict = claims[-1].verdict if claims else "unread"
        decided += verdict in ("holds", "fails")
        wrong += verdict in ("holds", "fails") and (verdict == "holds") != pair.equal
    return rivals.Scores("this reader, with diagnosis", read, decided, wrong, taken)


def main() -> int:
    """All figures, printed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.derivations")
    parser.add_argument("--mutants", type=int, default=3000, help="single-slip mutants that differ by value")
    parser.add_argument("--pairs", type=int, default=120, help="pairs for the other programmes")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--list", action="store_true", help="list the mutants that were not named or decided")
    told = parser.parse_args()
    found = steps()
    transcripts()
    times_of(found, parts())
    hostile()
    tried = single_slips(told.mutants, told.seed, shown=told.list)
    others(tried, found, told.pairs, told.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
