"""Puts pipes and files in the place of every descriptor that it has.

must: crashed | timeout
harm: neighbour
then: ok | crashed | timeout
"""

import os


def double(x):
    reading, writing = os.pipe()
    for fd in range(3, 64):
        if fd not in (reading, writing):
            os.dup2(writing, fd)
    return 2 * x


def triple(x):
    return 3 * x
