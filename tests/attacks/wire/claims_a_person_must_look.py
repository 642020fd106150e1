"""Claims that its answer can't be read by a machine, so that a person has to look at it.

must: crashed | wrong
harm: neighbour
then: ok
"""

import os

from _frames import frame, send, told


def double(x):
    send(frame(told("unread", text={"detail": "my answer is too clever for you"})))
    os._exit(0)


def triple(x):
    return 3 * x
