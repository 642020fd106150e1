"""Uses the grader's own package to write into the results folder.

must: crashed
harm: forged
then: ok
"""

import contextlib
import os
from pathlib import Path

from grader.store import Store


def double(x):
    with contextlib.suppress(Exception):
        Store(Path("@RESULTS@")).write_text("@STUDENT@/results.json", '{"a": 1.0, "b": 1.0}')
    os._exit(0)


def triple(x):
    return 3 * x
