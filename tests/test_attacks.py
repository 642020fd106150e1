"""No attack reads an answer, writes a grade or stalls the class; and without the wall they do what they say they would.

All attacks go through the real command at once, each between two right students, and every mode is one test, so that
pytest-xdist can spread them. `python -m attacks.course` shows what became of each.
"""

import pytest
from attacks.corpus import CATEGORIES, attacks
from attacks.course import MODES, CanNotError, graded, placed, unclear, violations, without_the_wall


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
