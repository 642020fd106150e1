"""The pages of the review. Everything that a template shows is prepared here as plain text, and escaped there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from grader.decisions import Decision, Entry, Row, Split, Undo, comment, credit
from grader.model import Fact, Item, Outcome
from grader.report import pages, words
from grader.report.comments import answered, commented
from grader.report.words import line, points
from grader.review.desk import Now
from grader.review.groups import Case, Choice, Group, based, model_answer

HERE = Path(__file__).parent
SHOWS = {
    "waiting": "waits for a person",
    "changed": "changed since a decision",
    "decided": "decided by a person",
    "all": "everything",
}
MOST_SHOWN = 500
"""Groups in one list, and members in one group, that are shown at once."""
ANSWER = 20_000
MOST_SPELLINGS, SPELLING = 8, 600
"""Ways to write one formula that are shown beside the first, and the characters of each."""
NO_ANSWER = "What was written is not kept in these results; run grade again to see it here."


@dataclass(frozen=True)
class Viewer:
    """Who looks, and how: `names` instead of numbers, `keys` if single keys are shortcuts."""

    by: str
    names: bool = False
    keys: bool = True

    def called(self, now: Now) -> Mapping[str, str]:
        """What the students are called on the page."""
        return {who: line(who, words.NAME) if self.names else person.alias for who, person in now.people.items()}


@dataclass(frozen=True)
class Draft:
    """A decision as it stands in the form: rows by name, and texts as typed. `who` are the keys of the people."""

    who: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    base: str = ""
    comment: str = ""
    why: str = ""


@dataclass(frozen=True)
class Frame:
    """What every page shows around its content; `said` is what the last step did, `undo` the entry to take back."""

    viewer: Viewer
    back: str
    said: str = ""
    wrong: str = ""
    trouble: str = ""
    undo: str = ""


@dataclass(frozen=True)
class Shown:
    """One line of the queue."""

    href: str
    item: str
    title: str
    verdict: words.Verdict
    sentence: str
    note: str
    count: str
    people: str
    state: str
    changed: bool


@dataclass(frozen=True)
class Member:
    """One student of a group."""

    key: str
    name: str
    href: str
    ticked: bool
    current: bool


@dataclass(frozen=True)
class RowView:
    """One row of the rubric: `key` is the digit that ticks it, "" after the ninth; `shown` its text with formulas."""

    id: str
    name: str
    text: str
    shown: Markup
    points: str
    key: str
    ticked: bool


@dataclass(frozen=True)
class Event:
    """One step of the history of a group."""

    at: str
    by: str
    what: Markup
    why: Markup
    undone: bool


@dataclass(frozen=True)
class Neighbours:
    """Where a group stands in the list that its reader goes through."""

    place: int
    count: int
    previous: str = ""
    following: str = ""


def queue_page(now: Now, choice: Choice, frame: Frame) -> str:
    """The list of groups that a choice shows."""
    called = frame.viewer.called(now)
    found = [group for group in now.groups if choice.takes(group, called)]
    waiting = sum(len(group.cases) for group in now.groups if group.waits)
    return _render(
        "queue.html.j2",
        frame=frame,
        title=line(now.rubric.title, words.LABEL),
        choice=choice,
        shows=SHOWS,
        items=[(item.id, line(f"{item.id} {item.title}", words.LABEL)) for item in now.rubric.items],
        notes=sorted({group.cases[0].outcome.note for group in now.groups} - {""}),
        groups=[_shown(group, choice, called) for group in found[:MOST_SHOWN]],
        left=max(0, len(found) - MOST_SHOWN),
        waiting=words.plural(waiting, "answer"),
        waiting_groups=words.plural(sum(group.waits for group in now.groups), "group"),
        decided=len(now.decided.decisions),
        nothing=not waiting,
    )


def group_page(now: Now, group: Group, choice: Choice, frame: Frame, draft: Draft, *, member: str = "") -> str:
    """One group: what was asked, what was handed in, the right answer, and the form for the decision."""
    called = frame.viewer.called(now)
    case = next((each for each in group.cases if now.people[each.student].key == member), group.cases[0])
    item, outcome = group.item, case.outcome
    question = next(each for each in now.rubric.questions if item in each.items)
    current = now.people[case.student]
    return _render(
        "group.html.j2",
        frame=frame,
        homework=line(now.rubric.title, words.LABEL),
        group=group.id,
        number=line(item.id, words.LABEL),
        title=line(item.title, words.LABEL),
        item=item.id,
        maximum=points(item.points),
        whole=item.points,
        asked=commented(words.paragraphs(question.text)),
        verdict_=words.verdict(outcome),
        sentence=words.sentence(outcome.sentence),
        note=line(outcome.note, words.LABEL),
        answer=_answer(case),
        handed_=[pages.handed_view(piece) for piece in case.code],
        spellings=_spellings(group, case),
        evidence_=_views(outcome),
        who=called[case.student],
        whose=_address(group.id, choice, member=current.key),
        model=answered(words.paragraphs(model_answer(item)), getattr(item.check, "world", None)),
        hint=commented(line(item.hint)),
        members=[_member(now, each, choice, called, draft, group, case) for each in group.cases[:MOST_SHOWN]],
        beyond=[now.people[each.student].key for each in group.cases[MOST_SHOWN:]],
        count=len(group.cases),
        rows=_rows(now, item, draft),
        draft=draft,
        based=based(group.cases, now.decided),
        stands=_stands(group),
        told_=commented(words.block(comment(group.decision, now.decided.rows))) if group.decision else "",
        changed=group.changed,
        events=_events(now, group),
        place=neighbours(now, group, choice, called),
        query=_query(choice),
        queue="/?" + _query(choice),
    )


def conflict_page(now: Now, cases: Sequence[Case], fields: Sequence[tuple[str, str]], frame: Frame) -> str:
    """What has become meanwhile of cases that somebody wanted to decide, and the form to decide nevertheless."""
    called = frame.viewer.called(now)
    item = cases[0].item
    states: dict[tuple[str, str, str, Markup], list[str]] = {}
    for case in cases:
        decision = now.decided.decisions.get((case.student, item.id))
        states.setdefault(_state(now, item, decision), []).append(called[case.student])
    kept = [(name, value) for name, value in fields if name != "based"]
    return _render(
        "conflict.html.j2",
        frame=frame,
        homework=line(now.rubric.title, words.LABEL),
        number=line(item.id, words.LABEL),
        title=line(item.title, words.LABEL),
        states=[(*state, line(", ".join(names))) for state, names in states.items()],
        fields=[*kept, ("based", based(cases, now.decided))],
        queue="/?" + _query(Choice()),
    )


def message_page(title: str, sentence: str, viewer: Viewer) -> str:
    """A page with one sentence and the way back."""
    return _render("message.html.j2", frame=Frame(viewer, "/"), title=title, sentence=sentence)


def neighbours(now: Now, group: Group, choice: Choice, called: Mapping[str, str]) -> Neighbours:
    """The groups before and after one in the list that a choice shows; the group itself is always in it."""
    listed = [each.id for each in now.groups if each.id == group.id or choice.takes(each, called)]
    place = listed.index(group.id)
    before = _address(listed[place - 1], choice) if place else ""
    after = _address(listed[place + 1], choice) if place + 1 < len(listed) else ""
    return Neighbours(place + 1, len(listed), before, after)


def stands_as(decision: Decision, item: Item) -> Draft:
    """The form filled with what is decided already."""
    base = decision.credit if decision.base is None else decision.base
    shown = "" if decision.rows and not base else points(base * item.points)
    return Draft(rows=decision.rows, base=shown, comment=decision.comment, why="")


def _render(template: str, **view: Any) -> str:
    return _environment().get_template(template).render(view)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader([HERE / "templates", pages.TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["code"] = pages._code
    return environment


def _views(outcome: Outcome) -> tuple[Any, ...]:
    return tuple(pages._evidence(each) for each in outcome.evidence)


def _answer(case: Case) -> str:
    """What the student wrote, unless the evidence holds it; "" for code."""
    if not case.item.check.reads_text or case.outcome.note == "missing":
        return ""
    if any(isinstance(each, Fact) and each.label == "answer" for each in case.outcome.evidence):
        return ""
    return words.block(case.answer, ANSWER) or NO_ANSWER


def _spellings(group: Group, shown: Case) -> list[str]:
    """The other ways in which a group writes what is equal by value, each once, the most frequent ones first."""
    if not shown.outcome.alike:
        return []
    ways = Counter(" ".join(case.answer.split()) for case in group.cases)
    del ways[" ".join(shown.answer.split())]
    return [words.block(text, SPELLING) for text, _ in ways.most_common(MOST_SPELLINGS) if text]


def _shown(group: Group, choice: Choice, called: Mapping[str, str]) -> Shown:
    outcome = group.cases[0].outcome
    first = next((each.value for each in outcome.evidence if isinstance(each, Fact) and each.label == "answer"), "")
    wrote = first or group.cases[0].answer
    return Shown(
        href=_address(group.id, choice),
        item=line(group.item.id, words.LABEL),
        title=line(group.item.title, words.LABEL),
        verdict=words.verdict(outcome),
        sentence=line(wrote, 120) if outcome.credit is None and wrote.strip() else words.sentence(outcome.sentence),
        note=line(outcome.note, words.LABEL),
        count=words.plural(len(group.cases), "student"),
        people=_names([called[case.student] for case in group.cases]),
        state=_stands(group),
        changed=group.changed,
    )


def _names(names: Sequence[str]) -> str:
    """The first names of a list, and how many there are beside them."""
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return line(", ".join(names[:3]), 80) + more


def _member(
    now: Now, case: Case, choice: Choice, called: Mapping[str, str], draft: Draft, group: Group, current: Case
) -> Member:
    key = now.people[case.student].key
    ticked = not draft.who or key in draft.who
    return Member(key, called[case.student], _address(group.id, choice, member=key), ticked, case is current)


def _rows(now: Now, item: Item, draft: Draft) -> list[RowView]:
    return [
        RowView(
            row.id,
            row.name,
            row.text,
            commented(line(row.text, words.SENTENCE)),
            f"{row.share * item.points:.10g}",
            str(k) if k < 10 else "",
            row.name in draft.rows,
        )
        for k, row in enumerate(now.decided.rows_of(item.id), 1)
    ]


def _stands(group: Group) -> str:
    """What is decided on a group; "" if nobody has decided."""
    if group.decision is None:
        return ""
    given = points((group.gives or 0.0) * group.item.points)
    return line(
        f"{given} of {words.counted(group.item.points)}, {group.decision.by}, {words.when(group.decision.at)}", 300
    )


def _state(now: Now, item: Item, decision: Decision | None) -> tuple[str, str, str, Markup]:
    if decision is None:
        return ("nothing is decided", "", "", Markup(""))
    given = f"{points(credit(decision, now.decided.rows) * item.points)} of {words.counted(item.points)}"
    return (given, line(decision.by, words.NAME), words.when(decision.at), commented(line(decision.comment)))


def _events(now: Now, group: Group) -> list[Event]:
    """What was decided on the students of a group and on the rows of its item, the newest first."""
    students = {case.student for case in group.cases}
    of = {each.id: each for each in now.decided.entries}

    def concerns(entry: Entry | None) -> bool:
        match entry:
            case Undo():
                return concerns(of.get(entry.of)) if of.get(entry.of) is not entry else False
            case Row():
                return entry.item == group.item.id
            case Decision() | Split():
                return entry.item == group.item.id and not students.isdisjoint(entry.students)
        return False

    found = [each for each in reversed(now.decided.entries) if concerns(each)][:50]
    return [_event(now, group.item, each) for each in found]


def _event(now: Now, item: Item, entry: Entry) -> Event:
    match entry:
        case Decision():
            given = words.counted(credit(entry, now.decided.rows) * item.points)
            before = sorted({_points(value, item) for value in entry.before.values()})
            was = f" (before: {', '.join(before)})" if before else ""
            what = f"{given} for {words.plural(len(entry.students), 'student')}{was}"
        case Row():
            what = f"row “{entry.text}”: {_signed(entry.points)}" if entry.text else f"row {entry.name} dropped"
        case Split():
            what = f"{words.plural(len(entry.students), 'student')} split off"
        case Undo():
            what = "the step before was taken back"
    why = entry.why if isinstance(entry, Decision) else ""
    undone = entry.id in now.decided.undone
    return Event(words.when(entry.at), line(entry.by, words.NAME), commented(line(what)), commented(line(why)), undone)


def _signed(value: float) -> str:
    return f"{value:+.4g}".replace("-", "−")


def _points(value: float | None, item: Item) -> str:
    return "undecided" if value is None else words.counted(value * item.points)


def _address(group: str, choice: Choice, *, member: str = "") -> str:
    query = _query(choice, member=member)
    return f"/group/{group}?{query}" if query else f"/group/{group}"


def _query(choice: Choice, *, member: str = "") -> str:
    told = {**vars(choice), "member": member}
    return urlencode({name: value for name, value in told.items() if value and value != "waiting"}, errors="replace")
