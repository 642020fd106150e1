"""What of a submission its randomness follows from."""

import gc
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from grader.grade import code_digest
from grader.model import Work

SOURCE = b"x = [" + b"f(1, 2), " * 100 + b"]\n"


class Circle:
    """Garbage that lets other threads run while it is collected, as an open file does."""

    def __init__(self):
        self.itself = self

    def __del__(self):
        time.sleep(0)


@pytest.fixture
def often_collected():
    before = gc.get_threshold()
    gc.set_threshold(50)
    yield
    gc.set_threshold(*before)


@pytest.mark.usefixtures("often_collected")
def test_several_students_are_read_at_once():
    """Where garbage was collected while one file was parsed, another thread that parsed, too, made both fail."""

    def one(_):
        [Circle() for _ in range(50)]
        return code_digest(Work({"a.py": SOURCE}))

    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(one, range(24)))) == 1


def test_comments_and_layout_change_no_digest():
    assert code_digest(Work({"a.py": b"x = 1"})) == code_digest(Work({"a.py": b"# one\nx  =  1\n"}))
    assert code_digest(Work({"a.py": b"x = 1"})) != code_digest(Work({"a.py": b"x = 2"}))
