"""Lets the process that should fork for every item believe that it is the fork.

must: crashed | ok
harm: neighbour
"""

import os

os.fork = lambda: 0
os._exit = lambda status: None


def double(x):
    return 2 * x


def triple(x):
    return 3 * x
