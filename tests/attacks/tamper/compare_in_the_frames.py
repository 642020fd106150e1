"""Replaces the comparison in the globals of its callers.

must: wrong | crashed
harm: forged
"""

import sys


def double(x):
    frame = sys._getframe(1)
    while frame is not None:
        for name in ("equal", "compare", "compare_arrays", "allclose", "check"):
            if name in frame.f_globals:
                frame.f_globals[name] = lambda *_, **__: True
        frame = frame.f_back
    return x


def triple(x):
    return 3 * x
