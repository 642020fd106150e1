"""Kills its whole process group.

must: crashed | ok
harm: neighbour
"""

import os
import signal


def double(x):
    os.killpg(0, signal.SIGKILL)
    return 2 * x


def triple(x):
    return 3 * x
