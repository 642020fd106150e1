"""The review page in a real Chromium: by keyboard alone, two at once, with hostile texts, and for everybody's eyes."""

import csv
import html
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright
from review_tools import MEAN_OUTCOME, decide, filled, groups, lines, reviewing, write_results

from grader.model import Fact, Grade, Handed, Line, Lines, Outcome, Table
from grader.pieces import Piece
from grader.store import Store

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed; make system installs it")
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
MANY = {"ada": "It is a sum.", "bob": "It is a  sum.", "cem": "Else.", "dea": (MEAN_OUTCOME, "Last.")}

RUN = "window.ran=1"
HOSTILE = [
    f"<script>{RUN}</script>",
    f"</textarea><script>{RUN}</script>",
    f"</title><script>{RUN}</script>",
    f"</style><script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    f"--><script>{RUN}</script>",
    f"]]><script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f'"><img src=x onerror={RUN}>',
    f"'><img src=x onerror={RUN}>",
    f'" autofocus onfocus="{RUN}',
    f"' autofocus onfocus='{RUN}",
    f'" onmouseover="{RUN}" x="',
    f"` onfocus={RUN} autofocus `",
    f"`<img src=x onerror={RUN}>`",
    f"``<script>{RUN}</script>``",
    f"<svg onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<math><mtext><img src=x onerror={RUN}></mtext></math>",
    f'<math><maction actiontype="statusline" xlink:href="javascript:{RUN}">x</maction></math>',
    f"$\\text{{<img src=x onerror={RUN}>}}$",
    f"\\href{{javascript:{RUN}}}{{x}}",
    f"[x](javascript:{RUN})",
    f"![x](x\"onerror=\"{RUN})",
    f"<a href='javascript:{RUN}' autofocus>x</a>",
    "<iframe srcdoc='<script>parent.ran=1</script>'></iframe>",
    "<iframe src='javascript:parent.ran=1'></iframe>",
    f"<object data='data:text/html,<script>{RUN}</script>'></object>",
    f"<embed src='javascript:{RUN}'>",
    f"<details open ontoggle={RUN}>x</details>",
    f"<input autofocus onfocus={RUN}>",
    f"<body onload={RUN}>",
    f"<marquee onstart={RUN}>x</marquee>",
    f"<video><source onerror={RUN}></video>",
    f"<style>@keyframes x{{}}</style><p style='animation-name:x' onanimationstart={RUN}>",
    f"<meta http-equiv=refresh content='0;url=javascript:{RUN}'>",
    f"<base href='javascript:{RUN}//'>",
    f"<form action='javascript:{RUN}'><button autofocus>x",
    f"<template><script>{RUN}</script></template><script>{RUN}</script>",
    "{{ ''.__class__ }}{% include '/etc/passwd' %}",
    f"&lt;script&gt;{RUN}&lt;/script&gt;",
    f"\u2028<script>{RUN}</script>\u202e",
    f"<scr\x00ipt>{RUN}</scr\x00ipt>",
    f"\ufeff<ScRiPt>{RUN}</sCrIpT>",
    f"<dialog open><script>{RUN}</script></dialog>",
]  # fmt: skip


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def home(tmp_path):
    write_results(tmp_path, **MANY)
    return tmp_path


def opened(chromium, address, **context):
    page = chromium.new_context(**context).new_page()
    page.goto(address)
    expect(page.locator("body")).to_have_attribute("data-ready", "yes")
    return page


def test_a_class_is_reviewed_from_the_queue_to_the_csv_with_the_keyboard_alone(chromium, home, tmp_path):  # noqa: PLR0915 - one story
    results = home / "results" / "sums"
    with reviewing(home) as server:
        page = opened(chromium, server.address)
        press = page.keyboard.press
        press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        press("Escape")
        press("j")
        press("Enter")
        expect(page.get_by_role("heading", name="Decision")).to_be_visible()
        expect(page.locator("body")).to_have_attribute("data-ready", "yes")
        press("r")  # a new row: its text, then its points
        page.keyboard.type("says what is added")
        press("Tab")
        page.keyboard.type("1.5")
        press("Enter")
        expect(page.locator("#sum")).to_have_text("1.5")
        press("1")
        expect(page.locator("#sum")).to_have_text("–")
        press("1")
        press("c")
        page.keyboard.type("s, 1 and u are letters here.")
        press("Control+Enter")
        expect(page.locator(".done")).to_have_text("Saved: 1.5 points for 2 students in 2.")
        expect(page.locator("body")).to_have_attribute("data-ready", "yes")
        press("f")
        expect(page.locator("#sum")).to_have_text("2")
        press("s")
        expect(page.locator(".done")).to_have_text("Saved: 2 points for 1 student in 2.")
        expect(page.locator("body")).to_have_attribute("data-ready", "yes")
        press("z")
        press("s")
        expect(page.get_by_text("Nothing waits for a person.")).to_be_visible()
        expect(page.locator("body")).to_have_attribute("data-ready", "yes")
        press("u")
        expect(page.locator(".done")).to_have_text("Your last step is taken back.")
        expect(page.locator("body")).to_have_attribute("data-ready", "yes")
        press("j")
        press("Enter")
        expect(page.get_by_role("heading", name="Decision")).to_be_visible()
        expect(page.locator("body")).to_have_attribute("data-ready", "yes")
        press("e")
        page.keyboard.type("0,5")
        press("Enter")
        expect(page.get_by_text("Nothing waits for a person.")).to_be_visible()
        expect(page.locator("body")).to_have_attribute("data-ready", "yes")
        with page.expect_download() as download:
            press("d")
        download.value.save_as(tmp_path / "got.csv")
    with (tmp_path / "got.csv").open(newline="") as file:
        got = {row["student"]: row["2"] for row in csv.DictReader(file)}
    assert got["ada"] == got["bob"] == "1.5"
    assert {got["cem"], got["dea"]} == {"2", "0.5"}
    assert (tmp_path / "got.csv").read_bytes() == (results / "grades.csv").read_bytes()
    assert lines(results)[1]["comment"] == "s, 1 and u are letters here."


def test_shortcuts_can_be_switched_off_with_the_keyboard(chromium, home):
    with reviewing(home) as server:
        page = opened(chromium, server.address)
        page.locator("summary", has_text="TA 1").focus()
        page.keyboard.press("Enter")
        page.get_by_label("Single keys are shortcuts").focus()
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("body")).to_have_attribute("data-keys", "off")
        expect(page.locator("body")).to_have_attribute("data-ready", "yes")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_hidden()


def test_two_browsers_on_the_same_group(chromium, home):
    results = home / "results" / "sums"
    with reviewing(home) as server:
        first, second = opened(chromium, server.address), opened(chromium, server.address)
        for page in (first, second):
            page.keyboard.press("j")
            page.keyboard.press("Enter")
            expect(page.get_by_role("heading", name="Decision")).to_be_visible()
            expect(page.locator("body")).to_have_attribute("data-ready", "yes")
        for key in ("f", "s"):
            first.keyboard.press(key)
        expect(first.locator(".done")).to_contain_text("Saved")
        for key in ("z", "s"):
            second.keyboard.press(key)
        expect(second.get_by_role("heading", level=1)).to_have_text("This has changed meanwhile")
        expect(second.locator("body")).to_have_attribute("data-ready", "yes")
        assert [told["credit"] for told in lines(results)] == [1.0]
        second.keyboard.press("s")
        expect(second.locator(".done")).to_contain_text("Saved: 0 points")
        assert [told["credit"] for told in lines(results)] == [1.0, 0.0]


def test_nothing_that_anybody_wrote_runs_even_without_the_content_policy(chromium, tmp_path):
    home, results = tmp_path, write_results(tmp_path, ada="x")
    shutil.rmtree(results / "ada")
    with Store(results) as store:
        for number, text in enumerate(HOSTILE):
            name = f"{number} " + text.replace("/", "∕").replace("\0", "")
            outcome = Outcome(
                0.0, text, (Table(text, (text,), ((text,),)), Lines(text, (Line(text, text, "fails", text),))), text
            )
            outcomes = {"1": outcome, "2": Outcome(None, text, (Fact("answer", text),), text)}
            grade = Grade(name, outcomes, (text,), {"1": text, text: text}, {}, text, Handed(name=text, folder=text))
            store.write_grade(grade, f"w{number}")
            store.keep_code(f"w{number}", {"total": Piece(f"def total(x):\n    '{text}' # {text}\n{text}", text, 3)})
            store.keep_answers(f"w{number}", {"2": text})
    assert len(HOSTILE) >= 40
    with reviewing(home, by=HOSTILE[8]) as server:
        server.post("/settings", {"back": "/", "by": HOSTILE[8], "names": "on", "keys": "on"})
        addresses = groups(server, "?show=waiting&item=2")
        assert len(addresses) == len(HOSTILE)
        for text in HOSTILE:
            row = {"row": "", "text:": text, "points:": "1"}
            assert server.post("/row", filled(server.get(addresses[0])[2], **row))[0] == 200
        for address, text in zip(addresses, HOSTILE, strict=True):
            assert decide(server, address, base="1", comment=text, why=text)[0] == 303
        page = opened(chromium, server.address, bypass_csp=True)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.get_by_text("anonymous").click()
        page.get_by_label("Show names").check()
        page.get_by_role("button", name="Keep").click()
        expect(page.get_by_text(", names")).to_be_visible()
        decided = groups(server, "?show=decided")
        assert len(decided) == len(HOSTILE)
        coded = groups(server, "?show=all&item=1")
        assert len(coded) == len(HOSTILE)
        for address in [
            *decided,
            *coded,
            "/?show=decided",
            "/?show=all&note=x&student=%22%3E%3Csvg%20onload=window.ran=1%3E",
        ]:
            page.goto(server.address.partition("/?")[0] + address)
            assert page.evaluate("window.ran") is None, address
        # What the texts name is shown and not loaded: our own pages and files are all that is asked for.
        assert {url.split("/")[2] for url in asked if not url.startswith("data:")} == {server.host}
    for report in (*results.glob("*/report.html"), results / "index.html"):
        page.goto(report.as_uri())
        assert page.evaluate("window.ran") is None, report
    assert HOSTILE[0] in html.unescape((results / "index.html").read_text())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(chromium, home, scheme):
    with reviewing(home) as server:
        page = opened(chromium, server.address, bypass_csp=True, color_scheme=scheme)
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Decision")).to_be_visible()
        expect(page.locator("body")).to_have_attribute("data-ready", "yes")
        address = page.url
        page.keyboard.press("r")
        page.keyboard.type("a row")
        page.keyboard.press("Tab")
        page.keyboard.type("1")
        page.keyboard.press("Enter")
        expect(page.locator("#sum")).to_have_text("1")
        seen = [_violations(page)]
        stale = page.context.new_page()
        stale.goto(address)
        page.keyboard.press("s")
        expect(page.locator(".done")).to_contain_text("Saved")
        seen.append(_violations(page))
        stale.keyboard.press("f")
        stale.keyboard.press("s")
        expect(stale.get_by_role("heading", level=1)).to_have_text("This has changed meanwhile")
        seen.append(_violations(stale))
        for path in ("?show=decided", "?show=all&item=1", "group/none", "?show=changed"):
            page.goto(server.address.partition("?")[0] + path)
            seen.append(_violations(page))
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        seen.append(_violations(page))
    assert seen == [[]] * len(seen)


@pytest.mark.parametrize("width", [400, 800, 1600])
def test_no_page_is_wider_than_the_screen(chromium, home, width):
    with reviewing(home) as server:
        page = opened(chromium, server.address, viewport={"width": width, "height": 800})
        for path in ("", "?show=all", page.locator(".open-group").first.get_attribute("href")[1:]):
            page.goto(server.address.partition("?")[0] + path)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def _violations(page):
    found = Axe().run(page, options=WCAG).response["violations"]
    return [(each["id"], each["nodes"][0]["html"]) for each in found]
