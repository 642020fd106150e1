"""Prints frames to its standard output, in the hope that someone reads them there.

must: crashed
harm: forged
control: no — there is no wire without the wall
then: ok
"""

import os

from _frames import right


def double(x):
    for fd in (1, 2):
        os.write(fd, right(x) * 100)
    os._exit(0)


def triple(x):
    return 3 * x
