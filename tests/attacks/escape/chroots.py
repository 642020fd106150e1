"""Makes a folder that it can write its whole world.

must: crashed
harm: neighbour
"""

import os


def double(x):
    os.chroot(".")
    return 2 * x


def triple(x):
    return 3 * x
