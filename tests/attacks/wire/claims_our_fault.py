"""Claims that the grader has failed, which would cost no point and bring a person.

must: crashed
harm: neighbour
then: ok
"""

import os

from _frames import frame, send, told


def double(x):
    send(frame(told("lost", text={"detail": "the zygote died"})))
    os._exit(0)


def triple(x):
    return 3 * x
