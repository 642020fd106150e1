"""Puts a link to the submissions in the place of its own scratch folder, for the one who deletes it.

must: ok | crashed
harm: neighbour
"""

import contextlib
from pathlib import Path


def double(x):
    here = Path.cwd()
    with contextlib.suppress(OSError):
        here.rename(f"{here}-moved")
        here.symlink_to("@SUBMISSIONS@")
    return 2 * x


def triple(x):
    return 3 * x
