"""Raises an error whose text, name and cause can't be read.

must: crashed
harm: neighbour
then: ok
"""


class Meta(type):
    @property
    def __name__(cls):
        raise ValueError("no name")


class Hostile(Exception, metaclass=Meta):
    def __str__(self):
        raise SystemExit(0)

    __repr__ = __str__

    @property
    def __traceback__(self):
        raise KeyboardInterrupt

    @property
    def __class__(self):
        raise SystemExit(0)


def double(x):
    raise Hostile


def triple(x):
    return 3 * x
