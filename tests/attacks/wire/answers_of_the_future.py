"""Leaves answers for the questions to come on every descriptor while it is imported.

must: crashed | ok
harm: forged
control: no — there is no wire without the wall
"""

import torch
from _frames import frame, right, send, sockets, told

send(frame(told("loaded", 0)) + right(torch.zeros(2, 3)) + right(torch.zeros(2, 3), 2), *sockets())


def double(x):
    return 2 * x


def triple(x):
    return 3 * x
