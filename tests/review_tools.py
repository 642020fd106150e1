"""A results folder made by hand, the real `grade review` on it, and requests as a browser makes them, for tests."""

from __future__ import annotations

import contextlib
import html
import http.client
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from course_tools import GRADE, write_course

from grader.model import Fact, Grade, Outcome
from grader.store import Store

MEAN_OUTCOME = Outcome(0.0, "a mean where a sum was asked for", (Fact("largest difference", "3"),), "mean")
FORM = "application/x-www-form-urlencoded"


def written(text: str) -> Outcome:
    return Outcome(None, "A person reads this answer.", (Fact("answer", text),))


def write_results(home: Path, **answers: str | tuple[Outcome, str]) -> Path:
    """A course and its results: who has which written answer, and which outcome on item 1 (right, if none is given)."""
    if not (home / "rubrics").exists():
        write_course(home)
    results = home / "results" / "sums"
    with Store(results) as store:
        for student, told in answers.items():
            first, text = told if isinstance(told, tuple) else (Outcome(1.0, "all cases agree"), told)
            store.write_grade(Grade(student, {"1": first, "2": written(text)}), f"work of {student}")
    return results


@contextlib.contextmanager
def reviewing(home: Path, *more: str, by: str = "TA 1") -> Iterator[Browser]:
    """A browser that was given the token, on a running `grade review`, which is ended as Ctrl-C ends it."""
    command = [GRADE, "review", "results/sums", "--by", by, *more]
    with subprocess.Popen(command, cwd=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            address = server.stdout.readline().strip()
            assert address.startswith("http://127.0.0.1:"), server.stderr.read() if server.stderr else ""
            browser = Browser(address, server)
            browser.get(f"/?{urlsplit(address).query}")
            yield browser
            server.terminate()
            assert server.wait(30) == 0, server.stderr.read() if server.stderr else ""
        finally:
            server.kill()


class Browser:
    """Sends what a browser would send: its cookies, the host, and where a form comes from."""

    def __init__(self, address: str, server: subprocess.Popen[str]) -> None:
        self.address = address
        self.server = server
        self.host = urlsplit(address).netloc
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, dict[str, str], str]:
        """Status, headers and text of the answer; a header given as "" is left out."""
        connection = http.client.HTTPConnection(self.host, timeout=30)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        told = {"Host": self.host, "Cookie": cookie} | (
            {"Content-Type": FORM, "Origin": f"http://{self.host}"} if body is not None else {}
        )
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body, {name: value for name, value in told.items() if value})
            answer = connection.getresponse()
            for each in answer.headers.get_all("Set-Cookie", []):
                name, _, value = each.partition(";")[0].partition("=")
                self.cookies[name] = value
            return (
                answer.status,
                {name.lower(): value for name, value in answer.headers.items()},
                answer.read().decode(),
            )
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
        return self.ask("GET", path, **headers)

    def post(self, path: str, fields: Any, **headers: str) -> tuple[int, dict[str, str], str]:
        return self.ask("POST", path, urlencode(fields), **headers)

    def again(self, address: str) -> Browser:
        """Another browser, with the token."""
        other = Browser(self.address, self.server)
        other.get(f"/?{urlsplit(address).query}")
        return other


def lines(results: Path) -> list[dict[str, Any]]:
    """The ledger as a person reads it."""
    return [json.loads(line) for line in (results / "reviews.jsonl").read_text("utf-8").splitlines()]


def groups(browser: Browser, query: str = "") -> list[str]:
    """The addresses of the groups in the queue."""
    return [
        html.unescape(found) for found in re.findall(r'class="open-group" href="([^"]*)"', browser.get(f"/{query}")[2])
    ]


def form(page: str) -> list[tuple[str, str]]:
    """What the form for the decision would send, as the page comes."""
    inside = page[page.index('action="/decide"') :]
    found = []
    for tag in re.findall(r"<(?:input|textarea)[^>]*>", inside):
        told = {name: html.unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        if "name" in told and (told.get("type") != "checkbox" or " checked" in tag):
            found.append((told["name"], told.get("value", "")))
    return found


def filled(page: str, **values: str) -> list[tuple[str, str]]:
    return [(name, value) for name, value in form(page) if name not in values] + list(values.items())


def decide(browser: Browser, address: str, **values: str) -> tuple[int, dict[str, str], str]:
    return browser.post("/decide", filled(browser.get(address)[2], **values))
