"""What the rubrics hold of right mathematics: the steps of their solutions, and their answers, as trees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.checks.derivation import Derivation
from grader.checks.expression import Expression
from grader.maths import displayed
from grader.maths.answer import lines
from grader.maths.read import read
from grader.maths.setting import Setting, setting
from grader.maths.steps import derivation
from grader.maths.tree import Node
from grader.maths.write import latex
from grader.model import CourseError, Item
from grader.rubric import load_rubric

ROOT = Path(__file__).resolve().parents[2]
HOMEWORK = ("vae_gan", "vae_quiz", "vae_gan_quiz", "generative_theory", "vae_gan_duality")
SHOWN = {"<=": r"\le", ">=": r"\ge", "<": "<", ">": ">", "=": "="}


@dataclass(frozen=True)
class Step:
    """A relation between two sides that holds; `before` are the definitions that it needs, as displays."""

    where: str
    world: Mapping[str, Any]
    told: Setting
    left: Node
    relation: str
    right: Node
    before: str = ""

    def text(self, right: Node | None = None, relation: str = "") -> str:
        """The step as a student would hand it in, with another right side or relation."""
        other = latex(self.right if right is None else right)
        return f"{self.before}$$\n{latex(self.left)} {SHOWN[relation or self.relation]} {other}\n$$"


@dataclass(frozen=True)
class Answer:
    """A formula that is a right answer, the item that asks for it, and how it is written there."""

    where: str
    check: Expression
    told: Setting
    node: Node
    written: str


@dataclass(frozen=True)
class Part:
    """A whole right answer to one part, as it stands in the rubric."""

    where: str
    text: str
    world: Mapping[str, Any]


def theory() -> Iterator[tuple[str, Item]]:
    """The items of kind derivation and expression of the five homeworks, with where they stand."""
    for homework in HOMEWORK:
        try:
            rubric = load_rubric(ROOT / "rubrics" / f"{homework}.yaml", ROOT)
        except CourseError as error:
            print(f"{homework} is left out: its rubric has mistakes ({str(error).splitlines()[0]})")
            continue
        for question in rubric.questions:
            yield from ((f"{homework} {item.id}", item) for item in question.items if item.kind in KINDS)


KINDS = ("derivation", "expression")


def parts() -> list[Part]:
    """The right answers that the rubrics hold."""
    found = []
    for where, item in theory():
        check = item.check
        assert isinstance(check, Derivation | Expression)
        text = check.solution if isinstance(check, Derivation) else check.answer
        if text:
            found.append(Part(where, displayed(text), check.world))
    return found


def answers() -> list[Answer]:
    """The formulas that items of kind expression ask for."""
    found = []
    for where, item in theory():
        if isinstance(item.check, Expression):
            told = setting(item.check.world)
            written = item.check.answer
            found.append(Answer(where, item.check, told, read(written, told.notation()), written))
    return found


def steps() -> list[Step]:
    """The steps of the solutions, each on its own."""
    found: list[Step] = []
    for where, item in theory():
        if isinstance(item.check, Derivation) and item.check.solution:
            found += _steps(where, displayed(item.check.solution), item.check.world)
    return found


def _steps(where: str, text: str, world: Mapping[str, Any]) -> Iterator[Step]:
    told = setting(world)
    read_lines = lines(text, told)
    whole = derivation([line.row for line in read_lines])
    named = {claim.row for claim in whole.claims if claim.relation in ("=", ":=")}
    before = "".join(f"$$\n{line.text}\n$$\n" for k, line in enumerate(read_lines) if k in named and _defines(line.row))
    for claim in whole.claims:
        if claim.relation in SHOWN:
            left, right = (whole.sides[k].node for k in (claim.left, claim.right))
            yield Step(where, world, told, left, claim.relation, right, before)


def _defines(row: Any) -> bool:
    """Whether a row may say what a name of the student's own is: it has a name that the homework does not know."""
    from grader.maths.read import unknown

    return row is not None and bool(unknown(row))
