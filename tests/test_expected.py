"""The reference's answers come from one process where that works, and are the same where it does not."""

from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from grader.model import CourseError, Observation
from grader.rubric import find_rubric, load_rubric
from grader.run import _answered

ROOT = Path(__file__).parents[1]
RIGHT = Observation("ok", {"0/out": np.zeros(1)})
SPENT = Observation("timeout", detail="it used more than 4 s of CPU time")


class Course:
    """Stands for the reference's box: its held process answers `lasts` times, a fresh one always ends as `alone`."""

    def __init__(self, lasts, alone=RIGHT):
        self.lasts, self.alone = lasts, alone
        self.held = self.fresh = 0

    def ask(self, _request):
        self.fresh += 1
        return self.alone

    @contextmanager
    def hold(self, _limits):
        def ask(request):
            self.held += 1
            return RIGHT if self.held <= self.lasts else SPENT

        yield ask


@pytest.fixture(scope="module")
def item():
    rubric = load_rubric(find_rubric(ROOT, "building_blocks", None), ROOT)
    return next(entry for entry in rubric.items if entry.id == "2.a")


def test_one_process_answers_for_the_reference_and_its_mistakes(item):
    course = Course(lasts=99)
    found = _answered(course, item)
    assert found.values == RIGHT.values
    assert len(found.mistakes) == course.held - 1 > 0
    assert course.fresh == 0


@pytest.mark.parametrize("lasts", [pytest.param(0, id="at-once"), pytest.param(1, id="after-the-reference")])
def test_a_limit_that_all_answers_together_pass_does_not_count(item, lasts):
    course = Course(lasts=lasts)
    whole, found = _answered(Course(lasts=99), item), _answered(course, item)
    assert [mistake.slug for mistake in found.mistakes] == [mistake.slug for mistake in whole.mistakes]
    assert course.fresh == len(whole.mistakes) + 1


def test_a_reference_that_fails_alone_too_is_the_course_authors_fault(item):
    with pytest.raises(CourseError, match=r"the reference gave no answer \(timeout\): it used more than 4 s"):
        _answered(Course(lasts=0, alone=SPENT), item)
