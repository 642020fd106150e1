"""Writes its own results file and takes away the grader's right to change it.

must: wrong
harm: forged
then: ok
"""

import contextlib
import os


def double(x):
    with contextlib.suppress(OSError):
        with open("@RESULTS@/@STUDENT@/results.json", "w") as file:
            file.write('{"a": 1.0, "b": 1.0}')
        os.chmod("@RESULTS@/@STUDENT@/results.json", 0o444)
        os.chmod("@RESULTS@/@STUDENT@", 0o555)
    for path in ("@RESULTS@/000_right", "@RESULTS@/grades.csv", "."):
        with contextlib.suppress(OSError):
            os.chmod(path, 0)
    return x


def triple(x):
    return 3 * x
