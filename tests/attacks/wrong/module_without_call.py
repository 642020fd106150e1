"""Defines a class where a function is asked for: the call makes an object.

must: wrong | crashed
harm: none
"""


class Double:
    def __init__(self, x):
        self.value = 2 * x


double = Double


def triple(x):
    return 3 * x
