"""Makes empty files, and folders in folders, until somebody runs out of inodes.

must: crashed | timeout
harm: neighbour
"""

from pathlib import Path


def double(x):
    for k in range(1_000_000):
        Path(f"file{k}").touch()
        if k % 100 == 0:
            Path(f"folder{k}").mkdir()
    return 2 * x


def triple(x):
    return 3 * x
