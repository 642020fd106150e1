"""Gives its wrong function the name and the module of the library's.

must: wrong | missing
harm: none
"""


def double(x):
    return x + 1


double.__module__ = "torch"
double.__qualname__ = "double.<locals>.double"


def triple(x):
    return 3 * x
