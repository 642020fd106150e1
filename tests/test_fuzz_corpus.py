"""The inputs that ten minutes of coverage-guided fuzzing found worth keeping (see tests/fuzz/fuzz_frame.py)."""

import sys
from pathlib import Path

import pytest

FUZZ = Path(__file__).parent / "fuzz"
CORPUS = sorted((FUZZ / "corpus").iterdir())


@pytest.fixture(scope="module")
def one_input():
    sys.path.insert(0, str(FUZZ))
    from fuzz_target import one_input

    yield one_input
    sys.path.remove(str(FUZZ))


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_a_kept_input_is_a_frame_or_refused(one_input, path):
    one_input(path.read_bytes())


def test_the_corpus_reaches_both_verdicts(one_input):
    from grader.values import MalformedFrame, decode

    def accepted(data):
        try:
            decode(data, max_blob=1 << 16)
        except MalformedFrame:
            return False
        return True

    verdicts = [accepted(path.read_bytes()) for path in CORPUS]
    assert any(verdicts)
    assert not all(verdicts)
