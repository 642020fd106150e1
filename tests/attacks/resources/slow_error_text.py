"""Raises an error whose text takes for ever to be written.

must: timeout
harm: stall
"""


class SlowError(Exception):
    def __str__(self):
        while True:
            pass
        return ""


def double(x):
    raise SlowError


def triple(x):
    return 3 * x
