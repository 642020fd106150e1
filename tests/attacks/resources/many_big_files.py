"""Writes a gigabyte into its scratch folder, in files that are each within the limit.

must: crashed | timeout
harm: neighbour
"""

from pathlib import Path


def double(x):
    for k in range(20):
        Path(f"big{k}").write_bytes(bytes(50 << 20))
    return 2 * x


def triple(x):
    return 3 * x
