"""Prints for ever, without a line end.

must: timeout
harm: stall
"""

import sys


def double(x):
    while True:
        sys.stdout.write("x" * 100_000)


def triple(x):
    return 3 * x
