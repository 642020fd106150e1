"""The server of the review page: one process on the loopback address, for any number of browsers."""

from __future__ import annotations

import math
import secrets
import socket
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from grader.decisions import Decided, Decision, Entry, Row, Split, Undo, credit
from grader.model import GradeboundError, Item, Rubric, UsageError
from grader.report import pages as report_pages
from grader.report import words
from grader.report.words import line
from grader.review import views
from grader.review.desk import Desk, Now, Pages
from grader.review.groups import Case, Choice, based
from grader.review.guard import Guard, cookies
from grader.review.views import Draft, Frame, Viewer
from grader.store import Store

STATIC = {
    "report.css": (report_pages.TEMPLATES / "style.css", "text/css"),
    "review.css": (views.HERE / "static" / "review.css", "text/css"),
    "review.js": (views.HERE / "static" / "review.js", "text/javascript"),
}
MAX_FIELDS = 20_000
MAX_ROWS = 50
MAX_COMMENT = 10_000
MAX_TEXT = 500
Fields = list[tuple[str, str]]


class WrongError(Exception):
    """What was typed can't be taken; `str()` is one sentence for the grader."""


class OvertakenError(Exception):
    """Somebody else has decided meanwhile."""

    def __init__(self, decided: Decided) -> None:
        self.decided = decided


@dataclass(frozen=True)
class Form:
    """What a browser has sent."""

    fields: tuple[tuple[str, str], ...]

    def one(self, name: str) -> str:
        return next((value for key, value in self.fields if key == name), "")

    def all(self, name: str) -> tuple[str, ...]:
        return tuple(value for key, value in self.fields if key == name)

    @property
    def draft(self) -> Draft:
        comment, why = self.one("comment").replace("\r\n", "\n"), self.one("why")
        return Draft(self.all("who"), self.all("rows"), self.one("base").strip(), comment.strip(), why.strip())

    @property
    def choice(self) -> Choice:
        return choice_of(dict(parse_qsl(self.one("query"))))


def serve(rubric: Rubric, store: Store, *, by: str, port: int = 0, told: Callable[[str], None]) -> None:
    """Serves the page until it is interrupted; `told` gets its address. Raises UsageError if the port is taken."""
    listening = _listening(port)
    port = listening.getsockname()[1]
    token = secrets.token_urlsafe(24)
    desk = Desk(rubric, store)
    now = desk.now()  # what can't be read is told before anybody opens the page
    with Pages(rubric, store) as pages, listening:
        if _behind(store):
            pages.again({student for student, _ in now.decided.decisions})
        app = Guard(application(Counter(desk, pages, by, port)), token=token, port=port)
        config = uvicorn.Config(
            app, log_level="error", access_log=False, server_header=False, proxy_headers=False, timeout_keep_alive=5,
            timeout_graceful_shutdown=5, lifespan="off",
        )  # fmt: skip
        told(f"http://127.0.0.1:{port}/?token={token}")
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listening])


def application(counter: Counter) -> Starlette:
    """The pages behind the guard."""
    routes = [
        Route("/", counter.queue),
        Route("/group/{group}", counter.group),
        Route("/grades.csv", counter.table),
        Route("/static/{name}", static),
        *(
            Route(f"/{step.__name__}", _posted(step), methods=["POST"])
            for step in (counter.decide, counter.row, counter.split, counter.undo, counter.settings)
        ),
    ]
    errors: dict[Any, Any] = {GradeboundError: counter.failed, 404: counter.absent, 405: counter.absent}
    return Starlette(routes=routes, exception_handlers=errors)


class Counter:
    """What each address answers. Everything that changes something goes through `_append`."""

    def __init__(self, desk: Desk, pages: Pages, by: str, port: int) -> None:
        self._desk = desk
        self._pages = pages
        self._by = by
        self._port = port

    def queue(self, request: Request) -> Response:
        """The list of what there is to decide."""
        now = self._desk.now()
        return _page(views.queue_page(now, choice_of(request.query_params), self._frame(request, now)))

    def group(self, request: Request) -> Response:
        """One group."""
        now = self._desk.now()
        group = now.group(request.path_params["group"])
        if group is None:
            sentence = "This group is not there any more: somebody has decided on it or split it meanwhile."
            return _page(views.message_page("Gone", sentence, self._viewer(request)), 404)
        draft = views.stands_as(group.decision, group.item) if group.decision else Draft()
        choice, member = choice_of(request.query_params), request.query_params.get("member", "")
        return _page(views.group_page(now, group, choice, self._frame(request, now), draft, member=member))

    def table(self, _: Request) -> Response:
        """The class as CSV, with all decisions up to now."""
        text = self._desk.now().table().encode("utf-8", "replace")
        return Response(
            text, media_type="text/csv", headers={"Content-Disposition": 'attachment; filename="grades.csv"'}
        )

    def decide(self, request: Request, form: Form) -> Response:
        """Takes a decision and goes on to the next group; asks where somebody else was quicker."""
        viewer, draft, choice = self._viewer(request), form.draft, form.choice
        before = self._desk.now()
        group = before.group(form.one("group"))
        called = viewer.called(before)
        following = views.neighbours(before, group, choice, called).following if group else ""

        def make(decided: Decided) -> Decision:
            now = self._desk.now(decided)
            cases = _cases(now, form)
            # A part of the group may be decided alone: what counts is what its members were when the page was made.
            seen = now.chosen(form.one("item"), (*form.all("member"), *form.all("beyond"))) or cases
            if form.one("based") not in (based(seen, decided), based(cases, decided)):
                raise OvertakenError(decided)
            return _decision(now, cases, draft, viewer.by)

        try:
            entry = self._append(make)
        except OvertakenError as overtaken:
            now = self._desk.now(overtaken.decided)
            frame = self._frame(request, now)
            return _page(views.conflict_page(now, _cases(now, form), form.fields, frame), 409)
        except WrongError as wrong:
            return self._again(request, form, str(wrong))
        return RedirectResponse(_with(following or "/?" + form.one("query"), f"done={entry.id}"), 303)

    def row(self, request: Request, form: Form) -> Response:
        """Makes a row of the rubric, or changes one; what is in the form stays in it."""
        name, viewer = form.one("row"), self._viewer(request)

        def make(decided: Decided) -> Row:
            item = _item(self._desk.rubric, form.one("item"))
            old = decided.rows.get(name)
            if name and (old is None or old.item != item.id):
                raise WrongError("This row is not there any more.")
            if old is not None and form.one(f"was:{name}") != old.id:
                raise WrongError(
                    f"{old.by} has changed this row meanwhile; look at it, and change it again if need be."
                )
            if not name and len(decided.rows_of(item.id)) >= MAX_ROWS:
                raise WrongError(f"An item can have {MAX_ROWS} rows.")
            text = _short(form.one(f"text:{name}").strip(), MAX_TEXT, "a row")
            if not name and not text:
                raise WrongError("A row needs a text.")
            points = _number(form.one(f"points:{name}"), "points of a row", -item.points, item.points)
            of = item.points
            return Row(_id(), name or f"{item.id}/{_id()}", item.id, text, points, of, viewer.by, _at())

        try:
            entry = self._append(make)
        except WrongError as wrong:
            return self._again(request, form, str(wrong))
        ticked = form.draft.rows if name else (*form.draft.rows, getattr(entry, "name", ""))
        return self._again(request, form, "", draft=replace(form.draft, rows=ticked), done=entry.id)

    def split(self, request: Request, form: Form) -> Response:
        """Splits the ticked students off their group."""
        viewer = self._viewer(request)

        def make(decided: Decided) -> Split:
            now = self._desk.now(decided)
            cases = _cases(now, form)
            group = now.group(form.one("group"))
            if group is None or len(cases) >= len(group.cases):
                raise WrongError(
                    "Take the tick off those that stay together, and leave it on those that are split off."
                )
            return Split(_id(), cases[0].item.id, tuple(case.student for case in cases), viewer.by, _at())

        try:
            entry = self._append(make)
        except WrongError as wrong:
            return self._again(request, form, str(wrong))
        assert isinstance(entry, Split)
        now = self._desk.now()
        group = next(
            g for g in now.groups if any(c.student == entry.students[0] and c.item.id == entry.item for c in g.cases)
        )
        return RedirectResponse(_with(f"/group/{group.id}?{form.one('query')}", f"done={entry.id}"), 303)

    def undo(self, request: Request, form: Form) -> Response:
        """Takes back the last step of this grader that still counts."""
        viewer = self._viewer(request)

        def make(decided: Decided) -> Undo:
            asked = form.one("id")
            mine = [each for each in decided.entries if each.by == viewer.by and not isinstance(each, Undo)]
            last = next((each for each in reversed(mine) if each.id not in decided.undone), None)
            if last is None or (asked and asked != last.id):
                raise WrongError("There is nothing of yours to take back, or it was taken back already.")
            return Undo(_id(), last.id, viewer.by, _at())

        try:
            entry = self._append(make)
        except WrongError as wrong:
            now = self._desk.now()
            return _page(views.queue_page(now, form.choice, replace(self._frame(request, now), wrong=str(wrong))), 409)
        return RedirectResponse(_with(_ours(form.one("back")), f"done={entry.id}"), 303)

    def settings(self, _: Request, form: Form) -> Response:
        """Keeps who grades, and how the page is shown, in this browser."""
        answer = RedirectResponse(_ours(form.one("back")), 303)
        chosen = {"by": line(form.one("by"), 80) or self._by, "names": form.one("names"), "keys": form.one("keys")}
        for name, value in chosen.items():
            answer.set_cookie(f"{name}_{self._port}", quote(value, safe=""), httponly=True, samesite="strict")
        return answer

    def failed(self, request: Request, error: Exception) -> Response:
        """What of ours or of the course failed, in its own sentence."""
        return _page(views.message_page("Something is wrong", str(error), self._viewer(request)), 500)

    def absent(self, request: Request, _: Exception) -> Response:
        """The page for an address that is none."""
        return _page(views.message_page("Not found", "There is no such page.", self._viewer(request)), 404)

    def _append(self, make: Callable[[Decided], Entry]) -> Entry:
        entry = self._desk.ledger.append(make)
        now = self._desk.now()
        self._pages.again(_concerned(now, entry))
        return entry

    def _again(
        self, request: Request, form: Form, wrong: str, *, draft: Draft | None = None, done: str = ""
    ) -> Response:
        """The same page with what was typed, and what is wrong with it."""
        now = self._desk.now()
        group = now.group(form.one("group"))
        if group is None:
            sentence = wrong or "This group is not there any more: somebody has decided on it or split it meanwhile."
            return _page(views.message_page("Gone", sentence, self._viewer(request)), 409)
        frame = replace(self._frame(request, now, done=done), wrong=wrong)
        page = views.group_page(now, group, form.choice, frame, draft or form.draft)
        return _page(page, 422 if wrong else 200)

    def _viewer(self, request: Request) -> Viewer:
        found = cookies(request.scope)
        by = line(unquote(found.get(f"by_{self._port}", "")), 80)
        names, keys = found.get(f"names_{self._port}", ""), found.get(f"keys_{self._port}", "on")
        return Viewer(by or self._by, names == "on", keys == "on")

    def _frame(self, request: Request, now: Now, *, done: str = "") -> Frame:
        done = done or request.query_params.get("done", "")
        entry = next((each for each in now.decided.entries if each.id == done), None)
        undo = done if entry is not None and not isinstance(entry, Undo) and done not in now.decided.undone else ""
        query = f"?{request.url.query}" if request.url.query and request.method == "GET" else ""
        back = request.url.path + query if request.method == "GET" else "/"
        said = _said(now, entry) if entry else ""
        return Frame(self._viewer(request), _without_done(back), said, "", self._pages.trouble, undo)


def choice_of(asked: Mapping[str, str]) -> Choice:
    """The choice that an address names."""
    show = asked.get("show", "waiting")
    texts = {name: asked.get(name, "")[:200] for name in ("item", "note", "student")}
    return Choice(show if show in views.SHOWS else "waiting", **texts)


def static(request: Request) -> Response:
    """One of our own files."""
    path, kind = STATIC.get(request.path_params["name"], (None, ""))
    return Response(path.read_bytes(), media_type=kind) if path else Response("not there\n", 404)


def _posted(step: Callable[[Request, Form], Response]) -> Callable[[Request], Any]:
    """The endpoint for a form; the step runs in a thread, for it waits for the disk."""

    async def endpoint(request: Request) -> Response:
        body = await request.body()
        try:
            fields = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS)
        except ValueError:
            return Response("This form can't be read.\n", 400)
        return await run_in_threadpool(step, request, Form(tuple(fields)))

    return endpoint


def _decision(now: Now, cases: Sequence[Case], draft: Draft, by: str) -> Decision:
    """The decision that a form asks for. Raises WrongError."""
    item = cases[0].item
    offered = {row.name: row for row in now.decided.rows_of(item.id)}
    rows = tuple(dict.fromkeys(draft.rows))
    if any(name not in offered for name in rows):
        raise WrongError("A row that is ticked is not there any more; look at the rows again.")
    if not rows and not draft.base:
        raise WrongError("Tick a row, or give points.")
    base = _number(draft.base or "0", "points", 0.0, item.points) / item.points if item.points else 0.0
    comment = _short(draft.comment, MAX_COMMENT, "a comment")
    entry = Decision(
        _id(), tuple(case.student for case in cases), item.id, 0.0, comment, by, _at(),
        base=base, rows=rows, why=_short(draft.why, MAX_COMMENT, "a reason"),
        saw=cases[0].saw, before=_before(now, cases),
    )  # fmt: skip
    return replace(entry, credit=credit(entry, now.decided.rows))


def _before(now: Now, cases: Sequence[Case]) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for case in cases:
        old = now.decided.decisions.get((case.student, case.item.id))
        found[case.student] = credit(old, now.decided.rows) if old else case.outcome.credit
    return found


def _cases(now: Now, form: Form) -> tuple[Case, ...]:
    """The ticked cases, which are equal. Raises WrongError."""
    cases = now.chosen(form.one("item"), {*form.all("who"), *form.all("beyond")})
    if not cases:
        raise WrongError("Tick at least one student.")
    if len({case.saw for case in cases}) > 1:
        raise WrongError("These students' results are not the same any more; decide on each group by itself.")
    return cases


def _item(rubric: Rubric, name: str) -> Item:
    found = next((item for item in rubric.items if item.id == name), None)
    if found is None:
        raise WrongError("This item is not there any more.")
    return found


def _concerned(now: Now, entry: Entry | None) -> set[str]:
    """The students whose pages an entry changes."""
    match entry:
        case Decision():
            return set(entry.students)
        case Row():
            return {who for (who, _), decision in now.decided.decisions.items() if entry.name in decision.rows}
        case Undo():
            return _concerned(now, next((each for each in now.decided.entries if each.id == entry.of), None))
        case _:
            return set()


def _said(now: Now, entry: Entry) -> str:
    match entry:
        case Decision():
            item = next((each for each in now.rubric.items if each.id == entry.item), None)
            given = words.counted(credit(entry, now.decided.rows) * item.points) if item else "decided"
            return (
                f"Saved: {given} for {words.plural(len(entry.students), 'student')} in {line(entry.item, words.LABEL)}."
            )
        case Row():
            return "The row is saved, and counts in all that it was given for."
        case Split():
            return f"Split off: {words.plural(len(entry.students), 'student')}."
        case Undo():
            return "Your last step is taken back."


def _number(text: str, what: str, low: float, high: float) -> float:
    try:
        value = float(text.strip().replace(",", ".").replace("−", "-"))
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        raise WrongError(f"The {what} must be a number from {low:g} to {high:g}, got `{line(text, 40)}`.")
    return value


def _short(text: str, most: int, what: str) -> str:
    if len(text) > most:
        raise WrongError(f"The text has {len(text):,} characters; {what} may have {most:,}.")
    return text


def _ours(address: str) -> str:
    """An address of ours, without a host: what a form names is not followed to another site."""
    parts = urlsplit(address)
    path = "/" + parts.path.lstrip("/\\")
    return path + (f"?{parts.query}" if parts.query else "")


def _with(address: str, more: str) -> str:
    return f"{_without_done(address).rstrip('?&')}{'&' if '?' in _without_done(address).rstrip('?&') else '?'}{more}"


def _without_done(address: str) -> str:
    path, _, query = address.partition("?")
    kept = "&".join(part for part in query.split("&") if part and not part.startswith("done="))
    return f"{path}?{kept}" if kept else path


def _page(text: str, status: int = 200) -> Response:
    return HTMLResponse(text.encode("utf-8", "replace"), status)


def _behind(store: Store) -> bool:
    """Whether somebody has decided since the pages were written: a server that was killed has not written them."""
    try:
        return (store.folder / "reviews.jsonl").stat().st_mtime_ns > (store.folder / "grades.csv").stat().st_mtime_ns
    except OSError:
        return (store.folder / "reviews.jsonl").exists()


def _listening(port: int) -> socket.socket:
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind(("127.0.0.1", port))
        found.listen(128)  # before the address is told, so that whoever opens it at once is let in
    except OSError:
        found.close()
        raise UsageError(f"port {port} is taken; give another one with --port, or none") from None
    return found


def _id() -> str:
    return uuid.uuid4().hex[:12]


def _at() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")
