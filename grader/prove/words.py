"""A proof in words, for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from grader.prove.lab import Tried
from grader.prove.power import counted
from grader.prove.proof import Proof
from grader.prove.stability import Flakes


def told(proof: Proof) -> Iterator[str]:
    """The lines of a proof: what was asked, what came of it, and each thing that is not as it should be."""
    yield headline(proof)
    if not proof.rubric.items:
        return
    yield f"  {examples(proof)}"
    yield from (f"    {miss}" for miss in proof.examples.misses)
    yield f"  {fairness(proof)}"
    yield from (f"    {refusal(one)}" for one in proof.unfair)
    yield f"  {stability(proof)}"
    yield from (f"    {flake(one)}" for one in proof.refused)
    yield f"  {power(proof)}"
    for one in proof.survivors:
        yield f"    survived: {one.variant.name} (items {', '.join(one.outcomes)})"
        yield from (f"      {line}" for line in one.variant.diff.splitlines())
    yield from (f"  {line}" for line in weight(proof))


def headline(proof: Proof) -> str:
    """The proof in one line."""
    name = proof.rubric.homework
    if not proof.rubric.items:
        return f"{name}: all items train, and are left out without --training; nothing is proved"
    left = f"; {count(len(proof.skipped), 'training item')} left out" if proof.skipped else ""
    caught = f"{proof.percent:.1f} % of {wrong_count(proof)} wrong works are caught"
    return f"{name}: {caught}, in {proof.seconds:.0f} s of CPU time{left}"


def wrong_count(proof: Proof) -> int:
    """How many works were wrong: all that were tried but for those that are equivalent."""
    return len(proof.wrong) - counted(proof.wrong)["equivalent"]


def examples(proof: Proof) -> str:
    """What became of the examples."""
    if not proof.examples.count:
        return "examples: there are none to compare with"
    if not proof.examples.misses:
        return f"examples: all {proof.examples.count} get what their golden lines say"
    return (
        f"examples: of {proof.examples.count}, {count(len(proof.examples.misses), 'item')} not as the golden lines say"
    )


def fairness(proof: Proof) -> str:
    """What became of right works."""
    bad = len(proof.unfair)
    every = count(len(proof.right), "right work")
    return f"fairness: {every}, {f'{bad} of which lose points or wait for a person' if bad else 'none loses a point'}"


def stability(proof: Proof) -> str:
    """How often the reference was refused."""
    if not proof.flakes:
        return "stability: nothing here depends on a seed"
    runs, refused = sum(one.runs for one in proof.flakes), sum(one.refused for one in proof.flakes)
    most = max(one.most for one in proof.flakes)
    return f"stability: {refused} of {runs} runs on fresh inputs refused; at most {most:.1%} for any item (95 %)"


def power(proof: Proof) -> str:
    """What became of wrong works."""
    counts = counted(proof.wrong)
    parts = [f"{counts['caught']} caught"]
    parts += [f"{counts['person']} for a person"] if counts["person"] else []
    parts += [f"{counts['survived']} survived", f"{counts['equivalent']} equivalent, as far as sampling tells"]
    left = f"; {proof.left_out} more were beyond the budget" if proof.left_out else ""
    return f"power: {', '.join(parts)}{left}"


def weight(proof: Proof) -> Iterator[str]:
    """What there is to say of the items themselves."""
    found = proof.weights
    for a, b in found.together:
        yield f"weight: {a} and {b} fail together on every work that was tried: one of them may be enough"
    if found.unfailed:
        yield f"weight: nothing that was tried fails {', '.join(found.unfailed)}"
    if found.unasked:
        yield f"weight: nothing was tried for {', '.join(found.unasked)}: a person reads it, or there is no solution"


def refusal(one: Tried) -> str:
    """What a right work lost, and why."""
    said = (f"{name}: {one.outcomes[name].sentence}" for name in sorted(one.failed))
    return f"{one.variant.name}: {'; '.join(said)}"


def flake(one: Flakes) -> str:
    """How often an item refused the reference."""
    return f"{one.item}: refused {one.refused} of {one.runs} runs, at most {one.most:.1%}: {one.said}"


def count(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
