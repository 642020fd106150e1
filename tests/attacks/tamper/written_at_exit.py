"""Writes its own results file when the process ends, after the grader's.

must: wrong
harm: forged
"""

import atexit
import contextlib


@atexit.register
def last_word():
    with contextlib.suppress(OSError), open("@RESULTS@/@STUDENT@/results.json", "w") as file:
        file.write('{"a": 1.0, "b": 1.0}')


def double(x):
    return x


def triple(x):
    return 3 * x
