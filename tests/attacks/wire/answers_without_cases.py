"""Answers with nothing at all, which agrees with everything that is in it.

must: crashed | wrong
harm: forged
control: no — there is no wire without the wall
then: ok
"""

import os

from _frames import frame, send, told


def double(x):
    send(frame(told()))
    os._exit(0)


def triple(x):
    return 3 * x
