"""Puts a link in the place of its results file, so that the grader writes where it points.

must: ok
harm: planted
then: ok
"""

import contextlib
import os


def double(x):
    for name in ("@RESULTS@/@STUDENT@/results.json", "@RESULTS@/@STUDENT@/report.html", "results.json", "report.html"):
        with contextlib.suppress(OSError):
            if os.path.lexists(name):
                os.unlink(name)
            os.symlink("@HARM@/" + os.path.basename(name), name)
    return 2 * x


def triple(x):
    return 3 * x
