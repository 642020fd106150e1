"""The transcripts of real homework with a careful person's verdict for each part, and what the grader says of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.derivations.corpora import ROOT, theory
from grader.checks.derivation import READ_AS, Derivation
from grader.checks.expression import Expression
from grader.intake.answers import split_answers
from grader.intake.asked import parts_asked
from grader.maths import evaluated, judged, observed_answer
from grader.maths.answer import lines
from grader.maths.rows import rows
from grader.maths.setting import setting
from grader.model import Expected, Observation, Outcome
from grader.rubric import load_rubric

SHARED = ROOT.parent / "shared" / "homeworks"
GRADED = ("vae_gan", "vae_quiz", "vae_gan_quiz")


@dataclass(frozen=True)
class Verdict:
    """A part of a transcript: what the person said, what the grader said, and how its claims came out."""

    where: str
    gold: str
    wrong_step: bool
    offered: bool
    outcome: Outcome
    verdicts: tuple[str, ...]
    rows: int
    read: int
    seconds: float

    @property
    def decided(self) -> bool:
        return self.outcome.credit is not None


def there() -> bool:
    """Whether the transcripts are at hand; they are not part of the repository."""
    return SHARED.is_dir()


def verdicts(clock: Any) -> Iterator[Verdict]:
    """The grader's verdict on each part of the transcripts that has an item of kind derivation or expression."""
    items = dict(theory())
    for homework in GRADED:
        written = _written(homework)
        for line in (SHARED / f"{homework}.gold.jsonl").read_text().splitlines():
            told = json.loads(line)
            check = getattr(items.get(f"{homework} {told['part']}"), "check", None)
            if isinstance(check, Derivation | Expression):
                text = written.get(check.part, "")
                yield _verdict(f"{homework} {told['part']}", text, told, check, clock)


def _written(homework: str) -> dict[str, str]:
    """The parts of a transcript, as they are cut out of it."""
    rubric = load_rubric(ROOT / "rubrics" / f"{homework}.yaml", ROOT)
    text = (SHARED / "transcripts" / f"{homework}.md").read_text()
    return dict(split_answers(text, parts_asked(rubric)).parts)


def _verdict(where: str, text: str, told: dict[str, Any], check: Derivation | Expression, clock: Any) -> Verdict:
    world = {**check.world, "scanned": True}
    start = clock()
    values = observed_answer(text, world, 1)
    seconds = clock() - start
    expected = Expected({}, evaluated(check._formulas(), check.world, 1))
    outcome = check.compare(expected, Observation("ok", values))
    read_lines = lines(text, setting(world))
    claims = judged(values)
    said = tuple(claim.verdict for claim in claims)
    offered = any(claim.why.startswith(READ_AS) for claim in claims)
    wrong = told["first_wrong_step"] is not None
    counted = sum(line.row is not None for line in read_lines)
    return Verdict(where, told["verdict"], wrong, offered, outcome, said, len(read_lines), counted, seconds)


def transcript_rows() -> Iterator[tuple[str, bool]]:
    """Every display row of the transcripts, with whether it is read, in any of the worlds of its homework."""
    worlds: dict[str, list[Any]] = {}
    for where, item in theory():
        worlds.setdefault(where.split()[0], []).append(setting(item.check.world))  # type: ignore[attr-defined]
    for homework in GRADED:
        text = Path(SHARED / "transcripts" / f"{homework}.md").read_text()
        for formula in rows(text):
            if formula.alone:
                shown = f"$$\n{formula.text}\n$$"
                found = [line for told in worlds.get(homework, []) for line in lines(shown, told)]
                yield formula.text, any(line.row is not None for line in found)
