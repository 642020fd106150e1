"""One formula on its own: how it is read, what its names are, and what becomes of it in an item of a rubric.

For an instructor who writes a rubric, and for whoever helps a student. The text goes the way of a student's answer: it
is read and evaluated in the box, and judged outside.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from grader import grade as spine
from grader.box.sandbox import Box
from grader.box.zygote import Zygote
from grader.checks.derivation import ends_of
from grader.maths import MAX_ANSWER, displayed, marked, matches, meanings, similar
from grader.model import Evidence, Fact, Item, Lines, Outcome, Rubric, Table, UsageError, Values, Work
from grader.report import formula_page, words
from grader.values import cases, under

NAMES = "what the names are"
LAST = "its last side"


@dataclass(frozen=True)
class Reading:
    """What became of a text in an item: the verdict, and for each of its lines the canonical LaTeX.

    `stopped` holds for each line that could not be read its text and the carets below the place; `names` each name
    with what it is; `last` what the last side is worth, in words.
    """

    item: Item
    outcome: Outcome
    latex: tuple[str, ...] = ()
    stopped: tuple[tuple[str, str] | None, ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    last: tuple[str, ...] = ()

    @property
    def lines(self) -> Lines | None:
        """The lines with their verdicts, if the text was read at all."""
        return next((each for each in self.outcome.evidence if isinstance(each, Lines)), None)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """All that a page shows of it."""
        found: list[Evidence] = [self.lines] if self.lines else []
        found += [Fact(LAST, "; ".join(self.last))] if self.last else []
        found += [Table(NAMES, ("", ""), self.names)] if self.names else []
        return tuple(found)


def formula_items(rubric: Rubric) -> list[Item]:
    """The items of a rubric that take formulas."""
    return [item for item in rubric.items if hasattr(item.check, "world")]


def item_named(rubric: Rubric, name: str) -> Item:
    """The item of this id, which must take formulas. Raises UsageError, which lists those that do."""
    items = {item.id: item for item in formula_items(rubric)}
    if name in items:
        return items[name]
    there = f"those that do are {', '.join(items)}" if items else "none does"
    if any(item.id == name for item in rubric.items):
        raise UsageError(f"item {name} of {rubric.homework} takes no formulas; {there}")
    raise UsageError(f"{rubric.homework} has no item `{name}`; items with formulas: {', '.join(items) or 'none'}")


def listed(rubric: Rubric) -> str:
    """The items that take formulas, one in a line: id, kind and title."""
    items = formula_items(rubric)
    if not items:
        return f"{rubric.homework} has no item that takes formulas"
    wide = max(len(item.id) for item in items)
    told = (f"  {item.id:<{wide}}  {item.kind:<10}  {words.line(item.title, words.LABEL)}" for item in items)
    return "\n".join([f"items of {rubric.homework} that take formulas:", *told])


def read_formula(item: Item, text: str, zygote: Zygote) -> Reading:
    """What becomes of a text as the answer to an item; it is read in a box of its own.

    Raises UsageError for an empty text, CourseError if the item's own formulas have no value.
    """
    if not text.strip():
        raise UsageError("the formula is empty")
    if len(text) > MAX_ANSWER:
        raise UsageError(f"the text has {len(text):,} characters; more than {MAX_ANSWER:,} are not judged")
    check: Any = item.check
    with Box(zygote, Work(), [], item.limits, reference=True) as box:
        expected = spine.expected(box.ask, item)
    with Box(zygote, Work(answers={check.part: displayed(text)}), [], item.limits) as box:
        observed = box.ask(spine.request(item))
    outcome = spine.judge(item, expected, observed)
    if observed.status != "ok":
        return Reading(item, outcome)
    lines = [cases(under("line", observed.values))[key] for key in _numbered(observed.values, "line")]
    return Reading(
        item,
        outcome,
        tuple(str(line.get("latex", "")) for line in lines),
        tuple(_stopped(line) for line in lines),
        tuple(_named(lines, observed.values, check.world)),
        tuple(_last(observed.values, expected.values, check)),
    )


def page(rubric: Rubric, reading: Reading) -> str:
    """A reading as an HTML page, its formulas set in MathML."""
    return formula_page(rubric, reading.item, reading.outcome, reading.evidence)


def told(reading: Reading) -> str:
    """A reading for the terminal: lines with their verdicts, what the last side is worth, and the names."""
    title = words.line(reading.item.title, words.LABEL)
    parts = [f"item {reading.item.id}: {title}", "\n".join(_line_told(reading))]
    parts += [f"{LAST}: {'; '.join(reading.last)}"] if reading.last else []
    if reading.names:
        wide = min(24, max(len(name) for name, _ in reading.names))
        named = (f"  {name:<{wide}}  {words.line(what)}" for name, what in reading.names)
        parts.append("\n".join([f"{NAMES}:", *named]))
    parts.append(f"verdict: {words.sentence(reading.outcome.sentence)}")
    return "\n\n".join(filter(None, parts))


def _line_told(reading: Reading) -> Iterator[str]:
    shown = words.shown_lines(reading.lines) if reading.lines else ()
    for number, (line, latex, stopped) in enumerate(zip(shown, reading.latex, reading.stopped, strict=False), 1):
        _, sign, word = words.LINE_VERDICTS[line.verdict]
        said = words.line_words(line) or words.sentence(word)
        lead = f"{number:>3} {sign or '·'} "
        if stopped:
            yield f"{lead}{stopped[0]}\n{' ' * len(lead)}{stopped[1]}"
        else:
            yield lead + words.line(latex, words.SENTENCE)
        if said:
            yield f"{' ' * len(lead)}{said}"


def _stopped(line: Values) -> tuple[str, str] | None:
    """The line and the carets where reading it stopped; what can't be shown is a box, so that they stay below."""
    if not str(line.get("why", "")):
        return None
    low, high = (int(k) for k in line.get("at", (0, 0)))
    text, carets = marked(str(line["text"]), (low, high))
    return "".join(c if c.isprintable() else "�" for c in text), carets


def _named(lines: list[dict[str, Any]], observed: Values, world: Any) -> Iterator[tuple[str, str]]:
    names = list(dict.fromkeys(name for line in lines for name in str(line.get("names", "")).split("\n") if name))
    strange = {name for line in lines for name in str(line.get("strange", "")).split("\n")}
    own = {str(claim["defines"]) for claim in cases(under("claim", observed)).values() if "defines" in claim}
    for name, what in meanings(names, world).items():
        said = what or "bound in the formula itself"
        if not what and name in own:
            said = "defined by the text itself"
        elif not what and name in strange:
            near = similar(name, world)
            said = "not declared in its world" + (f"; did you mean {near}?" if near else "")
        yield words.line(name, words.NAME), said


def _last(observed: Values, expected: Values, check: Any) -> Iterator[str]:
    """What the last side has the value of, in words."""
    ends = ends_of(observed)
    if not ends:
        return
    side = ends[-1]
    if "why" in side:
        yield f"has no value: {words.line(str(side['why']))}"
        return
    answers = [name for name in expected_names(expected) if not name.startswith("milestone")]
    right = any(matches(side, under(name, expected)) for name in answers)
    yield "has the value of the item's answer" if right else "does not have the value of the item's answer"
    for k, milestone in enumerate(getattr(check, "milestones", ())):
        if matches(side, under(f"milestone.{k}", expected)):
            yield f"has the value of milestone {k + 1} ({words.line(milestone.title, words.LABEL)})"


def expected_names(expected: Values) -> list[str]:
    """The names of an item's own formulas: `ends`, `milestone.0`, `answer.0`, …"""
    return list(cases(expected))


def _numbered(values: Values, prefix: str) -> list[str]:
    return sorted(cases(under(prefix, values)), key=int)
