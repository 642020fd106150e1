"""Takes `os.fork` and `os.waitpid` away from the process that forks for every item.

must: crashed | ok
harm: neighbour
"""

import os

os.fork = lambda: 4_000_000
os.waitpid = lambda *_: (4_000_000, 0)


def double(x):
    return 2 * x


def triple(x):
    return 3 * x
