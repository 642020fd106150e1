"""Forks for ever while it is imported; every child loops.

must: crashed | timeout
harm: stall
"""

import os

for _ in range(2_000):
    if os.fork() == 0:
        while True:
            pass


def double(x):
    return 2 * x


def triple(x):
    return 3 * x
