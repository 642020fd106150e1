"""Answers a thousand questions that nobody has asked yet, on every descriptor that it finds.

must: crashed | ok
harm: forged
control: no — there is no wire without the wall
then: ok
"""

from _frames import right, send, sockets


def double(x):
    send(b"".join(right(x, number) for number in range(2, 1000)), *sockets())
    return 2 * x


def triple(x):
    return 3 * x
