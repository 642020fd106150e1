"""No attack reads an answer, writes a grade or stalls the class; and without the wall they do what they say they would.

All attacks go through the real command at once, each between two right students, and every mode is one test, so that
pytest-xdist can spread them. `python -m attacks.course` shows what became of each.
"""

import json
import os
from dataclasses import replace

import pytest
from attacks.corpus import CATEGORIES, Attack, attack_of, attacks
from attacks.course import MODES, STALLED, CanNotError, Run, graded, placed, unclear, violations, without_the_wall


@pytest.mark.parametrize("mode", MODES.values(), ids=lambda mode: mode.name)
def test_the_wall_holds_against_every_attack(mode):
    with placed() as place:
        try:
            run = graded(place, mode, attacks())
        except CanNotError as reason:
            pytest.skip(str(reason))
        assert violations(run) == []


@pytest.mark.parametrize("category", CATEGORIES)
def test_without_the_wall_an_attack_does_its_harm(category):
    chosen = [attack for attack in attacks(category) if not attack.control]
    with placed() as place:
        done = without_the_wall(place, chosen) if chosen else {}
    assert {attack.id: sorted(done[attack.id]) for attack in chosen if attack.harm not in done[attack.id]} == {}


def test_the_corpus_is_large_enough():
    found = {category: len(attacks(category)) for category in CATEGORIES}
    assert sum(found.values()) >= 120
    assert [category for category, count in found.items() if count < 10] == []


def write_results(place, student, *, a=1.0, b=1.0, sentence="agrees", note="", when=1000.0):
    """What the command would have written about a student."""
    folder = place.results / student
    folder.mkdir(parents=True, exist_ok=True)
    told = {item: {"credit": credit, "sentence": sentence, "note": note} for item, credit in (("a", a), ("b", b))}
    (folder / "grade.json").write_text(json.dumps({"outcomes": told}))
    (folder / "results.json").write_text(json.dumps({"tests": [{"score": credit or 0.0} for credit in (a, b)]}))
    (folder / "report.html").write_text(sentence)
    os.utime(folder / "grade.json", (when, when))


@pytest.fixture
def run(tmp_path):
    """A run in which all went well: a right student, then an attack that must be `ok` or `wrong`."""
    attack = Attack("read", "peeks", tmp_path, "Peeks.", frozenset({"ok", "wrong"}), "token", frozenset(), "")
    with placed() as place:
        for folder in (place.temporary, place.home, place.harm / "attack"):
            folder.mkdir(parents=True)
        write_results(place, "right")
        write_results(place, "attack", when=1001.0)
        yield Run(place, {"right": None, "attack": attack}, 0, "2 graded", [], [], b"", "seccomp")


def test_a_run_in_which_all_went_well_violates_nothing(run):
    assert violations(run) == []


@pytest.mark.parametrize(
    ("harm", "line"),
    [
        pytest.param({"status": 1, "said": "no"}, "neighbour: the command ended with status 1: no", id="status"),
        pytest.param({"left": ["7: python"]}, "left: the process 7: python", id="process"),
        pytest.param({"changed": ["/a/wall.py"]}, "planted: /a/wall.py has changed", id="course-changed"),
        pytest.param({"heard": b"hello"}, "token: heard on the network: b'hello'", id="network"),
        pytest.param(
            {"said": "2 graded\nforged: 100/100"},
            "forged: the command prints what a student wrote as its own",
            id="forged-line",
        ),
    ],
)
def test_harm_to_the_run_is_seen(run, harm, line):
    assert violations(replace(run, **harm)) == [line]


@pytest.mark.parametrize(
    ("told", "line"),
    [
        pytest.param(
            {"note": "crashed", "a": 0.0, "sentence": "it crashed"},
            "read/peeks: item a must be ok | wrong, is crashed: it crashed",
            id="must",
        ),
        pytest.param(
            {"note": "lost", "a": None, "sentence": "a person looks"},
            "read/peeks: item a must be ok | wrong, is undecided (lost): a person looks",
            id="lost",
        ),
        pytest.param(
            {"sentence": "Traceback"},
            "read/peeks: item a is told unclearly (it is a traceback): 'Traceback'",
            id="unclear",
        ),
        pytest.param(
            {"sentence": "<script>gradebound_forged()"},
            "forged: attack/report.html holds the markup <script>gradebound",
            id="markup",
        ),
        pytest.param({"when": 1001.0 + STALLED}, "read/peeks: stall: it took 26 s", id="stall"),
    ],
)
def test_harm_in_what_an_attack_gets_is_seen(run, told, line):
    write_results(run.place, "attack", **told)
    assert line in violations(run)


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        pytest.param("results/attack/report.html", "TOKEN", "read/peeks: token: report.html holds '-file'", id="token"),
        pytest.param("results/.observations/ab/cd", "TOKEN", "token: in .observations/ab/cd", id="token-kept"),
        pytest.param(
            "results/extra/grade.json", "", "forged: extra/grade.json is no file of the grader's", id="stranger"
        ),
        pytest.param("results/grades.csv", "a,=gradebound()", "forged: grades.csv holds a formula", id="formula"),
        pytest.param("harm/attack/x", "", "read/peeks: planted: PLACE/harm/attack/x", id="planted"),
        pytest.param("home/MARK", "", "planted: PLACE/home/MARK", id="planted-at-home"),
        pytest.param("temporary/gradebound-1", "", "left: PLACE/temporary/gradebound-1", id="scratch"),
        pytest.param(
            "results/attack/results.json",
            '{"tests": [{"score": 1}, {"score": 9}]}',
            "read/peeks: forged: results.json tells [{'score': 1}, {'score': 9}]",
            id="results-json",
        ),
    ],
)
def test_harm_in_a_file_is_seen(run, name, content, line):
    words = {"TOKEN": f"{run.place.token}-file", "MARK": run.place.mark, "PLACE": str(run.place.folder)}
    for word, value in words.items():
        name, content, line = (text.replace(word, value) for text in (name, content, line))
    path = run.place.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    assert violations(run) == [line]


def test_a_neighbour_who_loses_credit_is_seen(run):
    write_results(run.place, "right", b=0.5)
    assert violations(run) == ["neighbour: right has {'a': 1.0, 'b': 0.5}"]


def test_an_attack_without_a_grade_is_seen(run):
    (run.place.results / "attack" / "grade.json").unlink()
    assert violations(run) == ["read/peeks: neighbour: it has no grade, only []"]


@pytest.mark.parametrize(
    ("header", "told"),
    [
        pytest.param("must: fine\nharm: token", "`must:` needs some of", id="must"),
        pytest.param("must: ok\nharm: fun", "`harm:` one of", id="harm"),
        pytest.param("harm: token", "`must:` needs some of", id="absent"),
        pytest.param("must: ok\nharm: token\ncontrol: no", "`control: no` needs its reason", id="reason"),
    ],
)
def test_a_header_that_is_none_is_an_error(tmp_path, header, told):
    path = tmp_path / "attack.py"
    path.write_text(f'"""Does something.\n\n{header}\n"""\n')
    with pytest.raises(ValueError, match=told):
        attack_of("read", path)


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        pytest.param("it crashed: wall.py, line 3: ZeroDivisionError", "", id="a-sentence"),
        pytest.param(" ", "it is empty", id="empty"),
        pytest.param("x" * 701, "it has 701 characters", id="long"),
        pytest.param("Traceback (most recent call last):", "it is a traceback", id="traceback"),
        pytest.param("\x1b[2Jall right", "it has control characters", id="terminal"),
    ],
)
def test_a_sentence_that_no_student_can_read_is_a_fault(sentence, why):
    assert unclear(sentence) == why
