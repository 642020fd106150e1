"""The review page over HTTP, as a real process: who gets in, what is refused, and what becomes of decisions."""

import html
import http.client
import json
import re
import signal
import socket
from pathlib import Path
from urllib.parse import urlencode

import pytest
from course_tools import grade, wait_until
from review_tools import MEAN_OUTCOME, Browser, decide, filled, form, groups, lines, reviewing, write_results

from grader.model import Outcome
from grader.store import Store

MANY = {"ada": "It is a sum.", "bob": "It is a  sum.", "cem": "Else.", "dea": (MEAN_OUTCOME, "Last.")}


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One server for all tests that decide nothing."""
    home = tmp_path_factory.mktemp("shared")
    write_results(home, **MANY)
    with reviewing(home) as browser:
        yield browser


@pytest.fixture
def home(tmp_path):
    write_results(tmp_path, **MANY)
    return tmp_path


def test_who_has_no_token_gets_nothing(shared):
    stranger = Browser(shared.address, shared.server)
    for path in ("/", "/grades.csv", "/static/review.js", "/?token=", "/?token=wrong", "/group/x"):
        status, _, text = stranger.get(path)
        assert (status, text) == (
            403,
            "Open the address that `grade review` has printed: without its token this page stays closed.\n",
        )
    assert stranger.cookies == {}


def test_the_token_becomes_a_cookie_that_no_script_and_no_other_site_gets(shared):
    other = Browser(shared.address, shared.server)
    status, headers, _ = other.get("/?" + shared.address.partition("?")[2])
    assert (status, headers["location"]) == (303, "/")
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(headers["set-cookie"].split("; "))
    assert other.get("/")[0] == 200


@pytest.mark.parametrize(
    ("method", "headers", "status", "said"),
    [
        pytest.param("GET", {"Host": "evil.example"}, 403, "This server answers under its own address only.", id="host"),
        pytest.param("GET", {"Host": "127.0.0.1:1"}, 403, "This server answers under its own address only.", id="port"),
        pytest.param("GET", {"Sec_Fetch_Site": "cross-site"}, 403, "A request from another site is refused.", id="site"),
        pytest.param("GET", {"Sec_Fetch_Site": "same-site"}, 403, "A request from another site is refused.", id="other-port"),
        pytest.param("POST", {"Origin": ""}, 403, "A change from another site is refused.", id="no-origin"),
        pytest.param("POST", {"Origin": "null"}, 403, "A change from another site is refused.", id="null-origin"),
        pytest.param("POST", {"Origin": "http://evil.example"}, 403, "A change from another site is refused.", id="origin"),
        pytest.param("PUT", {}, 405, "This server only knows GET and POST.", id="put"),
        pytest.param("DELETE", {}, 405, "This server only knows GET and POST.", id="delete"),
        pytest.param("OPTIONS", {}, 405, "This server only knows GET and POST.", id="options"),
        pytest.param("POST", {"Content_Length": "5000000"}, 413, "A form must say its length, and have at most 4,194,304 bytes.", id="large"),
    ],
)  # fmt: skip
def test_what_no_page_of_ours_would_send_is_refused(shared, method, headers, status, said):
    body = "back=/" if method == "POST" else None
    found = shared.ask(method, "/undo" if method == "POST" else "/", body, **headers)
    assert (found[0], found[2]) == (status, said + "\n")
    assert "access-control-allow-origin" not in found[1]


def test_the_address_is_on_the_loopback_only(shared):
    port = int(shared.host.partition(":")[2])
    listening = [
        line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:] if line.split()[3] == "0A"
    ]
    assert [each for each in listening if each.endswith(f":{port:04X}")] == [f"0100007F:{port:04X}"]


def test_every_answer_says_what_may_run_and_who_may_frame_it(shared):
    for path in ("/", "/nowhere", "/static/review.js"):
        headers = shared.get(path)[1]
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")
        assert "server" not in headers


def test_pages_ask_nothing_of_another_host(shared):
    for path in ("/", "/?show=all", groups(shared)[0]):
        page = shared.get(path)[2]
        assert "://" not in page
        assert "<script>" not in page
        assert page.startswith('<!doctype html>\n<html lang="en">')


def test_get_changes_nothing(shared):
    for path in ("/decide", "/row", "/split", "/undo", "/settings"):
        assert shared.get(path)[0] in (404, 405)


def test_students_are_numbers_until_names_are_asked_for(shared):
    other = shared.again(shared.address)
    address = groups(other)[0]
    for path in ("/?show=all", address):
        page = other.get(path)[2]
        assert "Student " in page
        assert not any(name in page for name in MANY)
    other.post("/settings", {"back": "/", "by": "TA 2", "names": "on", "keys": "on"})
    page = other.get(address)[2]
    assert "ada" in page
    assert "<bdi>TA 2</bdi>, names" in page
    other.post("/settings", {"back": "/", "by": "TA 2"})
    page = other.get(address)[2]
    assert "ada" not in page
    assert 'data-keys="off"' in page


def test_a_form_can_send_nobody_to_another_site(shared):
    other = shared.again(shared.address)
    for back in ("http://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        location = other.post("/settings", {"back": back, "by": "x"})[1]["location"]
        assert location.startswith("/")
        assert not location.startswith(("//", "/\\"))


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 3), ("?show=all", 5), ("?show=decided", 0), ("?show=all&item=1", 2), ("?show=all&note=mean", 1),
        ("?show=all&student=Student+1", 2), ("?show=all&student=ada", 0), ("?show=<b>&item=x", 0),
    ],
)  # fmt: skip
def test_the_list_is_filtered(shared, query, count):
    assert len(groups(shared, query)) == count


def test_the_model_answer_and_the_students_stand_side_by_side(tmp_path):
    write_results(tmp_path, ada="Mine.")
    rubric = tmp_path / "rubrics" / "sums.yaml"
    rubric.write_text(rubric.read_text().replace("kind: written,", "kind: written, model_answer: The right one.,"))
    with reviewing(tmp_path) as browser:
        page = browser.get(groups(browser)[0])[2]
    assert re.search(r'class="prose model">The right one.<', page)
    assert ">Mine.<" in page


def test_a_decision_on_a_group_is_in_all_files_and_in_the_record(home):
    results = home / "results" / "sums"
    with reviewing(home) as browser:
        status, headers, _ = decide(browser, groups(browser)[0], base="1,5", comment="Short & good.", why="as agreed")
        assert status == 303
        assert headers["location"].startswith("/group/")
        page = browser.get(headers["location"])[2]
        assert "Saved: 1.5 points for 2 students in 2." in page
        table = browser.get("/grades.csv")[2]
        assert "ada,4,1.5,4,1.5,5.5,6,0" in table
        wait_until(
            lambda: "1.5" in (results / "grades.csv").read_text() if (results / "grades.csv").exists() else False
        )
    (told,) = lines(results)
    assert {key: told[key] for key in ("students", "item", "credit", "comment", "why", "by")} == {
        "students": ["ada", "bob"], "item": "2", "credit": 0.75, "comment": "Short & good.", "why": "as agreed", "by": "TA 1",
    }  # fmt: skip
    assert told["before"] == {"ada": None, "bob": None}
    assert (results / "grades.csv").read_bytes().decode() == table
    assert "Short &amp; good." in (results / "bob" / "report.html").read_text()
    tests = {
        test["name"]: test["score"] for test in json.loads((results / "ada" / "results.json").read_text())["tests"]
    }
    assert 1.5 in tests.values()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        pytest.param({"base": "3"}, "The points must be a number from 0 to 2, got `3`.", id="too-many"),
        pytest.param({"base": "-1"}, "The points must be a number from 0 to 2, got `-1`.", id="negative"),
        pytest.param({"base": "nan"}, "The points must be a number from 0 to 2, got `nan`.", id="nan"),
        pytest.param({"base": "lots <b>"}, "The points must be a number from 0 to 2, got `lots <b>`.", id="text"),
        pytest.param({"base": ""}, "Tick a row, or give points.", id="nothing"),
        pytest.param({"base": "1", "rows": "2/gone"}, "A row that is ticked is not there any more; look at the rows again.", id="row"),
        pytest.param({"base": "1", "comment": "x" * 10_001}, "The text has 10,001 characters; a comment may have 10,000.", id="long"),
        pytest.param({"base": "1", "who": "nobody"}, "Tick at least one student.", id="nobody"),
    ],
)  # fmt: skip
def test_what_can_not_be_taken_is_told_and_what_was_typed_stays(shared, typed, said):
    status, _, page = decide(shared, groups(shared)[0], **{"comment": "kept", **typed})
    assert status == 422
    text = html.unescape(re.sub(r"</?code>", "`", page))
    assert f'role="alert">{said}<' in text
    assert typed.get("comment", "kept") in page


def test_the_second_of_two_graders_is_asked_and_overwrites_nothing_unasked(home):
    results = home / "results" / "sums"
    with reviewing(home) as first:
        second = first.again(first.address)
        second.post("/settings", {"back": "/", "by": "TA 2", "keys": "on"})
        address = groups(first)[0]
        mine, theirs = first.get(address)[2], second.get(address)[2]
        assert first.post("/decide", filled(mine, base="2"))[0] == 303
        status, _, page = second.post("/decide", filled(theirs, base="0", comment="I say no."))
        assert status == 409
        assert "This has changed meanwhile" in page
        assert "2 of 2 points</th><td>TA 1</td>" in page
        assert [(told["by"], told["credit"]) for told in lines(results)] == [("TA 1", 1.0)]
        assert second.post("/decide", form(page))[0] == 303
    assert [(told["by"], told["credit"]) for told in lines(results)] == [("TA 1", 1.0), ("TA 2", 0.0)]
    assert lines(results)[1]["before"] == {"ada": 1.0, "bob": 1.0}


def test_two_servers_on_one_folder_ask_each_other_too(home):
    with reviewing(home) as first, reviewing(home, by="TA 2") as second:
        address = groups(first)[0]
        stale = second.get(address)[2]
        assert decide(first, address, base="2")[0] == 303
        assert second.post("/decide", filled(stale, base="0"))[0] == 409
        assert len(groups(second)) == 2


def test_part_of_a_group_can_be_decided_alone(home):
    results = home / "results" / "sums"
    with reviewing(home) as browser:
        address = groups(browser)[0]
        members = [value for name, value in form(browser.get(address)[2]) if name == "who"]
        fields = [pair for pair in filled(browser.get(address)[2], base="1") if pair[0] != "who"]
        assert browser.post("/decide", [*fields, ("who", members[0])])[0] == 303
        assert len(groups(browser)) == 3
    assert "student" in lines(results)[0]


def test_a_group_can_be_split_and_the_split_undone(home):
    with reviewing(home) as browser:
        address = groups(browser)[0]
        page = browser.get(address)[2]
        status, _, said = browser.post("/split", form(page))
        assert status == 422
        assert "Take the tick off those that stay together, and leave it on those that are split off." in said
        members = [value for name, value in form(page) if name == "who"]
        fields = [pair for pair in form(page) if pair[0] != "who"]
        assert browser.post("/split", [*fields, ("who", members[0])])[0] == 303
        assert len(groups(browser)) == 4
        assert browser.post("/undo", {"back": "/"})[0] == 303
        assert len(groups(browser)) == 3


def test_rows_are_made_on_the_spot_and_a_change_reaches_what_was_decided(home):
    results = home / "results" / "sums"
    with reviewing(home) as browser:
        address = groups(browser)[0]
        new = {"row": "", "text:": "names the <reduction>", "points:": "1", "comment": "stays"}
        status, _, page = browser.post("/row", filled(browser.get(address)[2], **new))
        assert status == 200
        assert ">stays</textarea>" in page
        row = next(value for name, value in form(page) if name == "rows")
        assert browser.post("/decide", form(page))[0] == 303
        assert "ada,4,1," in browser.get("/grades.csv")[2]
        other = browser.get(groups(browser)[0])[2]
        assert "names the &lt;reduction&gt;" in other
        changed = filled(other, **{"row": row, f"text:{row}": "names it", f"points:{row}": "2"})
        assert browser.post("/row", changed)[0] == 200
        assert "ada,4,2," in browser.get("/grades.csv")[2]
        status, _, page = browser.post("/row", changed)
        assert status == 422
        assert "TA 1 has changed this row meanwhile; look at it, and change it again if need be." in page
        browser.post("/undo", {"back": "/"})
        assert "ada,4,1," in browser.get("/grades.csv")[2]
    assert "names the &lt;reduction&gt; (+1)" in (results / "ada" / "report.html").read_text()


def test_undo_takes_back_ones_own_last_step_only(home):
    results = home / "results" / "sums"
    with reviewing(home) as browser:
        other = browser.again(browser.address)
        other.post("/settings", {"back": "/", "by": "TA 2"})
        decide(browser, groups(browser)[0], base="2")
        status, _, page = other.post("/undo", {"back": "/"})
        assert status == 409
        assert "There is nothing of yours to take back, or it was taken back already." in page
        status, headers, _ = browser.post("/undo", {"back": "/?show=all"})
        assert status == 303
        assert "Your last step is taken back." in browser.get(headers["location"])[2]
        assert len(groups(browser)) == 3
    assert [sorted(set(told) & {"undo", "credit"}) for told in lines(results)] == [["credit"], ["undo"]]
    assert "ada,4,,4," in (results / "grades.csv").read_text()


def test_a_new_run_is_seen_and_its_changes_are_flagged(home):
    with reviewing(home) as browser:
        decide(browser, groups(browser)[0], base="2")
        assert len(groups(browser)) == 2
        write_results(home, bob=(Outcome(1.0, "all cases agree"), "Another answer."))
        page = browser.get("/")[2]
        assert "changed since it was decided" in page
        assert "The result has changed since then." in browser.get(groups(browser, "?show=changed")[0])[2]


def test_nothing_acknowledged_is_lost_when_the_server_is_killed(home):
    results = home / "results" / "sums"
    write_results(home, **{f"student{k}": f"Answer {k}." for k in range(12)})
    told = []

    def until_killed():
        with reviewing(home) as browser:
            for number, address in enumerate(groups(browser)):
                if number == 9:
                    browser.server.send_signal(signal.SIGKILL)
                if decide(browser, address, base="1", comment=f"c{number}")[0] == 303:
                    told.append(f"c{number}")

    with pytest.raises((OSError, http.client.HTTPException)):
        until_killed()
    assert len(told) >= 9
    assert set(told) <= {review.comment for review in Store(results).reviews()}
    with reviewing(home) as browser:  # the pages that the killed server owed are written by the next one
        table = browser.get("/grades.csv")[2]
    assert (results / "grades.csv").read_bytes().decode() == table


def test_while_a_grade_is_writing_decisions_are_kept_and_the_pages_come_later(home):
    results = home / "results" / "sums"
    with reviewing(home) as browser:
        with Store(results):
            assert decide(browser, groups(browser)[0], base="2")[0] == 303
            said = "The pages are written again when the grade that is running now has ended."
            wait_until(lambda: said in browser.get("/")[2])
        wait_until((results / "grades.csv").exists)
        wait_until(lambda: said not in browser.get("/")[2])
    assert "ada,4,2," in (results / "grades.csv").read_text()


def test_the_command_says_what_it_can_not_do(home, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    done = grade("review", empty, cwd=home)
    assert (done.returncode, done.stderr) == (
        2,
        f"grade: {empty} holds no grades; give the results folder of a homework\n",
    )
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = grade("review", "results/sums", "--port", port, cwd=home)
    assert (done.returncode, done.stderr) == (
        2,
        f"grade: port {port} is taken; give another one with --port, or none\n",
    )


def test_a_wrong_line_in_the_record_is_told_before_the_page_opens_and_on_it(home):
    results = home / "results" / "sums"
    said = "results/sums/reviews.jsonl:1: this line is not a review: it is not an object with keys"
    with reviewing(home) as browser:
        (results / "reviews.jsonl").write_text("[]\n")
        status, _, page = browser.get("/")
        assert (status, said in page) == (500, True)
        (results / "reviews.jsonl").unlink()
        assert browser.get("/")[0] == 200
        (results / "reviews.jsonl").write_text("[]\n")
        done = grade("review", "results/sums", cwd=home)
        assert (done.returncode, done.stderr) == (2, f"grade: {said}\n")
        (results / "reviews.jsonl").unlink()


@pytest.mark.parametrize("body", ["\xff", urlencode([("who", "x")] * 20_001), "=&=&&%", ""])
def test_a_form_that_is_none_is_told_apart_from_a_failure(shared, body):
    status, _, _ = shared.ask("POST", "/decide", body.encode("latin-1"))
    assert status in (400, 409, 422)
