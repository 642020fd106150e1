"""Writes its own results file with full marks and ends before anyone can write another.

must: crashed
harm: forged
then: ok
"""

import contextlib
import json
import os


def double(x):
    full = {"a": 1.0, "b": 1.0, "score": 2, "tests": [{"score": 1}, {"score": 1}]}
    for name in ("@RESULTS@/@STUDENT@/results.json", "@RESULTS@/@STUDENT@/grade.json", "results.json"):
        with contextlib.suppress(OSError), open(name, "w") as file:
            json.dump(full, file)
    os._exit(0)


def triple(x):
    return 3 * x
