"""Kills every process that it may signal.

must: crashed | ok
harm: neighbour
"""

import os
import signal


def double(x):
    os.kill(-1, signal.SIGKILL)
    return 2 * x


def triple(x):
    return 3 * x
