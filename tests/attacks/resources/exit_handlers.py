"""Registers handlers at exit that never end.

must: ok
harm: stall
"""

import atexit
import threading


def _for_ever():
    while True:
        pass


atexit.register(_for_ever)
threading._register_atexit(_for_ever)


def double(x):
    return 2 * x


def triple(x):
    return 3 * x
