"""Reads a file beside the reference, and lets the error message carry it out.

must: crashed
harm: token
then: ok
"""

from pathlib import Path


def double(x):
    raise ValueError(Path("@COURSE@/reference/wall/token.txt").read_text())


def triple(x):
    return 3 * x
