"""Nests folders far beyond the longest path, so that clearing up fails.

must: ok | crashed | timeout | wrong
harm: left
"""

import os
from pathlib import Path


def double(x):
    top = Path.cwd()
    try:
        for _ in range(1500):
            Path("d" * 200).mkdir()
            os.chdir("d" * 200)
    finally:
        os.chdir(top)
    return 2 * x


def triple(x):
    return 3 * x
