"""Replaces the builtins that a comparison is made of.

must: wrong | crashed
harm: none
"""

import builtins

builtins.all = lambda *_: True
builtins.abs = lambda *_: 0
builtins.max = lambda *_, **__: 0
builtins.float = lambda *_: 0.0


def double(x):
    return x + 1


def triple(x):
    return 3 * x
