"""What a function of the solution reaches: a change there is seen, a change elsewhere is not."""

import pytest

from grader.reach import reached_by, texts

SOLUTION = """\
import math
from helpers import scale

RATE = 2.0
SEEN = list()


def total(x):
    return scale(x.sum()) * RATE


def half(x):
    return math.sqrt(x)


class Net:
    def __init__(self):
        self.inner = getattr(self, "half")


if RATE > 3:
    RATE = 3
"""
HELPERS = "def scale(x):\n    return x\n\n\ndef other(x):\n    return x\n"
FILES = {"a.py": SOLUTION.encode(), "helpers.py": HELPERS.encode(), "table.csv": b"1,2"}


@pytest.mark.parametrize(
    ("old", "new", "root", "seen"),
    [
        pytest.param("scale(x.sum())", "scale(x.mean())", "total", True, id="its-own-body"),
        pytest.param("scale(x.sum())", "scale(x.mean())", "half", False, id="another-function"),
        pytest.param("RATE = 2.0", "RATE = 2.5", "total", True, id="a-constant-that-it-uses"),
        pytest.param("math.sqrt(x)", "math.exp(x)", "total", False, id="what-it-does-not-use"),
        pytest.param("math.sqrt(x)", "math.exp(x)", "Net.forward", True, id="named-in-a-text"),
        pytest.param("import math", "import cmath as math", "half", True, id="an-import"),
        pytest.param("RATE > 3", "RATE > 4", "half", True, id="what-runs-for-everyone"),
        pytest.param("SEEN = list()", "SEEN = dict()", "half", True, id="a-call-at-the-top"),
        pytest.param("def half(x):", "def half(x):  # a word", "half", False, id="a-comment"),
    ],
)
def test_a_change_counts_where_it_is_reached(old, new, root, seen):
    assert old in SOLUTION
    changed = {**FILES, "a.py": SOLUTION.replace(old, new).encode()}
    assert (reached_by(FILES, [root]) != reached_by(changed, [root])) == seen


@pytest.mark.parametrize(
    ("file", "content", "seen"),
    [
        pytest.param("helpers.py", HELPERS.replace("return x\n\n\ndef", "return 2 * x\n\n\ndef"), True, id="a-helper"),
        pytest.param("helpers.py", HELPERS + "    # more\n", False, id="only-words"),
        pytest.param("helpers.py", HELPERS.replace("other(x):\n    return x", "other(x):\n    return -x"), False, id="unused"),
        pytest.param("helpers.py", "def scale(x:", True, id="what-can-not-be-read"),
        pytest.param("table.csv", "1,3", True, id="data"),
    ],
)  # fmt: skip
def test_other_files_count_as_far_as_they_are_reached(file, content, seen):
    assert (reached_by(FILES, ["total"]) != reached_by({**FILES, file: content.encode()}, ["total"])) == seen


def test_texts_are_found_at_any_depth():
    assert list(texts({"a": ["b", {"c": ("d", 1)}]})) == ["a", "b", "c", "d"]
